from django.db import migrations

_ADDED_ONLY = (
    "consent_removal",
    "consent_recordedpupil",
    "consent_recordingterm",
    "consent_noticeconfirmation",
)
_KEPT = (
    "consent_publication",
    "consent_publishedpupil",
    "consent_takedown",
    "consent_recording",
    "consent_filmingrequest",
    "consent_picturenotice",
)

FORWARD = """
-- What is published was checked for the same thing, and is something that may be shown at all:
-- pictures that are only made, lesson recordings and other parents' films are published by nobody.
create function publication_fits_together() returns trigger language plpgsql as $$
begin
    if not exists (
        select from consent_check c
        join consent_purpose p on p.id = c.purpose_id
        join consent_purposetext t on t.id = c.text_id
        where c.id = new.check_made_id and c.school_id = new.school_id
          and c.purpose_id = new.purpose_id and c.text_id = new.text_id
          and p.channel not in ('pictures', 'recording', 'filming')
          and (p.channel <> 'other' or t.is_publication)
    ) then
        raise exception 'a publication fits its check' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger publication_fits_together before insert on consent_publication
    for each row execute function publication_fits_together();
create function published_pupil_was_checked() returns trigger language plpgsql as $$
begin
    if not exists (
        select from consent_publication p
        join consent_checkedpupil c on c.check_made_id = p.check_made_id
        where p.id = new.publication_id and c.pupil_id = new.pupil_id
    ) then
        raise exception 'a published pupil was checked' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger published_pupil_was_checked before insert on consent_publishedpupil
    for each row execute function published_pupil_was_checked();

-- What ended, went, was closed, deleted, decided or put in use stays so; nothing else changes.
create function changes_once() returns trigger language plpgsql as $$
declare
    before jsonb := to_jsonb(old);
    after jsonb := to_jsonb(new);
begin
    if before ->> tg_argv[0] is not null
       or before - tg_argv <> after - tg_argv
    then
        raise exception 'this changes once' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger it_changes_once before update on consent_publication
    for each row execute function changes_once('ended_at', 'ended_on', 'ended_by_id');
create trigger it_changes_once before update on consent_publishedpupil
    for each row execute function changes_once('removal_id', 'gone_on');
create trigger it_changes_once before update on consent_takedown
    for each row execute function changes_once('closed_at', 'closed_by_id', 'outcome', 'due_on');
create trigger it_changes_once before update on consent_recording
    for each row execute function changes_once('deleted_at', 'deleted_on', 'deleted_by_id');
create trigger it_changes_once before update on consent_filmingrequest
    for each row execute function changes_once('decided_at', 'decided_by_id', 'decision', 'said');
create trigger it_changes_once before update on consent_picturenotice
    for each row execute function changes_once(
        'in_use_from', 'put_in_use_at', 'put_in_use_by_id', 'text_nl', 'text_en', 'written_by_id',
        'written_at');

-- A threat leaves a day where there was a week: the last day comes sooner, and never later.
create function take_down_only_sooner() returns trigger language plpgsql as $$
begin
    if new.due_on > old.due_on then
        raise exception 'a take-down only comes sooner' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger it_comes_only_sooner before update on consent_takedown
    for each row execute function take_down_only_sooner();

-- A task to take something down tells that somebody said no. So it is for staff of the school that
-- published, for who keeps the pupil's consent, and (an own no makes one) for the family.
alter table consent_takedown enable row level security;
create policy consent_takedown_all on consent_takedown using (
    (select consent_is_job())
    or exists (
        select from consent_publishedpupil i join consent_publication p on p.id = i.publication_id
        where i.id = consent_takedown.published_id and (
            p.school_id = any ((select consent_workplaces())::uuid[])
            or i.pupil_id = any ((select consent_kept_pupils())::uuid[])
            or i.pupil_id = any ((select consent_own_children())::uuid[])
            or i.pupil_id = (select consent_as_pupil())))
);

-- Proofs of removal: for staff of the school of that publication.
alter table consent_removal enable row level security;
create policy consent_removal_seen on consent_removal for select
    using (school_id = any ((select consent_workplaces())::uuid[]));
create policy consent_removal_added on consent_removal for insert with check (
    done_by_id = (select portal_user())
    and school_id = any ((select consent_workplaces())::uuid[])
    and exists (select from consent_publication p
                where p.id = publication_id and p.school_id = consent_removal.school_id)
);
create policy consent_removal_changed on consent_removal for update
    using (false) with check (false);

-- Which of these sealed files a removal names: past row-level security, for the sweep. It tells a
-- random name that was known already, and nothing of whose it is.
create function removal_files_in_use(names uuid[]) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select r.blob from consent_removal r where r.blob = any (names)
$$;
revoke all on function removal_files_in_use(uuid[]) from public;

-- Who asks to film, and the school's administration: never about the own question.
alter table consent_filmingrequest enable row level security;
create policy consent_filmingrequest_seen on consent_filmingrequest for select using (
    parent_id in
        (select id from students_parent where user_id = (select portal_user()))
    or school_id = any ((select consent_kept_schools())::uuid[])
);
create policy consent_filmingrequest_added on consent_filmingrequest for insert with check (
    parent_id in
        (select id from students_parent where user_id = (select portal_user())) and asked_by_id = (select portal_user())
    and decision = ''
);
create policy consent_filmingrequest_changed on consent_filmingrequest for update
    using (school_id = any ((select consent_kept_schools())::uuid[])
           and parent_id not in
               (select id from students_parent where user_id = (select portal_user())))
    with check (decided_by_id = (select portal_user()));
"""
FORWARD += "".join(
    f"""
create trigger nothing_is_changed before update on {table}
    for each row execute function consent_is_only_added();
"""
    for table in _ADDED_ONLY
)
FORWARD += "".join(
    f"""
create trigger nothing_is_deleted before delete on {table}
    for each row execute function consent_is_kept();
"""
    for table in (*_ADDED_ONLY, *_KEPT)
)


class Migration(migrations.Migration):
    """What was published, recorded, asked and confirmed ends; it is never rewritten."""

    replaces = [
        ("consent", "0016_pictures_are_kept"),
        ("consent", "0017_a_threat_hurries"),
        ("consent", "0018_take_downs_are_locked"),
    ]
    dependencies = [("consent", "0009_letters_are_locked")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
