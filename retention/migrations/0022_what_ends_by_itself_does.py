from django.db import migrations

_LEFT = """
-- Whether the month of the log that this day stands in has left.
create function retention_log_left(of_day date) returns boolean language sql stable as $$
    select exists (
        select from audit_logdeparture d where d.month = date_trunc('month', of_day)::date)
$$;

-- What was watched in months of the log that have left, and the keys of what was said about it: the
-- findings, but for those about a pupil who is held, and agreements that were withdrawn then.
create function retention_watching_over(most integer)
returns table (what text, id uuid, keys uuid[])
language sql stable security definer set search_path = public, pg_temp as $$
    (select 'finding', f.id,
        array(select j.id from oversight_judgement j where j.finding_id = f.id)
            || array(select r.id from oversight_reply r where r.finding_id = f.id)
    from oversight_finding f
    where retention_log_left(f.day) and not exists (
        select from students_pupil p
        where p.log_key = any (f.subjects) and retention_pupil_is_held(p.id))
    order by f.id limit most)
    union all
    (select 'assent', a.id, array[a.id] from oversight_assent a
    where retention_log_left(a.withdrawn_on) and not exists (
        select from oversight_finding f
        where f.unit_id = a.school_id and f.day between a.decided_on and a.withdrawn_on)
    order by a.id limit most)
$$;
revoke all on function retention_watching_over(integer) from public;

create function retention_end_watching(wanted uuid[]) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    over uuid[] := array(
        select o.id from retention_watching_over(null) o where o.id = any (wanted));
begin
    return retention_remove(over, '{}', '{}', array[
        ['oversight_judgementnote', 't.judgement_id in (
            select j.id from oversight_judgement j where j.finding_id = any ($1))'],
        ['oversight_judgement', 't.finding_id = any ($1)'],
        ['oversight_reply', 't.finding_id = any ($1)'],
        ['oversight_findingrow', 't.finding_id = any ($1)'],
        ['oversight_finding', 't.id = any ($1)'],
        ['oversight_assent', 't.id = any ($1)']]);
end $$;
revoke all on function retention_end_watching(uuid[]) from public;

create function an_assent_is_kept_with_its_month() returns trigger language plpgsql as $$
begin
    if not retention_log_left(old.withdrawn_on) then
        raise exception 'findings and judgements are kept' using errcode = 'insufficient_privilege';
    end if;
    return old;
end $$;
drop trigger nothing_is_deleted on oversight_assent;
create trigger nothing_is_deleted before delete on oversight_assent
    for each row execute function an_assent_is_kept_with_its_month();

-- Names that a roster proposed for the groups of a school year that is over.
create function retention_end_proposals() returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    gone integer;
begin
    delete from students_counsellorproposal p using students_schoolyear y
    where y.id = p.school_year_id and y.ends_on < least(portal_today(), portal_day());
    get diagnostics gone = row_count;
    return gone;
end $$;
revoke all on function retention_end_proposals() from public;
"""

# As in 0015; and with the month of the log that they rest on.
_PUPILS = """left join students_pupil p on p.log_key = any (f.subjects)
left join dossiers_dossier d on d.pupil_id = p.id where not retention_log_left(f.day)"""
_OF_FINDING = f"left join oversight_finding f on f.id = {{finding}} {_PUPILS}"
_QUESTIONS = {
    "oversight_finding": f"select f.id, d.id, array['administration'] from gone f {_PUPILS}",  # nosec B608  our own names
    **{
        table: "select g.finding_id, d.id, array['administration'] from gone g "  # nosec B608  our own names
        + _OF_FINDING.format(finding="g.finding_id")
        for table in ("oversight_findingrow", "oversight_judgement", "oversight_reply")
    },
    "oversight_judgementnote": "select j.finding_id, d.id, array['administration'] from gone g"  # nosec B608  our own names
    " left join oversight_judgement j on j.id = g.judgement_id "
    + _OF_FINDING.format(finding="j.finding_id"),
}
_LOCK = """
drop trigger nothing_is_deleted on {table};
create trigger nothing_is_deleted after delete on {table} referencing old table as gone
    for each statement execute function only_standing_items_destroy('{question}');
"""
_LOCKS = "".join(
    _LOCK.format(table=table, question=question.replace("'", "''"))
    for table, question in _QUESTIONS.items()
)


class Migration(migrations.Migration):
    """Findings end with the log they rest on, and a roster's proposals with their school year."""

    dependencies = [("retention", "0021_a_copy_put_back_is_decided_anew")]

    operations = [migrations.RunSQL(_LEFT + _LOCKS, migrations.RunSQL.noop)]
