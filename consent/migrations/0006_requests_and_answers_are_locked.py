from django.db import migrations

_ASKED = """
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

-- A request asks about a pupil of the school's board, a text of its purpose that was put in use,
-- and somebody of that pupil. Asked once for all rows of a statement: a round adds thousands.
create function request_fits_together() returns trigger language plpgsql as $$
begin
    if exists (
        select from added r
        left join consent_purposetext t on t.id = r.text_id and t.purpose_id = r.purpose_id
            and t.in_use_from is not null
        left join consent_purpose p on p.id = t.purpose_id
        left join students_school s on s.unit_id = r.school_id and s.board_id = p.board_id
        where s.unit_id is null
    ) or exists (
        select from (select distinct pupil_id, school_id from added) r
        where not exists (
            select from students_enrolment e
            where e.pupil_id = r.pupil_id and e.school_id = r.school_id)
    ) or exists (
        select from (select distinct pupil_id, parent_id from added) r
        where r.parent_id is not null and not exists (
            select from students_parenthood h
            where h.parent_id = r.parent_id and h.pupil_id = r.pupil_id
              and h.withdrawn_at is null)
    ) or exists (
        select from (select distinct pupil_id, representative_id from added) r
        where r.representative_id is not null and not exists (
            select from students_representative x
            where x.id = r.representative_id and x.pupil_id = r.pupil_id)
    ) then
        raise exception 'a request fits its pupil, school, text and person'
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
create trigger request_fits_together after insert on consent_request
    referencing new table as added for each statement execute function request_fits_together();

alter table consent_request enable row level security;
create policy consent_request_seen on consent_request for select using (
    parent_id = any ((select consent_as_parents())::uuid[])
    or (answers_as = 'pupil' and pupil_id = (select consent_as_pupil()))
    or (school_id = any ((select consent_asking_schools())::uuid[])
        and pupil_id <> all ((select consent_own_children())::uuid[]))
);
-- A round asks everybody, also about a child of whoever started it.
create policy consent_request_added on consent_request for insert with check (
    asked_by_id is not distinct from (select portal_user())
    and school_id = any ((select consent_asking_schools())::uuid[])
);
"""

_ANSWERED = """
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
create trigger answer_is_given_rightly before insert on consent_answer
    for each row execute function answer_is_given_rightly();

-- Who answers online answers now; a paper tells of a day that has come. The day is that of the
-- door: without one (the owner's own work) there is nobody who could pretend.
create function answer_is_of_its_time() returns trigger language plpgsql as $$
declare
    given_on date := (new.answered_at at time zone 'Europe/Amsterdam')::date;
    today date := portal_day();
begin
    if today is not null and given_on > today + 1
       or new.route = 'online' and (
           new.recorded_at - new.answered_at > interval '1 minute'
           or today is not null and given_on < today)
       or new.route <> 'online' and today is not null and given_on > today
    then
        raise exception 'an answer is given at its time' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger answer_is_of_its_time before insert on consent_answer
    for each row execute function answer_is_of_its_time();

-- Nobody adds an answer to somebody else's receipt, nor to an own one of another moment: it would
-- fit its code no longer. What one form says of later days is said microseconds later: that is the
-- same signature.
create function answer_is_on_its_own_receipt() returns trigger language plpgsql as $$
begin
    if not exists (
        select from consent_receipt r
        where r.id = new.receipt_id and r.signed_by_id = new.recorded_by_id
          and new.answered_at >= r.signed_at
          and new.answered_at < r.signed_at + interval '1 millisecond'
    ) then
        raise exception 'an answer stands on its own receipt' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger answer_is_on_its_own_receipt before insert on consent_answer
    for each row when (new.receipt_id is not null)
    execute function answer_is_on_its_own_receipt();

-- Separated parents: one never reads a row of the other. Staff read at their own school, but for
-- their own children. Scalar sub-selects are worked out once per statement.
alter table consent_answer enable row level security;
create policy consent_answer_seen on consent_answer for select using (
    parent_id = any ((select consent_as_parents())::uuid[])
    or (answers_as = 'pupil' and pupil_id = (select consent_as_pupil()))
    or (school_id = any ((select consent_kept_schools())::uuid[])
        and pupil_id <> all ((select consent_own_children())::uuid[]))
);
create policy consent_answer_added on consent_answer for insert with check (
    recorded_by_id = (select portal_user()) and (
        (route = 'online' and (
            parent_id = any ((select consent_as_parents())::uuid[])
            or (answers_as = 'pupil' and pupil_id = (select consent_as_pupil()))))
        or (route <> 'online'
            and school_id = any ((select consent_kept_schools())::uuid[])
            and pupil_id <> all ((select consent_own_children())::uuid[]))
    )
);
-- A job that reminds must know who answered.
create policy consent_answer_seen_by_jobs on consent_answer for select using (
    (select consent_is_job())
);
"""

