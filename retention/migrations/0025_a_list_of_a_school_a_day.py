from django.db import migrations, models
from django.db.models import Q

_ONE_A_DAY = """
alter table retention_destructionlist drop constraint retention_destructionlist_name_key;
drop index retention_destructionlist_name_ed6bcb2a_like;
create unique index a_school_makes_one_list_a_day on retention_destructionlist (school_id, made_on)
    where cancelled_on is null;
"""


class Migration(migrations.Migration):
    """A list is one of its school and day; schools may have the same name."""

    dependencies = [("retention", "0024_an_approval_is_of_what_stood_then")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_ONE_A_DAY, migrations.RunSQL.noop)],
            state_operations=[
                migrations.AlterField(
                    "destructionlist", "name", models.CharField("name", max_length=120)
                ),
                migrations.AddConstraint(
                    "destructionlist",
                    models.UniqueConstraint(
                        fields=["school", "made_on"],
                        condition=Q(cancelled_on__isnull=True),
                        name="a_school_makes_one_list_a_day",
                    ),
                ),
            ],
        ),
    ]
