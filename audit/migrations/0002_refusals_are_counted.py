import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    """How often an address was refused in a minute: the log has a row for the first ones only."""

    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RefusalCount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("address", models.CharField(max_length=45, blank=True)),
                ("minute", models.DateTimeField()),
                ("number", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["address", "minute"], name="an_address_is_counted_once_a_minute"
                    )
                ],
            },
        ),
    ]
