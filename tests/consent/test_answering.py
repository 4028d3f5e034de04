"""Answering online and on paper: what counts, what is refused, what is recorded."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from audit.actions import record
from audit.models import LogEntry
from consent.actions.answering import Choice, answer
from consent.actions.asking import ask_about
from consent.actions.recording import told_after
from consent.events import ANSWERED
from consent.models import Answer, Request
from consent.queries import Known
from consent.rules import Outcome, Reason
from students.models import Authority, Parenthood, Pupil

pytestmark = [pytest.mark.promise("P5"), pytest.mark.promise("P13")]
DAY = timedelta(days=1)


def test_everybody_who_decides_is_asked_and_nobody_else(asked):
    assert asked.ask("own") == 2  # two parents with authority; the one without is not asked
    assert asked.ask("own") == 0
    people = Request.objects.values_list("parent__user__username", flat=True)
    assert set(people) == {"parent", "parent_teacher"}
    assert asked.ask("eleven") == 1  # the voogd
    assert asked.ask("sixteen") == 1
    assert asked.request("sixteen").answers_as == "pupil"


def test_the_year_of_an_answer_ends_with_the_school_year(asked):
    asked.ask("own")
    request = asked.request("own", of="parent")
    assert (request.counts_from, request.counts_until) == (asked.cast.today, date(2027, 7, 31))


def test_both_parents_answer_and_it_is_a_yes_until_one_withdraws(asked):
    asked.ask("own")
    asked.says("parent", "own", True)
    assert asked.holds("own").outcome is Outcome.OPEN
    asked.says("parent_teacher", "own", True)
    assert asked.holds("own").is_allowed
    withdrawn = asked.says("parent", "own", False)
    assert withdrawn.said == Answer.Said.WITHDRAWN
    assert asked.holds("own").outcome is Outcome.NO
    assert Answer.objects.count() == 3  # history is added


def test_a_pupil_of_sixteen_answers_alone(asked):
    asked.ask("sixteen")
    assert asked.holds("sixteen").outcome is Outcome.OPEN
    asked.says("pupil_sixteen", "sixteen", True)
    assert asked.holds("sixteen").is_allowed


def test_a_double_click_adds_one_row_and_one_event(asked):
    asked.ask("own")
    choice = Choice(asked.request("own", of="parent").pk, True)
    rows = [asked.act(answer, by="parent", choices=[choice], language="nl") for _ in range(2)]
    assert rows[0] == rows[1]
    assert Answer.objects.count() == 1
    assert LogEntry.objects.filter(event="consent-answered").count() == 1


def test_another_window_that_did_not_see_the_last_answer_is_told_and_changes_nothing(asked):
    asked.ask("own")
    request = asked.request("own", of="parent")
    asked.says("parent", "own", True)
    with pytest.raises(Overtaken):
        asked.act(answer, by="parent", choices=[Choice(request.pk, False)], language="nl")
    assert Answer.objects.count() == 1


@pytest.mark.parametrize(
    "who", ["parent_without", "pupil_sixteen", "counsellor", "administrator", "parent_teacher"]
)
def test_nobody_answers_a_request_of_somebody_else(asked, who):
    asked.ask("own")
    choice = Choice(asked.request("own", of="parent").pk, True)
    with pytest.raises(NotAllowed):
        asked.act(answer, by=who, choices=[choice], language="nl")
    assert not Answer.objects.exists()


def test_all_choices_of_a_form_are_taken_or_none(asked):
    asked.add("press")
    asked.ask("own", "other")
    mine = asked.request("own", of="parent")
    strange = asked.request("own", of="parent_teacher")
    choices = [Choice(mine.pk, True), Choice(strange.pk, True)]
    with pytest.raises(NotAllowed):
        asked.act(answer, by="parent", choices=choices, language="nl")
    assert not Answer.objects.exists()


def test_who_lost_authority_can_not_answer_any_more(asked):
    asked.ask("own")
    link = Parenthood.objects.get(parent__user=asked.cast.parent)
    Authority.objects.filter(parenthood=link).update(ends_on=asked.cast.today - DAY)
    for is_yes in (True, False):
        with pytest.raises(Refused):
            asked.says("parent", "own", is_yes)


def test_what_was_answered_with_authority_stops_counting_when_it_ends(asked):
    asked.ask("own")
    for parent in ("parent", "parent_teacher"):
        asked.says(parent, "own", True)
    Authority.objects.filter(parenthood__parent__user=asked.cast.parent).update(
        ends_on=asked.cast.today
    )
    assert asked.holds("own").is_allowed
    after = asked.holds("own", on=asked.cast.today + DAY)
    assert after.is_allowed  # the other parent, with authority, said yes
    Authority.objects.filter(parenthood__parent__user=asked.cast.parent_teacher).update(
        ends_on=asked.cast.today
    )
    assert asked.holds("own", on=asked.cast.today + DAY).reason is Reason.NOBODY


def test_a_parent_of_who_turned_16_can_not_answer(asked):
    asked.cast.add_parent("parent_of_fifteen", "fifteen")
    asked.ask("fifteen")
    Pupil.objects.filter(pk=asked.cast.pupils["fifteen"].pk).update(birth_date=date(2010, 11, 16))
    with pytest.raises(Refused):
        asked.says("parent_of_fifteen", "fifteen", True)


def test_another_text_in_use_asks_anew_and_the_old_request_takes_no_yes(asked):
    asked.ask("own")
    for parent in ("parent", "parent_teacher"):
        asked.says(parent, "own", True)
    old = asked.request("own", of="parent")
    asked.replace("website", needs="one")
    assert asked.holds("own").outcome is Outcome.OPEN
    again = [Choice(old.pk, True, asked.latest(old).pk)]
    with pytest.raises(Refused):
        asked.act(answer, by="parent", choices=again, language="nl")
    assert asked.ask("own") == 2
    asked.says("parent", "own", True)
    assert asked.holds("own").is_allowed


def test_a_no_is_taken_also_to_a_text_that_was_replaced(asked):
    asked.ask("own")
    asked.replace("website", needs="one")
    old = Request.objects.get(parent__user=asked.cast.parent)
    asked.act(answer, by="parent", choices=[Choice(old.pk, False)], language="nl")
    assert asked.ask("own") == 2
    asked.says("parent_teacher", "own", True)
    assert asked.holds("own").outcome is Outcome.NO


def test_two_children_at_two_schools_are_answered_in_one_form_and_logged_at_both(asked):
    cast = asked.cast
    link = Parenthood.objects.create(
        parent=cast.parent.known_as_parent.get(), pupil=cast.pupils["foreign"], relation="mother"
    )
    Authority.objects.create(
        parenthood=link, value="yes", starts_on=date(2020, 8, 1), source="form"
    )
    cast.add_person("other_administrator", "administrator", cast.other_school.unit)
    asked.ask("own")
    foreign = {"pupil": cast.pupils["foreign"], "school": cast.other_school}
    asked.act(ask_about, by="other_administrator", occasion="single", **foreign)
    choices = [Choice(asked.request(pupil, of="parent").pk, True) for pupil in ("own", "foreign")]
    rows = asked.act(answer, by="parent", choices=choices, language="en")
    assert {row.school_id for row in rows} == {cast.school.pk, cast.other_school.pk}
    logged = LogEntry.objects.filter(event="consent-answered")
    assert {(e.unit, *e.subjects) for e in logged} == {
        (cast.school.pk, cast.pupils["own"].log_key),
        (cast.other_school.pk, cast.pupils["foreign"].log_key),
    }


# --- on paper -------------------------------------------------------------------------------


def test_an_answer_on_paper_names_who_recorded_it_and_when_it_was_given(asked):
    asked.ask("own")
    day = asked.cast.today - DAY
    row = asked.on_paper(asked.request("own", of="parent"), True, day)
    assert (row.route, row.recorded_by) == ("paper", asked.cast.administrator)
    assert row.answered_at.date() <= day
    entry = LogEntry.objects.get(event="consent-answer-recorded")
    assert entry.subjects == [asked.cast.pupils["own"].log_key]


def test_the_same_paper_recorded_twice_is_one_answer(asked):
    asked.ask("own")
    request = asked.request("own", of="parent")
    assert asked.on_paper(request, True) == asked.on_paper(request, True)
    assert Answer.objects.count() == 1


def test_a_paper_of_an_earlier_day_does_not_undo_a_later_answer(asked):
    asked.ask("own")
    asked.says("parent_teacher", "own", True)
    asked.says("parent", "own", False)
    asked.on_paper(asked.request("own", of="parent"), True, asked.cast.today)
    assert asked.holds("own").outcome is Outcome.NO


def test_whoever_records_a_paper_is_told_what_holds_when_that_is_something_else(asked):
    asked.ask("own")
    request = asked.request("own", of="parent")
    assert told_after(asked.on_paper(request, True, asked.cast.today - DAY)) == ""
    asked.says("parent", "own", False)
    paper = asked.on_paper(request, True, asked.cast.today)
    assert "said no on 16 November 2026" in told_after(paper)
    asked.says("parent", "own", True)
    assert "said yes on 16 November 2026" in told_after(paper)


@pytest.mark.parametrize("by", ["counsellor", "other_director", "school_doctor", "board_officer"])
def test_only_the_administration_of_the_school_records_papers(asked, by):
    asked.ask("own")
    with pytest.raises(NotAllowed):
        asked.on_paper(asked.request("own", of="parent"), True, by=by)


def test_nobody_records_a_paper_about_an_own_child(asked):
    asked.cast.add_person("parent_teacher", "administrator", asked.cast.school.unit)
    asked.ask("own")
    with pytest.raises(NotAllowed):
        asked.on_paper(asked.request("own", of="parent"), True, by="parent_teacher")


def test_a_paper_of_tomorrow_or_from_before_authority_is_refused(asked):
    asked.ask("own")
    request = asked.request("own", of="parent")
    for day in (asked.cast.today + DAY, date(2019, 1, 1)):
        with pytest.raises(Refused):
            asked.on_paper(request, True, day)


# --- what the database keeps ------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["update consent_answer set said = 'given'",
                                  "delete from consent_answer",
                                  "update consent_request set counts_until = null",
                                  "delete from consent_request"])  # fmt: skip
def test_an_answer_and_a_request_are_never_changed_not_even_by_the_owner(asked, verb):
    asked.ask("own")
    asked.says("parent", "own", False)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)
    with pytest.raises(DatabaseError), acting_as(asked.cast.director, on=asked.cast.today):
        with connection.cursor() as cursor:
            cursor.execute(verb)


def planted(asked, who: str, **changed) -> None:
    """An answer written past every action, as the web login of somebody."""
    from consent.actions.answering import row_for

    request = asked.request("own", of="parent")
    user = asked.cast.people[who]
    row = row_for(request)
    row.said, row.route, row.language, row.recorded_by = "given", "online", "nl", user
    row.answered_at = row.recorded_at
    for name, value in changed.items():
        setattr(row, name, value)
    with acting_as(user, on=asked.cast.today):
        row.save(force_insert=True)
        record(ANSWERED, by=user)


def test_the_database_takes_an_answer_from_whom_it_asks_only(asked):
    asked.ask("own")
    planted(asked, "parent")
    for who in ("parent_teacher", "parent_without", "administrator", "director", "counsellor"):
        with pytest.raises(DatabaseError), transaction.atomic():
            planted(asked, who)
    with pytest.raises(DatabaseError), transaction.atomic():
        planted(asked, "parent", recorded_by=asked.cast.director)
    with pytest.raises(DatabaseError), transaction.atomic():
        planted(asked, "parent", counts_until=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        planted(asked, "parent", pupil=asked.cast.pupils["other"])
    Authority.objects.filter(parenthood__parent__user=asked.cast.parent).update(value="unknown")
    with pytest.raises(DatabaseError), transaction.atomic():
        planted(asked, "parent")
    assert Answer.objects.count() == 1


@pytest.mark.promise("P22")
def test_one_parent_never_reads_a_row_of_the_other_also_as_a_colleague(asked):
    asked.ask("own")
    asked.says("parent", "own", False)
    asked.says("parent_teacher", "own", True)
    asked.cast.add_person("parent_teacher", "administrator", asked.cast.school.unit)
    seen = {}
    for who in (
        "parent", "parent_teacher", "parent_without", "administrator", "director", "counsellor",
        "other_director", "pupil_sixteen", "fg",
    ):  # fmt: skip
        with acting_as(asked.cast.people[who], on=asked.cast.today, read_only=True):
            seen[who] = sorted(Answer.objects.values_list("said", flat=True))
    both = ["given", "refused"]
    assert seen == {
        "parent": ["refused"],
        "parent_teacher": ["given"],
        "parent_without": [],
        "administrator": both,
        "director": both,
        "counsellor": [],
        "other_director": [],
        "pupil_sixteen": [],
        "fg": [],
    }


def test_the_engine_works_for_who_works_there_or_is_family_and_for_nobody_else(asked):
    asked.ask("own")
    asked.says("parent", "own", True)
    asked.says("parent_teacher", "own", True)
    for who in ("counsellor", "school_doctor", "parent", "parent_without", "board_officer"):
        assert asked.holds("own", by=who).is_allowed, who
    for who in ("foreign_counsellor", "former", "fg", "pupil_sixteen", "mr_parent"):
        assert asked.holds("own", by=who).outcome is Outcome.OPEN, who


@pytest.mark.promise("P20")
def test_the_log_says_who_answered_what_was_asked_and_never_the_answer(asked):
    asked.ask("own")
    asked.says("parent", "own", True)
    asked.says("parent", "own", False)
    asked.on_paper(asked.request("own", of="parent_teacher"), False)
    rows = LogEntry.objects.filter(event__in=["consent-answered", "consent-answer-recorded"])
    assert rows.count() == 3
    for row in rows:
        text = f"{row.additional_data} {row.changes} {row.object_pk}"
        assert not [word for word in ("given", "refused", "withdrawn", "yes") if word in text]


def test_who_was_linked_by_mistake_learns_nothing_as_family_and_keeps_the_administration(asked):
    cast = asked.cast
    asked.ask("own")
    asked.says("parent", "own", True)
    cast.add_person("wrong_parent", "parent", cast.school.unit)
    director = cast.add_parent("director", "own", authority="no")
    stranger = cast.add_parent("wrong_parent", "own", authority="no")
    with acting_as(cast.director, on=cast.today, read_only=True):
        assert not Answer.objects.exists()
    Parenthood.objects.filter(parent__in=[director, stranger]).update(
        withdrawn_at=director.user.date_joined, withdrawn_by=cast.board_officer
    )
    with acting_as(cast.director, on=cast.today, read_only=True):
        assert Answer.objects.count() == 1
    with acting_as(cast.wrong_parent, on=cast.today, read_only=True):
        assert not Answer.objects.exists()
        known = Known([cast.pupils["own"]], cast.school.pk)
        known.load_answers([asked.purposes["website"].pk])
    assert not known.facts(cast.pupils["own"].pk, asked.purposes["website"].pk).answers
