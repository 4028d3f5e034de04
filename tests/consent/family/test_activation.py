"""Coming in with a code: whose it is, once, and alike for each that opens nothing."""

from __future__ import annotations

import pytest
from django.core import mail
from django.urls import reverse

from access.models import Membership, User
from audit.models import LogEntry
from audit.veils import keys_of
from consent import limits
from consent.models import Code
from students.models import Parent, Pupil
from tests.consent.family.conftest import FAMILY_PASSWORD

pytestmark = pytest.mark.promise("P5")
ACTIVATE, ACCOUNT, MAIL = (
    reverse(name) for name in ("activate", "activate_account", "activate_mail")
)


def text_of(response) -> str:
    return response.content.decode()


def words(name: str = "") -> dict[str, str]:
    named = {"name": name} if name else {}
    return {**named, "password1": FAMILY_PASSWORD, "password2": FAMILY_PASSWORD}


def wrong(code: str) -> str:
    return code[:-1] + ("a" if code[-1] != "a" else "b")


def test_every_code_that_opens_nothing_gets_the_same_page(asked, client, newcomer, new_code):
    code = new_code(newcomer("letter_parent", "own"), "own")
    used = new_code(newcomer("used_parent", "own"), "own")
    withdrawn = new_code(newcomer("late_parent", "own"), "own")
    new_code(Parent.objects.get(first_name="First-late_parent"), "own")  # ends the one before
    Code.objects.filter(number=used[:5]).update(tries=5)
    pages = set()
    for typed in (wrong(code), used, withdrawn, "abcde-fghj-kmnp", "hello"):
        answer = client.post(ACTIVATE, {"code": typed})
        assert answer.status_code == 200
        pages.add(text_of(answer).split("<main")[1].replace(typed, ""))
    (alike,) = pages
    assert "This code does not work" in alike
    assert client.get(ACCOUNT).status_code == 410


def test_a_code_makes_one_account_and_is_gone_when_it_comes_back(client, newcomer, new_code):
    code = new_code(newcomer("letter_parent", "own"), "own")
    client.post(ACTIVATE, {"code": code})
    assert client.post(ACCOUNT, words("sam")).status_code == 302
    client.logout()
    again = client.post(ACTIVATE, {"code": code})
    assert "This code does not work" in text_of(again)
    assert User.objects.filter(username="sam").count() == 1
    held = Membership.objects.get(user__username="sam")
    assert (held.role, held.ends_on) == ("parent", None)
    sam = keys_of([held.user_id])
    events = LogEntry.objects.filter(actor__in=sam).values_list("event", flat=True)
    assert {"family-account-opened", "consent-code-used", "signed-in"} <= set(events)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (words("parent"), "This user name is taken"),
        ({**words("sam"), "password2": "other"}, "The two passwords are not the same"),
        ({**words("sam"), "password1": "short", "password2": "short"}, "password"),
        (words("sam en noor!"), "valid"),
    ],
)
def test_what_was_typed_wrong_uses_no_code_up(client, newcomer, new_code, typed, says):
    code = new_code(newcomer("letter_parent", "own"), "own")
    client.post(ACTIVATE, {"code": code})
    answer = client.post(ACCOUNT, typed)
    assert answer.status_code == 200
    assert says in text_of(answer)
    assert Code.objects.get().used_at is None
    assert client.post(ACCOUNT, words("sam")).status_code == 302


def test_a_typed_address_is_theirs_once_the_mailed_figures_come_back(client, newcomer, new_code):
    code = new_code(newcomer("letter_parent", "own"), "own")
    client.post(ACTIVATE, {"code": code})
    assert client.post(ACCOUNT, words("Sam@example.org"))["Location"] == MAIL
    assert not User.objects.filter(email="sam@example.org").exists()
    (sent,) = mail.outbox
    assert sent.to == ["sam@example.org"]
    assert "First-own" not in sent.body
    figures = next(line.strip() for line in sent.body.splitlines() if line.strip().isdigit())
    assert "not the figures" in text_of(client.post(MAIL, {"figures": "000000"}))
    assert client.post(MAIL, {"figures": figures})["Location"] == reverse("my_children")
    user = User.objects.get(email="sam@example.org")
    assert user.check_password(FAMILY_PASSWORD)
    assert Code.objects.get().used_by == user


