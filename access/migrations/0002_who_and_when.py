from django.db import migrations

FORWARD = """
create function portal_user() returns uuid language sql stable
    as $$ select nullif(current_setting('portal.user', true), '')::uuid $$;
create function portal_day() returns date language sql stable
    as $$ select nullif(current_setting('portal.day', true), '')::date $$;
comment on function portal_user() is 'Who acts, as told by access.acting; null when nobody.';
comment on function portal_day() is 'The day on which they act; null: nothing is visible.';
"""
BACKWARD = "drop function portal_user(); drop function portal_day();"


class Migration(migrations.Migration):
    """The settings that row-level security reads."""

    dependencies = [("access", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
