from django.db import migrations

_WHO = """
-- Whether somebody holds such a role for this dossier that day, and it is about no own child.
create function retention_erasure_role(
    wanted_user uuid, wanted_dossier uuid, on_day date, at_school text[], at_board text[]
) returns boolean language sql stable as $$
    select exists (
        select from dossiers_dossier d
        where d.id = wanted_dossier
          and retention_holds_role(wanted_user, d.school_id, on_day, at_school, at_board)
          and not retention_is_own_child(wanted_user, d.pupil_id)
    )
$$;

-- In which part of which dossier a note, file or agreement stands: past row-level security.
create function retention_place_of(wanted_sort text, wanted uuid)
returns table (dossier_id uuid, part_kind varchar)
language sql stable security definer set search_path = public, pg_temp as $$
    select p.dossier_id, p.kind from dossiers_dossierpart p
    where p.id = case wanted_sort
        when 'note' then (select n.part_id from dossiers_note n where n.id = wanted)
        when 'file' then (select f.part_id from dossiers_file f where f.id = wanted)
        when 'agreement' then (select a.part_id from dossiers_agreement a where a.id = wanted)
    end and retention_erasure_role(
        portal_user(), p.dossier_id, portal_day(),
        array['director', 'deputy'], array['privacy-officer', 'board-officer', 'fg'])
$$;
revoke all on function retention_place_of(text, uuid) from public;
"""

_STEPS = """
-- One asks, a second one decides, and may take it back for a whole day; what came since is decided
-- anew. Each step is taken once, on the day it is. Who takes two steps in one statement may take
-- each; what nobody knows nobody may.
create function erasure_is_handled_rightly() returns trigger language plpgsql as $$
declare
    proposes text[] := array['director', 'deputy'];
    decides text[] := array['board-officer', 'privacy-officer'];
    may boolean := true;
    is_anew boolean := false;
begin
    if tg_op = 'INSERT' then
        if new.approved_on is not null or new.ended <> '' or new.outcome <> ''
           or new.reopened_at is not null then
            raise exception 'an erasure begins as a request' using errcode = 'check_violation';
        end if;
        if portal_user() is not null and new.proposed_by_id <> portal_user()
           or new.received_on > new.proposed_on
           or not retention_is_of_today(new.proposed_on)
           or not retention_erasure_role(
               new.proposed_by_id, new.dossier_id, new.proposed_on, proposes,
               array['privacy-officer'])
           or portal_user() is not null and not exists (
               select from retention_place_of(new.sort, new.target) p
               where p.dossier_id = new.dossier_id and p.part_kind = new.part_kind)
        then
            raise exception 'director or privacy officer asks, for no own child'
                using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if new.reopened_at is distinct from old.reopened_at then
        is_anew := portal_user() is null and old.outcome = '' and new.outcome = ''
            and old.ended = '' and new.ended = '' and old.approved_on is not null
            and new.approved_on is null and new.reopened_at is not null;
        if not is_anew or not retention_came_since(old.id) then
            raise exception 'it is decided anew when something came to it'
                using errcode = 'check_violation';
        end if;
    end if;
    if row(new.dossier_id, new.sort, new.target, new.part_kind, new.asker, new.because,
           new.received_on, new.words_id, new.proposed_by_id, new.proposed_on, new.proposed_at)
       is distinct from
       row(old.dossier_id, old.sort, old.target, old.part_kind, old.asker, old.because,
           old.received_on, old.words_id, old.proposed_by_id, old.proposed_on, old.proposed_at)
       or old.approved_on is not null and not is_anew
          and row(new.approved_on, new.approved_at, new.approved_by_id)
              is distinct from row(old.approved_on, old.approved_at, old.approved_by_id)
       or old.ended <> ''
       or old.outcome <> '' and new.ended <> ''
       or old.fingerprint <> ''
          and row(new.fingerprint, new.pieces) is distinct from row(old.fingerprint, old.pieces)
    then
        raise exception 'each step of an erasure is taken once' using errcode = 'check_violation';
    end if;
    if new.approved_on is distinct from old.approved_on and not is_anew then
        may := (portal_user() is null or new.approved_by_id = portal_user())
            and retention_is_of_today(new.approved_on)
            and not retention_is_held(new.dossier_id)
            and retention_erasure_role(
                new.approved_by_id, new.dossier_id, new.approved_on, '{}', decides)
            and not retention_erasure_role(
                new.approved_by_id, new.dossier_id, new.approved_on, '{}', array['fg']);
    end if;
    if new.ended <> old.ended then
        may := may and (portal_user() is null or new.ended_by_id = portal_user())
            and retention_is_of_today(new.ended_on)
            and case new.ended
                when 'refused' then new.approved_on is null
                    and new.ended_by_id <> new.proposed_by_id
                    and retention_erasure_role(
                        new.ended_by_id, new.dossier_id, new.ended_on, '{}', decides)
                    and not retention_erasure_role(
                        new.ended_by_id, new.dossier_id, new.ended_on, '{}', array['fg'])
                else retention_erasure_role(
                    new.ended_by_id, new.dossier_id, new.ended_on, proposes,
                    array['privacy-officer'])
                    or new.ended_by_id = old.approved_by_id and retention_erasure_role(
                        new.ended_by_id, new.dossier_id, new.ended_on, '{}', decides)
                end;
    end if;
    if new.outcome <> old.outcome then
        may := may and case
            when old.outcome = '' then new.outcome = 'gone' or new.outcome = 'intended'
                and new.approved_on + 1 < least(portal_today('5 minutes'), portal_day())
                and not retention_is_held(new.dossier_id) and not retention_came_since(new.id)
            else (old.outcome, new.outcome) in (('intended', 'sealed'), ('sealed', 'done'))
            end;
    end if;
    if may is not true then
        raise exception 'this step of an erasure is not this person''s, or comes too early'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger erasure_is_handled_rightly before insert or update on retention_erasure
    for each row execute function erasure_is_handled_rightly();
create trigger nothing_is_deleted before delete on retention_erasure
    for each row execute function only_an_approved_item_destroys('of dossier', 'administration');
-- What came since an approval is told by its moment: nobody dates that forward.
create trigger a_clock_says_when before insert or update on retention_erasure
    for each row execute function oversight_is_of_now('proposed_at', 'approved_at', 'ended_at');

-- Why something is to be erased is read by who asks, decides or supervises, and never about an own
-- child.
create trigger nothing_is_deleted before delete on retention_erasurewords
    for each row execute function only_an_approved_item_destroys('of dossier', 'administration');
alter table retention_erasurewords enable row level security;
create policy retention_erasurewords_seen on retention_erasurewords for select
    using (dossier_id in (
        select d.id from dossiers_dossier d
        where d.id in (select e.dossier_id from retention_erasure e)
          and retention_erasure_role(
              (select portal_user()), d.id, (select portal_day()), array['director', 'deputy'],
              array['privacy-officer', 'board-officer', 'fg'])));
create policy retention_erasurewords_changed on retention_erasurewords for update
    using (false) with check (false);
create policy retention_erasurewords_added on retention_erasurewords for insert with check (
    written_by_id = (select portal_user())
    and retention_erasure_role(
        (select portal_user()), dossier_id, (select portal_day()), array['director', 'deputy'],
        array['privacy-officer', 'board-officer']));
"""

