import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
-- The schools where somebody works today: an open assignment opens nothing for who left the
-- school or whose account was closed. Worked out once per statement.
create function portal_workplaces() returns uuid[] language sql stable as $$
    select array(
        select m.unit_id from access_membership m join access_user u on u.id = m.user_id
        where m.user_id = (select portal_user()) and u.is_active
          and m.role = any (array['counsellor', 'care-coordinator', 'director', 'deputy',
                                  'school-doctor', 'administrator', 'safeguarding-officer'])
          and m.starts_on <= (select portal_day())
          and coalesce(m.ends_on, 'infinity') >= (select portal_day())
    )
$$;
create or replace function portal_parts(wanted text) returns uuid[] language sql stable as $$
    select array(
        select content_object_id from dossiers_dossierpartpermission
        where user_id = (select portal_user())
          and permission_id = (select portal_permission(wanted))
          and starts_on <= (select portal_day())
          and coalesce(ends_on, 'infinity') >= (select portal_day())
          and school_id = any ((select portal_workplaces())::uuid[])
    )
$$;

-- A permission follows from its assignment, and stands at the school of its dossier.
create or replace function permission_follows_assignment() returns trigger language plpgsql as $$
declare
    assignment dossiers_assignment%rowtype;
    part dossiers_dossierpart%rowtype;
    codename text;
begin
    select * into assignment from dossiers_assignment where id = new.assignment_id;
    select * into part from dossiers_dossierpart where id = new.content_object_id;
    select p.codename into codename from auth_permission p where p.id = new.permission_id;
    select d.school_id into new.school_id from dossiers_dossier d where d.id = part.dossier_id;
    if assignment.user_id <> new.user_id
       or assignment.dossier_id <> part.dossier_id
       or new.starts_on < assignment.starts_on
       or coalesce(new.ends_on, 'infinity') > coalesce(assignment.ends_on, 'infinity')
       or (part.kind = 'medical') <> (assignment.kind = 'medical')
       or (assignment.kind = 'emergency' and part.kind <> 'emergency')
       or (assignment.kind = 'emergency' and codename <> 'view_dossierpart')
    then
        raise exception 'a permission must follow from its assignment'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;

-- Who may be assigned and by whom (P2, P6, P7), whatever the application forgets: somebody who
-- works at the school, for the medical part its doctor or a stand-in; by a keeper of that school
-- or an officer of its board, who is no parent of the pupil.
create function assignment_is_given_rightly() returns trigger language plpgsql as $$
declare
    dossier dossiers_dossier%rowtype;
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
    ) then
        raise exception 'a keeper of the school assigns' using errcode = 'check_violation';
    end if;
    if new.kind <> 'emergency' and exists (
        select from students_parenthood h join students_parent p on p.id = h.parent_id
        where h.pupil_id = dossier.pupil_id and p.user_id = new.assigned_by_id
    ) then
        raise exception 'nobody assigns for an own child' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger assignment_is_given_rightly before insert on dossiers_assignment
    for each row execute function assignment_is_given_rightly();

-- An assignment, once given, can only end sooner; another end date is another assignment.
create function assignment_only_ends_sooner() returns trigger language plpgsql as $$
begin
    if coalesce(new.ends_on, 'infinity') > coalesce(old.ends_on, 'infinity')
       or new.starts_on <> old.starts_on or new.user_id <> old.user_id
       or new.dossier_id <> old.dossier_id or new.kind <> old.kind
       or old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at
    then
        raise exception 'an assignment can only end sooner' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger assignment_only_ends_sooner before update on dossiers_assignment
    for each row execute function assignment_only_ends_sooner();

-- The trigger above fills the new column.
update dossiers_dossierpartpermission set starts_on = starts_on;
set constraints all immediate;
"""


class Migration(migrations.Migration):
    """The second lock asks whether somebody still works at the school."""

    dependencies = [
        ("dossiers", "0004_assignments_that_end"),
        ("access", "0002_who_and_when"),
        ("students", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="dossierpartpermission",
            name="school",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="students.school",
            ),
        ),
    ]
