from django.db import migrations

_EARLIER = """
-- As in 0026, but that a family may have left earlier than was approved, never later: a brother or
-- sister whose own parents' data went, in another batch or on another list, counts no more. The
-- pupil's own day is still the one of that list.
create or replace function nobody_who_is_back_is_intended() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    going uuid[] := array(
        select n.id from said n join unsaid o on o.id = n.id
        where o.outcome = '' and n.outcome = 'intended'
          and not (retention_is_owner() and exists (
            select from retention_ledgerline g where g.item = n.id)));
begin
    if going = '{}' then
        return null;
    end if;
    perform from retention_leaver l
    where l.dossier_id in (select n.dossier_id from said n where n.id = any (going))
    order by l.dossier_id for share;
    if exists (
        select from said n left join retention_leaver l on l.dossier_id = n.dossier_id
        where n.id = any (going)
          and case when n.kind <> 'parents' then l.left_on = n.last_day
              when l.family_left_on < n.last_day then not exists (
                select from retention_destructionitem o
                where o.list_id = n.list_id and o.dossier_id = n.dossier_id
                  and o.kind <> 'parents' and o.last_day <> l.left_on)
              else l.family_left_on = n.last_day end is not true)
    then
        raise exception 'who is back, or left on another day, is not destroyed'
            using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$;
"""


class Migration(migrations.Migration):
    """Parents' data of brothers and sisters go whichever of them goes first."""

    dependencies = [("retention", "0031_links_by_mistake_alone")]

    operations = [migrations.RunSQL(_EARLIER, migrations.RunSQL.noop)]
