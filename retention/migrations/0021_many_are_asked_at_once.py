from django.db import migrations

_ASKED = """
-- As in 0013: the same answer for thousands of rows as for one, without comparing each with each;
-- and none is looked for where a statement took nothing away.
create or replace function only_standing_items_destroy() returns trigger language plpgsql as $$
declare
    is_held boolean;
    is_refused boolean;
begin
    if not exists (select from gone) then
        return null;
    end if;
    execute format($query$
        with asked as materialized (
            select distinct about, dossier, kinds::text[] as kinds
            from (%s) q (about, dossier, kinds)
        ),
        known as materialized (select array_agg(distinct dossier) as keys from asked),
        standing as materialized (
            select s.dossier_id, array_agg(s.kind::text) as kinds
            from known, retention_standing_among(known.keys) s group by s.dossier_id
        ),
        ended as materialized (
            select e.dossier_id, array_agg(e.kind::text) as kinds
            from known, retention_endedkind e
            where e.dossier_id = any (known.keys) group by e.dossier_id
        ),
        judged as (
            select bool_or(coalesce(s.kinds && a.kinds, false))
               and bool_and(coalesce(s.kinds && a.kinds, false)
                         or coalesce(e.kinds && a.kinds, false)) as is_right
            from asked a
            left join standing s on s.dossier_id = a.dossier
            left join ended e on e.dossier_id = a.dossier
            group by a.about
        )
        select (select retention_held_among(keys) from known),
               exists (select from judged where is_right is not true)
    $query$, tg_argv[0]) into is_held, is_refused;
    if is_held then
        raise exception 'a held dossier is destroyed by nobody'
            using errcode = 'insufficient_privilege';
    end if;
    if is_refused then
        raise exception 'a dossier is only destroyed through an approved destruction list'
            using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$;
"""
# Some thousand notes stand in some hundred parts.
_OF_PART = """select p.dossier_id, p.dossier_id, array[retention_kind_of(p.kind)] from (
    select distinct g.part_id from gone g
    where coalesce(current_setting('portal.erasing', true), '') = ''
       or not retention_erases(g.{column})) g
left join dossiers_dossierpart p on p.id = g.part_id"""
_LOCK = """
drop trigger nothing_is_deleted on {table};
create trigger nothing_is_deleted after delete on {table} referencing old table as gone
    for each statement execute function only_standing_items_destroy('{question}');
"""
_LOCKS = "".join(
    _LOCK.format(table=f"dossiers_{table}", question=_OF_PART.format(column=column).replace("'", "''"))
    for table, column in (
        ("note", "id"),
        ("noteversion", "note_id"),
        ("file", "id"),
        ("fileversion", "file_id"),
        ("agreement", "id"),
    )
)


class Migration(migrations.Migration):
    """Whether rows may go is asked of thousands at once."""

    dependencies = [("retention", "0020_what_is_said_is_of_now")]

    operations = [migrations.RunSQL(_ASKED + _LOCKS, migrations.RunSQL.noop)]
