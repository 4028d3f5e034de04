from django.db import migrations

FORWARD = """
drop trigger request_fits_together on consent_request;
-- The same question as before, once for all rows of a statement: a round adds thousands at a time.
create or replace function request_fits_together() returns trigger language plpgsql as $$
begin
    if exists (
        select from added r
        left join consent_purposetext t on t.id = r.text_id and t.purpose_id = r.purpose_id
            and t.in_use_from is not null
        left join consent_purpose p on p.id = t.purpose_id
        left join students_school s on s.unit_id = r.school_id and s.board_id = p.board_id
        where s.unit_id is null
    ) or exists (
        select from (select distinct pupil_id, school_id from added) r
        where not exists (
            select from students_enrolment e
            where e.pupil_id = r.pupil_id and e.school_id = r.school_id)
    ) or exists (
        select from (select distinct pupil_id, parent_id from added) r
        where r.parent_id is not null and not exists (
            select from students_parenthood h
            where h.parent_id = r.parent_id and h.pupil_id = r.pupil_id
              and h.withdrawn_at is null)
    ) or exists (
        select from (select distinct pupil_id, representative_id from added) r
        where r.representative_id is not null and not exists (
            select from students_representative x
            where x.id = r.representative_id and x.pupil_id = r.pupil_id)
    ) then
        raise exception 'a request fits its pupil, school, text and person'
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
create trigger request_fits_together after insert on consent_request
    referencing new table as added for each statement execute function request_fits_together();
"""


class Migration(migrations.Migration):
    """Thousands of requests are compared with what they are about in one go."""

    dependencies = [("consent", "0003_engine_asks_for_the_school")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
