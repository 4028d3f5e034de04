from django.db import migrations

FORWARD = "".join(
    f"""
create trigger nothing_is_changed before update on {table}
    for each row execute function consent_is_only_added();
create trigger nothing_is_deleted before delete on {table}
    for each row execute function consent_is_only_added();
"""
    for table in ("consent_check", "consent_checkedpupil")
)


class Migration(migrations.Migration):
    """A check is proof: what was found then stays as it was."""

    dependencies = [("consent", "0005_checks")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
