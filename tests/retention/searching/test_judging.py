"""What a search found is judged by somebody who may, with a note; the list waits for it."""

from __future__ import annotations

import json
import uuid

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken
from access.models import User
from audit.models import LogEntry
from retention.actions.leftovers import judge_leftovers
from retention.models import Leftover, LeftoverJudgement
from retention.queries.closing import may_confirm
from retention.rules.searching import may_judge
from retention.searching import is_clean, needs_search, summary
from retention.searching.marks import gathering, sealed_json
from retention.searching.verdict import said_of
from retention.views import leftovers as views
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


def judged(rows: Leftover | list[Leftover], outcome: str, by, on) -> int:
    some = rows if isinstance(rows, list) else [rows]
    made, keys = some[0].search.list, [one.pk for one in some]
    with acting_as(by, on=on):
        return judge_leftovers(
            made=made, leftovers=keys, outcome=outcome, words="Seen at school", by=by, on=on
        )


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


def some_hundred(cast) -> list[Parent]:
    return Parent.objects.bulk_create(
        Parent(board=cast.board, first_name="Quirijn", surname=f"Zelden{number}", sort_name="z")
        for number in range(510)
    )


@pytest.mark.django_db
def test_a_list_with_hundreds_of_namesakes_closes_once_they_are_judged_in_one_go(places, cast):
    carried = without_a_family(cast)
    gone = some_hundred(cast)
    with gathering(carried.made.pk):
        Parent.objects.filter(pk__in=[one.pk for one in gone]).delete()
    some_hundred(cast)
    row = carried.search(cast.today)
    found = list(Leftover.objects.filter(search=row))
    assert len(found) == row.hits >= 510
    assert judged(found[:3], "namesake", cast.director, cast.today) == 3
    said = LogEntry.objects.filter(event="leftover-judged").latest("timestamp").additional_data
    assert said["leftovers"] == sorted(str(one.pk) for one in found[:3])
    assert not is_clean(carried.made)
    judged(found, "namesake", cast.privacy_officer, cast.today)
    said = LogEntry.objects.filter(event="leftover-judged").latest("timestamp").additional_data
    assert said == {"search": str(row.pk), "number": row.hits, "as": "namesake"}
    assert is_clean(carried.made)
    assert not needs_search(carried.made)
    carried.search(cast.today)  # nobody is asked again
    assert is_clean(carried.made)
    assert summary(carried.made).names_judged == row.hits


@pytest.mark.django_db
def test_all_are_judged_or_none_and_the_database_asks_the_same(places, cast):
    carried = without_a_family(cast)
    parent(cast, email="other@example.org")
    older = carried.search(cast.today)
    before = Leftover.objects.get(search=older)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args) values ('q', 'x', %s)",
            [json.dumps({"of": str(carried.note)})],
        )
    newer = carried.search(cast.today)
    soft = Leftover.objects.get(search=newer, is_hard=False)
    hard = Leftover.objects.get(search=newer, is_hard=True)
    for some, error in (([soft, hard], NotAllowed), ([soft, before], Overtaken)):
        with pytest.raises(error):
            judged(some, "namesake", cast.director, cast.today)
    for one, outcome in ((hard, "namesake"), (before, "namesake"), (soft, "anything")):
        with pytest.raises(ProgrammingError, match="judged by who handles the list"):
            with acting_as(cast.director, on=cast.today):
                LeftoverJudgement.objects.create(
                    leftover=one, outcome=outcome, sealed=b"-", judged_by=cast.director
                )
    assert not LeftoverJudgement.objects.exists()


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
        with pytest.raises(ProgrammingError, match="judged by who handles the list"):
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
def test_the_pages_ask_as_much_for_thirty_findings_as_for_one(places, cast, sign_in):
    carried = without_a_family(cast)
    parent(cast, email="other@example.org")
    one = Leftover.objects.get(search=carried.search(cast.today))
    names = ("destruction_list", "judge_leftovers")
    addresses = [reverse(name, args=[carried.made.pk]) for name in names]
    director = sign_in(cast.director)
    for address in addresses:
        director.get(address)
    asked = []
    for more in (0, 29):
        for _row in range(more):
            one.pk = uuid.uuid4()
            one.sealed = sealed_json(carried.made.pk, one.place, {"mark": "Somebody Else"})
            one.save(force_insert=True)
        with CaptureQueriesContext(connection) as queries:
            pages = [director.get(address).content.decode() for address in addresses]
        asked.append(len(queries))
    assert [page.count("Somebody Else") for page in pages] == [29, 58]
    assert asked[0] == asked[1]


@pytest.mark.django_db
def test_the_page_judges_what_is_ticked_a_page_or_all_of_one_place(
    places, cast, sign_in, monkeypatch
):
    carried = without_a_family(cast)
    gone = [parent(cast, surname=f"Zelden{one}", email=None) for one in "abcde"]
    with gathering(carried.made.pk):
        for one in gone:
            one.delete()
    for one in "abcde":
        parent(cast, surname=f"Zelden{one}", email=None)
    User.objects.create(username="quirijn", name="Quirijn Zeldenrust", email=None)
    row = carried.search(cast.today)
    monkeypatch.setattr(views, "PER_PAGE", 2)
    address = reverse("judge_leftovers", args=[carried.made.pk])
    of_parents = f"{address}?place=students_parent."
    director = sign_in(cast.director)
    assert address in director.get(reverse("destruction_list", args=[carried.made.pk])).text
    page = director.get(of_parents).text
    assert page.count("Quirijn Zelden") == 4  # two of them, each with a box and a way to it
    assert "access_user" in page
    assert "students_parent</code>, 5 things" in page
    said = {"search": str(row.pk), "outcome": "namesake", "words": "All of them work here"}
    keys = [str(one.pk) for one in Leftover.objects.filter(place_found="students_parent")]

    def waiting() -> int:
        return said_of(Leftover.objects.filter(search=row)).filter(said=None).count()

    for answer in ({"which": "ticked"}, {"which": "page"}, {"which": "ticked", "leftover": "x"}):
        assert director.post(of_parents, said | answer).status_code == 200  # nothing was chosen
    stale = said | {"which": "place", "search": str(uuid.uuid4())}
    assert "searched again meanwhile" in director.post(of_parents, stale).text
    assert waiting() == 6
    director.post(of_parents, said | {"which": "ticked", "leftover": keys[:1]})
    assert waiting() == 5
    director.post(of_parents, said | {"which": "page", "shown": keys[1:3]})
    assert waiting() == 3
    assert director.post(of_parents, said | {"which": "place"}).status_code == 302
    assert waiting() == 1  # elsewhere
    assert director.get(f"{address}?which=judged").text.count("Quirijn Zelden") == 4
    director.post(f"{address}?which=judged", said | {"which": "place", "outcome": "left"})
    assert not is_clean(carried.made)
    assert sign_in(cast.fg).get(address).status_code == 403
