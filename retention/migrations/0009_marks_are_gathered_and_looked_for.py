from django.db import migrations

_GATHER = r"""
-- By what the rows of a table are known, as an expression over one of them: whatever is unique by
-- itself (its key, a blob, a user name, a hash), but no key of somebody else's; and what people call
-- a pupil, a parent or a representative. A letter says of what sort: k(ey), w(ord), d(igest), n(ame),
-- f(amily).
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
            ('students_representative',
             $n$'n' || split_part(name, ' ', 1) || E'\x1f' || split_part(name, ' ', -1)$n$),
            ('students_representative', $n$'w' || email$n$),
            ('access_invitation', $n$'w' || email$n$),
            ('account_emailaddress', $n$'w' || email$n$)
        ) of_people (name, mark)
        where wanted = to_regclass(of_people.name)
    )
    select 'concat_ws(E''\x1e'', ' || string_agg(mark, ', ' order by mark) || ')' from marks
$$;

-- While something is destroyed, each table hands over by what its rows were known, within the
-- transaction and nowhere else (prepare_database makes the triggers).
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
revoke all on function retention_open_search(regclass, text[]) from public;
"""


class Migration(migrations.Migration):
    """By what destroyed rows were known, and how everything is searched for it afterwards."""

    replaces = [("retention", "0042_representatives_are_looked_for")]
    dependencies = [("retention", "0008_searches_and_what_they_find")]

    operations = [migrations.RunSQL(_GATHER + _READ, migrations.RunSQL.noop)]
