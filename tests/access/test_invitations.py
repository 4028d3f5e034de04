"""Inviting staff by mail: one link, one use, seven days, and nothing for a guesser."""

from __future__ import annotations

import re
import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from access.acting import acting_as
from access.actions import invitations as actions
from access.actions.invitations import Invited, invite
from access.errors import NotAllowed, Refused
from access.models import Invitation, Membership, User
from audit.models import LogEntry
from tests.access.conftest import give_factor
from tests.cast import PASSWORD
from tests.conftest import TlsClient

pytestmark = pytest.mark.usefixtures("web_login")
NEW = "groene lamp zingt zachtjes"
GONE = 410


def form_of(cast, **changes):
    return {
        "name": "Demo Newcomer",
        "email": "newcomer@example.org",
        "language": "nl",
        "role": "counsellor",
        "unit": str(cast.school.pk),
        "starts_on": cast.today.isoformat(),
        **changes,
    }


def link_in(letter) -> str:
    return re.search(r"https?://testserver(/invitation/\S+)", letter.body).group(1)


@pytest.fixture
def link(cast, client, sign_in) -> str:
    """The link of an invitation sent by the director; nobody is signed in any more."""
    answer = sign_in(cast.director).post(reverse("invite"), form_of(cast))
    assert answer.url == reverse("invitations")
    client.cookies.clear()
    return link_in(mail.outbox[-1])


def choose_password(client, password=NEW):
    return client.post(reverse("invitation"), {"password1": password, "password2": password})


@pytest.mark.promise("P22")
def test_an_invitation_leads_from_the_mail_to_an_account_and_a_second_factor(
    cast, client, link, events
):
    secret = link.rstrip("/").rsplit("/", 1)[-1]
    first = client.get(link)
    assert first.url == reverse("invitation")
    page = client.get(first.url)
    assert page.status_code == 200
    assert "Demo Newcomer" in page.content.decode()
    assert secret not in page.content.decode()
    assert page.headers["Referrer-Policy"] == "same-origin"
    answer = choose_password(client)
    assert answer.url == reverse("second_step")
    user = User.objects.get(email="newcomer@example.org")
    membership = user.memberships.get()
    assert (membership.role, membership.unit_id) == ("counsellor", cast.school.pk)
    assert membership.given_by == cast.director
    assert client.get(reverse("my_pupils")).url.startswith(reverse("second_step"))
    assert client.get(reverse("mfa_activate_totp")).status_code == 200  # no password again
    assert events("invitation-accepted", "signed-in") == ["invitation-accepted", "signed-in"]
    client.cookies.clear()
    client.post(reverse("account_login"), {"login": "newcomer@example.org", "password": NEW})
    assert client.get(reverse("home")).status_code in (200, 302)
    assert client.get(reverse("second_step")).status_code == 200


def test_only_a_hash_of_the_secret_is_kept_and_no_log_holds_it_or_the_name(cast, client, link):
    secret = link.rstrip("/").rsplit("/", 1)[-1]
    client.get(link)
    client.get(reverse("invitation"))
    client.get("/invitation/guess-marker/")
    client.get(reverse("invitation"))
    with connection.cursor() as cursor:
        cursor.execute("select to_jsonb(i)::text from access_invitation i")
        kept = cursor.fetchone()[0]
        cursor.execute("select to_jsonb(l)::text from audit_logentry l")
        log = " ".join(row[0] for row in cursor.fetchall())
    assert secret not in kept
    assert secret not in log
    assert "guess-marker" not in log
    assert "Newcomer" not in log
    assert "newcomer@" not in log


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_mail_speaks_the_language_chosen_for_it(cast, sign_in, language):
    sign_in(cast.director).post(reverse("invite"), form_of(cast, language=language))
    [letter] = mail.outbox
    assert letter.to == ["newcomer@example.org"]
    assert cast.school.name in letter.body
    assert link_in(letter)
    assert Invitation.objects.get().language == language


def test_a_link_works_once(cast, client, link):
    client.get(link)
    choose_password(client)
    client.cookies.clear()
    client.get(link)
    assert client.get(reverse("invitation")).status_code == GONE
    assert choose_password(client).status_code == GONE
    assert User.objects.filter(email="newcomer@example.org").count() == 1


