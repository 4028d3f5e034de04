from django.db import migrations

_ADDED_ONLY = (
    "oversight_findingday",
    "oversight_findingsetting",
    "oversight_finding",
    "oversight_findingrow",
    "oversight_judgement",
    "oversight_judgementnote",
    "oversight_reply",
)
_KEPT = (*_ADDED_ONLY, "oversight_assent")

_SEEN = """
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

-- Whose a finding is asks several tables; a function per row took a second for ten thousand. Four
-- sets, each worked out once per statement, say of nearly all that they are the director's. The
-- nightly job adds findings and reads none; of rows it asks which are taken.
alter table oversight_finding enable row level security;
create policy oversight_finding_seen on oversight_finding for select using (
    person_id = (select portal_user())
    or not subjects && (select oversight_own_children())::uuid[] and (
        unit_id = any ((select oversight_units(array['privacy-officer', 'fg']))::uuid[])
        or (unit_id = any ((select oversight_units(array['director', 'deputy']))::uuid[])
            or unit_id = any ((select oversight_units(array['board-officer']))::uuid[]))
           and case when unit_id in (select u.id from access_unit u where u.parent_id is null)
                      or person_id in (
                         select m.user_id from access_membership m
                         where m.role in ('director', 'deputy', 'board-officer',
                                          'privacy-officer', 'fg'))
                      or unit_id not in (
                         select m.unit_id from access_membership m
                         where m.role in ('director', 'deputy')
                           and m.starts_on <= (select portal_day())
                           and coalesce(m.ends_on, 'infinity') >= (select portal_day()))
                      or subjects && array(
                         select c.log_key from students_parenthood h
                         join students_parent p on p.id = h.parent_id
                         join students_pupil c on c.id = h.pupil_id
                         where p.user_id in (
                             select m.user_id from access_membership m
                             where m.role in ('director', 'deputy')))
                    then case when oversight_is_for_board(unit_id, person_id, day, subjects)
                         then unit_id = any (
                             (select oversight_units(array['board-officer']))::uuid[])
                         else unit_id = any (
                             (select oversight_units(array['director', 'deputy']))::uuid[]) end
                    else unit_id = any (
                             (select oversight_units(array['director', 'deputy']))::uuid[]) end
    )
);
create policy oversight_finding_added on oversight_finding for insert
    with check ((select oversight_is_job()));
alter table oversight_findingrow enable row level security;
create policy oversight_findingrow_seen on oversight_findingrow for select using (
    exists (select from oversight_finding f where f.id = finding_id)
    or (select oversight_is_job())
);
create policy oversight_findingrow_added on oversight_findingrow for insert
    with check ((select oversight_is_job()));
"""

_JUDGED = """
-- Nobody judges about themselves or their own child; where it is for the board, the board officer
-- judges alone.
create function a_judgement_is_given_rightly() returns trigger language plpgsql as $$
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
create trigger a_judgement_is_given_rightly before insert on oversight_judgement
    for each row execute function a_judgement_is_given_rightly();
alter table oversight_judgement enable row level security;
create policy oversight_judgement_seen on oversight_judgement for select
    using (exists (select from oversight_finding f where f.id = finding_id));
create policy oversight_judgement_added on oversight_judgement for insert
    with check (judged_by_id = (select portal_user()));

-- The person reads how it was judged, not the note about it.
alter table oversight_judgementnote enable row level security;
create policy oversight_judgementnote_seen on oversight_judgementnote for select using (
    exists (select from oversight_judgement j join oversight_finding f on f.id = j.finding_id
            where j.id = judgement_id and f.person_id is distinct from (select portal_user()))
);
create policy oversight_judgementnote_added on oversight_judgementnote for insert with check (
    exists (select from oversight_judgement j
            where j.id = judgement_id and j.judged_by_id = (select portal_user()))
);
create policy oversight_judgementnote_changed on oversight_judgementnote for update
    using (false) with check (false);

alter table oversight_reply enable row level security;
create policy oversight_reply_seen on oversight_reply for select
    using (exists (select from oversight_finding f where f.id = finding_id));
create policy oversight_reply_added on oversight_reply for insert with check (
    replied_by_id = (select portal_user())
    and exists (select from oversight_finding f
                where f.id = finding_id and f.person_id = (select portal_user()))
);
create policy oversight_reply_changed on oversight_reply for update
    using (false) with check (false);
"""

_SET = """
-- A day that counts as looked at is never looked at again, and a rule that is set off finds nothing:
-- whoever could add such rows could let findings vanish before they are made.
alter table oversight_findingday enable row level security;
create policy oversight_findingday_seen on oversight_findingday for select using (true);
create policy oversight_findingday_added on oversight_findingday for insert
    with check ((select oversight_is_job()));
alter table oversight_findingsetting enable row level security;
create policy oversight_findingsetting_seen on oversight_findingsetting for select using (true);
create policy oversight_findingsetting_added on oversight_findingsetting for insert with check (
    set_by_id = (select portal_user())
    and board_id = any ((select oversight_units(array['board-officer']))::uuid[])
);
"""

_ASSENT = """
-- Withdrawn once; nothing else of an assent changes.
create function an_assent_is_only_withdrawn() returns trigger language plpgsql as $$
declare
    open_columns text[] := array['withdrawn_on', 'withdrawn_sealed', 'withdrawn_by_id',
                                 'withdrawn_at'];
begin
    if old.withdrawn_at is not null
       or to_jsonb(old) - open_columns <> to_jsonb(new) - open_columns
    then
        raise exception 'an assent is only withdrawn' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger an_assent_is_only_withdrawn before update on oversight_assent
    for each row execute function an_assent_is_only_withdrawn();

-- Whoever works at the school may know that its staff section agreed, and when. Findings about people
-- end with it, also those about who directs the school: somebody else withdraws it.
alter table oversight_assent enable row level security;
create policy oversight_assent_seen on oversight_assent for select using (
    school_id = any ((select oversight_units(array[
        'counsellor', 'care-coordinator', 'director', 'deputy', 'school-doctor', 'administrator',
        'safeguarding-officer', 'board-officer', 'privacy-officer', 'fg']))::uuid[])
    or (select oversight_is_job())
);
create policy oversight_assent_added on oversight_assent for insert with check (
    recorded_by_id = (select portal_user())
    and school_id = any ((select oversight_directed())::uuid[])
);
create policy oversight_assent_changed on oversight_assent for update using (
    school_id = any ((select oversight_units(array['board-officer']))::uuid[])
    and school_id <> all ((select oversight_units(array['director', 'deputy']))::uuid[])
) with check (withdrawn_by_id = (select portal_user()));
"""
_STAY = "".join(
    f"""
create trigger nothing_is_changed before update on {table}
    for each row execute function oversight_is_only_added();
"""
    for table in _ADDED_ONLY
) + "".join(
    f"""
create trigger nothing_is_deleted before delete on {table}
    for each row execute function oversight_is_kept();
"""
    for table in _KEPT
)


class Migration(migrations.Migration):
    """Who reads a finding, who judges it, and that nobody rewrites it: the database holds it."""

    replaces = [
        ("oversight", "0002_findings_are_locked"),
        ("oversight", "0006_findings_for_the_board"),
        ("oversight", "0008_many_findings_are_read_quickly"),
    ]
    dependencies = [("oversight", "0003_what_every_lock_asks")]

    operations = [
        migrations.RunSQL(_SEEN + _JUDGED + _SET + _ASSENT + _STAY, migrations.RunSQL.noop)
    ]
