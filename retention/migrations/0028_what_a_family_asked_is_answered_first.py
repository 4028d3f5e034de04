from django.db import migrations

_FIRST = """
-- What a family asked to be erased is owed an answer (AVG 12(3)): no list takes the dossier and the
-- request along while it is open. No hold, which would stand in the way of erasing itself. Of what
-- the ledger says is destroyed already, in a copy that was put back, nothing is asked (ADR 36).
create function nothing_asked_about_is_intended() returns trigger language plpgsql as $$
begin
    if exists (
        select from said n
        join unsaid o on o.id = n.id and o.outcome = '' and n.outcome = 'intended'
        join retention_erasure e on e.dossier_id = n.dossier_id
            and e.asker <> 'school' and e.ended = '' and e.done_at is null
        where not (retention_is_owner() and exists (
            select from retention_ledgerline g where g.item = n.id)))
    then
        raise exception 'what a family asked is answered first'
            using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$;
create trigger nothing_asked_about_is_intended after update on retention_destructionitem
    referencing old table as unsaid new table as said
    for each statement execute function nothing_asked_about_is_intended();
"""


class Migration(migrations.Migration):
    """An open request to erase keeps its dossier from every list."""

    dependencies = [("retention", "0027_who_is_being_destroyed_stays_away")]

    operations = [migrations.RunSQL(_FIRST, migrations.RunSQL.noop)]
