from django.db import migrations, models
from django.db.models import Q

_BECAUSE = """
alter table retention_destructionlist
    add column cancelled_because varchar(10) not null default '';
alter table retention_destructionlist
    alter column cancelled_because drop default,
    -- What was cancelled before this rule stays without a reason.
    add constraint a_reviewed_list_is_cancelled_with_a_reason check (
        cancelled_because = '' and (cancelled_on is null or reviewed_on is null)
        or cancelled_because in ('decided', 'days', 'keep', 'look') and cancelled_on is not null
    ) not valid;
"""


class Migration(migrations.Migration):
    """Who cancels what was reviewed chooses why."""

    dependencies = [("retention", "0035_what_is_decided_is_of_now")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_BECAUSE, migrations.RunSQL.noop)],
            state_operations=[
                migrations.AddField(
                    "destructionlist",
                    "cancelled_because",
                    models.CharField(
                        "why it was cancelled",
                        blank=True,
                        max_length=10,
                        choices=[
                            ("decided", "Something on it was decided wrong."),
                            ("days", "A leaving date or a term is not right."),
                            ("keep", "Something on it must be kept longer."),
                            ("look", "We want to look at it together first."),
                        ],
                    ),
                ),
                migrations.AddConstraint(
                    "destructionlist",
                    models.CheckConstraint(
                        name="a_reviewed_list_is_cancelled_with_a_reason",
                        condition=Q(cancelled_because="", cancelled_on__isnull=True)
                        | Q(cancelled_because="", reviewed_on__isnull=True)
                        | Q(
                            cancelled_because__in=["decided", "days", "keep", "look"],
                            cancelled_on__isnull=False,
                        ),
                    ),
                ),
            ],
        ),
    ]
