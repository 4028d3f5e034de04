"""What a transaction wrote and recorded, kept by triggers (see prepare_database) in settings of it.

A setting that is local to the transaction follows a savepoint back, so what an action wrote before
it was refused counts no more. COPY and functions that write count like any other statement.
"""

from django.db import migrations

FORWARD = """
create function portal_wrote() returns trigger language plpgsql as $$
begin
    perform set_config('portal.wrote', 'yes', true);
    return null;
end $$;
create function portal_changed() returns trigger language plpgsql as $$
begin
    -- A statement that touched no row changed nothing: somebody else was first.
    if exists (select from touched) then
        perform set_config('portal.wrote', 'yes', true);
    end if;
    return null;
end $$;
create function portal_recorded() returns trigger language plpgsql as $$
begin
    perform set_config('portal.recorded', 'yes', true);
    return null;
end $$;
"""
BACKWARD = """
drop function portal_wrote() cascade;
drop function portal_changed() cascade;
drop function portal_recorded() cascade;
"""


class Migration(migrations.Migration):
    """The functions; `manage.py prepare_database` puts them on every table."""

    dependencies = [("access", "0004_roles_only_end_sooner")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
