from django.db import migrations

_WHO = """
-- A job has no person; neither has a visitor, but a visitor comes over the web login.
create function oversight_is_job() returns boolean language sql stable as $$
    select (select portal_user()) is null and session_user <> 'portal_web'
$$;

-- Where somebody holds one of these roles today: of a board, at its schools too.
create function oversight_units(wanted_roles text[]) returns uuid[] language sql stable as $$
    select array(
        select u.id from access_membership m
        join access_user p on p.id = m.user_id
        join access_unit u on u.id = m.unit_id or u.parent_id = m.unit_id
        where m.user_id = (select portal_user()) and p.is_active
          and m.role = any (wanted_roles)
          and m.starts_on <= (select portal_day())
          and coalesce(m.ends_on, 'infinity') >= (select portal_day())
    )
$$;
create function oversight_supervised() returns uuid[] language sql stable as $$
    select oversight_units(array['director', 'deputy', 'board-officer', 'privacy-officer', 'fg'])
$$;
create function oversight_directed() returns uuid[] language sql stable as $$
    select oversight_units(array['director', 'deputy', 'board-officer'])
$$;

-- Links withdrawn since count too, as in the log.
create function oversight_own_children() returns uuid[] language sql stable as $$
    select array(
        select c.log_key from students_parenthood h
        join students_parent p on p.id = h.parent_id
        join students_pupil c on c.id = h.pupil_id
        where p.user_id = (select portal_user())
    )
$$;
"""

_STAYS = """
-- What was found, judged and said stays as it was.
create function oversight_is_only_added() returns trigger language plpgsql as $$
begin
    raise exception 'findings and judgements are only added' using errcode = 'insufficient_privilege';
end $$;
create function oversight_is_kept() returns trigger language plpgsql as $$
begin
    raise exception 'findings and judgements are kept' using errcode = 'insufficient_privilege';
end $$;
"""

# When something was judged, set, signed or asked is the moment at which it is written: dated
# forward it would stay the newest for ever, dated back it would have been known before.
_MOMENTS = {
    "oversight_findingday": ("looked_at",),
    "oversight_findingsetting": ("set_at",),
    "oversight_assent": ("recorded_at", "withdrawn_at"),
    "oversight_finding": ("made_at",),
    "oversight_judgement": ("judged_at",),
    "oversight_reply": ("replied_at",),
    "oversight_looknames": ("chosen_at",),
    "oversight_lookleave": ("said_at",),
    "oversight_holdback": ("recorded_at", "ended_at"),
    "oversight_lookquestion": ("asked_at", "answered_at"),
    "oversight_signedreport": ("signed_at",),
}
_NOW = """
-- Refuses a moment in one of these columns that is not now.
create function oversight_is_of_now() returns trigger language plpgsql as $$
declare
    was jsonb := case tg_op when 'UPDATE' then to_jsonb(old) end;
    moment text;
begin
    -- Who owns the table tells of other days (the demo, tests).
    if session_user = (select relowner::regrole::text from pg_class where oid = tg_relid) then
        return new;
    end if;
    foreach moment in array tg_argv loop
        if to_jsonb(new) ->> moment is distinct from was ->> moment
           and (to_jsonb(new) ->> moment)::timestamptz not between
               clock_timestamp() - interval '5 minutes' and clock_timestamp() + interval '5 minutes'
        then
            raise exception 'what is recorded is of now' using errcode = 'check_violation';
        end if;
    end loop;
    return new;
end $$;
"""
_NOW += "".join(
    f"""
create trigger a_clock_says_when before insert or update on {table}
    for each row execute function oversight_is_of_now({", ".join(map(repr, columns))});
"""
    for table, columns in _MOMENTS.items()
)


class Migration(migrations.Migration):
    """Who supervises where; what is only added, kept, and of now: nobody dates what they record."""

    replaces = [
        ("oversight", "0009_what_was_looked_at_and_set_is_locked"),
        ("oversight", "0011_moments_are_now_and_an_assent_needs_the_board"),
    ]
    dependencies = [("oversight", "0002_looks_of_families_and_reports")]

    operations = [migrations.RunSQL(_WHO + _STAYS + _NOW, migrations.RunSQL.noop)]
