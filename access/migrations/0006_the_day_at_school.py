from django.db import migrations

FORWARD = """
-- The day that a moment falls on at school, as Django tells days too (settings.TIME_ZONE).
create function portal_day_of(moment timestamptz) returns date language sql immutable
    as $$ select (moment at time zone 'Europe/Amsterdam')::date $$;
-- The day it is by the database's own clock. `current_date` would be the session's: every login may
-- set its time zone, a week to either side, and it stands still in a transaction that is left open.
-- Somebody else's clock may be a little ahead.
create function portal_today(ahead interval default '0') returns date language sql volatile
    as $$ select portal_day_of(clock_timestamp() + ahead) $$;
"""
BACKWARD = "drop function portal_today(interval); drop function portal_day_of(timestamptz);"


class Migration(migrations.Migration):
    """What day it is, whatever a session says."""

    dependencies = [("access", "0005_the_database_knows_what_was_written")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
