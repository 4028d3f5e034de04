"""Roles x pages x outcome: every address of the portal, and what each of the cast gets there.

A NEW ADDRESS: add one line to ROWS under its name:

    "its_name": Row(who=COUNSELLING, scope="dossier", shows=("name", *NOTES)),

who    the people of the cast whom the gate lets through; everybody else gets 403.
scope  whose data they may then see (SCOPES); another pupil's key gets 404. None: no pupil in it.
shows  every kind of data the page may show at most (tests/guards/seed.py: KINDS). The walk fails
       when another kind shows, and when nothing of it shows to those who may.
keys   what stands in the address for a pupil; left out when KEYS knows the names. A list for more.
post   what the form is sent with.
headers  what the request says beside its address.
by     which kind of data opens the page when that is not the name: a part has readers of its own.
odd    exceptions, each with its rule in a comment: {(person, whose): status}, or with a method too.

These sets are written down by hand on purpose: they are what the mission says, not what
access/roles.py says.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from access.models import Invitation, User
from audit.models import LogCheck
from tests.guards.seed import NOTES, Seeded
from tests.guards.seed_findings import FOUND
from tests.guards.seed_log import seeded_log_end
from tests.guards.seed_retention import left_over_of

# --- people ---------------------------------------------------------------------------------
VISITOR = "visitor"
FORMER = frozenset({"former"})  # signed in, without any role left
COUNSELLORS = frozenset(
    {
        "counsellor",
        "other_counsellor",
        "coordinator",
        "substitute",
        "parent_teacher",
        "foreign_counsellor",
    }
)
DOCTORS = frozenset({"school_doctor"})
OWN_DIRECTORS = frozenset({"director", "deputy", "director_who_counsels"})
DIRECTORS = OWN_DIRECTORS | {"other_director"}
COUNSELLING = COUNSELLORS | DOCTORS | DIRECTORS
BOARD = frozenset({"board_officer", "privacy_officer", "fg"})
PRIVACY = frozenset({"privacy_officer"})
KEEPERS = DIRECTORS | {"board_officer"}
ADMINISTRATORS = frozenset({"administrator"})
SCHOOL_ADMINISTRATION = KEEPERS | ADMINISTRATORS
MANAGERS = DIRECTORS | ADMINISTRATORS
BOARD_OFFICERS = frozenset({"board_officer"})
LOG_READERS = DIRECTORS | {"privacy_officer", "fg"}
REPORT_READERS = DIRECTORS | BOARD
FINDING_READERS = LOG_READERS | BOARD_OFFICERS
STAFF = COUNSELLING | BOARD | ADMINISTRATORS | {"safeguarding"}
PARENTS = frozenset(
    {"parent", "parent_without", "parent_teacher", "parent_of_other", "parent_of_foreign"}
)
PUPILS = frozenset({"pupil_eleven", "pupil_twelve", "pupil_fifteen", "pupil_sixteen"})
FAMILY = PARENTS | PUPILS
EVERYBODY = STAFF | PARENTS | PUPILS | {"mr_parent"}
NOBODY: frozenset[str] = frozenset()

KEEP_IN_VIEW = DIRECTORS | BOARD
SET_TERMS = frozenset({"board_officer", "privacy_officer"})
LIST_HANDLERS = DIRECTORS | SET_TERMS
HOLDERS = DIRECTORS | {"privacy_officer", "fg"}

# --- whose data, on which ground --------------------------------------------------------------
HERE = frozenset({"own", "other", "eleven", "twelve", "fifteen", "sixteen"})
THERE = frozenset({"foreign"})
ALL_PUPILS = HERE | THERE

_AT_SCHOOL = {
    **dict.fromkeys(OWN_DIRECTORS | ADMINISTRATORS, HERE),
    "other_director": THERE,
    "board_officer": ALL_PUPILS,
}
_STAFF_OF = {
    **dict.fromkeys(STAFF - BOARD, HERE),
    "other_director": THERE,
    "foreign_counsellor": THERE,
}
_ASSIGNED = {
    "counsellor": frozenset({"own"}),
    "coordinator": frozenset({"own"}),
    "substitute": frozenset({"own"}),
    "other_counsellor": frozenset({"other"}),
    "parent_teacher": frozenset({"other"}),
    "director_who_counsels": frozenset({"other"}),
    "foreign_counsellor": THERE,
}
_MEDICAL = {"school_doctor": frozenset({"own"})}

# A parent's own children, and a pupil itself; also without authority: then to hear so.
_FAMILY = {
    **dict.fromkeys(("parent", "parent_without", "parent_teacher"), frozenset({"own"})),
    "parent_of_other": frozenset({"other"}),
    "parent_of_foreign": THERE,
    **{f"pupil_{age}": frozenset({age}) for age in ("eleven", "twelve", "fifteen", "sixteen")},
}
# Who signed what the seed made a receipt of: nobody else sees it, not the other parent.
_SIGNED = {
    "parent": frozenset({"own"}),
    "parent_of_other": frozenset({"other"}),
    "parent_of_foreign": THERE,
}

_SEES_LOOKS = {
    "parent": frozenset({"own"}),
    "parent_teacher": frozenset({"own"}),
    "parent_of_other": frozenset({"other"}),
    "parent_of_foreign": THERE,
    **{f"pupil_{age}": frozenset({age}) for age in ("twelve", "fifteen", "sixteen")},
}
_SUPERVISED = {
    **dict.fromkeys(OWN_DIRECTORS, HERE),
    "other_director": THERE,
    "privacy_officer": ALL_PUPILS,
    "fg": ALL_PUPILS,
}
_FOUND = {person: frozenset({pupil}) for pupil, person in FOUND.items()}


def _log_end(seeded: Seeded, pupil: str) -> dict[str, Any]:
    """A decision about the log that waits for its signature: of the board, not of a pupil."""
    return {"end_id": seeded_log_end(seeded.cast).pk}


Scope = Mapping[str, Mapping[str, frozenset[str]]]  # kind -> person -> pupils


def _all(people: Mapping[str, frozenset[str]], *kinds: str) -> dict[str, Mapping[str, Any]]:
    return dict.fromkeys(kinds, people)


SCOPES: dict[str, Scope] = {
    # P2: assigned, in the school; P6: the medical part apart.
    "dossier": {
        **_all(_ASSIGNED, "guidance", "reports", "care", "agreements", "card", "elsewhere"),
        **_all(_ASSIGNED, "parent", "address", "representative"),
        **_all(_MEDICAL, "medical"),
        # Whoever reads a dossier sees who else does, and why.
        **_all({**_ASSIGNED, **_MEDICAL}, "name", "reason"),
    },
    "counselling": {**_all(_ASSIGNED, "name")},
    # P7: the keeper sees who is assigned, and that something exists; never what it says.
    "keeping": {
        **_all({k: v for k, v in _AT_SCHOOL.items() if k in KEEPERS}, "name", "reason"),
    },
    # What a director would end about themselves: for the board.
    "ending": {
        **_all({k: v for k, v in _AT_SCHOOL.items() if k == "board_officer"}, "name", "reason"),
    },
    # Enrolment and contact data, for the administration of the school.
    "administration": {
        **_all(_AT_SCHOOL, "name", "parent", "representative", "elsewhere"),
        **_all({k: v for k, v in _AT_SCHOOL.items() if k != "board_officer"}, "address", "secret"),
    },
    # Changing those: the school that keeps the pupil; the board's officer looks only.
    "managing": {
        **_all(
            {k: v for k, v in _AT_SCHOOL.items() if k != "board_officer"},
            *("name", "parent", "address", "secret", "representative"),
        ),
    },
    # What waits: own pupils and their agreements; for keepers the notices.
    "home": {
        "agreements": _ASSIGNED,
        "name": {
            **_ASSIGNED,
            **_MEDICAL,
            **{k: v for k, v in _AT_SCHOOL.items() if k in KEEPERS},
            # A parent who works here sees the own child behind the parent's door only.
            **{k: v for k, v in _FAMILY.items() if k != "parent_teacher"},
        },
    },
    # One's own children, or oneself: what is asked, answered, and holds.
    "family": {**_all(_FAMILY, "name")},
    "receipts": {**_all(_SIGNED, "name")},
    # One's own contact data. In the seed the marker of a parent says only whose child it is about;
    # tests/consent/family looks at two parents of one child.
    "own data": {
        "name": _FAMILY,
        **_all({k: v for k, v in _FAMILY.items() if not k.startswith("pupil")}, "parent"),
        "address": {"parent": frozenset({"own"}), "parent_teacher": frozenset({"own"})},
        "secret": {
            "parent_without": frozenset({"own"}),
            "parent_of_other": frozenset({"other"}),
            "parent_of_foreign": THERE,
        },
    },
    # What other systems keep: listed by who opens the dossier and by the administration.
    "listing": {
        **_all(
            {
                person: _ASSIGNED.get(person, NOBODY)
                | (_AT_SCHOOL.get(person, NOBODY) if person != "board_officer" else NOBODY)
                for person in {*_ASSIGNED, *_AT_SCHOOL}
            },
            *("name", "elsewhere"),
        ),
    },
    # Staff of the school, each time with a reason typed in; the director is told.
    # Never for their own child: that is a parent's question, not a colleague's.
    "emergency": {
        **_all(
            {**_STAFF_OF, "parent_teacher": HERE - {"own"}},
            *("name", "card"),
        )
    },
    # Whoever works at the school knows before a photo whether it is allowed (P13).
    "checking": {**_all(_STAFF_OF, "name")},
    # Counsellors and administration read what holds and why; never about their own child.
    "answers": {
        **_all(
            {
                **{person: _STAFF_OF[person] for person in COUNSELLORS | MANAGERS},
                "parent_teacher": HERE - {"own"},
            },
            "name",
        )
    },
    # Who keeps consent at the school: what each answered, papers, and what outranks answers.
    "consenting": {
        **_all(
            {k: v for k, v in _AT_SCHOOL.items() if k != "board_officer"},
            *("name", "parent", "representative", "matter", "paper"),
        ),
    },
    # What was published: who did, and who keeps the consent of the school. The seed's are all by
    # the counsellor of that school.
    "publications": {
        **_all(
            {
                "counsellor": HERE,
                "foreign_counsellor": THERE,
                **{k: v for k, v in _AT_SCHOOL.items() if k != "board_officer"},
            },
            "name",
        )
    },
    # Parents who did not confirm a notice: for the administration, never of an own child.
    "notices": {
        **_all(
            {k: v for k, v in _AT_SCHOOL.items() if k != "board_officer"},
            *("name", "parent"),
        )
    },
    # Letters are for who had them made, and nobody else.
    "letters": {"name": {"director": HERE, "other_director": THERE}},
    # Who looked: parents with authority, and pupils from 12 for themselves (from 16 parents only
    # with the pupil's leave, which nobody has here).
    "who looked": {"name": _SEES_LOOKS, "why": _SIGNED},
    # A pupil from 16 says it of its own parents; whoever's keys the walk knows are younger.
    "leave": {"name": {}},
    # Why somebody looked: answered by the director of the school where it was. In the seed nobody
    # of the board needs to; parents of the pupil never do.
    "look questions": {
        **_all(
            {k: v & {"own", "other"} for k, v in _AT_SCHOOL.items() if k in OWN_DIRECTORS}
            | {"other_director": THERE},
            *("name", "why"),
        )
    },
    # On paper, for who has no account: the director of the school where the pupil is.
    "look papers": {
        **_all(
            {k: v for k, v in _AT_SCHOOL.items() if k in DIRECTORS},
            *("name", "parent", "representative"),
        )
    },
    # What the database lets through of those texts: who asks, who directs the school, the board.
    "asked why": {
        "why": {
            **_SIGNED,
            **{person: frozenset({"own", "other"}) for person in OWN_DIRECTORS},
            "other_director": THERE,
            **dict.fromkeys(("board_officer", "privacy_officer"), ALL_PUPILS),
        }
    },
    # What is held back: the privacy officer of the board.
    "held back": {**_all({"privacy_officer": ALL_PUPILS}, "name", "why")},
    # Findings of the seed are about counsellors: the school's directors judge them, privacy officer
    # and FG read them, and the person reads the own reply, not the note of who judged.
    "findings": {
        **_all(_SUPERVISED, "name", "judged"),
        "said": {**_SUPERVISED, **_FOUND},
    },
    # Holds: who places them, at the own school or for the board.
    "holding": {
        **_all(
            {
                **dict.fromkeys(OWN_DIRECTORS, HERE),
                "other_director": THERE,
                **dict.fromkeys(("privacy_officer", "fg"), ALL_PUPILS),
            },
            *("name", "hold"),
        )
    },
    # Requests to erase: who asks or decides, and who supervises that.
    "erasing": {
        **_all(
            {
                **dict.fromkeys(OWN_DIRECTORS, HERE),
                "other_director": THERE,
                **dict.fromkeys(BOARD, ALL_PUPILS),
            },
            *("name", "asked"),
        )
    },
    # Destruction lists: who reviews at the school, and the board's people.
    "destroying": {
        "name": {
            **dict.fromkeys(OWN_DIRECTORS, HERE),
            "other_director": THERE,
            **dict.fromkeys(BOARD, ALL_PUPILS),
        }
    },
    "own rows": {"name": {**_ASSIGNED, **_MEDICAL}},
    "own findings": {**_all(_FOUND, "name", "said")},
    # The log names pupils to those who supervise.
    "log": {**_all(_SUPERVISED, "name")},
}


@dataclass(frozen=True)
class Row:
    """One address in the table; see above."""

    who: frozenset[str]
    scope: str | None = None
    shows: tuple[str, ...] = ()
    keys: Callable[[Seeded, str], Any] | None = None
    post: Callable[[Seeded, str], dict[str, Any]] | None = None
    by: str = "name"
    query: str = ""
    odd: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    locked: bool = True  # whether what it shows of content comes from behind row-level security


def may_show(row: Row, person: str) -> set[tuple[str, str]]:
    """(pupil, kind) of all that this page may show to this person."""
    if row.scope is None or person not in row.who:
        return set()
    scope = SCOPES[row.scope]
    return {
        (pupil, kind) for kind in row.shows for pupil in scope.get(kind, {}).get(person, NOBODY)
    }


def reaches(row: Row, person: str, pupil: str) -> bool:
    """Whether this person finds this pupil behind this page."""
    if row.scope is None:
        return True
    return pupil in SCOPES[row.scope].get(row.by, {}).get(person, NOBODY)


# --- what stands in an address, by the name it has there ---------------------------------------
KEYS: dict[str, Callable[[Seeded, str], Any]] = {
    "dossier_id": lambda s, pupil: s.dossier(pupil).pk,
    "pupil_id": lambda s, pupil: s.cast.pupils[pupil].pk,
    "note_id": lambda s, pupil: s.notes[pupil, "guidance"].pk,
    "file_id": lambda s, pupil: s.files[pupil, "guidance"].pk,
    "number": lambda s, pupil: 1,
    "page_number": lambda s, pupil: 1,
    "agreement_id": lambda s, pupil: s.agreements[pupil].pk,
    "parent_id": lambda s, pupil: s.parent(pupil).pk,
    "assignment_id": lambda s, pupil: s.assignment(pupil).pk,
    "record_id": lambda s, pupil: s.elsewhere[pupil].pk,
    "import_id": lambda s, pupil: s.imports[pupil].pk,
    "place": lambda s, pupil: 2,
    "custodian_id": lambda s, pupil: s.stand_in(pupil).pk,
    "request_id": lambda s, pupil: s.requests[pupil],
    "enrolment_id": lambda s, pupil: s.cast.pupils[pupil].enrolments.get().pk,
    "link_id": lambda s, pupil: s.cast.pupils[pupil].parenthoods.order_by("pk")[0].pk,
    "representative_id": lambda s, pupil: s.cast.pupils[pupil].representatives.all()[0].pk,
    "school_id": lambda s, pupil: s.cast.pupils[pupil].enrolments.get().school_id,
    "board_id": lambda s, pupil: s.cast.board.pk,
    "year_id": lambda s, pupil: s.cast.year.pk,
    "group_id": lambda s, pupil: (s.cast.other_group if pupil == "foreign" else s.cast.group).pk,
    "location_id": lambda s, pupil: s.location(pupil).pk,
    "receipt_id": lambda s, pupil: s.receipts.get(pupil, UNKNOWN),
    "check_id": lambda s, pupil: s.checks[pupil].pk,
    "person": lambda s, pupil: f"parent-{s.kept[pupil].answer.parent_id}",
    "answer_id": lambda s, pupil: s.kept[pupil].answer.pk,
    "scan_id": lambda s, pupil: s.kept[pupil].scan.pk,
    "code_id": lambda s, pupil: s.kept[pupil].code.pk,
    "sort": lambda s, pupil: "objection",
    "matter_id": lambda s, pupil: s.kept[pupil].objection.pk,
    "publication_id": lambda s, pupil: s.pictures.publications[pupil].pk,
    "removal_id": lambda s, pupil: s.pictures.removals[pupil].pk,
    "task_id": lambda s, pupil: s.pictures.tasks[pupil].pk,
    "recording_id": lambda s, pupil: s.pictures.recordings[pupil].pk,
    "filming_id": lambda s, pupil: s.pictures.filming[pupil].pk,
    "notice_id": lambda s, pupil: s.notices[pupil].pk,
    "letters_id": lambda s, pupil: s.letters(pupil).run_id,
    "letter_file_id": lambda s, pupil: s.letters(pupil).pk,
    "purpose_id": lambda s, pupil: s.draft.purpose_id,
    "text_id": lambda s, pupil: s.draft.pk,
    "year": lambda s, pupil: s.cast.today.year,
    "month": lambda s, pupil: s.cast.today.month,
    "round_id": lambda s, pupil: s.round(pupil).pk,
    "look_id": lambda s, pupil: s.looked[pupil].look,
    "question_id": lambda s, pupil: s.looked[pupil].question.pk,
    "held_id": lambda s, pupil: s.looked[pupil].held.pk,
    "finding_id": lambda s, pupil: s.findings[pupil].finding.pk,
    "assent_id": lambda s, pupil: s.findings[pupil].assent.pk,
    "rule": lambda s, pupil: "refusals",
    "hold_id": lambda s, pupil: s.holds[pupil],
    "erasure_id": lambda s, pupil: s.erasures[pupil],
    "change_id": lambda s, pupil: s.term_change,
    "list_id": lambda s, pupil: s.listed[pupil].list_id,
    "item_id": lambda s, pupil: s.listed[pupil].pk,
    "leftover_id": lambda s, pupil: left_over_of(s.listed[pupil].list),
    "step": lambda s, pupil: "cancel",
    "kind_code": lambda s, pupil: "agreements",
}


def _colleague(seeded: Seeded, whose: str) -> User:
    """Somebody who works at the school of that pupil."""
    return seeded.cast.people["foreign_counsellor" if whose == "foreign" else "safeguarding"]


def _invitation(seeded: Seeded, whose: str) -> Any:
    cast = seeded.cast
    school, by = (
        (cast.other_school, cast.other_director)
        if whose == "foreign"
        else (cast.school, cast.director)
    )
    found, _new = Invitation.objects.get_or_create(
        email=f"{whose}@example.org",
        defaults={
            "name": "Demo Invited",
            "role": "counsellor",
            "unit": school.unit,
            "starts_on": cast.today,
            "secret_hash": whose.encode(),
            "invited_by": by,
            "invited_at": timezone.now(),
            "expires_at": timezone.now() + timedelta(days=7),
        },
    )
    return found.pk


KEYS |= {
    "user_id": lambda s, whose: _colleague(s, whose).pk,
    "membership_id": lambda s, whose: _colleague(s, whose).memberships.get().pk,
    "invitation_id": _invitation,
}
# Staff are managed where they work; the board names directors and leaves the rest to them.
OWN_STAFF = {
    **{(person, "foreign"): 404 for person in OWN_DIRECTORS},
    **{("other_director", whose): 404 for whose in ("own", "other")},
}
NOT_THE_BOARD = {("board_officer", whose): 403 for whose in ("own", "other", "foreign")}
# A list is of a school: its director sees no other one.
OWN_LISTS = OWN_STAFF
OWN_CHILD_LEFT_OUT = {("parent_teacher", "own"): 200}
KEYS_ONLY = {("board_officer", whose): 200 for whose in ("own", "other", "foreign")}
UNKNOWN = uuid.UUID("12345678-1234-4234-8234-123456789012")


def part(kind: str) -> Callable[[Seeded, str], Any]:
    """The address of one part."""
    return lambda s, pupil: {"dossier_id": s.dossier(pupil).pk, "part": kind}


def note(kind: str) -> Callable[[Seeded, str], Any]:
    """The address of a note in one part."""
    return lambda s, pupil: {"note_id": s.notes[pupil, kind].pk}


def file(kind: str, **more: int) -> Callable[[Seeded, str], Any]:
    """The address of a file, or of a version of it, in one part."""
    return lambda s, pupil: {"file_id": s.files[pupil, kind].pk, **more}


# One part of the counsellors and the doctor's: the others are asked for in the same way.
_FILES_OF = ("guidance", "medical")


def bytes_of_files(
    *headers: Mapping[str, str], parts: tuple[str, ...] = _FILES_OF, **more: int
) -> tuple[Row, ...]:
    """A page that gives the bytes of a file: in each part, asked for in each of these ways."""
    return tuple(
        Row(
            who=COUNSELLING,
            scope="dossier",
            shows=(kind,),
            keys=file(kind, number=1, **more),
            by=kind,
            headers=asked,
        )
        for kind in parts
        for asked in headers
    )


_TEACHERS = {"own": "counsellor", "other": "other_counsellor", "foreign": "foreign_counsellor"}


def assigned_person(seeded: Seeded, pupil: str) -> dict[str, Any]:
    """Who is assigned to that pupil."""
    return {"user_id": seeded.cast.people[_TEACHERS[pupil]].pk}


def assigned_in_group(seeded: Seeded, pupil: str) -> dict[str, Any]:
    """The same, in the pupil's group."""
    return assigned_person(seeded, pupil) | {"group_id": KEYS["group_id"](seeded, pupil)}


