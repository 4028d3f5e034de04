"""What every test has: both databases prepared as in production, and the cast."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from access.management.commands.prepare_database import grant_rights, watch_writes
from tests.cast import Cast, build_cast

BOTH = ["default", "keys"]
TODAY = date(2026, 11, 16)  # a Monday in term


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every database test has both databases: content and keys belong together."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        if mark is not None:
            mark.kwargs.setdefault("databases", BOTH)
        elif {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.django_db(databases=BOTH))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> None:
    """After the migrations: what `prepare_database` does besides."""
    with django_db_blocker.unblock():
        call_command("seal_plain_texts", verbosity=0)
        call_command("make_log_partitions", verbosity=0)
        for alias in BOTH:
            grant_rights(alias)
        watch_writes()


@pytest.fixture(autouse=True)
def speaks_english() -> None:
    """A page in Dutch leaves its language behind in the thread; each test begins anew."""
    translation.activate("en")


@pytest.fixture(autouse=True)
def no_rate_limits_left_over(request: pytest.FixtureRequest) -> Iterator[None]:
    """Rate limits are counted in the cache, which tests share."""
    yield
    if "db" in request.fixturenames:
        cache.clear()


@pytest.fixture
def today(time_machine) -> date:
    """A fixed school day, on which the cast stands."""
    time_machine.move_to("2026-11-16 10:00 +0100", tick=True)
    return TODAY


@pytest.fixture
def cast(db, today: date) -> Cast:
    """The same people everywhere (docs/architecture: the cast)."""
    return build_cast(today)


class TlsClient(Client):
    """A browser that came over TLS, as in production."""

    def generic(self, *args, **kwargs):
        """Every request is a secure one."""
        kwargs["secure"] = True
        return super().generic(*args, **kwargs)


@pytest.fixture
def client() -> Client:
    """A browser that came over TLS."""
    return TlsClient()


@pytest.fixture
def sign_in(client: Client):
    """Signs somebody of the cast in, second factor included; gives the client."""

    def enter(user, *, second_factor: bool = True) -> Client:
        client.force_login(user)
        session = client.session
        methods = [{"method": "password", "at": 0}]
        if second_factor:
            methods.append({"method": "mfa", "at": 0, "type": "totp"})
        session["account_authentication_methods"] = methods
        session.save()
        return client

    return enter
