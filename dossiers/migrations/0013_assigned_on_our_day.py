from django.db import migrations

FORWARD = """
create or replace function assignment_is_given_rightly() returns trigger language plpgsql as $$
declare
    dossier dossiers_dossier%rowtype;
    today date := coalesce(portal_day(), portal_day_of(new.assigned_at));
begin
    select * into dossier from dossiers_dossier where id = new.dossier_id;
    if not exists (
        select from access_membership m
        where m.user_id = new.user_id and m.unit_id = dossier.school_id
          and m.role = any (array['counsellor', 'care-coordinator', 'director', 'deputy',
                                  'school-doctor', 'administrator', 'safeguarding-officer'])
          and m.starts_on <= new.starts_on and coalesce(m.ends_on, 'infinity') >= new.starts_on
    ) then
        raise exception 'only who works at the school is assigned'
            using errcode = 'check_violation';
    end if;
    if new.kind = 'medical' and not exists (
        select from access_membership m
        where m.user_id = new.user_id and m.unit_id = dossier.school_id
          and m.role = 'school-doctor'
          and m.starts_on <= new.starts_on and coalesce(m.ends_on, 'infinity') >= new.starts_on
    ) and not exists (
        select from dossiers_medicalcustodian c
        where c.user_id = new.user_id and c.school_id = dossier.school_id
          and c.starts_on <= new.starts_on and coalesce(c.ends_on, 'infinity') >= new.starts_on
    ) then
        raise exception 'the medical part is for the school doctor or a stand-in'
            using errcode = 'check_violation';
    end if;
    if new.kind <> 'emergency' and not exists (
        select from access_membership m join access_unit u on u.id = dossier.school_id
        where m.user_id = new.assigned_by_id
          and (m.unit_id = u.id and m.role in ('director', 'deputy')
               or m.unit_id = u.parent_id and m.role = 'board-officer')
          and m.starts_on <= today and coalesce(m.ends_on, 'infinity') >= today
    ) then
        raise exception 'a keeper of the school assigns' using errcode = 'check_violation';
    end if;
    if new.kind <> 'emergency' and exists (
        select from students_parenthood h join students_parent p on p.id = h.parent_id
        where h.pupil_id = dossier.pupil_id and h.withdrawn_at is null
          and p.user_id = new.assigned_by_id
    ) then
        raise exception 'nobody assigns for an own child' using errcode = 'check_violation';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    """The day of an assignment is told by a clock that no login sets."""

    dependencies = [
        ("access", "0006_the_day_at_school"),
        ("dossiers", "0012_authors_are_who_writes"),
    ]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
