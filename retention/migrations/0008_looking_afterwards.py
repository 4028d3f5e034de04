import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

_KEY = ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False))


def _to(model, name):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=name, to=model
    )


_SEEN = """
-- Who sees a list sees where a search found something: never what stands there.
create function retention_sees_list(wanted uuid) returns boolean language sql stable as $$
    select current_user = 'portal_destroyer' or exists (
        select from retention_destructionlist l where l.id = wanted
        and retention_holds_role(
            portal_user(), l.school_id, coalesce(portal_day(), current_date),
            array['director', 'deputy'], array['board-officer', 'privacy-officer', 'fg'])
    )
$$;
create function retention_judges_list(wanted uuid) returns boolean language sql stable as $$
    select exists (
        select from retention_destructionlist l where l.id = wanted and l.closed_at is null
        and not retention_list_has_own_child(l.id, portal_user())
        and retention_holds_role(
            portal_user(), l.school_id, coalesce(portal_day(), current_date),
            array['director', 'deputy'], array['board-officer', 'privacy-officer'])
    )
$$;
create function retention_list_of_search(wanted uuid) returns uuid language sql stable as $$
    select list_id from retention_searchpass where id = wanted
$$;
create function retention_list_of_leftover(wanted uuid) returns uuid language sql stable as $$
    select retention_list_of_search(search_id) from retention_leftover where id = wanted
$$;
alter table retention_gathered enable row level security;
create policy marks_are_read_by_the_search on retention_gathered
    for select using (current_user = 'portal_destroyer');
create policy marks_are_added_by_the_destroyer on retention_gathered
    for insert with check (current_user = 'portal_destroyer');
create policy marks_stay_as_they_are on retention_gathered for update using (false);

alter table retention_searchpass enable row level security;
create policy who_sees_the_list on retention_searchpass
    for select using (retention_sees_list(list_id));
create policy a_search_is_begun_by_the_job on retention_searchpass
    for insert with check (current_user = 'portal_destroyer');
create policy a_search_is_finished_once on retention_searchpass
    for update using (current_user = 'portal_destroyer' and finished_at is null)
    with check (current_user = 'portal_destroyer');

alter table retention_leftover enable row level security;
create policy who_sees_the_list on retention_leftover
    for select using (retention_sees_list(retention_list_of_search(search_id)));
create policy what_is_found_is_added_by_the_job on retention_leftover
    for insert with check (current_user = 'portal_destroyer');
create policy what_was_found_stays on retention_leftover for update using (false);

alter table retention_leftoverjudgement enable row level security;
create policy who_sees_the_list on retention_leftoverjudgement
    for select using (retention_sees_list(retention_list_of_leftover(leftover_id)));
create policy who_handles_the_list_judges on retention_leftoverjudgement
    for insert with check (
        judged_by_id = portal_user()
        and retention_judges_list(retention_list_of_leftover(leftover_id)));
create policy a_judgement_stays on retention_leftoverjudgement for update using (false);

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
create trigger nothing_is_deleted before delete on retention_searchpass
    for each row execute function refuse_deletion();
create trigger nothing_is_deleted before delete on retention_leftover
    for each row execute function refuse_deletion();
create trigger nothing_is_deleted before delete on retention_leftoverjudgement
    for each row execute function refuse_deletion();
-- Row-level security gives nobody a row to delete: so the owner does, for a closed list alone.
create function retention_forget_marks(wanted_list uuid) returns void
language sql security definer set search_path = public, pg_temp as $$
    delete from retention_gathered where list_id = wanted_list
$$;
"""

_GATHER = r"""
-- By what the rows of a table are known, as an expression over one of them: whatever is unique by
-- itself (its key, a blob, a user name, a hash), but no key of somebody else's; and what people
-- call a pupil or a parent. A letter says of what sort: k(ey), w(ord), d(igest), n(ame), f(amily).
create function retention_marks_in(wanted regclass) returns text language sql stable as $$
    with alone as (
        select distinct a.attname::text as name, format_type(a.atttypid, null) as type
        from pg_index i
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indrelid = wanted and i.indisunique and i.indnkeyatts = 1
          and not exists (
              select from pg_constraint c where c.conrelid = wanted and c.contype = 'f'
              and c.conkey = array[a.attnum])
    ), marks as (
        select case type
            when 'uuid' then format('''k'' || replace(%I::text, ''-'', '''')', name)
            when 'bytea' then format('''d'' || encode(%I, ''hex'')', name)
            else format('''w'' || %I', name) end as mark
        from alone where type in ('uuid', 'bytea', 'text', 'character varying')
        union
        select mark from (values
            ('students_pupil', $n$'n' || first_name || E'\x1f' || surname$n$),
            ('students_pupil', $n$'n' || given_names || E'\x1f' || surname$n$),
            ('students_parent', $n$'n' || first_name || E'\x1f' || surname$n$),
            ('students_parent', $n$'w' || email$n$),
            ('students_parent', $n$'f' || replace(user_id::text, '-', '')$n$),
            ('students_pupilsourcekey', $n$'w' || key$n$),
            ('students_parentsourcekey', $n$'w' || key$n$),
            ('access_user', $n$'n' || split_part(name, ' ', 1) || E'\x1f' || split_part(name, ' ', -1)$n$),
            ('access_user', $n$'w' || email$n$),
            ('access_invitation', $n$'w' || email$n$),
            ('account_emailaddress', $n$'w' || email$n$)
        ) of_people (name, mark)
        where wanted = to_regclass(of_people.name)
    )
    select 'concat_ws(E''\x1e'', ' || string_agg(mark, ', ' order by mark) || ')' from marks
$$;
-- While something is destroyed, each table hands over by what its rows were known, within the
-- transaction and nowhere else.
create function retention_gathers() returns trigger language plpgsql as $$
declare
    marks text;
begin
    execute 'select string_agg(' || tg_argv[0] || ', E''\x1e'') from gone' into marks;
    if marks <> '' then
        perform set_config('portal.gone', concat_ws(
            E'\x1e', nullif(current_setting('portal.gone', true), ''), marks), true);
    end if;
    return null;
end $$;
"""

