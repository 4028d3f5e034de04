"""How long a session lasts, where it ends, and in which language it speaks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from access.models import User
from audit.models import LogEntry
from tests.cast import PASSWORD
from tests.conftest import TlsClient

pytestmark = pytest.mark.usefixtures("web_login")
LOGIN = {"login": "parent", "password": PASSWORD}


def is_in(client) -> bool:
    return client.get(reverse("home")).status_code == 200


@pytest.mark.promise("P22")
@pytest.mark.parametrize(
    ("person", "minutes", "still_in"),
    [
        ("counsellor", 29, True),
        ("counsellor", 31, False),
        ("mr_parent", 59, True),
        ("mr_parent", 61, False),
        ("parent", 59, True),
        ("parent", 61, False),
    ],
)
def test_a_session_ends_after_idle_minutes(cast, sign_in, time_machine, person, minutes, still_in):
    client = sign_in(cast.people[person])
    assert is_in(client)
    time_machine.move_to(timezone.now() + timedelta(minutes=minutes))
    assert is_in(client) is still_in
    rows = LogEntry.objects.filter(event="session-ended", actor=cast.people[person])
    assert rows.count() == (0 if still_in else 1)
    assert rows.filter(remote_addr__isnull=True).count() == 0


def test_a_role_whose_last_day_is_over_ends_the_session_at_midnight(cast, sign_in, time_machine):
    cast.counsellor.memberships.update(ends_on=cast.today)
    time_machine.move_to("2026-11-16 23:55 +0100")
    client = sign_in(cast.counsellor)
    assert is_in(client)
    time_machine.move_to("2026-11-17 00:05 +0100")
    assert not is_in(client)


def test_whoever_keeps_working_stays_in(cast, sign_in, time_machine):
    client = sign_in(cast.counsellor)
    for _turn in range(4):
        assert is_in(client)
        time_machine.move_to(timezone.now() + timedelta(minutes=25))
    assert is_in(client)


def test_a_page_that_loads_itself_again_keeps_no_session_alive(cast, sign_in, time_machine):
    client = sign_in(cast.administrator)
    for _turn in range(4):
        page = client.get(reverse("roster_imports"), {"again": "1"})
        time_machine.move_to(timezone.now() + timedelta(minutes=9))
    assert page.status_code == 200
    assert client.get(reverse("roster_imports"), {"again": "1"}).status_code == 302


def test_an_ended_session_says_why_and_leads_back(cast, sign_in, time_machine):
    client = sign_in(cast.counsellor)
    assert is_in(client)
    time_machine.move_to(timezone.now() + timedelta(minutes=31))
    answer = client.get(reverse("my_pupils"))
    assert answer.url.endswith(f"?next={reverse('my_pupils').replace('/', '%2F')}")
    page = client.get(answer.url)
    assert "notice" in page.content.decode()
    assert [m.level_tag for m in page.context["messages"]] == ["info"]


def test_a_session_ends_after_a_day_however_busy(cast):
    assert settings.SESSION_COOKIE_AGE <= 12 * 60 * 60
    assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE


def test_signing_out_everywhere_else_ends_the_other_sessions_only(cast, client, events):
    elsewhere = TlsClient()
    for browser in (client, elsewhere):
        browser.post(reverse("account_login"), LOGIN)
    page = client.get(reverse("usersessions_list"))
    assert page.context["session_count"] == 2
    client.post(reverse("usersessions_list"))
    assert is_in(client)
    assert not is_in(elsewhere)
    assert events("other-sessions-ended") == ["other-sessions-ended"]


def test_signing_out_ends_the_session_itself(cast, client):
    client.post(reverse("account_login"), LOGIN)
    stolen = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(reverse("account_logout"))
    thief = TlsClient()
    thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert not is_in(thief)


def test_a_role_that_begins_needs_no_new_session(cast, sign_in):
    client = sign_in(cast.parent)
    assert is_in(client)
    cast.add_person("parent", "mr-parent", cast.school.unit)
    assert is_in(client)


def test_a_parent_who_becomes_staff_is_asked_for_a_second_factor(cast, sign_in):
    client = sign_in(cast.parent, second_factor=False)
    assert is_in(client)
    cast.add_person("parent", "counsellor", cast.school.unit)
    assert client.get(reverse("my_pupils")).url.startswith(reverse("second_step"))


def test_the_cookie_is_for_this_site_over_tls_only(cast, client):
    client.post(reverse("account_login"), LOGIN)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert settings.SESSION_COOKIE_NAME.startswith("__Host-")


# --- language -------------------------------------------------------------------------------


def language_of(client, name: str = "account_login") -> str:
    return client.get(reverse(name)).headers["Content-Language"]


def test_a_visitor_chooses_a_language_by_cookie(db, client, settings):
    settings.LANGUAGE_CODE = "nl"  # as in production
    assert language_of(client) == "nl"
    client.post(reverse("set_language"), {"language": "en"})
    assert language_of(client) == "en"
    client.post(reverse("set_language"), {"language": "xx"})
    assert language_of(client) == "en"
    assert client.get(reverse("set_language")).status_code == 405


def test_signed_in_the_account_decides_and_remembers(cast, client, events):
    User.objects.filter(pk=cast.parent.pk).update(language="nl")
    client.post(reverse("set_language"), {"language": "en"})
    client.post(reverse("account_login"), LOGIN)
    assert language_of(client, "home") == "nl"
    client.post(reverse("set_language"), {"language": "en", "next": reverse("home")})
    assert language_of(client, "home") == "en"
    assert User.objects.get(pk=cast.parent.pk).language == "en"
    assert events("language-chosen") == ["language-chosen"]
    client.post(reverse("set_language"), {"language": "en"})
    assert events("language-chosen") == ["language-chosen"]
    other = TlsClient()
    other.post(reverse("account_login"), LOGIN)
    assert language_of(other, "home") == "en"
    other.post(reverse("account_logout"))
    assert language_of(other) == "en"


def test_the_language_switch_leads_nowhere_else(db, client):
    answer = client.post(
        reverse("set_language"), {"language": "en", "next": "https://evil.example/"}
    )
    assert answer.url == "/"


# --- every address without a gate ----------------------------------------------------------


def test_each_address_without_a_gate_stands_in_the_list_with_its_reason(db):
    from access.gate import OPEN_VIEWS
    from tests.guards.addresses import all_addresses

    names = {a.name for a in all_addresses() if a.gate is None}
    assert names <= set(OPEN_VIEWS)
    only_in_the_demo = {name for name in OPEN_VIEWS if name.startswith("demo_")}
    assert set(OPEN_VIEWS) - names == only_in_the_demo


NEEDS_SOMEBODY = [
    "account_reauthenticate", "account_change_password", "account_set_password", "mfa_index",
    "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn",
    "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_authenticate", "usersessions_list",
    "second_step",
]  # fmt: skip


@pytest.mark.parametrize("name", NEEDS_SOMEBODY)
def test_pages_of_an_account_send_a_visitor_to_the_sign_in_page(db, client, name):
    assert client.get(reverse(name)).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["mfa_remove_webauthn", "mfa_edit_webauthn"])
def test_a_strangers_passkey_is_not_found(cast, client, name):
    from allauth.mfa.models import Authenticator

    theirs = Authenticator.objects.create(
        user=cast.counsellor, type="webauthn", data={"name": "key", "credential": {}}
    )
    address = reverse(name, args=[theirs.pk])
    assert client.post(address).url.startswith(reverse("account_login"))
    client.post(reverse("account_login"), LOGIN)
    assert client.get(address, follow=True).status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("account_change_password", 200),
        ("account_set_password", 302),  # there is one already: to changing it
        ("mfa_index", 200),
        ("mfa_activate_totp", 200),
        ("mfa_add_webauthn", 200),
        ("mfa_list_webauthn", 200),
        ("mfa_deactivate_totp", 404),
        ("mfa_view_recovery_codes", 404),
        ("usersessions_list", 200),
    ],
)
def test_pages_of_an_account_open_for_a_parent_too(cast, client, name, status):
    client.post(reverse("account_login"), LOGIN)
    assert client.get(reverse(name)).status_code == status
