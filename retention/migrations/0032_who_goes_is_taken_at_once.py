from django.db import migrations

_TAKEN = """
-- Takes all rows that deleting these dossiers and its triggers take (`leavers_follow`, 0014), before
-- the first of them goes and without waiting: whoever writes about them after this waits for us,
-- holding nothing that we want. Gives those dossiers that are not to be taken away now: somebody
-- writes in this moment about the pupil, a stay, or the family.
create function retention_take_at_once(dossiers uuid[]) returns setof uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    wanted uuid[] := array(select d.pupil_id from dossiers_dossier d where d.id = any (dossiers));
    pupils uuid[] := array(
        select p.id from students_pupil p where p.id = any (wanted)
        order by p.id for update skip locked);
    stays uuid[] := array(
        select e.id from students_enrolment e where e.pupil_id = any (pupils)
        order by e.id for update skip locked);
    around uuid[] := array(
        select distinct h.parent_id from students_parenthood h where h.pupil_id = any (pupils));
    parents uuid[] := array(
        select p.id from students_parent p where p.id = any (around)
        order by p.id for update skip locked);
    links uuid[] := array(
        select h.id from students_parenthood h where h.parent_id = any (around)
        order by h.id for update skip locked);
    leavers uuid[] := array(
        select l.dossier_id from retention_leaver l
        where l.pupil_id = any (pupils || array(
            select h.pupil_id from students_parenthood h where h.parent_id = any (around)))
        order by l.dossier_id for update skip locked);
begin
    return query
    with busy as (
        select e.pupil_id from students_enrolment e
        where e.pupil_id = any (pupils) and e.id <> all (stays)
        union all
        select l.pupil_id from retention_leaver l
        where l.pupil_id = any (pupils) and l.dossier_id <> all (leavers)
        union all
        select a.pupil_id from students_parenthood a
        join students_parenthood b on b.parent_id = a.parent_id
        where a.pupil_id = any (pupils)
          and (a.parent_id <> all (parents) or b.id <> all (links) or exists (
            select from retention_leaver l
            where l.pupil_id = b.pupil_id and l.dossier_id <> all (leavers)))
    )
    select d.id from dossiers_dossier d
    where d.id = any (dossiers)
      and (d.pupil_id <> all (pupils) or d.pupil_id in (select b.pupil_id from busy b));
end $$;
revoke all on function retention_take_at_once(uuid[]) from public;
"""


class Migration(migrations.Migration):
    """Taking rows away stands in a circle with nobody: not with a roster that is applied either."""

    dependencies = [("retention", "0031_links_by_mistake_alone")]

    operations = [migrations.RunSQL(_TAKEN, migrations.RunSQL.noop)]
