from django.db import migrations

_WHO = """
-- Whether an erasure was decided and written into the ledger. A copy that was put back may not know
-- it any more, but the ledger does: then the owner erases again, while nobody else may connect.
create function retention_erasure_stands(wanted uuid) returns boolean language sql stable as $$
    select exists (
        select from retention_ledgerline g
        where g.item = wanted and g.keys ? 'erasure' and (
            not retention_is_held((g.keys -> 'dossier' ->> 0)::uuid) and exists (
                select from retention_erasure e
                where e.id = wanted and e.outcome in ('intended', 'sealed')
                  and e.approved_on < least(current_date + 1, portal_day()))
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

create function erasure_is_handled_rightly() returns trigger language plpgsql as $$
declare
    proposes text[] := array['director', 'deputy'];
    decides text[] := array['board-officer', 'privacy-officer'];
    may boolean := true;
begin
    if tg_op = 'INSERT' then
        if new.approved_on is not null or new.ended <> '' or new.outcome <> '' then
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
    if row(new.dossier_id, new.sort, new.target, new.part_kind, new.asker, new.because,
           new.received_on, new.words_id, new.proposed_by_id, new.proposed_on, new.proposed_at)
       is distinct from
       row(old.dossier_id, old.sort, old.target, old.part_kind, old.asker, old.because,
           old.received_on, old.words_id, old.proposed_by_id, old.proposed_on, old.proposed_at)
       or old.approved_on is not null
          and row(new.approved_on, new.approved_at, new.approved_by_id)
              is distinct from row(old.approved_on, old.approved_at, old.approved_by_id)
       or old.ended <> ''
       or old.outcome <> '' and new.ended <> ''
       or old.fingerprint <> ''
          and row(new.fingerprint, new.pieces) is distinct from row(old.fingerprint, old.pieces)
    then
        raise exception 'each step of an erasure is taken once' using errcode = 'check_violation';
    end if;
    if new.approved_on is distinct from old.approved_on then
        may := (portal_user() is null or new.approved_by_id = portal_user())
            and retention_is_of_today(new.approved_on)
            and not retention_is_held(new.dossier_id)
            and retention_erasure_role(
                new.approved_by_id, new.dossier_id, new.approved_on, '{}', decides)
            and not retention_erasure_role(
                new.approved_by_id, new.dossier_id, new.approved_on, '{}', array['fg']);
    end if;
    if new.ended <> old.ended then
        may := (portal_user() is null or new.ended_by_id = portal_user())
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
                end;
    end if;
    if new.outcome <> old.outcome then
        may := case
            when old.outcome = '' then new.outcome = 'gone' or new.outcome = 'intended'
                and new.approved_on < least(current_date + 1, portal_day())
                and not retention_is_held(new.dossier_id)
            else (old.outcome, new.outcome) in (('intended', 'sealed'), ('sealed', 'done'))
            end;
    end if;
    if not may then
        raise exception 'this step of an erasure is not this person''s, or comes too early'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger erasure_is_handled_rightly before insert or update on retention_erasure
    for each row execute function erasure_is_handled_rightly();
create trigger nothing_is_deleted before delete on retention_erasure
    for each row execute function only_an_approved_item_destroys('of dossier', 'administration');
create trigger nothing_is_deleted before delete on retention_erasurewords
    for each row execute function only_an_approved_item_destroys('of dossier', 'administration');

-- What was asked is read by who handles it or supervises, and never about an own child.
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

# What somebody sees who handles or supervises requests: that something stands there, never what it says.
_HEADERS = """
create function retention_agreement_length(wanted uuid) returns integer language sql stable as $$
    with recursive chain(id, replaces_id) as (
        select a.id, a.replaces_id from dossiers_agreement a where a.id = wanted
        union all
        select a.id, a.replaces_id from dossiers_agreement a join chain c on a.id = c.replaces_id)
    select count(*)::int from chain
$$;
create function retention_erasable(wanted_dossier uuid)
returns table (sort text, id uuid, part_kind varchar, author_id uuid, day date,
               created_at timestamptz, withdrawn_at timestamptz, versions integer, files integer)
language sql stable security definer set search_path = public, pg_temp as $$
    select found.*
    from (
        select 'note', n.id, p.kind, n.author_id, n.happened_on, n.created_at, n.withdrawn_at,
               (select count(*)::int from dossiers_noteversion v where v.note_id = n.id),
               (select count(*)::int from dossiers_file f where f.note_id = n.id)
        from dossiers_note n join dossiers_dossierpart p on p.id = n.part_id
        where p.dossier_id = wanted_dossier
        union all
        select 'file', f.id, p.kind, f.author_id, null, f.created_at, f.withdrawn_at,
               (select count(*)::int from dossiers_fileversion v where v.file_id = f.id), 0
        from dossiers_file f join dossiers_dossierpart p on p.id = f.part_id
        where p.dossier_id = wanted_dossier
          and not exists (select from dossiers_file m where m.moved_from_id = f.id)
        union all
        select 'agreement', a.id, p.kind, a.author_id, a.made_on, a.created_at, a.closed_at,
               retention_agreement_length(a.id), 0
        from dossiers_agreement a join dossiers_dossierpart p on p.id = a.part_id
        where p.dossier_id = wanted_dossier
          and not exists (select from dossiers_agreement r where r.replaces_id = a.id)
    ) found
    where retention_erasure_role(
        portal_user(), wanted_dossier, portal_day(), array['director', 'deputy'],
        array['privacy-officer', 'board-officer', 'fg'])