_STANDS = """
-- Whether an erasure was decided, a whole day before, and written into the ledger. A copy that was put
-- back may not know it any more, but the ledger does: then the owner erases again, while nobody else
-- may connect.
create function retention_erasure_stands(wanted uuid) returns boolean language sql stable as $$
    select exists (
        select from retention_ledgerline g
        where g.item = wanted and g.keys ? 'erasure' and (
            not retention_is_held((g.keys -> 'dossier' ->> 0)::uuid) and exists (
                select from retention_erasure e
                where e.id = wanted and e.outcome in ('intended', 'sealed')
                  and e.approved_on + 1 < least(portal_today('5 minutes'), portal_day()))
            or retention_is_owner() and not exists (
                select from retention_erasure e where e.id = wanted and e.outcome <> ''))
    )
$$;

-- Whether this row goes with the erasure that is carried out in this transaction.
create function retention_erases(wanted_row uuid) returns boolean language sql stable as $$
    select exists (
        select from retention_ledgerline g
        where g.item = nullif(current_setting('portal.erasing', true), '')::uuid
          and (g.keys -> 'note' ? wanted_row::text or g.keys -> 'file' ? wanted_row::text
               or g.keys -> 'agreement' ? wanted_row::text)
          and retention_erasure_stands(g.item)
    )
$$;

-- What is being erased is named in the ledger already: a file that came to it now would keep it from
-- going, and one moved away from it would outlive it.
create function what_is_erased_takes_nothing_new() returns trigger language plpgsql as $$
begin
    if exists (
        select from retention_erasure e join retention_ledgerline g on g.item = e.id
        where e.outcome = 'intended' and (
            g.keys -> 'note' ? new.note_id::text or g.keys -> 'file' ? new.moved_from_id::text)
    ) then
        raise exception 'this is being erased' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger what_is_erased_takes_nothing_new before insert on dossiers_file
    for each row when (new.note_id is not null or new.moved_from_id is not null)
    execute function what_is_erased_takes_nothing_new();

-- As it takes no file, it takes no version.
create function what_is_erased_takes_no_version() returns trigger language plpgsql as $$
begin
    if exists (
        select from retention_erasure e join retention_ledgerline g on g.item = e.id
        where e.outcome = 'intended'
          and g.keys -> tg_argv[0] ? (to_jsonb(new) ->> (tg_argv[0] || '_id'))
    ) then
        raise exception 'this is being erased' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger what_is_erased_takes_no_version before insert on dossiers_noteversion
    for each row execute function what_is_erased_takes_no_version('note');
create trigger what_is_erased_takes_no_version before insert on dossiers_fileversion
    for each row execute function what_is_erased_takes_no_version('file');
"""


class Migration(migrations.Migration):
    """A part of a dossier is erased after two people said so; meanwhile nothing comes to it."""

    replaces = [
        ("retention", "0019_what_is_erased_takes_nothing_new"),
        ("retention", "0030_nor_that_of_an_erasure"),
        ("retention", "0032_a_clock_says_when_it_was_approved"),
        ("retention", "0034_each_step_is_asked"),
    ]
    dependencies = [
        ("retention", "0011_erasures"),
        ("oversight", "0005_looks_and_reports_are_locked"),
    ]

    operations = [migrations.RunSQL(_WHO + _STEPS + _STANDS, migrations.RunSQL.noop)]
