"""A whole group at once, handing over, moving pupils, proposals, and the year's turn."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from audit.models import LogEntry
from dossiers.actions.groups import assign_group, hand_over_group, withdraw_from_group
from dossiers.actions.proposals import confirm_proposals, decline_proposals
from dossiers.actions.teams import confirm_team
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, AssignmentProposal
from dossiers.queries.turn import proposed_for
from dossiers.rules.assigning import Wanted
from students.enrolment import Moved, tell_moved
from students.models import CounsellorProposal, Group, GroupMembership, SchoolYear

COUNSELLOR = AssignmentKind.COUNSELLOR
pytestmark = pytest.mark.django_db
END = date(2027, 9, 30)
PUPILS = 6  # of the cast, in group 6A


def give_group(cast, user="other_counsellor", by="director", *, group=None, **more):
    wanted = Wanted(
        **(
            {"kind": COUNSELLOR, "starts_on": cast.today, "ends_on": None, "reason": "teaches 6A"}
            | more
        )
    )
    with acting_as(cast.people[by], on=cast.today):
        return assign_group(
            group=group or cast.group,
            user=cast.people[user],
            wanted=wanted,
            by=cast.people[by],
            on=cast.today,
        )


def held(cast, user, group=None):
    return Assignment.objects.filter(user=cast.people[user], group=group or cast.group)


@pytest.mark.promise("P2")
def test_a_group_is_assigned_per_pupil_with_one_event_that_names_all(cast):
    given = give_group(cast)
    assert len(given.assignments) == held(cast, "other_counsellor").count() == PUPILS
    assert set(held(cast, "other_counsellor").values_list("ends_on", flat=True)) == {END}
    row = LogEntry.objects.get(event="group-assigned")
    keys = {a.dossier.pupil.log_key for a in given.assignments}
    assert set(row.subjects) == keys
    assert len(row.subjects) == PUPILS


def test_the_same_group_twice_gives_nothing_twice(cast):
    give_group(cast)
    with pytest.raises(Refused):
        give_group(cast)
    assert held(cast, "other_counsellor").count() == PUPILS


@pytest.mark.promise("P7")
def test_an_own_child_in_the_group_is_left_for_the_board_officer(cast):
    cast.add_parent("director", "eleven", "twelve")
    given = give_group(cast)
    left_out = {dossier.pupil_id for dossier, _no in given.left_out}
    assert left_out == {cast.pupils["eleven"].pk, cast.pupils["twelve"].pk}
    assert held(cast, "other_counsellor").count() == PUPILS - 2
    by_board = give_group(cast, by="board_officer")
    assert {a.dossier.pupil_id for a in by_board.assignments} == left_out


@pytest.mark.promise("P7")
def test_a_counsellors_own_child_is_left_for_the_board_officer(cast):
    given = give_group(cast, "parent_teacher")
    assert [d.pupil_id for d, _no in given.left_out] == [cast.pupils["own"].pk]


@pytest.mark.parametrize(
    ("user", "by", "error"),
    [
        ("director", "director", NotAllowed),
        ("deputy", "director", Refused),
        ("foreign_counsellor", "director", Refused),
        ("school_doctor", "director", Refused),
        ("other_counsellor", "other_director", NotAllowed),
        ("other_counsellor", "coordinator", NotAllowed),
    ],
)
def test_who_may_not_be_assigned_to_a_group(cast, user, by, error):
    with pytest.raises(error):
        give_group(cast, user, by)
    assert not held(cast, user).exists()


def test_a_substitute_of_a_group_ends_by_itself(cast):
    with pytest.raises(Refused):
        give_group(cast, "substitute", kind=AssignmentKind.SUBSTITUTE)
    end = cast.today + timedelta(9)
    give_group(cast, "substitute", kind=AssignmentKind.SUBSTITUTE, ends_on=end)
    assert set(held(cast, "substitute").values_list("ends_on", flat=True)) == {end}


def test_withdrawing_from_a_group_closes_every_door_with_one_event(cast):
    give_group(cast)
    with acting_as(cast.director, on=cast.today):
        given = withdraw_from_group(
            group=cast.group, user=cast.other_counsellor, by=cast.director, on=cast.today
        )
    assert len(given.ended) == PUPILS
    assert not held(cast, "other_counsellor").filter(withdrawn_at__isnull=True).exists()
    assert len(LogEntry.objects.get(event="group-withdrawn").subjects) == PUPILS
    with pytest.raises(Overtaken), acting_as(cast.director, on=cast.today):
        withdraw_from_group(
            group=cast.group, user=cast.other_counsellor, by=cast.director, on=cast.today
        )


@pytest.mark.parametrize("days", [0, 7])
def test_a_group_is_handed_over_to_a_new_teacher(cast, days):
    give_group(cast, starts_on=cast.today - timedelta(20))
    starts = cast.today + timedelta(days)
    with acting_as(cast.director, on=cast.today):
        given = hand_over_group(
            group=cast.group,
            leaving=cast.other_counsellor,
            coming=cast.substitute,
            starts_on=starts,
            reason="takes over 6A",
            by=cast.director,
            on=cast.today,
        )
    ends = set(held(cast, "other_counsellor").values_list("ends_on", flat=True))
    assert ends == {starts - timedelta(1)}
    assert set(held(cast, "substitute").values_list("starts_on", flat=True)) == {starts}
    assert len(given.assignments) == len(given.ended) == PUPILS
    row = LogEntry.objects.get(event="group-handed-over")
    assert len(row.subjects) == PUPILS


# --- moving ------------------------------------------------------------------------------------


def add_group(cast, name="6C", year=None):
    return Group.objects.create(
        school=cast.school, school_year=year or cast.year, name=name, year_group="6"
    )


def move(cast, pupil, *, left=None, joined=None, on=None):
    on = on or cast.today
    enrolment = cast.pupils[pupil].enrolments.get()
    moves = []
    if left:
        GroupMembership.objects.filter(enrolment=enrolment, group=left).update(ends_on=on)
        moves.append(Moved(cast.pupils[pupil].pk, cast.school.pk, left.pk, False, on))
    if joined:
        GroupMembership.objects.create(enrolment=enrolment, group=joined, starts_on=on)
        moves.append(Moved(cast.pupils[pupil].pk, cast.school.pk, joined.pk, True, on))
    tell_moved(moves)


def test_leaving_a_group_ends_its_assignments_after_14_days(cast):
    give_group(cast)
    move(cast, "eleven", left=cast.group)
    row = held(cast, "other_counsellor").get(dossier=cast.dossier("eleven"))
    assert row.ends_on == cast.today + timedelta(14)
    others = held(cast, "other_counsellor").exclude(pk=row.pk)
    assert set(others.values_list("ends_on", flat=True)) == {END}


def test_joining_a_group_proposes_its_counsellors_and_opens_nothing(cast):
    other = add_group(cast)
    move(cast, "eleven", left=cast.group, joined=other)
    give_group(cast, group=other)
    move(cast, "twelve", left=cast.group, joined=other)
    (proposal,) = AssignmentProposal.objects.all()
    assert proposal.dossier == cast.dossier("twelve")
    assert (proposal.user, proposal.group) == (cast.other_counsellor, other)
    assert not held(cast, "other_counsellor", other).filter(dossier=proposal.dossier).exists()
    tell_moved([Moved(cast.pupils["twelve"].pk, cast.school.pk, other.pk, True, cast.today)])
    assert AssignmentProposal.objects.count() == 1


@pytest.fixture
def proposal(cast) -> AssignmentProposal:
    other = add_group(cast)
    move(cast, "eleven", left=cast.group, joined=other)
    give_group(cast, group=other)
    move(cast, "twelve", left=cast.group, joined=other)
    return AssignmentProposal.objects.get()


@pytest.mark.promise("P2")
def test_a_confirmed_proposal_is_an_assignment(cast, proposal):
    with acting_as(cast.director, on=cast.today):
        (given,) = confirm_proposals(proposals=[proposal], by=cast.director, on=cast.today)
    proposal.refresh_from_db()
    assert (proposal.outcome, proposal.assignment) == ("confirmed", given)
    assert (given.group, given.ends_on) == (proposal.group, END)
    row = LogEntry.objects.get(event="proposals-confirmed")
    assert row.subjects == [cast.pupils["twelve"].log_key]
    with pytest.raises(Overtaken), acting_as(cast.director, on=cast.today):
        confirm_proposals(proposals=[proposal], by=cast.director, on=cast.today)


def test_a_declined_proposal_opens_nothing(cast, proposal):
    with acting_as(cast.director, on=cast.today):
        decline_proposals(proposals=[proposal], by=cast.director, on=cast.today)
    proposal.refresh_from_db()
    assert (proposal.outcome, proposal.decided_by) == ("declined", cast.director)
    assert not Assignment.objects.filter(dossier=cast.dossier("twelve")).exists()


def test_a_proposal_lapses_when_the_pupil_leaves_the_group(cast, proposal):
    move(cast, "twelve", left=proposal.group)
    proposal.refresh_from_db()
    assert proposal.outcome == "lapsed"


@pytest.mark.promise("P7")
@pytest.mark.parametrize("by", ["other_director", "coordinator", "administrator"])
def test_who_may_not_decide_on_a_proposal(cast, proposal, by):
    for decide in (confirm_proposals, decline_proposals):
        with pytest.raises(NotAllowed), acting_as(cast.people[by], on=cast.today):
            decide(proposals=[proposal], by=cast.people[by], on=cast.today)


@pytest.mark.promise("P7")
def test_nobody_decides_on_a_proposal_for_an_own_child(cast, proposal):
    cast.add_parent("director", "twelve")
    for decide in (confirm_proposals, decline_proposals):
        with pytest.raises(NotAllowed), acting_as(cast.director, on=cast.today):
            decide(proposals=[proposal], by=cast.director, on=cast.today)


# --- the turn of the school year ---------------------------------------------------------------


@pytest.fixture
def next_group(cast) -> Group:
    """6A's pupils have their place in 7A from 1 August 2027."""
    year = SchoolYear.objects.create(
        board=cast.board, name="2027-2028", starts_on=date(2027, 8, 1), ends_on=date(2028, 7, 31)
    )
    group = add_group(cast, "7A", year)
    give_group(cast, "counsellor")
    for pupil in ("own", "other", "eleven", "twelve", "fifteen", "sixteen"):
        move(cast, pupil, left=cast.group, on=date(2027, 7, 31))
        move(cast, pupil, joined=group, on=year.starts_on)
    AssignmentProposal.objects.all().delete()
    return group