def test_a_form_sent_twice_makes_one_account(cast, client, link):
    client.get(link)
    page = client.cookies.copy()
    choose_password(client)
    client.cookies = page
    assert choose_password(client).status_code in (302, GONE)
    assert User.objects.filter(email="newcomer@example.org").count() == 1
    assert Membership.objects.filter(user__email="newcomer@example.org").count() == 1


def test_a_link_ends_after_seven_days(cast, client, link, time_machine):
    client.get(link)
    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))
    assert client.get(reverse("invitation")).status_code == GONE
    assert choose_password(client).status_code == GONE
    client.cookies.clear()
    client.get(link)
    assert client.get(reverse("invitation")).status_code == GONE


@pytest.mark.parametrize("what", ["withdraw_invitation", "send_invitation_again"])
def test_a_withdrawn_link_is_dead_also_halfway(cast, client, sign_in, link, what):
    client.get(link)
    halfway = client.cookies.copy()
    client.cookies.clear()
    sign_in(cast.director).post(reverse(what, args=[Invitation.objects.get().pk]))
    client.cookies = halfway
    assert choose_password(client).status_code == GONE
    assert not User.objects.filter(email="newcomer@example.org").exists()
    if what == "send_invitation_again":
        client.get(link_in(mail.outbox[-1]))
        assert choose_password(client).status_code == 302


def test_withdrawing_twice_or_after_acceptance_changes_nothing(cast, client, sign_in, link):
    client.get(link)
    choose_password(client)
    client.cookies.clear()
    director = sign_in(cast.director)
    director.post(reverse("withdraw_invitation", args=[Invitation.objects.get().pk]))
    assert Invitation.objects.get().withdrawn_at is None
    assert not LogEntry.objects.filter(event="invitation-withdrawn").exists()


def test_an_invitation_of_somebody_who_may_no_longer_invite_is_dead(cast, client, link):
    cast.director.memberships.update(ends_on=cast.today - timedelta(days=1))
    client.get(link)
    assert client.get(reverse("invitation")).status_code == GONE
    assert choose_password(client).status_code == GONE


def test_guessing_is_slowed_down_and_tells_nothing(cast, client, link):
    for number in range(10):
        assert client.get(f"/invitation/guess-{number}/").url == reverse("invitation")
        client.cookies.clear()
    client.get(link)
    assert client.get(reverse("invitation")).status_code == 429
    assert choose_password(client).status_code == 429


def test_a_password_that_is_easy_to_guess_is_refused_and_the_link_still_works(cast, client, link):
    client.get(link)
    assert choose_password(client, "newcomer2026").status_code == 200
    page = client.post(reverse("invitation"), {"password1": NEW, "password2": NEW + "x"})
    assert page.status_code == 200
    assert choose_password(client).status_code == 302


def test_somebody_with_an_account_signs_in_and_gets_the_role_added(cast, client, sign_in):
    sign_in(cast.other_director).post(
        reverse("invite"),
        form_of(cast, email="Counsellor@example.org", unit=str(cast.other_school.pk)),
    )
    client.cookies.clear()
    client.get(link_in(mail.outbox[-1]))
    page = client.get(reverse("invitation")).content.decode()
    assert f"{reverse('account_login')}?next=" in page
    assert choose_password(client).status_code == 200
    assert User.objects.filter(email__iexact="counsellor@example.org").count() == 1
    give_factor(cast.counsellor)
    kept = client.session["invitation"]
    sign_in(cast.counsellor)
    session = client.session
    session["invitation"] = kept
    session.save()
    assert client.get(reverse("invitation")).status_code == 200
    assert cast.counsellor.memberships.count() == 1
    assert client.post(reverse("invitation")).url == reverse("home")
    added = cast.counsellor.memberships.get(unit=cast.other_school.unit)
    assert added.given_by == cast.other_director
    assert client.post(reverse("invitation")).status_code == GONE


