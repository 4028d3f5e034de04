"""What every test has: both databases prepared as in production, and the cast."""

from __future__ import annotations

import gc
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest
import time_machine as clock
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.test import Client, TransactionTestCase
from django.test.utils import override_settings
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from demo.filling import Filling
from tests.cast import Cast, build_cast
from tests.databases import Databases
from tests.scheduling import SharedFirst
from tests.worlds import Worlds

BOTH = ["default", "keys"]
DEMO_FILES = Path(os.environ["PORTAL_FILES_DIR"]) / "of-the-demo"
HEADS = Path(os.environ["PORTAL_LOG_HEADS"])
DEMO_HEADS = HEADS.with_name("of-the-demo")
TODAY = date(2026, 11, 16)  # a Monday in term
_TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")[^"]+|(?<=data-token=")[^"]+')
BEFORE = "2026-11-16 09:50 +0100"  # the worlds were made before any test began

# The same examples each time and however slow the machine is, as where CI=true says so.
hypothesis_settings.register_profile(
    "same",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("same")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every database test has both databases: content and keys belong together."""
    unlike = [item.nodeid for item in items if " at 0x" in item.nodeid]
    assert not unlike, f"both workers must call a test the same: {unlike[:3]}"
    for item in items:
        mark = item.get_closest_marker("django_db")
        if mark is not None:
            mark.kwargs.setdefault("databases", BOTH)
        elif {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.django_db(databases=BOTH))


def pytest_collection_finish() -> None:
    """What is there now stays: looking through it again and again took a fifth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log) -> SharedFirst | None:
    """With `--dist loadgroup`: see tests/scheduling.py."""
    return SharedFirst(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture(scope="session")
def databases(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker
) -> Iterator[Databases]:
    """Empty ones, prepared as in production."""
    with django_db_blocker.unblock():
        made = Databases()
        # Asked for once in a process: else whichever test is the first counts a query more.
        ContentType.objects.get_for_models(*apps.get_models())
    yield made
    with django_db_blocker.unblock():
        made.end()


@pytest.fixture(scope="session")
def django_db_setup(databases: Databases) -> None:
    """Instead of pytest-django's, which migrates in each process."""


@pytest.fixture(scope="session")
def worlds(databases: Databases, django_db_blocker) -> Iterator[Worlds]:
    """Databases in which something stands already."""
    kept = Worlds(databases)
    yield kept
    with django_db_blocker.unblock():
        kept.end()


def fill_demo(today: date) -> None:
    """The invented board, filled as script/demo fills it."""
    with override_settings(FILES_DIR=DEMO_FILES, LOG_HEADS=DEMO_HEADS):
        Filling(today, lambda step: None).fill()


def made_before(build: Callable[[date], object]) -> Callable[[], object]:
    """Builds on the morning of the day on which tests play, and in English."""

    def on_that_day() -> object:
        with clock.travel(BEFORE, tick=True), translation.override("en"):
            return build(TODAY)

    return on_that_day


# What stands in the world of a fixture.
BUILDERS = {"cast": made_before(build_cast), "demo": made_before(fill_demo)}


@pytest.fixture(autouse=True)
def no_heads_left_over() -> Iterator[None]:
    """Another test's head of the log tells of a seal that is gone: then nothing is destroyed."""
    yield
    HEADS.unlink(missing_ok=True)


@pytest.fixture
def world(
    request: pytest.FixtureRequest, worlds: Worlds, django_db_blocker, monkeypatch
) -> Iterator[None]:
    """The databases that a test begins in: those its fixtures name, or its own if it commits."""
    asks_for = request.fixturenames
    mark = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in asks_for or (mark and mark.kwargs.get("transaction"))
    name = next((name for name in BUILDERS if name in asks_for), None)
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            if commits:
                stack.enter_context(worlds.of_its_own())
                # Its databases go: emptying them would only cost time, and give other keys.
                monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: None)
            elif name:
                stack.enter_context(worlds.within(name, BUILDERS[name]))
        yield
        with django_db_blocker.unblock():
            stack.close()


@pytest.fixture
def _django_db_helper(world: None, request: pytest.FixtureRequest) -> None:
    """pytest-django's transaction, begun in that world (and ended before it is left)."""
    request.getfixturevalue("_django_db_helper")


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
def cast(db, today: date, worlds: Worlds) -> Cast:
    """The same people everywhere (docs/architecture: the cast)."""
    return worlds.made_in("cast") if worlds.now_in == "cast" else build_cast(today)


@pytest.fixture
def demo(db, today: date, worlds: Worlds, settings, tmp_path: Path) -> None:
    """The invented board of script/demo, and its files and heads to write beside."""
    assert worlds.now_in == "demo", "no test that commits has the demo"
    settings.LOG_HEADS = tmp_path / "demo-heads"
    shutil.copy(DEMO_HEADS, settings.LOG_HEADS)
    settings.FILES_DIR = tmp_path / "demo-files"
    shutil.copytree(DEMO_FILES, settings.FILES_DIR)


class TlsClient(Client):
    """A browser that came over TLS, as in production."""

    def generic(self, *args, **kwargs):
        """Every request is a secure one."""
        kwargs["secure"] = True
        return super().generic(*args, **kwargs)

    def request(self, **request):
        """Where forms may be forged, pages hold no random token: one could spell a name."""
        page = super().request(**request)
        if not (self.handler.enforce_csrf_checks or page.streaming):
            page.content = _TOKEN.sub(b"", page.content)
        return page


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
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        return client

    return enter
