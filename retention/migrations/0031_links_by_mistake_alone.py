from django.db import migrations

_ALONE = """
-- Of each of these pupils the last day of the last child of any of the parents; null while one of
-- them is at school. Who was linked by mistake alone counts as parent of nobody else: then it is the
-- pupil's own last day. Null without any link.
create or replace function retention_families_of(pupils uuid[])
returns table (pupil_id uuid, left_on date) language sql stable as $$
    select p.id, case
        when bool_and(e.ends_on is not null) filter (where e.id is not null) then max(e.ends_on) end
    from unnest(pupils) p(id)
    left join students_parenthood a on a.pupil_id = p.id and a.withdrawn_at is null
    left join students_parenthood b on b.parent_id = a.parent_id and b.withdrawn_at is null
    left join students_parenthood w on w.pupil_id = p.id and a.id is null
    left join students_enrolment e on e.pupil_id = coalesce(b.pupil_id, w.pupil_id)
    group by p.id
$$;

-- As in 0007, and of the pupil's own dossier at another school, whoever the parents are.
create or replace function nothing_held_is_intended() returns trigger language plpgsql as $$
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
        where n.id = any (going) and n.kind = 'parents'
        union
        select e.id from said n
        join dossiers_dossier d on d.id = n.dossier_id
        join dossiers_dossier e on e.pupil_id = d.pupil_id
        where n.id = any (going) and n.kind = 'parents'))
    then
        raise exception 'a held dossier is destroyed by nobody'
            using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$;
"""
_SO_FAR = "select retention_set_leavers_right();"


class Migration(migrations.Migration):
    """Who was linked to a leaver by mistake alone falls due as parents do."""

    dependencies = [("retention", "0030_who_decides_is_asked_then")]

    operations = [migrations.RunSQL(_ALONE + _SO_FAR, migrations.RunSQL.noop)]
