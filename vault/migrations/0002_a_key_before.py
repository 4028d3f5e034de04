from django.db import migrations, models


class Migration(migrations.Migration):
    """A part that is sealed anew has two keys for a while."""

    dependencies = [("vault", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="partkey",
            name="before",
            field=models.BinaryField(max_length=60, null=True),
        ),
    ]
