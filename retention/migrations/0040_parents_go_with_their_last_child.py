from django.db import migrations

_TERMS = """
-- Terms of a board that set none, of parents and of all that a pupil's last record waits for
-- (retention/terms.py; a test compares).
create function retention_default_terms() returns table (kind text, years integer, starts text)
language sql immutable as $$
    values ('parents', 3, 'left'), ('guidance', 3, 'left'), ('medical', 3, 'left'),
           ('agreements', 3, 'left'), ('consent', 3, 'left'), ('pictures', 3, 'left'),
           ('administration', 5, 'left')
$$;
-- Parents' data go with their last child (rules/setting.py): no later than the child's last record.
create function parents_go_with_their_last_child() returns trigger language plpgsql as $$
declare
    is_too_long boolean;
begin
    with terms as (
        select d.kind, coalesce(c.years, d.years) as years,
               coalesce(c.starts, d.starts) = 'year-end' as ends_late
        from retention_default_terms() d left join lateral (
            select t.years, t.starts from retention_termchange t
            where t.board_id = new.board_id and t.kind = d.kind and t.approved_at is not null
            order by t.approved_at desc, t.id desc limit 1) c on true
    )
    select not exists (
        select from terms p join terms o on o.kind <> 'parents'
        where p.kind = 'parents' and (p.years, p.ends_late) <= (o.years, o.ends_late)
    ) into is_too_long;
    if is_too_long then
        raise exception 'parents go with their last child' using errcode = 'check_violation';
    end if;
    return null;
end $$;
create trigger parents_go_with_their_last_child after insert or update on retention_termchange
    for each row when (new.approved_at is not null)
    execute function parents_go_with_their_last_child();
"""


class Migration(migrations.Migration):
    """No term keeps parents' data longer than all of their last child."""

    dependencies = [("retention", "0039_who_is_back_is_found_at_once")]

    operations = [migrations.RunSQL(_TERMS, migrations.RunSQL.noop)]
