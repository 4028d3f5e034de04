"""The second lock on what is asked, checked, sent and covered: who sees and who adds a row."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from access.acting import Job, acting_as
from access.errors import NotAllowed
from audit.actions import record
from consent.actions.answering import row_for
from consent.actions.checking import check_consent
from consent.actions.codes import make_code
from consent.actions.coverage import cover_by_order
from consent.events import CODE_MADE
from consent.models import Answer, Check, CheckedPupil, Code, OrderCoverage, Request
from students.models import Enrolment, Parent, Representative

pytestmark = [pytest.mark.promise("P22"), pytest.mark.promise("P13")]
DAY = timedelta(days=1)
WHO = (
    "administrator", "director", "board_officer", "counsellor", "parent_teacher", "other_director",
    "parent", "parent_without", "pupil_sixteen", "fg",
)  # fmt: skip


@pytest.fixture
def everything(asked):
    """One row of each: two parents asked, a code, a check of that pupil, an order's coverage."""
    cast = asked.cast
    asked.ask("own")
    mentor = Representative.objects.create(
        pupil=cast.pupils["own"], kind="mentor", name="Demo Mentor", starts_on=cast.today,
        court_decision="Rechtbank Demostad C/03/456",
    )  # fmt: skip
    pupil = {"pupil": cast.pupils["own"], "school": cast.school}
    parent = Parent.objects.get(user=cast.parent)
    asked.act(make_code, by="administrator", parent=parent, route="letter", **pupil)
    asked.act(
        cover_by_order, by="director", representative=mentor, school=cast.school,
        purpose=asked.purposes["website"],
    )  # fmt: skip
    asked.act(
        check_consent, by="safeguarding", school=cast.school, text=asked.texts["website"],
        pupils=[cast.pupils["own"].pk], day=cast.today,
    )  # fmt: skip
    return asked


def counts(by, on: date) -> tuple[int, ...]:
    with acting_as(by, on=on, read_only=True):
        models = (Request, Code, Check, CheckedPupil, OrderCoverage)
        return tuple(model.objects.count() for model in models)


def test_each_sees_the_rows_of_their_school_or_their_own_and_nothing_else(everything):
    """Requests, codes, checks, pupils checked, coverage. A parent who works here: the own ones."""
    cast = everything.cast
    cast.add_person("parent_teacher", "administrator", cast.school.unit)
    seen = {who: counts(cast.people[who], cast.today) for who in WHO}
    assert seen == {
        "administrator": (2, 1, 1, 1, 1),
        "director": (2, 1, 1, 1, 1),
        "board_officer": (2, 0, 0, 0, 1),
        "counsellor": (0, 0, 1, 1, 1),
        "parent_teacher": (1, 0, 1, 1, 1),
        "other_director": (0, 0, 0, 0, 0),
        "parent": (1, 0, 0, 1, 1),
        "parent_without": (0, 0, 0, 1, 1),
        "pupil_sixteen": (0, 0, 0, 0, 0),
        "fg": (0, 0, 0, 0, 0),
    }
    assert counts(Job("test"), cast.today) == (2, 1, 1, 1, 1)


@pytest.mark.parametrize("who", ["counsellor", "other_director", "parent", "parent_without", "fg"])
def test_whoever_keeps_no_consent_plants_no_request_and_no_code(everything, who):
    cast = everything.cast
    request = everything.request("own", of="parent")
    request.pk, request.asked_by, request.counts_from = uuid.uuid4(), cast.people[who], cast.today
    request.counts_until = cast.today
    code = Code.objects.get()
    Code.objects.update(withdrawn_at=timezone.now())
    code.pk, code.number, code.made_by = uuid.uuid4(), "abcde", cast.people[who]
    for row in (request, code):
        with pytest.raises(DatabaseError), acting_as(cast.people[who], on=cast.today):
            row.save(force_insert=True)


def test_nobody_plants_a_code_in_the_name_of_a_colleague_or_of_an_own_child(everything):
    cast = everything.cast
    cast.add_person("parent_teacher", "administrator", cast.school.unit)
    code = Code.objects.get()
    Code.objects.update(withdrawn_at=timezone.now())
    code.pk, code.number = uuid.uuid4(), "abcde"
    for who, maker in (("director", "administrator"), ("parent_teacher", "parent_teacher")):
        code.made_by = cast.people[maker]
        with pytest.raises(DatabaseError), acting_as(cast.people[who], on=cast.today):
            code.save(force_insert=True)
    code.made_by = cast.director
    with acting_as(cast.director, on=cast.today):
        code.save(force_insert=True)
        record(CODE_MADE, by=cast.director)


def test_a_check_is_of_who_makes_it_and_of_pupils_of_that_school(everything):
    cast, check = everything.cast, Check.objects.get()
    check.pk, check.checked_by = uuid.uuid4(), cast.director
    for who in ("counsellor", "other_director"):
        with pytest.raises(DatabaseError), acting_as(cast.people[who], on=cast.today):
            check.save(force_insert=True)
    line = CheckedPupil(
        check_made=Check.objects.get(), pupil=cast.pupils["foreign"], is_allowed=True
    )
    with pytest.raises(DatabaseError), acting_as(cast.safeguarding, on=cast.today):
        line.save(force_insert=True)


def test_a_check_finds_pupils_of_the_chosen_school_only(asked):
    """Also for who works at both schools: consent is per school."""
    cast = asked.cast
    cast.add_person("counsellor", "counsellor", cast.other_school.unit)
    chosen = {"text": asked.texts["website"], "day": cast.today, "school": cast.school}
    with pytest.raises(NotAllowed):
        asked.act(
            check_consent, by="counsellor", pupils=[cast.pupils["foreign"].pk], **chosen
        )  # fmt: skip
    Enrolment.objects.filter(pupil=cast.pupils["own"]).update(ends_on=cast.today - DAY)
    with pytest.raises(NotAllowed):
        asked.act(check_consent, by="counsellor", pupils=[cast.pupils["own"].pk], **chosen)


@pytest.mark.parametrize(
    ("who", "route", "days", "is_taken"),
    [
        ("parent", "online", 0, True),
        ("parent", "online", -1, False),
        ("parent", "online", 2, False),
        ("administrator", "paper", -30, True),
        ("administrator", "paper", 0, True),
        ("administrator", "paper", 1, False),
    ],
)
def test_an_answer_online_is_of_today_and_one_on_paper_of_no_day_to_come(
    asked, who, route, days, is_taken
):
    """The database itself: past every action, as the web login of somebody."""
    asked.ask("own")
    row = row_for(asked.request("own", of="parent"))
    row.said, row.route, row.language, row.recorded_by = (
        "given",
        route,
        "nl",
        asked.cast.people[who],
    )
    row.answered_at = timezone.now() + days * DAY
    row.recorded_at = max(row.answered_at, timezone.now())

    def plant() -> None:
        with acting_as(asked.cast.people[who], on=asked.cast.today):
            row.save(force_insert=True)
            record(CODE_MADE, by=asked.cast.people[who])

    if is_taken:
        plant()
    else:
        with pytest.raises(DatabaseError, match="at its time"), transaction.atomic():
            plant()
    assert Answer.objects.exists() is is_taken
