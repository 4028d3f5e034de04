from django.db import migrations

_GOES = """
-- While something of a dossier is being destroyed nobody comes back to it, and no last day moves:
-- there is no way back from what the ledger says (copies of the database know its line), so whatever
-- were written now would go too. It looks again after whoever wrote the intention has ended: the
-- trigger `leavers_follow`, whose name comes first, waits for that.
create function no_stay_changes_while_it_goes() returns trigger language plpgsql as $$
declare
    dossiers uuid[];
begin
    if tg_op = 'INSERT' then
        dossiers := array(
            select d.id from arrived a
            join dossiers_dossier d on d.pupil_id = a.pupil_id and d.school_id = a.school_id);
    else
        dossiers := array(
            select d.id from arrived a join were w on w.id = a.id
            join dossiers_dossier d on d.pupil_id = a.pupil_id and d.school_id = a.school_id
            where a.ends_on is distinct from w.ends_on);
    end if;
    if dossiers <> '{}' and exists (
        select from retention_destructionitem i
        where i.dossier_id = any (dossiers) and i.outcome = 'intended')
    then
        raise exception 'what the school kept of this pupil is being destroyed'
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
create trigger no_stay_begins_while_it_goes after insert on students_enrolment
    referencing new table as arrived
    for each statement execute function no_stay_changes_while_it_goes();
create trigger no_stay_changes_while_it_goes after update on students_enrolment
    referencing old table as were new table as arrived
    for each statement execute function no_stay_changes_while_it_goes();

-- A hold keeps what nobody began to destroy. Once the last kind goes there is nothing left to keep.
-- (What a room holds by itself comes too late then, and goes along.)
create function a_hold_has_something_to_keep() returns trigger language plpgsql as $$
begin
    if exists (
        select from retention_destructionitem i
        where i.dossier_id = new.dossier_id and i.kind = 'administration'
          and i.outcome = 'intended')
    then
        raise exception 'all that was left of this dossier is being destroyed'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger a_hold_has_something_to_keep before insert on retention_hold
    for each row when (new.room = '') execute function a_hold_has_something_to_keep();
"""


class Migration(migrations.Migration):
    """Who returns while something is being destroyed is not taken for somebody who stays away."""

    dependencies = [("retention", "0026_nobody_who_is_back_is_intended")]

    operations = [migrations.RunSQL(_GOES, migrations.RunSQL.noop)]
