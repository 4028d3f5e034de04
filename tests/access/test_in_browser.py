"""Coming in with a real browser: an app with codes, a passkey, an invitation; and axe."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from django.db import connections
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect, sync_playwright

from access.models import User
from launcher.chromium import find_chromium
from tests.access.browser import SITE, Journey
from tests.access.conftest import code_now
from tests.cast import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
    pytest.mark.usefixtures("web_login", "commits_at_once"),
]
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(find_chromium()), args=QUIET)
        yield started
        connections.close_all()  # Playwright's loop has connections of its own
        started.close()


@pytest.fixture
def travel(browser):
    journeys: list[Journey] = []

    def start(**options) -> Journey:
        journeys.append(Journey(browser, **options))
        return journeys[-1]

    yield start
    for journey in journeys:
        journey.close()


def sign_in(journey: Journey, login: str, password: str = PASSWORD) -> None:
    page = journey.page
    page.locator("#id_login").fill(login)
    page.locator("#id_password").fill(password)
    page.locator("main form:has(#id_login) button[type=submit]").first.click()


def until(page: Page, name: str) -> None:
    """Waits until the browser came to a page by its name."""
    page.wait_for_url(re.compile(rf"^{SITE}{re.escape(reverse(name))}(\?|$)"))


def set_up_app(journey: Journey) -> str:
    """From the second step to the recovery codes; gives the app's secret."""
    page = journey.page
    page.locator(f"a[href='{reverse('mfa_activate_totp')}']").first.click()
    until(page, "mfa_activate_totp")
    secret = re.search(r"\b[A-Z2-7]{32}\b", page.locator("main").inner_text()).group()
    page.locator("#id_code").fill(code_now(secret))
    page.locator("main form:has(#id_code) button[type=submit]").first.click()
    until(page, "mfa_view_recovery_codes")
    return secret


@pytest.mark.parametrize(("size", "language"), [(PHONE, "nl"), (DESK, "en")])
def test_a_teacher_sets_up_an_app_with_codes_and_arrives(cast, travel, size, language):
    User.objects.filter(pk=cast.counsellor.pk).update(language=language)
    journey = travel(viewport=size)
    page = journey.go(reverse("my_pupils"))
    assert journey.path == reverse("account_login")
    sign_in(journey, "counsellor")
    until(page, "second_step")
    assert page.locator("html").get_attribute("lang") == language
    secret = set_up_app(journey)
    page.locator(f"a[href='{reverse('second_step')}']").click()
    until(page, "my_pupils")
    expect(page.locator("main")).to_contain_text("First-own")
    # the next time the code is asked before anything else
    journey.client.cookies.clear()
    journey.go(reverse("my_pupils"))
    sign_in(journey, "counsellor")
    until(page, "mfa_authenticate")
    page.locator("#id_code").fill(code_now(secret))
    page.locator("main form:has(#id_code) button[type=submit]").first.click()
    until(page, "my_pupils")
    assert journey.complaints == []


def test_a_passkey_is_added_and_then_opens_without_a_password(cast, travel):
    journey = travel(viewport=PHONE)
    page = journey.go(reverse("my_pupils"))
    device = journey.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in(journey, "counsellor")
    until(page, "second_step")
    page.locator(f"a[href='{reverse('mfa_add_webauthn')}']").first.click()
    until(page, "mfa_add_webauthn")
    page.locator("#id_passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    until(page, "mfa_view_recovery_codes")
    page.locator(f"a[href='{reverse('second_step')}']").click()
    until(page, "my_pupils")
    # signed out: the passkey alone opens, and counts as both steps
    journey.client.cookies.clear()
    journey.go(reverse("my_pupils"))
    page.locator("#passkey_login").click()
    page.wait_for_url(lambda url: not url.endswith(reverse("account_login")) and "login" not in url)
    journey.go(reverse("my_pupils"))
    expect(page.locator("main")).to_contain_text("First-own")
    # one's own pages work under the policy: nothing inline
    for name in OWN_PAGES[:7]:
        journey.go(reverse(name))
    # asked again for a change of factors after a while: the passkey page works too
    journey.go(reverse("mfa_reauthenticate_webauthn"))
    page.locator("#mfa_webauthn_reauthenticate").click()
    page.wait_for_url(lambda url: "reauthenticate" not in url)
    assert journey.complaints == []


def test_from_the_mail_to_the_first_page(cast, travel):
    director = travel(viewport=DESK)
    director.client.force_login(cast.director)
    session = director.client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
    session.save()
    page = director.go(reverse("invite"))
    page.locator("#id_name").fill("Demo Newcomer")
    page.locator("#id_email").fill("newcomer@example.org")
    page.get_by_role("radio").first.check()
    page.locator("main form:has(#id_email) button[type=submit]").click()
    until(page, "invitations")
    expect(page.locator("main")).to_contain_text("newcomer@example.org")
    link = re.search(r"https://localhost(/invitation/\S+)", mail.outbox[-1].body).group(1)

    newcomer = travel(viewport=PHONE)
    page = newcomer.go(link)
    until(page, "invitation")
    for field in ("#id_password1", "#id_password2"):
        page.locator(field).fill("groene lamp zingt zachtjes")
    page.locator("main form:has(#id_password1) button[type=submit]").click()
    until(page, "second_step")
    set_up_app(newcomer)
    page.locator(f"a[href='{reverse('second_step')}']").click()
    until(page, "home")
    assert newcomer.complaints == director.complaints == []


OPEN_PAGES = ["account_login", "account_reset_password", "account_reset_password_done"]
OWN_PAGES = [
    "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn",
    "account_change_password", "usersessions_list", "account_logout", "staff", "invite",
    "invitations",
]  # fmt: skip


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_axe_finds_nothing_to_say_and_nothing_scrolls_sideways(cast, travel, size, scheme):
    journey = travel(viewport=size, color_scheme=scheme, bypass_csp=True)
    colleague = cast.counsellor
    pages = [(name, reverse(name)) for name in OPEN_PAGES] + [("gone", reverse("invitation"))]
    found = {name: look(journey, path) for name, path in pages}
    journey.go(reverse("account_login"))
    sign_in(journey, "director")
    until(journey.page, "second_step")
    found["second_step"] = look(journey, reverse("second_step"))
    session = journey.client.session
    session["account_authentication_methods"] = [
        *session["account_authentication_methods"], {"method": "mfa", "at": 0}
    ]  # fmt: skip
    session.save()
    for name in OWN_PAGES:
        found[name] = look(journey, reverse(name))
    for name in ("staff_member", "give_role", "close_account"):
        found[name] = look(journey, reverse(name, args=[colleague.pk]))
    ending = reverse("end_role", args=[colleague.memberships.get().pk])
    found["end_role"] = look(journey, ending)
    assert {name: said for name, said in found.items() if said} == {}


def look(journey: Journey, path: str) -> list[str]:
    """What is wrong with one page."""
    page = journey.go(path)
    said = [
        f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in Axe().run(page).response["violations"]
    ]
    width = page.viewport_size["width"]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        said.append("scrolls sideways")
    if journey.path != path:
        said.append(f"came to {journey.path}")
    return said
