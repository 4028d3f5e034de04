from django.db import migrations

_DAYS = """
-- Which kinds of record of these dossiers an approved item names that cooled off and was written
-- into the ledger. Of two clocks the earlier one counts: setting one forward does not shorten the
-- cooling days.
create or replace function retention_standing_among(wanted uuid[])
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
-- A hold that ends by itself ends by the earlier of two clocks. One that came after the ledger's line
-- comes too late: the keys may be gone already, and there is no way back. In a copy that was put back
-- a hold stands that was lifted before the line was written, or there would be no line: it keeps the
-- owner from nothing that the ledger says is destroyed (ADR 36).
create or replace function retention_held_among(wanted uuid[]) returns boolean language sql stable as $$
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
-- A day that somebody writes down is the day it is, but for who owns the tables (demo, tests).
-- Around midnight two clocks may differ a little.
create or replace function retention_is_of_today(written date) returns boolean language sql stable as $$
    select written between portal_today('-5 minutes') and portal_today('5 minutes')
        or retention_is_owner()
$$;
"""

_ROLES = """
-- Who sees a list sees where a search found something: never what stands there.
create or replace function retention_sees_list(wanted uuid) returns boolean language sql stable as $$
    select current_user = 'portal_destroyer' or exists (
        select from retention_destructionlist l where l.id = wanted
        and retention_holds_role(
            portal_user(), l.school_id, coalesce(portal_day(), portal_today()),
            array['director', 'deputy'], array['board-officer', 'privacy-officer', 'fg'])
    )
$$;
create or replace function retention_judges_list(wanted uuid) returns boolean language sql stable as $$
    select exists (
        select from retention_destructionlist l where l.id = wanted and l.closed_at is null
        and not retention_list_has_own_child(l.id, portal_user())
        and retention_holds_role(
            portal_user(), l.school_id, coalesce(portal_day(), portal_today()),
            array['director', 'deputy'], array['board-officer', 'privacy-officer'])
    )
$$;
create or replace function retention_counts_of(wanted_item uuid) returns table (what text, number bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    with asked as (
        select i.kind, d.id as dossier_id, d.pupil_id, d.school_id
        from retention_destructionitem i
        join retention_destructionlist l on l.id = i.list_id
        join dossiers_dossier d on d.id = i.dossier_id
        where i.id = wanted_item and portal_user() is not null
          and retention_holds_role(
              portal_user(), l.school_id, coalesce(portal_day(), portal_today()),
              array['director', 'deputy'], array['board-officer', 'privacy-officer', 'fg'])
          and not retention_is_own_child(portal_user(), d.pupil_id)
    ), parts as (
        select p.id from asked a join dossiers_dossierpart p
        on p.dossier_id = a.dossier_id and retention_kind_of(p.kind) = a.kind
    )
    select 'notes', count(*) from dossiers_note n join parts p on p.id = n.part_id
    union all
    select 'files', count(*) from dossiers_file f join parts p on p.id = f.part_id
    union all
    select 'agreements', count(*) from dossiers_agreement g join parts p on p.id = g.part_id
    union all
    select 'systems', count(*) from dossiers_othersystemrecord o
        join asked a on a.dossier_id = o.dossier_id and a.kind = 'guidance'
    union all
    select 'answers', count(*) from consent_answer c
        join asked a on a.pupil_id = c.pupil_id and a.school_id = c.school_id
            and a.kind = 'consent'
    union all
    select 'pictures', count(*) from consent_publishedpupil c
        join consent_publication u on u.id = c.publication_id
        join asked a on a.pupil_id = c.pupil_id and a.school_id = u.school_id
            and a.kind = 'pictures'
    union all
    select 'parents', count(*) from students_parenthood h
        join asked a on a.pupil_id = h.pupil_id and a.kind = 'parents'
    union all
    select 'stays', count(*) from students_enrolment e
        join asked a on a.pupil_id = e.pupil_id and a.school_id = e.school_id
            and a.kind = 'administration'
$$;
create or replace function term_is_set_rightly() returns trigger language plpgsql as $$
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
"""


class Migration(migrations.Migration):
    """Terms, holds and cooling days are counted by a clock that no login sets."""

    dependencies = [
        ("access", "0006_the_day_at_school"),
        ("retention", "0027_rooms_place_their_own_holds"),
    ]

    operations = [migrations.RunSQL(_DAYS + _ROLES, migrations.RunSQL.noop)]
