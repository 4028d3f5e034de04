from django.db import migrations

_MATTERS = (
    "consent_courtorder",
    "consent_objection",
    "consent_safetyblock",
    "consent_unabledecision",
    "consent_unreachabledecision",
)

_ENDS = """
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

_COVERAGE = """
-- Which questions a representative answers is known to the family and where consent is looked at.
alter table consent_ordercoverage enable row level security;
create policy consent_ordercoverage_seen on consent_ordercoverage for select using (
    exists (
        select from students_representative r
        where r.id = representative_id and (
            r.pupil_id = any ((select consent_own_children())::uuid[])
            or r.pupil_id = (select consent_as_pupil())
            or exists (
                select from students_enrolment e
                where e.pupil_id = r.pupil_id
                  and e.school_id = any ((select consent_engine_schools())::uuid[]))))
);
create policy consent_ordercoverage_added on consent_ordercoverage for insert with check (
    recorded_by_id = (select portal_user())
    and exists (
        select from students_representative r
        join students_enrolment e on e.pupil_id = r.pupil_id
        where r.id = representative_id
          and e.school_id = any ((select consent_kept_schools())::uuid[])
          and r.pupil_id <> all ((select consent_own_children())::uuid[]))
);
create policy consent_ordercoverage_changed on consent_ordercoverage for update using (
    exists (
        select from students_representative r
        join students_enrolment e on e.pupil_id = r.pupil_id
        where r.id = representative_id
          and e.school_id = any ((select consent_kept_schools())::uuid[])
          and r.pupil_id <> all ((select consent_own_children())::uuid[]))
);
"""

_ENGINE = """
-- The engine of effective answers. Whoever works at the school, or is family of the pupil, learns
-- what holds; for that the rule needs every answer that was not corrected. Pages show answers from
-- the table itself, behind its policies.
create function consent_answers(
    wanted_pupils uuid[], wanted_school uuid, wanted_purposes uuid[])
returns table (pupil_id uuid, purpose_id uuid, answers_as varchar, parent_id uuid,
               representative_id uuid, said varchar, answered_at timestamptz, text_id uuid,
               counts_from date, counts_until date)
language sql stable security definer set search_path = public, pg_temp as $$
    select a.pupil_id, a.purpose_id, a.answers_as, a.parent_id, a.representative_id, a.said,
           a.answered_at, a.text_id, a.counts_from, a.counts_until
    from consent_answer a
    where a.pupil_id = any (wanted_pupils) and a.school_id = wanted_school
      and a.purpose_id = any (wanted_purposes)
      and not exists (select from consent_correction c where c.answer_id = a.id)
      and (wanted_school = any ((select consent_engine_schools())::uuid[])
           or a.pupil_id = any ((select consent_own_children())::uuid[])
           or a.pupil_id = (select consent_as_pupil()))
$$;

-- Orders and blocks follow the pupil from school to school: only for pupils of the school asked.
create function consent_matters(wanted_pupils uuid[], wanted_school uuid)
returns table (kind text, pupil_id uuid, purpose_id uuid, parent_id uuid, is_yes boolean,
               decided_on date, starts_on date, ends_on date)
language sql stable security definer set search_path = public, pg_temp as $$
    with asked as (
        select p.pupil_id from unnest(wanted_pupils) p (pupil_id)
        where p.pupil_id = any ((select consent_own_children())::uuid[])
           or p.pupil_id = (select consent_as_pupil())
           or wanted_school = any ((select consent_engine_schools())::uuid[])
              and exists (
                  select from students_enrolment e
                  where e.pupil_id = p.pupil_id and e.school_id = wanted_school)
    )
    select 'order', o.pupil_id, o.purpose_id, null::uuid, o.is_yes, o.decided_on, o.starts_on,
           o.ends_on
    from consent_courtorder o join asked using (pupil_id)
    union all
    select 'objection', o.pupil_id, o.purpose_id, null, null, null, o.starts_on, o.lifted_on
    from consent_objection o join asked using (pupil_id) where o.school_id = wanted_school
    union all
    select 'block', b.pupil_id, null, null, null, null, b.starts_on, b.lifted_on
    from consent_safetyblock b join asked using (pupil_id)
    union all
    select 'unable', u.pupil_id, u.purpose_id, null, null, null, u.starts_on, u.ends_on
    from consent_unabledecision u join asked using (pupil_id) where u.school_id = wanted_school
    union all
    select 'unreachable', u.pupil_id, u.purpose_id, u.parent_id, null, null, u.starts_on, u.ends_on
    from consent_unreachabledecision u join asked using (pupil_id)
    where u.school_id = wanted_school
$$;
revoke all on function consent_answers(uuid[], uuid, uuid[]), consent_matters(uuid[], uuid)
    from public;
"""


def _matter(table: str) -> str:
    added = _BY_STAFF if table == "consent_objection" else _KEPT
    return _MATTER.format(table=table, kept=_KEPT, added=added)


FORWARD = _ENDS + "".join(_matter(table) for table in _MATTERS) + _COVERAGE + _ENGINE


class Migration(migrations.Migration):
    """Orders, objections, blocks and decisions end and stay; what holds is worked out for who may know."""

    replaces = [("consent", "0012_requests_checks_and_codes_are_locked")]
    dependencies = [("consent", "0006_requests_and_answers_are_locked")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
