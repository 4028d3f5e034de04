from django.db import migrations

FORWARD = """
-- Nobody adds an answer to somebody else's receipt, nor to an own one of another moment: it would
-- fit its code no longer.
create function answer_is_on_its_own_receipt() returns trigger language plpgsql as $$
begin
    if not exists (
        select from consent_receipt r
        where r.id = new.receipt_id and r.signed_by_id = new.recorded_by_id
          and r.signed_at = new.answered_at
    ) then
        raise exception 'an answer stands on its own receipt' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger answer_is_on_its_own_receipt before insert on consent_answer
    for each row when (new.receipt_id is not null)
    execute function answer_is_on_its_own_receipt();
"""


class Migration(migrations.Migration):
    """What was signed at one moment stays what its receipt says."""

    dependencies = [("consent", "0018_take_downs_are_locked")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
