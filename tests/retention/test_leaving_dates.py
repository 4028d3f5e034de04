"""Without a roster the groups tell who left silently: who stands out, not a whole school."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from retention.models import Absence
from retention.queries import gone_without_a_date, schools_without_groups_visible_to
from students.models import (
    Enrolment,
    Group,
    GroupMembership,
    PupilSourceKey,
    RosterImport,
    SchoolYear,
)

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P9")]
YEAR_ENDS = date(2027, 7, 31)  # of the cast's groups
TURNED = YEAR_ENDS + timedelta(days=60)
LONG_AGO = date(2023, 7, 31)


def asked(cast, on: date) -> dict[str, date | None]:
    """Who is asked after at the school of the cast, and since when."""
    rows = gone_without_a_date(Enrolment.objects.filter(ends_on=None), on=on)
    names = {pupil.pk: key for key, pupil in cast.pupils.items()}
    here = rows.filter(school=cast.school)
    return {names[row.pupil_id]: row.groupless_since for row in here}


def unseen(cast, on: date) -> list[str]:
    rows = schools_without_groups_visible_to(cast.director, on=on)
    return [school.name for school in rows]


def places(cast, *but: str):
    """The places of everybody at that school, without some."""
    keys = [cast.pupils[key].pk for key in but]
    rows = GroupMembership.objects.filter(enrolment__school=cast.school)
    return rows.exclude(enrolment__pupil__in=keys)


def group_of(cast, starts: int) -> Group:
    """A group in the school year that starts in a year."""
    year, _new = SchoolYear.objects.get_or_create(
        board=cast.board, name=f"{starts}-{starts + 1}",
        starts_on=date(starts, 8, 1), ends_on=date(starts + 1, 7, 31),
    )  # fmt: skip
    return Group.objects.create(school=cast.school, school_year=year, name="7A")


def move_up(cast, *but: str) -> None:
    """Everybody gets a group of the next school year; nobody ends the places before."""
    group = group_of(cast, 2027)
    for place in list(places(cast, *but)):
        GroupMembership.objects.create(
            enrolment_id=place.enrolment_id, group=group, starts_on=date(2027, 8, 1)
        )


def send_roster(cast) -> None:
    now = timezone.now()
    RosterImport.objects.create(
        school=cast.school, kind="edexml", source="Demo", file_hash="0" * 64, file_size=1,
        read_by=cast.director, state="applied", approved_by=cast.director, approved_at=now,
        applied_at=now,
    )  # fmt: skip


def test_who_has_no_place_in_the_new_school_year_is_asked_after_once_most_others_have_one(cast):
    assert asked(cast, TURNED - timedelta(days=1)) == {}
    assert asked(cast, TURNED) == {}, "the school has not given places yet: not everybody left"
    assert unseen(cast, TURNED) == [cast.school.name]
    assert unseen(cast, TURNED - timedelta(days=1)) == []
    move_up(cast, "own")
    assert asked(cast, TURNED - timedelta(days=1)) == {}
    assert asked(cast, TURNED) == {"own": YEAR_ENDS}
    assert unseen(cast, TURNED) == []
    assert asked(cast, YEAR_ENDS.replace(year=2028)) == {"own": YEAR_ENDS}


def test_where_half_of_the_places_are_given_nobody_is_asked_after_yet(cast):
    pupils = [key for key, one in cast.pupils.items() if one.enrolments.get().school == cast.school]
    move_up(cast, *pupils[: len(pupils) // 2])
    assert len(pupils) % 2 == 0
    assert asked(cast, TURNED) == {}
    assert unseen(cast, TURNED) == [cast.school.name]


def test_who_left_silently_years_ago_stands_out_however_many_they_became(cast):
    old = group_of(cast, 2022)
    here = places(cast).count()
    gone = [f"gone{n}" for n in range(here + 1)]
    for key in gone:
        cast.add_pupil(key)
    places(cast).filter(enrolment__pupil__first_name__startswith="First-gone").update(
        group=old, starts_on=date(2022, 8, 1)
    )
    assert asked(cast, cast.today) == dict.fromkeys(gone, LONG_AGO)
    assert unseen(cast, cast.today) == []


def test_who_never_had_a_place_is_asked_after_60_days_after_starting(cast):
    since = cast.today - timedelta(days=60)
    for key, first in (("own", since), ("other", since + timedelta(days=1))):
        stay = Enrolment.objects.filter(pupil=cast.pupils[key])
        GroupMembership.objects.filter(enrolment__in=stay).delete()
        stay.update(starts_on=first)
    assert asked(cast, cast.today) == {"own": since}
    places(cast).delete()
    assert asked(cast, cast.today) == {}, "this school does not use groups"


def test_a_school_that_uses_no_groups_is_told_so_unless_it_sends_rosters(cast, sign_in):
    places(cast).delete()
    client = sign_in(cast.director)
    title = f"At {cast.school.name} nobody can see who left"
    page = client.get(reverse("leaving_dates")).text
    assert title in page
    assert reverse("roster_imports") in page
    assert "Every leaving date is known" not in page
    assert "at one school most pupils are in no group" in client.get(reverse("home")).text
    assert unseen(cast, cast.today) == [cast.school.name]
    send_roster(cast)
    assert unseen(cast, cast.today) == []
    assert unseen(cast, cast.today + timedelta(days=400)) == [cast.school.name]


def test_whom_a_roster_of_the_last_year_knows_is_asked_after_once_a_roster_misses_them(cast):
    for key in ("own", "other"):
        stay = Enrolment.objects.filter(pupil=cast.pupils[key])
        GroupMembership.objects.filter(enrolment__in=stay).delete()
    send_roster(cast)
    PupilSourceKey.objects.create(
        pupil=cast.pupils["own"], school=cast.school, system="Demo", key="own-1"
    )
    assert asked(cast, cast.today).keys() == {"other"}
    Absence.objects.create(
        enrolment=cast.pupils["own"].enrolments.get(), system="Demo",
        starts_on=cast.today - timedelta(days=60),
    )  # fmt: skip
    assert asked(cast, cast.today).keys() == {"own", "other"}