def night_check(seeded: Seeded, whose: str) -> dict[str, Any]:
    """The night's own check of the log, which whoever reads a log may see."""
    check, _made = LogCheck.objects.get_or_create(asked_by=None)
    return {"check_id": check.pk}


def picture_notice(seeded: Seeded, whose: str) -> dict[str, Any]:
    """The notice of the board of both schools."""
    return {"notice_id": seeded.pictures.notice.pk}


# Only who wrote a note takes it out of a dossier; the seed's notes are all the counsellor's.
NOT_THE_AUTHOR = {
    ("coordinator", "own"): 403,
    ("substitute", "own"): 403,
    ("other_counsellor", "other"): 403,
    ("parent_teacher", "other"): 403,
    ("director_who_counsels", "other"): 403,
    ("foreign_counsellor", "foreign"): 403,
}

# What stands around the notes of a part.
_BESIDE = ("agreements", "elsewhere")

ROWS: dict[str, Row | tuple[Row, ...]] = {
    # --- retention: numbers and terms name nobody; holds and leaving dates do ------------------
    "retention": Row(who=KEEP_IN_VIEW),
    "retention_terms": Row(who=KEEP_IN_VIEW),
    "propose_retention_term": Row(who=SET_TERMS),
    "term_change": Row(who=KEEP_IN_VIEW),
    "approve_retention_term": Row(who=SET_TERMS),
    "withdraw_retention_term": Row(who=SET_TERMS),
    "leaving_dates": Row(who=MANAGERS, scope="managing", shows=("name",)),
    "holds": Row(who=HOLDERS, scope="holding", shows=("name",)),
    "find_to_hold": Row(
        who=HOLDERS, scope="holding", shows=("name",), post=lambda s, pupil: {"q": "Q"}
    ),
    "hold_dossier": Row(who=HOLDERS, scope="holding", shows=("name",)),
    "hold": Row(who=HOLDERS, scope="holding", shows=("name", "hold")),
    "keep_holding": Row(who=HOLDERS, scope="holding", shows=("name",)),
    "lift_hold": Row(who=HOLDERS, scope="holding", shows=("name",)),
    "erasures": Row(
        who=DIRECTORS | BOARD,
        scope="erasing",
        shows=("name",),
        post=lambda s, pupil: {"q": "Q"},
    ),
    "ask_erasure": Row(who=DIRECTORS | PRIVACY, scope="erasing", shows=("name",)),
    "erasure": Row(who=DIRECTORS | BOARD, scope="erasing", shows=("name", "asked")),
    # --- retention: destruction lists -----------------------------------------------------------
    "destruction_lists": Row(who=KEEP_IN_VIEW),
    "destruction_list": Row(who=KEEP_IN_VIEW, scope="destroying", shows=("name",)),
    "export_destruction_list": Row(who=KEEP_IN_VIEW, scope="destroying", shows=("name",)),
    "destruction_item": Row(who=KEEP_IN_VIEW, scope="destroying", shows=("name",)),
    "destruction_progress": Row(who=KEEP_IN_VIEW, odd=OWN_LISTS),
    # The list of the walk is a draft: both go back to it.
    "confirm_other_systems": Row(who=LIST_HANDLERS, odd=OWN_LISTS),
    "destruction_certificate": Row(who=KEEP_IN_VIEW, odd=OWN_LISTS),
    "destruction_list_step": Row(who=LIST_HANDLERS, odd=OWN_LISTS),
    "judge_leftover": Row(who=LIST_HANDLERS, odd=OWN_LISTS),
    "judge_leftovers": Row(who=LIST_HANDLERS, odd=OWN_LISTS),
    "decide_items": Row(
        who=LIST_HANDLERS,
        scope="destroying",
        shows=("name",),
        post=lambda s, pupil: {"item": str(s.listed[pupil].pk), "decision": "keep"},
    ),
    # --- staff and invitations: no pupil in it -------------------------------------------------
    "staff": Row(who=KEEPERS),
    "staff_member": Row(who=KEEPERS, odd=OWN_STAFF),
    "give_role": Row(who=KEEPERS, odd=OWN_STAFF),
    "end_role": Row(who=KEEPERS, odd=OWN_STAFF | NOT_THE_BOARD),
    "close_account": Row(who=KEEPERS, odd=OWN_STAFF | NOT_THE_BOARD),
    "reopen_account": Row(who=KEEPERS, odd=OWN_STAFF | NOT_THE_BOARD),
    "reset_second_factor": Row(who=KEEPERS, odd=OWN_STAFF | NOT_THE_BOARD),
    "invite": Row(who=KEEPERS),
    "invitations": Row(who=KEEPERS),
    "withdraw_invitation": Row(who=KEEPERS, odd=OWN_STAFF | NOT_THE_BOARD),
    "send_invitation_again": Row(who=KEEPERS, odd=OWN_STAFF | NOT_THE_BOARD),
    # --- behind the gate ---------------------------------------------------------------------
    "home": Row(who=EVERYBODY, scope="home", shows=("name", "agreements")),
    "promises": Row(who=STAFF | {"mr_parent"}),
    "my_pupils": Row(who=COUNSELLING, scope="dossier", shows=("name",)),
    "print_my_pupils": Row(who=COUNSELLING, scope="dossier", shows=("name",)),
    "export_my_pupils": Row(who=COUNSELLING, scope="dossier", shows=("name",)),
    "dossier": Row(
        who=COUNSELLING, scope="dossier", shows=("name", "guidance", "medical", *_BESIDE)
    ),
    "dossier_part": tuple(
        Row(who=COUNSELLING, scope="dossier", shows=shows, keys=part(shows[1]), by=shows[1])
        for shows in (
            *(("name", kind, *_BESIDE) for kind in ("guidance", "reports", "care")),
            ("name", "agreements", "elsewhere"),
            ("name", "medical"),
        )
    ),
    "note": tuple(
        Row(who=COUNSELLING, scope="dossier", shows=("name", kind), keys=note(kind), by=kind)
        for kind in NOTES
    ),
    "choose_print": tuple(
        Row(who=COUNSELLING, scope="dossier", shows=("name", kind), keys=part(kind), by=kind)
        for kind in ("guidance", "medical")
    ),
    "print_part": tuple(
        Row(
            who=COUNSELLING,
            scope="dossier",
            shows=("name", kind),
            keys=part(kind),
            by=kind,
            post=lambda s, pupil: {"everything": "on", "purpose": "Demo"},
        )
        for kind in ("guidance", "medical")
    ),
    "write_note": Row(who=COUNSELLING, scope="dossier", shows=("name",)),
    "add_message": Row(who=COUNSELLING, scope="dossier", shows=("name",)),
    "correct_note": tuple(
        Row(who=COUNSELLING, scope="dossier", shows=("name", kind), keys=note(kind), by=kind)
        for kind in ("guidance", "medical")
    ),
    "withdraw_note": Row(
        who=COUNSELLING, scope="dossier", shows=("name",), by="guidance", odd=NOT_THE_AUTHOR
    ),
    "note_headers": Row(who=DIRECTORS, scope="keeping", shows=("name",)),
    "withdraw_note_as_keeper": Row(who=DIRECTORS, scope="keeping", shows=("name",)),
    "files_of_part": tuple(
        Row(who=COUNSELLING, scope="dossier", shows=("name", kind), keys=part(kind), by=kind)
        for kind in (*_FILES_OF, "agreements")
    ),
    "add_files": Row(
        who=COUNSELLING, scope="dossier", shows=("name",), keys=part("guidance"), by="guidance"
    ),
    "add_files_to_note": Row(who=COUNSELLING, scope="dossier", shows=("name",), by="guidance"),
    "file": tuple(
        Row(who=COUNSELLING, scope="dossier", shows=("name", kind), keys=file(kind), by=kind)
        for kind in (*_FILES_OF, "agreements")
    ),
    "replace_file": tuple(
        Row(who=COUNSELLING, scope="dossier", shows=("name", kind), keys=file(kind), by=kind)
        for kind in ("guidance", "medical")
    ),
    "move_file": Row(who=COUNSELLING, scope="dossier", shows=("name", "guidance"), by="guidance"),
    "withdraw_file": Row(
        who=COUNSELLING, scope="dossier", shows=("name",), by="guidance", odd=NOT_THE_AUTHOR
    ),
    "withdraw_file_as_keeper": Row(who=DIRECTORS, scope="keeping", shows=("name",)),
    "download_file": (
        *bytes_of_files({}),
        *bytes_of_files(
            {"Range": "bytes=0-9999"},
            {"Range": "bytes=0-9999", "If-Range": '"x"'},
            {"If-None-Match": "*", "If-Modified-Since": "Sat, 21 Nov 2099 10:00:00 GMT"},
            parts=("guidance",),
        ),
    ),
    "file_thumbnail": bytes_of_files({}),
    "file_page": bytes_of_files({}, page_number=1),
    "make_agreement": Row(who=COUNSELLING, scope="dossier", shows=("name",), by="agreements"),
    "renew_agreement": Row(
        who=COUNSELLING, scope="dossier", shows=("name", "agreements"), by="agreements"
    ),
    "close_agreement": Row(
        who=COUNSELLING, scope="dossier", shows=("name", "agreements"), by="agreements"
    ),
    "change_card": Row(who=COUNSELLING, scope="dossier", shows=("name", "card"), by="card"),
    # --- an emergency: staff of the school find the pupil; the card opens for a typed reason ----
    "find_emergency_card": Row(
        who=STAFF - BOARD,
        scope="emergency",
        shows=("name",),
        post=lambda s, pupil: {"q": "Qown"},
    ),
    "ask_emergency_card": Row(who=STAFF - BOARD, scope="emergency", shows=("name",)),
    "emergency_card": Row(who=STAFF - BOARD, scope="dossier", shows=("name", "card"), by="card"),
    # --- consent: staff check before a photo ----------------------------------------------------
    # --- families ------------------------------------------------------------------------------
    "my_children": Row(who=FAMILY, scope="family", shows=("name",)),
    "questions": Row(who=FAMILY, scope="family", shows=("name",)),
    "earlier_answers": Row(who=FAMILY, scope="family", shows=("name",)),
    # What waits to be signed stands in one's own session: whatever the key, nothing is there.
    "sign": Row(
        who=FAMILY,
        keys=lambda s, pupil: {"signing_id": UNKNOWN},
        odd={(person, "unknown"): 302 for person in FAMILY},
    ),
    "my_data": Row(who=FAMILY, scope="own data", shows=("name", "parent", "address", "secret")),
    "receipt": Row(who=FAMILY, scope="receipts", shows=("name",)),
    "receipt_paper": Row(who=FAMILY, scope="receipts", shows=("name",)),
    "photo_check": Row(who=STAFF - BOARD),
    "photo_check_result": Row(who=STAFF - BOARD, scope="checking", shows=("name",)),
    # --- findings: lists name no pupil; the board officer judges those about keepers, none here ---
    "findings": Row(who=FINDING_READERS),
    "finding": Row(who=FINDING_READERS, scope="findings", shows=("name", "judged", "said")),
    "judge_finding": Row(who=KEEPERS, scope="findings", shows=("judged", "said")),
    "my_findings": Row(who=STAFF),
    "my_log_rows": Row(who=STAFF, scope="own rows", shows=("name",)),
    "my_finding": Row(who=STAFF, scope="own findings", shows=("name", "said")),
    "finding_rules": Row(who=STAFF),
    "finding_rule": Row(who=BOARD_OFFICERS),
    "staff_assents": Row(who=FINDING_READERS),
    "add_staff_assent": Row(who=KEEPERS, scope="keeping"),
    "end_staff_assent": Row(who=KEEPERS, scope="ending"),
    # --- consent: the board officer sets what is asked; no pupil in it ---------------------------
    "purposes": Row(who=BOARD_OFFICERS),
    "add_purpose": Row(who=BOARD_OFFICERS),
    "purpose": Row(who=BOARD_OFFICERS),
    "write_purpose_text": Row(who=BOARD_OFFICERS),
    "preview_purpose_text": Row(who=BOARD_OFFICERS),
    "put_text_in_use": Row(who=BOARD_OFFICERS),
    "end_purpose": Row(who=BOARD_OFFICERS),
    # --- consent: rounds of a school ------------------------------------------------------------
    "consent_rounds": Row(who=MANAGERS),
    "start_consent_round": Row(who=MANAGERS, scope="managing"),
    "consent_round": Row(who=MANAGERS, scope="managing"),
    "carry_on_consent_round": Row(who=MANAGERS, scope="managing"),
    "round_in_short": Row(who=MANAGERS, scope="managing"),
    # --- consent: the board of answers. Never about an own child: there stands the other parent's
    # answer, so whoever is a parent finds the school, and the child left out. ---------------------
    "answers": Row(who=COUNSELLORS | MANAGERS),
    "school_answers": Row(who=COUNSELLORS | MANAGERS, scope="answers", odd=OWN_CHILD_LEFT_OUT),
    "answering_pupils": Row(
        who=COUNSELLORS | MANAGERS, scope="answers", shows=("name",), odd=OWN_CHILD_LEFT_OUT
    ),
    "export_answers": Row(who=MANAGERS, scope="managing", shows=("name",)),
    # The pupil's own counsellors: what holds and why, nobody's answer. A doctor reads no consent.
    "own_pupil_consent": Row(
        who=COUNSELLORS | DIRECTORS | ADMINISTRATORS, scope="counselling", shows=("name",)
    ),
    "remind_families": Row(
        who=MANAGERS,
        scope="managing",
        keys=lambda s, pupil: {"school_id": s.round(pupil).school_id},
    ),
    # --- consent: letters. On the list are those whom mail does not reach: here a mentor each.
    # What was made is downloaded by who had it made, once: here it was, and the page says so.
    "letters": Row(who=MANAGERS, scope="consenting", shows=("name", "representative")),
    "start_letter_run": Row(who=MANAGERS, scope="managing"),
    "letter_run": Row(who=MANAGERS, scope="managing"),
    "carry_on_letters": Row(who=MANAGERS, scope="managing"),
    "download_letters": Row(who=MANAGERS, scope="letters"),
    # --- consent: one pupil, for the administration; the director decides ------------------------
    **dict.fromkeys(
        ("pupil_consent", "pupil_consent_at"),
        Row(who=MANAGERS, scope="consenting", shows=("name", "parent", "representative")),
    ),
    "ask_about_pupil": Row(who=MANAGERS, scope="consenting"),
    "record_paper": Row(who=MANAGERS, scope="consenting", shows=("name", "parent")),
    "give_code": Row(who=MANAGERS, scope="consenting", shows=("name", "parent")),
    "withdraw_code": Row(who=MANAGERS, scope="consenting"),
    "add_scan": Row(who=MANAGERS, scope="consenting", shows=("name",)),
    "correct_answer": Row(who=DIRECTORS, scope="consenting", shows=("name",)),
    "answer_scan": Row(who=MANAGERS, scope="consenting", shows=("name",)),
    "scan_page": Row(who=MANAGERS, scope="consenting", shows=("paper",)),
    "download_scan": Row(who=MANAGERS, scope="consenting", shows=("paper",)),
    "withdraw_scan": Row(who=MANAGERS, scope="consenting", shows=("name",)),
    # Any employee, for a pupil of the school, and never for the own child.
    "add_objection": Row(
        who=STAFF - BOARD,
        scope="checking",
        shows=("name",),
        odd={("parent_teacher", "own"): 403},
    ),
    "place_safety_block": Row(who=MANAGERS, scope="consenting", shows=("name",)),
    "record_court_order": Row(who=DIRECTORS, scope="consenting", shows=("name",)),
    "decide_unable": Row(who=DIRECTORS, scope="consenting", shows=("name",)),
    "decide_unreachable": Row(who=DIRECTORS, scope="consenting", shows=("name", "parent")),
    "order_coverage": Row(
        who=MANAGERS,
        scope="consenting",
        shows=("name", "representative"),
        keys=lambda s, pupil: {
            "school_id": KEYS["school_id"](s, pupil),
            "representative_id": s.kept[pupil].mentor.pk,
        },
    ),
    "consent_matter": Row(who=MANAGERS, scope="consenting", shows=("name", "matter")),
    "end_matter": Row(who=DIRECTORS, scope="consenting", shows=("name",)),
    # --- consent: pictures ----------------------------------------------------------------------
    "publish": Row(who=STAFF - BOARD, scope="checking", shows=("name",)),
    "child_pictures": Row(who=FAMILY, scope="family", shows=("name",)),
    "publications": Row(who=STAFF - BOARD),
    "publication": Row(who=STAFF - BOARD, scope="publications", shows=("name",)),
    "take_down_publication": Row(who=STAFF - BOARD, scope="publications", shows=("name",)),
    "removal_proof": Row(who=STAFF - BOARD, scope="publications", shows=("name",)),
    "close_take_down": Row(who=STAFF - BOARD, scope="publications", shows=("name",)),
    "recordings": Row(who=STAFF - BOARD),
    "choose_recording": Row(who=STAFF - BOARD),
    "add_recording": Row(who=STAFF - BOARD, scope="checking", shows=("name",)),
    "recording": Row(who=STAFF - BOARD, scope="publications", shows=("name",)),
    "end_recording": Row(who=STAFF - BOARD, scope="publications"),
    "filming_list": Row(who=STAFF - BOARD, scope="checking", shows=("name",)),
    "filming_requests": Row(who=DIRECTORS),
    "decide_filming_request": Row(who=DIRECTORS, scope="notices", shows=("parent",), by="parent"),
    # A pupil has nothing to film or to confirm here: 403, as for whoever is no parent.
    "ask_filming": Row(who=PARENTS),
    "picture_notice": Row(who=PARENTS),
    "picture_notice_groups": Row(who=MANAGERS),
    "picture_notice_missing": Row(who=MANAGERS, scope="notices", shows=("name", "parent")),
    "recording_term": Row(who=BOARD_OFFICERS),
    "picture_notice_texts": Row(who=BOARD_OFFICERS),
    # One board's notice, whoever's key stands in the address.
    "use_picture_notice": Row(who=BOARD_OFFICERS, keys=picture_notice),
    "confirm_picture_notice": Row(who=PARENTS, keys=picture_notice),
    # --- for the keeper -----------------------------------------------------------------------
    "keeper_notices": Row(who=KEEPERS, scope="keeping", shows=("name",)),
    "keeper_notice_seen": Row(who=KEEPERS, scope="keeping"),
    "elsewhere_of_pupil": Row(who=COUNSELLORS | MANAGERS, scope="listing"),
    "elsewhere": Row(who=COUNSELLORS | MANAGERS, scope="listing", shows=("name", "elsewhere")),
    "end_elsewhere": Row(who=COUNSELLORS | MANAGERS, scope="listing", shows=("name", "elsewhere")),
    "dossier_readers": Row(who=COUNSELLING, scope="dossier", shows=("name", "reason")),
    "assignments": Row(who=KEEPERS, scope="keeping"),
    "assignment_pupils": Row(who=KEEPERS, scope="keeping", shows=("name",)),
    "pupil_assignments": Row(who=KEEPERS, scope="keeping", shows=("name", "reason")),
    "assign_pupil": Row(who=KEEPERS, scope="keeping", shows=("name",)),
    "assign_medical": Row(who=KEEPERS, scope="keeping", shows=("name",)),
    "withdraw_assignment": Row(who=KEEPERS, scope="keeping", shows=("name",)),
    "change_assignment_end": Row(who=KEEPERS, scope="keeping", shows=("name", "reason")),
    "assignment_people": Row(who=KEEPERS, scope="keeping"),
    "person_assignments": Row(who=KEEPERS, scope="keeping", shows=("name",), keys=assigned_person),
    "group_assignments": Row(who=KEEPERS, scope="keeping", shows=("name",)),
    "assign_group": Row(who=KEEPERS, scope="keeping"),
    "hand_over_group": Row(who=KEEPERS, scope="keeping"),
    "withdraw_from_group": Row(who=KEEPERS, scope="keeping", keys=assigned_in_group),
    "assignment_proposals": Row(who=KEEPERS, scope="keeping"),
    "medical_stand_ins": Row(who=KEEPERS),
    "end_medical_stand_in": Row(who=KEEPERS, scope="keeping"),
    "school_year_turn": Row(who=KEEPERS),
    "group_turn": Row(who=KEEPERS, scope="keeping"),
    # --- the roster ----------------------------------------------------------------------------
    "roster_imports": Row(who=MANAGERS),
    "roster_upload": Row(who=MANAGERS),
    "parents_template": Row(who=MANAGERS),
    "roster_proposals": Row(who=DIRECTORS),
    "roster_import": Row(who=MANAGERS, scope="managing"),
    "roster_lines": Row(
        who=MANAGERS,
        scope="managing",
        shows=("name",),
        keys=lambda s, pupil: {"import_id": s.imports[pupil].pk},
        query="?show=pupil.changed",
    ),
    "roster_questions": Row(who=MANAGERS, scope="managing", shows=("name",)),
    "roster_decide": Row(who=MANAGERS, scope="managing"),
    "roster_decide_all": Row(who=MANAGERS, scope="managing"),
    "roster_approve": Row(who=MANAGERS, scope="managing"),
    "roster_start": Row(who=MANAGERS, scope="managing"),
    "roster_cancel": Row(who=MANAGERS, scope="managing"),
    # --- who looked: families, who answers them, and what is held back -------------------------
    "who_looked_children": Row(who=FAMILY, scope="family", shows=("name",)),
    "who_looked": Row(who=FAMILY, scope="who looked", shows=("name",)),
    "ask_why": Row(who=FAMILY, scope="who looked", shows=("name",)),
    "own_look_question": Row(who=FAMILY, scope="who looked", shows=("name", "why"), by="why"),
    "let_see_who_looked": Row(who=FAMILY, scope="leave"),
    "look_questions": Row(who=KEEPERS, scope="look questions", shows=("name",)),
    "look_question": Row(who=KEEPERS, scope="look questions", shows=("name", "why")),
    "look_papers": Row(
        who=KEEPERS, scope="look papers", shows=("name",), post=lambda s, pupil: {"typed": "Qown"}
    ),
    "look_paper": Row(
        who=KEEPERS,
        scope="look papers",
        shows=("name", "parent", "representative"),
        post=lambda s, pupil: {"person": f"parent-{s.parent(pupil).pk}", "is_known": "on"},
    ),
    "look_names": Row(who=BOARD_OFFICERS),
    "held_back": Row(
        who=frozenset({"privacy_officer"}),
        scope="held back",
        shows=("name",),
        post=lambda s, pupil: {"typed": "Qown"},
    ),
    "hold_back_looks": Row(
        who=frozenset({"privacy_officer"}), scope="held back", shows=("name", "why")
    ),
    "give_looks_free": Row(who=frozenset({"privacy_officer"}), scope="held back", shows=("name",)),
    # --- the log ------------------------------------------------------------------------------
    "log": Row(who=LOG_READERS, scope="log", shows=("name",)),
    "log_export": Row(who=LOG_READERS, scope="log", shows=("name",)),
    "log_request": Row(who=LOG_READERS, scope="log", shows=("name",)),
    "log_checks": Row(who=LOG_READERS),
    "log_check": Row(who=LOG_READERS, keys=night_check),
    # --- reports: names to who reads the log; the board officer sees keys ------------------------
    "reports": Row(who=REPORT_READERS),
    "school_reports": Row(who=REPORT_READERS, scope="log", odd=KEYS_ONLY),
    "month_report": Row(who=REPORT_READERS, scope="log", shows=("name",), odd=KEYS_ONLY),
    "report_paper": Row(who=REPORT_READERS, scope="log", odd=KEYS_ONLY),
    # The month of the walk goes on: who signs here is sent back to the report.
    "sign_report": Row(
        who=DIRECTORS,
        scope="log",
        odd={(person, whose): 302 for person in OWN_DIRECTORS for whose in ("own", "other")}
        | {("other_director", "foreign"): 302},
    ),
    "period_report": Row(
        who=REPORT_READERS,
        scope="log",
        shows=("name",),
        query="?first=2026-11-01&last=2026-11-29",
        odd=KEYS_ONLY,
    ),
    "report_export": Row(
        who=REPORT_READERS,
        scope="log",
        shows=("name",),
        post=lambda s, pupil: {"first": "2026-11-01", "last": "2026-11-30"},
        odd=KEYS_ONLY,
    ),
    # Its end: decided by the privacy officer, signed by the board; the FG looks on.
    "log_end": Row(who=BOARD),
    "set_log_term": Row(who=PRIVACY, keys=lambda s, pupil: {"board_id": s.cast.board.pk}),
    "decide_log_end": Row(
        who=PRIVACY,
        keys=lambda s, pupil: {"board_id": s.cast.board.pk, "year": 2020, "month": 1},
    ),
    "sign_log_end": Row(
        who=BOARD_OFFICERS, keys=lambda s, pupil: {"end_id": seeded_log_end(s.cast).pk}
    ),
    "withdraw_log_end": Row(
        who=PRIVACY, keys=lambda s, pupil: {"end_id": seeded_log_end(s.cast).pk}
    ),
    # --- administration: the list, and a pupil -------------------------------------------------
    "school_pupils": Row(who=SCHOOL_ADMINISTRATION, scope="administration", shows=("name",)),
    "print_school_pupils": Row(who=SCHOOL_ADMINISTRATION, scope="administration", shows=("name",)),
    "export_school_pupils": Row(who=SCHOOL_ADMINISTRATION, scope="administration", shows=("name",)),
    "school_pupil": Row(
        who=SCHOOL_ADMINISTRATION,
        scope="administration",
        shows=("name", "parent", "address", "secret", "representative"),
    ),
    "enrol_pupil": Row(
        who=MANAGERS,
        scope="managing",
        shows=("name",),
        post=lambda s, pupil: {"first_name": "Q"},
    ),
    "change_pupil": Row(who=MANAGERS, scope="managing", shows=("name",)),
    "return_pupil": Row(who=MANAGERS, scope="managing", shows=("name",)),
    "give_pupil_account": Row(who=MANAGERS, scope="managing", shows=("name",)),
    "record_leaving": Row(who=MANAGERS, scope="managing", shows=("name",)),
    "undo_leaving": Row(who=MANAGERS, scope="managing", shows=("name",)),
    "move_group": Row(who=MANAGERS, scope="managing", shows=("name",)),
    "transfer_pupil": Row(who=MANAGERS, scope="managing", shows=("name",)),
    # --- administration: parents and representatives -------------------------------------------
    "parent": Row(
        who=SCHOOL_ADMINISTRATION,
        scope="administration",
        shows=("name", "parent", "address", "secret"),
        keys=lambda s, pupil: [{"parent_id": key} for key in s.parents(pupil)],
    ),
    "change_parent": Row(
        who=MANAGERS,
        scope="managing",
        shows=("parent", "address", "secret"),
        keys=lambda s, pupil: [{"parent_id": key} for key in s.parents(pupil)],
    ),
    "give_parent_account": Row(who=MANAGERS, scope="managing", shows=("parent",)),
    # Candidates to link: never a secret address, whoever looks.
    "find_parent": Row(
        who=MANAGERS,
        scope="managing",
        shows=("name", "parent", "address"),
        post=lambda s, pupil: {"q": "q"},
    ),
    "add_parent": Row(who=MANAGERS, scope="managing", shows=("name",)),
    "link_parent": Row(
        who=MANAGERS,
        scope="managing",
        shows=("name", "parent", "address"),
        keys=lambda s, pupil: [
            {"pupil_id": s.cast.pupils[pupil].pk, "parent_id": key}
            for key in s.parents("own" if pupil == "other" else "other")
        ],
        # The other school knows no other parent to link.
        odd={("other_director", "foreign"): 404},
    ),
    "record_authority": Row(who=MANAGERS, scope="managing", shows=("name", "parent")),
    "change_relation": Row(who=MANAGERS, scope="managing", shows=("name", "parent")),
    "unlink_parent": Row(who=MANAGERS, scope="managing", shows=("name", "parent")),
    # Who of the colleagues is a parent: whoever keeps the dossier says so, never the office.
    # Parents without an account can be chosen; in the walk each has one.
    "name_colleague": Row(who=KEEPERS, scope="administration", shows=("name",)),
    "unname_colleague": Row(who=KEEPERS, scope="administration", shows=("name", "parent")),
    "add_representative": Row(who=MANAGERS, scope="managing", shows=("name",)),
    "end_representative": Row(who=MANAGERS, scope="managing", shows=("name",)),
    # --- the organisation: no pupil in it -------------------------------------------------------
    "organisation": Row(who=SCHOOL_ADMINISTRATION),
    "school": Row(who=SCHOOL_ADMINISTRATION, scope="administration"),
    "add_location": Row(who=MANAGERS, scope="managing"),
    "rename_location": Row(who=MANAGERS, scope="managing"),
    "add_group": Row(who=MANAGERS, scope="managing"),
    "rename_group": Row(who=MANAGERS, scope="managing"),
    "add_school": Row(who=BOARD_OFFICERS),
    "change_region": Row(who=BOARD_OFFICERS),
    "add_school_year": Row(who=BOARD_OFFICERS),
    "change_school_year": Row(who=BOARD_OFFICERS),
}


def rows_of(name: str) -> tuple[Row, ...]:
    """The lines of one address."""
    found = ROWS[name]
    return found if isinstance(found, tuple) else (found,)
