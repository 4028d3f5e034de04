import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """One person who is known twice, at two schools or boards, has one account for both."""

    dependencies = [
        ("students", "0006_plans_wait_sealed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="parent",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="known_as_parent",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
