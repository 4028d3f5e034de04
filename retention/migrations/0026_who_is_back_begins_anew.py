from django.db import migrations

_BEGINS = """
-- A kind that ended counts no longer: the pupil was at that school after it, or a part of it is there
-- again, so that something may have come.
create function retention_begins_again(wanted uuid, wanted_kind text, ended_on date) returns boolean
language sql stable as $$
    select exists (
        select from dossiers_dossier d
        join students_enrolment s on s.pupil_id = d.pupil_id and s.school_id = d.school_id
        where d.id = wanted and coalesce(s.ends_on, 'infinity') > ended_on
    ) or exists (
        select from dossiers_dossierpart p
        where p.dossier_id = wanted and retention_kind_of(p.kind) = wanted_kind)
$$;

-- As in 0016, whatever way a pupil comes back: a new stay, also one that has an end already; one
-- that goes on after all; one that ends later; a part that is made anew.
create or replace function a_dossier_begins_again() returns trigger language plpgsql as $$
declare
    dossiers uuid[];
begin
    if tg_table_name = 'dossiers_dossierpart' then
        dossiers := array(select distinct a.dossier_id from arrived a);
    else
        dossiers := array(
            select distinct d.id from arrived a
            join dossiers_dossier d on d.pupil_id = a.pupil_id and d.school_id = a.school_id);
    end if;
    delete from retention_endedkind e
    where e.dossier_id = any (dossiers)
      and retention_begins_again(e.dossier_id, e.kind, e.ended_on);
    return null;
end $$;
create trigger a_dossier_goes_on after update on students_enrolment
    referencing new table as arrived
    for each statement execute function a_dossier_begins_again();
create trigger a_part_begins_again after insert on dossiers_dossierpart
    referencing new table as arrived
    for each statement execute function a_dossier_begins_again();

drop trigger nothing_is_deleted on retention_endedkind;
create trigger nothing_is_deleted after delete on retention_endedkind
    referencing old table as gone
    for each statement execute function only_standing_items_destroy('
        select g.dossier_id, g.dossier_id, array[''administration''] from gone g
        where not retention_begins_again(g.dossier_id, g.kind, g.ended_on)');

-- Who came back before this.
delete from retention_endedkind e where retention_begins_again(e.dossier_id, e.kind, e.ended_on);
"""


class Migration(migrations.Migration):
    """Who is back at school in any way has every kind of record again."""

    dependencies = [("retention", "0025_a_list_of_a_school_a_day")]

    operations = [migrations.RunSQL(_BEGINS, migrations.RunSQL.noop)]
