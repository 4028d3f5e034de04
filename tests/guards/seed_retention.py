"""A hold with its words, an absence from the roster, and a term that waits for a second person."""

from __future__ import annotations

from datetime import date, timedelta

from access.acting import acting_as
from retention.actions.holds import Reason, place_hold
from retention.actions.terms import Proposal, propose_term
from retention.models import Absence, DestructionItem, DestructionList, Hold, TermChange
from retention.terms import KINDS
from students.models import Enrolment
from tests.cast import Cast


def hold_dossier(cast: Cast, key: str, word: str) -> Hold:
    """The privacy officer holds the pupil's dossier, and says this word."""
    by, on = cast.privacy_officer, cast.today
    school = cast.other_school if key == "foreign" else cast.school
    with acting_as(by, on=on):
        return place_hold(
            dossier=cast.dossier(key, school), reason=Reason("complaint", f"Because {word}"),
            by=by, on=on,
        )  # fmt: skip


def miss(cast: Cast, key: str) -> None:
    """The pupil is missing from the roster for a long time."""
    stay = Enrolment.objects.get(pupil=cast.pupils[key])
    since = cast.today - timedelta(days=100)
    Absence.objects.create(enrolment=stay, system="Demo", starts_on=since)


def propose_a_term(cast: Cast) -> TermChange:
    """The privacy officer proposes another term for the medical part."""
    by, on = cast.privacy_officer, cast.today
    with acting_as(by, on=on):
        return propose_term(
            board=cast.board, kind=KINDS["medical"],
            proposal=Proposal(4, "left", "Demo law, article 1"), by=by, on=on,
        )  # fmt: skip


def list_for_destruction(cast: Cast, key: str) -> DestructionItem:
    """The pupil's notes stand on a draft of its school."""
    school = cast.other_school if key == "foreign" else cast.school
    made, _new = DestructionList.objects.get_or_create(
        school=school,
        defaults={
            "name": f"Demo list {school.brin}",
            "due_until": cast.today,
            "made_on": cast.today,
        },
    )
    return DestructionItem.objects.create(
        list=made,
        dossier_id=cast.dossier(key, school).pk,
        kind="guidance",
        last_day=date(2023, 11, 1),
        due_on=date(2026, 11, 1),
    )
