import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

_SEEN = """
-- Lists that somebody sees; with them certificates, what other systems held, and where a search found
-- something: never what stands there. Some thousand findings are read at once: so the role is asked
-- once, for each school.
create function retention_readable_lists() returns setof uuid
language sql stable as $$
    select l.id from retention_destructionlist l where l.school_id in (
        select s.unit_id from students_school s where retention_holds_role(
            (select portal_user()), s.unit_id, (select coalesce(portal_day(), portal_today())),
            array['director', 'deputy'], array['board-officer', 'privacy-officer', 'fg']))
$$;

alter table retention_gathered enable row level security;
create policy marks_are_read_by_the_search on retention_gathered
    for select using (current_user = 'portal_destroyer');
create policy marks_are_added_by_the_destroyer on retention_gathered
    for insert with check (current_user = 'portal_destroyer');
create policy marks_stay_as_they_are on retention_gathered for update using (false);

alter table retention_searchpass enable row level security;
create policy who_sees_the_list on retention_searchpass for select
    using ((select oversight_is_job()) or list_id in (select retention_readable_lists()));
create policy a_search_is_begun_by_the_job on retention_searchpass
    for insert with check (current_user = 'portal_destroyer');
create policy a_search_is_finished_once on retention_searchpass
    for update using (current_user = 'portal_destroyer' and finished_at is null)
    with check (current_user = 'portal_destroyer');

alter table retention_leftover enable row level security;
create policy who_sees_the_list on retention_leftover for select
    using ((select oversight_is_job())
           or search_id in (select p.id from retention_searchpass p));
create policy what_is_found_is_added_by_the_job on retention_leftover
    for insert with check (current_user = 'portal_destroyer');
create policy what_was_found_stays on retention_leftover for update using (false);

alter table retention_leftoverjudgement enable row level security;
create policy who_sees_the_list on retention_leftoverjudgement for select
    using ((select oversight_is_job())
           -- looked up one by one: the planner must not hash every finding there ever was
           or exists (select from retention_leftover f where f.id = leftover_id offset 0));
create policy who_handles_the_list_judges on retention_leftoverjudgement for insert
    with check (judged_by_id = (select portal_user()));
create policy a_judgement_stays on retention_leftoverjudgement for update using (false);
"""

_JUDGED = """
-- The one pass that counts for a list: the newest that ended, and began after everything was
-- destroyed and all marks were kept. Pages, jobs and locks ask here.
create function retention_newest_pass(wanted uuid) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select p.id from retention_searchpass p
    where p.list_id = wanted and p.finished_at is not null
      and p.begun_at >= greatest(
          (select max(i.done_at) from retention_destructionitem i
           where i.list_id = wanted and i.outcome = 'destroyed'),
          (select max(g.gathered_at) from retention_gathered g where g.list_id = wanted),
          '-infinity')
    order by p.begun_at desc limit 1
$$;
revoke all on function retention_newest_pass(uuid) from public;

-- Whether whoever acts handles this list, while it is not closed.
create function retention_judges_list(wanted uuid) returns boolean language sql stable as $$
    select exists (
        select from retention_destructionlist l where l.id = wanted and l.closed_at is null
        and not retention_list_has_own_child(l.id, portal_user())
        and retention_holds_role(
            portal_user(), l.school_id, coalesce(portal_day(), portal_today()),
            array['director', 'deputy'], array['board-officer', 'privacy-officer'])
    )
$$;

-- Judged is what the pass that counts found, where it was asked first; never what must go, nor by
-- whom the list is not; and the list does not close meanwhile.
create function findings_are_judged_rightly() returns trigger language plpgsql as $$
begin
    perform from retention_destructionlist l where l.id in (
        select p.list_id from said s join retention_leftover f on f.id = s.leftover_id
        join retention_searchpass p on p.id = f.search_id
    ) for share of l;
    if exists (
        with lists as materialized (
            select distinct p.list_id from said s
            join retention_leftover f on f.id = s.leftover_id
            join retention_searchpass p on p.id = f.search_id
        ),
        judged as materialized (
            select l.list_id, retention_newest_pass(l.list_id) as pass from lists l
            where retention_judges_list(l.list_id)
        )
        select from said s
        where s.outcome not in ('namesake', 'left') or s.leftover_id not in (
            select coalesce(f.same_as_id, f.id) from judged j
            join retention_leftover f on f.search_id = j.pass where not f.is_hard)
    ) then
        raise exception 'a finding is judged by who handles the list, while it is the newest'
            using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$;
create trigger findings_are_judged_rightly after insert on retention_leftoverjudgement
    referencing new table as said
    for each statement execute function findings_are_judged_rightly();
-- Nobody dates forward what they say of something found.
create trigger a_clock_says_when before insert or update on retention_leftoverjudgement
    for each row execute function oversight_is_of_now('judged_at');
"""

