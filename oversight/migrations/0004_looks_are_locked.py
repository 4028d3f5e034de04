from django.db import migrations

FORWARD = """
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

-- That something is held back, and why: for the privacy officer of the board, never of an own
-- child.
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
create policy oversight_holdback_changed on oversight_holdback for update using (
    pupil_id <> all ((select consent_own_children())::uuid[])
    and exists (
        select from students_pupil p where p.id = pupil_id
          and p.board_id = any ((select consent_schools(array['privacy-officer']))::uuid[]))
) with check (ended_by_id = (select portal_user()));
create trigger it_changes_once before update on oversight_holdback
    for each row execute function changes_once('ended_at', 'ended_by_id');

-- A family's page must leave it out without its reader ever reading the row: what, never why.
create function looks_held_back(wanted_pupil uuid)
returns table (what varchar, colleague_id uuid, first_day date, last_day date,
               is_from_pupil_too boolean)
language sql stable security definer set search_path = public, pg_temp as $$
    select h.what, h.colleague_id, h.first_day, h.last_day, h.is_from_pupil_too
    from oversight_holdback h
    where h.pupil_id = wanted_pupil and h.ended_at is null
      and h.starts_on <= (select portal_day()) and h.ends_on >= (select portal_day())
      and (h.pupil_id = any ((select consent_own_children())::uuid[])
           or h.pupil_id = (select consent_as_pupil()))
$$;
revoke all on function looks_held_back(uuid) from public;

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
FORWARD += "".join(
    f"""
create trigger nothing_is_changed before update on {table}
    for each row execute function oversight_is_only_added();
"""
    for table in ("oversight_looknames", "oversight_lookleave")
)
FORWARD += "".join(
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
    """Who reads what is asked, allowed and held back: the database holds it too."""

    dependencies = [
        ("oversight", "0003_looks"),
        ("consent", "0010_pictures_are_locked"),
    ]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
