from django.db import migrations

_ENGINE = """
-- Pupils of these dossiers of whom no other dossier keeps this kind of record, and none is held: what
-- the schools of a pupil share stays until the hold elsewhere is lifted, and goes with what is last
-- there. So a hold at one school leaves nothing half destroyed at another (ADR 41).
create function retention_last_of(wanted uuid[], wanted_kind text) returns uuid[]
language sql stable as $$
    select coalesce(array_agg(distinct d.pupil_id), '{}') from dossiers_dossier d
    where d.id = any (wanted) and not exists (
        select from dossiers_dossier o
        where o.pupil_id = d.pupil_id and not o.id = any (wanted) and (
            retention_is_held(o.id) or not exists (
                select from retention_endedkind e
                where e.dossier_id = o.id and e.kind = wanted_kind)))
$$;

-- Takes rows away, table by table: each step is a table and a condition on its rows `t`, in which
-- $1 are dossiers (or their parts), $2 pupils and $3 parents. Each table's own trigger asks again.
create function retention_remove(
    dossiers uuid[], pupils uuid[], parents uuid[], steps text[]
) returns integer language plpgsql as $$
declare
    step text[];
    touched integer;
    gone integer := 0;
begin
    foreach step slice 1 in array steps loop
        execute format('delete from %I t where %s', step[1], step[2])
            using dossiers, pupils, parents;
        get diagnostics touched = row_count;
        gone := gone + touched;
    end loop;
    return gone;
end $$;

-- Work that waits or is done, and what is remembered for a while, where it names one of these keys.
create function retention_names_one(words text, wanted uuid[]) returns boolean
language sql immutable as $$
    select exists (
        select from regexp_matches(words, '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'g') found
        where found[1]::uuid = any (wanted))
$$;
create function retention_remove_traces(wanted uuid[]) returns void language plpgsql as $$
declare
    jobs bigint[] := array(
        select j.id from procrastinate_jobs j
        where j.status <> 'doing' and retention_names_one(j.args::text, wanted));
begin
    delete from procrastinate_periodic_defers f where f.job_id = any (jobs);
    delete from procrastinate_jobs j where j.id = any (jobs);
    delete from portal_cache c where retention_names_one(c.cache_key, wanted);
end $$;

-- Accounts that belong to no parent and no pupil any more. One whose owner has another role that goes
-- on, or begins later, loses its family roles only. Else everything goes by which somebody came in or
-- was reached. Where something still points at it the row stays, without a name; of who once worked
-- here the name stays too, beside what they wrote and decided.
create function retention_remove_accounts(wanted uuid[]) returns integer language plpgsql as $$
declare
    kept uuid[] := array(select u.id from access_user u where u.id = any (wanted) and (
        exists (select from students_parent p where p.user_id = u.id)
        or exists (select from students_pupil p where p.user_id = u.id)));
    ended uuid[] := array(select unnest(wanted) except select unnest(kept));
    worked uuid[];
    used uuid[] := '{}';
    place record;
    found uuid[];
    gone integer;
begin
    delete from access_membership m where m.user_id = any (ended) and m.role in ('parent', 'pupil');
    ended := array(
        select unnest(ended) except select m.user_id from access_membership m
        where coalesce(m.ends_on, 'infinity')
            >= greatest(m.starts_on, least(portal_today(), portal_day())));
    worked := array(select m.user_id from access_membership m where m.user_id = any (ended));
    delete from access_invitation i using access_user u
    where u.id = any (ended) and (i.accepted_by_id = u.id or lower(i.email) = lower(u.email)
        and (i.withdrawn_at is not null or i.expires_at <= clock_timestamp()));
    delete from django_session s using usersessions_usersession u
    where u.session_key = s.session_key and u.user_id = any (ended);
    delete from usersessions_usersession u where u.user_id = any (ended);
    delete from mfa_authenticator a where a.user_id = any (ended);
    delete from account_emailconfirmation c using account_emailaddress e
    where c.email_address_id = e.id and e.user_id = any (ended);
    delete from account_emailaddress e where e.user_id = any (ended);
    for place in
        select k.conrelid::regclass as of_table, a.attname as of_column
        from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
        where k.contype = 'f' and k.confrelid = 'access_user'::regclass and k.conparentid = 0
    loop
        execute format('select array(select distinct %I from %s where %1$I = any ($1))',
                       place.of_column, place.of_table) into found using ended;
        used := used || found;
    end loop;
    update access_user u
    set name = case when u.id = any (worked) then u.name else '' end,
        username = 'gone-' || u.id, email = null, password = '!', is_active = false
    where u.id = any (ended) and u.id = any (used);
    delete from access_user u where u.id = any (ended) and not u.id = any (used);
    get diagnostics gone = row_count;
    perform retention_remove_traces(ended);
    return gone;
end $$;
"""

