"""What parents and pupils see of who looked, and what they don't."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.acting import acting_as
from audit import events
from audit.models import LogEntry
from audit.searching import Found, Place
from consent import events as consent_events
from dossiers import events as dossier_events
from dossiers.actions.notes import NoteText, write_note
from oversight.actions.looks import say_leave
from oversight.models import LookLeave
from pdf import papers
from students.models import Authority, Parent, Parenthood
from tests.oversight.looks.made import born, look, of_sixteen, with_names


def address(cast, pupil: str = "own") -> str:
    return reverse("who_looked", args=[cast.pupils[pupil].pk])


def text(page) -> str:
    return page.content.decode()


@pytest.mark.promise("P20")
def test_a_parent_sees_who_opened_the_dossier_in_which_role_and_on_which_ground(cast, sign_in):
    with_names(cast)
    look(cast, cast.counsellor)
    page = text(sign_in(cast.parent).get(address(cast)))
    for words in (cast.counsellor.name, "teacher", "as counsellor", "read in the dossier"):
        assert words in page, words
    assert "Monday 16 November 2026" in page


@pytest.mark.promise("P20")
def test_looking_at_a_dossier_for_real_makes_one_line_with_a_count(cast, sign_in):
    with_names(cast)
    staff, dossier = sign_in(cast.counsellor), cast.dossier("own")
    for _ in range(3):
        assert staff.get(reverse("dossier", args=[dossier.pk])).status_code == 200
    staff.get(reverse("my_pupils"))
    staff.get(reverse("choose_print", args=[dossier.pk, "medical"]))  # not theirs: refused
    page = text(sign_in(cast.parent).get(address(cast)))
    assert page.count('<li class="look">') == 1
    assert "3 times" in page


@pytest.mark.promise("P20")
def test_a_print_and_a_card_opened_in_an_emergency_show_as_what_they_were(
    cast, sign_in, monkeypatch
):
    monkeypatch.setattr(papers, "_made", lambda html, *_, **__: html.encode())  # not set in type
    note = NoteText("Reading", "Reads well", "")
    with acting_as(cast.counsellor, on=cast.today):
        write_note(
            part=cast.part("own"),
            text=note,
            happened_on=cast.today,
            by=cast.counsellor,
            on=cast.today,
        )
    dossier = cast.dossier("own").pk
    made = sign_in(cast.counsellor).post(
        reverse("print_part", args=[dossier, "guidance"]), {"everything": "on", "purpose": "Demo"}
    )
    assert made["Content-Type"] == "application/pdf"
    sign_in(cast.safeguarding).post(
        reverse("ask_emergency_card", args=[dossier]),
        {"reason": "Fell in the playground"},
        follow=True,
    )
    page = text(sign_in(cast.parent).get(address(cast)))
    for words in ("printed a part of the dossier", "looked at the emergency card", "emergency"):
        assert words in page, words
    assert page.count('<li class="look">') == 2


@pytest.mark.promise("P20")
def test_the_board_shows_roles_only_until_it_chooses_names_and_again_after(cast, sign_in):
    look(cast, cast.counsellor)
    client = sign_in(cast.parent)
    assert cast.counsellor.name not in text(client.get(address(cast)))
    with_names(cast)
    assert cast.counsellor.name in text(client.get(address(cast)))
    with_names(cast, False)
    page = text(client.get(address(cast)))
    assert cast.counsellor.name not in page
    assert "Teacher" in page


HIDDEN = [
    # what else stands in the log about this pupil, and shows nowhere here
    ("administrator", "school_pupil", events.PAGE_SEEN, "success"),
    ("administrator", "parent", events.PAGE_SEEN, "success"),
    ("administrator", "change_parent", events.PAGE_SEEN, "success"),
    ("director", "place_safety_block", events.PAGE_SEEN, "success"),
    ("director", "consent_matter", events.PAGE_SEEN, "success"),
    ("director", "record_court_order", events.PAGE_SEEN, "success"),
    ("director", "pupil_consent", events.PAGE_SEEN, "success"),
    ("director", "log", events.PAGE_LISTED, "success"),
    ("privacy_officer", "hold_back_looks", events.PAGE_SEEN, "success"),
    ("parent_without", "who_looked", events.PAGE_SEEN, "success"),
    ("parent_without", "my_children", events.PAGE_LISTED, "success"),
    ("parent_without", "dossier", events.PAGE_SEEN, "success"),  # no staff, whatever page
    ("counsellor", "my_pupils", events.PAGE_LISTED, "success"),
    ("counsellor", "my_pupils", events.SEARCHED, "success"),
    ("counsellor", "export_my_pupils", events.EXPORTED, "success"),
    ("counsellor", "dossier", events.PAGE_REFUSED, "refused"),
    ("counsellor", "dossier", events.PAGE_FAILED, "failed"),
    ("counsellor", "dossier", dossier_events.NOTE_WRITTEN, "success"),
    ("director", "dossier", consent_events.SAFETY_BLOCK_PLACED, "success"),
    ("director", "dossier", consent_events.COURT_ORDER_RECORDED, "success"),
    ("safeguarding", "a_page_of_the_meldcode", events.PAGE_SEEN, "success"),
]


@pytest.mark.promise("P20")
def test_nothing_but_looks_at_the_dossier_shows(cast, sign_in):
    with_names(cast)
    for person, page, event, outcome in HIDDEN:
        look(cast, cast.people[person], page=page, event=event, outcome=outcome)
    shown = text(sign_in(cast.parent).get(address(cast)))
    assert "Nobody looked yet" in shown
    look(cast, cast.coordinator)
    shown = text(sign_in(cast.parent).get(address(cast)))
    assert cast.coordinator.name in shown
    for person, *_ in HIDDEN:
        assert cast.people[person].name not in shown, person


def test_a_safeguarding_officer_shows_without_the_word_that_tells_of_a_suspicion(cast, sign_in):
    look(cast, cast.safeguarding, page="emergency_card", ground="emergency")
    page = text(sign_in(cast.parent).get(address(cast)))
    assert "Somebody who works at the school" in page
    assert "safeguarding" not in page.lower()


def test_a_colleague_who_is_a_parent_shows_as_the_colleague(cast, sign_in):
    with_names(cast)
    look(cast, cast.parent_teacher, "other")
    cast.add_parent("parent_of_other", "other")
    page = text(sign_in(cast.people["parent_of_other"]).get(address(cast, "other")))
    assert cast.parent_teacher.name in page
    assert "teacher" in page


# who, of which pupil, what they get
@pytest.mark.promise("P20")
@pytest.mark.parametrize(
    ("person", "pupil", "status"),
    [
        ("parent", "own", 200),
        ("parent_without", "own", 404),
        ("parent", "other", 404),
        ("pupil_eleven", "eleven", 404),
        ("pupil_twelve", "twelve", 200),
        ("pupil_fifteen", "fifteen", 200),
        ("pupil_sixteen", "sixteen", 200),
        ("pupil_twelve", "fifteen", 404),
        ("counsellor", "own", 403),
        ("director", "own", 403),
        ("fg", "own", 403),
    ],
)
def test_who_finds_the_page_of_whom(cast, sign_in, person, pupil, status):
    assert sign_in(cast.people[person]).get(address(cast, pupil)).status_code == status


@pytest.mark.promise("P20")
@pytest.mark.parametrize(
    ("value", "starts", "ends", "status"),
    [
        ("yes", -10, None, 200),
        ("yes", 0, None, 200),
        ("yes", 1, None, 404),
        ("yes", -10, 0, 200),
        ("yes", -10, -1, 404),
        ("unknown", -10, None, 404),
        ("no", -10, None, 404),
    ],
)
def test_authority_counts_on_the_day(cast, sign_in, value, starts, ends, status):
    link = Parenthood.objects.get(parent__user=cast.parent)
    Authority.objects.filter(parenthood=link).delete()
    Authority.objects.create(
        parenthood=link,
        value=value,
        starts_on=cast.today + timedelta(days=starts),
        ends_on=None if ends is None else cast.today + timedelta(days=ends),
        source="a decision of the court",
    )
    assert sign_in(cast.parent).get(address(cast)).status_code == status


def test_a_child_of_unknown_age_is_the_parents_and_a_link_taken_back_is_nobodys(cast, sign_in):
    born(cast.pupils["own"], None)
    client = sign_in(cast.parent)
    assert client.get(address(cast)).status_code == 200
    Parenthood.objects.filter(parent__user=cast.parent).update(
        withdrawn_at=cast.parent.date_joined, withdrawn_by=cast.director
    )
    assert client.get(address(cast)).status_code == 404


@pytest.mark.promise("P20")
def test_from_16_the_pupil_lets_a_parent_in_and_out_by_itself(cast, sign_in):
    mother = of_sixteen(cast)
    there = address(cast, "sixteen")
    assert sign_in(mother).get(there).status_code == 404
    row = Parent.objects.get(user=mother)
    say = reverse("let_see_who_looked", args=[cast.pupils["sixteen"].pk, row.pk])
    assert text(sign_in(cast.pupil_sixteen).get(there)).count("does not see this") == 1
    for answer, status in (("yes", 200), ("yes", 200), ("no", 404), ("yes", 200), ("no", 404)):
        assert sign_in(cast.pupil_sixteen).post(say, {"see": answer}).status_code == 302
        assert sign_in(mother).get(there).status_code == status, answer
    said = LogEntry.objects.filter(event__startswith="look-leave").count()
    assert said == 4, "each change is a row, and saying the same again is none"


def test_nobody_lets_a_parent_in_for_the_pupil(cast, sign_in):
    mother = of_sixteen(cast)
    row = Parent.objects.get(user=mother)
    say = reverse("let_see_who_looked", args=[cast.pupils["sixteen"].pk, row.pk])
    for person, status in (("parent_of_sixteen", 404), ("pupil_fifteen", 404), ("director", 403)):
        assert sign_in(cast.people[person]).post(say, {"see": "yes"}).status_code == status
    stranger = Parent.objects.get(user=cast.parent)
    say = reverse("let_see_who_looked", args=[cast.pupils["sixteen"].pk, stranger.pk])
    assert sign_in(cast.pupil_sixteen).post(say, {"see": "yes"}).status_code == 404


def test_a_pupil_of_15_decides_nothing_about_this_yet(cast, sign_in):
    cast.add_parent("parent_of_fifteen", "fifteen")
    page = text(sign_in(cast.pupil_fifteen).get(address(cast, "fifteen")))
    assert "Who else may see this" not in page
    row = Parent.objects.get(user=cast.people["parent_of_fifteen"])
    say = reverse("let_see_who_looked", args=[cast.pupils["fifteen"].pk, row.pk])
    client = sign_in(cast.pupil_fifteen)
    assert client.post(say, {"see": "yes"}).status_code == 302
    assert "from the day you turn 16" in text(client.get(address(cast, "fifteen")))


def test_leave_given_once_lapses_at_18_with_the_parents_authority(cast, sign_in):
    mother, pupil = of_sixteen(cast), cast.pupils["sixteen"]
    pupil.refresh_from_db()
    row = Parent.objects.get(user=mother)
    with acting_as(cast.pupil_sixteen, on=cast.today):
        say_leave(pupil=pupil, parent=row, is_given=True, by=cast.pupil_sixteen, on=cast.today)
    client = sign_in(mother)
    assert client.get(address(cast, "sixteen")).status_code == 200
    born(pupil, date(2008, 11, 16))
    assert client.get(address(cast, "sixteen")).status_code == 404


def test_a_page_holds_whole_days_and_goes_on_by_the_day(cast, sign_in):
    for n in range(36):
        ground = "substitute" if n % 2 else "assignment"
        look(cast, cast.counsellor, days_ago=n // 2, ground=ground)
    client = sign_in(cast.parent)
    first = text(client.get(address(cast)))
    assert first.count('<li class="look">') == 30
    assert "?before=2026-11-02" in first
    second = text(client.get(address(cast) + "?before=2026-11-02"))
    assert second.count('<li class="look">') == 6
    assert 'rel="next"' not in second
    for day in ("x", "0001-01-01", "9999-12-31", "2026-11-31"):
        assert client.get(address(cast) + f"?before={day}").status_code == 200, day


def test_a_very_busy_day_is_counted_whole(cast, sign_in, monkeypatch):
    monkeypatch.setattr("oversight.queries.looks._CHUNK", 3)
    for _ in range(6):
        look(cast, cast.counsellor)
    look(cast, cast.counsellor, days_ago=1)
    client = sign_in(cast.parent)
    first = text(client.get(address(cast)))
    assert "6 times" in first
    assert "?before=2026-11-16" in first
    assert text(client.get(address(cast) + "?before=2026-11-16")).count('<li class="look">') == 1


@pytest.mark.parametrize("number", [2, 30])
def test_the_page_asks_as_much_for_two_lines_as_for_thirty(cast, sign_in, number):
    for n in range(number):
        look(cast, cast.counsellor, days_ago=n)
    client = sign_in(cast.parent)
    client.get(address(cast))
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address(cast))
    assert text(page).count('<li class="look">') == number
    assert len(queries) == 26, [q["sql"][:90] for q in queries]


def test_the_children_stand_on_one_page_each_with_what_holds(cast, sign_in):
    cast.add_pupil("sister", age=17)
    link = Parenthood.objects.create(
        parent=Parent.objects.get(user=cast.parent),
        pupil=cast.pupils["sister"],
        relation="mother",
    )
    Authority.objects.create(parenthood=link, value="yes", starts_on=cast.today, source="form")
    page = text(sign_in(cast.parent).get(reverse("who_looked_children")))
    assert address(cast) in page
    assert "You see who looked only if First-sister lets you" in page
    page = text(sign_in(cast.parent_without).get(reverse("who_looked_children")))
    assert "not recorded that you have parental authority" in page
    assert address(cast) not in page
    page = text(sign_in(cast.pupil_twelve).get(reverse("who_looked_children")))
    assert address(cast, "twelve") in page
    page = text(sign_in(cast.pupil_eleven).get(reverse("who_looked_children")))
    assert "from the day you turn 12" in page


def test_a_log_that_is_too_slow_says_so_and_not_that_nobody_looked(cast, sign_in, monkeypatch):
    look(cast, cast.counsellor)
    moment = datetime(2026, 11, 16, tzinfo=UTC)
    stopped = Found([], Place(moment), stopped_at=moment)
    monkeypatch.setattr("oversight.queries.looks.newest", lambda *_, **__: stopped)
    page = text(sign_in(cast.parent).get(address(cast)))
    assert "Try again in a few minutes" in page
    assert "Nobody looked yet" not in page


@pytest.mark.promise("P22")
def test_the_database_lets_nobody_but_the_pupil_say_it_and_shows_it_to_that_parent_alone(cast):
    mother, pupil = of_sixteen(cast), cast.pupils["sixteen"]
    row = Parent.objects.get(user=mother)
    said = {"pupil": pupil, "parent": row, "is_given": True, "day": cast.today}
    for person in (mother, cast.director, cast.pupil_fifteen):
        with pytest.raises(ProgrammingError), acting_as(person, on=cast.today):
            LookLeave.objects.create(**said, said_by=person)
    pupil.refresh_from_db()
    with acting_as(cast.pupil_sixteen, on=cast.today):
        say_leave(pupil=pupil, parent=row, is_given=True, by=cast.pupil_sixteen, on=cast.today)
    readers = {cast.pupil_sixteen: 1, mother: 1, cast.parent: 0, cast.director: 0}
    for person, number in readers.items():
        with acting_as(person, on=cast.today, read_only=True):
            assert LookLeave.objects.count() == number, person
