from django.db import migrations

_AT_REST = """
-- When these and their families left, of those about whom nobody writes in this moment: whoever
-- changes a stay, a link or the pupil after this waits for the end of our transaction. We never wait
-- for them, so that no roster can stand in a circle with us.
create function retention_leavers_at_rest(dossiers uuid[])
returns table (dossier_id uuid, left_on date, family_left_on date)
language sql security definer set search_path = public, pg_temp as $$
    select l.dossier_id, l.left_on, l.family_left_on
    from retention_leaver l join students_pupil p on p.id = l.pupil_id
    where l.dossier_id = any (dossiers)
    order by l.dossier_id
    for share skip locked
$$;
revoke all on function retention_leavers_at_rest(uuid[]) from public;

-- The second lock, whoever writes: nobody is intended who is back, or left on another day than was
-- approved. A family may have left earlier, never later: a brother or sister whose own parents' data
-- went, in another batch or on another list, counts no more; the pupil's own day is still the one of
-- that list. Of what the ledger says is destroyed already, in a copy that was put back, nothing is
-- asked (ADR 36).
create function nobody_who_is_back_is_intended() returns trigger
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
revoke all on function nobody_who_is_back_is_intended() from public;
create trigger nobody_who_is_back_is_intended after update on retention_destructionitem
    referencing old table as unsaid new table as said
    for each statement execute function nobody_who_is_back_is_intended();
"""


class Migration(migrations.Migration):
    """Who returns in the moment in which the intention is written is not destroyed."""

    dependencies = [("retention", "0025_a_family_is_answered")]

    operations = [migrations.RunSQL(_AT_REST, migrations.RunSQL.noop)]
