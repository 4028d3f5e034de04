from django.db import migrations

_FUNCTION = """
create or replace function looks_held_back(wanted_pupil uuid)
returns table (what varchar, colleague_id uuid, first_day date, last_day date,
               is_from_pupil_too boolean)
language sql stable security definer set search_path = public, pg_temp as $$
    select h.what, h.colleague_id, h.first_day, h.last_day, h.is_from_pupil_too
    from oversight_holdback h
    where h.pupil_id = wanted_pupil and h.ended_at is null
      and h.starts_on <= (select portal_day()) and h.ends_on >= (select portal_day())
      and (h.pupil_id = any ((select consent_own_children())::uuid[])
           or h.pupil_id = (select consent_as_pupil()){more})
$$;
"""
_WHO_DIRECTS = """
           or exists (
                select from students_enrolment e
                where e.pupil_id = h.pupil_id
                  and e.school_id = any (
                      (select oversight_units(array['director', 'deputy']))::uuid[]))"""


class Migration(migrations.Migration):
    """Whoever gives a family the paper leaves out what is held back; also they never read why."""

    dependencies = [("oversight", "0006_findings_for_the_board")]

    operations = [
        migrations.RunSQL(_FUNCTION.format(more=_WHO_DIRECTS), _FUNCTION.format(more=""))
    ]
