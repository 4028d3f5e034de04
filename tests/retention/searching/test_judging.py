"""What a search found is judged by somebody who may, with a note; the list waits for it."""

from __future__ import annotations

import uuid

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken
from audit.models import LogEntry
from retention.actions.leftovers import judge_leftover
from retention.models import Leftover, LeftoverJudgement
from retention.queries.closing import may_confirm
from retention.rules.searching import may_judge
from retention.searching import is_clean, needs_search, summary
from retention.searching.marks import sealed_json
from students.models import Parent, Parenthood
from tests.retention.searching.conftest import found_by, parent, without_a_family

pytestmark = [pytest.mark.promise("P9")]


@pytest.mark.parametrize(
    ("roles", "is_family", "is_hard", "is_open", "may"),
    [
        ({"director"}, False, False, True, True),
        ({"deputy"}, False, False, True, True),
        ({"privacy-officer"}, False, False, True, True),
        ({"board-officer"}, False, False, True, True),
        ({"fg"}, False, False, True, False),  # it supervises
        ({"counsellor", "administrator"}, False, False, True, False),
        ({"director"}, True, False, True, False),  # their own family's data went
        ({"director"}, False, True, True, False),  # nobody else's: it must go
        ({"director"}, False, False, False, False),  # closed
    ],
)
def test_who_says_whose_it_is(roles, is_family, is_hard, is_open, may):
    assert may_judge(roles, is_family=is_family, is_hard=is_hard, is_open=is_open) is may


def judged(row: Leftover, outcome: str, by, on) -> LeftoverJudgement:
    with acting_as(by, on=on):
        return judge_leftover(leftover=row, outcome=outcome, words="Seen at school", by=by, on=on)


@pytest.mark.django_db
def test_a_namesake_lets_the_list_close_and_what_is_left_over_does_not_until_it_is_gone(
    places, cast
):
    carried = without_a_family(cast)
    namesake = parent(cast, email="other@example.org")
    found = Leftover.objects.get(search=carried.search(cast.today))

    judged(found, "left", cast.director, cast.today)
    assert not is_clean(carried.made)
    assert needs_search(carried.made)
    judged(found, "namesake", cast.privacy_officer, cast.today)  # the latest one counts
    assert is_clean(carried.made)
    assert summary(carried.made).names_judged == 1
    row = LogEntry.objects.filter(event="leftover-judged").latest("timestamp")
    assert (row.actor_id, row.additional_data["as"]) == (cast.privacy_officer.pk, "namesake")

    again = carried.search(cast.today)  # the same in the same row: nobody is asked again
    assert is_clean(carried.made)
    with pytest.raises(Overtaken):
        judged(found, "left", cast.director, cast.today)
    judged(Leftover.objects.get(search=again), "left", cast.director, cast.today)
    assert not is_clean(carried.made)
    Parent.objects.filter(pk=namesake.pk).update(surname="Anders")
    assert found_by(carried.search(cast.today)) == set()
    assert is_clean(carried.made)


@pytest.mark.django_db
def test_who_may_not_is_refused_by_the_action_and_by_the_database(places, cast):
    carried = without_a_family(cast, user=cast.director)
    parent(cast, email="other@example.org")
    found = Leftover.objects.get(search=carried.search(cast.today))
    Parenthood.objects.create(
        parent=parent(cast, user=cast.privacy_officer, surname="Anders", email="p@example.org"),
        pupil=cast.pupils["own"],
        relation="father",
    )  # a dossier of theirs stands on the list
    for somebody in (cast.director, cast.privacy_officer, cast.fg, cast.counsellor):
        with pytest.raises(NotAllowed):
            judged(found, "namesake", somebody, cast.today)
        with acting_as(somebody, on=cast.today):  # nor says what other systems hold
            assert not may_confirm(somebody, carried.made, on=cast.today)
    with acting_as(cast.board_officer, on=cast.today):
        assert may_confirm(cast.board_officer, carried.made, on=cast.today)
    for somebody in (cast.fg, cast.privacy_officer):
        with pytest.raises(ProgrammingError, match="row-level security"):
            with acting_as(somebody, on=cast.today):
                LeftoverJudgement.objects.create(
                    leftover=found, outcome="namesake", sealed=b"-", judged_by=somebody
                )
    assert not is_clean(carried.made)


@pytest.mark.django_db
def test_the_page_shows_where_it_stands_and_asks_whose_it_is(places, cast, sign_in):
    carried = without_a_family(cast)
    parent(cast, email="other@example.org")
    row = carried.search(cast.today)
    found = Leftover.objects.get(search=row)
    of_list, address = (
        reverse("destruction_list", args=[carried.made.pk]),
        reverse("judge_leftover", args=[found.pk]),
    )
    name = "Quirijn Zeldenrust"
    director = sign_in(cast.director)
    assert name in director.get(of_list).content.decode()
    page = director.get(address).content.decode()
    assert name in page
    assert "students_parent" in page
    fg = sign_in(cast.fg)
    said = fg.get(of_list).content.decode()
    assert "students_parent" in said
    assert name not in said
    assert fg.get(address).status_code == 403
    director = sign_in(cast.director)
    assert director.post(address, {"outcome": "namesake"}).status_code == 200  # without a note
    assert not is_clean(carried.made)
    done = director.post(address, {"outcome": "namesake", "words": "Her aunt of the same name"})
    assert done.status_code == 302
    assert is_clean(carried.made)
    assert "Her aunt of the same name" in director.get(address).content.decode()
    assert b"aunt" not in bytes(LeftoverJudgement.objects.get().sealed)


@pytest.mark.django_db
def test_the_page_asks_as_much_for_thirty_findings_as_for_one(places, cast, sign_in):
    carried = without_a_family(cast)
    parent(cast, email="other@example.org")
    one = Leftover.objects.get(search=carried.search(cast.today))
    address = reverse("destruction_list", args=[carried.made.pk])
    director = sign_in(cast.director)
    director.get(address)
    asked = []
    for more in (0, 29):
        for _row in range(more):
            one.pk = uuid.uuid4()
            one.sealed = sealed_json(carried.made.pk, one.place, {"mark": "Somebody Else"})
            one.save(force_insert=True)
        with CaptureQueriesContext(connection) as queries:
            page = director.get(address).content.decode()
        asked.append(len(queries))
    assert page.count("Somebody Else") == 29
    assert asked[0] == asked[1]
