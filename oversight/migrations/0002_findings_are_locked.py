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

FORWARD = """
-- A job has no person; neither has a visitor, but a visitor comes over the web login.
create function oversight_is_job() returns boolean language sql stable as $$
    select (select portal_user()) is null and session_user <> 'portal_web'
$$;
-- Where somebody holds one of these roles today: of a board, at its schools too.
create function oversight_units(wanted_roles text[]) returns uuid[] language sql stable as $$
    select array(
        select u.id from access_membership m
        join access_user p on p.id = m.user_id
        join access_unit u on u.id = m.unit_id or u.parent_id = m.unit_id
        where m.user_id = (select portal_user()) and p.is_active
          and m.role = any (wanted_roles)
          and m.starts_on <= (select portal_day())
          and coalesce(m.ends_on, 'infinity') >= (select portal_day())
    )
$$;
create function oversight_supervised() returns uuid[] language sql stable as $$
    select oversight_units(array['director', 'deputy', 'board-officer', 'privacy-officer', 'fg'])
$$;
create function oversight_directed() returns uuid[] language sql stable as $$
    select oversight_units(array['director', 'deputy', 'board-officer'])
$$;
-- Links withdrawn since count too, as in the log.
create function oversight_own_children() returns uuid[] language sql stable as $$
    select array(
        select c.log_key from students_parenthood h
        join students_parent p on p.id = h.parent_id
        join students_pupil c on c.id = h.pupil_id
        where p.user_id = (select portal_user())
    )
$$;

-- What was found, judged and said stays as it was.
create function oversight_is_only_added() returns trigger language plpgsql as $$
begin
    raise exception 'findings and judgements are only added' using errcode = 'insufficient_privilege';
end $$;
create function oversight_is_kept() returns trigger language plpgsql as $$
begin
    raise exception 'findings and judgements are kept' using errcode = 'insufficient_privilege';
end $$;

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

-- Of a rule a row belongs to the finding of that rule.
create function a_row_has_the_rule_of_its_finding() returns trigger language plpgsql as $$
begin
    if not exists (
        select from oversight_finding f where f.id = new.finding_id and f.rule = new.rule
    ) then
        raise exception 'a row has the rule of its finding' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger a_row_has_the_rule_of_its_finding before insert on oversight_findingrow
    for each row execute function a_row_has_the_rule_of_its_finding();

-- Nobody judges about themselves or their own child; about who keeps the dossiers of that school,
-- or serves the board, the board officer judges alone.
create function a_judgement_is_given_rightly() returns trigger language plpgsql as $$
declare
    judged oversight_finding%rowtype;
    board uuid;
    is_of_the_board boolean;
begin
    select * into judged from oversight_finding where id = new.finding_id;
    select coalesce(u.parent_id, u.id) into board from access_unit u where u.id = judged.unit_id;
    is_of_the_board := judged.unit_id = board or exists (
        select from access_membership m
        where m.user_id = judged.person_id
          and (m.unit_id = judged.unit_id and m.role in ('director', 'deputy')
               or m.unit_id = board and m.role in ('board-officer', 'privacy-officer', 'fg'))
          and m.starts_on <= portal_day() and coalesce(m.ends_on, 'infinity') >= judged.day
    );
    if judged.id is null
       or judged.person_id = new.judged_by_id
       or exists (
            select from students_parenthood h
            join students_parent p on p.id = h.parent_id
            join students_pupil c on c.id = h.pupil_id
            where p.user_id = new.judged_by_id and c.log_key = any (judged.subjects))
       or not exists (
            select from access_membership m join access_user u on u.id = m.user_id
            where m.user_id = new.judged_by_id and u.is_active
              and m.starts_on <= portal_day() and coalesce(m.ends_on, 'infinity') >= portal_day()
              and (m.unit_id = board and m.role = 'board-officer'
                   or not is_of_the_board
                      and m.unit_id = judged.unit_id and m.role in ('director', 'deputy')))
    then
        raise exception 'a judgement is given by whoever may judge'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger a_judgement_is_given_rightly before insert on oversight_judgement
    for each row execute function a_judgement_is_given_rightly();

alter table oversight_finding enable row level security;
create policy oversight_finding_seen on oversight_finding for select using (
    person_id = (select portal_user())
    or (unit_id = any ((select oversight_supervised())::uuid[])
        and not subjects && (select oversight_own_children())::uuid[])
    or (select oversight_is_job())
);
create policy oversight_finding_added on oversight_finding for insert
    with check ((select oversight_is_job()));

alter table oversight_findingrow enable row level security;
create policy oversight_findingrow_seen on oversight_findingrow for select
    using (exists (select from oversight_finding f where f.id = finding_id));
create policy oversight_findingrow_added on oversight_findingrow for insert
    with check ((select oversight_is_job()));

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

-- Whoever works at the school may know that its staff section agreed, and when.
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
create policy oversight_assent_changed on oversight_assent for update
    using (school_id = any ((select oversight_directed())::uuid[]))
    with check (withdrawn_by_id = (select portal_user()));
"""
FORWARD += "".join(
    f"""
create trigger nothing_is_changed before update on {table}
    for each row execute function oversight_is_only_added();
"""
    for table in _ADDED_ONLY
)
FORWARD += "".join(
    f"""
create trigger nothing_is_deleted before delete on {table}
    for each row execute function oversight_is_kept();
"""
    for table in _KEPT
)


class Migration(migrations.Migration):
    """Who reads a finding, who judges it, and that nobody rewrites it: the database holds it."""

    dependencies = [
        ("oversight", "0001_findings"),
        ("students", "0007_an_account_of_several_parents"),
    ]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
