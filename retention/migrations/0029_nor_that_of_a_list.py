from django.db import migrations

_LISTS = """
create or replace function list_is_handled_rightly() returns trigger language plpgsql as $$
declare
    directs text[] := array['director', 'deputy'];
    approves text[] := array['board-officer', 'privacy-officer'];
    today date := coalesce(portal_day(), portal_today());
begin
    if tg_op = 'INSERT' then
        if new.reviewed_on is not null or new.approved_on is not null
           or new.cancelled_on is not null or new.begun_at is not null
           or new.reviewer_id is not null then
            raise exception 'a list begins as a draft' using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if row(new.school_id, new.name, new.due_until, new.made_on, new.made_by_id, new.made_at)
       is distinct from
       row(old.school_id, old.name, old.due_until, old.made_on, old.made_by_id, old.made_at)
       or old.reviewed_on is not null
          and row(new.reviewed_on, new.reviewed_at, new.reviewed_by_id)
              is distinct from row(old.reviewed_on, old.reviewed_at, old.reviewed_by_id)
       or old.approved_on is not null
          and row(new.approved_on, new.approved_at, new.approved_by_id)
              is distinct from row(old.approved_on, old.approved_at, old.approved_by_id)
       or old.cancelled_on is not null
       or old.begun_at is not null
          and (new.begun_at is distinct from old.begun_at or new.cancelled_on is not null)
       or old.closed_at is not null
    then
        raise exception 'each step of a list is taken once' using errcode = 'check_violation';
    end if;
    if row(new.reviewer_id, new.assigned_by_id, new.assigned_at)
       is distinct from row(old.reviewer_id, old.assigned_by_id, old.assigned_at) then
        if old.reviewed_on is not null
           or not retention_holds_role(new.reviewer_id, new.school_id, today, directs, '{}')
           or retention_list_has_own_child(new.id, new.reviewer_id) then
            raise exception 'a draft is given to a director or deputy'
                using errcode = 'check_violation';
        end if;
        perform retention_must_be_able(
            new.id, new.school_id, new.assigned_by_id, today, directs, approves);
    end if;
    if new.reviewed_on is distinct from old.reviewed_on then
        if new.reviewer_id is not null and new.reviewer_id <> new.reviewed_by_id then
            raise exception 'who was given the review reviews' using errcode = 'check_violation';
        end if;
        perform retention_must_be_able(
            new.id, new.school_id, new.reviewed_by_id, new.reviewed_on, directs, '{}');
        if exists (
            select from retention_destructionitem i where i.list_id = new.id and i.decision = ''
        ) then
            raise exception 'each item is decided first' using errcode = 'check_violation';
        end if;
        if exists (
            select from (
                select i.decided_by_id as decider, portal_day_of(min(i.decided_at)) as day
                from retention_destructionitem i where i.list_id = new.id group by 1
            ) d
            where not retention_holds_role(d.decider, new.school_id, d.day, directs, '{}')
               or retention_list_has_own_child(new.id, d.decider)
        ) then
            raise exception 'somebody decided who may not' using errcode = 'check_violation';
        end if;
    end if;
    if new.approved_on is distinct from old.approved_on then
        perform retention_must_be_able(
            new.id, new.school_id, new.approved_by_id, new.approved_on, '{}', approves);
        if exists (
            select from retention_destructionitem i
            where i.list_id = new.id and i.decided_by_id = new.approved_by_id
        ) then
            raise exception 'a second person approves' using errcode = 'check_violation';
        end if;
    end if;
    if new.cancelled_on is distinct from old.cancelled_on then
        perform retention_must_be_able(
            new.id, new.school_id, new.cancelled_by_id, new.cancelled_on, directs, approves);
    end if;
    if new.begun_at is distinct from old.begun_at
       and not new.approved_on + 7 < least(portal_today('5 minutes'), portal_day()) then
        raise exception 'a list cools off for seven days' using errcode = 'check_violation';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    """The steps of a list are taken on the day it is."""

    dependencies = [
        ("retention", "0028_no_session_moves_a_day"),
    ]

    operations = [migrations.RunSQL(_LISTS, migrations.RunSQL.noop)]