_STAY = """
-- What was searched, found and judged stays. Marks go once their list is closed: row-level security
-- gives nobody a row to delete, so the owner does it.
create trigger nothing_is_deleted before delete on retention_searchpass
    for each row execute function refuse_deletion();
create trigger nothing_is_deleted before delete on retention_leftover
    for each row execute function refuse_deletion();
create trigger nothing_is_deleted before delete on retention_leftoverjudgement
    for each row execute function refuse_deletion();
create function only_marks_of_a_closed_list_go() returns trigger language plpgsql as $$
begin
    if not exists (
        select from retention_destructionlist l where l.id = old.list_id and l.closed_at is not null
    ) then
        raise exception 'marks stay until their list is closed'
            using errcode = 'insufficient_privilege';
    end if;
    return old;
end $$;
create trigger nothing_is_deleted before delete on retention_gathered
    for each row execute function only_marks_of_a_closed_list_go();
create function retention_forget_marks(wanted_list uuid) returns void
language sql security definer set search_path = public, pg_temp as $$
    delete from retention_gathered where list_id = wanted_list
$$;
revoke all on function retention_forget_marks(uuid) from public;
"""


class Migration(migrations.Migration):
    """What is looked for after a destruction, where it was looked for, what was found, whose it is."""

    replaces = [
        ("retention", "0008_looking_afterwards"),
        ("retention", "0020_what_is_said_is_of_now"),
        ("retention", "0041_many_are_judged_at_once"),
    ]
    dependencies = [
        ("retention", "0007_lists_go_step_by_step"),
        ("oversight", "0005_looks_and_reports_are_locked"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Gathered',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('sealed', models.BinaryField()),
                ('gathered_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gathered', to='retention.destructionlist')),
            ],
        ),
        migrations.CreateModel(
            name='SearchPass',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('begun_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('finished_at', models.DateTimeField(null=True)),
                ('columns', models.PositiveIntegerField(default=0)),
                ('rows', models.PositiveBigIntegerField(default=0)),
                ('files', models.PositiveIntegerField(default=0)),
                ('jobs', models.PositiveIntegerField(default=0)),
                ('marks', models.PositiveIntegerField(default=0)),
                ('hits', models.PositiveIntegerField(default=0)),
                ('sealed', models.BinaryField(default=b'')),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='searches', to='retention.destructionlist')),
            ],
            options={
                'ordering': ['-begun_at'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('finished_at__isnull', True), models.Q(('columns__gt', 0), ('finished_at__gte', models.F('begun_at')), ('marks__gt', 0), ('rows__gt', 0)), _connector='OR'), name='a_pass_over_nothing_is_not_finished'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Leftover',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sort', models.CharField(choices=[('key', 'a key of something destroyed'), ('word', 'a number, a user name or an e-mail address'), ('digest', 'the hash of a file'), ('name', 'a name')], max_length=6)),
                ('is_hard', models.BooleanField()),
                ('place_found', models.CharField(max_length=80)),
                ('column', models.CharField(blank=True, max_length=80)),
                ('rows', models.JSONField()),
                ('number', models.PositiveIntegerField()),
                ('sealed', models.BinaryField()),
                ('search', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leftovers', to='retention.searchpass')),
                ('same_as', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='retention.leftover')),
            ],
            options={
                'ordering': ['-is_hard', 'place_found', 'column', 'pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('is_hard', True), ('sort__in', ['name', 'word']), _connector='OR'), name='only_names_numbers_and_addresses_can_be_somebody_elses'),
                    models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='what_was_found_stands_in_a_row'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LeftoverJudgement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('outcome', models.CharField(choices=[('namesake', "Somebody else's: it may stay."), ('left', 'Left over: it must go.')], max_length=8)),
                ('sealed', models.BinaryField()),
                ('judged_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('judged_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('leftover', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='judgements', to='retention.leftover')),
            ],
            options={
                'ordering': ['judged_at'],
            },
        ),
        migrations.RunSQL(_SEEN + _JUDGED + _STAY, migrations.RunSQL.noop),
    ]
