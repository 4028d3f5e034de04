"""How long the log is kept, who decides that a month leaves, and the one function that takes it.

The function runs with the owner's rights and asks everything itself, by the clock of the database:
whole months only, after the longest term of all boards, decided and signed for every board by two
persons who held those roles then, and every row of it sealed.
"""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
create function audit_end_stays() returns trigger language plpgsql as $$
begin
    if old.signed_at is not null and (new.signed_by_id, new.signed_at, new.signed_mark)
            is distinct from (old.signed_by_id, old.signed_at, old.signed_mark) then
        raise exception 'a signature under the end of a month stays as it is'
            using errcode = 'check_violation';
    end if;
    if old.withdrawn_at is not null then
        raise exception 'a withdrawn decision stays as it is' using errcode = 'check_violation';
    end if;
    if new.withdrawn_at is not null
            and exists (select from audit_logdeparture d where d.month = new.month) then
        raise exception 'this month has left already' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger what_was_signed_stays before update on audit_logend
    for each row execute function audit_end_stays();

create function audit_longest_term() returns integer language sql stable
    set search_path = public, pg_temp as $$
    select coalesce(max(coalesce((
        select t.years from audit_logterm t where t.board_id = b.id
        order by t.set_at desc, t.id desc limit 1), 5)), 5)::integer
    from access_unit b where b.kind = 'board'
$$;

create function audit_is_decided(of_board uuid, of_month date, term integer) returns boolean
    language sql stable set search_path = public, pg_temp as $$
    select exists (
        select from audit_logend e
        join access_membership d on d.user_id = e.decided_by_id
            and d.role = 'privacy-officer' and d.unit_id = e.board_id
            and e.decided_at::date between d.starts_on and coalesce(d.ends_on, 'infinity')
        join access_membership s on s.user_id = e.signed_by_id
            and s.role = 'board-officer' and s.unit_id = e.board_id
            and e.signed_at::date between s.starts_on and coalesce(s.ends_on, 'infinity')
        where e.board_id = of_board and e.month = of_month and e.years = term
            and e.withdrawn_at is null and e.signed_by_id <> e.decided_by_id)
$$;

create function audit_end_month(of_month date) returns uuid
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
    if clock_timestamp() < ends + make_interval(years => term) then
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
revoke all on function audit_end_month(date) from public;
revoke all on function audit_longest_term() from public;
revoke all on function audit_is_decided(uuid, date, integer) from public;
"""
BACKWARD = """
drop function audit_end_month(date);
drop function audit_is_decided(uuid, date, integer);
drop function audit_longest_term();
drop trigger what_was_signed_stays on audit_logend;
drop function audit_end_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0005_the_database_knows_what_was_written'),
        ('audit', '0006_checks_of_the_log'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LogDeparture',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('month', models.DateField(unique=True)),
                ('rows', models.BigIntegerField()),
                ('left_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='LogEnd',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('month', models.DateField()),
                ('years', models.PositiveSmallIntegerField()),
                ('decided_at', models.DateTimeField()),
                ('decided_mark', models.BinaryField()),
                ('signed_at', models.DateTimeField(null=True)),
                ('signed_mark', models.BinaryField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('board', 'month'), name='a_board_decides_once_on_a_month'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='a_month_of_the_log_begins_on_its_first_day'), models.CheckConstraint(condition=models.Q(('signed_by__isnull', True), models.Q(('signed_by', models.F('decided_by')), _negated=True), _connector='OR'), name='who_decided_the_end_of_a_month_does_not_sign_it'), models.CheckConstraint(condition=models.Q(models.Q(('signed_at__isnull', True), ('signed_by__isnull', True), ('signed_mark__isnull', True)), models.Q(('signed_at__isnull', False), ('signed_by__isnull', False), ('signed_mark__isnull', False)), _connector='OR'), name='who_signed_the_end_of_a_month_and_when_go_together'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='who_withdrew_the_end_of_a_month_and_when_go_together')],
            },
        ),
        migrations.CreateModel(
            name='LogTerm',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('years', models.PositiveSmallIntegerField(verbose_name='years')),
                ('source', models.TextField(verbose_name='legal source')),
                ('set_at', models.DateTimeField()),
                ('mark', models.BinaryField()),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('years__gte', 2), ('years__lte', 20)), name='the_log_is_kept_for_two_to_twenty_years'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='a_log_term_has_a_source')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
