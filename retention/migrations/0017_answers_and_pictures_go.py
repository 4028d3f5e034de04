from django.db import migrations

_PLACE = "select d.pupil_id, d.school_id from dossiers_dossier d where d.id = any ($1)"
_HERE = f"(t.pupil_id, t.school_id) in ({_PLACE})"


def _all_go(table: str, column: str, of: str, key: str = "t.id", school: str = "") -> str:
    """Rows `key` all of whose pupils in `table` have one of these dossiers; at least one has."""
    place = f"(u.pupil_id, {school or 's.school_id'}) in ({_PLACE})"
    join = "" if school else f" join {of} s on s.id = u.{column}"
    return (
        f"{key} in (select u.{column} from {table} u{join} where {place})"
        f" and not exists (select from {table} u{join} where u.{column} = {key} and not {place})"  # nosec B608  our own names
    )


_CONSENT = f"""
-- Answers about two children can stand on one receipt: it goes with the last of them.
create function retention_destroy_consent(wanted uuid[]) returns integer
language plpgsql as $$
declare
    alone uuid[] := retention_last_of(wanted, 'consent');
begin
    update consent_sending t set code_id = null
    from consent_code c join dossiers_dossier d
        on d.pupil_id = c.pupil_id and d.school_id = c.school_id
    where c.id = t.code_id and d.id = any (wanted);
    return retention_remove(wanted, alone, '{{}}', array[
        ['consent_receiptpaper',
         '{_all_go("consent_answer", "receipt_id", "", "t.receipt_id", "u.school_id")}'],
        ['consent_receipt', '{_all_go("consent_answer", "receipt_id", "", "t.id", "u.school_id")}'],
        ['consent_scannedanswer', 't.scan_id in (
            select s.id from consent_scan s where (s.pupil_id, s.school_id) in ({_PLACE}))'],
        ['consent_scan', '{_HERE}'],
        ['consent_correction', '{_HERE}'],
        ['consent_answer', '{_HERE}'],
        ['consent_sending', '{_HERE}'],
        ['consent_sending', '(t.representative_id, t.school_id) in (
            select r.id, d.school_id from students_representative r
            join dossiers_dossier d on d.pupil_id = r.pupil_id where d.id = any ($1))'],
        ['consent_request', '{_HERE}'],
        ['consent_code', '{_HERE}'],
        ['consent_courtorder', '{_HERE}'],
        ['consent_objection', '{_HERE}'],
        ['consent_safetyblock', '{_HERE}'],
        ['consent_unabledecision', '{_HERE}'],
        ['consent_unreachabledecision', '{_HERE}'],
        ['oversight_lookquestion', '{_HERE}'],
        ['oversight_lookleave', 't.pupil_id = any ($2)'],
        ['oversight_holdback', 't.pupil_id = any ($2)'],
        ['consent_ordercoverage', 't.representative_id in (
            select r.id from students_representative r where r.pupil_id = any ($2))'],
        ['students_representative', 't.pupil_id = any ($2)']]);
end $$;

-- What was sent was sent; only the code in it is forgotten, with the answers it was for.
create function a_sending_only_loses_its_code() returns trigger language plpgsql as $$
begin
    if new.code_id is not null or to_jsonb(new) - 'code_id' <> to_jsonb(old) - 'code_id'
       or not exists (
            select from consent_code c
            join dossiers_dossier d on d.pupil_id = c.pupil_id and d.school_id = c.school_id
            cross join retention_standing_among(array[d.id]) s
            where c.id = old.code_id and s.kind in ('consent', 'administration'))
    then
        raise exception 'what was sent stays as it was' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
drop trigger nothing_is_changed on consent_sending;
create trigger nothing_is_changed before update on consent_sending
    for each row execute function a_sending_only_loses_its_code();
"""  # nosec B608  our own names

_IN_PUBLICATION = _all_go("consent_publishedpupil", "publication_id", "consent_publication")
_REMOVED = (
    "t.id in (select u.removal_id from consent_publishedpupil u"
    " join consent_publication s on s.id = u.publication_id"
    f" where (u.pupil_id, s.school_id) in ({_PLACE}))"
    " and not exists (select from consent_publishedpupil u"
    " join consent_publication s on s.id = u.publication_id"
    f" where u.removal_id = t.id and not (u.pupil_id, s.school_id) in ({_PLACE}))"  # nosec B608  our own names
)
_CHECKED = _all_go("consent_checkedpupil", "check_made_id", "consent_check")
_RECORDED = _all_go("consent_recordedpupil", "recording_id", "consent_recording")


def _of(table: str, column: str, of: str) -> str:
    return (
        f"exists (select from {of} s where s.id = t.{column}"
        f" and (t.pupil_id, s.school_id) in ({_PLACE}))"  # nosec B608  our own names
    )


_PICTURES = f"""
-- A publication, a removal, a check and a recording go with the last pupil in them.
create function retention_destroy_pictures(wanted uuid[]) returns integer
language plpgsql as $$
declare
    ended uuid[] := array(select t.id from consent_publication t where {
        _IN_PUBLICATION.replace("$1", "wanted")});
    checked uuid[] := array(select t.id from consent_check t where {
        _CHECKED.replace("$1", "wanted")});
    recorded uuid[] := array(select t.id from consent_recording t where {
        _RECORDED.replace("$1", "wanted")});
    gone integer;
begin
    -- What is shared by who stays goes first of all, while its own question can be asked.
    gone := retention_remove(wanted, '{{}}', '{{}}', array[['consent_removal', '{_REMOVED}']]);
    gone := gone + retention_remove(wanted, ended, '{{}}', array[
        ['consent_takedown', 'exists (
            select from consent_publishedpupil u join consent_publication s
                on s.id = u.publication_id
            where u.id = t.published_id and (u.pupil_id, s.school_id) in ({_PLACE}))'],
        ['consent_publication', 't.id = any ($2)'],
        ['consent_removal', 't.publication_id = any ($2)'],
        ['consent_publishedpupil', 't.publication_id = any ($2)'],
        ['consent_publishedpupil', '{
            _of("consent_publishedpupil", "publication_id", "consent_publication")}']]);
    return gone + retention_remove(wanted, checked, recorded, array[
        ['consent_check', 't.id = any ($2) and not exists (
            select from consent_publication p where p.check_made_id = t.id)'],
        ['consent_checkedpupil', 't.check_made_id = any ($2)'],
        ['consent_checkedpupil', '{_of("consent_checkedpupil", "check_made_id", "consent_check")}'],
        ['consent_recording', 't.id = any ($3)'],
        ['consent_recordedpupil', 't.recording_id = any ($3)'],
        ['consent_recordedpupil', '{
            _of("consent_recordedpupil", "recording_id", "consent_recording")}']]);
end $$;
"""  # nosec B608  our own names


class Migration(migrations.Migration):
    """What was asked, answered, checked, published and recorded about a pupil."""

    replaces = [("retention", "0015_consent_and_pictures_go")]
    dependencies = [("retention", "0016_parts_and_accounts_go")]

    operations = [migrations.RunSQL(_CONSENT + _PICTURES, migrations.RunSQL.noop)]
