from django.db import migrations

_STEPS = """
-- As in 0024. Who takes two steps in one statement may take each; what nobody knows nobody may.
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
        may := may and (portal_user() is null or new.ended_by_id = portal_user())
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
        may := may and case
            when old.outcome = '' then new.outcome = 'gone' or new.outcome = 'intended'
                and new.approved_on + 1 < least(portal_today('5 minutes'), portal_day())
                and not retention_is_held(new.dossier_id) and not retention_came_since(new.id)
            else (old.outcome, new.outcome) in (('intended', 'sealed'), ('sealed', 'done'))
            end;
    end if;
    if may is not true then
        raise exception 'this step of an erasure is not this person''s, or comes too early'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    """Of two steps of an erasure in one statement each is asked."""

    dependencies = [("retention", "0033_a_role_that_ended_keeps_no_account")]

    operations = [migrations.RunSQL(_STEPS, migrations.RunSQL.noop)]
