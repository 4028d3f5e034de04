from django.db import migrations, models
from django.db.models import F, Q

# Room for what is sealed. Rows of before keep their readable columns until
# `manage.py seal_plain_texts` (run by prepare_database, which can reach the keys) has sealed them
# and dropped those columns; until then the checks count for new rows only.
FORWARD = """
alter table dossiers_assignment add column sealed_reason bytea;
alter table dossiers_assignment alter column reason drop not null;
alter table dossiers_assignment drop constraint an_emergency_lasts_one_day_and_names_a_reason;
alter table dossiers_assignment add constraint an_emergency_lasts_one_day_and_names_a_reason check (
    kind <> 'emergency'
    or ends_on is not null and (ends_on = starts_on or ends_on = starts_on - 1)
       and sealed_reason is not null
) not valid;
alter table dossiers_assignment
    drop constraint a_short_assignment_lasts_seven_days_and_names_a_reason;
alter table dossiers_assignment
    add constraint a_short_assignment_lasts_seven_days_and_names_a_reason check (
    kind <> 'short' or ends_on <= starts_on + 6 and sealed_reason is not null
) not valid;
alter table dossiers_othersystemrecord add column sealed bytea;
alter table dossiers_othersystemrecord alter column system drop not null;
alter table dossiers_othersystemrecord alter column kind drop not null;
alter table dossiers_othersystemrecord alter column custodian drop not null;
alter table dossiers_othersystemrecord alter column term drop not null;
create trigger nothing_is_deleted before delete on dossiers_othersystemrecord
    for each row execute function refuse_deletion();
"""

_EMERGENCY = "an_emergency_lasts_one_day_and_names_a_reason"
_SHORT = "a_short_assignment_lasts_seven_days_and_names_a_reason"


class Migration(migrations.Migration):
    """Reasons, and what other systems keep, are stored sealed only."""

    dependencies = [("dossiers", "0007_lock_keeps_its_plan")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(FORWARD, migrations.RunSQL.noop)],
            state_operations=[
                migrations.AlterModelOptions(name="othersystemrecord", options={}),
                migrations.RemoveConstraint(model_name="assignment", name=_EMERGENCY),
                migrations.RemoveConstraint(model_name="assignment", name=_SHORT),
                migrations.RemoveField(model_name="assignment", name="reason"),
                migrations.AddField(
                    model_name="assignment",
                    name="sealed_reason",
                    field=models.BinaryField(null=True),
                ),
                migrations.AddConstraint(
                    model_name="assignment",
                    constraint=models.CheckConstraint(
                        name=_EMERGENCY,
                        condition=~Q(kind="emergency")
                        | Q(ends_on__isnull=False)
                        & (Q(ends_on=F("starts_on")) | Q(ends_on=F("starts_on") - 1))
                        & Q(sealed_reason__isnull=False),
                    ),
                ),
                migrations.AddConstraint(
                    model_name="assignment",
                    constraint=models.CheckConstraint(
                        name=_SHORT,
                        condition=~Q(kind="short")
                        | Q(ends_on__lte=F("starts_on") + 6) & Q(sealed_reason__isnull=False),
                    ),
                ),
                migrations.RemoveField(model_name="othersystemrecord", name="system"),
                migrations.RemoveField(model_name="othersystemrecord", name="kind"),
                migrations.RemoveField(model_name="othersystemrecord", name="custodian"),
                migrations.RemoveField(model_name="othersystemrecord", name="term"),
                migrations.AddField(
                    model_name="othersystemrecord",
                    name="sealed",
                    field=models.BinaryField(),
                ),
            ],
        )
    ]
