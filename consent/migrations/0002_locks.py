from django.db import migrations

_MATTERS = (
    "consent_courtorder",
    "consent_objection",
    "consent_safetyblock",
    "consent_unabledecision",
    "consent_unreachabledecision",
)
_ADDED_ONLY = ("consent_answer", "consent_request")

_FUNCTIONS = """
-- Where somebody works today, and where they keep the administration of consent.
create function consent_schools(wanted_roles text[]) returns uuid[] language sql stable as $$
    select array(
        select m.unit_id from access_membership m join access_user u on u.id = m.user_id
        where m.user_id = (select portal_user()) and u.is_active
          and m.role = any (wanted_roles)
          and m.starts_on <= (select portal_day())
          and coalesce(m.ends_on, 'infinity') >= (select portal_day())
    )
$$;
create function consent_workplaces() returns uuid[] language sql stable as $$
    select consent_schools(array['counsellor', 'care-coordinator', 'director', 'deputy',
                                 'school-doctor', 'administrator', 'safeguarding-officer'])
$$;
create function consent_kept_schools() returns uuid[] language sql stable as $$
    select consent_schools(array['director', 'deputy', 'administrator'])
$$;
create function consent_kept_pupils() returns uuid[] language sql stable as $$
    select array(
        select e.pupil_id from students_enrolment e
        where e.school_id = any ((select consent_kept_schools())::uuid[])
          and coalesce(e.ends_on, 'infinity') >= (select portal_day())
    )
$$;
-- A parent who also works here reads nothing about the own child as staff: there stands what the
-- other parent answered. Links withdrawn since count too.
create function consent_own_children() returns uuid[] language sql stable as $$
    select array(
        select h.pupil_id from students_parenthood h join students_parent p on p.id = h.parent_id
        where p.user_id = (select portal_user())
    )
$$;
create function consent_as_parent() returns uuid language sql stable as $$
    select id from students_parent where user_id = (select portal_user())
$$;
create function consent_as_pupil() returns uuid language sql stable as $$
    select id from students_pupil where user_id = (select portal_user())
$$;

-- No answer and no request is ever changed or removed; not by an update, not by a cascade, not by
-- the owner. The retention room replaces this by one that asks for a destruction item.
create function consent_is_only_added() returns trigger language plpgsql as $$
begin
    raise exception 'answers and requests are only added' using errcode = 'insufficient_privilege';
end $$;
create function consent_is_kept() returns trigger language plpgsql as $$
begin
    raise exception 'what was recorded about consent is ended, never deleted'
        using errcode = 'insufficient_privilege';
end $$;

-- A request asks about a pupil of the school's board, a text of its purpose that was put in use,
-- and somebody of that pupil.
create function request_fits_together() returns trigger language plpgsql as $$
begin
    if not exists (
        select from consent_purposetext t
        join consent_purpose p on p.id = t.purpose_id
        join students_school s on s.board_id = p.board_id
        where t.id = new.text_id and t.purpose_id = new.purpose_id and s.unit_id = new.school_id
          and t.in_use_from is not null
    ) or not exists (
        select from students_enrolment e
        where e.pupil_id = new.pupil_id and e.school_id = new.school_id
    ) or new.parent_id is not null and not exists (
        select from students_parenthood h
        where h.parent_id = new.parent_id and h.pupil_id = new.pupil_id and h.withdrawn_at is null
    ) or new.representative_id is not null and not exists (
        select from students_representative r
        where r.id = new.representative_id and r.pupil_id = new.pupil_id
    ) then
        raise exception 'a request fits its pupil, school, text and person'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;

-- An answer says the same as its request about whose it is and for which days, and comes from
-- somebody entitled on that day: a parent with authority, a representative by a court's
-- decision, a pupil from 12. The rule asks again, on the day that is looked at.
create function answer_is_given_rightly() returns trigger language plpgsql as $$
declare
    asked consent_request%rowtype;
    given_on date := (new.answered_at at time zone 'Europe/Amsterdam')::date;
begin
    select * into asked from consent_request where id = new.request_id;
    if row(asked.pupil_id, asked.school_id, asked.purpose_id, asked.text_id, asked.answers_as,
           asked.parent_id, asked.representative_id, asked.counts_from, asked.counts_until)
       is distinct from
       row(new.pupil_id, new.school_id, new.purpose_id, new.text_id, new.answers_as,
           new.parent_id, new.representative_id, new.counts_from, new.counts_until)
    then
        raise exception 'an answer says whose it is as its request does'
            using errcode = 'check_violation';
    end if;
    if new.answers_as = 'parent' and not exists (
        select from students_parenthood h join students_authority a on a.parenthood_id = h.id
        where h.parent_id = new.parent_id and h.pupil_id = new.pupil_id and h.withdrawn_at is null
          and a.value = 'yes' and a.starts_on <= given_on
          and coalesce(a.ends_on, 'infinity') >= given_on
    ) or new.answers_as = 'representative' and not exists (
        select from students_representative r
        where r.id = new.representative_id and r.pupil_id = new.pupil_id
          and r.starts_on <= given_on and coalesce(r.ends_on, 'infinity') >= given_on
    ) or new.answers_as = 'pupil' and not exists (
        select from students_pupil p
        where p.id = new.pupil_id
          and p.birth_date + interval '12 years' <= greatest(given_on, new.counts_from)
    ) then
        raise exception 'an answer comes from somebody entitled'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;

-- A text in use is what people signed.
create function a_used_text_never_changes() returns trigger language plpgsql as $$
begin
    if old.in_use_from is not null then
        raise exception 'a text in use never changes: write another version'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger a_used_text_never_changes before update on consent_purposetext
    for each row execute function a_used_text_never_changes();

-- What was lifted or ended stays so, and nothing else of a matter changes.
create function a_matter_only_ends() returns trigger language plpgsql as $$
declare
    before jsonb := to_jsonb(old);
    after jsonb := to_jsonb(new);
    open_columns text[] := array['lifted_on', 'lifted_sealed', 'lifted_by_id', 'lifted_at',
                                 'ends_on', 'ended_by_id', 'ended_at'];
begin
    if coalesce(before ->> 'lifted_at', before ->> 'ended_at') is not null
       or before - open_columns <> after - open_columns
       or coalesce((after ->> 'ends_on')::date, 'infinity')
          > coalesce((before ->> 'ends_on')::date, 'infinity')
    then
        raise exception 'a matter can only be ended' using errcode = 'check_violation';
    end if;
    return new;
end $$;

-- The engine of effective answers. Whoever works at the school, or is family of the pupil, learns
-- what holds; for that the rule needs every answer. Pages show answers from the table itself,
-- behind its policies.
create function consent_answers(wanted_pupils uuid[], wanted_school uuid, wanted_purposes uuid[])
returns table (pupil_id uuid, purpose_id uuid, answers_as varchar, parent_id uuid,
               representative_id uuid, said varchar, answered_at timestamptz, text_id uuid,
               counts_from date, counts_until date)
language sql stable security definer set search_path = public, pg_temp as $$
    select a.pupil_id, a.purpose_id, a.answers_as, a.parent_id, a.representative_id, a.said,
           a.answered_at, a.text_id, a.counts_from, a.counts_until
    from consent_answer a
    where a.pupil_id = any (wanted_pupils) and a.school_id = wanted_school
      and a.purpose_id = any (wanted_purposes)
      and (wanted_school = any ((select consent_workplaces())::uuid[])
           or a.pupil_id = any ((select consent_own_children())::uuid[])
           or a.pupil_id = (select consent_as_pupil()))
$$;
create function consent_matters(wanted_pupils uuid[], wanted_school uuid)
returns table (kind text, pupil_id uuid, purpose_id uuid, parent_id uuid, is_yes boolean,
               decided_on date, starts_on date, ends_on date)
language sql stable security definer set search_path = public, pg_temp as $$
    select m.* from (
        select 'order', o.pupil_id, o.purpose_id, null::uuid, o.is_yes, o.decided_on, o.starts_on,
               o.ends_on
        from consent_courtorder o where o.pupil_id = any (wanted_pupils)
        union all
        select 'objection', o.pupil_id, o.purpose_id, null, null, null, o.starts_on, o.lifted_on
        from consent_objection o
        where o.pupil_id = any (wanted_pupils) and o.school_id = wanted_school
        union all
        select 'block', b.pupil_id, null, null, null, null, b.starts_on, b.lifted_on
        from consent_safetyblock b where b.pupil_id = any (wanted_pupils)
        union all
        select 'unable', u.pupil_id, u.purpose_id, null, null, null, u.starts_on, u.ends_on
        from consent_unabledecision u
        where u.pupil_id = any (wanted_pupils) and u.school_id = wanted_school
        union all
        select 'unreachable', u.pupil_id, u.purpose_id, u.parent_id, null, null, u.starts_on,
               u.ends_on
        from consent_unreachabledecision u
        where u.pupil_id = any (wanted_pupils) and u.school_id = wanted_school
    ) m (kind, pupil_id, purpose_id, parent_id, is_yes, decided_on, starts_on, ends_on)
    where wanted_school = any ((select consent_workplaces())::uuid[])
       or m.pupil_id = any ((select consent_own_children())::uuid[])
       or m.pupil_id = (select consent_as_pupil())
$$;
revoke all on function consent_answers(uuid[], uuid, uuid[]), consent_matters(uuid[], uuid)
    from public;
"""

