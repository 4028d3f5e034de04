"""Parents and pupils before their own pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from consent.actions.codes import make_code
from students.models import Parent
from tests.consent.conftest import Asked

FAMILY_PASSWORD = "blauw kasteel maandag vork"


@dataclass
class Family:
    """Somebody's browser, and short ways through the pages."""

    asked: Asked
    client: Client

    def questions(self, pupil: str) -> str:
        """The address of a child's questions."""
        return reverse("questions", args=[self.asked.cast.pupils[pupil].pk])

    def choose(self, who: str, pupil: str, also: tuple[str, ...] = (), **said: bool):
        """Chooses on the page of a child, by code of the purpose; gives the answer."""
        of = None if who.startswith("pupil_") else who
        data: dict[str, object] = {}
        for code, is_yes in said.items():
            request = self.asked.request(pupil, code.replace("_", "-"), of=of)
            last = self.asked.latest(request)
            data[f"answer-{request.pk}"] = "yes" if is_yes else "no"
            data[f"seen-{request.pk}"] = str(last.pk) if last else ""
        if also:
            data["also"] = [str(self.asked.cast.pupils[key].pk) for key in also]
        return self.client.post(self.questions(pupil), data)

    def sign(self, who: str, pupil: str, also: tuple[str, ...] = (), **said: bool):
        """Chooses and signs; gives what came back."""
        chosen = self.choose(who, pupil, also, **said)
        assert chosen.status_code == 302, chosen.content.decode()
        return self.client.post(chosen["Location"])


@pytest.fixture
def family(asked: Asked, client: Client) -> Family:
    return Family(asked, client)


@pytest.fixture
def enter(family: Family) -> Callable[..., Client]:
    """Signs somebody of the cast in; who they are was confirmed `minutes` ago."""

    def as_person(who: str, *, minutes: float = 0) -> Client:
        user = family.asked.cast.people[who]
        family.client.force_login(user)
        session = family.client.session
        at = time.time() - 60 * minutes
        session["account_authentication_methods"] = [
            {"method": "password", "at": at, "reauthenticated": True},
            {"method": "mfa", "at": at, "type": "totp", "reauthenticated": True},
        ]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        return family.client

    return as_person


@pytest.fixture
def new_code(asked: Asked) -> Callable[..., str]:
    """The words of a new code of a parent (or of the pupil itself) about a pupil."""

    def make(
        parent: Parent | None, pupil: str, *, route: str = "letter", by="administrator"
    ) -> str:
        _row, words = asked.act(
            make_code,
            by=by,
            pupil=asked.cast.pupils[pupil],
            parent=parent,
            school=asked.cast.school,
            route=route,
        )
        return words

    return make


@pytest.fixture
def newcomer(asked: Asked) -> Callable[..., Parent]:
    """A parent whom the school knows, without an account yet."""

    def add(key: str, *children: str, authority: str = "yes", email: str = "") -> Parent:
        parent = asked.cast.add_parent(key, *children, authority=authority)
        Parent.objects.filter(pk=parent.pk).update(user=None, email=email or None)
        asked.cast.people[key].memberships.all().delete()
        asked.cast.people.pop(key).delete()
        parent.refresh_from_db()
        return parent

    return add