$$;
-- Withdrawn notes and files for which nobody asked yet: out of sight, and still kept.
create function retention_withdrawn()
returns table (dossier_id uuid, sort text, id uuid, part_kind varchar, author_id uuid,
               withdrawn_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
    with withdrawn as (
        select 'note' as sort, n.id, n.part_id, n.author_id, n.withdrawn_at
        from dossiers_note n where n.withdrawn_at is not null
        union all
        select 'file', f.id, f.part_id, f.author_id, f.withdrawn_at
        from dossiers_file f
        where f.withdrawn_at is not null
          and not exists (select from dossiers_file m where m.moved_from_id = f.id)
    )
    select p.dossier_id, w.sort, w.id, p.kind, w.author_id, w.withdrawn_at
    from withdrawn w join dossiers_dossierpart p on p.id = w.part_id
    where not exists (
        select from retention_erasure e where e.target = w.id and e.ended <> 'withdrawn')
    and retention_erasure_role(
        portal_user(), p.dossier_id, portal_day(), array['director', 'deputy'],
        array['privacy-officer'])
$$;
create index withdrawn_notes on dossiers_note (part_id) where withdrawn_at is not null;
create index withdrawn_files on dossiers_file (part_id) where withdrawn_at is not null;
"""

_ERASING = """
-- Everything that goes with a request: a note with its versions and files, a file with its versions
-- and where it stood before it was moved, an agreement with those it replaced. What replaces it since
-- somebody asked is not theirs to have asked for: it stays, and replaces nothing any more.
create function retention_goes_with(wanted uuid)
returns table (what text, id uuid, part_id uuid, sealed bytea, blobs uuid[])
language sql stable security definer set search_path = public, pg_temp as $$
    with recursive asked as (
        select e.sort, e.target from retention_erasure e where e.id = wanted
    ), file_chain(id) as (
        select f.id from dossiers_file f join asked a
            on a.sort = 'file' and f.id = a.target or a.sort = 'note' and f.note_id = a.target
        union
        select o.id from file_chain c join dossiers_file f on f.id = c.id
        join dossiers_file o on o.moved_from_id = f.id or o.id = f.moved_from_id
    ), agreement_chain(id) as (
        select g.id from dossiers_agreement g join asked a
            on a.sort = 'agreement' and g.id = a.target
        union
        select o.id from agreement_chain c join dossiers_agreement g on g.id = c.id
        join dossiers_agreement o on o.id = g.replaces_id
    )
    select 'note', n.id, n.part_id, ''::bytea, '{}'::uuid[]
    from dossiers_note n join asked a on a.sort = 'note' and n.id = a.target
    union all
    select 'note-version', v.id, v.part_id, v.sealed, '{}'
    from dossiers_noteversion v join asked a on a.sort = 'note' and v.note_id = a.target
    union all
    select 'file', f.id, f.part_id, '', '{}' from dossiers_file f join file_chain c on c.id = f.id
    union all
    select 'file-version', v.id, v.part_id, v.sealed,
           array_remove(array[v.blob, v.thumbnail], null)
    from dossiers_fileversion v join file_chain c on c.id = v.file_id
    union all
    select 'agreement', g.id, g.part_id, g.sealed, '{}'
    from dossiers_agreement g join agreement_chain c on c.id = g.id
$$;

-- Takes the rows away that the ledger's line names. Each row's own trigger asks again.
create function retention_erase(wanted uuid) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    gone integer := 0;
    touched integer;
    named record;
begin
    if not retention_erasure_stands(wanted) then
        raise exception 'only an approved erasure erases, and nothing of a held dossier'
            using errcode = 'insufficient_privilege';
    end if;
    perform set_config('portal.erasing', wanted::text, true);
    update dossiers_agreement a set replaces_id = null
    from retention_ledgerline g
    where g.item = wanted and g.keys -> 'agreement' ? a.replaces_id::text
      and not g.keys -> 'agreement' ? a.id::text;
    for named in select * from (values
        ('dossiers_fileversion', 'file_id', 'file'), ('dossiers_file', 'id', 'file'),
        ('dossiers_noteversion', 'note_id', 'note'), ('dossiers_note', 'id', 'note'),
        ('dossiers_agreement', 'id', 'agreement')
    ) rows_of (wanted_table, wanted_column, wanted_kind) loop
        execute format(
            'delete from %I where %I in (select k::uuid from retention_ledgerline g,'
            ' jsonb_array_elements_text(g.keys -> $2) k where g.item = $1)',
            named.wanted_table, named.wanted_column) using wanted, named.wanted_kind;
        get diagnostics touched = row_count;
        gone := gone + touched;
    end loop;
    perform set_config('portal.erasing', '', true);
    return gone;
end $$;

-- What is sealed under the keys of the parts that something was erased from, as it is stored.
create function retention_sealed_beside(wanted uuid)
returns table (what text, id uuid, part_id uuid, sealed bytea, blob uuid, thumbnail uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    with parts as (
        select p.* from retention_ledgerline g, jsonb_array_elements_text(g.keys -> 'rekeyed') k
        join dossiers_dossierpart p on p.id = k::uuid
        where g.item = wanted and retention_erasure_stands(wanted)
    )
    select 'note-version', v.id, v.part_id, v.sealed, null::uuid, null::uuid
    from dossiers_noteversion v join parts p on p.id = v.part_id
    union all
    select 'file-version', v.id, v.part_id, v.sealed, v.blob, v.thumbnail
    from dossiers_fileversion v join parts p on p.id = v.part_id
    union all
    select 'agreement', v.id, v.part_id, v.sealed, null, null
    from dossiers_agreement v join parts p on p.id = v.part_id
    union all
    select 'emergency-card', v.id, v.part_id, v.sealed, null, null
    from dossiers_emergencycardversion v join parts p on p.id = v.part_id
    union all
    select 'record-elsewhere', v.id, p.id, v.sealed, null, null
    from dossiers_othersystemrecord v join parts p on p.dossier_id = v.dossier_id
    where p.kind = 'guidance'
    union all
    select 'assignment', v.id, p.id, v.sealed_reason, null, null
    from dossiers_assignment v join parts p on p.dossier_id = v.dossier_id
    where v.sealed_reason is not null and p.kind = case v.kind
        when 'medical' then 'medical' when 'emergency' then 'emergency' else 'guidance' end
$$;

-- Puts the same value back, sealed under the new key; nothing where it changed meanwhile.
create function retention_seal_anew(
    wanted uuid, what text, wanted_row uuid, before bytea, anew bytea,
    new_blob uuid, new_thumbnail uuid
) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
    parts uuid[] := array(
        select k::uuid from retention_ledgerline g, jsonb_array_elements_text(g.keys -> 'rekeyed') k
        where g.item = wanted and retention_erasure_stands(wanted));
    dossiers uuid[] := array(select p.dossier_id from dossiers_dossierpart p where p.id = any (parts));
    touched integer;
begin
    if what = 'file-version' then
        update dossiers_fileversion v
        set sealed = anew, blob = coalesce(new_blob, v.blob),
            thumbnail = coalesce(new_thumbnail, v.thumbnail)
        where v.id = wanted_row and v.sealed = before and v.part_id = any (parts);
    elsif what = 'note-version' then
        update dossiers_noteversion v set sealed = anew
        where v.id = wanted_row and v.sealed = before and v.part_id = any (parts);
    elsif what = 'agreement' then
        update dossiers_agreement v set sealed = anew
        where v.id = wanted_row and v.sealed = before and v.part_id = any (parts);
    elsif what = 'emergency-card' then
        update dossiers_emergencycardversion v set sealed = anew
        where v.id = wanted_row and v.sealed = before and v.part_id = any (parts);
    elsif what = 'record-elsewhere' then
        update dossiers_othersystemrecord v set sealed = anew
        where v.id = wanted_row and v.sealed = before and v.dossier_id = any (dossiers);
    elsif what = 'assignment' then
        update dossiers_assignment v set sealed_reason = anew
        where v.id = wanted_row and v.sealed_reason = before and v.dossier_id = any (dossiers);
    end if;
    get diagnostics touched = row_count;
    return touched;
end $$;

revoke all on function retention_place_of(text, uuid), retention_erasable(uuid),
    retention_withdrawn(), retention_goes_with(uuid), retention_erase(uuid),
    retention_sealed_beside(uuid),
    retention_seal_anew(uuid, text, uuid, bytea, bytea, uuid, uuid) from public;
"""

# Rows go through an approved item, or with the erasure that is carried out right now.
_NAMED_BY = {
    "dossiers_note": "id",
    "dossiers_noteversion": "note_id",
    "dossiers_file": "id",
    "dossiers_fileversion": "file_id",
    "dossiers_agreement": "id",
}
_TRIGGERS = "".join(
    f"drop trigger nothing_is_deleted on {table};\n"
    f"create trigger nothing_is_deleted before delete on {table} for each row\n"
    "when (coalesce(current_setting('portal.erasing', true), '') = ''"
    f" or not retention_erases(old.{column}))\n"
    "execute function only_an_approved_item_destroys('of part');\n"
    for table, column in _NAMED_BY.items()
)


class Migration(migrations.Migration):
    """A part of a dossier is erased after two people said so, and by nothing else."""

    dependencies = [("retention", "0009_erasures")]

    operations = [
        migrations.RunSQL(_WHO + _HEADERS + _ERASING + _TRIGGERS, migrations.RunSQL.noop)
    ]
