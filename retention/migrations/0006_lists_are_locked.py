from django.db import migrations

_ITEM = """
create function retention_is_owner() returns boolean language sql stable as $$
    select session_user = (
        select relowner::regrole::text from pg_class
        where oid = 'retention_destructionlist'::regclass
    )
$$;

-- Whether an approved destruction item that cooled off, and was written into the ledger, names this
-- kind of record of this dossier. Of two clocks the earlier one counts: setting one forward does
-- not shorten the cooling days.
create or replace function retention_item_stands(wanted_dossier uuid, wanted_kind text)
returns boolean language sql stable as $$
    select exists (
        select from retention_destructionitem i
        join retention_destructionlist l on l.id = i.list_id
        where i.dossier_id = wanted_dossier and i.kind = wanted_kind
          and i.decision = 'destroy' and i.outcome = 'intended'
          and l.approved_on is not null and l.cancelled_on is null and l.closed_at is null
          and l.approved_on + 7 < least(current_date + 1, portal_day())
          and i.due_on < least(current_date + 1, portal_day())
          and exists (select from retention_ledgerline g where g.item = i.id)
    )
    -- A copy that was put back does not know the item any more, but the ledger does: then the owner
    -- destroys again, while nobody else may connect (ADR 36).
    or retention_is_owner() and exists (
        select from retention_ledgerline g
        where g.keys -> 'dossier' ->> 0 = wanted_dossier::text
          and g.keys -> 'kind' ->> 0 = wanted_kind
    )
$$;
"""

_LISTS = """
create function retention_list_has_own_child(wanted_list uuid, wanted_user uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (
        select from retention_destructionitem i join dossiers_dossier d on d.id = i.dossier_id
        where i.list_id = wanted_list and retention_is_own_child(wanted_user, d.pupil_id)
    )
$$;
create function retention_holds_role(
    wanted_user uuid, wanted_school uuid, on_day date, at_school text[], at_board text[]
) returns boolean language sql stable as $$
    select exists (
        select from access_membership m
        join students_school s on s.unit_id = wanted_school
        join access_user u on u.id = m.user_id
        where m.user_id = wanted_user and u.is_active
          and (m.unit_id = s.unit_id and m.role = any (at_school)
               or m.unit_id = s.board_id and m.role = any (at_board))
          and m.starts_on <= on_day and coalesce(m.ends_on, 'infinity') >= on_day
    )
$$;

-- A day that somebody writes down is the day it is, but for who owns the tables (demo, tests).
create function retention_is_of_today(written date) returns boolean language sql stable as $$
    select written between current_date and current_date + 1
        or retention_is_owner()
$$;

create function list_is_handled_rightly() returns trigger language plpgsql as $$
declare
    directs text[] := array['director', 'deputy'];
    approves text[] := array['board-officer', 'privacy-officer'];
begin
    if tg_op = 'INSERT' then
        if new.reviewed_on is not null or new.approved_on is not null
           or new.cancelled_on is not null or new.begun_at is not null then
            raise exception 'a list begins as a draft' using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if row(new.school_id, new.name, new.due_until, new.made_on, new.made_by_id, new.made_at)
       is distinct from
       row(old.school_id, old.name, old.due_until, old.made_on, old.made_by_id, old.made_at)
       or old.reviewed_on is not null
          and row(new.reviewed_on, new.reviewed_by_id)
              is distinct from row(old.reviewed_on, old.reviewed_by_id)
       or old.approved_on is not null
          and row(new.approved_on, new.approved_by_id)
              is distinct from row(old.approved_on, old.approved_by_id)
       or old.cancelled_on is not null
       or old.begun_at is not null
          and (new.begun_at is distinct from old.begun_at or new.cancelled_on is not null)
       or old.closed_at is not null
    then
        raise exception 'each step of a list is taken once' using errcode = 'check_violation';
    end if;
    if new.reviewed_on is distinct from old.reviewed_on then
        perform retention_must_be_able(
            new.id, new.school_id, new.reviewed_by_id, new.reviewed_on, directs, '{}');
        if exists (
            select from retention_destructionitem i where i.list_id = new.id and i.decision = ''
        ) then
            raise exception 'each item is decided first' using errcode = 'check_violation';
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
       and not new.approved_on + 7 < least(current_date + 1, portal_day()) then
        raise exception 'a list cools off for seven days' using errcode = 'check_violation';
    end if;
    return new;
end $$;

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

create trigger list_is_handled_rightly before insert or update on retention_destructionlist
    for each row execute function list_is_handled_rightly();
create trigger item_is_handled_rightly before insert or update on retention_destructionitem
    for each row execute function item_is_handled_rightly();
create trigger nothing_is_deleted before delete on retention_destructionlist
    for each row execute function refuse_deletion();
create trigger nothing_is_deleted before delete on retention_destructionitem
    for each row execute function refuse_deletion();
"""

