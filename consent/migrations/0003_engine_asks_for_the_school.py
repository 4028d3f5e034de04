from django.db import migrations

FORWARD = """
-- Where somebody may learn what holds: where they work, or at every school of the board they
-- serve (who puts another text in use asks anew there).
create function consent_engine_schools() returns uuid[] language sql stable as $$
    select (select consent_workplaces()) || array(
        select s.unit_id from students_school s
        where s.board_id = any ((select consent_schools(array['board-officer']))::uuid[])
    )
$$;
create or replace function consent_answers(
    wanted_pupils uuid[], wanted_school uuid, wanted_purposes uuid[])
returns table (pupil_id uuid, purpose_id uuid, answers_as varchar, parent_id uuid,
               representative_id uuid, said varchar, answered_at timestamptz, text_id uuid,
               counts_from date, counts_until date)
language sql stable security definer set search_path = public, pg_temp as $$
    select a.pupil_id, a.purpose_id, a.answers_as, a.parent_id, a.representative_id, a.said,
           a.answered_at, a.text_id, a.counts_from, a.counts_until
    from consent_answer a
    where a.pupil_id = any (wanted_pupils) and a.school_id = wanted_school
      and a.purpose_id = any (wanted_purposes)
      and (wanted_school = any ((select consent_engine_schools())::uuid[])
           or a.pupil_id = any ((select consent_own_children())::uuid[])
           or a.pupil_id = (select consent_as_pupil()))
$$;
-- Orders and blocks follow the pupil from school to school: only for pupils of the school asked.
create or replace function consent_matters(wanted_pupils uuid[], wanted_school uuid)
returns table (kind text, pupil_id uuid, purpose_id uuid, parent_id uuid, is_yes boolean,
               decided_on date, starts_on date, ends_on date)
language sql stable security definer set search_path = public, pg_temp as $$
    with asked as (
        select p.pupil_id from unnest(wanted_pupils) p (pupil_id)
        where p.pupil_id = any ((select consent_own_children())::uuid[])
           or p.pupil_id = (select consent_as_pupil())
           or wanted_school = any ((select consent_engine_schools())::uuid[])
              and exists (
                  select from students_enrolment e
                  where e.pupil_id = p.pupil_id and e.school_id = wanted_school)
    )
    select 'order', o.pupil_id, o.purpose_id, null::uuid, o.is_yes, o.decided_on, o.starts_on,
           o.ends_on
    from consent_courtorder o join asked using (pupil_id)
    union all
    select 'objection', o.pupil_id, o.purpose_id, null, null, null, o.starts_on, o.lifted_on
    from consent_objection o join asked using (pupil_id) where o.school_id = wanted_school
    union all
    select 'block', b.pupil_id, null, null, null, null, b.starts_on, b.lifted_on
    from consent_safetyblock b join asked using (pupil_id)
    union all
    select 'unable', u.pupil_id, u.purpose_id, null, null, null, u.starts_on, u.ends_on
    from consent_unabledecision u join asked using (pupil_id) where u.school_id = wanted_school
    union all
    select 'unreachable', u.pupil_id, u.purpose_id, u.parent_id, null, null, u.starts_on, u.ends_on
    from consent_unreachabledecision u join asked using (pupil_id)
    where u.school_id = wanted_school
$$;
"""


class Migration(migrations.Migration):
    """The engine looks at pupils of the school asked, also for who serves the board."""

    dependencies = [("consent", "0002_locks")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
