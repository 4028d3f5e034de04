"""Whoever assigns holds the role on that day; a parent whose link was withdrawn is none."""

from django.db import migrations

FORWARD = """
create or replace function assignment_is_given_rightly() returns trigger language plpgsql as $$
declare
    dossier dossiers_dossier%rowtype;
    today date := coalesce(portal_day(), new.assigned_at::date);
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

create or replace function portal_keeps(wanted_dossier uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (
        select from access_membership m join dossiers_dossier d on d.school_id = m.unit_id
        where d.id = wanted_dossier and m.user_id = portal_user()
          and m.role in ('director', 'deputy') and m.starts_on <= portal_day()
          and coalesce(m.ends_on, 'infinity') >= portal_day()
    ) and not exists (
        select from students_parenthood h
        join students_parent p on p.id = h.parent_id
        join dossiers_dossier d on d.pupil_id = h.pupil_id
        where d.id = wanted_dossier and h.withdrawn_at is null and p.user_id = portal_user()
    )
$$;
"""


class Migration(migrations.Migration):
    """The second lock asks the same of whoever assigns as the rules do."""

    dependencies = [
        ("dossiers", "0009_files"),
        ("students", "0003_withdrawn_links"),
        ("access", "0002_who_and_when"),
    ]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
