from django.db import migrations

_LEAVE = """
-- A pupil says itself which parent sees who looked, and that parent reads it.
alter table oversight_lookleave enable row level security;
create policy oversight_lookleave_seen on oversight_lookleave for select using (
    pupil_id = (select consent_as_pupil())
    or parent_id = any ((select consent_as_parents())::uuid[])
);
create policy oversight_lookleave_added on oversight_lookleave for insert with check (
    pupil_id = (select consent_as_pupil()) and said_by_id = (select portal_user())
    and day = (select portal_day())
    and exists (select from students_parenthood h
                where h.parent_id = oversight_lookleave.parent_id
                  and h.pupil_id = oversight_lookleave.pupil_id and h.withdrawn_at is null)
);

-- Whether names are shown only a board officer sets, for the board.
alter table oversight_looknames enable row level security;
create policy oversight_looknames_seen on oversight_looknames for select using (true);
create policy oversight_looknames_added on oversight_looknames for insert with check (
    chosen_by_id = (select portal_user())
    and board_id = any ((select oversight_units(array['board-officer']))::uuid[])
);
"""

_HELD_BACK = """
-- That something is held back, and why: for the privacy officer of the board, never of an own
-- child. What an officer holds back of everybody leaves their own looks where they are.
alter table oversight_holdback enable row level security;
create policy oversight_holdback_seen on oversight_holdback for select using (
    pupil_id <> all ((select consent_own_children())::uuid[])
    and exists (
        select from students_pupil p where p.id = pupil_id
          and p.board_id = any ((select consent_schools(array['privacy-officer']))::uuid[]))
);
create policy oversight_holdback_added on oversight_holdback for insert with check (
    recorded_by_id = (select portal_user()) and ended_at is null
    and pupil_id <> all ((select consent_own_children())::uuid[])
    and exists (
        select from students_pupil p where p.id = pupil_id
          and p.board_id = any ((select consent_schools(array['privacy-officer']))::uuid[]))
);
create policy oversight_holdback_not_own on oversight_holdback as restrictive for insert
    with check (colleague_id is distinct from recorded_by_id);
create policy oversight_holdback_changed on oversight_holdback for update using (
    pupil_id <> all ((select consent_own_children())::uuid[])
    and exists (
        select from students_pupil p where p.id = pupil_id
          and p.board_id = any ((select consent_schools(array['privacy-officer']))::uuid[]))
) with check (ended_by_id = (select portal_user()));
create trigger it_changes_once before update on oversight_holdback
    for each row execute function changes_once('ended_at', 'ended_by_id');

-- A family's page must leave it out without its reader ever reading the row: what, never why. So must
-- whoever gives a family the paper.
create function looks_held_back(wanted_pupil uuid)
returns table (what varchar, colleague_id uuid, first_day date, last_day date,
               is_from_pupil_too boolean, recorded_by_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    select h.what, h.colleague_id, h.first_day, h.last_day, h.is_from_pupil_too, h.recorded_by_id
    from oversight_holdback h
    where h.pupil_id = wanted_pupil and h.ended_at is null
      and h.starts_on <= (select portal_day()) and h.ends_on >= (select portal_day())
      and (h.pupil_id = any ((select consent_own_children())::uuid[])
           or h.pupil_id = (select consent_as_pupil())
           or exists (
                select from students_enrolment e
                where e.pupil_id = h.pupil_id
                  and e.school_id = any (
                      (select oversight_units(array['director', 'deputy']))::uuid[])))
$$;
revoke all on function looks_held_back(uuid) from public;
"""

