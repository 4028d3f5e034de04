"""Two people, or one twice, in the same moment: one wins, the other is told, nothing is doubled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connections

from access.acting import acting_as
from access.actions import invitations
from access.actions.invitations import Invited, accept_as_new, invite
from access.actions.memberships import end_role, give_role
from access.errors import Refused
from access.models import Invitation, Membership, Unit, User
from audit.models import LogEntry
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keys"])
WAIT = 60  # seconds: a busy machine is slow


@pytest.fixture
def school(today) -> Unit:
    board = Unit.objects.create(kind="board", name="Stichting Demoscholen")
    return Unit.objects.create(kind="school", parent=board, name="De Demobongerd")


def person(name: str, role: str, unit: Unit) -> User:
    user = User.objects.create_user(name, "x", name=f"Demo {name}", email=f"{name}@example.org")
    Membership.objects.create(user=user, role=role, unit=unit, starts_on=date(2020, 8, 1))
    return user


def both_at_once(*does: Callable[[], object]) -> list[object]:
    """Runs each in a thread and a connection of its own; what came of them, refusals too."""
    ready = threading.Barrier(len(does))
    outcomes: list[object] = [None] * len(does)

    def run(place: int, do: Callable[[], object]) -> None:
        try:
            ready.wait(WAIT)
            outcomes[place] = do()
        except Refused as refused:
            outcomes[place] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(does)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    return outcomes


def refusals(outcomes: list[object]) -> int:
    return sum(isinstance(outcome, Refused) for outcome in outcomes)


def test_one_invitation_accepted_twice_makes_one_account(school):
    director = person("director", "director", school)
    with acting_as(director, on=TODAY):
        invitation = invite(
            invited=Invited("Demo New", "new@example.org", "counsellor", school, TODAY, None, "nl"),
            address=lambda secret: secret,
            by=director,
            on=TODAY,
        )

    def accept() -> object:
        with acting_as(None, on=TODAY):
            return accept_as_new(
                invitation=Invitation.objects.get(pk=invitation.pk), password="x", on=TODAY
            )

    assert refusals(both_at_once(accept, accept)) == 1
    assert Membership.objects.filter(user__email="new@example.org").count() == 1
    assert LogEntry.objects.filter(event="invitation-accepted").count() == 1


def test_an_invitation_withdrawn_while_it_is_accepted_is_one_or_the_other(school):
    director = person("director", "director", school)
    with acting_as(director, on=TODAY):
        invitation = invite(
            invited=Invited("Demo New", "new@example.org", "counsellor", school, TODAY, None, "nl"),
            address=lambda secret: secret,
            by=director,
            on=TODAY,
        )

    def accept() -> object:
        with acting_as(None, on=TODAY):
            return accept_as_new(
                invitation=Invitation.objects.get(pk=invitation.pk), password="x", on=TODAY
            )

    def withdraw() -> object:
        with acting_as(director, on=TODAY):
            return invitations.withdraw_invitation(invitation=invitation, by=director, on=TODAY)

    assert refusals(both_at_once(accept, withdraw)) == 1
    invitation.refresh_from_db()
    accepted = invitation.accepted_at is not None
    assert accepted is (invitation.withdrawn_at is None)
    assert User.objects.filter(email="new@example.org").exists() is accepted


def test_a_role_given_by_two_directors_is_given_once(school):
    director, deputy = (person(role, role, school) for role in ("director", "deputy"))
    teacher = person("teacher", "counsellor", school)

    def give(by: User) -> Callable[[], object]:
        def do() -> object:
            with acting_as(by, on=TODAY):
                return give_role(
                    user=teacher,
                    role="administrator",
                    unit=school,
                    starts_on=TODAY,
                    ends_on=None,
                    by=by,
                    on=TODAY,
                )

        return do

    assert refusals(both_at_once(give(director), give(deputy))) == 1
    assert teacher.memberships.filter(role="administrator").count() == 1


def test_a_role_ended_by_two_directors_ends_once(school):
    director, deputy = (person(role, role, school) for role in ("director", "deputy"))
    membership = person("teacher", "counsellor", school).memberships.get()

    def end(by: User) -> Callable[[], object]:
        def do() -> object:
            with acting_as(by, on=TODAY):
                end_role(membership=membership, first_day_without=TODAY, by=by, on=TODAY)

        return do

    assert refusals(both_at_once(end(director), end(deputy))) == 1
    assert LogEntry.objects.filter(event="role-ended").count() == 1