def test_the_invitation_survives_signing_in_with_the_password(cast, client, sign_in):
    User.objects.filter(pk=cast.mr_parent.pk).update(email="mr@example.org")
    sign_in(cast.director).post(reverse("invite"), form_of(cast, email="mr@example.org"))
    client.cookies.clear()
    client.get(link_in(mail.outbox[-1]))
    address = f"{reverse('account_login')}?next={reverse('invitation')}"
    answer = client.post(address, {"login": "mr@example.org", "password": PASSWORD})
    assert answer.url == reverse("invitation")
    assert client.get(answer.url).status_code == 200
    client.post(reverse("invitation"))
    assert cast.mr_parent.memberships.filter(role="counsellor").exists()


def test_an_invitation_for_another_address_gives_nothing(cast, client, sign_in, link):
    client.get(link)
    kept = client.session["invitation"]
    sign_in(cast.coordinator)
    session = client.session
    session["invitation"] = kept
    session.save()
    assert "newcomer@example.org" in client.get(reverse("invitation")).content.decode()
    client.post(reverse("invitation"))
    assert cast.coordinator.memberships.count() == 1
    with pytest.raises(NotAllowed), acting_as(cast.coordinator, on=cast.today):
        actions.accept_with_account(
            invitation=Invitation.objects.get(), by=cast.coordinator, on=cast.today
        )


@pytest.mark.parametrize(
    ("person", "changes", "status"),
    [
        ("director", {"role": "director"}, 200),  # not among the choices
        ("director", {"email": "director@example.org"}, 403),  # oneself
        ("deputy", {"role": "deputy"}, 200),
        ("counsellor", {}, 403),
        ("fg", {}, 403),
        ("board_officer", {"role": "counsellor"}, 200),
        ("other_director", {}, 200),  # a school of others
    ],
)
def test_nobody_invites_beyond_their_role(cast, sign_in, person, changes, status):
    answer = sign_in(cast.people[person]).post(reverse("invite"), form_of(cast, **changes))
    assert answer.status_code == status
    assert mail.outbox == []
    assert not Invitation.objects.exists()


