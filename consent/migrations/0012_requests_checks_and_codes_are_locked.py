from django.db import migrations, models
from django.db.models import Q

FUNCTIONS = """
-- One person can be known as several parents, at several schools or boards.
create function consent_as_parents() returns uuid[] language sql stable as $$
    select array(select id from students_parent where user_id = (select portal_user()))
$$;
-- A job has no person; neither has a visitor, but a visitor comes over the web login.
create function consent_is_job() returns boolean language sql stable as $$
    select (select portal_user()) is null and session_user <> 'portal_web'
$$;
-- Where somebody asks: where they keep consent, or at every school of the board they serve.
create function consent_asking_schools() returns uuid[] language sql stable as $$
    select (select consent_kept_schools()) || array(
        select s.unit_id from students_school s
        where s.board_id = any ((select consent_schools(array['board-officer']))::uuid[])
           or (select consent_is_job())
    )
$$;
-- Whoever types a code names its number: that one row opens for them, and no other.
create function consent_typed_code() returns text language sql stable as $$
    select nullif(current_setting('portal.typed_code', true), '')
$$;
"""

ANSWERS = """
drop policy consent_answer_seen on consent_answer;
drop policy consent_answer_added on consent_answer;
create policy consent_answer_seen on consent_answer for select using (
    parent_id = any ((select consent_as_parents())::uuid[])
    or (answers_as = 'pupil' and pupil_id = (select consent_as_pupil()))
    or (school_id = any ((select consent_kept_schools())::uuid[])
        and pupil_id <> all ((select consent_own_children())::uuid[]))
);
create policy consent_answer_added on consent_answer for insert with check (
    recorded_by_id = (select portal_user()) and (
        (route = 'online' and (
            parent_id = any ((select consent_as_parents())::uuid[])
            or (answers_as = 'pupil' and pupil_id = (select consent_as_pupil()))))
        or (route <> 'online'
            and school_id = any ((select consent_kept_schools())::uuid[])
            and pupil_id <> all ((select consent_own_children())::uuid[]))
    )
);
drop function consent_as_parent();

-- Who answers online answers now; a paper tells of a day that has come. The day is that of the
-- door: without one (the owner's own work) there is nobody who could pretend.
create function answer_is_of_its_time() returns trigger language plpgsql as $$
declare
    given_on date := (new.answered_at at time zone 'Europe/Amsterdam')::date;
    today date := portal_day();
begin
    if today is not null and given_on > today + 1
       or new.route = 'online' and (
           new.recorded_at - new.answered_at > interval '1 minute'
           or today is not null and given_on < today)
       or new.route <> 'online' and today is not null and given_on > today
    then
        raise exception 'an answer is given at its time' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger answer_is_of_its_time before insert on consent_answer
    for each row execute function answer_is_of_its_time();
"""

REQUESTS = """
alter table consent_request enable row level security;
create policy consent_request_seen on consent_request for select using (
    parent_id = any ((select consent_as_parents())::uuid[])
    or (answers_as = 'pupil' and pupil_id = (select consent_as_pupil()))
    or (school_id = any ((select consent_asking_schools())::uuid[])
        and pupil_id <> all ((select consent_own_children())::uuid[]))
);
-- A round asks everybody, also about a child of whoever started it.
create policy consent_request_added on consent_request for insert with check (
    asked_by_id is not distinct from (select portal_user())
    and school_id = any ((select consent_asking_schools())::uuid[])
);
"""

