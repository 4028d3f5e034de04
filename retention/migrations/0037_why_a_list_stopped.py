from django.db import migrations, models

_LIST = "destructionlist"


class Migration(migrations.Migration):
    """Why the last run of a list could not go on, since when, and when people heard of it."""

    dependencies = [("retention", "0036_a_cancelled_list_says_why")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    """
                    alter table retention_destructionlist
                        add stopped_because varchar(20) not null default '',
                        add stopped_at timestamptz,
                        add stopped_told_on date,
                        add constraint a_list_is_stopped_since_a_moment check (
                            stopped_because = '' and stopped_at is null and stopped_told_on is null
                            or stopped_because > '' and stopped_at is not null);
                    alter table retention_destructionlist alter stopped_because drop default;
                    """,
                    "alter table retention_destructionlist drop stopped_because,"
                    " drop stopped_at, drop stopped_told_on",
                )
            ],
            state_operations=[
                migrations.AddField(_LIST, "stopped_because", models.CharField(blank=True, max_length=20)),
                migrations.AddField(_LIST, "stopped_at", models.DateTimeField(null=True)),
                migrations.AddField(_LIST, "stopped_told_on", models.DateField(null=True)),
                migrations.AddConstraint(
                    _LIST,
                    models.CheckConstraint(
                        condition=models.Q(stopped_because="", stopped_at=None, stopped_told_on=None)
                        | models.Q(stopped_because__gt="", stopped_at__isnull=False),
                        name="a_list_is_stopped_since_a_moment",
                    ),
                ),
            ],
        )
    ]