def confirm(cast, group, team, *, carry_on=(), starts_on=date(2027, 6, 6), on=date(2027, 6, 6)):
    with acting_as(cast.director, on=on):
        return confirm_team(
            group=group,
            team=[cast.people[key] for key in team],
            carry_on=[cast.people[key].pk for key in carry_on],
            starts_on=starts_on,
            by=cast.director,
            on=on,
        )


def test_leaving_a_group_at_the_turn_keeps_the_old_team_until_30_september(cast, next_group):
    assert set(held(cast, "counsellor").values_list("ends_on", flat=True)) == {END}


@pytest.mark.promise("P2")
def test_a_new_team_starts_eight_weeks_before_and_the_old_one_ends_30_september(cast, next_group):
    given = confirm(cast, next_group, ["other_counsellor"])
    rows = held(cast, "other_counsellor", next_group)
    assert rows.count() == PUPILS
    assert set(rows.values_list("starts_on", "ends_on")) == {(date(2027, 6, 6), date(2028, 9, 30))}
    single = Assignment.objects.get(user=cast.coordinator, group=None)
    assert single.ends_on == END
    assert set(held(cast, "counsellor").values_list("ends_on", flat=True)) == {END}
    row = LogEntry.objects.get(event="team-confirmed")
    assert len(row.subjects) == PUPILS == len(given.dossiers)


