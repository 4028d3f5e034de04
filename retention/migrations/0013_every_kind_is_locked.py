from django.db import migrations

_STANDS = """
create index items_being_destroyed on retention_destructionitem (dossier_id, kind)
    where outcome = 'intended';
create index ledger_lines_of_a_dossier on retention_ledgerline ((keys -> 'dossier' ->> 0));

-- Which kinds of record of these dossiers an approved item names that cooled off and was written
-- into the ledger. Of two clocks the earlier one counts: setting one forward does not shorten the
-- cooling days.
create function retention_standing_among(wanted uuid[])
returns table (dossier_id uuid, kind varchar) language sql stable as $$
    select i.dossier_id, i.kind from retention_destructionitem i
    join retention_destructionlist l on l.id = i.list_id
    where i.dossier_id = any (wanted) and i.decision = 'destroy' and i.outcome = 'intended'
      and l.approved_on is not null and l.cancelled_on is null and l.closed_at is null
      and l.approved_on + 7 < least(current_date + 1, portal_day())
      and i.due_on < least(current_date + 1, portal_day())
      and exists (select from retention_ledgerline g where g.item = i.id)
    -- A copy that was put back does not know what became of the item, but the ledger does: then the
    -- owner destroys again, while nobody else may connect (ADR 36).
    union all
    select (g.keys -> 'dossier' ->> 0)::uuid, (g.keys -> 'kind' ->> 0)::varchar
    from retention_ledgerline g
    where retention_is_owner() and g.keys -> 'dossier' ->> 0 = any (wanted::text[])
      and not exists (
        select from retention_destructionitem i where i.id = g.item and i.outcome = 'destroyed')
$$;
create or replace function retention_item_stands(wanted_dossier uuid, wanted_kind text)
returns boolean language sql stable as $$
    select exists (
        select from retention_standing_among(array[wanted_dossier]) s where s.kind = wanted_kind)
$$;
-- A hold that ends by itself ends by the earlier of two clocks. One that came after the ledger's line
-- comes too late: the keys may be gone already, and there is no way back.
create function retention_held_among(wanted uuid[]) returns boolean language sql stable as $$
    select exists (
        select from retention_hold h
        where h.dossier_id = any (wanted) and h.lifted_at is null
          and coalesce(h.ends_on, 'infinity') >= least(current_date, portal_day())
          and not exists (
            select from retention_destructionitem i join retention_ledgerline g on g.item = i.id
            where i.dossier_id = h.dossier_id and i.outcome = 'intended' and g.at <= h.placed_at))
$$;
create or replace function retention_is_held(wanted_dossier uuid) returns boolean
language sql stable as $$ select retention_held_among(array[wanted_dossier]) $$;
create function nothing_held_is_intended() returns trigger language plpgsql as $$
begin
    if retention_is_held(new.dossier_id) then
        raise exception 'a held dossier is destroyed by nobody'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger nothing_held_is_intended before update on retention_destructionitem
    for each row when (old.outcome = '' and new.outcome = 'intended')
    execute function nothing_held_is_intended();

-- Asked once for all rows that a statement took away (`gone`), a cascade's too. The argument is a
-- query over them: what each is about, each dossier it hangs on, and the kinds with which it may
-- go. Each of those dossiers has such an item, or had one and the kind ended; at least one has it
-- now; none is held.
create function only_standing_items_destroy() returns trigger language plpgsql as $$
declare
    is_held boolean;
    is_refused boolean;
begin
    execute format($query$
        with asked as materialized (
            select distinct about, dossier, kinds from (%s) q (about, dossier, kinds)
        ),
        known as materialized (select array_agg(distinct dossier) as keys from asked),
        standing as materialized (
            select s.dossier_id, s.kind from known, retention_standing_among(known.keys) s
        ),
        ended as materialized (
            select e.dossier_id, e.kind from known, retention_endedkind e
            where e.dossier_id = any (known.keys)
        ),
        told as (
            select a.about,
                exists (select from standing s
                        where s.dossier_id = a.dossier and s.kind = any (a.kinds)) as goes,
                exists (select from ended e
                        where e.dossier_id = a.dossier and e.kind = any (a.kinds)) as went
            from asked a
        ),
        judged as (
            select bool_or(goes) and bool_and(goes or went) as is_right from told group by about
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


# Or with the erasure that is carried out right now.
_OF_PART = """select p.dossier_id, p.dossier_id, array[retention_kind_of(p.kind)] from gone g
left join dossiers_dossierpart p on p.id = g.part_id
where coalesce(current_setting('portal.erasing', true), '') = ''
   or not retention_erases(g.{column})"""
# Holds keep their own question, row by row: once they are gone nobody knows that they stood.
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
    "dossiers_emergencycardversion": _OF_PART.partition("\nwhere")[0],
    "dossiers_dossierpart": (
        "select g.dossier_id, g.dossier_id, array[retention_kind_of(g.kind)] from gone g"
    ),
    "dossiers_othersystemrecord": (
        "select g.dossier_id, g.dossier_id, array['guidance', 'administration'] from gone g"
    ),
    "dossiers_dossier": f"select g.id, g.id, {_LAST} from gone g",  # nosec B608  our own names
    # A pupil who is back has a dossier again: then no kind of it has ended.
    "retention_endedkind": f"""select g.dossier_id, g.dossier_id, {_LAST} from gone g
        where not exists (
            select from dossiers_dossier d join students_enrolment e
                on e.pupil_id = d.pupil_id and e.school_id = d.school_id
            where d.id = g.dossier_id and e.ends_on is null)""",  # nosec B608  our own names
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
FORWARD = _STANDS + "".join(
    _LOCK.format(table=table, question=question.replace("'", "''"))
    for table, question in _QUESTIONS.items()
)


class Migration(migrations.Migration):
    """Every kind of record goes by an approved item only, asked once for each statement."""

    dependencies = [
        ("retention", "0012_leavers"),
        ("consent", "0022_a_mistake_is_corrected"),
        ("oversight", "0010_nobody_holds_back_their_own_looks"),
        ("dossiers", "0012_authors_are_who_writes"),
        ("students", "0007_an_account_of_several_parents"),
    ]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
