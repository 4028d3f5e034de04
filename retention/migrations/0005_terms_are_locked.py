from django.db import migrations

_TERMS = """
-- A term is proposed by one and decided once by another, each of them privacy officer or board officer
-- of that board on that day; after that it stays as it is.
create function term_is_set_rightly() returns trigger language plpgsql as $$
declare
    acts uuid := coalesce(new.approved_by_id, new.withdrawn_by_id, new.proposed_by_id);
    today date := coalesce(portal_day(), portal_day_of(new.proposed_at));
begin
    if tg_op = 'INSERT' and (new.approved_at is not null or new.withdrawn_at is not null) then
        raise exception 'a term is proposed before it is decided' using errcode = 'check_violation';
    end if;
    if tg_op = 'UPDATE' and (
        old.approved_at is not null or old.withdrawn_at is not null
        or row(new.board_id, new.kind, new.years, new.starts, new.source, new.proposed_by_id,
               new.proposed_at)
           is distinct from
           row(old.board_id, old.kind, old.years, old.starts, old.source, old.proposed_by_id,
               old.proposed_at)
    ) then
        raise exception 'a term is decided once' using errcode = 'check_violation';
    end if;
    if portal_user() is not null and acts <> portal_user() or not exists (
        select from access_membership m
        where m.user_id = acts and m.unit_id = new.board_id
          and m.role in ('privacy-officer', 'board-officer')
          and m.starts_on <= today and coalesce(m.ends_on, 'infinity') >= today
    ) then
        raise exception 'privacy officer and board officer set terms'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger term_is_set_rightly before insert or update on retention_termchange
    for each row execute function term_is_set_rightly();
create trigger nothing_is_deleted before delete on retention_termchange
    for each row execute function refuse_deletion();
-- Nobody dates what they decide: a term that was approved in 2099 would outlive every later one.
create trigger a_clock_says_when before insert or update on retention_termchange
    for each row execute function oversight_is_of_now('proposed_at', 'approved_at', 'withdrawn_at');

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
    """A term is set by two, dated by the clock, and for parents never longer than for their child."""

    replaces = [
        ("retention", "0035_what_is_decided_is_of_now"),
        ("retention", "0040_parents_go_with_their_last_child"),
    ]
    dependencies = [
        ("retention", "0004_what_every_lock_asks"),
        ("oversight", "0005_looks_and_reports_are_locked"),
    ]

    operations = [migrations.RunSQL(_TERMS, migrations.RunSQL.noop)]
