from django.db import migrations

_COUNTS = """
-- The one pass that counts for a list: the newest that ended, and began after everything was
-- destroyed and all marks were kept. Pages, jobs and locks ask here.
create function retention_newest_pass(wanted uuid) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select p.id from retention_searchpass p
    where p.list_id = wanted and p.finished_at is not null
      and p.begun_at >= greatest(
          (select max(i.done_at) from retention_destructionitem i
           where i.list_id = wanted and i.outcome = 'destroyed'),
          (select max(g.gathered_at) from retention_gathered g where g.list_id = wanted),
          '-infinity')
    order by p.begun_at desc limit 1
$$;
revoke all on function retention_newest_pass(uuid) from public;

-- Some thousand findings are read at once: who sees the list is asked once, for each school.
create or replace function retention_readable_lists() returns setof uuid
language sql stable as $$
    select l.id from retention_destructionlist l where l.school_id in (
        select s.unit_id from students_school s where retention_holds_role(
            (select portal_user()), s.unit_id, (select coalesce(portal_day(), portal_today())),
            array['director', 'deputy'], array['board-officer', 'privacy-officer', 'fg']))
$$;
drop policy who_sees_the_list on retention_searchpass;
create policy who_sees_the_list on retention_searchpass for select
    using ((select oversight_is_job()) or list_id in (select retention_readable_lists()));
drop policy who_sees_the_list on retention_leftover;
create policy who_sees_the_list on retention_leftover for select
    using ((select oversight_is_job())
           or search_id in (select p.id from retention_searchpass p));
drop policy who_sees_the_list on retention_leftoverjudgement;
create policy who_sees_the_list on retention_leftoverjudgement for select
    using ((select oversight_is_job())
           -- looked up one by one: the planner must not hash every finding there ever was
           or exists (select from retention_leftover f where f.id = leftover_id offset 0));
drop policy who_handles_the_list_judges on retention_leftoverjudgement;
create policy who_handles_the_list_judges on retention_leftoverjudgement for insert
    with check (judged_by_id = (select portal_user()));
drop function retention_list_of_leftover(uuid);
drop function retention_list_of_search(uuid);
drop function retention_sees_list(uuid);

-- Judged is what the pass that counts found, where it was asked first; never what must go, nor by
-- whom the list is not; and the list does not close meanwhile.
create function findings_are_judged_rightly() returns trigger language plpgsql as $$
begin
    perform from retention_destructionlist l where l.id in (
        select p.list_id from said s join retention_leftover f on f.id = s.leftover_id
        join retention_searchpass p on p.id = f.search_id
    ) for share of l;
    if exists (
        with lists as materialized (
            select distinct p.list_id from said s
            join retention_leftover f on f.id = s.leftover_id
            join retention_searchpass p on p.id = f.search_id
        ),
        judged as materialized (
            select l.list_id, retention_newest_pass(l.list_id) as pass from lists l
            where retention_judges_list(l.list_id)
        )
        select from said s
        where s.outcome not in ('namesake', 'left') or s.leftover_id not in (
            select coalesce(f.same_as_id, f.id) from judged j
            join retention_leftover f on f.search_id = j.pass where not f.is_hard)
    ) then
        raise exception 'a finding is judged by who handles the list, while it is the newest'
            using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$;
create trigger findings_are_judged_rightly after insert on retention_leftoverjudgement
    referencing new table as said
    for each statement execute function findings_are_judged_rightly();
"""
_GIVEN = """
-- As in 0038, but for the pass: pages, jobs and this lock ask for the same one. A coalesce would keep
-- it from using the index below row-level security.
create or replace function a_certificate_is_given_rightly() returns trigger language plpgsql as $$
begin
    perform from retention_destructionlist l join students_school s on s.unit_id = l.school_id
    where l.id = new.list_id and s.board_id = new.board_id and l.begun_at is not null
      and l.cancelled_on is null and l.closed_at is null;
    if not found or exists (
        select from retention_destructionitem i where i.list_id = new.list_id
        and i.decision = 'destroy' and i.outcome not in ('destroyed', 'left')
    ) then
        raise exception 'a certificate is given once its list is carried out'
            using errcode = 'check_violation';
    end if;
    if exists (
        select from retention_othersystem o where o.list_id = new.list_id and not exists (
            select from retention_othersystemconfirmation c where c.system_id = o.id)
    ) then
        raise exception 'somebody says first what other systems hold'
            using errcode = 'check_violation';
    end if;
    -- The pass that counts found nothing, or nothing of theirs.
    if exists (
        select from retention_destructionitem i
        where i.list_id = new.list_id and i.outcome = 'destroyed'
    ) and not coalesce((
        select p.hits = (
            select count(*) from retention_leftover f
            where f.search_id = p.id and not f.is_hard and 'namesake' = (
                select j.outcome from retention_leftoverjudgement j
                where j.leftover_id = f.id or j.leftover_id = f.same_as_id
                order by j.judged_at desc, j.id desc limit 1))
        from retention_searchpass p where p.id = retention_newest_pass(new.list_id)
    ), false) then
        raise exception 'a certificate is given once nothing is left'
            using errcode = 'check_violation';
    end if;
    if new.number <> 1 + retention_last_number(new.board_id)
    or new.destroyed <> (
        select count(*) from retention_destructionitem i
        where i.list_id = new.list_id and i.outcome = 'destroyed')
    then
        raise exception 'a certificate has the next number, and counts what was destroyed'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    """Some thousand findings are read and judged at once, and which pass counts is asked once."""

    dependencies = [("retention", "0040_parents_go_with_their_last_child")]

    operations = [migrations.RunSQL(_COUNTS + _GIVEN, migrations.RunSQL.noop)]