def test_who_carries_on_keeps_what_was_given_for_single_pupils(cast, next_group):
    confirm(cast, next_group, ["other_counsellor"], carry_on=["coordinator"])
    assert Assignment.objects.get(user=cast.coordinator).ends_on is None


def test_a_team_is_not_confirmed_earlier_or_empty(cast, next_group):
    with pytest.raises(Refused):
        confirm(cast, next_group, ["other_counsellor"], starts_on=date(2027, 6, 5))
    with pytest.raises(Refused):
        confirm(cast, next_group, [])
    assert not Assignment.objects.filter(group=next_group).exists()


def test_a_team_confirmed_twice_says_so(cast, next_group):
    confirm(cast, next_group, ["other_counsellor"])
    with pytest.raises(Overtaken):
        confirm(cast, next_group, ["other_counsellor"])


def test_what_the_roster_proposed_is_confirmed_or_declined(cast, next_group):
    for key in ("other_counsellor", "counsellor", "stranger"):
        name = cast.people[key].name if key in cast.people else "Nobody Here"
        CounsellorProposal.objects.create(
            school=cast.school,
            school_year=next_group.school_year,
            group=next_group,
            source="demo",
            teacher_key=key,
            name=name.upper(),
        )
    confirm(cast, next_group, ["other_counsellor"])
    states = dict(CounsellorProposal.objects.values_list("teacher_key", "state"))
    assert states == {
        "other_counsellor": "confirmed",
        "counsellor": "declined",
        "stranger": "proposed",
    }


@pytest.mark.parametrize(
    ("in_file", "recognised"),
    [
        ("Demo counsellor", "counsellor"),
        ("DEMO Counsellor", "counsellor"),
        ("D. counsellor", "counsellor"),
        ("coordinator", "coordinator"),
        ("Demo", None),
        ("D.", None),
        ("Nobody Here", None),
        ("van der coordinator", None),
    ],
)
def test_a_colleague_is_recognised_when_exactly_one_name_fits(cast, in_file, recognised):
    CounsellorProposal.objects.create(
        school=cast.school,
        school_year=cast.year,
        group=cast.group,
        source="demo",
        teacher_key="1",
        name=in_file,
    )
    (found,) = proposed_for(cast.group, [cast.counsellor, cast.coordinator])
    assert found.user == (cast.people[recognised] if recognised else None)


def test_a_team_confirmed_after_the_season_ends_nothing(cast, next_group):
    day = date(2027, 10, 1)
    confirm(cast, next_group, ["other_counsellor"], starts_on=day, on=day)
    assert Assignment.objects.get(user=cast.coordinator, group=None).ends_on is None
    assert held(cast, "other_counsellor", next_group).count() == PUPILS
