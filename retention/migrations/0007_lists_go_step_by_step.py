from django.db import migrations

_STEPS = """
-- Refuses who acts for somebody else or on another day, holds no such role, or has a child on the list.
create function retention_must_be_able(
    wanted_list uuid, wanted_school uuid, acts uuid, on_day date, at_school text[], at_board text[]
) returns void language plpgsql as $$
begin
    if portal_user() is not null and acts <> portal_user()
       or not retention_is_of_today(on_day)
       or not retention_holds_role(acts, wanted_school, on_day, at_school, at_board)
       or retention_list_has_own_child(wanted_list, acts)
    then
        raise exception 'this step of a list is not this person''s'
            using errcode = 'check_violation';
    end if;
end $$;

-- Each step is taken once, by who may, on the day it is: a draft is given to a director or deputy and
-- decided item by item; another person approves what was reviewed; seven days later it may begin.
create function list_is_handled_rightly() returns trigger language plpgsql as $$
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
create trigger list_is_handled_rightly before insert or update on retention_destructionlist
    for each row execute function list_is_handled_rightly();
create trigger nothing_is_deleted before delete on retention_destructionlist
    for each row execute function refuse_deletion();
-- Nobody dates what they decide.
create trigger a_clock_says_when before insert or update on retention_destructionlist
    for each row execute function oversight_is_of_now('assigned_at', 'reviewed_at', 'approved_at', 'cancelled_at');
"""

_ITEMS = """
-- An item stays what it is; it is decided until the review, and what became of it is said once.
create function item_is_handled_rightly() returns trigger language plpgsql as $$
declare
    is_draft boolean;
begin
    select l.reviewed_on is null and l.cancelled_on is null into is_draft
    from retention_destructionlist l where l.id = new.list_id
    for share;  -- nobody reviews the list meanwhile
    if tg_op = 'INSERT' then
        if not is_draft or new.outcome <> '' or new.decision <> '' then
            raise exception 'an item comes undecided onto a draft' using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if row(new.list_id, new.dossier_id, new.kind, new.last_day, new.due_on)
       is distinct from row(old.list_id, old.dossier_id, old.kind, old.last_day, old.due_on)
    then
        raise exception 'an item stays what it is' using errcode = 'check_violation';
    end if;
    if row(new.decision, new.decided_by_id, new.decided_at)
       is distinct from row(old.decision, old.decided_by_id, old.decided_at)
       and (not is_draft or portal_user() is not null and new.decided_by_id <> portal_user())
    then
        raise exception 'an item is decided before the review' using errcode = 'check_violation';
    end if;
    if new.outcome is distinct from old.outcome and not (
        old.outcome = '' and new.outcome in ('intended', 'left')
        or old.outcome = 'intended' and new.outcome = 'destroyed'
    ) then
        raise exception 'what became of an item is said once' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger item_is_handled_rightly before insert or update on retention_destructionitem
    for each row execute function item_is_handled_rightly();
create trigger nothing_is_deleted before delete on retention_destructionitem
    for each row execute function refuse_deletion();
-- Somebody decides who holds the role at that moment. Thousands of items are made, and told what
-- became of them, at once: those are not asked.
create trigger a_clock_says_when before insert or update of decided_at on retention_destructionitem
    for each row when (new.decided_at is not null)
    execute function oversight_is_of_now('decided_at');

-- Nothing held is intended; parents' data wait while a dossier of any of their children is held
-- (rules/due.py). Asked once for all items that a statement says are going: row by row, thousands
-- took longer than their keys. Of what the ledger says is destroyed already, in a copy that was put
-- back, nothing is asked (ADR 36).
create function nothing_held_is_intended() returns trigger language plpgsql as $$
declare
    going uuid[] := array(
        select n.id from said n join unsaid o on o.id = n.id
        where o.outcome = '' and n.outcome = 'intended'
          and not (retention_is_owner() and exists (
            select from retention_ledgerline g where g.item = n.id)));
begin
    if going = '{}' then
        return null;
    end if;
    if retention_held_among(array(
        select n.dossier_id from said n where n.id = any (going)
        union
        select e.id from said n
        join dossiers_dossier d on d.id = n.dossier_id
        join students_parenthood a on a.pupil_id = d.pupil_id and a.withdrawn_at is null
        join students_parenthood b on b.parent_id = a.parent_id and b.withdrawn_at is null
        join dossiers_dossier e on e.pupil_id = b.pupil_id
        where n.id = any (going) and n.kind = 'parents'))
    then
        raise exception 'a held dossier is destroyed by nobody'
            using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$;
create trigger nothing_held_is_intended after update on retention_destructionitem
    referencing old table as unsaid new table as said
    for each statement execute function nothing_held_is_intended();
"""

_COUNTS = """
-- How much stands behind an item, for who sees the list: past row-level security, numbers only.
create function retention_counts_of(wanted_item uuid) returns table (what text, number bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    with asked as (
        select i.kind, d.id as dossier_id, d.pupil_id, d.school_id
        from retention_destructionitem i
        join retention_destructionlist l on l.id = i.list_id
        join dossiers_dossier d on d.id = i.dossier_id
        where i.id = wanted_item and portal_user() is not null
          and retention_holds_role(
              portal_user(), l.school_id, coalesce(portal_day(), portal_today()),
              array['director', 'deputy'], array['board-officer', 'privacy-officer', 'fg'])
          and not retention_is_own_child(portal_user(), d.pupil_id)
    ), parts as (
        select p.id from asked a join dossiers_dossierpart p
        on p.dossier_id = a.dossier_id and retention_kind_of(p.kind) = a.kind
    )
    select 'notes', count(*) from dossiers_note n join parts p on p.id = n.part_id
    union all
    select 'files', count(*) from dossiers_file f join parts p on p.id = f.part_id
    union all
    select 'agreements', count(*) from dossiers_agreement g join parts p on p.id = g.part_id
    union all
    select 'systems', count(*) from dossiers_othersystemrecord o
        join asked a on a.dossier_id = o.dossier_id and a.kind = 'guidance'
    union all
    select 'answers', count(*) from consent_answer c
        join asked a on a.pupil_id = c.pupil_id and a.school_id = c.school_id
            and a.kind = 'consent'
    union all
    select 'pictures', count(*) from consent_publishedpupil c
        join consent_publication u on u.id = c.publication_id
        join asked a on a.pupil_id = c.pupil_id and a.school_id = u.school_id
            and a.kind = 'pictures'
    union all
    select 'parents', count(*) from students_parenthood h
        join asked a on a.pupil_id = h.pupil_id and a.kind = 'parents'
    union all
    select 'stays', count(*) from students_enrolment e
        join asked a on a.pupil_id = e.pupil_id and a.school_id = e.school_id
            and a.kind = 'administration'
$$;
revoke all on function retention_counts_of(uuid) from public;
"""


class Migration(migrations.Migration):
    """A list takes each step once, from whom it may come; nothing held is on its way."""

    replaces = [
        ("retention", "0006_lists_are_locked"),
        ("retention", "0007_lists_are_handed_over"),
        ("retention", "0029_nor_that_of_a_list"),
    ]
    dependencies = [
        ("retention", "0006_holds_are_locked"),
        ("consent", "0010_pictures_are_locked"),
        ("oversight", "0005_looks_and_reports_are_locked"),
    ]

    operations = [migrations.RunSQL(_STEPS + _ITEMS + _COUNTS, migrations.RunSQL.noop)]
