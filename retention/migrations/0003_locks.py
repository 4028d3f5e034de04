from django.db import migrations

_FUNCTIONS = """
-- The same day some years later; of 29 February, in other years, 1 March (rules/due.py).
create function retention_anniversary(day date, years integer) returns date
language sql immutable as $$
    select case when to_char(day, 'MMDD') = '0229'
        then ((day - 1) + make_interval(years => years))::date + 1
        else (day + make_interval(years => years))::date end
$$;

-- The day from which a term runs for who left on `last_day`.
create function retention_began(last_day date, starts text) returns date
language sql immutable as $$
    select case when starts = 'left' then last_day
        else make_date(
            extract(year from last_day)::int + (extract(month from last_day) > 7)::int, 7, 31)
        end
$$;

-- Whether an approved destruction item that cooled off names this kind of record of this dossier.
-- Until there are lists nothing is destroyed: the rooms' lists replace this body, not its callers.
create function retention_item_stands(wanted_dossier uuid, wanted_kind text) returns boolean
language sql stable as $$ select false $$;

-- A hold that ends by itself ends by the earlier of two clocks: neither is set forward to end it.
create function retention_is_held(wanted_dossier uuid) returns boolean
language sql stable as $$
    select exists (
        select from retention_hold h
        where h.dossier_id = wanted_dossier and h.lifted_at is null
          and coalesce(h.ends_on, 'infinity') >= least(current_date, portal_day())
    )
$$;
create function retention_pupil_is_held(wanted_pupil uuid) returns boolean
language sql stable as $$
    select exists (
        select from dossiers_dossier d
        where d.pupil_id = wanted_pupil and retention_is_held(d.id)
    )
$$;
create function retention_kind_of(part_kind text) returns text language sql immutable as $$
    select case when part_kind in ('medical', 'agreements') then part_kind else 'guidance' end
$$;

-- Nothing of a dossier goes but through an approved item, and nothing of a held one at all: not by
-- the web login, not by the worker, not by a cascade, not in a shell.
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

-- Who is held keeps its name, its stays and its parents too.
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
    else
        is_held := retention_pupil_is_held(old.pupil_id);
    end if;
    if is_held then
        raise exception 'a held dossier is destroyed by nobody'
            using errcode = 'insufficient_privilege';
    end if;
    return old;
end $$;

-- A kind of record ends by an item, or nobody could hide a dossier from the lists.
create function only_an_approved_item_ends() returns trigger language plpgsql as $$
begin
    if not retention_item_stands(new.dossier_id, new.kind) then
        raise exception 'a kind of record only ends through an approved destruction list'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;

-- Where somebody may place holds: at the own school, or at every school of the own board.
create function retention_roles_at(wanted_user uuid, wanted_school uuid, on_day date) returns text[]
language sql stable as $$
    select array(
        select m.role from access_membership m
        join students_school s on s.unit_id = wanted_school
        join access_user u on u.id = m.user_id
        where m.user_id = wanted_user and u.is_active
          and (m.unit_id = s.unit_id and m.role in ('director', 'deputy')
               or m.unit_id = s.board_id and m.role in ('privacy-officer', 'fg'))
          and m.starts_on <= on_day and coalesce(m.ends_on, 'infinity') >= on_day
    )
$$;
create function retention_is_own_child(wanted_user uuid, wanted_pupil uuid) returns boolean
language sql stable as $$
    select exists (
        select from students_parenthood h join students_parent p on p.id = h.parent_id
        where h.pupil_id = wanted_pupil and p.user_id = wanted_user and h.withdrawn_at is null
    )
$$;
create function retention_readable_dossiers() returns setof uuid language sql stable as $$
    select d.id from dossiers_dossier d
    where d.id in (select w.dossier_id from retention_hold w)
      and retention_roles_at((select portal_user()), d.school_id, (select portal_day())) <> '{}'
      and not retention_is_own_child((select portal_user()), d.pupil_id)
$$;

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
        if portal_user() is not null then
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

create function term_is_set_rightly() returns trigger language plpgsql as $$
declare
    acts uuid := coalesce(new.approved_by_id, new.withdrawn_by_id, new.proposed_by_id);
    today date := coalesce(portal_day(), new.proposed_at::date);
begin
    if tg_op = 'INSERT' and (new.approved_at is not null or new.withdrawn_at is not null) then
        raise exception 'a term is proposed before it is decided' using errcode = 'check_violation';
    end if;
    if tg_op = 'UPDATE' and (
        old.approved_at is not null or old.withdrawn_at is not null
        or row(new.board_id, new.kind, new.years, new.starts, new.source, new.proposed_by_id,
               new.proposed_at)
           is distinct from
           row(old.board_id, old.kind, old.years, old.starts, old.source, old.proposed_by_id,
               old.proposed_at)
    ) then
        raise exception 'a term is decided once' using errcode = 'check_violation';
    end if;
    if portal_user() is not null and acts <> portal_user() or not exists (
        select from access_membership m
        where m.user_id = acts and m.unit_id = new.board_id
          and m.role in ('privacy-officer', 'board-officer')
          and m.starts_on <= today and coalesce(m.ends_on, 'infinity') >= today
    ) then
        raise exception 'privacy officer and board officer set terms'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
"""

