"""A browser, and somebody of the demo signed in with both factors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from access.models import User
from launcher.chromium import find_chromium
from tests.access.browser import Journey

QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(find_chromium()), args=QUIET)
        yield started
        started.close()


@pytest.fixture
def travel_as(browser: Browser, demo: None) -> Iterator[Callable[..., Journey]]:
    """`travel_as("hanna", language="en", viewport=...)`: a browser of somebody of the demo."""
    journeys: list[Journey] = []

    def start(username: str, *, language: str = "nl", **options) -> Journey:
        User.objects.filter(username=username).update(language=language)
        journey = Journey(browser, **options)
        journey.client.force_login(User.objects.get(username=username))
        session = journey.client.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": 0, "type": "totp"}]
        session.save()
        journeys.append(journey)
        return journey

    yield start
    for journey in journeys:
        journey.close()
