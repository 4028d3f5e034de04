from django.db import migrations

_REVIEW = """
-- Whether who was given a review still can: account open, role held that day, no own child on the list.
create function retention_can_review(
    wanted_user uuid, wanted_list uuid, wanted_school uuid, on_day date
) returns boolean language sql stable as $$
    select retention_holds_role(
            wanted_user, wanted_school, on_day, array['director', 'deputy'], '{}')
        and not retention_list_has_own_child(wanted_list, wanted_user)
$$;

-- Who decided items is asked for their role in that moment, below: it may have ended since. Who
-- turned out to have a child on the list is known at the review only. A review that was given to
-- somebody who can't any more is anybody's again.
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
        if new.reviewer_id <> new.reviewed_by_id
           and retention_can_review(new.reviewer_id, new.id, new.school_id, new.reviewed_on) then
            raise exception 'who was given the review reviews' using errcode = 'check_violation';
        end if;
        perform retention_must_be_able(
            new.id, new.school_id, new.reviewed_by_id, new.reviewed_on, directs, '{}');
        if exists (
            select from retention_destructionitem i where i.list_id = new.id and i.decision = ''
        ) then
            raise exception 'each item is decided first' using errcode = 'check_violation';
        end if;
        if exists (  -- asked once of each who decided, not of each item
            with deciders as materialized (
                select distinct i.decided_by_id as decider
                from retention_destructionitem i where i.list_id = new.id)
            select from deciders d where retention_list_has_own_child(new.id, d.decider)
        ) then
            raise exception 'who decided has a child on the list' using errcode = 'check_violation';
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

_DECIDED = """
-- A director or deputy of the school decides items, in that moment, and comes onto a list what stands
-- at its school. Asked once of a statement, by who decided when: thousands are decided at once. By
-- `except`, as a join that was planned for one item would go through each pair of thousands.
create function who_decides_items_may() returns trigger language plpgsql as $$
begin
    if exists (
        select from (
            select changed.list_id, changed.decider, changed.moment from (
                select n.id, n.list_id, n.decision, n.decided_by_id, n.decided_at
                from said n where n.decision <> ''
                except
                select o.id, o.list_id, o.decision, o.decided_by_id, o.decided_at from unsaid o
            ) changed (id, list_id, decision, decider, moment)
            group by 1, 2, 3
        ) d
        join retention_destructionlist l on l.id = d.list_id
        where not retention_is_of_today(portal_day_of(d.moment))
           or not exists (  -- it may have been midnight meanwhile
            select from (values (interval '0'), ('5 minutes')) ago (long)
            where retention_holds_role(d.decider, l.school_id, portal_day_of(d.moment - ago.long),
                array['director', 'deputy'], '{}'))
    ) then
        raise exception 'director or deputy decides about items' using errcode = 'check_violation';
    end if;
    return null;
end $$;
create trigger who_decides_items_may after update on retention_destructionitem
    referencing old table as unsaid new table as said
    for each statement execute function who_decides_items_may();
"""

_COMES = """
-- Nobody has another school's dossier destroyed by the own list, and by the own terms.
create function items_are_of_the_lists_school() returns trigger language plpgsql as $$
begin
    if exists (
        select from came n
        join retention_destructionlist l on l.id = n.list_id
        left join dossiers_dossier d on d.id = n.dossier_id
        where d.school_id is distinct from l.school_id
    ) then
        raise exception 'an item is about a dossier of the school of its list'
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
create trigger items_are_of_the_lists_school after insert on retention_destructionitem
    referencing new table as came
    for each statement execute function items_are_of_the_lists_school();
"""


class Migration(migrations.Migration):
    """Who decides items is asked then, and a review that nobody can do is anybody's."""

    dependencies = [("retention", "0029_rosters_keep_other_children")]

    operations = [migrations.RunSQL(_REVIEW + _DECIDED + _COMES, migrations.RunSQL.noop)]
