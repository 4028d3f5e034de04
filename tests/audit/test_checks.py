"""Checks of the log: asked for on a page, carried out by the worker, kept, and told by mail."""

from __future__ import annotations

from datetime import date

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from access.acting import acting_as
from access.models import Membership
from audit.checking import ask_check, carry_out_check, check_by_itself
from audit.heads import newest_head
from audit.models import LogCheck, LogEntry
from tests.audit.seals import ask, seal, sealed_log
from tests.guards.test_logins import sign_in_as_web

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P22")]
CHECKS = reverse("log_checks")


@pytest.fixture(autouse=True)
def heads_apart(settings, tmp_path) -> None:
    settings.LOG_HEADS = tmp_path / "log-heads"


def carried_out(check: LogCheck) -> LogCheck:
    return carry_out_check(check.pk, now=timezone.now(), on=date(2026, 11, 16))


def asked_by(cast, who: str, **asked) -> LogCheck:
    user = cast.people[who]
    asked = {"first": None, "last": None, "head": ""} | asked
    with acting_as(user, on=cast.today):
        return ask_check(**asked, by=user, on=cast.today)


def test_who_supervises_asks_for_a_check_and_reads_both_answers(cast, sign_in):
    rows = sealed_log()
    client = sign_in(cast.people["fg"])
    page = client.get(CHECKS)
    assert newest_head().link_hex in page.content.decode()
    answer = client.post(CHECKS, {"first_day": "", "last_day": "", "head": ""})
    check = LogCheck.objects.get()
    assert answer["Location"] == reverse("log_check", args=[check.pk])
    assert LogEntry.objects.filter(event="log-check-asked", object_pk=check.pk).count() == 1
    assert "You may leave this page" in client.get(answer["Location"]).content.decode()
    carried_out(check)
    shown = client.get(answer["Location"]).content.decode()
    assert "nothing was changed" in shown
    assert "nothing is missing" in shown
    assert LogEntry.objects.get(event="log-checked").outcome == "success"

    ask("update audit_logentry set outcome = 'failed' where id = %s", rows[2].pk)
    ask("delete from audit_seal where position = 3")
    second = carried_out(asked_by(cast, "fg"))
    shown = client.get(reverse("log_check", args=[second.pk])).content.decode()
    for words in ("something was changed", "this is not complete", str(rows[2].pk), "What to do"):
        assert words in shown
    assert LogEntry.objects.filter(event="log-checked").latest("number").outcome == "failed"
    listed = client.get(CHECKS).content.decode()
    assert listed.count("not whole") == 1


def test_a_head_is_read_however_it_was_copied_and_an_odd_one_is_told(cast, sign_in):
    sealed_log()
    client = sign_in(cast.people["privacy_officer"])
    link = newest_head().link_hex
    for typed in (link, f"4 {link}", f"  {link[:32].upper()} {link[32:]} "):
        client.post(CHECKS, {"head": typed})
    assert set(LogCheck.objects.values_list("head", flat=True)) == {link}
    odd = client.post(
        CHECKS, {"head": "4 abc", "first_day": "2026-11-02", "last_day": "2026-11-01"}
    )
    assert "A head has 64 letters and figures" in odd.content.decode()
    assert "This day comes before the first day" in odd.content.decode()
    assert LogCheck.objects.count() == 3


def test_nobody_reads_what_somebody_else_asked_but_the_nights_check_is_for_all(cast, sign_in):
    mine, nights = asked_by(cast, "fg"), LogCheck.objects.create()
    client = sign_in(cast.director)
    assert client.get(reverse("log_check", args=[mine.pk])).status_code == 404
    assert client.get(reverse("log_check", args=[nights.pk])).status_code == 200
    listed = client.get(CHECKS).content.decode()
    assert "the night's own check" in listed.replace("&#x27;", "'")
    assert str(mine.pk) not in listed


def test_the_web_login_can_not_write_what_a_check_found(cast):
    with sign_in_as_web() as web, pytest.raises(Exception, match="permission denied"):
        web.execute("update audit_logcheck set is_good = true")
    for forged in ({"finished_at": timezone.now(), "is_good": True, "found": {}}, {"done": 5}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LogCheck.objects.create(**forged)


def test_each_night_the_head_goes_to_privacy_officer_and_fg_in_their_language(cast):
    sealed_log()
    fg, officer = cast.people["fg"], cast.people["privacy_officer"]
    for user, language in ((fg, "en"), (officer, "nl")):
        user.email, user.language = f"{user.username}@school.example", language
        user.save(update_fields=["email", "language"])
    Membership.objects.create(  # a role at a second board, and still one mail
        user=fg, role="fg", unit=cast.school.board.unit, starts_on=date(2026, 1, 1)
    )
    before = newest_head()
    check = check_by_itself(now=timezone.now(), on=cast.today)
    assert check.is_good
    assert sorted(one.to[0] for one in mail.outbox) == sorted([fg.email, officer.email])
    (english,) = (one for one in mail.outbox if one.to == [fg.email])
    assert english.subject == "The log's head of today"
    assert before.link_hex in english.body
    assert "Nothing was changed and nothing is missing" in english.body
    names = [user.name for user in cast.people.values()]
    assert not [name for one in mail.outbox for name in names if name in one.body]
    row = LogEntry.objects.get(event="log-head-mailed")
    assert row.additional_data == {"head": before.number, "mails": 2}

    ask("delete from audit_logentry where number = 1")
    seal()
    check_by_itself(now=timezone.now(), on=cast.today)
    assert mail.outbox[-1].subject
    assert any("not as it was sealed" in one.body for one in mail.outbox[2:])


def test_a_mail_that_does_not_go_stops_nothing(cast, monkeypatch):
    sealed_log()

    def fails(messages: object) -> None:
        raise OSError("no mail server")

    monkeypatch.setattr(type(mail.get_connection()), "send_messages", lambda self, m: fails(m))
    check = check_by_itself(now=timezone.now(), on=cast.today)
    assert check.finished_at is not None
    assert LogEntry.objects.get(event="log-head-mailed").additional_data["mails"] == 0
