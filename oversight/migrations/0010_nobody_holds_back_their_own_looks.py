from django.db import migrations

_FUNCTION = """
drop function looks_held_back(uuid);
create function looks_held_back(wanted_pupil uuid)
returns table (what varchar, colleague_id uuid, first_day date, last_day date,
               is_from_pupil_too boolean{more_columns})
language sql stable security definer set search_path = public, pg_temp as $$
    select h.what, h.colleague_id, h.first_day, h.last_day, h.is_from_pupil_too{more_values}
    from oversight_holdback h
    where h.pupil_id = wanted_pupil and h.ended_at is null
      and h.starts_on <= (select portal_day()) and h.ends_on >= (select portal_day())
      and (h.pupil_id = any ((select consent_own_children())::uuid[])
           or h.pupil_id = (select consent_as_pupil())
           or exists (
                select from students_enrolment e
                where e.pupil_id = h.pupil_id
                  and e.school_id = any (
                      (select oversight_units(array['director', 'deputy']))::uuid[])))
$$;
revoke all on function looks_held_back(uuid) from public;
"""
FORWARD = (
    _FUNCTION.format(more_columns=", recorded_by_id uuid", more_values=", h.recorded_by_id")
    + """
create policy oversight_holdback_not_own on oversight_holdback as restrictive for insert
    with check (colleague_id is distinct from recorded_by_id);
"""
)
BACKWARD = (
    "drop policy oversight_holdback_not_own on oversight_holdback;"
    + _FUNCTION.format(more_columns="", more_values="")
)


class Migration(migrations.Migration):
    """What an officer holds back of everybody leaves their own looks where they are."""

    dependencies = [("oversight", "0009_what_was_looked_at_and_set_is_locked")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
