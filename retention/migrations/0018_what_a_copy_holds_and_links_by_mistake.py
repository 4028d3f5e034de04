from django.db import migrations

_HELD = """
-- A hold that ends by itself ends by the earlier of two clocks. One that came after the ledger's line
-- comes too late: the keys may be gone already, and there is no way back. In a copy that was put back
-- a hold stands that was lifted before the line was written, or there would be no line: it keeps the
-- owner from nothing that the ledger says is destroyed (ADR 36).
create or replace function retention_held_among(wanted uuid[]) returns boolean language sql stable as $$
    select exists (
        select from retention_hold h
        where h.dossier_id = any (wanted) and h.lifted_at is null
          and coalesce(h.ends_on, 'infinity') >= least(current_date, portal_day())
          and not exists (
            select from retention_destructionitem i join retention_ledgerline g on g.item = i.id
            where i.dossier_id = h.dossier_id and i.outcome = 'intended' and g.at <= h.placed_at)
          and not (retention_is_owner() and exists (
            select from retention_ledgerline g
            where g.keys -> 'dossier' ->> 0 = h.dossier_id::text and g.keys ? 'kind'
              and g.at > h.placed_at and not exists (
                select from retention_destructionitem i where i.id = g.item and i.outcome <> ''))))
$$;
"""

_CHILDLESS = """
-- As in 0016; of somebody linked by mistake alone each such link counts, as the lock asks of them all.
create or replace function retention_childless(pupils uuid[]) returns uuid[]
language sql stable as $$
    select coalesce(array_agg(distinct h.parent_id), '{}') from students_parenthood h
    where h.pupil_id = any (pupils) and not exists (
        select from students_parenthood o
        where o.parent_id = h.parent_id and not o.pupil_id = any (pupils)
          and (o.withdrawn_at is null or not exists (
            select from students_parenthood w
            where w.parent_id = h.parent_id and w.withdrawn_at is null)))
      and not exists (select from consent_request r where r.parent_id = h.parent_id)
      and not exists (select from consent_code c where c.parent_id = h.parent_id)
      and not exists (select from consent_unreachabledecision u where u.parent_id = h.parent_id)
      and not exists (select from oversight_lookleave l where l.parent_id = h.parent_id)
      and not exists (
        select from students_parenthood o
        where o.parent_id = h.parent_id and retention_pupil_is_held(o.pupil_id))
$$;
"""


class Migration(migrations.Migration):
    """A hold in an old copy keeps no restore; who was linked by mistake keeps no list open."""

    dependencies = [("retention", "0017_what_goes_is_named")]

    operations = [migrations.RunSQL(_HELD + _CHILDLESS, migrations.RunSQL.noop)]
