from django.db import migrations

_LATE = """
-- Who asks to erase what is being destroyed is told so, and gets no request: it would go along with
-- the last kind, and nobody would answer it. What is asked before keeps the dossier (0028).
create function a_request_is_not_about_what_goes() returns trigger language plpgsql as $$
begin
    if exists (
        select from retention_destructionitem i
        where i.dossier_id = new.dossier_id and i.outcome = 'intended'
          and i.kind in ('administration', retention_kind_of(new.part_kind)))
    then
        raise exception 'what is asked to be erased is being destroyed'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger a_request_is_not_about_what_goes before insert on retention_erasure
    for each row execute function a_request_is_not_about_what_goes();
"""


class Migration(migrations.Migration):
    """No request to erase goes unanswered with what it is about."""

    dependencies = [("retention", "0032_who_goes_is_taken_at_once")]

    operations = [migrations.RunSQL(_LATE, migrations.RunSQL.noop)]