# table: how the row names its dossier, and its kind where the part does not say it
_DESTROYED = {
    "dossiers_dossier": "'itself', 'administration'",
    "dossiers_dossierpart": "'part'",
    "dossiers_othersystemrecord": "'of dossier', 'guidance'",
    "dossiers_note": "'of part'",
    "dossiers_noteversion": "'of part'",
    "dossiers_agreement": "'of part'",
    "dossiers_emergencycardversion": "'of part'",
    "dossiers_file": "'of part'",
    "dossiers_fileversion": "'of part'",
}
_WITH_THE_LAST = {
    "retention_hold": "'of dossier', 'administration'",
    "retention_holdwords": "'of dossier', 'administration'",
    "retention_holdreview": "'of hold', 'administration'",
    "retention_endedkind": "'of dossier', 'administration'",
}
_TRIGGERS = "".join(
    f"drop trigger nothing_is_deleted on {table};\n" for table in _DESTROYED
) + "".join(
    f"create trigger nothing_is_deleted before delete on {table}"
    f" for each row execute function only_an_approved_item_destroys({how});\n"
    for table, how in (_DESTROYED | _WITH_THE_LAST).items()
) + "".join(
    f"create trigger a_held_pupil_is_kept before delete on {table}"
    " for each row execute function a_held_pupil_is_kept();\n"
    for table in ("students_pupil", "students_enrolment", "students_parenthood", "students_parent")
)
_LOCKS = """
create trigger nothing_is_deleted before delete on retention_termchange
    for each row execute function refuse_deletion();
create trigger only_an_approved_item_ends before insert or update on retention_endedkind
    for each row execute function only_an_approved_item_ends();
create trigger hold_is_handled_rightly before insert or update on retention_hold
    for each row execute function hold_is_handled_rightly();
create trigger term_is_set_rightly before insert or update on retention_termchange
    for each row execute function term_is_set_rightly();

-- Why a hold stands is read where it may be placed, and never about an own child.
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
"""


class Migration(migrations.Migration):
    """What is held is destroyed by nobody; a term is set by two; the words of a hold are locked."""

    dependencies = [
        ("retention", "0002_terms_and_holds"),
        ("dossiers", "0012_authors_are_who_writes"),
        ("students", "0007_an_account_of_several_parents"),
        ("access", "0005_the_database_knows_what_was_written"),
    ]

    operations = [migrations.RunSQL(_FUNCTIONS + _TRIGGERS + _LOCKS, migrations.RunSQL.noop)]
