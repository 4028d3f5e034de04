from django.db import migrations, models

_CAME_SINCE = """
-- Whether a version or a file came, since it was approved, to what is to be erased: nobody looked at
-- that. What was only moved keeps the moment at which it came.
create function retention_came_since(wanted uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (
        select from retention_erasure e cross join lateral retention_goes_with(e.id) g
        where e.id = wanted and e.approved_at < case g.what
            when 'note-version' then
                (select v.created_at from dossiers_noteversion v where v.id = g.id)
            when 'file' then (select f.created_at from dossiers_file f where f.id = g.id)
            when 'file-version' then
                (select v.created_at from dossiers_fileversion v where v.id = g.id)
            end)
$$;

-- Then the approval does not count, and it is decided anew; whether that was so.
create function retention_decide_anew(wanted uuid) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update retention_erasure e
    set approved_on = null, approved_at = null, approved_by_id = null,
        reopened_at = clock_timestamp()
    where e.id = wanted and e.approved_on is not null and e.ended = '' and e.outcome = ''
      and retention_came_since(e.id);
    return found;
end $$;
revoke all on function retention_came_since(uuid), retention_decide_anew(uuid) from public;

-- And once it is being erased it takes no version any more, as it takes no file (0019).
create function what_is_erased_takes_no_version() returns trigger language plpgsql as $$
begin
    if exists (
        select from retention_erasure e join retention_ledgerline g on g.item = e.id
        where e.outcome = 'intended'
          and g.keys -> tg_argv[0] ? (to_jsonb(new) ->> (tg_argv[0] || '_id'))
    ) then
        raise exception 'this is being erased' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger what_is_erased_takes_no_version before insert on dossiers_noteversion
    for each row execute function what_is_erased_takes_no_version('note');
create trigger what_is_erased_takes_no_version before insert on dossiers_fileversion
    for each row execute function what_is_erased_takes_no_version('file');
"""

_WHO = """
-- As in 0010; a whole day lies between the approval and the first step.
create or replace function retention_erasure_stands(wanted uuid) returns boolean language sql stable as $$
    select exists (
        select from retention_ledgerline g
        where g.item = wanted and g.keys ? 'erasure' and (
            not retention_is_held((g.keys -> 'dossier' ->> 0)::uuid) and exists (
                select from retention_erasure e
                where e.id = wanted and e.outcome in ('intended', 'sealed')
                  and e.approved_on + 1 < least(current_date + 1, portal_day()))
            or retention_is_owner() and not exists (
                select from retention_erasure e where e.id = wanted and e.outcome <> ''))
    )
$$;

-- As in 0010. Who approved takes it back too; what came since is decided anew.
create or replace function erasure_is_handled_rightly() returns trigger language plpgsql as $$
declare
    proposes text[] := array['director', 'deputy'];
    decides text[] := array['board-officer', 'privacy-officer'];
    may boolean := true;
    is_anew boolean := false;
begin
    if tg_op = 'INSERT' then
        if new.approved_on is not null or new.ended <> '' or new.outcome <> ''
           or new.reopened_at is not null then
            raise exception 'an erasure begins as a request' using errcode = 'check_violation';
        end if;
        if portal_user() is not null and new.proposed_by_id <> portal_user()
           or new.received_on > new.proposed_on
           or not retention_is_of_today(new.proposed_on)
           or not retention_erasure_role(
               new.proposed_by_id, new.dossier_id, new.proposed_on, proposes,
               array['privacy-officer'])
           or portal_user() is not null and not exists (
               select from retention_place_of(new.sort, new.target) p
               where p.dossier_id = new.dossier_id and p.part_kind = new.part_kind)
        then
            raise exception 'director or privacy officer asks, for no own child'
                using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if new.reopened_at is distinct from old.reopened_at then
        is_anew := portal_user() is null and old.outcome = '' and new.outcome = ''
            and old.ended = '' and new.ended = '' and old.approved_on is not null
            and new.approved_on is null and new.reopened_at is not null;
        if not is_anew or not retention_came_since(old.id) then
            raise exception 'it is decided anew when something came to it'
                using errcode = 'check_violation';
        end if;
    end if;
    if row(new.dossier_id, new.sort, new.target, new.part_kind, new.asker, new.because,
           new.received_on, new.words_id, new.proposed_by_id, new.proposed_on, new.proposed_at)
       is distinct from
       row(old.dossier_id, old.sort, old.target, old.part_kind, old.asker, old.because,
           old.received_on, old.words_id, old.proposed_by_id, old.proposed_on, old.proposed_at)
       or old.approved_on is not null and not is_anew
          and row(new.approved_on, new.approved_at, new.approved_by_id)
              is distinct from row(old.approved_on, old.approved_at, old.approved_by_id)
       or old.ended <> ''
       or old.outcome <> '' and new.ended <> ''
       or old.fingerprint <> ''
          and row(new.fingerprint, new.pieces) is distinct from row(old.fingerprint, old.pieces)
    then
        raise exception 'each step of an erasure is taken once' using errcode = 'check_violation';
    end if;
    if new.approved_on is distinct from old.approved_on and not is_anew then
        may := (portal_user() is null or new.approved_by_id = portal_user())
            and retention_is_of_today(new.approved_on)
            and not retention_is_held(new.dossier_id)
            and retention_erasure_role(
                new.approved_by_id, new.dossier_id, new.approved_on, '{}', decides)
            and not retention_erasure_role(
                new.approved_by_id, new.dossier_id, new.approved_on, '{}', array['fg']);
    end if;
    if new.ended <> old.ended then
        may := (portal_user() is null or new.ended_by_id = portal_user())
            and retention_is_of_today(new.ended_on)
            and case new.ended
                when 'refused' then new.approved_on is null
                    and new.ended_by_id <> new.proposed_by_id
                    and retention_erasure_role(
                        new.ended_by_id, new.dossier_id, new.ended_on, '{}', decides)
                    and not retention_erasure_role(
                        new.ended_by_id, new.dossier_id, new.ended_on, '{}', array['fg'])
                else retention_erasure_role(
                    new.ended_by_id, new.dossier_id, new.ended_on, proposes,
                    array['privacy-officer'])
                    or new.ended_by_id = old.approved_by_id and retention_erasure_role(
                        new.ended_by_id, new.dossier_id, new.ended_on, '{}', decides)
                end;
    end if;
    if new.outcome <> old.outcome then
        may := case
            when old.outcome = '' then new.outcome = 'gone' or new.outcome = 'intended'
                and new.approved_on + 1 < least(current_date + 1, portal_day())
                and not retention_is_held(new.dossier_id) and not retention_came_since(new.id)
            else (old.outcome, new.outcome) in (('intended', 'sealed'), ('sealed', 'done'))
            end;
    end if;
    if not may then
        raise exception 'this step of an erasure is not this person''s, or comes too early'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    """What came since it was approved is decided anew; who approved by a slip has a day."""

    dependencies = [("retention", "0023_a_hold_is_of_one_school")]

    operations = [
        migrations.AddField("erasure", "reopened_at", models.DateTimeField(null=True)),
        migrations.RunSQL(_CAME_SINCE + _WHO, migrations.RunSQL.noop),
    ]
