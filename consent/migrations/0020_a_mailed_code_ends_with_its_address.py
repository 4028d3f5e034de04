from django.db import migrations, models


class Migration(migrations.Migration):
    """A code knows, as a keyed hash, to which address it was mailed."""

    dependencies = [("consent", "0019_an_answer_is_on_its_own_receipt")]

    operations = [
        migrations.AddField(
            model_name="code",
            name="mailed_to",
            field=models.BinaryField(max_length=32, null=True),
        )
    ]
