"""A hold with its words, an absence from the roster, and a term that waits for a second person."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.utils import timezone

from access.acting import acting_as
from dossiers.models import Note
from retention.actions.erasures import Request, ask_erasure
from retention.actions.holds import Reason, place_hold
from retention.actions.terms import Proposal, propose_term
from retention.models import (
    Absence,
    DestructionItem,
    DestructionList,
    Erasure,
    Hold,
    Leftover,
    SearchPass,
    TermChange,
)
from retention.searching.marks import sealed_json
from retention.terms import KINDS
from students.models import Enrolment
from tests.cast import Cast
from vault.sealing import create_keys


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


def left_over_of(made: DestructionList) -> uuid.UUID:
    """Something that a search for this list found, which somebody else may be called by."""
    found = Leftover.objects.filter(search__list=made).first()
    if found is None:
        create_keys([made.pk])
        done = timezone.now()
        search = SearchPass(
            list=made, begun_at=done, finished_at=done, columns=1, rows=1, marks=1, hits=1
        )
        search.sealed = sealed_json(made.pk, search.place, {"families": []})
        search.save()
        found = Leftover(
            search=search, sort="name", is_hard=False, place_found="access_user",
            rows=["a row"], number=1,
        )  # fmt: skip
        found.sealed = sealed_json(made.pk, found.place, {"mark": "Somebody Gone"})
        found.save()
    return found.pk


def ask_to_erase(cast: Cast, key: str, note: Note, word: str) -> Erasure:
    """The privacy officer asks for the school to erase a note, and says this word: of a family it
    would keep everything of the pupil until it is answered."""
    by, on = cast.privacy_officer, cast.today
    school = cast.other_school if key == "foreign" else cast.school
    with acting_as(by, on=on):
        return ask_erasure(
            dossier=cast.dossier(key, school), what=("note", note.pk),
            asked=Request("school", "wrong-dossier", f"Because {word}", on), by=by, on=on,
        )  # fmt: skip
