from django.db import migrations

_GOES = """
-- What one request erases, under which part's key, and in which sealed files. A note takes what
-- stands or stood with it along. A file that was moved out of it stands in another part, where
-- nobody who decides was shown it: it is asked for by itself, and then goes with where it stood.
create or replace function retention_goes_with(wanted uuid)
returns table (what text, id uuid, part_id uuid, sealed bytea, blobs uuid[])
language sql stable security definer set search_path = public, pg_temp as $$
    with recursive asked as (
        select e.sort, e.target from retention_erasure e where e.id = wanted
    ), file_chain(id) as (
        select f.id from dossiers_file f join asked a on a.sort = 'file' and f.id = a.target
        union
        select o.id from file_chain c join dossiers_file f on f.id = c.id
        join dossiers_file o on o.moved_from_id = f.id or o.id = f.moved_from_id
    ), files(id) as (
        select c.id from file_chain c
        union all
        select f.id from dossiers_file f join asked a on a.sort = 'note' and f.note_id = a.target
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
    select 'file', f.id, f.part_id, '', '{}' from dossiers_file f join files c on c.id = f.id
    union all
    select 'file-version', v.id, v.part_id, v.sealed,
           array_remove(array[v.blob, v.thumbnail], null)
    from dossiers_fileversion v join files c on c.id = v.file_id
    union all
    select 'agreement', g.id, g.part_id, g.sealed, '{}'
    from dossiers_agreement g join agreement_chain c on c.id = g.id
$$;

-- A version or file of it that came after it was approved, or a file that was moved out of it since.
create or replace function retention_came_since(wanted uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (
        select from retention_erasure e cross join lateral retention_goes_with(e.id) g
        where e.id = wanted and e.approved_at < case g.what
            when 'note-version' then
                (select v.created_at from dossiers_noteversion v where v.id = g.id)
            when 'file' then (select greatest(f.created_at, moved.at) from dossiers_file f left join
                lateral (select f.withdrawn_at as at from dossiers_file m
                         where m.moved_from_id = f.id and e.sort = 'note') moved on true
                where f.id = g.id)
            when 'file-version' then
                (select v.created_at from dossiers_fileversion v where v.id = g.id)
            end)
$$;

-- Takes the rows away that the ledger's line names. Each row's own trigger asks again. What stays
-- names nothing that goes: an agreement that replaced one, a file that was moved out of a note.
create or replace function retention_erase(wanted uuid) returns integer
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
    update dossiers_file f set moved_from_id = null
    from retention_ledgerline g
    where g.item = wanted and g.keys -> 'file' ? f.moved_from_id::text
      and not g.keys -> 'file' ? f.id::text;
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
"""
_ORIGIN = """
-- As before, and where a file came from is forgotten with a note that is erased.
create or replace function file_stands_rightly() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if new.part_id <> old.part_id or new.author_id <> old.author_id
           or new.note_id is distinct from old.note_id
           or new.moved_from_id is distinct from old.moved_from_id and (
                new.moved_from_id is not null or not exists (
                    select from dossiers_file o join dossiers_dossierpart p on p.id = o.part_id
                    where o.id = old.moved_from_id
                      and (retention_item_stands(p.dossier_id, retention_kind_of(p.kind))
                           or retention_erases(o.id))))
           or old.withdrawn_at is not null
              and (new.withdrawn_at is distinct from old.withdrawn_at
                   or new.withdrawn_by_id is distinct from old.withdrawn_by_id)
        then
            raise exception 'a file can only be withdrawn, once' using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if exists (select from dossiers_dossierpart p where p.id = new.part_id and p.kind = 'emergency')
    then
        raise exception 'the emergency card holds no files' using errcode = 'check_violation';
    end if;
    if new.note_id is not null and not exists (
        select from dossiers_note n where n.id = new.note_id and n.part_id = new.part_id
    ) then
        raise exception 'a file stands in the part of its note' using errcode = 'check_violation';
    end if;
    if new.moved_from_id is not null and not exists (
        select from dossiers_file f
        join dossiers_dossierpart old_part on old_part.id = f.part_id
        join dossiers_dossierpart new_part on new_part.id = new.part_id
        where f.id = new.moved_from_id and new_part.id <> old_part.id
          and new_part.dossier_id = old_part.dossier_id
          and f.withdrawn_at is not null and f.author_id = new.author_id
    ) then
        raise exception 'a file moves within its dossier' using errcode = 'check_violation';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    """A note that is erased takes no file along that was moved to another part."""

    dependencies = [("retention", "0023_which_rows_it_was_goes_too")]

    operations = [migrations.RunSQL(_GOES + _ORIGIN, migrations.RunSQL.noop)]
