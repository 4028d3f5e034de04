"""Enrolling, leaving, returning, moving, transferring: what changes, and one event each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from access.errors import NotAllowed, Overtaken, Refused
from audit.models import LogEntry
from dossiers.models import Assignment, Dossier
from students import seen
from students.actions import enrolments, places, pupils
from students.actions.enrolments import Transfer
from students.actions.pupils import PupilData
from students.models import Enrolment, Group, GroupMembership, Pupil

NOOR = PupilData(first_name="Noor", prefix="van den", surname="Berg", birth_date=date(2018, 3, 1))


def _only_event(code: str) -> LogEntry:
    return LogEntry.objects.get(event=code)


@pytest.mark.promise("P1")
def test_enrolling_makes_a_pupil_a_place_and_a_dossier(cast, act):
    pupil = act(
        pupils.enrol_pupil,
        school=cast.school,
        data=NOOR,
        starts_on=cast.today,
        group=cast.group,
    )
    pupil.refresh_from_db()
    assert pupil.search_name == " noor berg"
    assert Dossier.objects.get(pupil=pupil).school_id == cast.school.pk
    assert GroupMembership.objects.get(enrolment__pupil=pupil).starts_on == cast.today
    row = _only_event("pupil-enrolled")
    assert (row.subjects, row.unit) == ([pupil.log_key], cast.school.pk)
    assert "Noor" not in f"{row.changes}{row.additional_data}{row.object_pk}"


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({"birth_date": date(2026, 11, 17)}, None),
        ({"birth_date": date(1980, 1, 1)}, None),
        ({"first_name": "", "surname": ""}, None),
        ({}, date(2028, 1, 1)),  # the school year of the group is over by then
    ],
)
def test_an_impossible_enrolment_is_refused_and_leaves_nothing(cast, act, changes, day):
    before = Pupil.objects.count()
    data = PupilData(**{**NOOR.__dict__, **changes})
    with pytest.raises(Refused):
        act(
            pupils.enrol_pupil,
            school=cast.school,
            data=data,
            starts_on=day or cast.today,
            group=cast.group,
        )
    assert Pupil.objects.count() == before
    assert not LogEntry.objects.filter(event="pupil-enrolled").exists()


@pytest.mark.parametrize(
    "by", ["other_director", "board_officer", "counsellor", "school_doctor", "fg", "parent"]
)
def test_only_who_keeps_the_school_enrols(cast, act, by):
    with pytest.raises(NotAllowed):
        act(pupils.enrol_pupil, by=by, school=cast.school, data=NOOR, starts_on=cast.today)


def test_a_group_of_another_school_is_refused(cast, act):
    with pytest.raises(Refused):
        act(
            pupils.enrol_pupil,
            school=cast.school,
            data=NOOR,
            starts_on=cast.today,
            group=cast.other_group,
        )


def test_a_change_says_which_fields_and_not_what(cast, act):
    pupil = cast.pupils["own"]
    changed = act(
        pupils.change_pupil,
        pupil=pupil,
        data=PupilData("Nieuw", "", pupil.surname, None),
        seen_before=seen.of_pupil(pupil),
    )
    assert changed == ["first_name", "birth_date"]
    row = _only_event("pupil-changed")
    assert row.changes == ["birth_date", "first_name"]
    pupil.refresh_from_db()
    assert pupil.sort_name == "sur-own, nieuw"


def test_a_change_of_nothing_records_nothing(cast, act):
    pupil = cast.pupils["own"]
    data = PupilData(pupil.first_name, "", pupil.surname, pupil.birth_date)
    assert not act(pupils.change_pupil, pupil=pupil, data=data, seen_before=seen.of_pupil(pupil))
    assert not LogEntry.objects.filter(event="pupil-changed").exists()


def test_the_second_of_two_who_change_a_pupil_is_told(cast, act):
    pupil = cast.pupils["own"]
    saw = seen.of_pupil(pupil)
    born = pupil.birth_date
    act(
        pupils.change_pupil,
        pupil=pupil,
        data=PupilData("Eerste", "", "Naam", born),
        seen_before=saw,
    )
    with pytest.raises(Overtaken):
        act(
            pupils.change_pupil,
            by="director",
            pupil=pupil,
            data=PupilData("Tweede", "", "Naam", born),
            seen_before=saw,
        )
    pupil.refresh_from_db()
    assert pupil.first_name == "Eerste"


@pytest.mark.promise("P2")
def test_leaving_ends_the_place_and_the_assignments_after_thirty_days(cast, act, stay):
    last_day = cast.today + timedelta(days=3)
    own = stay("own")
    assert act(
        enrolments.record_leaving,
        enrolment=own,
        last_day=last_day,
        seen_before=seen.of_enrolments(own.pupil),
    )
    own.refresh_from_db()
    assert own.ends_on == last_day
    assert own.places.get().ends_on == last_day
    ends = set(
        Assignment.objects.filter(dossier__pupil=own.pupil).values_list("ends_on", flat=True)
    )
    assert max(ends) <= last_day + timedelta(days=30)
    assert _only_event("leaving-recorded").changes == ["ends_on"]


def test_a_wrong_leaving_date_can_be_corrected_and_undone(cast, act, stay):
    own = stay("own")
    pupil = own.pupil
    for last_day in (cast.today, cast.today + timedelta(days=10)):
        act(
            enrolments.record_leaving,
            enrolment=own,
            last_day=last_day,
            seen_before=seen.of_enrolments(pupil),
        )
        assert own.places.get().ends_on == last_day
    assert not act(
        enrolments.record_leaving,
        enrolment=own,
        last_day=last_day,
        seen_before=seen.of_enrolments(pupil),
    )
    act(enrolments.undo_leaving, enrolment=own, seen_before=seen.of_enrolments(pupil))
    own.refresh_from_db()
    assert own.ends_on is None
    assert own.places.get().ends_on is None
    assert Dossier.objects.filter(pupil=pupil).count() == 1
    with pytest.raises(Refused):
        act(enrolments.undo_leaving, enrolment=own, seen_before=seen.of_enrolments(pupil))


@pytest.mark.parametrize("last_day", [date(2020, 7, 31), date(2028, 11, 16)])
def test_an_impossible_leaving_date_is_refused(cast, act, stay, last_day):
    own = stay("own")
    with pytest.raises(Refused):
        act(
            enrolments.record_leaving,
            enrolment=own,
            last_day=last_day,
            seen_before=seen.of_enrolments(own.pupil),
        )


def _leave(cast, act, own, last_day):
    act(
        enrolments.record_leaving,
        enrolment=own,
        last_day=last_day,
        seen_before=seen.of_enrolments(own.pupil),
    )


def test_returning_to_the_same_school_continues_the_dossier(cast, act, stay):
    own = stay("own")
    dossier = cast.dossier("own")
    _leave(cast, act, own, cast.today - timedelta(days=40))
    new = act(
        enrolments.return_pupil,
        pupil=own.pupil,
        school=cast.school,
        starts_on=cast.today,
        seen_before=seen.of_enrolments(own.pupil),
        group=cast.group,
    )
    assert Dossier.objects.get(pupil=own.pupil) == dossier
    assert new.places.get().group == cast.group
    assert _only_event("pupil-returned").subjects == [own.pupil.log_key]
    with pytest.raises(Refused):
        act(enrolments.undo_leaving, enrolment=own, seen_before=seen.of_enrolments(own.pupil))


def test_a_pupil_who_is_still_there_does_not_return(cast, act, stay):
    own = stay("own")
    with pytest.raises(Refused):
        act(
            enrolments.return_pupil,
            pupil=own.pupil,
            school=cast.school,
            starts_on=cast.today,
            seen_before=seen.of_enrolments(own.pupil),
        )


def test_another_school_of_the_board_starts_an_own_dossier_and_receives_nothing(cast, act, stay):
    own = stay("own")
    old = cast.dossier("own")
    transfer = Transfer(cast.other_school, cast.today, cast.today + timedelta(days=1))
    act(
        enrolments.transfer_pupil,
        enrolment=own,
        transfer=transfer,
        seen_before=seen.of_enrolments(own.pupil),
    )
    new = Dossier.objects.get(pupil=own.pupil, school=cast.other_school)
    assert new != old
    assert not Assignment.objects.filter(dossier=new).exists()
    assert Enrolment.objects.get(pk=own.pk).ends_on == cast.today
    row = _only_event("pupil-transferred")
    assert row.additional_data == {"to_school": str(cast.other_school.pk)}


@pytest.mark.parametrize("case", ["same school", "same day", "left"])
def test_an_impossible_transfer_is_refused(cast, act, stay, case):
    own = stay("own")
    there, first = cast.other_school, cast.today + timedelta(days=1)
    if case == "same school":
        there = cast.school
    elif case == "same day":
        first = cast.today
    else:
        _leave(cast, act, own, cast.today)
    with pytest.raises(Refused):
        act(
            enrolments.transfer_pupil,
            enrolment=own,
            transfer=Transfer(there, cast.today, first),
            seen_before=seen.of_enrolments(own.pupil),
        )


def test_moving_to_a_group_ends_the_place_the_day_before(cast, act, stay):
    own = stay("own")
    to = Group.objects.create(school=cast.school, school_year=cast.year, name="7A")
    act(
        places.move_to_group,
        enrolment=own,
        group=to,
        starts_on=cast.today,
        seen_before=seen.of_enrolments(own.pupil),
    )
    rows = {p.group_id: (p.starts_on, p.ends_on) for p in own.places.all()}
    assert rows[cast.group.pk][1] == cast.today - timedelta(days=1)
    assert rows[to.pk] == (cast.today, None)
    assert _only_event("pupil-moved-group").additional_data == {"group": str(to.pk)}
    with pytest.raises(Refused):
        act(
            places.move_to_group,
            enrolment=own,
            group=to,
            starts_on=cast.today,
            seen_before=seen.of_enrolments(own.pupil),
        )


def test_a_move_seen_before_somebody_elses_is_refused(cast, act, stay):
    own = stay("own")
    to = Group.objects.create(school=cast.school, school_year=cast.year, name="7A")
    saw = seen.of_enrolments(own.pupil)
    _leave(cast, act, own, cast.today + timedelta(days=5))
    with pytest.raises(Overtaken):
        act(
            places.move_to_group,
            enrolment=own,
            group=to,
            starts_on=cast.today,
            seen_before=saw,
        )


def test_another_school_and_an_own_child_are_not_for_you(cast, act, stay):
    own = stay("own")
    with pytest.raises(NotAllowed):
        _leave_as(act, own, cast, "other_director")
    cast.add_person("parent", "administrator", cast.school.unit)
    with pytest.raises(NotAllowed, match="parent of this pupil"):
        _leave_as(act, own, cast, "parent")
    _leave_as(act, stay("other"), cast, "parent")


def _leave_as(act, own, cast, by):
    act(
        enrolments.record_leaving,
        by=by,
        enrolment=own,
        last_day=cast.today,
        seen_before=seen.of_enrolments(own.pupil),
    )
