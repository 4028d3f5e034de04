from django.db import migrations

_LAST = """
-- Pupils of these dossiers of whom no other dossier keeps this kind of record, and none is held: what
-- the schools of a pupil share stays until the hold elsewhere is lifted, and goes with what is last
-- there. So a hold at one school leaves nothing half destroyed at another (ADR 41).
create or replace function retention_last_of(wanted uuid[], wanted_kind text) returns uuid[]
language sql stable as $$
    select coalesce(array_agg(distinct d.pupil_id), '{}') from dossiers_dossier d
    where d.id = any (wanted) and not exists (
        select from dossiers_dossier o
        where o.pupil_id = d.pupil_id and not o.id = any (wanted) and (
            retention_is_held(o.id) or not exists (
                select from retention_endedkind e
                where e.dossier_id = o.id and e.kind = wanted_kind)))
$$;
"""
_KEPT = """
-- Who is held keeps its name and its parents, and its stays at that school: those at another school
-- of the board are that school's administration, and end with it.
create or replace function a_held_pupil_is_kept() returns trigger language plpgsql as $$
declare
    is_held boolean;
begin
    if tg_table_name = 'students_pupil' then
        is_held := retention_pupil_is_held(old.id);
    elsif tg_table_name = 'students_parent' then
        is_held := exists (
            select from students_parenthood h
            where h.parent_id = old.id and retention_pupil_is_held(h.pupil_id)
        );
    elsif tg_table_name = 'students_enrolment' then
        is_held := exists (
            select from dossiers_dossier d
            where d.pupil_id = old.pupil_id and d.school_id = old.school_id
              and retention_is_held(d.id)
        );
    else
        is_held := retention_pupil_is_held(old.pupil_id);
    end if;
    if is_held then
        raise exception 'a held dossier is destroyed by nobody'
            using errcode = 'insufficient_privilege';
    end if;
    return old;
end $$;
"""
_INTENDED = """
-- As the rule says (rules/due.py): parents' data wait while a dossier of any of their children is held.
create or replace function nothing_held_is_intended() returns trigger language plpgsql as $$
begin
    if retention_is_held(new.dossier_id) or new.kind = 'parents' and exists (
        select from dossiers_dossier d
        join students_parenthood a on a.pupil_id = d.pupil_id and a.withdrawn_at is null
        join students_parenthood b on b.parent_id = a.parent_id and b.withdrawn_at is null
        where d.id = new.dossier_id and retention_pupil_is_held(b.pupil_id)
    ) then
        raise exception 'a held dossier is destroyed by nobody'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    """A hold at one school stops no other school of the pupil half-way."""

    dependencies = [("retention", "0022_what_is_shared_is_named_late")]

    operations = [migrations.RunSQL(_LAST + _KEPT + _INTENDED, migrations.RunSQL.noop)]
