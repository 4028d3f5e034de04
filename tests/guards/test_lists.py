"""The lists that have no test of their own for it ask as much for one row as for thirty."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from access.acting import acting_as
from audit.actions import row, write
from audit.events import PAGE_SEEN
from dossiers.actions.elsewhere import Elsewhere, add_record_elsewhere
from dossiers.actions.emergency import open_card_in_an_emergency
from dossiers.actions.notes import NoteText, write_note
from dossiers.models import Note
from oversight.models import Finding, HoldBack, LookQuestion
from retention.models import DestructionItem, DestructionList
from students.models import Enrolment
from tests.cast import LONG_AGO
from tests.guards.seed_retention import ask_to_erase, hold_dossier, list_for_destruction, miss


def _pupils(cast, number: int) -> None:
    """A counsellor with that many pupils, and a school with no others."""
    Enrolment.objects.filter(school=cast.school).exclude(pupil=cast.pupils["own"]).update(
        ends_on=cast.today - timedelta(days=40)
    )
    for n in range(number - 1):
        cast.add_pupil(f"row{n}")
        cast.assign("counsellor", f"row{n}")


def _notices(cast, number: int) -> None:
    for n in range(number):
        pupil = "own" if n == 0 else f"row{n}"
        if n:
            cast.add_pupil(pupil)
        with acting_as(cast.safeguarding, on=cast.today):
            open_card_in_an_emergency(
                dossier=cast.dossier(pupil),
                reason="Fell in the playground",
                by=cast.safeguarding,
                on=cast.today,
            )


def _notes(cast, number: int) -> None:
    for n in range(number):
        author = cast.counsellor if n % 2 else cast.coordinator
        with acting_as(author, on=cast.today):
            write_note(
                part=cast.part("own"),
                text=NoteText(f"Row-{n}", "Facts", ""),
                happened_on=cast.today,
                by=author,
                on=cast.today,
            )


def _elsewhere(cast, number: int) -> None:
    for n in range(number):
        with acting_as(cast.counsellor, on=cast.today):
            add_record_elsewhere(
                dossier=cast.dossier("own"),
                what=Elsewhere(f"Row-{n}", "absence", "administration", "two years"),
                by=cast.counsellor,
                on=cast.today,
            )


def _readers(cast, number: int) -> None:
    for n in range(number):
        cast.add_person(f"reader{n}", "counsellor", cast.school.unit, name=f"Row-{n}")
        cast.assign(f"reader{n}", "own")


def _parents(cast, number: int) -> None:
    for n in range(number):
        cast.add_parent(f"row{n}", "own")


def _parents_of_another(cast, number: int) -> None:
    for n in range(number):
        cast.add_parent(f"row{n}", "other")


def _findings(cast, number: int) -> None:
    for n in range(number):
        Finding.objects.create(
            unit=cast.school.unit,
            rule="same-surname",
            day=cast.today - timedelta(days=n + 1),
            person=cast.counsellor,
            severity="low",
            measured={"number": 1, "least": 1},
        )


def _holds(cast, number: int) -> None:
    for n in range(number):
        pupil = "own" if n == 0 else f"row{n}"
        if n:
            cast.add_pupil(pupil)
        hold_dossier(cast, pupil, "row")


def _erasures(cast, number: int) -> None:
    """Requests, and as many notes that were withdrawn and still stand."""
    by = cast.counsellor
    for n in range(number):
        pupil = "own" if n == 0 else f"row{n}"
        if n:
            cast.add_pupil(pupil)
        said = {"part": cast.part(pupil), "author": by, "happened_on": cast.today}
        Note.objects.create(**said, withdrawn_at=timezone.now(), withdrawn_by=by)
        ask_to_erase(cast, pupil, Note.objects.create(**said), "row")


def _listed(cast, number: int) -> None:
    for n in range(number):
        cast.add_pupil(f"row{n}")
        list_for_destruction(cast, f"row{n}")


def _destruction_lists(cast, number: int) -> None:
    for n in range(number):
        on = cast.today - timedelta(days=n)
        made = DestructionList.objects.create(
            school=cast.school, name=f"Row-{n}", due_until=cast.today, made_on=on
        )
        DestructionItem.objects.create(
            list=made,
            dossier_id=cast.dossier("own").pk,
            kind="medical",
            last_day=LONG_AGO,
            due_on=cast.today,
        )


def _missing(cast, number: int) -> None:
    for n in range(number):
        cast.add_pupil(f"row{n}")
        miss(cast, f"row{n}")


def _own_rows(cast, number: int) -> None:
    user = cast.counsellor
    with acting_as(user, on=cast.today) as work:
        key = cast.pupils["own"].log_key
        write([row(work, PAGE_SEEN, by=user, subjects=[key]) for _n in range(number)])


def _questions(cast, number: int) -> None:
    for n in range(number):
        LookQuestion.objects.create(
            pupil=cast.pupils["own"],
            school=cast.school,
            look=uuid.uuid4(),
            looks=[],
            lookers=[cast.counsellor.pk],
            looked_on=cast.today,
            role="counsellor",
            kind="dossier",
            sealed=b"",
            asked_by=cast.parent,
            asked_on=cast.today,
            goes_to="director",
            due_on=cast.today + timedelta(days=n + 1),
        )


def _held(cast, number: int) -> None:
    for n in range(number):
        cast.add_pupil(f"row{n}")
        HoldBack.objects.create(
            pupil=cast.pupils[f"row{n}"],
            what="rows",
            starts_on=cast.today,
            ends_on=cast.today,
            sealed=b"",
            recorded_by=cast.privacy_officer,
        )


# name: who looks, what makes rows, what is sent, what a row shows, queries
LISTS = {
    "holds": ("privacy_officer", _holds, None, "First-", 11),
    "erasures": ("privacy_officer", _erasures, None, "First-", 13),
    "destruction_lists": ("fg", _destruction_lists, None, "Row-", 16),
    "destruction_list": ("director", _listed, None, "First-row", 28),
    "export_destruction_list": ("fg", _listed, {"as": "csv"}, "First-row", 13),
    "find_to_hold": ("fg", _missing, {"q": "First"}, "First-row", 11),
    "leaving_dates": ("administrator", _missing, None, "First-row", 12),
    "keeper_notices": ("director", _notices, None, "First-", 12),
    "note_headers": ("director", _notes, None, "Demo co", 14),
    "elsewhere": ("counsellor", _elsewhere, None, "Row-", 15),
    "dossier_readers": ("counsellor", _readers, None, "Row-", 13),
    "print_my_pupils": ("counsellor", _pupils, {}, "First-", 15),
    "export_my_pupils": ("counsellor", _pupils, {}, "First-", 15),
    "print_school_pupils": ("administrator", _pupils, {}, "First-", 14),
    "export_school_pupils": ("administrator", _pupils, {}, "First-", 14),
    "find_emergency_card": ("safeguarding", _pupils, {"q": "First"}, "First-", 11),
    "school_pupil": ("administrator", _parents, None, "First-row", 25),
    "answering_pupils": ("administrator", _pupils, None, "First-", 17),
    "export_answers": ("administrator", _pupils, {}, "First-", 17),
    "findings": ("director", _findings, None, "The same surname", 15),
    "my_log_rows": ("counsellor", _own_rows, None, "opened a page", 17),
    "my_findings": ("counsellor", _findings, None, "The same surname", 11),
    "look_questions": ("director", _questions, None, "First-own", 11),
    "held_back": ("privacy_officer", _held, None, "First-row", 10),
    "look_papers": ("director", _pupils, {"typed": "First"}, "First-", 10),
    "find_parent": ("administrator", _parents_of_another, {"q": "row"}, "First-row", 17),
}
OPENS_WHAT_IS_SEALED = {"keeper_notices", "elsewhere", "dossier_readers"}
OF_A_DOSSIER = {"note_headers", "elsewhere", "dossier_readers"}
OF_A_PUPIL = {"school_pupil", "find_parent"}
OF_A_LIST = {"destruction_list", "export_destruction_list"}
OF_A_SCHOOL = {"answering_pupils", "export_answers"}


@pytest.mark.parametrize("number", [2, 30])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_as_much_for_two_rows_as_for_thirty(cast, sign_in, name, number):
    person, make, sent, sign, queries = LISTS[name]
    make(cast, number)
    keys = [cast.dossier("own").pk] if name in OF_A_DOSSIER else []
    keys += [cast.pupils["own"].pk] if name in OF_A_PUPIL else []
    keys += [cast.school.pk] if name in OF_A_SCHOOL else []
    keys += [DestructionList.objects.get().pk] if name in OF_A_LIST else []
    client, address = sign_in(cast.people[person]), reverse(name, args=keys)

    def ask():
        return client.get(address) if sent is None else client.post(address, sent)

    ask()
    with (
        CaptureQueriesContext(connection) as content,
        CaptureQueriesContext(connections["keys"]) as opened,
    ):
        page = ask()
    assert page.status_code == 200
    shown = b"".join(page) if page.streaming else page.content
    assert shown.decode().count(sign) >= min(number, 10), "the list shows too little"
    keyrings = int(name in OPENS_WHAT_IS_SEALED)
    assert (len(content), len(opened)) == (queries, keyrings), [str(q["sql"])[:90] for q in content]
