from django.db import migrations

FORWARD = """
-- A job asks for every school. It has no person; neither has a visitor, but a visitor's request
-- comes over the web login, and a job's over the worker's.
create or replace function consent_engine_schools() returns uuid[] language sql stable as $$
    select (select consent_workplaces()) || array(
        select s.unit_id from students_school s
        where s.board_id = any ((select consent_schools(array['board-officer']))::uuid[])
           or (select portal_user()) is null and session_user <> 'portal_web'
    )
$$;
"""


class Migration(migrations.Migration):
    """Who asks at night knows who can't decide, as whoever asks by day."""

    dependencies = [("consent", "0008_a_code_is_used_once")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
