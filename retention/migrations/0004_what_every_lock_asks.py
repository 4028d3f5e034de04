from django.db import migrations

_DAYS = """
-- The same day some years later; of 29 February, in other years, 1 March (rules/due.py). Written so
-- that it is ten times as fast as by `to_char`.
create function retention_anniversary(day date, years integer) returns date
language sql immutable as $$
    select case when extract(day from day) = 29 and extract(month from day) = 2
        then ((day - 1) + make_interval(years => years))::date + 1
        else (day + make_interval(years => years))::date end
$$;

-- The day from which a term runs for who left on `last_day`.
create function retention_began(last_day date, starts text) returns date
language sql immutable as $$
    select case when starts = 'left' then last_day
        else make_date(
            extract(year from last_day)::int + (extract(month from last_day) > 7)::int, 7, 31)
        end
$$;

-- Whether this session is that of who owns the tables.
create function retention_is_owner() returns boolean language sql stable as $$
    select session_user = (
        select relowner::regrole::text from pg_class
        where oid = 'retention_destructionlist'::regclass
    )
$$;

-- A day that somebody writes down is the day it is, but for who owns the tables (demo, tests).
-- Around midnight two clocks may differ a little.
create function retention_is_of_today(written date) returns boolean language sql stable as $$
    select written between portal_today('-5 minutes') and portal_today('5 minutes')
        or retention_is_owner()
$$;
"""

_WHO = """
-- Whether somebody holds one of these roles that day, at the school or at its board.
create function retention_holds_role(
    wanted_user uuid, wanted_school uuid, on_day date, at_school text[], at_board text[]
) returns boolean language sql stable as $$
    select exists (
        select from access_membership m
        join students_school s on s.unit_id = wanted_school
        join access_user u on u.id = m.user_id
        where m.user_id = wanted_user and u.is_active
          and (m.unit_id = s.unit_id and m.role = any (at_school)
               or m.unit_id = s.board_id and m.role = any (at_board))
          and m.starts_on <= on_day and coalesce(m.ends_on, 'infinity') >= on_day
    )
$$;

-- Where somebody may place holds: at the own school, or at every school of the own board.
create function retention_roles_at(wanted_user uuid, wanted_school uuid, on_day date) returns text[]
language sql stable as $$
    select array(
        select m.role from access_membership m
        join students_school s on s.unit_id = wanted_school
        join access_user u on u.id = m.user_id
        where m.user_id = wanted_user and u.is_active
          and (m.unit_id = s.unit_id and m.role in ('director', 'deputy')
               or m.unit_id = s.board_id and m.role in ('privacy-officer', 'fg'))
          and m.starts_on <= on_day and coalesce(m.ends_on, 'infinity') >= on_day
    )
$$;

-- Whether this pupil is a child of this person.
create function retention_is_own_child(wanted_user uuid, wanted_pupil uuid) returns boolean
language sql stable as $$
    select exists (
        select from students_parenthood h join students_parent p on p.id = h.parent_id
        where h.pupil_id = wanted_pupil and p.user_id = wanted_user and h.withdrawn_at is null
    )
$$;

-- Past row-level security: whether anybody on the list is a child of this person.
create function retention_list_has_own_child(wanted_list uuid, wanted_user uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (
        select from retention_destructionitem i join dossiers_dossier d on d.id = i.dossier_id
        where i.list_id = wanted_list and retention_is_own_child(wanted_user, d.pupil_id)
    )
$$;
revoke all on function retention_list_has_own_child(uuid, uuid) from public;
"""

_STANDS = """
-- The kind of record that a part of a dossier belongs to.
create function retention_kind_of(part_kind text) returns text language sql immutable as $$
    select case when part_kind in ('medical', 'agreements') then part_kind else 'guidance' end
$$;

-- Which kinds of record of these dossiers an approved item names that cooled off and was written
-- into the ledger. Of two clocks the earlier one counts: setting one forward does not shorten the
-- cooling days.
create function retention_standing_among(wanted uuid[])
returns table (dossier_id uuid, kind varchar) language sql stable as $$
    select i.dossier_id, i.kind from retention_destructionitem i
    join retention_destructionlist l on l.id = i.list_id
    where i.dossier_id = any (wanted) and i.decision = 'destroy' and i.outcome = 'intended'
      and l.approved_on is not null and l.cancelled_on is null and l.closed_at is null
      and greatest(l.approved_on + 7, i.due_on)
          < least((select portal_today('5 minutes')), portal_day())
      and exists (select from retention_ledgerline g where g.item = i.id)
    -- A copy that was put back does not know what became of the item, but the ledger does: then the
    -- owner destroys again, while nobody else may connect (ADR 36).
    union all
    select (g.keys -> 'dossier' ->> 0)::uuid, (g.keys -> 'kind' ->> 0)::varchar
    from retention_ledgerline g
    where retention_is_owner() and g.keys -> 'dossier' ->> 0 = any (wanted::text[])
      and not exists (
        select from retention_destructionitem i where i.id = g.item and i.outcome = 'destroyed')
$$;

create function retention_item_stands(wanted_dossier uuid, wanted_kind text)
returns boolean language sql stable as $$
    select exists (
        select from retention_standing_among(array[wanted_dossier]) s where s.kind = wanted_kind)
$$;

-- A hold that ends by itself ends by the earlier of two clocks. One that came after the ledger's line
-- comes too late: the keys may be gone already, and there is no way back. In a copy that was put back
-- a hold stands that was lifted before the line was written, or there would be no line: it keeps the
-- owner from nothing that the ledger says is destroyed (ADR 36).
create function retention_held_among(wanted uuid[]) returns boolean language sql stable as $$
    select exists (
        select from retention_hold h
        where h.dossier_id = any (wanted) and h.lifted_at is null
          and coalesce(h.ends_on, 'infinity') >= least((select portal_today()), portal_day())
          and not exists (
            select from retention_destructionitem i join retention_ledgerline g on g.item = i.id
            where i.dossier_id = h.dossier_id and i.outcome = 'intended' and g.at <= h.placed_at)
          and not (retention_is_owner() and exists (
            select from retention_ledgerline g
            where g.keys -> 'dossier' ->> 0 = h.dossier_id::text and g.keys ? 'kind'
              and g.at > h.placed_at and not exists (
                select from retention_destructionitem i where i.id = g.item and i.outcome <> ''))))
$$;

create function retention_is_held(wanted_dossier uuid) returns boolean
language sql stable as $$ select retention_held_among(array[wanted_dossier]) $$;

create function retention_pupil_is_held(wanted_pupil uuid) returns boolean
language sql stable as $$
    select exists (
        select from dossiers_dossier d
        where d.pupil_id = wanted_pupil and retention_is_held(d.id)
    )
$$;
"""


class Migration(migrations.Migration):
    """Which day it is, who holds which role, what may go now, and what is held."""

    replaces = [
        ("retention", "0003_locks"),
        ("retention", "0028_no_session_moves_a_day"),
    ]
    dependencies = [
        ("retention", "0003_destruction_lists"),
        ("access", "0006_the_day_at_school"),
        ("dossiers", "0013_assigned_on_our_day"),
        ("students", "0008_a_family_is_hidden_per_child"),
    ]

    operations = [migrations.RunSQL(_DAYS + _WHO + _STANDS, migrations.RunSQL.noop)]