CHECKS = """
alter table consent_check enable row level security;
create policy consent_check_seen on consent_check for select using (
    school_id = any ((select consent_workplaces())::uuid[]) or (select consent_is_job())
);
create policy consent_check_added on consent_check for insert with check (
    checked_by_id = (select portal_user())
    and school_id = any ((select consent_workplaces())::uuid[])
);
alter table consent_checkedpupil enable row level security;
create policy consent_checkedpupil_seen on consent_checkedpupil for select using (
    pupil_id = any ((select consent_own_children())::uuid[])
    or pupil_id = (select consent_as_pupil())
    or exists (select from consent_check c where c.id = check_made_id)
);
create policy consent_checkedpupil_added on consent_checkedpupil for insert with check (
    exists (
        select from consent_check c
        where c.id = check_made_id and c.checked_by_id = (select portal_user()))
    and exists (
        select from consent_check c join students_enrolment e on e.school_id = c.school_id
        where c.id = check_made_id and e.pupil_id = consent_checkedpupil.pupil_id)
);
"""

CODES = """
alter table consent_code enable row level security;
create policy consent_code_seen on consent_code for select using (
    number = (select consent_typed_code())
    or (select consent_is_job())
    or ((school_id = any ((select consent_kept_schools())::uuid[])
         or pupil_id = any ((select consent_kept_pupils())::uuid[]))
        and pupil_id <> all ((select consent_own_children())::uuid[]))
);
create policy consent_code_added on consent_code for insert with check (
    made_by_id is not distinct from (select portal_user())
    and ((select consent_is_job())
         or school_id = any ((select consent_kept_schools())::uuid[])
            and pupil_id <> all ((select consent_own_children())::uuid[]))
);
create policy consent_code_changed on consent_code for update using (
    number = (select consent_typed_code())
    or (select consent_is_job())
    or ((school_id = any ((select consent_kept_schools())::uuid[])
         or pupil_id = any ((select consent_kept_pupils())::uuid[]))
        and pupil_id <> all ((select consent_own_children())::uuid[]))
) with check (true);
"""

COVERAGE = """
alter table consent_ordercoverage enable row level security;
create policy consent_ordercoverage_seen on consent_ordercoverage for select using (
    exists (
        select from students_representative r
        where r.id = representative_id and (
            r.pupil_id = any ((select consent_own_children())::uuid[])
            or r.pupil_id = (select consent_as_pupil())
            or exists (
                select from students_enrolment e
                where e.pupil_id = r.pupil_id
                  and e.school_id = any ((select consent_engine_schools())::uuid[]))))
);
create policy consent_ordercoverage_added on consent_ordercoverage for insert with check (
    recorded_by_id = (select portal_user())
    and exists (
        select from students_representative r
        join students_enrolment e on e.pupil_id = r.pupil_id
        where r.id = representative_id
          and e.school_id = any ((select consent_kept_schools())::uuid[])
          and r.pupil_id <> all ((select consent_own_children())::uuid[]))
);
create policy consent_ordercoverage_changed on consent_ordercoverage for update using (
    exists (
        select from students_representative r
        join students_enrolment e on e.pupil_id = r.pupil_id
        where r.id = representative_id
          and e.school_id = any ((select consent_kept_schools())::uuid[])
          and r.pupil_id <> all ((select consent_own_children())::uuid[]))
);
"""


class Migration(migrations.Migration):
    """The second lock also on what is asked, checked, sent and covered; answers are of their time.

    A code can be made and renewed by a job, which has no person.
    """

    dependencies = [
        ("consent", "0011_scans"),
        ("students", "0007_an_account_of_several_parents"),
    ]

    operations = [
        migrations.AlterField(
            model_name="code",
            name="made_by",
            field=models.ForeignKey(
                null=True, on_delete=models.PROTECT, related_name="+", to="access.user"
            ),
        ),
        migrations.RemoveConstraint("code", "who_withdraws_a_code_and_when_go_together"),
        migrations.AddConstraint(
            model_name="code",
            constraint=models.CheckConstraint(
                name="who_withdraws_a_code_has_a_moment",
                condition=Q(withdrawn_by__isnull=True) | Q(withdrawn_at__isnull=False),
            ),
        ),
        migrations.RunSQL(
            FUNCTIONS + ANSWERS + REQUESTS + CHECKS + CODES + COVERAGE, migrations.RunSQL.noop
        ),
    ]
