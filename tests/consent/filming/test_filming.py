"""A parent asks to film; the director decides once; the list is for staff."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from audit.models import LogEntry
from consent.actions.filming import Occasion, ask_to_film, decide_filming
from consent.models import FilmingRequest

pytestmark = pytest.mark.promise("P15")
DAY = timedelta(days=1)


def ask(asked, by: str = "parent", *, day=3, what="The musical", school=None) -> FilmingRequest:
    occasion = Occasion(what, asked.cast.today + day * DAY, "For the grandparents")
    return asked.act(ask_to_film, by=by, school=school or asked.cast.school, occasion=occasion)


def decide(asked, row, decision="yes", said="", by="director", on=None) -> None:
    asked.act(decide_filming, by=by, on=on, request=row, decision=decision, said=said)


def test_a_parent_asks_and_the_director_decides_once(asked):
    row = ask(asked)
    assert ask(asked) == row
    assert FilmingRequest.objects.count() == 1
    with pytest.raises(Refused):
        decide(asked, row, "conditions", "  ")
    decide(asked, row, "conditions", "From the back of the hall")
    with pytest.raises(Overtaken):
        decide(asked, row, "no", "Changed my mind", by="deputy")
    row.refresh_from_db()
    assert (row.decision, row.decided_by) == ("conditions", asked.cast.director)
    events = LogEntry.objects.filter(event__startswith="filming-").order_by("timestamp")
    assert [e.event for e in events] == ["filming-asked", "filming-decided"]
    assert "hall" not in "".join(str(e.additional_data) for e in events)


def test_only_a_parent_with_a_child_at_that_school_asks(asked):
    for by in ("counsellor", "mr_parent", "pupil_sixteen", "director"):
        with pytest.raises(NotAllowed):
            ask(asked, by)
    with pytest.raises(NotAllowed):
        ask(asked, school=asked.cast.other_school)
    for day in (-1, 400):
        with pytest.raises(Refused):
            ask(asked, day=day)
    assert ask(asked, "parent_teacher")
    with pytest.raises(NotAllowed):  # who may not know where the child is doesn't learn it here
        ask(asked, "parent_without")


def test_nobody_decides_elsewhere_their_own_question_or_a_day_that_is_over(asked):
    row = ask(asked)
    for by in ("administrator", "counsellor", "other_director", "board_officer", "parent"):
        with pytest.raises(NotAllowed):
            decide(asked, row, by=by)
    with pytest.raises(NotAllowed):
        decide(asked, row, "maybe")
    with pytest.raises(Refused, match="over"):
        decide(asked, row, on=asked.cast.today + 4 * DAY)
    asked.cast.add_person("parent", "director", asked.cast.school.unit)
    with pytest.raises(NotAllowed):
        decide(asked, row, by="parent")
    decide(asked, row, by="deputy")


@pytest.mark.promise("P22")
def test_the_database_shows_a_question_to_its_parent_and_the_administration_only(asked):
    ask(asked)
    seen = {}
    for who in ("parent", "parent_teacher", "director", "administrator", "counsellor",
                "other_director", "pupil_sixteen"):  # fmt: skip
        with acting_as(asked.cast.people[who], on=asked.cast.today, read_only=True):
            seen[who] = FilmingRequest.objects.count()
    assert seen == {
        "parent": 1, "parent_teacher": 0, "director": 1, "administrator": 1, "counsellor": 0,
        "other_director": 0, "pupil_sixteen": 0,
    }  # fmt: skip
    for verb in (
        "update consent_filmingrequest set occasion = 'x'", "delete from consent_filmingrequest"
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)


# --- pages --------------------------------------------------------------------------------------


def test_the_parent_reads_the_decision_on_the_own_page_and_no_other_parents_question(
    asked, sign_in
):
    ask(asked, "parent_teacher", what="Another occasion")
    sent = {
        "occasion": "The musical of 6A", "day": (asked.cast.today + DAY).isoformat(),
        "why": "For the grandparents", "decision": "yes", "parent": "forged",
    }  # fmt: skip
    client = sign_in(asked.cast.parent, second_factor=False)
    for _click in range(2):
        assert client.post(reverse("ask_filming"), sent).status_code == 302
    row = FilmingRequest.objects.get(parent__user=asked.cast.parent)
    assert row.decision == ""
    page = client.get(reverse("ask_filming")).content.decode()
    assert "The musical of 6A" in page
    assert "Do not film before the director says yes" in page
    assert "Another occasion" not in page
    director = sign_in(asked.cast.director)
    assert "2 requests to decide" in director.get(reverse("home")).content.decode()
    address = reverse("decide_filming_request", args=[row.pk])
    assert director.post(address, {"decision": "no", "said": ""}).status_code == 200
    said = {"decision": "no", "said": "Too many families said no"}
    assert director.post(address, said).status_code == 302
    page = sign_in(asked.cast.parent, second_factor=False).get(reverse("ask_filming"))
    assert "Too many families said no" in page.content.decode()


def test_the_list_names_who_may_not_be_filmed_for_staff_only(asked, sign_in):
    asked.add("filmed", "filming")
    asked.ask("own", "other")
    for parent in ("parent", "parent_teacher"):
        asked.says(parent, "own", True, "filmed")
    page = sign_in(asked.cast.safeguarding).get(reverse("filming_list"))
    text = page.content.decode()
    assert "First-own" not in text
    assert {line.pupil.first_name for line in page.context["found"].lines} == {
        "First-other", "First-eleven", "First-twelve", "First-fifteen", "First-sixteen"
    }  # fmt: skip
    entry = LogEntry.objects.filter(event="page-listed").latest("timestamp")
    assert asked.cast.pupils["other"].log_key in entry.subjects
    strange = {"groups": str(asked.cast.other_group.pk), "day": "2026-11-16"}
    refused = sign_in(asked.cast.counsellor).get(reverse("filming_list"), strange)
    assert "First-" not in refused.content.decode()
    for who in ("parent", "pupil_sixteen", "mr_parent", "board_officer", "former"):
        assert sign_in(asked.cast.people[who]).get(reverse("filming_list")).status_code == 403


def test_where_nothing_is_asked_about_filming_nobody_may_be_filmed(asked, sign_in):
    page = sign_in(asked.cast.counsellor).get(reverse("filming_list"))
    assert "Nobody may be filmed" in page.content.decode()
    assert len(page.context["found"].lines) == 6
