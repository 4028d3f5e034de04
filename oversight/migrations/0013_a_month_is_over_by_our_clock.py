from django.db import migrations

FORWARD = """
-- It is about one whole month at school, which was over when it was signed and sealed.
create or replace function a_signed_report_is_of_a_month_that_is_over() returns trigger
language plpgsql as $$
declare
    follows timestamptz :=
        (new.first_day + interval '1 month')::timestamp at time zone 'Europe/Amsterdam';
begin
    if new.last_day <> (new.first_day + interval '1 month')::date - 1
       or new.last_day >= coalesce(portal_day(), portal_today())
       or new.signed_at < follows or new.head_sealed_at < follows
    then
        raise exception 'a report is signed once its month is over'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    """Whether a month is over is told by a clock that no login sets."""

    dependencies = [
        ("access", "0006_the_day_at_school"),
        ("oversight", "0012_a_damaged_report_keeps_no_month"),
    ]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