# Separated parents: one never reads a row of the other. Staff read at their own school, but for
# their own children. Scalar sub-selects are worked out once per statement.
_ANSWERS = """
create trigger answer_is_given_rightly before insert on consent_answer
    for each row execute function answer_is_given_rightly();
create trigger request_fits_together before insert on consent_request
    for each row execute function request_fits_together();
alter table consent_answer enable row level security;
create policy consent_answer_seen on consent_answer for select using (
    parent_id = (select consent_as_parent())
    or (answers_as = 'pupil' and pupil_id = (select consent_as_pupil()))
    or (school_id = any ((select consent_kept_schools())::uuid[])
        and pupil_id <> all ((select consent_own_children())::uuid[]))
);
create policy consent_answer_added on consent_answer for insert with check (
    recorded_by_id = (select portal_user()) and (
        (route = 'online' and (
            parent_id = (select consent_as_parent())
            or (answers_as = 'pupil' and pupil_id = (select consent_as_pupil()))))
        or (route <> 'online'
            and school_id = any ((select consent_kept_schools())::uuid[])
            and pupil_id <> all ((select consent_own_children())::uuid[]))
    )
);
"""
_KEPT = """(
    (school_id = any ((select consent_kept_schools())::uuid[])
     or pupil_id = any ((select consent_kept_pupils())::uuid[]))
    and pupil_id <> all ((select consent_own_children())::uuid[])
)"""
_MATTER = """
alter table {table} enable row level security;
create policy {table}_seen on {table} for select using {kept};
create policy {table}_added on {table} for insert
    with check (recorded_by_id = (select portal_user()) and {added});
create policy {table}_changed on {table} for update using {kept} with check {kept};
create trigger nothing_is_deleted before delete on {table}
    for each row execute function consent_is_kept();
create trigger a_matter_only_ends before update on {table}
    for each row execute function a_matter_only_ends();
"""
# Any member of staff records an objection, also one who may not read it afterwards.
_BY_STAFF = """(
    school_id = any ((select consent_workplaces())::uuid[])
    and pupil_id <> all ((select consent_own_children())::uuid[])
)"""
_ONLY_ADDED = """
create trigger nothing_is_changed before update on {table}
    for each row execute function consent_is_only_added();
create trigger nothing_is_deleted before delete on {table}
    for each row execute function consent_is_only_added();
"""


def _matter(table: str) -> str:
    added = _BY_STAFF if table == "consent_objection" else _KEPT
    return _MATTER.format(table=table, kept=_KEPT, added=added)


FORWARD = (
    _FUNCTIONS
    + _ANSWERS
    + "".join(_matter(table) for table in _MATTERS)
    + "".join(_ONLY_ADDED.format(table=table) for table in _ADDED_ONLY)
)


class Migration(migrations.Migration):
    """The second lock: one parent's answer is hidden from the other by the database itself."""

    dependencies = [
        ("consent", "0001_initial"),
        ("students", "0001_initial"),
        ("access", "0002_who_and_when"),
    ]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
