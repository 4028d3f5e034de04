"""Assigning, another end, withdrawing: what changes, and the one event of each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from access.acting import acting_as
from access.actions.accounts import close_account
from access.actions.memberships import end_role
from access.endings import MembershipEnded, tell_membership_ended
from access.errors import NotAllowed, Overtaken, Refused
from access.models import Membership, User
from audit.models import LogEntry
from dossiers import queries
from dossiers.actions import medical
from dossiers.actions.assignments import assign, change_end, withdraw_assignment
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, DossierPartPermission, MedicalCustodian
from dossiers.queries import is_own_child
from dossiers.queries.staffing import STAFF, own_children
from students.enrolment import Left, tell_left
from students.models import Enrolment, Parenthood

COUNSELLOR = AssignmentKind.COUNSELLOR
pytestmark = pytest.mark.django_db


def dossier_of(cast, pupil):
    return cast.dossier(pupil, cast.other_school if pupil == "foreign" else None)


def give(cast, user="other_counsellor", pupil="own", by="director", kind=COUNSELLOR, **more):
    more = {"starts_on": cast.today, "ends_on": None, "reason": "reads with this pupil"} | more
    with acting_as(cast.people[by], on=cast.today):
        return assign(
            dossier=dossier_of(cast, pupil),
            user=cast.people[user],
            kind=kind,
            by=cast.people[by],
            on=cast.today,
            **more,
        )


def opens(cast, user, pupil, on=None) -> bool:
    """Whether both locks let somebody in, and agree."""
    fresh, day = User.objects.get(pk=cast.people[user].pk), on or cast.today
    dossier = dossier_of(cast, pupil)
    with acting_as(fresh, on=day), connection.cursor() as cursor:
        in_django = queries.dossiers_visible_to(fresh, on=day).filter(pk=dossier.pk).exists()
        cursor.execute("select portal_parts('view_dossierpart')")
        parts = set(cursor.fetchone()[0])
        in_database = bool(parts & {part.pk for part in dossier.parts.all()})
    assert in_django == in_database
    return in_database


@pytest.mark.promise("P2")
def test_an_assignment_opens_from_its_first_to_its_last_day(cast):
    give(cast, starts_on=cast.today + timedelta(2), ends_on=cast.today + timedelta(4))
    seen = [opens(cast, "other_counsellor", "own", cast.today + timedelta(n)) for n in range(7)]
    assert seen == [False, False, True, True, True, False, False]


@pytest.mark.promise("P7")
@pytest.mark.parametrize(
    ("by", "user", "pupil", "error"),
    [
        ("director", "director", "own", NotAllowed),
        ("deputy", "deputy", "own", NotAllowed),
        ("director", "deputy", "own", Refused),
        ("deputy", "director", "own", Refused),
        ("other_director", "counsellor", "other", NotAllowed),
        ("counsellor", "other_counsellor", "own", NotAllowed),
        ("administrator", "other_counsellor", "own", NotAllowed),
        ("privacy_officer", "other_counsellor", "own", NotAllowed),
        ("board_officer", "other_counsellor", "own", Refused),
        ("board_officer", "board_officer", "own", NotAllowed),
        ("director", "parent_teacher", "own", Refused),
        ("director", "foreign_counsellor", "own", Refused),
        ("director", "former", "own", Refused),
        ("director", "administrator", "own", Refused),
        ("director", "school_doctor", "own", Refused),
        ("director", "parent", "own", Refused),
        ("director", "counsellor", "own", Refused),
    ],
)
def test_who_may_not_assign_whom(cast, by, user, pupil, error):
    before = Assignment.objects.count(), LogEntry.objects.filter(event="assigned").count()
    with pytest.raises(error):
        give(cast, user, pupil, by)
    assert (
        Assignment.objects.count(),
        LogEntry.objects.filter(event="assigned").count(),
    ) == before


@pytest.mark.promise("P7")
@pytest.mark.parametrize(
    ("by", "user", "pupil"),
    [
        ("director", "other_counsellor", "own"),
        ("deputy", "other_counsellor", "own"),
        ("board_officer", "director", "own"),
        ("board_officer", "deputy", "own"),
        ("board_officer", "parent_teacher", "own"),
        ("other_director", "foreign_counsellor", "foreign"),
    ],
)
def test_who_assigns_whom(cast, by, user, pupil):
    given = give(cast, user, pupil, by)
    row = LogEntry.objects.filter(event="assigned").latest("timestamp")
    assert row.subjects == [cast.pupils[pupil].log_key]
    assert (row.actor_id, row.object_pk) == (cast.people[by].pk, str(given.pk))
    assert opens(cast, user, pupil)


@pytest.mark.promise("P7")
def test_nobody_assigns_for_an_own_child_but_the_board_officer(cast):
    cast.add_parent("director", "own")
    with pytest.raises(NotAllowed):
        give(cast)
    assert give(cast, by="board_officer").pk
    assert give(cast, "other_counsellor", "eleven").pk


@pytest.mark.promise("P7")
def test_nobody_withdraws_for_an_own_child_or_for_themselves(cast):
    own = give(cast, "director", by="board_officer")
    with pytest.raises(NotAllowed), acting_as(cast.director, on=cast.today):
        withdraw_assignment(assignment=own, by=cast.director, on=cast.today)
    cast.add_parent("director", "other")
    other = Assignment.objects.get(user=cast.other_counsellor)
    with pytest.raises(NotAllowed), acting_as(cast.director, on=cast.today):
        withdraw_assignment(assignment=other, by=cast.director, on=cast.today)
    assert opens(cast, "other_counsellor", "other")


@pytest.mark.promise("P6")
def test_medical_is_for_the_doctor_or_a_named_stand_in_and_opens_that_part_only(cast):
    with pytest.raises(Refused):
        give(cast, "coordinator", "twelve", kind=AssignmentKind.MEDICAL)
    with acting_as(cast.director, on=cast.today):
        named = medical.name_stand_in(
            school=cast.school,
            user=cast.coordinator,
            starts_on=cast.today,
            ends_on=cast.today + timedelta(20),
            by=cast.director,
            on=cast.today,
        )
    given = give(cast, "coordinator", "twelve", kind=AssignmentKind.MEDICAL)
    assert given.ends_on == named.ends_on
    with acting_as(cast.coordinator, on=cast.today):
        parts = queries.parts_visible_to(cast.coordinator, on=cast.today)
        kinds = {p.kind for p in parts.filter(dossier=cast.dossier("twelve"))}
    assert kinds == {"medical"}
    with acting_as(cast.director, on=cast.today):
        medical.end_stand_in(named=named, by=cast.director, on=cast.today)
    assert not opens(cast, "coordinator", "twelve")
    assert opens(cast, "coordinator", "own")
    assert LogEntry.objects.filter(event__startswith="medical-stand-in").count() == 2


@pytest.mark.promise("P6")
@pytest.mark.parametrize(
    ("by", "user", "error"),
    [
        ("director", "director", NotAllowed),
        ("director", "deputy", Refused),
        ("director", "foreign_counsellor", Refused),
        ("director", "former", Refused),
        ("other_director", "coordinator", NotAllowed),
        ("school_doctor", "coordinator", NotAllowed),
    ],
)
def test_who_may_not_name_a_stand_in(cast, by, user, error):
    with pytest.raises(error), acting_as(cast.people[by], on=cast.today):
        medical.name_stand_in(
            school=cast.school,
            user=cast.people[user],
            starts_on=cast.today,
            ends_on=None,
            by=cast.people[by],
            on=cast.today,
        )
    assert not MedicalCustodian.objects.exists()


@pytest.mark.parametrize("days", [3, 300])
def test_another_end_keeps_the_old_assignment_as_history(cast, days):
    old = Assignment.objects.get(user=cast.substitute)
    end = cast.today + timedelta(days)
    with acting_as(cast.director, on=cast.today):
        new = change_end(
            assignment=old, ends_on=end, reason="comes longer", by=cast.director, on=cast.today
        )
    old.refresh_from_db()
    assert (old.ends_on, old.withdrawn_by) == (cast.today - timedelta(1), cast.director)
    assert (new.replaces, new.starts_on, new.ends_on) == (old, cast.today, end)
    assert opens(cast, "substitute", "own", end)
    assert not opens(cast, "substitute", "own", end + timedelta(1))
    assert LogEntry.objects.filter(event="assignment-changed").count() == 1


def test_another_end_is_weighed_like_a_new_assignment(cast):
    old = Assignment.objects.get(user=cast.substitute)
    with pytest.raises(Refused), acting_as(cast.director, on=cast.today):
        change_end(assignment=old, ends_on=None, reason="stays", by=cast.director, on=cast.today)
    old.refresh_from_db()
    assert old.withdrawn_at is None


def test_withdrawing_before_the_first_day_leaves_nothing(cast):
    coming = give(cast, starts_on=cast.today + timedelta(5))
    with acting_as(cast.director, on=cast.today):
        withdraw_assignment(assignment=coming, by=cast.director, on=cast.today)
    assert not opens(cast, "other_counsellor", "own", cast.today + timedelta(6))
    with pytest.raises(Overtaken), acting_as(cast.director, on=cast.today):
        withdraw_assignment(assignment=coming, by=cast.director, on=cast.today)
    assert give(cast, starts_on=cast.today + timedelta(5)).pk


def end_membership(cast, user, last_day, role=None):
    rows = Membership.objects.filter(user=cast.people[user], unit=cast.school.unit)
    row = rows.get(role=role) if role else rows.get()
    Membership.objects.filter(pk=row.pk).update(ends_on=last_day)
    ended = MembershipEnded(row.pk, row.user_id, row.role, row.unit_id, last_day)
    tell_membership_ended([ended], by=cast.director, on=cast.today)


@pytest.mark.promise("P2")
def test_a_role_that_ends_ends_the_assignments_it_carried(cast):
    end_membership(cast, "counsellor", cast.today - timedelta(1))
    row = Assignment.objects.get(user=cast.counsellor)
    assert row.ends_on == cast.today - timedelta(1)
    assert not DossierPartPermission.objects.filter(
        user=cast.counsellor, ends_on__isnull=True
    ).exists()
    assert not opens(cast, "counsellor", "own")
    assert opens(cast, "coordinator", "own")


@pytest.mark.promise("P2")
def test_ending_a_role_or_closing_an_account_ends_assignments_in_the_same_action(cast):
    role = Membership.objects.get(user=cast.counsellor)
    with acting_as(cast.director, on=cast.today):
        end_role(membership=role, first_day_without=cast.today, by=cast.director, on=cast.today)
    with acting_as(cast.director, on=cast.today):
        close_account(user=cast.coordinator, by=cast.director, on=cast.today)
    for person in ("counsellor", "coordinator"):
        row = Assignment.objects.get(user=cast.people[person])
        assert row.ends_on == cast.today - timedelta(1)
        assert not opens(cast, person, "own")
    assert opens(cast, "substitute", "own")


def test_a_role_that_will_end_ends_assignments_on_that_day(cast):
    last = cast.today + timedelta(10)
    end_membership(cast, "counsellor", last)
    assert Assignment.objects.get(user=cast.counsellor).ends_on == last
    assert opens(cast, "counsellor", "own", last)
    assert not opens(cast, "counsellor", "own", last + timedelta(1))


def test_another_role_at_the_school_carries_an_assignment_on(cast):
    cast.add_person("counsellor", "care-coordinator", cast.school.unit)
    end_membership(cast, "counsellor", cast.today - timedelta(1), role="counsellor")
    assert Assignment.objects.get(user=cast.counsellor).ends_on is None
    assert opens(cast, "counsellor", "own")


def test_the_doctors_assignment_ends_with_the_doctors_role_only(cast):
    cast.add_person("school_doctor", "counsellor", cast.school.unit)
    give(cast, "school_doctor", "twelve")
    end_membership(cast, "school_doctor", cast.today - timedelta(1), role="school-doctor")
    assert opens(cast, "school_doctor", "twelve")
    assert not opens(cast, "school_doctor", "own")


@pytest.mark.promise("P2")
@pytest.mark.promise("P22")
def test_an_assignment_left_open_opens_nothing_without_a_membership(cast):
    Membership.objects.filter(user=cast.counsellor).update(ends_on=cast.today - timedelta(1))
    assert Assignment.objects.get(user=cast.counsellor).ends_on is None
    assert not opens(cast, "counsellor", "own")


@pytest.mark.promise("P22")
def test_an_assignment_left_open_opens_nothing_for_a_closed_account(cast):
    assert opens(cast, "counsellor", "own")
    User.objects.filter(pk=cast.counsellor.pk).update(is_active=False)
    assert not opens(cast, "counsellor", "own")


@pytest.mark.promise("P2")
def test_assignments_end_30_days_after_the_pupil_left(cast):
    left = cast.today + timedelta(3)
    coming = give(cast, starts_on=cast.today + timedelta(90))
    Enrolment.objects.filter(pupil=cast.pupils["own"]).update(ends_on=left)
    tell_left([Left(cast.pupils["own"].pk, cast.school.pk, left)])
    assert opens(cast, "counsellor", "own", left + timedelta(30))
    assert not opens(cast, "counsellor", "own", left + timedelta(31))
    assert not opens(cast, "other_counsellor", "own", coming.starts_on)
    with pytest.raises(Refused):
        give(cast, starts_on=left + timedelta(31), ends_on=left + timedelta(33))
    short = give(
        cast,
        kind=AssignmentKind.SHORT,
        starts_on=left + timedelta(40),
        ends_on=left + timedelta(46),
    )
    assert opens(cast, "other_counsellor", "own", short.ends_on)
    assert not opens(cast, "other_counsellor", "own", short.ends_on + timedelta(1))


@pytest.mark.parametrize(
    ("change", "by"),
    [
        ({"user": "foreign_counsellor"}, "director"),
        ({"user": "parent"}, "director"),
        ({"kind": "medical"}, "director"),
        ({}, "other_director"),
        ({}, "coordinator"),
        ({}, "privacy_officer"),
    ],
)
def test_the_database_refuses_what_the_rules_refuse(cast, change, by):
    row = {"user": "other_counsellor", "kind": "counsellor"} | change
    with pytest.raises(DatabaseError), transaction.atomic():
        Assignment.objects.create(
            dossier=cast.dossier("own"),
            user=cast.people[row["user"]],
            kind=row["kind"],
            starts_on=cast.today,
            assigned_by=cast.people[by],
        )


@pytest.mark.promise("P7")
@pytest.mark.parametrize("days", [(-90, -1), (1, 90)])
def test_the_database_refuses_a_director_of_yesterday_or_tomorrow(cast, days):
    """The role of whoever assigns is in force on that day, whatever day they name."""
    first, last = (cast.today + timedelta(n) for n in days)
    keeper = cast.add_person("keeper", "parent", cast.school.unit)
    Membership.objects.create(
        user=keeper, role="director", unit=cast.school.unit, starts_on=first, ends_on=last
    )
    forged = {"dossier": cast.dossier("own"), "user": cast.other_counsellor, "kind": "counsellor"}
    for day in (first, last, cast.today):
        with acting_as(keeper, on=cast.today) as work:
            with pytest.raises(DatabaseError, match="keeper"), transaction.atomic():
                Assignment.objects.create(**forged, starts_on=day, assigned_by=keeper)
            work.abandon()


def test_a_withdrawn_link_to_a_pupil_gives_a_director_the_rights_back(cast):
    cast.add_parent("director", "own")
    own = cast.dossier("own")

    def assign_somebody() -> None:
        with transaction.atomic():
            Assignment.objects.create(
                dossier=own,
                user=cast.other_counsellor,
                kind="counsellor",
                starts_on=cast.today,
                assigned_by=cast.director,
            )

    with pytest.raises(DatabaseError, match="own child"):
        assign_somebody()
    assert is_own_child(cast.director, own)
    assert own_children(cast.director) == {own.pupil_id}
    Parenthood.objects.filter(parent__user=cast.director).update(
        withdrawn_at=timezone.now(), withdrawn_by=cast.people["board_officer"]
    )
    assign_somebody()
    assert not is_own_child(cast.director, own)
    assert not own_children(cast.director)
    with acting_as(cast.director, on=cast.today), connection.cursor() as cursor:
        cursor.execute("select portal_keeps(%s)", [own.pk])
        assert cursor.fetchone() == (True,)


def test_the_database_refuses_an_assignment_for_an_own_child(cast):
    cast.add_parent("director", "own")
    assert Parenthood.objects.filter(parent__user=cast.director).exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        Assignment.objects.create(
            dossier=cast.dossier("own"),
            user=cast.other_counsellor,
            kind="counsellor",
            starts_on=cast.today,
            assigned_by=cast.director,
        )


@pytest.mark.parametrize("ends_on", [None, date(2027, 9, 30)])
def test_the_database_lets_an_assignment_only_end_sooner(cast, ends_on):
    row = Assignment.objects.filter(user=cast.substitute)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.update(ends_on=ends_on)
    assert row.update(ends_on=cast.today) == 1


def test_the_database_knows_the_same_staff_roles(cast):
    with connection.cursor() as cursor:
        cursor.execute(
            "select prosrc from pg_proc where proname = any(%s)",
            [["portal_parts", "assignment_is_given_rightly"]],
        )
        sources = cursor.fetchall()
        assert len(sources) == 2
        for (source,) in sources:
            listed = source.split("array['")[1].split("]")[0]
            assert {w.strip(" '\n") for w in listed.split(",")} == STAFF
