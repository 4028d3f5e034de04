"""A link between parent and pupil knows since when it stands: a former school sees no later one."""

import django.utils.timezone
from django.db import migrations, models

# A link was made together with the first thing recorded about its authority.
SINCE = """
update students_parenthood h set created_at = first.recorded_at
from (select parenthood_id, min(recorded_at) as recorded_at
      from students_authority group by parenthood_id) first
where first.parenthood_id = h.id
"""


class Migration(migrations.Migration):
    """Adds the moment, and fills it for links that stand already."""

    dependencies = [("students", "0004_roster_plans_expire")]

    operations = [
        migrations.AddField(
            model_name="parenthood",
            name="created_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.RunSQL(SINCE, migrations.RunSQL.noop),
    ]
