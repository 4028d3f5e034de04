import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from access.roles import choices

FORWARD = """
-- Signed, a report is frozen: for the web login, for a job and for the owner.
create function a_signed_report_is_frozen() returns trigger language plpgsql as $$
begin
    raise exception 'a signed report is frozen' using errcode = 'insufficient_privilege';
end $$;
create trigger nothing_is_changed before update on oversight_signedreport
    for each row execute function a_signed_report_is_frozen();
create trigger nothing_is_deleted before delete on oversight_signedreport
    for each row execute function a_signed_report_is_frozen();

-- It is about one whole month at school, which was over when it was signed and sealed.
create function a_signed_report_is_of_a_month_that_is_over() returns trigger
language plpgsql as $$
declare
    follows timestamptz :=
        (new.first_day + interval '1 month')::timestamp at time zone 'Europe/Amsterdam';
begin
    if new.last_day <> (new.first_day + interval '1 month')::date - 1
       or new.last_day >= coalesce(portal_day(), current_date)
       or new.signed_at < follows or new.head_sealed_at < follows
    then
        raise exception 'a report is signed once its month is over'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger a_signed_report_is_of_a_month_that_is_over before insert on oversight_signedreport
    for each row execute function a_signed_report_is_of_a_month_that_is_over();

alter table oversight_signedreport enable row level security;
create policy oversight_signedreport_seen on oversight_signedreport for select using (
    school_id = any ((select oversight_supervised())::uuid[]) or (select oversight_is_job())
);
create policy oversight_signedreport_added on oversight_signedreport for insert with check (
    signed_by_id = (select portal_user())
    and school_id = any ((select oversight_units(array['director', 'deputy']))::uuid[])
);
create policy oversight_signedreport_changed on oversight_signedreport for update
    using (false) with check (false);

-- The sweep of sealed files asks for everybody, over whatever login it runs.
create function report_papers_in_use(wanted uuid[]) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select r.blob from oversight_signedreport r where r.blob = any (wanted)
$$;
revoke all on function report_papers_in_use(uuid[]) from public;
"""


class Migration(migrations.Migration):
    """A month's report, signed once and frozen."""

    dependencies = [
        ("oversight", "0004_looks_are_locked"),
        ("students", "0007_an_account_of_several_parents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SignedReport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("looks", models.PositiveIntegerField()),
                ("refused", models.PositiveIntegerField()),
                ("open_findings", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("blob", models.UUIDField(unique=True)),
                ("paper_digest", models.CharField(max_length=64, unique=True)),
                ("head_number", models.BigIntegerField()),
                ("head_link", models.CharField(max_length=64)),
                ("head_sealed_at", models.DateTimeField()),
                ("language", models.CharField(max_length=2)),
                ("signed_as", models.CharField(choices=choices, max_length=30)),
                (
                    "signed_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="students.school",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("school", "first_day"), name="a_month_of_a_school_is_signed_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first_day__day", 1))
                        & models.Q(("last_day__gt", models.F("first_day"))),
                        name="a_signed_report_is_about_a_month",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
    ]
