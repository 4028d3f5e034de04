from django.db import migrations

FORWARD = """
-- A threat leaves a day where there was a week: the last day comes sooner, and never later.
create function take_down_only_sooner() returns trigger language plpgsql as $$
begin
    if new.due_on > old.due_on then
        raise exception 'a take-down only comes sooner' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger it_comes_only_sooner before update on consent_takedown
    for each row execute function take_down_only_sooner();
drop trigger it_changes_once on consent_takedown;
create trigger it_changes_once before update on consent_takedown
    for each row execute function changes_once('closed_at', 'closed_by_id', 'outcome', 'due_on');
"""


class Migration(migrations.Migration):
    """An open task can become more urgent."""

    dependencies = [("consent", "0016_pictures_are_kept")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
