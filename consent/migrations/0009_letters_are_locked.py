from django.db import migrations

_LETTERS = """
alter table consent_letterrun enable row level security;
create policy consent_letterrun_seen on consent_letterrun for select using (
    school_id = any ((select consent_kept_schools())::uuid[]) or (select consent_is_job())
);
create policy consent_letterrun_added on consent_letterrun for insert with check (
    started_by_id = (select portal_user())
    and school_id = any ((select consent_kept_schools())::uuid[])
);
create policy consent_letterrun_changed on consent_letterrun for update using (
    started_by_id = (select portal_user())
    and school_id = any ((select consent_kept_schools())::uuid[])
);
create trigger nothing_is_deleted before delete on consent_letterrun
    for each row execute function consent_is_kept();

-- The letters themselves are for who had them made: a colleague may be a parent of one of the
-- pupils, and must not find the other parent's code. A job throws away what nobody fetched.
alter table consent_letterfile enable row level security;
create policy consent_letterfile_seen on consent_letterfile for select using (
    (select consent_is_job())
    or exists (
        select from consent_letterrun r
        where r.id = run_id and r.started_by_id = (select portal_user()))
);
create policy consent_letterfile_added on consent_letterfile for insert with check (
    exists (
        select from consent_letterrun r
        where r.id = run_id and r.started_by_id = (select portal_user()))
);
create policy consent_letterfile_changed on consent_letterfile for update using (
    (select consent_is_job())
    or exists (
        select from consent_letterrun r
        where r.id = run_id and r.started_by_id = (select portal_user()))
);
create trigger nothing_is_deleted before delete on consent_letterfile
    for each row execute function consent_is_kept();

-- Letters go once; they never come back, and never become other ones.
create function letters_only_go() returns trigger language plpgsql as $$
begin
    if old.sealed is null or new.sealed is not null
       or row(old.id, old.run_id, old.number, old.people, old.made_at)
          is distinct from row(new.id, new.run_id, new.number, new.people, new.made_at)
    then
        raise exception 'letters only go' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger letters_only_go before update on consent_letterfile
    for each row execute function letters_only_go();
"""

_SENDINGS = """
-- Staff see to whom something was sent, but not to the other parent of their own child.
alter table consent_sending enable row level security;
create policy consent_sending_seen on consent_sending for select using (
    (select consent_is_job())
    or parent_id = any ((select consent_as_parents())::uuid[])
    or pupil_id = (select consent_as_pupil())
    or (school_id = any ((select consent_asking_schools())::uuid[])
        and coalesce(pupil_id <> all ((select consent_own_children())::uuid[]), true)
        and not exists (
            select from students_parenthood h
            where h.parent_id = consent_sending.parent_id
              and h.pupil_id = any ((select consent_own_children())::uuid[])))
);
create policy consent_sending_added on consent_sending for insert with check (
    sent_by_id is not distinct from (select portal_user())
    and school_id = any ((select consent_asking_schools())::uuid[])
);
create trigger nothing_is_changed before update on consent_sending
    for each row execute function consent_is_only_added();
create trigger nothing_is_deleted before delete on consent_sending
    for each row execute function consent_is_only_added();
"""


class Migration(migrations.Migration):
    """Letters are for who had them made; what was sent was sent."""

    replaces = [("consent", "0013_sendings")]
    dependencies = [("consent", "0008_checks_codes_and_scans_are_locked")]

    operations = [migrations.RunSQL(_LETTERS + _SENDINGS, migrations.RunSQL.noop)]
