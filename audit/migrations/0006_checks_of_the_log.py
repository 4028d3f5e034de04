import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

FORWARD = """
create function audit_check_begins() returns trigger language plpgsql as $$
begin
    raise exception 'a check begins without a result' using errcode = 'check_violation';
end $$;
create trigger a_check_begins_without_a_result before insert on audit_logcheck for each row
    when (new.finished_at is not null or new.done <> 0)
    execute function audit_check_begins();
"""
BACKWARD = """
drop trigger a_check_begins_without_a_result on audit_logcheck;
drop function audit_check_begins();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0005_rows_are_numbered_and_marked"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LogCheck",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("first_day", models.DateField(null=True)),
                ("last_day", models.DateField(null=True)),
                ("head", models.CharField(blank=True, max_length=64)),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
                ("is_good", models.BooleanField(null=True)),
                ("found", models.JSONField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("finished_at", None), ("found", None), ("is_good", None)
                            ),
                            models.Q(
                                ("finished_at__isnull", False),
                                ("found__isnull", False),
                                ("is_good__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_finished_check_says_what_it_found",
                    )
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
