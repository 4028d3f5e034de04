from django.db import migrations

_PLACE = "select d.pupil_id, d.school_id from dossiers_dossier d where d.id = any ($1)"
_HERE = f"(t.pupil_id, t.school_id) in ({_PLACE})"

_ROSTERS = """
-- Of rosters that wait, lines about these people go. Of somebody else's line, for whom one of them was
-- proposed, only the key goes; who was taken for one of them is asked about again.
create function retention_forget_in_rosters(people uuid[]) returns integer language plpgsql as $$
declare
    keys text[] := people::text[];
    gone integer;
begin
    update students_rosterline t
    set candidates = t.candidates - keys,
        answer = case when t.candidate = any (keys) then '' else t.answer end,
        decided_by_id = case when t.candidate = any (keys) then null else t.decided_by_id end,
        decided_at = case when t.candidate = any (keys) then null else t.decided_at end,
        candidate = case when t.candidate = any (keys) then '' else t.candidate end
    where t.candidates ?| keys or t.candidate = any (keys);
    delete from students_rosterline t where t.target = any (keys) or t.pupil = any (keys);
    get diagnostics gone = row_count;
    return gone;
end $$;
"""

_PARENTS = """
-- As in 0018, with what rosters that wait say of these parents.
create or replace function retention_destroy_parents(wanted uuid[]) returns integer
language plpgsql as $$
declare
    alone uuid[] := retention_last_of(wanted, 'parents');
    childless uuid[] := retention_childless(alone);
    accounts uuid[] := array(
        select p.user_id from students_parent p where p.id = any (childless) and p.user_id is not null);
    gone integer;
begin
    gone := retention_remove(wanted, alone, childless, array[
        ['consent_filmingrequest', 't.parent_id = any ($3)'],
        ['consent_noticeconfirmation', 't.parent_id = any ($3)'],
        ['consent_sending', 't.parent_id = any ($3)'],
        ['students_parentaddress', 't.parent_id = any ($3)'],
        ['students_parentsourcekey', 't.parent_id = any ($3)'],
        ['students_parent', 't.id = any ($3)'],
        ['students_authority', 't.parenthood_id in (
            select h.id from students_parenthood h
            where h.pupil_id = any ($2) or h.parent_id = any ($3))'],
        ['students_parenthood', 't.parent_id = any ($3)'],
        ['students_parenthood', 't.pupil_id = any ($2)']]);
    perform retention_remove_traces(childless);
    return gone + retention_forget_in_rosters(childless) + retention_remove_accounts(accounts);
end $$;
"""

_ADMINISTRATION = f"""
-- As in 0018, but that another child's line of a roster stays.
create or replace function retention_destroy_administration(wanted uuid[]) returns integer
language plpgsql as $$
declare
    alone uuid[] := retention_last_of(wanted, 'administration');
    log_keys uuid[] := array(select p.log_key from students_pupil p where p.id = any (alone));
    accounts uuid[] := array(
        select p.user_id from students_pupil p where p.id = any (alone) and p.user_id is not null);
    gone integer := retention_destroy_consent(wanted) + retention_destroy_pictures(wanted)
        + retention_destroy_parents(wanted) + retention_forget_in_findings(log_keys)
        + retention_forget_in_rosters(alone);
begin
    update consent_round r set last_pupil = null where r.last_pupil = any (alone);
    gone := gone + retention_remove(wanted, alone, '{{}}', array[
        ['retention_absence', 't.enrolment_id in (
            select e.id from students_enrolment e where (e.pupil_id, e.school_id) in ({_PLACE}))'],
        ['students_groupmembership', 't.enrolment_id in (
            select e.id from students_enrolment e where (e.pupil_id, e.school_id) in ({_PLACE}))'],
        ['students_enrolment', '{_HERE}'],
        ['students_pupilsourcekey', '{_HERE}'],
        ['dossiers_keepernotice', 't.dossier_id = any ($1)'],
        ['dossiers_assignmentproposal', 't.dossier_id = any ($1)'],
        ['dossiers_othersystemrecord', 't.dossier_id = any ($1)'],
        ['dossiers_assignment', 't.dossier_id = any ($1)'],
        ['retention_erasure', 't.dossier_id = any ($1)'],
        ['retention_erasurewords', 't.dossier_id = any ($1)'],
        ['retention_holdreview', 't.hold_id in (
            select h.id from retention_hold h where h.dossier_id = any ($1))'],
        ['retention_hold', 't.dossier_id = any ($1)'],
        ['retention_holdwords', 't.dossier_id = any ($1)'],
        ['students_pupil', 't.id = any ($2)'],
        ['retention_endedkind', 't.dossier_id = any ($1)'],
        ['dossiers_dossier', 't.id = any ($1)']]);
    perform retention_remove_traces(alone || wanted);
    return gone + retention_remove_accounts(accounts);
end $$;
"""  # nosec B608  our own names


class Migration(migrations.Migration):
    """Who goes takes no line of another child out of a roster that waits."""

    dependencies = [("retention", "0028_what_a_family_asked_is_answered_first")]

    operations = [
        migrations.RunSQL(_ROSTERS + _PARENTS + _ADMINISTRATION, migrations.RunSQL.noop)
    ]
