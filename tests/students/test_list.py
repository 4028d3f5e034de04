"""The list of a school's pupils: found, sorted, paged, printed, exported, and always recorded."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import LogEntry
from students.models import Enrolment, GroupMembership, Pupil

# Session, user, roles; the door; schools, groups, board, count, rows, places; the row of the log.
QUERIES = 16


def _post(client, **data) -> str:
    return client.post(reverse("school_pupils"), data).content.decode()


def _rename(cast, key: str, **names) -> Pupil:
    pupil = cast.pupils[key]
    for column, value in names.items():
        setattr(pupil, column, value)
    Pupil.objects.filter(pk=pupil.pk).update(**names, **pupil.name_fields())
    return pupil


@pytest.mark.parametrize("typed", ["celik", "ÇELİK", "noor celik", "van der celik", "  Cel"])
def test_a_search_ignores_accents_case_and_prefixes(cast, sign_in, typed):
    _rename(cast, "own", first_name="Noor", prefix="van der", surname="Çelik")
    _rename(cast, "other", first_name="Bram", prefix="van der", surname="Zwart")
    text = _post(sign_in(cast.administrator), q=typed)
    assert "Çelik" in text
    assert "Zwart" not in text


def test_a_search_stands_in_no_address_and_its_text_in_no_log(cast, sign_in):
    _post(sign_in(cast.administrator), q="sur-own")
    row = LogEntry.objects.latest("timestamp")
    assert (row.event, row.subjects) == ("searched", [cast.pupils["own"].log_key])
    assert "own" not in f"{row.additional_data}{row.object_pk}{row.changes}"


def test_each_sees_the_pupils_of_the_own_school_only(cast, sign_in):
    address = reverse("school_pupils")
    for person in ("administrator", "director", "deputy"):
        text = sign_in(cast.people[person]).get(address).content.decode()
        assert "Sur-own" in text
        assert "Sur-foreign" not in text
    text = sign_in(cast.other_director).get(address).content.decode()
    assert "Sur-foreign" in text
    assert "Sur-own" not in text
    text = sign_in(cast.board_officer).get(address).content.decode()
    assert "Sur-foreign" in text
    assert "Sur-own" in text


def test_the_list_filters_by_group_state_and_school(cast, sign_in):
    yesterday = cast.today - timedelta(days=1)
    Enrolment.objects.filter(pupil=cast.pupils["other"]).update(ends_on=yesterday)
    GroupMembership.objects.filter(enrolment__pupil=cast.pupils["eleven"]).update(ends_on=yesterday)
    client = sign_in(cast.administrator)
    now = _post(client, state="now")
    assert "Sur-other" not in now
    left = _post(client, state="left")
    assert "Sur-other" in left
    assert "Sur-own" not in left
    group = _post(client, group=str(cast.group.pk))
    assert "Sur-own" in group
    assert "Sur-eleven" not in group
    everybody = _post(client, state="all")
    assert "Sur-other" in everybody
    assert "Sur-own" in everybody
    school = _post(sign_in(cast.board_officer), school=str(cast.other_school.pk))
    assert "Sur-foreign" in school
    assert "Sur-own" not in school


def test_a_pupil_who_returned_stands_in_the_list_once(cast, sign_in):
    pupil = cast.pupils["own"]
    Enrolment.objects.filter(pupil=pupil).update(ends_on=date(2024, 7, 1))
    Enrolment.objects.create(pupil=pupil, school=cast.school, starts_on=date(2025, 8, 1))
    client = sign_in(cast.administrator)
    for state in ("now", "all"):
        assert _post(client, state=state).count("Sur-own") == 1
    assert "Sur-own" not in _post(client, state="left")


@pytest.mark.parametrize(
    ("sort", "first"), [("name", "AAA"), ("-name", "ZZZ"), ("born", "ZZZ"), ("-born", "AAA")]
)
def test_the_list_sorts(cast, sign_in, sort, first):
    _rename(cast, "own", surname="AAA", birth_date=date(2020, 1, 1))
    _rename(cast, "other", surname="ZZZ", birth_date=date(2005, 1, 1))
    Pupil.objects.filter(pk=cast.pupils["own"].pk).update(birth_date=date(2020, 1, 1))
    Pupil.objects.filter(pk=cast.pupils["other"].pk).update(birth_date=date(2005, 1, 1))
    text = _post(sign_in(cast.administrator), sort=sort)
    other = {"AAA": "ZZZ", "ZZZ": "AAA"}[first]
    assert text.index(first) < text.index(other)


def _fill(cast, number: int) -> None:
    Enrolment.objects.exclude(pupil=cast.pupils["own"]).update(ends_on=date(2021, 1, 1))
    for n in range(number - 1):
        cast.add_pupil(f"extra{n}")


@pytest.mark.parametrize("number", [1, 30])
def test_one_pupil_and_thirty_cost_the_same_number_of_queries(cast, sign_in, number):
    _fill(cast, number)
    client = sign_in(cast.administrator)
    client.get(reverse("school_pupils"))
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("school_pupils"))
    assert page.content.decode().count("<tr>") == number + 1
    assert len(queries) == QUERIES, [q["sql"][:100] for q in queries]


def test_the_next_page_is_the_same_question(cast, sign_in):
    _fill(cast, 40)
    client = sign_in(cast.administrator)
    first, second = _post(client, sort="name"), _post(client, sort="name", page="2")
    assert first.count("<tr>") == 31
    assert second.count("<tr>") == 11
    assert len(LogEntry.objects.latest("timestamp").subjects) == 10


def test_print_and_export_are_recorded_with_everybody_in_them(cast, sign_in):
    client = sign_in(cast.administrator)
    here = {cast.pupils[k].log_key for k in cast.pupils if k != "foreign"}
    for name, event in (("print_school_pupils", "printed"), ("export_school_pupils", "exported")):
        page = client.post(reverse(name), {"state": "now"})
        assert page.status_code == 200
        assert "Sur-own" in page.content.decode()
        row = LogEntry.objects.latest("timestamp")
        assert (row.event, set(row.subjects)) == (event, here)


@pytest.mark.parametrize(
    "surname",
    ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", " =1", "＝1", "'=1", "%0A=1", "|x"],
)
def test_a_formula_in_a_name_is_only_text_in_the_export(cast, sign_in, surname):
    _rename(cast, "own", first_name="X", surname=surname)
    page = sign_in(cast.administrator).post(reverse("export_school_pupils"), {})
    text = page.content.decode("utf-8-sig")
    line = next(line for line in text.splitlines() if ";X;" in line)
    assert line.lstrip('"').startswith("'"), line
    assert page["Content-Disposition"] == f'attachment; filename="pupils-{cast.today}.csv"'
    assert page["Content-Type"].startswith("text/csv")


@pytest.mark.promise("P24")
def test_no_list_print_or_export_holds_an_address(cast, sign_in, add_relative):
    add_relative("own", "open")
    add_relative("own", "hidden", secret=True)
    client = sign_in(cast.administrator)
    shown = client.get(reverse("school_pupil", args=[cast.pupils["own"].pk])).content.decode()
    assert "Street-open" in shown
    assert "Street-hidden" in shown
    for name in ("school_pupils", "print_school_pupils", "export_school_pupils"):
        for typed in ("", "Street", "open", "hidden"):
            text = client.post(reverse(name), {"q": typed}).content.decode()
            for word in ("Street-open", "City-open", "Street-hidden", "City-hidden", "06 1234"):
                assert word not in text


@pytest.mark.parametrize(
    "data",
    [
        {"q": "\x00"},
        {"q": "x" * 10_000},
        {"q": "%_\\'\";--"},
        {"q": "<script>alert(1)</script>"},
        {"q": "\u202eneor"},
        {"group": "nonsense", "school": "nonsense", "sort": "nonsense", "state": "nonsense"},
        {"page": "-1"},
        {"page": "x" * 50},
    ],
)
def test_hostile_questions_get_an_ordinary_answer(cast, sign_in, data):
    page = sign_in(cast.administrator).post(reverse("school_pupils"), data)
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()


def test_too_many_for_a_print_asks_to_choose_first(cast, sign_in, monkeypatch):
    monkeypatch.setattr("students.views.listing.MOST_PRINTED", 1)
    page = sign_in(cast.administrator).post(reverse("print_school_pupils"), {})
    assert page.status_code == 302
    assert LogEntry.objects.filter(event="printed").count() == 0