_PARTS = """
-- The parts of these dossiers that are of one kind, with all that stands in them.
create function retention_destroy_parts(wanted uuid[], wanted_kind text) returns integer
language plpgsql as $$
declare
    parts uuid[] := array(
        select p.id from dossiers_dossierpart p
        where p.dossier_id = any (wanted) and retention_kind_of(p.kind) = wanted_kind);
    gone integer;
begin
    -- Where a file came from is said no more, once that goes.
    update dossiers_file f set moved_from_id = null from dossiers_file o
    where o.id = f.moved_from_id and o.part_id = any (parts) and not f.part_id = any (parts);
    gone := retention_remove(parts, '{}', '{}', array[
        ['dossiers_fileversion', 't.part_id = any ($1)'],
        ['dossiers_file', 't.part_id = any ($1)'],
        ['dossiers_noteversion', 't.part_id = any ($1)'],
        ['dossiers_note', 't.part_id = any ($1)'],
        ['dossiers_agreement', 't.part_id = any ($1)'],
        ['dossiers_emergencycardversion', 't.part_id = any ($1)'],
        ['dossiers_dossierpartpermission', 't.content_object_id = any ($1)']]);
    if wanted_kind = 'guidance' then
        gone := gone + retention_remove(wanted, '{}', '{}', array[
            ['dossiers_keepernotice', 't.dossier_id = any ($1)'],
            ['dossiers_assignmentproposal', 't.dossier_id = any ($1)'],
            ['dossiers_othersystemrecord', 't.dossier_id = any ($1)']]);
    end if;
    -- Who could open the dossier goes with the last part that somebody could open.
    gone := gone + retention_remove(wanted, '{}', '{}', array[
        ['dossiers_assignment', 't.dossier_id = any ($1) and not exists (
            select from dossiers_dossierpartpermission p
            join dossiers_assignment o on o.id = p.assignment_id
            where o.dossier_id = t.dossier_id)']]);
    return gone + retention_remove(parts, '{}', '{}', array[
        ['dossiers_dossierpart', 't.id = any ($1)']]);
end $$;

-- As in dossiers 0011; and where a file came from is forgotten with what goes.
create or replace function file_stands_rightly() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if new.part_id <> old.part_id or new.author_id <> old.author_id
           or new.note_id is distinct from old.note_id
           or new.moved_from_id is distinct from old.moved_from_id and (
                new.moved_from_id is not null or not exists (
                    select from dossiers_file o join dossiers_dossierpart p on p.id = o.part_id
                    where o.id = old.moved_from_id
                      and retention_item_stands(p.dossier_id, retention_kind_of(p.kind))))
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
    """Rows go table by table; the parts of a dossier, accounts, and what names a key in passing."""

    replaces = [
        ("retention", "0014_every_kind_is_destroyed"),
        ("retention", "0033_a_role_that_ended_keeps_no_account"),
    ]
    dependencies = [("retention", "0015_each_kind_goes_through_an_item")]

    operations = [migrations.RunSQL(_ENGINE + _PARTS, migrations.RunSQL.noop)]
