from django.db import migrations

_HOLDS = """
-- Who places or lifts a hold may do so that day, for no own child; a hold of the FG is lifted by the
-- FG, one of the privacy officer by a privacy officer. What holds by itself is placed and lifted by a
-- job alone: no person could lift it, and the web login acts for nobody but persons.
create function hold_is_handled_rightly() returns trigger language plpgsql as $$
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
create trigger hold_is_handled_rightly before insert or update on retention_hold
    for each row execute function hold_is_handled_rightly();
-- Nobody dates what they decide.
create trigger a_clock_says_when before insert or update on retention_hold
    for each row execute function oversight_is_of_now('placed_at', 'lifted_at');
create trigger a_clock_says_when before insert or update on retention_holdreview
    for each row execute function oversight_is_of_now('reviewed_at');
"""

_WORDS = """
-- Why a hold stands is read where it may be placed, and never about an own child.
create function retention_readable_dossiers() returns setof uuid language sql stable as $$
    select d.id from dossiers_dossier d
    where d.id in (select w.dossier_id from retention_hold w)
      and retention_roles_at((select portal_user()), d.school_id, (select portal_day())) <> '{}'
      and not retention_is_own_child((select portal_user()), d.pupil_id)
$$;
alter table retention_holdwords enable row level security;
create policy retention_holdwords_seen on retention_holdwords for select
    using (dossier_id in (select retention_readable_dossiers()));
create policy retention_holdwords_changed on retention_holdwords for update
    using (false) with check (false);
create policy retention_holdwords_added on retention_holdwords for insert with check (
    written_by_id = (select portal_user())
    and exists (
        select from dossiers_dossier d
        where d.id = dossier_id
          and retention_roles_at((select portal_user()), d.school_id, (select portal_day())) <> '{}'
          and not retention_is_own_child((select portal_user()), d.pupil_id)
    )
);

-- A question that nobody answered yet holds the dossier it is about. Past row-level security, for
-- lists and jobs: that it is open, not who asked it, about whom, or what. It gives keys of headers,
-- which every lister sees anyway.
create function dossiers_with_open_questions() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select d.id from oversight_lookquestion q
    join dossiers_dossier d on d.pupil_id = q.pupil_id and d.school_id = q.school_id
    where q.answered_at is null
$$;
revoke all on function dossiers_with_open_questions() from public;
"""

_KEPT = """
-- Nothing of a dossier goes but through an approved item, and nothing of a held one at all: not by
-- the web login, not by the worker, not by a cascade, not in a shell. Holds and erasures ask it row
-- by row, as nobody knows that a hold stood once it is gone; all else by the statement (0015).
create function only_an_approved_item_destroys() returns trigger language plpgsql as $$
declare
    wanted uuid;
    wanted_kind text := tg_argv[1];
begin
    if tg_argv[0] = 'itself' then
        wanted := old.id;
    elsif tg_argv[0] = 'of dossier' then
        wanted := old.dossier_id;
    elsif tg_argv[0] = 'part' then
        wanted := old.dossier_id;
        wanted_kind := retention_kind_of(old.kind);
    elsif tg_argv[0] = 'of hold' then
        select h.dossier_id into wanted from retention_hold h where h.id = old.hold_id;
    else
        select p.dossier_id, retention_kind_of(p.kind) into wanted, wanted_kind
        from dossiers_dossierpart p where p.id = old.part_id;
    end if;
    if retention_is_held(wanted) then
        raise exception 'a held dossier is destroyed by nobody'
            using errcode = 'insufficient_privilege';
    end if;
    if wanted is null or not retention_item_stands(wanted, wanted_kind) then
        raise exception 'a dossier is only destroyed through an approved destruction list'
            using errcode = 'insufficient_privilege';
    end if;
    return old;
end $$;
create trigger nothing_is_deleted before delete on retention_hold
    for each row execute function only_an_approved_item_destroys('of dossier', 'administration');
create trigger nothing_is_deleted before delete on retention_holdwords
    for each row execute function only_an_approved_item_destroys('of dossier', 'administration');
create trigger nothing_is_deleted before delete on retention_holdreview
    for each row execute function only_an_approved_item_destroys('of hold', 'administration');

-- Who is held keeps its name and its parents, and its stays at that school: those at another school
-- of the board are that school's administration, and end with it.
create function a_held_pupil_is_kept() returns trigger language plpgsql as $$
declare
    is_held boolean;
begin
    if tg_table_name = 'students_pupil' then
        is_held := retention_pupil_is_held(old.id);
    elsif tg_table_name = 'students_parent' then
        is_held := exists (
            select from students_parenthood h
            where h.parent_id = old.id and retention_pupil_is_held(h.pupil_id)
        );
    elsif tg_table_name = 'students_enrolment' then
        is_held := exists (
            select from dossiers_dossier d
            where d.pupil_id = old.pupil_id and d.school_id = old.school_id
              and retention_is_held(d.id)
        );
    else
        is_held := retention_pupil_is_held(old.pupil_id);
    end if;
    if is_held then
        raise exception 'a held dossier is destroyed by nobody'
            using errcode = 'insufficient_privilege';
    end if;
    return old;
end $$;
create trigger a_held_pupil_is_kept before delete on students_pupil
    for each row execute function a_held_pupil_is_kept();
create trigger a_held_pupil_is_kept before delete on students_enrolment
    for each row execute function a_held_pupil_is_kept();
create trigger a_held_pupil_is_kept before delete on students_parenthood
    for each row execute function a_held_pupil_is_kept();
create trigger a_held_pupil_is_kept before delete on students_parent
    for each row execute function a_held_pupil_is_kept();

-- A kind of record ends by an item, or nobody could hide a dossier from the lists.
create function only_an_approved_item_ends() returns trigger language plpgsql as $$
begin
    if not retention_item_stands(new.dossier_id, new.kind) then
        raise exception 'a kind of record only ends through an approved destruction list'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger only_an_approved_item_ends before insert or update on retention_endedkind
    for each row execute function only_an_approved_item_ends();
"""


class Migration(migrations.Migration):
    """What is held is destroyed by nobody; its words are locked."""

    replaces = [
        ("retention", "0004_questions_hold"),
        ("retention", "0027_rooms_place_their_own_holds"),
    ]
    dependencies = [
        ("retention", "0005_terms_are_locked"),
        ("oversight", "0005_looks_and_reports_are_locked"),
    ]

    operations = [migrations.RunSQL(_HOLDS + _WORDS + _KEPT, migrations.RunSQL.noop)]
