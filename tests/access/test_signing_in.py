"""Coming in: what opens, what stays shut, what is written down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from access.models import User
from audit.models import LogEntry
from tests.access.conftest import SECRET, code_now, give_factor
from tests.cast import PASSWORD

pytestmark = pytest.mark.usefixtures("web_login")


def sign_in_with(client, login: str, password: str = PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": login, "password": password}, **extra)


@pytest.mark.promise("P22")
@pytest.mark.parametrize("login", ["parent", "parent@example.org", "PARENT", "Parent@Example.org"])
def test_a_user_name_or_an_e_mail_address_with_the_password_opens(cast, client, events, login):
    answer = sign_in_with(client, login)
    assert answer.status_code == 302
    assert client.get(reverse("home")).status_code == 200
    assert events("signed-in") == ["signed-in"]


@pytest.mark.promise("P22")
@pytest.mark.parametrize("login", ["parent", "nobody", "parent@example.org", "no@example.org"])
def test_a_wrong_password_does_not_tell_whether_the_account_exists(cast, client, events, login):
    page = sign_in_with(client, login, "wrong password")
    said = {str(e) for e in page.context["form"].non_field_errors()}
    other = "nobody-else@example.org" if "@" in login else "nobody-else"
    compare = sign_in_with(client, other, "wrong password")
    assert said == {str(e) for e in compare.context["form"].non_field_errors()}
    assert events() == ["sign-in-failed", "sign-in-failed"]
    row = LogEntry.objects.filter(event="sign-in-failed").latest("timestamp")
    assert (row.actor_id, row.actor_name, row.outcome) == (None, "", "refused")


@pytest.mark.promise("P22")
def test_after_five_wrong_passwords_the_right_one_does_not_open_for_a_while(cast, client):
    for _try in range(5):
        sign_in_with(client, "parent", "wrong password")
    page = sign_in_with(client, "parent")
    assert page.status_code == 200
    assert not page.wsgi_request.user.is_authenticated


@pytest.mark.promise("P22")
def test_another_address_in_a_header_does_not_get_around_the_limit(cast, client):
    for number in range(10):
        sign_in_with(
            client, f"guess-{number}", "wrong", headers={"X-Forwarded-For": f"9.9.9.{number}"}
        )
    page = sign_in_with(client, "parent", headers={"X-Forwarded-For": "9.9.9.99"})
    assert not page.wsgi_request.user.is_authenticated
    assert set(LogEntry.objects.values_list("remote_addr", flat=True)) <= {"127.0.0.1", None}


def test_the_session_gets_a_new_key_when_somebody_signs_in(cast, client):
    client.get(reverse("account_login"))
    client.post(reverse("set_language"), {"language": "en"})
    session = client.session
    session["before"] = "1"
    session.save()
    before = session.session_key
    sign_in_with(client, "parent")
    assert client.session.session_key != before


def test_a_closed_account_opens_nothing_and_says_so_only_after_the_right_password(cast, client):
    User.objects.filter(pk=cast.parent.pk).update(is_active=False)
    assert sign_in_with(client, "parent").url == reverse("account_inactive")
    assert client.get(reverse("account_inactive")).status_code == 200
    assert client.get(reverse("home")).status_code == 302


def test_signing_out_asks_first_and_only_a_post_does_it(cast, client, events):
    sign_in_with(client, "parent")
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get(reverse("home")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("home")).status_code == 302
    assert events("signed-out") == ["signed-out"]


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_email",
        "account_confirm_email",
        "account_change_phone",
        "account_request_login_code",
        "mfa_signup_webauthn",
        "account_email_verification_sent",
    ],
)
def test_what_could_make_an_account_or_change_who_somebody_is_has_no_address(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("path", ["/account/signup/", "/account/email/", "/account/"])
def test_nor_can_it_be_guessed(cast, client, path):
    assert client.get(path).status_code == 404
    sign_in_with(client, "parent")
    assert client.get(path).status_code == 404


def test_staff_with_a_factor_are_asked_for_it_before_they_are_in(cast, client, events):
    give_factor(cast.counsellor)
    answer = sign_in_with(client, "counsellor")
    assert answer.url == reverse("mfa_authenticate")
    assert client.get(reverse("my_pupils")).url.startswith(reverse("account_login"))
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert client.get(reverse("my_pupils")).status_code == 200
    assert events()[:3] == ["second-factor-failed", "second-factor-used", "signed-in"]


def test_a_recovery_code_opens_once(cast, client, events):
    give_factor(cast.counsellor)
    codes = Authenticator.objects.get(user=cast.counsellor, type="recovery_codes").wrap()
    code = codes.get_unused_codes()[0]
    sign_in_with(client, "counsellor")
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert client.get(reverse("my_pupils")).status_code == 200
    client.post(reverse("account_logout"))
    sign_in_with(client, "counsellor")
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert client.get(reverse("my_pupils")).status_code == 302
    assert events("recovery-code-used", "second-factor-used") == ["recovery-code-used"]


def test_five_wrong_codes_close_the_second_step_too(cast, client):
    give_factor(cast.counsellor)
    sign_in_with(client, "counsellor")
    for _try in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert client.post(reverse("mfa_authenticate"), {"code": code_now()}).status_code == 200
    assert client.get(reverse("my_pupils")).status_code == 302


@pytest.mark.promise("P22")
def test_staff_without_a_factor_set_one_up_and_arrive_where_they_wanted(
    cast, client, events, commits_at_once
):
    sign_in_with(client, "counsellor")
    wanted = reverse("my_pupils")
    step = client.get(wanted, follow=True)
    assert step.redirect_chain[-1][0].startswith(reverse("second_step"))
    form = client.get(reverse("mfa_activate_totp"))
    answer = client.post(
        reverse("mfa_activate_totp"), {"code": code_now(form.context["form"].secret)}
    )
    assert answer.url == reverse("mfa_view_recovery_codes")
    codes = client.get(answer.url)
    assert reverse("second_step") in codes.content.decode()
    assert client.get(reverse("second_step")).url == wanted
    assert client.get(wanted).status_code == 200
    assert sorted(events("second-factor-added", "recovery-codes-made")) == [
        "recovery-codes-made",
        "second-factor-added",
    ]


def test_a_factor_set_up_elsewhere_is_asked_once_without_going_round(cast, client, sign_in):
    sign_in(cast.counsellor, second_factor=False)
    give_factor(cast.counsellor)
    wanted = reverse("my_pupils")
    asked = client.get(wanted, follow=True)
    assert len(asked.redirect_chain) == 2
    address = asked.redirect_chain[-1][0]
    assert address.startswith(reverse("mfa_reauthenticate"))
    done = client.post(address, {"code": code_now()})
    assert done.url == wanted
    assert client.get(wanted).status_code == 200


@pytest.mark.promise("P22")
def test_a_session_from_before_the_factor_gets_past_it_by_no_code_or_new_factor(cast, client):
    sign_in_with(client, "counsellor")
    give_factor(cast.counsellor)
    for name in (
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_add_webauthn",
        "mfa_deactivate_totp",
    ):
        answer = client.get(reverse(name))
        assert (answer.status_code, answer.url) == (302, reverse("mfa_reauthenticate")), name
    client.post(reverse("mfa_reauthenticate"), {"code": code_now()})
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 200


def test_who_has_a_passkey_only_is_asked_for_the_passkey(cast, client, sign_in):
    sign_in(cast.counsellor, second_factor=False)
    Authenticator.objects.create(
        user=cast.counsellor, type="webauthn", data={"name": "key", "credential": {}}
    )
    answer = client.get(reverse("second_step"), {"next": reverse("my_pupils")})
    assert answer.url.startswith(reverse("mfa_reauthenticate_webauthn"))


def test_the_second_step_sends_nobody_to_a_strange_address(cast, client, sign_in):
    sign_in(cast.counsellor)
    assert client.get(reverse("second_step"), {"next": "https://evil.example/"}).url == "/"


def test_staff_keep_their_last_second_factor(cast, client, events, commits_at_once):
    totp = give_factor(cast.counsellor)
    sign_in_with(client, "counsellor")
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    address = reverse("mfa_deactivate_totp")
    page = client.post(address)
    assert page.status_code == 200
    assert Authenticator.objects.filter(pk=totp.pk).exists()
    passkey = Authenticator.objects.create(
        user=cast.counsellor, type="webauthn", data={"name": "key", "credential": {}}
    )
    client.post(address)
    assert not Authenticator.objects.filter(pk=totp.pk).exists()
    assert events("second-factor-removed") == ["second-factor-removed"]
    gone = client.post(reverse("mfa_remove_webauthn", args=[passkey.pk]))
    assert gone.url == reverse("mfa_index")
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


@pytest.mark.promise("P22")
def test_the_raw_rows_hold_neither_secret_nor_seed(cast, db):
    from django.db import connection

    give_factor(cast.counsellor)
    with connection.cursor() as cursor:
        cursor.execute("select data::text from mfa_authenticator")
        raw = " ".join(row[0] for row in cursor.fetchall())
    assert SECRET not in raw
    assert raw.count('"1.') == 2


def test_a_forgotten_password_is_set_anew_by_mail(cast, client, events):
    sign_in_with(client, "parent")
    elsewhere = client.cookies.copy()
    client.cookies.clear()
    done = client.post(reverse("account_reset_password"), {"email": "parent@example.org"})
    assert done.url == reverse("account_reset_password_done")
    [letter] = mail.outbox
    link = next(w for w in letter.body.split() if "/reset/key/" in w)
    form = client.get(link)
    secret = link.rstrip("/").rsplit("/", 1)[1].partition("-")[2]
    assert len(secret) > 20
    assert secret not in form.url
    assert form.url.endswith("-set-password/")
    new = "groene lamp zingt zachtjes"
    client.post(form.url, {"password1": new, "password2": new})
    assert events("password-reset") == ["password-reset"]
    client.cookies = elsewhere
    assert client.get(reverse("home")).status_code == 302
    client.cookies.clear()
    sign_in_with(client, "parent", new)
    assert client.get(reverse("home")).status_code == 200
    client.cookies.clear()
    assert client.get(link, follow=True).context.get("token_fail")


def test_asking_for_a_mail_answers_the_same_for_a_stranger(cast, client):
    known = client.post(reverse("account_reset_password"), {"email": "parent@example.org"})
    stranger = client.post(reverse("account_reset_password"), {"email": "no@example.org"})
    assert (known.status_code, known.url) == (stranger.status_code, stranger.url)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    "password", ["welkom2026", "aaaaaaaaaaaaaa", "parent parent", "privacyportaal1"]
)
def test_a_password_that_is_easy_to_guess_is_refused(cast, client, password):
    sign_in_with(client, "parent")
    page = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": password, "password2": password},
    )
    assert page.status_code == 200
    assert page.context["form"].errors


def test_a_new_password_ends_the_other_sessions(cast, client, events):
    sign_in_with(client, "parent")
    elsewhere = client.cookies.copy()
    client.cookies.clear()
    sign_in_with(client, "parent")
    new = "groene lamp zingt zachtjes"
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert client.get(reverse("home")).status_code == 200
    assert events("password-changed") == ["password-changed"]
    client.cookies = elsewhere
    assert client.get(reverse("home")).status_code == 302


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn"])
def test_after_ten_minutes_a_change_of_factors_asks_for_the_password_again(
    cast, client, time_machine, name
):
    sign_in_with(client, "parent")
    assert client.get(reverse(name)).status_code == 200
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    asked = client.get(reverse(name))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert client.post(asked.url, {"password": "wrong"}).status_code == 200
    assert client.post(asked.url, {"password": PASSWORD}).url == reverse(name)
    assert client.get(reverse(name)).status_code == 200
