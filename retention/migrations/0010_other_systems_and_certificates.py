import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

_SYSTEMS = """
-- What other systems held is counted while a list is carried out, and only grows.
create function other_system_is_counted_rightly() returns trigger language plpgsql as $$
begin
    if not exists (
        select from retention_destructionlist l
        where l.id = new.list_id and l.begun_at is not null and l.closed_at is null
    ) or tg_op = 'UPDATE' and (
        row(new.id, new.list_id, new.tag, new.sealed)
        is distinct from row(old.id, old.list_id, old.tag, old.sealed) or new.pupils <= old.pupils
    ) then
        raise exception 'other systems are counted while a list is carried out'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger other_system_is_counted_rightly before insert or update on retention_othersystem
    for each row execute function other_system_is_counted_rightly();

-- Said by who handles the list, for no own child, until it closes; what was said stays.
create function other_system_is_confirmed_rightly() returns trigger language plpgsql as $$
declare
    made retention_destructionlist%rowtype;
begin
    if tg_op = 'UPDATE' then
        raise exception 'what was said of another system stays' using errcode = 'check_violation';
    end if;
    select l.* into made from retention_destructionlist l
    join retention_othersystem s on s.list_id = l.id where s.id = new.system_id
    for share of l;  -- it does not close meanwhile
    if made.closed_at is not null or exists (
        select from retention_destructionitem i where i.list_id = made.id
        and i.decision = 'destroy' and i.outcome not in ('destroyed', 'left')
    ) then
        raise exception 'other systems are confirmed between carrying out and closing'
            using errcode = 'check_violation';
    end if;
    perform retention_must_be_able(
        made.id, made.school_id, new.said_by_id, new.said_on, array['director', 'deputy'],
        array['board-officer', 'privacy-officer']);
    return new;
end $$;
create trigger other_system_is_confirmed_rightly before insert or update
    on retention_othersystemconfirmation
    for each row execute function other_system_is_confirmed_rightly();
-- Nobody dates forward what they say of another system.
create trigger a_clock_says_when before insert or update on retention_othersystemconfirmation
    for each row execute function oversight_is_of_now('said_at');
"""

_GIVEN = """
-- The last number a board gave, also on a certificate that the ledger names and a restore lost.
create function retention_last_number(wanted_board uuid) returns integer language sql stable as $$
    select greatest(
        (select max(c.number) from retention_certificate c where c.board_id = wanted_board),
        (select max((g.keys -> 'number' ->> 0)::integer) from retention_ledgerline g
         where g.keys ? 'certificate' and g.keys -> 'board' ->> 0 = wanted_board::text),
        0)
$$;

-- A certificate is given once everything of its list is done, with the board's next number. Pages,
-- jobs and this lock ask for the same pass; a coalesce would keep it from using the index below
-- row-level security.
create function a_certificate_is_given_rightly() returns trigger language plpgsql as $$
begin
    perform from retention_destructionlist l join students_school s on s.unit_id = l.school_id
    where l.id = new.list_id and s.board_id = new.board_id and l.begun_at is not null
      and l.cancelled_on is null and l.closed_at is null;
    if not found or exists (
        select from retention_destructionitem i where i.list_id = new.list_id
        and i.decision = 'destroy' and i.outcome not in ('destroyed', 'left')
    ) then
        raise exception 'a certificate is given once its list is carried out'
            using errcode = 'check_violation';
    end if;
    if exists (
        select from retention_othersystem o where o.list_id = new.list_id and not exists (
            select from retention_othersystemconfirmation c where c.system_id = o.id)
    ) then
        raise exception 'somebody says first what other systems hold'
            using errcode = 'check_violation';
    end if;
    -- The pass that counts found nothing, or nothing of theirs.
    if exists (
        select from retention_destructionitem i
        where i.list_id = new.list_id and i.outcome = 'destroyed'
    ) and not coalesce((
        select p.hits = (
            select count(*) from retention_leftover f
            where f.search_id = p.id and not f.is_hard and 'namesake' = (
                select j.outcome from retention_leftoverjudgement j
                where j.leftover_id = f.id or j.leftover_id = f.same_as_id
                order by j.judged_at desc, j.id desc limit 1))
        from retention_searchpass p where p.id = retention_newest_pass(new.list_id)
    ), false) then
        raise exception 'a certificate is given once nothing is left'
            using errcode = 'check_violation';
    end if;
    if new.number <> 1 + retention_last_number(new.board_id)
    or new.destroyed <> (
        select count(*) from retention_destructionitem i
        where i.list_id = new.list_id and i.outcome = 'destroyed')
    then
        raise exception 'a certificate has the next number, and counts what was destroyed'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger a_certificate_is_given_rightly before insert on retention_certificate
    for each row execute function a_certificate_is_given_rightly();

-- It closes its list: neither is there without the other when the transaction ends.
create function a_certificate_closes_its_list() returns trigger language plpgsql as $$
begin
    if not exists (
        select from retention_destructionlist l
        where l.id = new.list_id and l.closed_at is not null
    ) then
        raise exception 'a certificate closes its list' using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger a_certificate_closes_its_list after insert on retention_certificate
    deferrable initially deferred
    for each row execute function a_certificate_closes_its_list();
create function a_list_closes_with_a_certificate() returns trigger language plpgsql as $$
begin
    if new.closed_at is not null and not exists (
        select from retention_certificate c where c.list_id = new.id
    ) then
        raise exception 'a list closes with a certificate' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger a_list_closes_with_a_certificate
    before insert or update of closed_at on retention_destructionlist
    for each row execute function a_list_closes_with_a_certificate();

-- Given, it is frozen: for the web login, for a job and for the owner.
create function a_certificate_is_frozen() returns trigger language plpgsql as $$
begin
    raise exception 'a certificate is frozen' using errcode = 'insufficient_privilege';
end $$;
create trigger nothing_is_changed before update on retention_certificate
    for each row execute function a_certificate_is_frozen();
create trigger nothing_is_deleted before delete on retention_certificate
    for each row execute function a_certificate_is_frozen();
create trigger nothing_is_deleted before delete on retention_othersystem
    for each row execute function refuse_deletion();
create trigger nothing_is_deleted before delete on retention_othersystemconfirmation
    for each row execute function refuse_deletion();
"""