_ASKED = """
-- Who asked; director and deputy of the school, unless they looked; and the board's officers.
-- Nobody of staff about an own child.
create function oversight_look_schools() returns uuid[] language sql stable as $$
    select oversight_units(array['director', 'deputy', 'board-officer', 'privacy-officer'])
$$;
alter table oversight_lookquestion enable row level security;
create policy oversight_lookquestion_seen on oversight_lookquestion for select using (
    asked_by_id = (select portal_user())
    or (school_id = any ((select oversight_look_schools())::uuid[])
        and (select portal_user()) <> all (lookers)
        and pupil_id <> all ((select consent_own_children())::uuid[]))
);
create policy oversight_lookquestion_added on oversight_lookquestion for insert with check (
    asked_by_id = (select portal_user()) and answered_at is null
    and (pupil_id = any ((select consent_own_children())::uuid[])
         or pupil_id = (select consent_as_pupil()))
);
create policy oversight_lookquestion_changed on oversight_lookquestion for update using (
    asked_by_id <> (select portal_user())
    and school_id = any (
        (select oversight_units(array['director', 'deputy', 'board-officer']))::uuid[])
    and (select portal_user()) <> all (lookers)
    and pupil_id <> all ((select consent_own_children())::uuid[])
) with check (answered_by_id = (select portal_user()));
create trigger it_changes_once before update on oversight_lookquestion
    for each row execute function changes_once(
        'answered_at', 'answered_by_id', 'answered_on', 'answer_sealed');
"""

_REPORTS = """
-- Signed, a report is frozen: for the web login, for a job and for the owner.
create function a_signed_report_is_frozen() returns trigger language plpgsql as $$
begin
    raise exception 'a signed report is frozen' using errcode = 'insufficient_privilege';
end $$;
create trigger nothing_is_changed before update on oversight_signedreport
    for each row execute function a_signed_report_is_frozen();
create trigger nothing_is_deleted before delete on oversight_signedreport
    for each row execute function a_signed_report_is_frozen();

-- It is about one whole month at school, which was over when it was signed and sealed.
create function a_signed_report_is_of_a_month_that_is_over() returns trigger
language plpgsql as $$
declare
    follows timestamptz :=
        (new.first_day + interval '1 month')::timestamp at time zone 'Europe/Amsterdam';
begin
    if new.last_day <> (new.first_day + interval '1 month')::date - 1
       or new.last_day >= coalesce(portal_day(), portal_today())
       or new.signed_at < follows or new.head_sealed_at < follows
    then
        raise exception 'a report is signed once its month is over'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger a_signed_report_is_of_a_month_that_is_over before insert on oversight_signedreport
    for each row execute function a_signed_report_is_of_a_month_that_is_over();

alter table oversight_signedreport enable row level security;
create policy oversight_signedreport_seen on oversight_signedreport for select using (
    school_id = any ((select oversight_supervised())::uuid[]) or (select oversight_is_job())
);
create policy oversight_signedreport_added on oversight_signedreport for insert with check (
    signed_by_id = (select portal_user())
    and school_id = any ((select oversight_units(array['director', 'deputy']))::uuid[])
);
create policy oversight_signedreport_changed on oversight_signedreport for update
    using (false) with check (false);

-- The sweep of sealed files asks for everybody, over whatever login it runs.
create function report_papers_in_use(wanted uuid[]) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select r.blob from oversight_signedreport r where r.blob = any (wanted)
$$;
revoke all on function report_papers_in_use(uuid[]) from public;
"""
_STAY = "".join(
    f"""
create trigger nothing_is_changed before update on {table}
    for each row execute function oversight_is_only_added();
"""
    for table in ("oversight_looknames", "oversight_lookleave")
) + "".join(
    f"""
create trigger nothing_is_deleted before delete on {table}
    for each row execute function oversight_is_kept();
"""
    for table in (
        "oversight_looknames",
        "oversight_lookleave",
        "oversight_holdback",
        "oversight_lookquestion",
    )
)


class Migration(migrations.Migration):
    """Who reads what is asked, allowed and held back; a report is signed once and frozen."""

    replaces = [
        ("oversight", "0004_looks_are_locked"),
        ("oversight", "0005_reports"),
        ("oversight", "0007_looks_on_paper"),
        ("oversight", "0010_nobody_holds_back_their_own_looks"),
    ]
    dependencies = [
        ("oversight", "0004_findings_and_assents_are_locked"),
        ("consent", "0010_pictures_are_locked"),
    ]

    operations = [
        migrations.RunSQL(_LEAVE + _HELD_BACK + _ASKED + _REPORTS + _STAY, migrations.RunSQL.noop)
    ]
