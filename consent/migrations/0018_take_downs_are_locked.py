from django.db import migrations

FORWARD = """
-- A task to take something down tells that somebody said no. So it is for staff of the school that
-- published, for who keeps the pupil's consent, and (an own no makes one) for the family.
alter table consent_takedown enable row level security;
create policy consent_takedown_all on consent_takedown using (
    (select consent_is_job())
    or exists (
        select from consent_publishedpupil i join consent_publication p on p.id = i.publication_id
        where i.id = consent_takedown.published_id and (
            p.school_id = any ((select consent_workplaces())::uuid[])
            or i.pupil_id = any ((select consent_kept_pupils())::uuid[])
            or i.pupil_id = any ((select consent_own_children())::uuid[])
            or i.pupil_id = (select consent_as_pupil())))
);
"""


class Migration(migrations.Migration):
    """The second lock also on what tells who said no."""

    dependencies = [("consent", "0017_a_threat_hurries")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
