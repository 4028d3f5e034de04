import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

FORWARD = """
-- Only what staff recorded, only a no, and never by who recorded it.
create function correction_fits_its_answer() returns trigger language plpgsql as $$
begin
    if not exists (
        select from consent_answer a
        where a.id = new.answer_id and a.pupil_id = new.pupil_id and a.school_id = new.school_id
          and a.route <> 'online' and a.said <> 'given' and a.recorded_by_id <> new.decided_by_id
    ) then
        raise exception 'only a no that a colleague recorded is corrected'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger correction_fits_its_answer before insert on consent_correction
    for each row execute function correction_fits_its_answer();
create trigger nothing_is_changed before update on consent_correction
    for each row execute function consent_is_only_added();
create trigger nothing_is_deleted before delete on consent_correction
    for each row execute function consent_is_only_added();

-- Whoever reads an answer learns that it counts no more; the director of that school decides it.
alter table consent_correction enable row level security;
create policy consent_correction_seen on consent_correction for select using (
    (select consent_is_job())
    or exists (select from consent_answer a where a.id = answer_id)
);
create policy consent_correction_added on consent_correction for insert with check (
    decided_by_id = (select portal_user())
    and school_id = any ((select consent_schools(array['director', 'deputy']))::uuid[])
    and pupil_id <> all ((select consent_own_children())::uuid[])
);
create policy consent_correction_changed on consent_correction for update
    using (false) with check (false);

create or replace function consent_answers(
    wanted_pupils uuid[], wanted_school uuid, wanted_purposes uuid[])
returns table (pupil_id uuid, purpose_id uuid, answers_as varchar, parent_id uuid,
               representative_id uuid, said varchar, answered_at timestamptz, text_id uuid,
               counts_from date, counts_until date)
language sql stable security definer set search_path = public, pg_temp as $$
    select a.pupil_id, a.purpose_id, a.answers_as, a.parent_id, a.representative_id, a.said,
           a.answered_at, a.text_id, a.counts_from, a.counts_until
    from consent_answer a
    where a.pupil_id = any (wanted_pupils) and a.school_id = wanted_school
      and a.purpose_id = any (wanted_purposes)
      and not exists (select from consent_correction c where c.answer_id = a.id)
      and (wanted_school = any ((select consent_engine_schools())::uuid[])
           or a.pupil_id = any ((select consent_own_children())::uuid[])
           or a.pupil_id = (select consent_as_pupil()))
$$;
"""


class Migration(migrations.Migration):
    """What was recorded by mistake stays, and counts for nothing."""

    dependencies = [
        ("consent", "0021_a_form_is_signed_in_one_moment"),
        ("students", "0007_an_account_of_several_parents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sealed", models.BinaryField()),
                (
                    "decided_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "answer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="consent.answer",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="students.pupil",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="students.school",
                    ),
                ),
            ],
            options={"ordering": ["decided_at"]},
        ),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
    ]
