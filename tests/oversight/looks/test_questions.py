"""Asking why somebody looked: who answers, until when, and who reads what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from access.models import Membership
from audit.models import LogEntry
from oversight.actions.questions import answer_question, ask_why
from oversight.models import LookQuestion
from oversight.queries.questions import look_questions_waiting, overdue_at
from students.models import Authority
from tests.oversight.looks.made import born, look, with_names
from vault.models import PartKey

WHY, BECAUSE = "Why was this needed at night?", "She prepared the talk with you."


def ask(cast, *, by=None, pupil="own", words=WHY, on=None, row=None) -> LookQuestion:
    """A parent asks about a look by the teacher."""
    person, day = by or cast.parent, on or cast.today
    row = row or look(cast, cast.counsellor, pupil)
    with acting_as(person, on=day):
        return ask_why(pupil=cast.pupils[pupil], look=row.pk, words=words, by=person, on=day)


def answer(cast, question, *, by=None, on=None, words=BECAUSE) -> LookQuestion:
    person, day = by or cast.director, on or cast.today
    with acting_as(person, on=day):
        return answer_question(question=question, words=words, by=person, on=day)


def text(page) -> str:
    return page.content.decode()


@pytest.mark.promise("P20")
def test_a_parent_asks_the_director_answers_and_the_parent_reads_it(
    cast, sign_in, django_capture_on_commit_callbacks
):
    with_names(cast)
    row = look(cast, cast.counsellor)
    there = reverse("ask_why", args=[cast.pupils["own"].pk, row.pk])
    page = text(sign_in(cast.parent).get(there))
    assert cast.counsellor.name in page
    assert "16 December 2026" in page
    sent = sign_in(cast.parent).post(there, {"words": WHY}, follow=True)
    assert WHY in text(sent)
    question = LookQuestion.objects.get()
    assert (question.due_on, question.goes_to) == (date(2026, 12, 16), "director")
    assert "answer by 16 December" in text(sign_in(cast.director).get(reverse("look_questions")))
    work = reverse("look_question", args=[question.pk])
    page = text(sign_in(cast.director).get(work))
    for words in (WHY, cast.parent.name, cast.counsellor.name, "10:0", "Dossier"):
        assert words in page, words
    with django_capture_on_commit_callbacks(execute=True):
        assert sign_in(cast.director).post(work, {"words": BECAUSE}).status_code == 302
    page = text(sign_in(cast.parent).get(sent.redirect_chain[-1][0]))
    assert BECAUSE in page
    assert cast.director.name in page
    told = mail.outbox[0]
    assert told.to == [cast.parent.email]
    for name in (cast.pupils["own"].first_name, cast.counsellor.name, WHY, BECAUSE):
        assert name not in told.subject + told.body
    rows = LogEntry.objects.filter(event__in=["look-questioned", "look-explained"])
    assert [(r.event, r.subjects) for r in rows.order_by("timestamp")] == [
        ("look-questioned", [cast.pupils["own"].log_key]),
        ("look-explained", [cast.pupils["own"].log_key]),
    ]


def test_the_texts_stand_nowhere_readable(cast):
    answer(cast, ask(cast))
    with connection.cursor() as cursor:
        cursor.execute("select q::text from oversight_lookquestion q")
        ((stored,),) = cursor.fetchall()
    assert WHY.encode().hex() not in stored
    assert WHY not in stored
    assert BECAUSE not in stored


def test_asking_the_same_line_twice_shows_the_first_question(cast, sign_in):
    row = look(cast, cast.counsellor)
    question = ask(cast, row=row)
    there = reverse("ask_why", args=[cast.pupils["own"].pk, row.pk])
    assert sign_in(cast.parent).get(there).url == reverse("own_look_question", args=[question.pk])
    with pytest.raises(Refused, match="asked about this already"):
        ask(cast, row=row)
    later = look(cast, cast.counsellor)  # the same line, with one look more
    with pytest.raises(Refused, match="asked about this already"):
        ask(cast, row=later)
    assert LookQuestion.objects.count() == 1


def test_nobody_asks_more_than_a_few_times_a_day(cast, sign_in):
    for n in range(5):
        ask(cast, row=look(cast, cast.counsellor, days_ago=n))
    row = look(cast, cast.counsellor, days_ago=9)
    there = reverse("ask_why", args=[cast.pupils["own"].pk, row.pk])
    assert "Ask again tomorrow" in text(sign_in(cast.parent).post(there, {"words": WHY}))
    assert ask(cast, row=row, on=cast.today + timedelta(days=1)).pk


def test_nobody_asks_about_what_they_do_not_see(cast, sign_in):
    cast.add_parent("parent_of_other", "other")
    row = look(cast, cast.counsellor)
    hidden = look(cast, cast.administrator, page="school_pupil")
    for person, pupil, key in (
        ("parent_of_other", "own", row.pk),
        ("parent_of_other", "other", row.pk),
        ("parent_without", "own", row.pk),
        ("parent", "own", hidden.pk),
    ):
        there = reverse("ask_why", args=[cast.pupils[pupil].pk, key])
        assert sign_in(cast.people[person]).get(there).status_code == 404
        with pytest.raises(NotAllowed), acting_as(cast.people[person], on=cast.today):
            ask_why(
                pupil=cast.pupils[pupil],
                look=key,
                words=WHY,
                by=cast.people[person],
                on=cast.today,
            )


@pytest.mark.parametrize(
    ("looker", "goes_to"),
    [("counsellor", "director"), ("director", "board"), ("deputy", "board")],
)
def test_about_a_look_by_who_directs_the_board_officer_answers(cast, sign_in, looker, goes_to):
    question = ask(cast, row=look(cast, cast.people[looker]))
    assert question.goes_to == goes_to
    there = reverse("look_question", args=[question.pk])
    reads = {"director": {"director", "deputy"}, "board": {"board_officer"}}[goes_to]
    for person in ("director", "deputy", "board_officer", "other_director"):
        status = sign_in(cast.people[person]).get(there).status_code
        assert (status == 200) is (person in reads), person
        if person not in reads:
            with pytest.raises(NotAllowed):
                answer(cast, question, by=cast.people[person])
    answer(cast, question, by=cast.people[min(reads)])


def test_what_a_director_asks_as_a_parent_the_board_officer_answers(cast, sign_in):
    cast.add_parent("director", "own")
    Membership.objects.create(
        user=cast.director, role="parent", unit=cast.school.unit, starts_on=cast.today
    )
    person = type(cast.director).objects.get(pk=cast.director.pk)
    question = ask(cast, by=person)
    assert question.goes_to == "board"
    there = reverse("look_question", args=[question.pk])
    assert sign_in(person).get(there).status_code == 404
    assert sign_in(cast.deputy).get(there).status_code == 404
    answer(cast, question, by=cast.board_officer)


def test_who_was_looked_after_and_other_families_read_nothing_of_it(cast, sign_in):
    cast.add_parent("second_parent", "own")
    question = answer(cast, ask(cast))
    for person in ("second_parent", "parent_without", "parent_teacher", "pupil_twelve"):
        there = reverse("own_look_question", args=[question.pk])
        assert sign_in(cast.people[person]).get(there).status_code in (403, 404), person
    for person in ("counsellor", "administrator", "privacy_officer", "fg", "parent"):
        there = reverse("look_question", args=[question.pk])
        assert sign_in(cast.people[person]).get(there).status_code == 403, person
    page = text(
        sign_in(cast.people["second_parent"]).get(
            reverse("who_looked", args=[cast.pupils["own"].pk])
        )
    )
    assert "You asked" not in page


def test_a_question_is_answered_once(cast):
    question = answer(cast, ask(cast))
    with pytest.raises(Overtaken):
        answer(cast, question, by=cast.deputy)


def test_an_answer_too_late_is_told_to_the_director_the_board_and_the_privacy_officer(
    cast, sign_in
):
    question = ask(cast)
    for day, late in ((question.due_on, 0), (question.due_on + timedelta(days=1), 1)):
        with acting_as(cast.director, on=day):
            waiting = look_questions_waiting(cast.director, on=day)
        assert (waiting.number, waiting.overdue, waiting.first_due) == (1, late, question.due_on)
        with acting_as(cast.privacy_officer, on=day):
            told = [(o.school, o.number) for o in overdue_at(cast.privacy_officer, on=day)]
        assert told == ([(cast.school, 1)] if late else [])
        with acting_as(cast.board_officer, on=day):
            assert look_questions_waiting(cast.board_officer, on=day).number == late
    answer(cast, question, by=cast.board_officer, on=question.due_on + timedelta(days=1))


def test_who_lost_authority_reads_no_answer_and_gets_no_mail(
    cast, sign_in, django_capture_on_commit_callbacks
):
    question = ask(cast)
    Authority.objects.filter(parenthood__parent__user=cast.parent).update(ends_on=date(2026, 11, 1))
    with django_capture_on_commit_callbacks(execute=True):
        answer(cast, question)
    assert not mail.outbox
    there = reverse("own_look_question", args=[question.pk])
    assert sign_in(cast.parent).get(there).status_code == 404


def test_a_pupil_of_12_asks_for_itself(cast, sign_in):
    question = ask(cast, by=cast.pupil_twelve, pupil="twelve")
    page = text(sign_in(cast.director).get(reverse("look_question", args=[question.pk])))
    assert "the pupil" in page
    born(cast.pupils["twelve"], date(2015, 1, 1))  # it was a slip of the pen
    there = reverse("own_look_question", args=[question.pk])
    assert sign_in(cast.pupil_twelve).get(there).status_code == 404


@pytest.mark.promise("P22")
def test_the_database_keeps_questions_from_who_has_nothing_to_do_with_them(cast):
    question = ask(cast)
    mine = {
        "parent": 1,
        "director": 1,
        "deputy": 1,
        "board_officer": 1,
        "privacy_officer": 1,
        "counsellor": 0,
        "administrator": 0,
        "other_director": 0,
        "parent_without": 0,
        "pupil_twelve": 0,
    }
    for person, number in mine.items():
        with acting_as(cast.people[person], on=cast.today, read_only=True):
            assert LookQuestion.objects.filter(pk=question.pk).count() == number, person
    looked = ask(cast, row=look(cast, cast.director, days_ago=1))
    with acting_as(cast.director, on=cast.today, read_only=True):
        assert not LookQuestion.objects.filter(pk=looked.pk).exists()


def test_a_question_that_can_not_be_opened_any_more_says_so_and_stands_in_the_log(
    cast, sign_in, client
):
    question = ask(cast)
    PartKey.objects.filter(part_id=question.pk).delete()
    client.raise_request_exception = False
    there = reverse("own_look_question", args=[question.pk])
    page = sign_in(cast.parent).get(there)
    assert page.status_code == 500
    assert "This can't be read" in text(page)
    told = LogEntry.objects.get(event="damage-met")
    assert (told.object_pk, told.subjects) == (str(question.pk), [cast.pupils["own"].log_key])
