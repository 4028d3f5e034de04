from django.db import migrations

_TWO = """
-- What a parent or pupil asked and the board approved is no colleague's to undo alone: that would be
-- a refusal without a second person (AVG 12(4)). Who approved it takes it back, as a slip, or the
-- privacy officer.
create function what_a_family_asked_is_undone_by_who_approved() returns trigger language plpgsql as $$
begin
    if not retention_erasure_role(
        new.ended_by_id, new.dossier_id, new.ended_on, '{}', array['privacy-officer'])
    then
        raise exception 'what a family asked is taken back by who approved it'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger what_a_family_asked_is_undone_by_who_approved before update on retention_erasure
    for each row when (
        new.ended = 'withdrawn' and old.ended = '' and old.approved_on is not null
        and old.asker <> 'school' and new.ended_by_id is distinct from old.approved_by_id)
    execute function what_a_family_asked_is_undone_by_who_approved();
"""


class Migration(migrations.Migration):
    """A family's request that was approved is taken back by nobody else."""

    dependencies = [("retention", "0024_what_was_moved_is_asked_by_itself")]

    operations = [migrations.RunSQL(_TWO, migrations.RunSQL.noop)]
