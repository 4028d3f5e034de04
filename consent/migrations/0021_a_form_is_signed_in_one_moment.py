from django.db import migrations

FORWARD = """
-- What one form says of later days is said microseconds later: that is the same signature.
create or replace function answer_is_on_its_own_receipt() returns trigger language plpgsql as $$
begin
    if not exists (
        select from consent_receipt r
        where r.id = new.receipt_id and r.signed_by_id = new.recorded_by_id
          and new.answered_at >= r.signed_at
          and new.answered_at < r.signed_at + interval '1 millisecond'
    ) then
        raise exception 'an answer stands on its own receipt' using errcode = 'check_violation';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    """A no for this year and a yes for the next stand on one receipt."""

    dependencies = [("consent", "0020_a_mailed_code_ends_with_its_address")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
