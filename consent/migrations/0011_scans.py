import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

FORWARD = """
-- A scan is of a pupil of that school, and what it is never changes: it can be withdrawn, once.
create function scan_stands_rightly() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if to_jsonb(new) - array['withdrawn_at', 'withdrawn_by_id']
           <> to_jsonb(old) - array['withdrawn_at', 'withdrawn_by_id']
           or old.withdrawn_at is not null
        then
            raise exception 'a scan can only be withdrawn, once' using errcode = 'check_violation';
        end if;
    elsif not exists (
        select from students_enrolment e
        where e.pupil_id = new.pupil_id and e.school_id = new.school_id
    ) then
        raise exception 'a scan is of a pupil of its school' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger scan_stands_rightly before insert or update on consent_scan
    for each row execute function scan_stands_rightly();

create function scanned_answer_fits() returns trigger language plpgsql as $$
begin
    if not exists (
        select from consent_scan s join consent_answer a
            on a.pupil_id = s.pupil_id and a.school_id = s.school_id
        where s.id = new.scan_id and a.id = new.answer_id and a.route <> 'online'
    ) then
        raise exception 'a scan shows answers on paper of its own pupil'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger scanned_answer_fits before insert on consent_scannedanswer
    for each row execute function scanned_answer_fits();

-- As with answers: the administration of the school, and nobody about an own child.
alter table consent_scan enable row level security;
create policy consent_scan_seen on consent_scan for select using (
    school_id = any ((select consent_kept_schools())::uuid[])
    and pupil_id <> all ((select consent_own_children())::uuid[])
);
create policy consent_scan_added on consent_scan for insert with check (
    added_by_id = (select portal_user())
    and school_id = any ((select consent_kept_schools())::uuid[])
    and pupil_id <> all ((select consent_own_children())::uuid[])
);
create policy consent_scan_changed on consent_scan for update using (
    school_id = any ((select consent_kept_schools())::uuid[])
    and pupil_id <> all ((select consent_own_children())::uuid[])
) with check (
    school_id = any ((select consent_kept_schools())::uuid[])
    and pupil_id <> all ((select consent_own_children())::uuid[])
);
create trigger nothing_is_deleted before delete on consent_scan
    for each row execute function consent_is_kept();
-- Which answers stand on it, for who sees the scan.
alter table consent_scannedanswer enable row level security;
create policy consent_scannedanswer_seen on consent_scannedanswer for select
    using (exists (select from consent_scan s where s.id = scan_id));
create policy consent_scannedanswer_added on consent_scannedanswer for insert
    with check (exists (select from consent_scan s where s.id = scan_id));
create trigger nothing_is_changed before update on consent_scannedanswer
    for each row execute function consent_is_only_added();
create trigger nothing_is_deleted before delete on consent_scannedanswer
    for each row execute function consent_is_only_added();

-- Which of these sealed files a scan names: past row-level security, for the sweep. It tells a
-- random name that was known already, and nothing of whose it is.
create function scans_in_use(names uuid[]) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select s.blob from consent_scan s where s.blob = any (names)
$$;
revoke all on function scans_in_use(uuid[]) from public;
"""


class Migration(migrations.Migration):
    """Scans of answers on paper, behind both locks, known to the sweep."""

    dependencies = [
        ('consent', '0010_a_withdrawn_link_is_none'),
        ('students', '0006_plans_wait_sealed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Scan',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('blob', models.UUIDField(editable=False, unique=True)),
                ('sealed', models.BinaryField()),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('added_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pupil', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.pupil')),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='students.school')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-added_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='a_scan_is_withdrawn_when_and_by_whom')],
            },
        ),
        migrations.CreateModel(
            name='ScannedAnswer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scans', to='consent.answer')),
                ('scan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='consent.scan')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('scan', 'answer'), name='an_answer_stands_on_a_paper_once')],
            },
        ),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
    ]
