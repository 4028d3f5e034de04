from django.db import migrations

_RIGHTLY = """
-- As in 0003; what holds by itself is placed and lifted by a job alone: no person could lift it, and
-- the web login acts for nobody but persons.
create or replace function hold_is_handled_rightly() returns trigger language plpgsql as $$
declare
    dossier dossiers_dossier%rowtype;
    today date := coalesce(portal_day(), new.starts_on);
    roles text[];
begin
    select * into dossier from dossiers_dossier where id = new.dossier_id;
    if tg_op = 'INSERT' then
        if new.lifted_at is not null or new.review_on > new.starts_on + 366 then
            raise exception 'a hold begins standing, and is looked at in a year'
                using errcode = 'check_violation';
        end if;
        if new.room <> '' then
            if not oversight_is_job() then
                raise exception 'what holds by itself is placed by itself'
                    using errcode = 'check_violation';
            end if;
            return new;
        end if;
        if portal_user() is not null and new.placed_by_id <> portal_user()
           or not new.placed_as = any (retention_roles_at(new.placed_by_id, dossier.school_id, today))
           or retention_is_own_child(new.placed_by_id, dossier.pupil_id)
        then
            raise exception 'a hold is placed by director, privacy officer or FG, for no own child'
                using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if old.lifted_at is not null then
        raise exception 'a lifted hold stays as it is' using errcode = 'check_violation';
    end if;
    if row(new.dossier_id, new.because, new.starts_on, new.ends_on, new.room, new.placed_by_id,
           new.placed_as, new.placed_at, new.words_id)
       is distinct from
       row(old.dossier_id, old.because, old.starts_on, old.ends_on, old.room, old.placed_by_id,
           old.placed_as, old.placed_at, old.words_id)
    then
        raise exception 'a hold is only looked at again and lifted' using errcode = 'check_violation';
    end if;
    if new.room <> '' then
        if not oversight_is_job() then
            raise exception 'what holds by itself ends by itself' using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if new.review_on <> old.review_on and new.review_on > today + 366 then
        raise exception 'a hold is looked at every year' using errcode = 'check_violation';
    end if;
    roles := retention_roles_at(coalesce(new.lifted_by_id, portal_user()), dossier.school_id, today);
    if new.lifted_by_id is not null and (
        portal_user() is not null and new.lifted_by_id <> portal_user()
        or retention_is_own_child(new.lifted_by_id, dossier.pupil_id)
        or old.placed_as = 'fg' and not 'fg' = any (roles)
        or old.placed_as = 'privacy-officer' and not 'privacy-officer' = any (roles)
        or old.placed_as in ('director', 'deputy')
           and not roles && array['director', 'deputy', 'privacy-officer']
    ) then
        raise exception 'a hold is lifted by who may' using errcode = 'check_violation';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    """Neither a person nor the web login places or lifts what holds by itself."""

    dependencies = [
        ("retention", "0026_who_is_back_begins_anew"),
        ("oversight", "0012_a_damaged_report_keeps_no_month"),
    ]

    operations = [migrations.RunSQL(_RIGHTLY, migrations.RunSQL.noop)]
