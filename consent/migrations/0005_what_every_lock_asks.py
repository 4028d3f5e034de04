from django.db import migrations

_PLACES = """
-- Where somebody works today, and where they keep the administration of consent.
create function consent_schools(wanted_roles text[]) returns uuid[] language sql stable as $$
    select array(
        select m.unit_id from access_membership m join access_user u on u.id = m.user_id
        where m.user_id = (select portal_user()) and u.is_active
          and m.role = any (wanted_roles)
          and m.starts_on <= (select portal_day())
          and coalesce(m.ends_on, 'infinity') >= (select portal_day())
    )
$$;
create function consent_workplaces() returns uuid[] language sql stable as $$
    select consent_schools(array['counsellor', 'care-coordinator', 'director', 'deputy',
                                 'school-doctor', 'administrator', 'safeguarding-officer'])
$$;
create function consent_kept_schools() returns uuid[] language sql stable as $$
    select consent_schools(array['director', 'deputy', 'administrator'])
$$;
create function consent_kept_pupils() returns uuid[] language sql stable as $$
    select array(
        select e.pupil_id from students_enrolment e
        where e.school_id = any ((select consent_kept_schools())::uuid[])
          and coalesce(e.ends_on, 'infinity') >= (select portal_day())
    )
$$;

-- A job has no person; neither has a visitor, but a visitor comes over the web login.
create function consent_is_job() returns boolean language sql stable as $$
    select (select portal_user()) is null and session_user <> 'portal_web'
$$;

-- Where somebody may learn what holds: where they work, or at every school of the board they serve
-- (who puts another text in use asks anew there). A job asks for every school.
create function consent_engine_schools() returns uuid[] language sql stable as $$
    select (select consent_workplaces()) || array(
        select s.unit_id from students_school s
        where s.board_id = any ((select consent_schools(array['board-officer']))::uuid[])
           or (select portal_user()) is null and session_user <> 'portal_web'
    )
$$;

-- Where somebody asks: where they keep consent, or at every school of the board they serve.
create function consent_asking_schools() returns uuid[] language sql stable as $$
    select (select consent_kept_schools()) || array(
        select s.unit_id from students_school s
        where s.board_id = any ((select consent_schools(array['board-officer']))::uuid[])
           or (select consent_is_job())
    )
$$;
"""

_FAMILY = """
-- A parent who also works here reads nothing about the own child as staff: there stands what the
-- other parent answered. Whoever was linked to a pupil by mistake is no parent: learns nothing as
-- family, and keeps the pupil's administration as before.
create function consent_own_children() returns uuid[] language sql stable as $$
    select array(
        select h.pupil_id from students_parenthood h join students_parent p on p.id = h.parent_id
        where p.user_id = (select portal_user()) and h.withdrawn_at is null
    )
$$;

-- One person can be known as several parents, at several schools or boards.
create function consent_as_parents() returns uuid[] language sql stable as $$
    select array(select id from students_parent where user_id = (select portal_user()))
$$;
create function consent_as_pupil() returns uuid language sql stable as $$
    select id from students_pupil where user_id = (select portal_user())
$$;

-- Whoever types a code names its number: that one row opens for them, and no other.
create function consent_typed_code() returns text language sql stable as $$
    select nullif(current_setting('portal.typed_code', true), '')
$$;
"""

_KEPT = """
-- What is only added is never changed or removed; what is kept is ended, never deleted: not by an
-- update, not by a cascade, not by the owner. What retention destroys it asks an item for instead
-- (retention 0015).
create function consent_is_only_added() returns trigger language plpgsql as $$
begin
    raise exception 'answers and requests are only added' using errcode = 'insufficient_privilege';
end $$;
create function consent_is_kept() returns trigger language plpgsql as $$
begin
    raise exception 'what was recorded about consent is ended, never deleted'
        using errcode = 'insufficient_privilege';
end $$;
"""


class Migration(migrations.Migration):
    """Where somebody works, whose family they are, and what is never changed or deleted."""

    replaces = [
        ("consent", "0003_engine_asks_for_the_school"),
        ("consent", "0009_jobs_ask_too"),
        ("consent", "0010_a_withdrawn_link_is_none"),
    ]
    dependencies = [
        ("consent", "0004_publications_recordings_and_notices"),
        ("access", "0002_who_and_when"),
        ("students", "0007_an_account_of_several_parents"),
    ]

    operations = [migrations.RunSQL(_PLACES + _FAMILY + _KEPT, migrations.RunSQL.noop)]
