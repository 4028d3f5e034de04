"""A role, once given, can only end sooner: a longer one is another membership."""

from django.db import migrations

FORWARD = """
create function membership_only_ends_sooner() returns trigger language plpgsql as $$
begin
    if coalesce(new.ends_on, 'infinity') > coalesce(old.ends_on, 'infinity')
       or new.starts_on <> old.starts_on or new.user_id <> old.user_id
       or new.unit_id <> old.unit_id or new.role <> old.role
    then
        raise exception 'a role can only end sooner' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger membership_only_ends_sooner before update on access_membership
    for each row execute function membership_only_ends_sooner();
"""
BACKWARD = """
drop trigger membership_only_ends_sooner on access_membership;
drop function membership_only_ends_sooner();
"""


class Migration(migrations.Migration):
    """Nobody gets a role back by changing a day."""

    dependencies = [("access", "0003_invitations_in_a_language")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
