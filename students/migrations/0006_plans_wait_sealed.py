"""What a plan would change waits sealed. Plans of before can't be sealed here: they are sent again."""

from django.db import migrations, models

import students.models.sealed

EXPIRE = """
delete from students_rosterline;
update students_rosterimport set state = 'expired' where state in ('planned', 'approved');
"""


class Migration(migrations.Migration):
    """Readable columns go; the pupil of a link, which is asked for, stands in its own."""

    dependencies = [("students", "0005_when_a_parent_was_linked")]

    operations = [
        migrations.RunSQL(EXPIRE, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="rosterline", name="before"),
        migrations.RemoveField(model_name="rosterline", name="after"),
        migrations.AddField(
            model_name="rosterline",
            name="before",
            field=students.models.sealed.SealedJSON(default=dict),
        ),
        migrations.AddField(
            model_name="rosterline",
            name="after",
            field=students.models.sealed.SealedJSON(default=dict),
        ),
        migrations.AddField(
            model_name="rosterline",
            name="pupil",
            field=models.CharField(max_length=40, blank=True, default=""),
            preserve_default=False,
        ),
    ]
