from django.db import migrations

FORWARD = """
-- Whether the board officer judges: about who keeps that school's dossiers or serves the board,
-- and where every keeper of the school is the person's own family or parent of a pupil in it.
-- The same as oversight/queries/findings.py says.
create function oversight_is_for_board(at_unit uuid, of_person uuid, of_day date, keys uuid[])
returns boolean language sql stable as $$
    select u.parent_id is null
        or exists (
            select from access_membership m
            where m.user_id = of_person
              and (m.unit_id = u.id and m.role in ('director', 'deputy')
                   or m.unit_id = u.parent_id
                      and m.role in ('board-officer', 'privacy-officer', 'fg'))
              and m.starts_on <= portal_day() and coalesce(m.ends_on, 'infinity') >= of_day)
        or not exists (
            select from access_membership m join access_user p on p.id = m.user_id
            where m.unit_id = u.id and m.role in ('director', 'deputy') and p.is_active
              and m.starts_on <= portal_day() and coalesce(m.ends_on, 'infinity') >= portal_day()
              and not exists (
                select from students_parenthood h
                join students_parent f on f.id = h.parent_id
                join students_pupil c on c.id = h.pupil_id
                where f.user_id = m.user_id and c.log_key = any (keys)))
    from access_unit u where u.id = at_unit
$$;

drop policy oversight_finding_seen on oversight_finding;
create policy oversight_finding_seen on oversight_finding for select using (
    person_id = (select portal_user())
    or not subjects && (select oversight_own_children())::uuid[] and (
        unit_id = any ((select oversight_units(array['privacy-officer', 'fg']))::uuid[])
        or unit_id = any ((select oversight_units(array['director', 'deputy']))::uuid[])
           and not oversight_is_for_board(unit_id, person_id, day, subjects)
        or unit_id = any ((select oversight_units(array['board-officer']))::uuid[])
           and oversight_is_for_board(unit_id, person_id, day, subjects)
    )
);

-- The nightly job adds findings and reads none; of rows it asks which are taken.
drop trigger a_row_has_the_rule_of_its_finding on oversight_findingrow;
drop function a_row_has_the_rule_of_its_finding();
alter table oversight_finding add constraint a_finding_is_of_one_rule unique (id, rule);
alter table oversight_findingrow add constraint a_row_has_the_rule_of_its_finding
    foreign key (finding_id, rule) references oversight_finding (id, rule);
drop policy oversight_findingrow_seen on oversight_findingrow;
create policy oversight_findingrow_seen on oversight_findingrow for select using (
    exists (select from oversight_finding f where f.id = finding_id)
    or (select oversight_is_job())
);

create or replace function a_judgement_is_given_rightly() returns trigger language plpgsql as $$
declare
    judged oversight_finding%rowtype;
    is_for_board boolean;
begin
    select * into judged from oversight_finding where id = new.finding_id;
    is_for_board := oversight_is_for_board(
        judged.unit_id, judged.person_id, judged.day, judged.subjects);
    if judged.id is null
       or judged.person_id = new.judged_by_id
       or exists (
            select from students_parenthood h
            join students_parent p on p.id = h.parent_id
            join students_pupil c on c.id = h.pupil_id
            where p.user_id = new.judged_by_id and c.log_key = any (judged.subjects))
       or not exists (
            select from access_membership m
            join access_user u on u.id = m.user_id
            join access_unit place on place.id = judged.unit_id
            where m.user_id = new.judged_by_id and u.is_active
              and m.starts_on <= portal_day() and coalesce(m.ends_on, 'infinity') >= portal_day()
              and case when is_for_board
                       then m.role = 'board-officer'
                            and m.unit_id = coalesce(place.parent_id, place.id)
                       else m.role in ('director', 'deputy') and m.unit_id = place.id end)
    then
        raise exception 'a judgement is given by whoever may judge'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    """The database knows who judges what, as the pages do."""

    dependencies = [("oversight", "0005_reports")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
