"""My pupils: what a line says, filters and orders, and the papers: printed and exported."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from access.acting import acting_as
from audit.models import LogEntry
from dossiers import queries
from dossiers.queries.pupils import Wanted
from students.models import Group, GroupMembership, Pupil

ADDRESS = reverse("my_pupils")


def add(cast, key: str, surname: str = "", *, by: str = "counsellor", age: int | None = 9) -> None:
    cast.add_pupil(key, surname=surname, age=age)
    cast.assign(by, key)


def shown(client, **typed) -> str:
    response = client.post(ADDRESS, typed) if typed else client.get(ADDRESS)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.promise("P2")
@pytest.mark.parametrize(
    ("person", "pupils"),
    [
        ("counsellor", {"own"}),
        ("other_counsellor", {"other"}),
        ("school_doctor", {"own"}),
        ("director", set()),
        ("foreign_counsellor", set()),
    ],
)
def test_everybody_sees_their_own_and_no_others(cast, sign_in, person, pupils):
    html = shown(sign_in(cast.people[person]))
    for key, pupil in cast.pupils.items():
        assert (pupil.name in html) is (key in pupils)
    if not pupils:
        assert 'class="empty"' in html


def test_a_line_shows_group_birth_date_ground_and_last_day(cast, sign_in):
    html = shown(sign_in(cast.substitute))
    for words in (cast.group.name, "2017", "21 November 2026"):
        assert words in html


@pytest.mark.parametrize("typed", ["celik", "ÇELİK", "First-b çel", "van der celik"])
@pytest.mark.promise("P22")
def test_search_ignores_accents_and_prefixes_and_leaves_no_name_in_the_log(cast, sign_in, typed):
    add(cast, "b", "Çelik")
    html = shown(sign_in(cast.counsellor), q=typed)
    assert "Çelik" in html
    assert cast.pupils["own"].name not in html
    row = LogEntry.objects.filter(event="searched").latest("timestamp")
    assert row.subjects == [cast.pupils["b"].log_key]
    assert "elik" not in str(row.additional_data).lower()


def test_filtering_by_group_and_odd_answers(cast, sign_in):
    add(cast, "b")
    group = Group.objects.create(school=cast.school, school_year=cast.year, name="7C")
    GroupMembership.objects.filter(enrolment__pupil=cast.pupils["b"]).update(group=group)
    client = sign_in(cast.counsellor)
    html = shown(client, group=str(group.pk))
    assert cast.pupils["b"].name in html
    assert cast.pupils["own"].name not in html
    strange = shown(client, group=str(cast.other_group.pk), sort="nonsense", page="x")
    assert cast.pupils["own"].name in strange


def test_sorting_by_name_group_and_birth_date(cast):
    for key, surname, age in (("b", "Aa", 7), ("c", "Zz", 12), ("d", "Mm", None)):
        add(cast, key, surname, age=age)

    def order(sort: str) -> list[str]:
        with acting_as(cast.counsellor, on=cast.today):
            rows = queries.my_pupils(cast.counsellor, on=cast.today, wanted=Wanted(sort=sort))
            return [row.pupil.surname for row in rows]

    assert order("name") == ["Aa", "Mm", "Sur-own", "Zz"]
    assert order("-name") == ["Zz", "Sur-own", "Mm", "Aa"]
    assert order("born") == ["Zz", "Sur-own", "Aa", "Mm"]
    assert order("-born")[-1] == "Mm"
    assert order("group") == ["Aa", "Mm", "Sur-own", "Zz"]


def test_more_than_thirty_come_in_pages_and_print_shows_all(cast, sign_in):
    for number in range(31):
        add(cast, f"p{number:02}", f"Family{number:02}")
    client = sign_in(cast.counsellor)
    first, second = shown(client), shown(client, page="2")
    assert "Family29" in first
    assert "Family30" not in first
    assert "Family30" in second
    printed = client.post(reverse("print_my_pupils")).content.decode()
    assert "Family00" in printed
    assert "Family30" in printed
    row = LogEntry.objects.filter(event="printed").latest("timestamp")
    assert len(row.subjects) == 32


@pytest.mark.promise("P22")
def test_an_export_is_recorded_and_no_cell_is_a_formula(cast, sign_in):
    pupil = cast.pupils["own"]
    Pupil.objects.filter(pk=pupil.pk).update(first_name="=HYPERLINK(1)", prefix="")
    response = sign_in(cast.counsellor).post(reverse("export_my_pupils"))
    text = response.content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert "\n=" not in text
    assert pupil.surname not in response.headers["Content-Disposition"]
    row = LogEntry.objects.filter(event="exported").latest("timestamp")
    assert row.subjects == [pupil.log_key]
    assert sign_in(cast.counsellor).get(reverse("export_my_pupils")).status_code == 405


def test_html_in_a_name_is_shown_as_text(cast, sign_in):
    Pupil.objects.filter(pk=cast.pupils["own"].pk).update(first_name="<b>Noor</b>")
    assert "&lt;b&gt;Noor&lt;/b&gt;" in shown(sign_in(cast.counsellor))


def test_an_assignment_that_ended_is_gone(cast, sign_in):
    cast.assign(
        "counsellor",
        "other",
        starts_on=cast.today - timedelta(days=20),
        ends_on=cast.today - timedelta(days=1),
    )
    assert cast.pupils["other"].name not in shown(sign_in(cast.counsellor))
