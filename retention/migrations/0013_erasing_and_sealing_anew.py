from django.db import migrations

_HEADERS = """
-- What somebody sees who handles or supervises requests: that something stands there, never what it
-- says.
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
revoke all on function retention_erasable(uuid) from public;

-- Withdrawn notes and files for which nobody asked yet: out of sight, and still kept. Whether it is
-- theirs to ask for is a matter of schools and of own children: asked once, not of each dossier.
create function retention_withdrawn()
returns table (dossier_id uuid, sort text, id uuid, part_kind varchar, author_id uuid,
               withdrawn_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
    with schools as materialized (
        select s.unit_id from students_school s
        where retention_holds_role(
            portal_user(), s.unit_id, portal_day(), array['director', 'deputy'],
            array['privacy-officer'])
    ), own_children as materialized (
        select h.pupil_id from students_parenthood h join students_parent p on p.id = h.parent_id
        where p.user_id = portal_user() and h.withdrawn_at is null
    ), withdrawn as (
        select 'note' as sort, n.id, n.part_id, n.author_id, n.withdrawn_at
        from dossiers_note n where n.withdrawn_at is not null
        union all
        select 'file', f.id, f.part_id, f.author_id, f.withdrawn_at
        from dossiers_file f
        where f.withdrawn_at is not null
          and not exists (select from dossiers_file m where m.moved_from_id = f.id)
    )
    select p.dossier_id, w.sort, w.id, p.kind, w.author_id, w.withdrawn_at
    from withdrawn w
    join dossiers_dossierpart p on p.id = w.part_id
    join dossiers_dossier d on d.id = p.dossier_id
    where d.school_id in (select unit_id from schools)
      and d.pupil_id not in (select pupil_id from own_children)
      and not exists (
        select from retention_erasure e where e.target = w.id and e.ended <> 'withdrawn')
$$;
revoke all on function retention_withdrawn() from public;
create index withdrawn_notes on dossiers_note (part_id) where withdrawn_at is not null;
create index withdrawn_files on dossiers_file (part_id) where withdrawn_at is not null;
"""

_GOES = """
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
revoke all on function retention_goes_with(uuid) from public;

-- Whether a version or a file came, since it was approved, to what is to be erased: nobody looked at
-- that. What was only moved keeps the moment at which it came.
create function retention_came_since(wanted uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (
        select from retention_erasure e cross join lateral retention_goes_with(e.id) g
        where e.id = wanted and e.approved_at < case g.what
            when 'note-version' then
                (select v.created_at from dossiers_noteversion v where v.id = g.id)
            when 'file' then (select f.created_at from dossiers_file f where f.id = g.id)
            when 'file-version' then
                (select v.created_at from dossiers_fileversion v where v.id = g.id)
            end)
$$;

-- Then the approval does not count, and it is decided anew; whether that was so.
create function retention_decide_anew(wanted uuid) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update retention_erasure e
    set approved_on = null, approved_at = null, approved_by_id = null,
        reopened_at = clock_timestamp()
    where e.id = wanted and e.approved_on is not null and e.ended = '' and e.outcome = ''
      and retention_came_since(e.id);
    return found;
end $$;
revoke all on function retention_came_since(uuid), retention_decide_anew(uuid) from public;
"""

_ERASING = """
-- Takes the rows away that the ledger's line names. Each table's own trigger asks again.
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
revoke all on function retention_erase(uuid), retention_sealed_beside(uuid),
    retention_seal_anew(uuid, text, uuid, bytea, bytea, uuid, uuid) from public;
"""


class Migration(migrations.Migration):
    """What may be erased, what goes with it, and how the rest of its part is sealed anew."""

    replaces = [
        ("retention", "0010_erasures_are_locked"),
        ("retention", "0024_an_approval_is_of_what_stood_then"),
        ("retention", "0031_a_role_is_asked_once_a_school"),
    ]
    dependencies = [("retention", "0012_erasures_go_step_by_step")]

    operations = [migrations.RunSQL(_HEADERS + _GOES + _ERASING, migrations.RunSQL.noop)]