_SEEN = """
-- Certificates, and the words about other systems, are read where the list may be seen. A job
-- writes them (as destroyer), a person does not.
alter table retention_certificate enable row level security;
create policy retention_certificate_seen on retention_certificate for select
    using ((select oversight_is_job()) or list_id in (select retention_readable_lists()));
create policy retention_certificate_added on retention_certificate for insert
    with check ((select oversight_is_job()));
create policy retention_certificate_changed on retention_certificate for update
    using (false) with check (false);
alter table retention_othersystem enable row level security;
create policy retention_othersystem_seen on retention_othersystem for select
    using ((select oversight_is_job()) or list_id in (select retention_readable_lists()));
create policy retention_othersystem_added on retention_othersystem for insert
    with check ((select oversight_is_job()));
create policy retention_othersystem_changed on retention_othersystem for update
    using ((select oversight_is_job())) with check ((select oversight_is_job()));

-- The sweep of sealed files asks for everybody, over whatever login it runs.
create function certificates_in_use(wanted uuid[]) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select c.blob from retention_certificate c where c.blob = any (wanted)
$$;
revoke all on function certificates_in_use(uuid[]) from public;
"""


class Migration(migrations.Migration):
    """What other systems held, who confirmed it, and the certificate that closes a list."""

    replaces = [
        ("retention", "0011_certificates"),
        ("retention", "0038_no_number_is_given_again"),
    ]
    dependencies = [
        ("retention", "0009_marks_are_gathered_and_looked_for"),
        ("oversight", "0005_looks_and_reports_are_locked"),
        ("students", "0008_a_family_is_hidden_per_child"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OtherSystem',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('tag', models.CharField(max_length=64)),
                ('sealed', models.BinaryField()),
                ('pupils', models.PositiveIntegerField()),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='other_systems', to='retention.destructionlist')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('list', 'tag'), name='another_system_stands_once_on_a_list'),
                    models.CheckConstraint(condition=models.Q(('pupils__gte', 1)), name='another_system_is_about_somebody'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OtherSystemConfirmation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('answer', models.CharField(choices=[('gone-seen', 'gone: you looked there yourself'), ('gone-written', 'gone: confirmed in writing'), ('gone-told', 'gone: confirmed by word of mouth'), ('kept', 'still kept there, for its own term'), ('unknown', 'not confirmed: nobody could say')], max_length=12)),
                ('said_on', models.DateField()),
                ('said_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('said_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('system', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='retention.othersystem')),
            ],
            options={
                'ordering': ['said_at'],
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('destroyed', models.PositiveIntegerField()),
                ('copies_gone_on', models.DateField(null=True)),
                ('language', models.CharField(max_length=2)),
                ('sealed', models.BinaryField()),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('blob', models.UUIDField(unique=True)),
                ('paper_digest', models.CharField(max_length=64, unique=True)),
                ('head_number', models.BigIntegerField()),
                ('head_link', models.CharField(max_length=64)),
                ('head_sealed_at', models.DateTimeField()),
                ('ledger_number', models.PositiveIntegerField()),
                ('ledger_hash', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='students.board')),
                ('list', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='certificate', to='retention.destructionlist')),
            ],
            options={
                'ordering': ['board', '-number'],
                'constraints': [
                    models.UniqueConstraint(fields=('board', 'number'), name='a_board_gives_each_number_once'),
                    models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$'), ('head_link__regex', '^[0-9a-f]{64}$'), ('ledger_hash__regex', '^[0-9a-f]{64}$'), ('number__gte', 1), ('paper_digest__regex', '^[0-9a-f]{64}$')), name='a_certificate_has_a_number_and_hashes'),
                ],
            },
        ),
        migrations.RunSQL(_SYSTEMS + _GIVEN + _SEEN, migrations.RunSQL.noop),
    ]
