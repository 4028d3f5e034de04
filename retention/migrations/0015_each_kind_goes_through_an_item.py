from django.db import migrations

_ASKED = """
-- Asked once for all rows that a statement took away (`gone`), a cascade's too. The argument is a
-- query over them: what each is about, each dossier it hangs on, and the kinds with which it may
-- go. Each of those dossiers has such an item, or had one and the kind ended; at least one has it
-- now; none is held. It compares no row with each other, as there may be thousands, and looks for
-- nothing where a statement took nothing away.
create function only_standing_items_destroy() returns trigger language plpgsql as $$
declare
    is_held boolean;
    is_refused boolean;
begin
    if not exists (select from gone) then
        return null;
    end if;
    execute format($query$
        with asked as materialized (
            select distinct about, dossier, kinds::text[] as kinds
            from (%s) q (about, dossier, kinds)
        ),
        known as materialized (select array_agg(distinct dossier) as keys from asked),
        standing as materialized (
            select s.dossier_id, array_agg(s.kind::text) as kinds
            from known, retention_standing_among(known.keys) s group by s.dossier_id
        ),
        ended as materialized (
            select e.dossier_id, array_agg(e.kind::text) as kinds
            from known, retention_endedkind e
            where e.dossier_id = any (known.keys) group by e.dossier_id
        ),
        judged as (
            select bool_or(coalesce(s.kinds && a.kinds, false))
               and bool_and(coalesce(s.kinds && a.kinds, false)
                         or coalesce(e.kinds && a.kinds, false)) as is_right
            from asked a
            left join standing s on s.dossier_id = a.dossier
            left join ended e on e.dossier_id = a.dossier
            group by a.about
        )
        select (select retention_held_among(keys) from known),
               exists (select from judged where is_right is not true)
    $query$, tg_argv[0]) into is_held, is_refused;
    if is_held then
        raise exception 'a held dossier is destroyed by nobody'
            using errcode = 'insufficient_privilege';
    end if;
    if is_refused then
        raise exception 'a dossier is only destroyed through an approved destruction list'
            using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$;
"""

# Parents' rows hang on all their children; a link made by mistake counts only where no other is.
_FAMILY = """left join students_parenthood h on h.parent_id = {parent} and (h.withdrawn_at is null
    or not exists (select from students_parenthood o
                   where o.parent_id = h.parent_id and o.withdrawn_at is null))
left join dossiers_dossier d on d.pupil_id = h.pupil_id"""
_AT_SCHOOL = "left join dossiers_dossier d on d.pupil_id = g.pupil_id and d.school_id = g.school_id"
_ANYWHERE = "left join dossiers_dossier d on d.pupil_id = g.pupil_id"
_OF_FINDING = """left join oversight_finding f on f.id = {finding}
left join students_pupil p on p.log_key = any (f.subjects)
left join dossiers_dossier d on d.pupil_id = p.id"""
_LAST = "array['administration']"
_CONSENT = "array['consent', 'administration']"
_PICTURES = "array['pictures', 'administration']"
_PARENTS = "array['parents', 'administration']"


def _by(about: str, kinds: str, joins: str) -> str:
    return f"select {about}, d.id, {kinds} from gone g {joins}"  # nosec B608  our own names