def test_five_wrong_figures_end_it_also_for_a_session_that_is_put_back(client, newcomer, new_code):
    client.post(ACTIVATE, {"code": new_code(newcomer("letter_parent", "own"), "own")})
    client.post(ACCOUNT, words("sam@example.org"))
    body = mail.outbox[0].body
    figures = next(line.strip() for line in body.splitlines() if line.strip().isdigit())
    before = dict(client.session)
    for _try in range(5):
        last = client.post(MAIL, {"figures": f"{(int(figures) + 1) % 10**6:06}"})
    assert last["Location"] == ACCOUNT
    session = client.session
    session.update(before)
    session.save()
    assert client.post(MAIL, {"figures": figures})["Location"] == ACCOUNT
    assert not User.objects.filter(email="sam@example.org").exists()


def test_an_address_with_an_account_is_told_so_by_mail_and_never_on_the_page(
    client, newcomer, new_code
):
    code = new_code(newcomer("letter_parent", "own"), "own")
    client.post(ACTIVATE, {"code": code})
    assert client.post(ACCOUNT, words("parent@example.org"))["Location"] == MAIL
    page = text_of(client.get(MAIL))
    assert "We sent a mail to" in page
    assert "There is one already" in mail.outbox[0].body
    assert not any(line.strip().isdigit() for line in mail.outbox[0].body.splitlines())
    for _try in range(5):
        last = client.post(MAIL, {"figures": "123456"})
    assert last["Location"] == ACCOUNT
    assert User.objects.filter(email="parent@example.org").count() == 1


def test_a_code_that_came_by_mail_shows_that_the_address_is_theirs(client, newcomer, new_code):
    parent = newcomer("mail_parent", "own", email="mailed@example.org")
    client.post(ACTIVATE, {"code": new_code(parent, "own", route="mail")})
    assert "mailed@example.org" in text_of(client.get(ACCOUNT))
    assert client.post(ACCOUNT, words()).status_code == 302
    assert User.objects.get(email="mailed@example.org").username == "mailed@example.org"
    assert not mail.outbox


def test_a_pupil_of_twelve_makes_an_account_of_its_own(asked, client, new_code):
    Pupil.objects.filter(pk=asked.cast.pupils["twelve"].pk).update(user=None)
    client.post(ACTIVATE, {"code": new_code(None, "twelve")})
    page = text_of(client.get(ACCOUNT))
    assert "This account is yours alone" in page
    assert "I have an account" not in page
    client.post(ACCOUNT, words("noor12"))
    pupil = Pupil.objects.get(pk=asked.cast.pupils["twelve"].pk)
    assert pupil.user.username == "noor12"
    assert "answer" in text_of(client.get(reverse("my_children"))).lower()


def test_a_parent_who_has_an_account_signs_in_and_adds_the_child(
    asked, family, enter, newcomer, new_code
):
    """Known twice, at two schools: by the code, never by name."""
    second = newcomer("same_person", "other")
    code = new_code(second, "other")
    family.client.post(ACTIVATE, {"code": code})
    assert f"{reverse('account_login')}?next={ACCOUNT.replace('/', '%2F')}" in text_of(
        family.client.get(ACCOUNT)
    )
    client = enter("parent")
    client.post(ACTIVATE, {"code": code})
    asks = text_of(client.get(ACCOUNT))
    assert "This code adds a child" in asks
    assert "First-other" not in asks
    assert client.post(ACCOUNT)["Location"] == reverse("my_children")
    second.refresh_from_db()
    assert second.user == asked.cast.parent
    assert "First-other" in text_of(client.get(reverse("my_children")))


@pytest.mark.parametrize("who", ["parent", "counsellor", "pupil_sixteen", "parent_teacher"])
def test_a_code_of_somebody_else_is_refused_and_not_used_up(asked, enter, new_code, who):
    """Of the other parent, of a pupil, and for who works here: the director says that."""
    other = asked.cast.parent_without.known_as_parent.get()
    for code in (new_code(other, "own"), new_code(None, "twelve")):
        client = enter(who)
        client.post(ACTIVATE, {"code": code})
        refused = client.post(ACCOUNT)
        assert "This did not work" in text_of(refused)
    assert not Code.objects.filter(used_at__isnull=False).exists()
    assert not Parent.objects.filter(user=asked.cast.counsellor).exists()