def test_a_mail_that_cannot_be_sent_leaves_nothing_behind(cast, sign_in, monkeypatch):
    def no_server(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(actions, "send_mail", no_server)
    answer = sign_in(cast.director).post(reverse("invite"), form_of(cast))
    assert answer.status_code == 200
    assert not Invitation.objects.exists()
    assert not LogEntry.objects.filter(event="invited").exists()


def test_an_invitation_is_seen_by_who_manages_that_unit(cast, client, sign_in, link):
    invitation = Invitation.objects.get()
    for person, seen in (("deputy", True), ("board_officer", True), ("other_director", False)):
        page = sign_in(cast.people[person]).get(reverse("invitations")).content.decode()
        assert ("newcomer@example.org" in page) is seen
        if not seen:
            address = reverse("withdraw_invitation", args=[invitation.pk])
            assert client.post(address).status_code == 404
    board = sign_in(cast.board_officer)
    assert board.post(reverse("withdraw_invitation", args=[invitation.pk])).status_code == 403
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is None


def test_the_list_asks_equally_often_for_one_and_thirty(
    cast, client, sign_in, link, django_assert_num_queries
):
    director = sign_in(cast.director)
    director.get(reverse("invitations"))
    with django_assert_num_queries(LIST_QUERIES):
        director.get(reverse("invitations"))
    for number in range(29):
        with acting_as(cast.director, on=cast.today):
            invite(
                invited=Invited(
                    f"Demo {number}", f"n{number}@example.org", "counsellor", cast.school.unit,
                    cast.today, None, "nl",
                ),
                address=lambda secret: secret,
                by=cast.director,
                on=cast.today,
            )  # fmt: skip
    with django_assert_num_queries(LIST_QUERIES):
        page = director.get(reverse("invitations"))
    assert len(page.context["waiting"]) == 30


LIST_QUERIES = 11


def test_the_same_person_is_not_invited_twice_for_the_same_role(cast, client, sign_in, link):
    answer = sign_in(cast.director).post(reverse("invite"), form_of(cast))
    assert answer.status_code == 200
    assert len(mail.outbox) == 1


class TestFirstOfficer:
    """How a new portal gets its first person."""

    def begin(self, capsys, *extra: str) -> str:
        call_command("first_officer", "Stichting Nieuw", "Demo Eerste", "first@example.org", *extra)
        return re.search(r"(/invitation/\S+)", capsys.readouterr().out).group(1)

    def test_the_link_makes_the_first_board_officer(self, db, client, capsys):
        link = self.begin(capsys)
        assert mail.outbox == []
        client.get(link)
        assert choose_password(client).url == reverse("second_step")
        membership = Membership.objects.get()
        assert (membership.role, membership.unit.name) == ("board-officer", "Stichting Nieuw")
        assert membership.given_by is None
        with pytest.raises(CommandError):
            self.begin(capsys)

    def test_a_lost_link_is_replaced_and_the_board_is_not_made_twice(self, db, client, capsys):
        lost = self.begin(capsys)
        link = self.begin(capsys)
        client.get(lost)
        assert choose_password(client).status_code == GONE
        client.get(link)
        assert choose_password(client).status_code == 302

    def test_it_refuses_in_a_portal_that_runs(self, cast, capsys):
        with pytest.raises(CommandError):
            self.begin(capsys)
        assert not Invitation.objects.exists()

    @pytest.mark.parametrize("command", ["createsuperuser", "changepassword"])
    def test_the_ways_around_it_are_closed(self, db, command):
        with pytest.raises(CommandError, match=r"first_officer|reset"):
            call_command(command)


def test_refused_says_why(cast):
    with pytest.raises(Refused) as refused, acting_as(cast.director, on=cast.today):
        invite(
            invited=Invited(
                "Demo", "x@example.org", "counsellor", cast.school.unit,
                cast.today - timedelta(days=1), None, "nl",
            ),
            address=lambda secret: secret,
            by=cast.director,
            on=cast.today,
        )  # fmt: skip
    assert str(refused.value.sentence)


@pytest.mark.parametrize("name", ["invite", "account_reset_password"])
def test_a_forged_host_gets_no_link_into_a_mail(cast, sign_in, name):
    client = sign_in(cast.director) if name == "invite" else TlsClient()
    data = form_of(cast) if name == "invite" else {"email": "parent@example.org"}
    forged = {"host": "evil.example", "x-forwarded-host": "evil.example"}
    assert client.post(reverse(name), data, headers=forged).status_code == 400
    assert mail.outbox == []
    del forged["host"]
    client.post(reverse(name), data, headers=forged)
    assert "evil.example" not in mail.outbox[-1].body


def test_markup_and_formulas_in_a_name_stay_text(cast, sign_in):
    odd = '=cmd|"/c calc"!A1<script>alert(1)</script>'
    client = sign_in(cast.director)
    client.post(reverse("invite"), form_of(cast, name=odd))
    page = client.get(reverse("invitations")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert odd in mail.outbox[-1].body  # plain text: nothing runs there


def test_a_line_break_in_a_name_adds_no_line_to_the_head_of_the_mail(cast, sign_in):
    odd = "Demo\r\nBcc: spy@example.org"
    sign_in(cast.director).post(reverse("invite"), form_of(cast, name=odd))
    (letter,) = mail.outbox
    assert letter.recipients() == ["newcomer@example.org"]
    assert letter.message()["Bcc"] is None


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "delete", "options"])
def test_whatever_a_mail_programme_does_with_the_link_uses_nothing_up(cast, client, link, method):
    strict = TlsClient(enforce_csrf_checks=True)
    assert getattr(strict, method)(link).url == reverse("invitation")
    assert strict.post(reverse("invitation"), {}).status_code == 403  # a form of somebody else
    secret = link.rstrip("/").rsplit("/", 1)[-1]
    with connection.cursor() as cursor:
        cursor.execute("select to_jsonb(l)::text from audit_logentry l")
        assert secret not in " ".join(row[0] for row in cursor.fetchall())
    client.get(link)
    assert choose_password(client).status_code == 302


def test_a_page_that_fails_writes_no_secret_down(cast, client, link, monkeypatch):
    def broken(*args, **kwargs):
        raise LookupError

    monkeypatch.setattr(actions, "hash_of", broken)
    client.raise_request_exception = False
    assert client.get(link).status_code == 500
    secret = link.rstrip("/").rsplit("/", 1)[-1]
    with connection.cursor() as cursor:
        cursor.execute("select to_jsonb(l)::text from audit_logentry l")
        assert secret not in " ".join(row[0] for row in cursor.fetchall())