_DESTROY = """
-- Takes the rows of one item away, once its keys are gone. It runs as the owner, past row-level
-- security; each row's own trigger asks again whether the item stands and nothing is held.
create function retention_destroy(wanted_item uuid) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    wanted_dossier uuid;
    wanted_kind text;
    parts uuid[];
    gone integer := 0;
    touched integer;
    wanted text;
begin
    select (g.keys -> 'dossier' ->> 0)::uuid, g.keys -> 'kind' ->> 0
    into wanted_dossier, wanted_kind from retention_ledgerline g where g.item = wanted_item;
    if not coalesce(retention_item_stands(wanted_dossier, wanted_kind), false) then
        raise exception 'a dossier is only destroyed through an approved destruction list'
            using errcode = 'insufficient_privilege';
    end if;
    parts := array(
        select p.id from dossiers_dossierpart p
        where p.dossier_id = wanted_dossier and retention_kind_of(p.kind) = wanted_kind);
    foreach wanted in array array[
        'dossiers_fileversion', 'dossiers_file', 'dossiers_noteversion', 'dossiers_note',
        'dossiers_agreement', 'dossiers_emergencycardversion'
    ] loop
        execute format('delete from %I where part_id = any ($1)', wanted) using parts;
        get diagnostics touched = row_count;
        gone := gone + touched;
    end loop;
    delete from dossiers_dossierpartpermission where content_object_id = any (parts);
    get diagnostics touched = row_count;
    gone := gone + touched;
    if wanted_kind = 'guidance' then
        foreach wanted in array array[
            'dossiers_keepernotice', 'dossiers_assignmentproposal', 'dossiers_othersystemrecord'
        ] loop
            execute format('delete from %I where dossier_id = $1', wanted) using wanted_dossier;
            get diagnostics touched = row_count;
            gone := gone + touched;
        end loop;
    end if;
    -- Who could open the dossier goes with the last part that somebody could open.
    delete from dossiers_assignment a
    where a.dossier_id = wanted_dossier and not exists (
        select from dossiers_dossierpartpermission p
        join dossiers_assignment o on o.id = p.assignment_id where o.dossier_id = wanted_dossier);
    get diagnostics touched = row_count;
    gone := gone + touched;
    delete from dossiers_dossierpart where id = any (parts);
    get diagnostics touched = row_count;
    insert into retention_endedkind (id, dossier_id, kind, ended_on)
    select gen_random_uuid(), d.id, wanted_kind, portal_day()
    from dossiers_dossier d where d.id = wanted_dossier
    on conflict do nothing;
    return gone + touched;
end $$;
-- The sealed files that go with an item: row-level security hides them from jobs too.
create function retention_blobs_of(wanted_item uuid) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select unnest(array_remove(array[v.blob, v.thumbnail], null)) from dossiers_fileversion v
    join dossiers_dossierpart p on p.id = v.part_id
    join retention_destructionitem i on i.dossier_id = p.dossier_id
    where i.id = wanted_item and retention_kind_of(p.kind) = i.kind
$$;
revoke all on function retention_destroy(uuid), retention_blobs_of(uuid), retention_list_has_own_child(uuid, uuid)
    from public;
"""


class Migration(migrations.Migration):
    """A list takes each step once, from whom it may come; only through it anything goes."""

    dependencies = [("retention", "0005_lists")]

    operations = [migrations.RunSQL(_ITEM + _LISTS + _DESTROY, migrations.RunSQL.noop)]