def test_staff_come_in_with_a_second_factor_first(asked, client, sign_in):
    sign_in(asked.cast.parent_teacher, second_factor=False)
    for address in (ACTIVATE, ACCOUNT):
        assert client.get(address)["Location"].startswith(reverse("second_step"))


def test_who_has_an_account_already_is_led_to_sign_in_and_never_gets_a_second_one(
    asked, client, new_code
):
    parent = asked.cast.parent.known_as_parent.get()
    client.post(ACTIVATE, {"code": new_code(parent, "own")})
    page = text_of(client.get(ACCOUNT))
    assert "You have an account already" in page
    assert 'name="name"' not in page


def test_who_forgot_the_password_chooses_another_with_a_code_and_a_colleague_does_not(
    asked, client, new_code
):
    client.post(ACTIVATE, {"code": new_code(asked.cast.parent.known_as_parent.get(), "own")})
    assert client.post(ACCOUNT, words())["Location"] == reverse("my_children")
    asked.cast.parent.refresh_from_db()
    assert asked.cast.parent.check_password(FAMILY_PASSWORD)
    assert LogEntry.objects.filter(event="family-password-renewed").count() == 1
    assert [sent.to for sent in mail.outbox] == [["parent@example.org"]]
    client.logout()
    colleague = asked.cast.parent_teacher
    client.post(ACTIVATE, {"code": new_code(colleague.known_as_parent.get(), "own")})
    assert "You also work at a school" in text_of(client.post(ACCOUNT, words()))
    colleague.refresh_from_db()
    assert not colleague.check_password(FAMILY_PASSWORD)


def test_an_account_that_the_office_made_is_opened_by_the_code(asked, client, newcomer, new_code):
    parent = newcomer("office_parent", "own")
    made = User.objects.create_user("ouder-abc", None, name="Demo office")
    Parent.objects.filter(pk=parent.pk).update(user=made)
    client.post(ACTIVATE, {"code": new_code(parent, "own")})
    assert client.post(ACCOUNT, words("sam")).status_code == 302
    made.refresh_from_db()
    assert (made.username, made.has_usable_password()) == ("sam", True)


def test_the_code_stays_out_of_addresses_logs_and_the_readable_session(client, newcomer, new_code):
    code = new_code(newcomer("letter_parent", "own"), "own")
    typed = client.post(ACTIVATE, {"code": code})
    assert code not in typed["Location"]
    assert code not in str(dict(client.session))
    rows = LogEntry.objects.values_list("additional_data", "object_pk", "changes")
    assert code not in str(list(rows))


def test_who_types_too_many_wrong_codes_waits_and_reads_so(client, newcomer, new_code, monkeypatch):
    code = new_code(newcomer("letter_parent", "own"), "own")
    monkeypatch.setattr(limits, "MOST_OF_ADDRESS", 2)
    client.post(ACTIVATE, {"code": code})
    for _try in range(2):
        client.post(ACTIVATE, {"code": wrong(code)})
    assert "Too many wrong codes" in text_of(client.post(ACTIVATE, {"code": code}))
    assert client.get(ACCOUNT).status_code == 429
    assert Code.objects.get().used_at is None


def no_mail(*_what, **_how) -> None:
    raise OSError("no mail today")


def test_when_no_mail_can_be_sent_nothing_is_lost_and_the_page_says_so(
    asked, client, newcomer, new_code, monkeypatch
):
    client.post(ACTIVATE, {"code": new_code(newcomer("letter_parent", "own"), "own")})
    monkeypatch.setattr("consent.views.mailed.send_mail", no_mail)
    assert client.post(ACCOUNT, words("sam@example.org"))["Location"] == ACCOUNT
    assert "The mail could not be sent" in text_of(client.get(ACCOUNT))
    client.post(ACTIVATE, {"code": new_code(asked.cast.parent.known_as_parent.get(), "own")})
    monkeypatch.setattr("consent.actions.activation.send_mail", no_mail)
    assert "could not be sent" in text_of(client.post(ACCOUNT, words()))
    asked.cast.parent.refresh_from_db()
    assert not asked.cast.parent.check_password(FAMILY_PASSWORD)
    assert not Code.objects.filter(used_at__isnull=False).exists()
