from django.db import migrations

_CHECKS = """
-- A check is proof: what was found then stays as it was.
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

_CODES = """
-- A code that was used or withdrawn stays so; tries are only added. A replayed code opens nothing,
-- whatever the application forgets.
create function a_code_is_used_once() returns trigger language plpgsql as $$
begin
    if old.used_at is not null or old.withdrawn_at is not null or new.tries < old.tries
       or new.secret_hash <> old.secret_hash or new.expires_on <> old.expires_on
    then
        raise exception 'a code is used once' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger a_code_is_used_once before update on consent_code
    for each row execute function a_code_is_used_once();
create trigger nothing_is_deleted before delete on consent_code
    for each row execute function consent_is_kept();

-- A code can be made and renewed by a job, which has no person.
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

_SCANS = """
-- A scan is of a pupil of that school, and what it is never changes: it can be withdrawn, once.
create function scan_stands_rightly() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if to_jsonb(new) - array['withdrawn_at', 'withdrawn_by_id']
           <> to_jsonb(old) - array['withdrawn_at', 'withdrawn_by_id']
           or old.withdrawn_at is not null
        then
            raise exception 'a scan can only be withdrawn, once' using errcode = 'check_violation';
        end if;
    elsif not exists (
        select from students_enrolment e
        where e.pupil_id = new.pupil_id and e.school_id = new.school_id
    ) then
        raise exception 'a scan is of a pupil of its school' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger scan_stands_rightly before insert or update on consent_scan
    for each row execute function scan_stands_rightly();
create function scanned_answer_fits() returns trigger language plpgsql as $$
begin
    if not exists (
        select from consent_scan s join consent_answer a
            on a.pupil_id = s.pupil_id and a.school_id = s.school_id
        where s.id = new.scan_id and a.id = new.answer_id and a.route <> 'online'
    ) then
        raise exception 'a scan shows answers on paper of its own pupil'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger scanned_answer_fits before insert on consent_scannedanswer
    for each row execute function scanned_answer_fits();

-- As with answers: the administration of the school, and nobody about an own child.
alter table consent_scan enable row level security;
create policy consent_scan_seen on consent_scan for select using (
    school_id = any ((select consent_kept_schools())::uuid[])
    and pupil_id <> all ((select consent_own_children())::uuid[])
);
create policy consent_scan_added on consent_scan for insert with check (
    added_by_id = (select portal_user())
    and school_id = any ((select consent_kept_schools())::uuid[])
    and pupil_id <> all ((select consent_own_children())::uuid[])
);
create policy consent_scan_changed on consent_scan for update using (
    school_id = any ((select consent_kept_schools())::uuid[])
    and pupil_id <> all ((select consent_own_children())::uuid[])
) with check (
    school_id = any ((select consent_kept_schools())::uuid[])
    and pupil_id <> all ((select consent_own_children())::uuid[])
);
create trigger nothing_is_deleted before delete on consent_scan
    for each row execute function consent_is_kept();
-- Which answers stand on it, for who sees the scan.
alter table consent_scannedanswer enable row level security;
create policy consent_scannedanswer_seen on consent_scannedanswer for select
    using (exists (select from consent_scan s where s.id = scan_id));
create policy consent_scannedanswer_added on consent_scannedanswer for insert
    with check (exists (select from consent_scan s where s.id = scan_id));

-- Which of these sealed files a scan names: past row-level security, for the sweep. It tells a
-- random name that was known already, and nothing of whose it is.
create function scans_in_use(names uuid[]) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select s.blob from consent_scan s where s.blob = any (names)
$$;
revoke all on function scans_in_use(uuid[]) from public;
"""
_ONLY_ADDED = "".join(
    f"""
create trigger nothing_is_changed before update on {table}
    for each row execute function consent_is_only_added();
create trigger nothing_is_deleted before delete on {table}
    for each row execute function consent_is_only_added();
"""
    for table in ("consent_check", "consent_checkedpupil", "consent_scannedanswer")
)


class Migration(migrations.Migration):
    """What was checked stays, a code is used once, and a scan is behind both locks."""

    replaces = [
        ("consent", "0006_checks_are_only_added"),
        ("consent", "0008_a_code_is_used_once"),
    ]
    dependencies = [("consent", "0007_matters_and_what_holds")]

    operations = [
        migrations.RunSQL(_CHECKS + _CODES + _SCANS + _ONLY_ADDED, migrations.RunSQL.noop)
    ]
