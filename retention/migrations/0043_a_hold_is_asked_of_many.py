from django.db import migrations

_INTENDED = """
-- As in 0023, once for all items that a statement says are going: asked row by row, thousands took
-- longer than their keys. Of what the ledger says is destroyed already, in a copy that was put back,
-- nothing is asked (ADR 36).
drop trigger nothing_held_is_intended on retention_destructionitem;
create or replace function nothing_held_is_intended() returns trigger language plpgsql as $$
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
    if retention_held_among(array(
        select n.dossier_id from said n where n.id = any (going)
        union
        select e.id from said n
        join dossiers_dossier d on d.id = n.dossier_id
        join students_parenthood a on a.pupil_id = d.pupil_id and a.withdrawn_at is null
        join students_parenthood b on b.parent_id = a.parent_id and b.withdrawn_at is null
        join dossiers_dossier e on e.pupil_id = b.pupil_id
        where n.id = any (going) and n.kind = 'parents'))
    then
        raise exception 'a held dossier is destroyed by nobody'
            using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$;
create trigger nothing_held_is_intended after update on retention_destructionitem
    referencing old table as unsaid new table as said
    for each statement execute function nothing_held_is_intended();
"""


class Migration(migrations.Migration):
    """Whether a hold stands is asked once for all items that are going."""

    dependencies = [("retention", "0042_representatives_are_looked_for")]

    operations = [migrations.RunSQL(_INTENDED, migrations.RunSQL.noop)]