# Some thousand notes stand in some hundred parts. Or they go with the erasure that is carried out
# right now.
_OF_PART = """select p.dossier_id, p.dossier_id, array[retention_kind_of(p.kind)] from (
    select distinct g.part_id from gone g
    where coalesce(current_setting('portal.erasing', true), '') = ''
       or not retention_erases(g.{column})) g
left join dossiers_dossierpart p on p.id = g.part_id"""
# Holds keep their own question (0006), row by row: once they are gone nobody knows that they stood.
# Of what several pupils share nothing remains to be asked once it went itself: then all did go.
_QUESTIONS = {
    **{
        table: _OF_PART.format(column=column)
        for table, column in (
            ("dossiers_note", "id"),
            ("dossiers_noteversion", "note_id"),
            ("dossiers_file", "id"),
            ("dossiers_fileversion", "file_id"),
            ("dossiers_agreement", "id"),
        )
    },
    "dossiers_emergencycardversion": (
        "select p.dossier_id, p.dossier_id, array[retention_kind_of(p.kind)] from gone g\n"
        "left join dossiers_dossierpart p on p.id = g.part_id"
    ),
    "dossiers_dossierpart": (
        "select g.dossier_id, g.dossier_id, array[retention_kind_of(g.kind)] from gone g"
    ),
    "dossiers_othersystemrecord": (
        "select g.dossier_id, g.dossier_id, array['guidance', 'administration'] from gone g"
    ),
    "dossiers_dossier": f"select g.id, g.id, {_LAST} from gone g",  # nosec B608  our own names
    # Who is back has every kind again (0014).
    "retention_endedkind": f"""
        select g.dossier_id, g.dossier_id, {_LAST} from gone g
        where not retention_begins_again(g.dossier_id, g.kind, g.ended_on)""",  # nosec B608  our own names
    **dict.fromkeys(
        (
            "consent_request",
            "consent_answer",
            "consent_correction",
            "consent_scan",
            "consent_code",
            "consent_courtorder",
            "consent_objection",
            "consent_safetyblock",
            "consent_unabledecision",
            "consent_unreachabledecision",
            "oversight_lookquestion",
        ),
        _by("d.id", _CONSENT, _AT_SCHOOL),
    ),
    **dict.fromkeys(
        ("students_representative", "oversight_lookleave", "oversight_holdback"),
        _by("g.pupil_id", _CONSENT, _ANYWHERE),
    ),
    "consent_ordercoverage": _by(
        "r.pupil_id", _CONSENT,
        "left join students_representative r on r.id = g.representative_id"
        " left join dossiers_dossier d on d.pupil_id = r.pupil_id",
    ),
    "consent_scannedanswer": _by(
        "d.id", _CONSENT,
        "join consent_scan s on s.id = g.scan_id left join dossiers_dossier d"
        " on d.pupil_id = s.pupil_id and d.school_id = s.school_id",
    ),
    **{
        table: _by(
            f"g.{column}", _CONSENT,
            f"left join consent_answer a on a.receipt_id = g.{column} left join dossiers_dossier d"
            " on d.pupil_id = a.pupil_id and d.school_id = a.school_id",
        )
        for table, column in (("consent_receipt", "id"), ("consent_receiptpaper", "receipt_id"))
    },
    "consent_sending": _by(
        "coalesce(g.parent_id, g.pupil_id, r.pupil_id)",
        f"case when g.parent_id is null then {_CONSENT} else {_PARENTS} end",
        "left join students_representative r on r.id = g.representative_id "
        + _FAMILY.format(parent="g.parent_id").replace(
            "d.pupil_id = h.pupil_id",
            "d.pupil_id = coalesce(h.pupil_id, g.pupil_id, r.pupil_id)"
            " and (g.parent_id is not null or d.school_id = g.school_id)",
        ),
    ),
    "consent_publication": _by(
        "g.id", _PICTURES,
        "left join consent_publishedpupil u on u.publication_id = g.id left join dossiers_dossier d"
        " on d.pupil_id = u.pupil_id and d.school_id = g.school_id",
    ),
    "consent_publishedpupil": _by(
        "d.id", _PICTURES,
        "join consent_publication p on p.id = g.publication_id left join dossiers_dossier d"
        " on d.pupil_id = g.pupil_id and d.school_id = p.school_id",
    ),
    "consent_takedown": _by(
        "d.id", _PICTURES,
        "join consent_publishedpupil u on u.id = g.published_id"
        " join consent_publication p on p.id = u.publication_id left join dossiers_dossier d"
        " on d.pupil_id = u.pupil_id and d.school_id = p.school_id",
    ),
    "consent_removal": _by(
        "g.id", _PICTURES,
        "join consent_publication p on p.id = g.publication_id"
        " left join consent_publishedpupil u on u.removal_id = g.id left join dossiers_dossier d"
        " on d.pupil_id = u.pupil_id and d.school_id = p.school_id",
    ),
    **{
        table: _by(
            "g.id", _PICTURES, f"left join {pupils} u on u.{column} = g.id left join dossiers_dossier d"
            " on d.pupil_id = u.pupil_id and d.school_id = g.school_id",
        )
        for table, pupils, column in (
            ("consent_check", "consent_checkedpupil", "check_made_id"),
            ("consent_recording", "consent_recordedpupil", "recording_id"),
        )
    },
    **{
        table: _by(
            "d.id", _PICTURES,
            f"join {of} p on p.id = g.{column} left join dossiers_dossier d"
            " on d.pupil_id = g.pupil_id and d.school_id = p.school_id",
        )
        for table, of, column in (
            ("consent_checkedpupil", "consent_check", "check_made_id"),
            ("consent_recordedpupil", "consent_recording", "recording_id"),
        )
    },
    # Who is nobody's parent here has no dossier to ask.
    "students_parent": _by("g.id", _PARENTS, _FAMILY.format(parent="g.id").removeprefix("left ")),
    **dict.fromkeys(
        ("consent_filmingrequest", "consent_noticeconfirmation"),
        _by("g.parent_id", _PARENTS, _FAMILY.format(parent="g.parent_id")),
    ),
    "students_parenthood": _by(
        "g.pupil_id", _PARENTS, f"join students_parent p on p.id = g.parent_id {_ANYWHERE}"
    ),
    "students_enrolment": _by("d.id", _LAST, _AT_SCHOOL),
    "students_pupil": _by("g.id", _LAST, "left join dossiers_dossier d on d.pupil_id = g.id"),
    "oversight_finding": _by(
        "g.id", _LAST,
        "left join students_pupil p on p.log_key = any (g.subjects)"
        " left join dossiers_dossier d on d.pupil_id = p.id",
    ),
    **dict.fromkeys(
        ("oversight_findingrow", "oversight_judgement", "oversight_reply"),
        _by("g.finding_id", _LAST, _OF_FINDING.format(finding="g.finding_id")),
    ),
    "oversight_judgementnote": _by(
        "j.finding_id", _LAST,
        "left join oversight_judgement j on j.id = g.judgement_id "
        + _OF_FINDING.format(finding="j.finding_id"),
    ),
}
_LOCK = """
drop trigger if exists nothing_is_deleted on {table};
create trigger nothing_is_deleted after delete on {table} referencing old table as gone
    for each statement execute function only_standing_items_destroy('{question}');
"""
FORWARD = _ASKED + "".join(
    _LOCK.format(table=table, question=question.replace("'", "''"))
    for table, question in _QUESTIONS.items()
)


class Migration(migrations.Migration):
    """Every kind of record goes by an approved item only, asked once for each statement."""

    replaces = [
        ("retention", "0013_every_kind_is_locked"),
        ("retention", "0021_many_are_asked_at_once"),
        ("retention", "0023_a_hold_is_of_one_school"),
    ]
    dependencies = [
        ("retention", "0014_who_left_and_who_is_back"),
        ("consent", "0010_pictures_are_locked"),
        ("dossiers", "0013_assigned_on_our_day"),
        ("oversight", "0005_looks_and_reports_are_locked"),
        ("students", "0008_a_family_is_hidden_per_child"),
    ]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
