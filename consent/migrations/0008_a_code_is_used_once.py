from django.db import migrations

FORWARD = """
-- A code that was used or withdrawn stays so; tries are only added.
create function a_code_is_used_once() returns trigger language plpgsql as $$
begin
    if old.used_at is not null or old.withdrawn_at is not null or new.tries < old.tries
       or new.secret_hash <> old.secret_hash or new.expires_on <> old.expires_on
    then
        raise exception 'a code is used once' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger a_code_is_used_once before update on consent_code
    for each row execute function a_code_is_used_once();
create trigger nothing_is_deleted before delete on consent_code
    for each row execute function consent_is_kept();
"""


class Migration(migrations.Migration):
    """A replayed code opens nothing, whatever the application forgets."""

    dependencies = [("consent", "0007_codes")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
