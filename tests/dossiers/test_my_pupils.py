"""My pupils: who stands in it, how it is searched and sorted, and by how many queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import LogEntry
from students.models import Group

QUERIES = 16  # count, rows, groups of the lines, assignments, groups and schools to choose


def ask(client, **data) -> str:
    answer = client.post(reverse("my_pupils"), data)
    assert answer.status_code == 200
    return answer.content.decode()


def rename(cast, key: str, **parts) -> None:
    pupil = cast.pupils[key]
    for name, value in parts.items():
        setattr(pupil, name, value)
    for column, value in pupil.name_fields().items():
        setattr(pupil, column, value)
    pupil.save()


def fill(cast, number: int) -> None:
    for n in range(number - 1):
        key = f"extra{n}"
        cast.add_pupil(key)
        cast.assign("counsellor", key)


@pytest.mark.promise("P2")
def test_i_see_my_pupils_and_nobody_else(cast, sign_in):
    html = sign_in(cast.counsellor).get(reverse("my_pupils")).content.decode()
    assert cast.pupils["own"].name in html
    assert cast.pupils["other"].name not in html
    html = sign_in(cast.other_counsellor).get(reverse("my_pupils")).content.decode()
    assert cast.pupils["other"].name in html
    assert cast.pupils["own"].name not in html


@pytest.mark.promise("P2")
def test_searching_finds_no_more_than_the_list(cast, sign_in):
    rename(cast, "own", surname="Zoekbaar")
    rename(cast, "other", surname="Zoekbaar")
    html = ask(sign_in(cast.counsellor), q="zoekbaar")
    assert html.count("Zoekbaar") == 1


@pytest.mark.parametrize("typed", ["bergstrom", "Bergström", "van berg", "noë", "noe berg"])
def test_accents_and_prefixes_do_not_count(cast, sign_in, typed):
    rename(cast, "own", first_name="Noë", prefix="van den", surname="Bergström")
    assert "Bergström" in ask(sign_in(cast.counsellor), q=typed)


def test_who_is_not_found_is_told_what_to_do(cast, sign_in):
    html = ask(sign_in(cast.counsellor), q="nobody-has-this-name")
    assert "<table" not in html
    assert 'id="search"' in html


def test_who_has_no_pupils_is_told_whom_to_ask(cast, sign_in):
    html = sign_in(cast.director).get(reverse("my_pupils")).content.decode()
    assert "<table" not in html
    assert 'id="search"' not in html


def test_only_groups_of_my_own_pupils_can_be_chosen(cast, sign_in):
    other = Group.objects.exclude(
        places__enrolment__pupil=cast.pupils["own"], places__ends_on__isnull=True
    )
    html = sign_in(cast.counsellor).get(reverse("my_pupils")).content.decode()
    assert not any(f'value="{group.pk}"' in html for group in other)


@pytest.mark.parametrize(("sort", "first"), [("name", "Aaa"), ("-name", "Zzz")])
def test_the_list_is_sorted_as_asked(cast, sign_in, sort, first):
    fill(cast, 2)
    rename(cast, "own", surname="Aaa")
    rename(cast, "extra0", surname="Zzz")
    html = ask(sign_in(cast.counsellor), sort=sort)
    last = {"Aaa": "Zzz", "Zzz": "Aaa"}[first]
    assert html.index(first) < html.index(last)


@pytest.mark.parametrize("sort", ["group", "-group", "born", "-born", "nonsense"])
def test_every_order_answers(cast, sign_in, sort):
    assert cast.pupils["own"].name in ask(sign_in(cast.counsellor), sort=sort)


@pytest.mark.promise("P20")
def test_the_log_names_everybody_on_the_page_and_keeps_no_search_text(cast, sign_in):
    ask(sign_in(cast.counsellor), q="own")
    row = LogEntry.objects.latest("timestamp")
    assert row.event == "searched"
    assert row.subjects == [cast.pupils["own"].log_key]


def test_the_next_page_is_the_same_question(cast, sign_in):
    fill(cast, 40)
    client = sign_in(cast.counsellor)
    assert ask(client, sort="name").count("<tr>") == 31
    assert ask(client, sort="name", page="2").count("<tr>") == 11


@pytest.mark.parametrize("number", [1, 30])
def test_one_pupil_and_thirty_cost_the_same_number_of_queries(cast, sign_in, number):
    fill(cast, number)
    client = sign_in(cast.counsellor)
    client.get(reverse("my_pupils"))
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("my_pupils"))
    assert page.content.decode().count("<tr>") == number + 1
    assert len(queries) == QUERIES, [q["sql"][:100] for q in queries]
