"""Who judges what, that it stays, and what the person reads and says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from access.models import Membership
from audit.actions import record
from audit.models import LogEntry
from oversight.actions.findings_judging import judge_finding, reply_to_finding
from oversight.events import FINDING_JUDGED
from oversight.models import Finding, Judgement, JudgementNote, Reply
from oversight.queries import findings as queries
from oversight.queries.findings import findings_to_judge_visible_to, findings_visible_to
from vault.sealing import Keyring

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P2"), pytest.mark.promise("P22")]


@pytest.fixture
def make(days):
    """A finding about somebody of the cast, and pupils."""
    cast = days.cast

    def made(about: str | None, *pupils: str, unit=None, rule: str = "refusals") -> Finding:
        return Finding.objects.create(
            unit=unit or cast.school.unit,
            rule=rule,
            day=days.yesterday,
            person=cast.people[about] if about else None,
            severity="middle",
            measured={"number": 5, "least": 5, "minutes": 10},
            subjects=[cast.pupils[key].log_key for key in pupils],
        )

    return made


def judge(finding: Finding, who, on, *, outcome="explained", note="We talked about it", seen=0):
    with acting_as(who, on=on):
        return judge_finding(finding=finding, outcome=outcome, note=note, seen=seen, by=who, on=on)


# About whom (and a pupil, or the board's own place): who judges it. Everybody else reads or not.
ABOUT = {
    "a counsellor": ("counsellor", {"director", "deputy"}),
    "nobody": (None, {"director", "deputy"}),
    "the director": ("director", {"board_officer"}),
    "the deputy": ("deputy", {"board_officer"}),
    "the privacy officer": ("privacy_officer", {"board_officer"}),
    "the board officer": ("board_officer", set()),
    "somebody who was director then": ("former", {"board_officer"}),
    "a counsellor and the deputy's child": ("counsellor", {"director"}),
    "a counsellor and both directors' child": ("counsellor", {"board_officer"}),
    "the place of the board": (None, {"board_officer"}),
}
ASKED = ("director", "deputy", "other_director", "board_officer", "privacy_officer", "fg",
         "counsellor", "administrator")  # fmt: skip


def test_each_finding_is_judged_by_whom_it_is_for_in_the_pages_and_in_the_database(days, make):
    cast, today = days.cast, days.cast.today
    cast.add_parent("deputy", "twelve", "fifteen")
    cast.add_parent("director", "fifteen")
    Membership.objects.create(
        user=cast.former, role="director", unit=cast.school.unit,
        starts_on=today - timedelta(days=300), ends_on=today - timedelta(days=1),
    )  # fmt: skip
    children = {
        "a counsellor and the deputy's child": ("twelve",),
        "a counsellor and both directors' child": ("fifteen",),
    }
    wrong = []
    for number, (about, (person, judges)) in enumerate(ABOUT.items()):
        unit = cast.board.unit if about == "the place of the board" else None
        rule = ("refusals", "bulk", "rights")[number % 3]
        finding = make(person, *children.get(about, ()), unit=unit, rule=f"{rule}{number}")
        for name in ASKED:
            who = cast.people[name]
            with acting_as(who, on=today):
                may = findings_to_judge_visible_to(who, on=today).filter(pk=finding.pk).exists()
                reads = findings_visible_to(who, on=today).filter(pk=finding.pk).exists()
            if may != (name in judges):
                wrong.append(f"{name} judges about {about}: {may}")
            supervises = name in {"privacy_officer", "fg"} and person != name
            if reads != (may or supervises):
                wrong.append(f"{name} reads about {about}: {reads}")
            if _database_lets(finding, who, today) != (name in judges):
                wrong.append(f"the database and {name} about {about}")
    assert not wrong


def _database_lets(finding: Finding, who, on) -> bool:
    """Whether the database takes a judgement of theirs that no page asked for."""
    try:
        with transaction.atomic(), acting_as(who, on=on) as work:
            Judgement.objects.create(finding=finding, outcome="explained", judged_by=who)
            work.abandon()
    except DatabaseError:
        return False
    return True


def test_a_judgement_stays_and_another_opinion_is_another_row(days, make):
    cast, today = days.cast, days.cast.today
    finding = make("counsellor", "own")
    first = judge(finding, cast.director, today, note="Sealed-words about it")
    with pytest.raises(Overtaken):
        judge(finding, cast.deputy, today)
    second = judge(finding, cast.deputy, today, outcome="incident", seen=1)
    assert list(Judgement.objects.order_by("judged_at")) == [first, second]
    with acting_as(cast.counsellor, on=today):
        reply_to_finding(finding=finding, words="I was covering", by=cast.counsellor, on=today)
    assert Reply.objects.count() == 1
    event = LogEntry.objects.filter(event="finding-judged").order_by("timestamp").first()
    assert event.subjects == finding.subjects
    assert event.additional_data == {"outcome": "explained", "rule": "refusals"}
    assert b"Sealed-words" not in bytes(JudgementNote.objects.get(judgement=first).sealed)
    for statement in (
        "update oversight_judgement set outcome = 'explained'",
        "delete from oversight_judgement",
        "update oversight_judgementnote set sealed = ''",
        "delete from oversight_reply",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("note", ["", "   ", "ok"])
def test_a_judgement_says_why(days, make, note):
    with pytest.raises(Refused):
        judge(make("counsellor"), days.cast.director, days.cast.today, note=note)


def test_only_the_person_replies(days, make):
    cast = days.cast
    finding = make("counsellor", "own")
    for name in ("director", "coordinator", "fg"):
        who = cast.people[name]
        with pytest.raises(NotAllowed), acting_as(who, on=cast.today):
            reply_to_finding(finding=finding, words="Not about me", by=who, on=cast.today)


def test_the_person_reads_the_rows_and_the_outcome_and_the_judge_reads_the_reply(days, sign_in):
    cast = days.cast
    days.assent()
    days.refusals("counsellor", 5)
    days.row("counsellor", "own", event="emergency-card-opened", ground="emergency")
    days.look()
    finding = days.finding("counsellor", "emergency-card")
    mine, page = reverse("my_finding", args=[finding.pk]), reverse("finding", args=[finding.pk])

    client = sign_in(cast.counsellor)
    assert "Emergency cards opened" in client.get(reverse("my_findings")).content.decode()
    assert client.get(reverse("home")).content.decode().count("2 are not judged yet") == 1
    shown = client.get(mine).content.decode()
    assert "First-own" in shown  # the own pupil, whose dossier opens today
    assert "1 emergency card" in shown
    assert client.post(mine, {"words": "I covered the playground"}).status_code == 302
    assert client.get(page).status_code == 403

    client = sign_in(cast.director)
    assert "2 wait for you" in client.get(reverse("home")).content.decode()
    shown = client.get(page).content.decode()
    assert "I covered the playground" in shown
    assert "First-own" in shown
    sent = {"outcome": "discuss", "note": "Only-for-judges", "seen": "0"}
    assert client.post(reverse("judge_finding", args=[finding.pk]), sent).status_code == 302
    assert "Only-for-judges" in client.get(page).content.decode()
    assert "to discuss" in client.get(reverse("findings") + "?which=judged").content.decode()

    shown = sign_in(cast.counsellor).get(mine).content.decode()
    assert "To discuss" in shown
    assert "Only-for-judges" not in shown
    assert "First-own" in shown


def test_everybody_who_works_here_reads_the_own_rows_page_after_page_and_nobody_elses(
    days, sign_in
):
    cast = days.cast
    days.row("counsellor", "own", at="08:00")
    days.row("counsellor", "other", at="08:01", ground="emergency")
    days.row("coordinator", "twelve", at="08:02")
    days.refusals("counsellor", 55)
    client, address = sign_in(cast.counsellor), reverse("my_log_rows")
    first = client.get(address)
    assert len(first.context["lines"]) == 50
    older = client.get(address, {"page": str(first.context["following"])}).content.decode()
    assert "First-own" in older
    assert "1 pupil, not named here" in older
    assert "Demo coordinator" not in older
    assert client.get(address, {"page": "made up"}).status_code == 200


def test_a_pupil_whose_dossier_is_closed_now_stays_unnamed_to_the_person(days, sign_in):
    cast = days.cast
    days.assent()
    days.row("safeguarding", "other", event="emergency-card-opened", ground="emergency")
    days.look()
    finding = days.finding("safeguarding", "emergency-card")
    shown = sign_in(cast.safeguarding).get(reverse("my_finding", args=[finding.pk]))
    assert "1 pupil, not named here" in shown.content.decode()
    assert "First-other" not in shown.content.decode()


def test_words_that_can_not_be_opened_any_more_say_so_and_stand_in_the_log(
    days, make, sign_in, monkeypatch
):
    cast = days.cast
    finding = make("counsellor", "own")
    judge(finding, cast.director, cast.today, note="Nobody reads this")
    monkeypatch.setattr(queries, "keyring", lambda keys: Keyring({}))
    shown = sign_in(cast.director).get(reverse("finding", args=[finding.pk])).content.decode()
    assert "This can't be read any more" in shown
    assert LogEntry.objects.filter(event="damage-met", unit=cast.school.pk).count() == 1


def test_a_judgement_whose_note_never_came_is_shown_and_told_to_the_log(days, make, sign_in):
    """The pages write both at once; who writes with the web's own login may leave the note out."""
    finding = make("counsellor")
    by = days.cast.director
    with acting_as(by, on=days.cast.today):
        row = Judgement.objects.create(finding=finding, outcome="explained", judged_by=by)
        record(FINDING_JUDGED, by=by, target=finding)
    page = sign_in(days.cast.director).get(reverse("finding", args=[finding.pk]))
    assert page.status_code == 200
    assert "can't be read any more" in page.content.decode()
    assert LogEntry.objects.filter(event="damage-met", object_pk=str(row.pk)).exists()
