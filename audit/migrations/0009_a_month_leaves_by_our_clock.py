from django.db import migrations

FORWARD = """
create or replace function audit_is_decided(of_board uuid, of_month date, term integer) returns boolean
    language sql stable set search_path = public, pg_temp as $$
    select exists (
        select from audit_logend e
        join access_membership d on d.user_id = e.decided_by_id
            and d.role = 'privacy-officer' and d.unit_id = e.board_id
            and portal_day_of(e.decided_at) between d.starts_on and coalesce(d.ends_on, 'infinity')
        join access_membership s on s.user_id = e.signed_by_id
            and s.role = 'board-officer' and s.unit_id = e.board_id
            and portal_day_of(e.signed_at) between s.starts_on and coalesce(s.ends_on, 'infinity')
        where e.board_id = of_board and e.month = of_month and e.years = term
            and e.withdrawn_at is null and e.signed_by_id <> e.decided_by_id)
$$;
create or replace function audit_end_month(of_month date) returns uuid
    language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '3s'
as $$
declare
    begins timestamptz := of_month::timestamp at time zone 'UTC';
    ends timestamptz := (of_month + interval '1 month')::timestamp at time zone 'UTC';
    term integer := audit_longest_term();
    month_table text := 'audit_logentry_' || to_char(of_month, 'YYYYMM');
    held bigint;
    sealed bigint;
    departure uuid := gen_random_uuid();
begin
    if of_month is null or extract(day from of_month) <> 1 then
        raise exception 'only a whole month of the log leaves' using errcode = 'check_violation';
    end if;
    if clock_timestamp() at time zone 'UTC'
            < of_month + interval '1 month' + make_interval(years => term) then
        raise exception 'the term of this month is not over' using errcode = 'check_violation';
    end if;
    if not exists (select from access_unit where kind = 'board') or exists (
            select from access_unit b
            where b.kind = 'board' and not audit_is_decided(b.id, of_month, term)) then
        raise exception 'two persons of each board have not decided this'
            using errcode = 'check_violation';
    end if;
    select count(*) into held from audit_logentry
        where "timestamp" >= begins and "timestamp" < ends;
    select coalesce(sum(s.rows), 0) into sealed from audit_seal s
        where s.month = of_month and s.kind = 'rows';
    if held = 0 or held <> sealed then
        raise exception 'not every row of this month is sealed' using errcode = 'check_violation';
    end if;
    if to_regclass('public.' || month_table) is not null then
        execute format('drop table public.%I', month_table);
    end if;
    delete from audit_logentry where "timestamp" >= begins and "timestamp" < ends;
    insert into audit_logdeparture (id, month, rows, left_at)
        values (departure, of_month, held, clock_timestamp());
    return departure;
end $$;
"""


class Migration(migrations.Migration):
    """When a month of the log may leave is told by a clock that no login sets."""

    dependencies = [
        ("access", "0006_the_day_at_school"),
        ("audit", "0008_a_ground_for_the_end"),
    ]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
