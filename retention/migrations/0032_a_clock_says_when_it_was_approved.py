from django.db import migrations

_MOMENTS = """
create trigger a_clock_says_when before insert or update on retention_erasure
    for each row execute function oversight_is_of_now('proposed_at', 'approved_at', 'ended_at');
"""


class Migration(migrations.Migration):
    """What came since an approval is told by its moment: nobody dates that forward."""

    dependencies = [("retention", "0031_a_role_is_asked_once_a_school")]

    operations = [
        migrations.RunSQL(_MOMENTS, "drop trigger a_clock_says_when on retention_erasure;")
    ]
