from django.db import migrations

_MARKS = r"""
-- As in 0008, and what people call a representative.
create or replace function retention_marks_in(wanted regclass) returns text language sql stable as $$
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
"""


class Migration(migrations.Migration):
    """Who represented a pupil is looked for afterwards too, by name and address."""

    dependencies = [("retention", "0041_many_are_judged_at_once")]

    operations = [migrations.RunSQL(_MARKS, migrations.RunSQL.noop)]
