from django.db import migrations

FORWARD = """
-- Whoever was linked to a pupil by mistake is no parent: learns nothing as family, and keeps the
-- pupil's administration as before.
create or replace function consent_own_children() returns uuid[] language sql stable as $$
    select array(
        select h.pupil_id from students_parenthood h join students_parent p on p.id = h.parent_id
        where p.user_id = (select portal_user()) and h.withdrawn_at is null
    )
$$;
"""


class Migration(migrations.Migration):
    """A link that was withdrawn gives and takes nothing."""

    dependencies = [("consent", "0009_jobs_ask_too")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