_RECEIPTS = """
-- A receipt is of who signed it, and of nobody else.
alter table consent_receipt enable row level security;
create policy consent_receipt_own on consent_receipt
    using (signed_by_id = (select portal_user()))
    with check (signed_by_id = (select portal_user()));
alter table consent_receiptpaper enable row level security;
create policy consent_receiptpaper_seen on consent_receiptpaper for select
    using (receipt_id in (select id from consent_receipt));
create policy consent_receiptpaper_added on consent_receiptpaper for insert
    with check (receipt_id in (select id from consent_receipt));
create policy consent_receiptpaper_changed on consent_receiptpaper for update using (false);

-- Whether a file is genuine is asked by a command, for nobody: over the worker's login or the
-- owner's, never over the web's. By the code that stands on it, or by what the file hashes to.
create function receipts_to_verify(wanted_codes text[], wanted_digest bytea)
returns table (id uuid, code varchar, signed_by_id uuid, signed_at timestamptz,
               language varchar, digest bytea, answer_id uuid, pupil_id uuid, school_id uuid,
               answers_as varchar, said varchar, counts_from date, counts_until date,
               version smallint, title text, words text)
language sql stable security definer set search_path = public, pg_temp as $$
    select r.id, r.code, r.signed_by_id, r.signed_at, r.language, p.digest, a.id, a.pupil_id,
           a.school_id, a.answers_as, a.said, a.counts_from, a.counts_until, t.number,
           case r.language when 'en' then t.title_en else t.title_nl end,
           case r.language when 'en' then t.text_en else t.text_nl end
    from consent_receipt r
    left join consent_receiptpaper p on p.receipt_id = r.id
    left join consent_answer a on a.receipt_id = r.id
    left join consent_purposetext t on t.id = a.text_id
    where (r.code = any (wanted_codes) or p.digest = wanted_digest)
      and (select consent_is_job())
$$;
revoke all on function receipts_to_verify(text[], bytea) from public;
"""

_CORRECTIONS = """
-- Only what staff recorded, only a no, and never by who recorded it.
create function correction_fits_its_answer() returns trigger language plpgsql as $$
begin
    if not exists (
        select from consent_answer a
        where a.id = new.answer_id and a.pupil_id = new.pupil_id and a.school_id = new.school_id
          and a.route <> 'online' and a.said <> 'given' and a.recorded_by_id <> new.decided_by_id
    ) then
        raise exception 'only a no that a colleague recorded is corrected'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger correction_fits_its_answer before insert on consent_correction
    for each row execute function correction_fits_its_answer();

-- Whoever reads an answer learns that it counts no more; the director of that school decides it.
alter table consent_correction enable row level security;
create policy consent_correction_seen on consent_correction for select using (
    (select consent_is_job())
    or exists (select from consent_answer a where a.id = answer_id)
);
create policy consent_correction_added on consent_correction for insert with check (
    decided_by_id = (select portal_user())
    and school_id = any ((select consent_schools(array['director', 'deputy']))::uuid[])
    and pupil_id <> all ((select consent_own_children())::uuid[])
);
create policy consent_correction_changed on consent_correction for update
    using (false) with check (false);
"""
_ONLY_ADDED = "".join(
    f"""
create trigger nothing_is_changed before update on {table}
    for each row execute function consent_is_only_added();
create trigger nothing_is_deleted before delete on {table}
    for each row execute function consent_is_only_added();
"""
    for table in (
        "consent_answer",
        "consent_request",
        "consent_receipt",
        "consent_receiptpaper",
        "consent_correction",
    )
)


class Migration(migrations.Migration):
    """One parent's answer is hidden from the other by the database itself; what was said stays."""

    replaces = [
        ("consent", "0004_requests_fit_together_at_once"),
        ("consent", "0014_receipts"),
        ("consent", "0019_an_answer_is_on_its_own_receipt"),
        ("consent", "0021_a_form_is_signed_in_one_moment"),
    ]
    dependencies = [("consent", "0005_what_every_lock_asks")]

    operations = [
        migrations.RunSQL(
            _ASKED + _ANSWERED + _RECEIPTS + _CORRECTIONS + _ONLY_ADDED, migrations.RunSQL.noop
        )
    ]
