"""Hiding a name and holding looks back in one case: no trace for the family, bounded, sealed."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from access.acting import acting_as
from access.errors import NotAllowed, Refused
from audit.models import LogEntry
from oversight.actions.looks import ToHold, choose_names, give_free, hold_back
from oversight.models import HoldBack, LookNames
from oversight.queries.looks_allowed import to_review
from tests.oversight.looks.made import look, with_names
from vault.models import PartKey

REASON = "A threat that was reported"
YEAR = timedelta(days=365)


def hold(cast, what="rows", *, by=None, on=None, pupil="own", **more) -> HoldBack:
    person, day = by or cast.privacy_officer, on or cast.today
    wanted = ToHold(**{"what": what, "words": REASON, "ends_on": day + timedelta(days=60), **more})
    with acting_as(person, on=day):
        return hold_back(pupil=cast.pupils[pupil], wanted=wanted, by=person, on=day)


def page_of(cast, sign_in, person="parent", pupil="own") -> str:
    there = reverse("who_looked", args=[cast.pupils[pupil].pk])
    return sign_in(cast.people[person]).get(there).content.decode()


def body(page: str) -> str:
    """What the page says, without the moment at which it was made, and its tokens."""
    start = page.index('<div class="narrow stack">')
    return page[start : page.index("family-record")]


@pytest.mark.promise("P20")
def test_rows_held_back_leave_no_trace_on_the_familys_page(cast, sign_in):
    with_names(cast)
    look(cast, cast.counsellor)
    without = body(page_of(cast, sign_in))
    hidden = [look(cast, cast.coordinator), look(cast, cast.coordinator, days_ago=3)]
    assert body(page_of(cast, sign_in)) != without
    row = hold(cast, colleague=cast.coordinator.pk)
    assert body(page_of(cast, sign_in)) == without
    for one in hidden:
        there = reverse("ask_why", args=[cast.pupils["own"].pk, one.pk])
        assert sign_in(cast.parent).get(there).status_code == 404
    with acting_as(cast.privacy_officer, on=cast.today):
        give_free(row=row, by=cast.privacy_officer, on=cast.today)
    assert cast.coordinator.name in page_of(cast, sign_in)


def test_a_page_of_lines_is_as_long_when_rows_are_held_back(cast, sign_in):
    for n in range(40):
        look(cast, cast.coordinator if n % 2 else cast.counsellor, days_ago=n)
    hold(cast, colleague=cast.coordinator.pk)
    page = page_of(cast, sign_in)
    assert page.count('<li class="look">') == 20
    assert 'rel="next"' not in page


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [(None, None, 0), (-2, None, 0), (None, -1, 1), (-1, -1, 2), (1, None, 3)],
)
def test_looks_of_some_days_are_held_back(cast, sign_in, first, last, shown):
    for days in range(3):
        moment = datetime.combine(cast.today - timedelta(days=days), datetime.min.time())
        look(cast, cast.counsellor, at=timezone.make_aware(moment))  # at midnight itself
    days = {
        name: None if n is None else cast.today + timedelta(days=n)
        for name, n in (("first_day", first), ("last_day", last))
    }
    hold(cast, **days)
    assert page_of(cast, sign_in).count('<li class="look">') == shown


@pytest.mark.promise("P20")
def test_a_name_is_hidden_and_the_role_stays(cast, sign_in):
    with_names(cast)
    look(cast, cast.counsellor)
    look(cast, cast.coordinator)
    hold(cast, "name", colleague=cast.counsellor.pk)
    page = page_of(cast, sign_in)
    assert cast.counsellor.name not in page
    assert "Teacher" in page
    assert cast.coordinator.name in page


def test_what_is_held_back_from_parents_only_the_pupil_reads(cast, sign_in):
    cast.add_parent("parent_of_twelve", "twelve")
    look(cast, cast.school_doctor, "twelve", ground="medical")
    hold(cast, pupil="twelve", is_from_pupil_too=False)
    assert "School doctor" not in page_of(cast, sign_in, "parent_of_twelve", "twelve")
    assert "School doctor" in page_of(cast, sign_in, "pupil_twelve", "twelve")
    hold(cast, pupil="twelve")
    assert "School doctor" not in page_of(cast, sign_in, "pupil_twelve", "twelve")


def test_it_ends_by_itself_and_is_to_be_looked_at_before(cast, sign_in):
    look(cast, cast.counsellor)
    row = hold(cast, on=cast.today - timedelta(days=60))
    assert row.ends_on == cast.today
    assert "Nobody looked yet" in page_of(cast, sign_in)
    with acting_as(cast.privacy_officer, on=cast.today):
        assert to_review(cast.privacy_officer, on=cast.today) == 1
        assert to_review(cast.privacy_officer, on=cast.today + timedelta(days=1)) == 0
    hold(cast, ends_on=cast.today + timedelta(days=31))
    with acting_as(cast.privacy_officer, on=cast.today):
        assert to_review(cast.privacy_officer, on=cast.today) == 1
    with connection.cursor() as cursor:
        cursor.execute("select set_config('portal.user', %s, true)", [str(cast.parent.pk)])
        for day, number in ((cast.today, 2), (cast.today + timedelta(days=1), 1)):
            cursor.execute("select set_config('portal.day', %s, true)", [day.isoformat()])
            cursor.execute("select * from looks_held_back(%s)", [cast.pupils["own"].pk])
            assert len(cursor.fetchall()) == number
        cursor.execute("select set_config('portal.day', '', true)")
        cursor.execute("select set_config('portal.user', '', true)")


@pytest.mark.parametrize(
    ("what", "more"),
    [
        ("rows", {"ends_on": date(2026, 11, 15)}),
        ("rows", {"ends_on": date(2027, 11, 17)}),
        ("name", {}),
        ("rows", {"first_day": date(2026, 11, 2), "last_day": date(2026, 11, 1)}),
        ("rows", {"words": "no"}),
    ],
)
def test_without_a_bound_a_person_or_a_reason_nothing_is_held_back(cast, what, more):
    with pytest.raises(Refused):
        hold(cast, what, **more)
    assert not HoldBack.objects.exists()


@pytest.mark.parametrize(
    "person", ["director", "board_officer", "fg", "administrator", "counsellor", "parent"]
)
def test_only_the_privacy_officer_holds_back(cast, sign_in, person):
    with pytest.raises(NotAllowed):
        hold(cast, by=cast.people[person])
    there = reverse("hold_back_looks", args=[cast.pupils["own"].pk])
    assert sign_in(cast.people[person]).get(there).status_code == 403


def test_never_for_an_own_child(cast, sign_in):
    cast.add_parent("privacy_officer", "own")
    for pupil, status in (("own", 404), ("other", 200)):
        there = reverse("hold_back_looks", args=[cast.pupils[pupil].pk])
        assert sign_in(cast.privacy_officer).get(there).status_code == status
    with pytest.raises(NotAllowed):
        hold(cast)


def test_never_their_own_looks_or_name(cast, sign_in):
    """Else who looked without need would hide that they did."""
    with_names(cast)
    for person in (cast.privacy_officer, cast.counsellor):
        look(cast, person)
    for what in ("name", "rows"):
        with pytest.raises(NotAllowed):
            hold(cast, what, colleague=cast.privacy_officer.pk)
    there = reverse("hold_back_looks", args=[cast.pupils["own"].pk])
    page = sign_in(cast.privacy_officer).get(there).content.decode()
    assert f'value="{cast.counsellor.pk}"' in page
    assert f'value="{cast.privacy_officer.pk}"' not in page
    hold(cast)
    page = page_of(cast, sign_in)
    assert cast.counsellor.name not in page
    assert cast.privacy_officer.name in page
    row = HoldBack.objects.get()
    row.pk, row.colleague = uuid.uuid4(), cast.privacy_officer
    with pytest.raises(DatabaseError, match="row-level"):
        with acting_as(cast.privacy_officer, on=cast.today):
            row.save(force_insert=True)


def test_the_privacy_officer_finds_a_pupil_sees_who_looked_and_holds_back(cast, sign_in):
    look(cast, cast.counsellor)
    client = sign_in(cast.privacy_officer)
    found = client.post(reverse("held_back"), {"typed": "Sur-own"}).content.decode()
    there = reverse("hold_back_looks", args=[cast.pupils["own"].pk])
    assert there in found
    assert cast.counsellor.name in client.get(there).content.decode()
    sent = {
        "what": "name",
        "colleague": str(cast.counsellor.pk),
        "from_whom": "family",
        "ends_on": "2027-01-31",
        "words": REASON,
    }
    page = client.post(there, sent, follow=True).content.decode()
    assert REASON in page
    assert "31 January 2027" in page
    row = HoldBack.objects.get()
    assert (row.what, row.colleague, row.ends_on) == ("name", cast.counsellor, date(2027, 1, 31))
    assert "31 January 2027" in client.get(reverse("held_back")).content.decode()
    assert (
        "reads it again" in client.get(reverse("give_looks_free", args=[row.pk])).content.decode()
    )
    page = client.post(reverse("give_looks_free", args=[row.pk]), follow=True).content.decode()
    assert f"ended by {cast.privacy_officer.name}" in page
    said = LogEntry.objects.filter(event__in=["looks-held-back", "looks-given-free"])
    assert said.count() == 2
    assert not any(REASON in str(row.additional_data) for row in said)


@pytest.mark.promise("P22")
def test_the_database_keeps_the_reason_from_families_and_colleagues(cast):
    hold(cast)
    for person, number in (
        ("privacy_officer", 1),
        ("parent", 0),
        ("director", 0),
        ("board_officer", 0),
        ("fg", 0),
        ("counsellor", 0),
    ):
        with acting_as(cast.people[person], on=cast.today, read_only=True):
            assert HoldBack.objects.count() == number, person
    with acting_as(cast.other_director, on=cast.today, read_only=True), connection.cursor() as ask:
        ask.execute("select * from looks_held_back(%s)", [cast.pupils["own"].pk])
        assert ask.fetchall() == []


def test_the_board_officer_chooses_and_what_was_chosen_stays(cast, sign_in):
    there = reverse("look_names", args=[cast.board.pk])
    client = sign_in(cast.board_officer)
    for show in ("names", "names", "roles"):
        assert client.post(there, {"show": show}).status_code == 302
    chosen = list(LookNames.objects.order_by("chosen_at").values_list("is_by_name", flat=True))
    assert chosen == [True, False]
    assert client.get(there).content.decode().count(cast.board_officer.name) >= 2
    for person in ("director", "privacy_officer", "fg"):
        assert sign_in(cast.people[person]).get(there).status_code == 403
        with pytest.raises(NotAllowed), acting_as(cast.people[person], on=cast.today):
            choose_names(board=cast.board, with_names=True, by=cast.people[person], on=cast.today)


def test_a_reason_that_can_not_be_opened_any_more_takes_no_page_down(cast, sign_in):
    row = hold(cast)
    PartKey.objects.filter(part_id=row.pk).delete()
    there = reverse("hold_back_looks", args=[cast.pupils["own"].pk])
    page = sign_in(cast.privacy_officer).get(there)
    assert page.status_code == 200
    assert "can't be read any more" in page.content.decode()
    assert LogEntry.objects.get(event="damage-met").object_pk == str(row.pk)