_READ = r"""
-- Opens the rows of one table to be searched, past row-level security, which hides them from jobs.
-- Of a sealed value it gives nothing: what other dossiers say is not searched. One text a row: its
-- key, then the columns that were asked for.
create function retention_open_search(wanted regclass, columns text[]) returns refcursor
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    searched refcursor := 'searched';
    known text;
    said text;
begin
    if not exists (
        select from pg_class where oid = wanted and relkind in ('r', 'm')
        and relnamespace = 'public'::regnamespace
    ) then
        raise exception 'only a table of the portal is searched'
            using errcode = 'insufficient_privilege';
    end if;
    select coalesce(
        string_agg(format('%I::text', a.attname), $s$ || ',' || $s$ order by a.attnum), 'ctid::text')
    into known from pg_index i join pg_attribute a
        on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
    where i.indrelid = wanted and i.indisprimary;
    select string_agg(case when a.atttypid = 'bytea'::regtype then
        format('case when retention_is_sealed(%1$I) then '''' else coalesce(%1$I::text, '''') end',
               a.attname)
        else format('coalesce(%I::text, '''')', a.attname) end, ', ' order by c.place)
    into strict said from unnest(columns) with ordinality c (name, place)
    join pg_attribute a on a.attrelid = wanted and a.attname = c.name and a.attnum > 0
        and not a.attisdropped;
    open searched no scroll for execute format(
        'select concat_ws(E''\x1f'', %s, %s) from only %s', known, said, wanted);
    return searched;
end $$;
-- A sealed value is its version, a nonce and noise; noise of this length is never plain text.
create function retention_is_sealed(value bytea) returns boolean language sql immutable as $$
    select octet_length(value) > 64 and get_byte(value, 0) in (1, 2)
        and strpos(encode(substr(value, 14, 48), 'escape'), '\') > 0
$$;
revoke all on function retention_open_search(regclass, text[]), retention_forget_marks(uuid)
    from public;
"""


class Migration(migrations.Migration):
    """What is looked for after a destruction, where it was looked for, and what was found."""

    dependencies = [
        ("retention", "0007_lists_are_handed_over"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Gathered",
            fields=[
                _KEY,
                ("number", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
                ("gathered_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("list", _to("retention.destructionlist", "gathered")),
            ],
        ),
        migrations.CreateModel(
            name="SearchPass",
            fields=[
                _KEY,
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("finished_at", models.DateTimeField(null=True)),
                ("columns", models.PositiveIntegerField(default=0)),
                ("rows", models.PositiveBigIntegerField(default=0)),
                ("files", models.PositiveIntegerField(default=0)),
                ("jobs", models.PositiveIntegerField(default=0)),
                ("marks", models.PositiveIntegerField(default=0)),
                ("hits", models.PositiveIntegerField(default=0)),
                ("sealed", models.BinaryField(default=b"")),
                ("list", _to("retention.destructionlist", "searches")),
            ],
            options={
                "ordering": ["-begun_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("finished_at__isnull", True),
                            models.Q(
                                ("columns__gt", 0),
                                ("finished_at__gte", models.F("begun_at")),
                                ("marks__gt", 0),
                                ("rows__gt", 0),
                            ),
                            _connector="OR",
                        ),
                        name="a_pass_over_nothing_is_not_finished",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Leftover",
            fields=[
                _KEY,
                ("sort", models.CharField(choices=[("key", "a key of something destroyed"), ("word", "a number, a user name or an e-mail address"), ("digest", "the hash of a file"), ("name", "a name")], max_length=6)),
                ("is_hard", models.BooleanField()),
                ("place_found", models.CharField(max_length=80)),
                ("column", models.CharField(blank=True, max_length=80)),
                ("rows", models.JSONField()),
                ("number", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
                ("search", _to("retention.searchpass", "leftovers")),
                (
                    "same_as",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="retention.leftover",
                    ),
                ),
            ],
            options={
                "ordering": ["-is_hard", "place_found", "column", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_hard", True), ("sort__in", ["name", "word"]), _connector="OR"
                        ),
                        name="only_names_numbers_and_addresses_can_be_somebody_elses",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)),
                        name="what_was_found_stands_in_a_row",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LeftoverJudgement",
            fields=[
                _KEY,
                ("outcome", models.CharField(choices=[("namesake", "Somebody else's: it may stay."), ("left", "Left over: it must go.")], max_length=8)),
                ("sealed", models.BinaryField()),
                ("judged_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("judged_by", _to(settings.AUTH_USER_MODEL, "+")),
                ("leftover", _to("retention.leftover", "judgements")),
            ],
            options={"ordering": ["judged_at"]},
        ),
        migrations.RunSQL(_SEEN + _GATHER + _READ, migrations.RunSQL.noop),
    ]
