from django.db import migrations

_LAST = """
-- The last number a board gave, also on a certificate that the ledger names and a restore lost.
create function retention_last_number(wanted_board uuid) returns integer language sql stable as $$
    select greatest(
        (select max(c.number) from retention_certificate c where c.board_id = wanted_board),
        (select max((g.keys -> 'number' ->> 0)::integer) from retention_ledgerline g
         where g.keys ? 'certificate' and g.keys -> 'board' ->> 0 = wanted_board::text),
        0)
$$;
"""
_GIVEN = """
-- As in 0011, but for the number.
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
    -- The newest pass that began after the last destruction found nothing, or nothing of theirs.
    if exists (
        select from retention_destructionitem i
        where i.list_id = new.list_id and i.outcome = 'destroyed'
    ) and not coalesce((
        select p.hits = (
            select count(*) from retention_leftover f
            where f.search_id = p.id and not f.is_hard and 'namesake' = (
                select j.outcome from retention_leftoverjudgement j
                where j.leftover_id = coalesce(f.same_as_id, f.id)
                order by j.judged_at desc, j.id desc limit 1))
        from retention_searchpass p
        where p.list_id = new.list_id and p.finished_at is not null and p.begun_at >= (
            select max(i.done_at) from retention_destructionitem i where i.list_id = new.list_id)
        order by p.begun_at desc limit 1
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
    """A number stood on one certificate only, also after a copy from before it was put back."""

    dependencies = [("retention", "0037_why_a_list_stopped")]

    operations = [migrations.RunSQL(_LAST + _GIVEN, migrations.RunSQL.noop)]
