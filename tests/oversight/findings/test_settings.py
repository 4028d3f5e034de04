"""What a board sets, what the staff section decided, and that both are proof of their time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from access.models import Membership
from audit.models import LogEntry
from oversight.actions.findings import look_at_day
from oversight.actions.findings_settings import (
    Decided,
    record_assent,
    set_rule,
    withdraw_assent,
)
from oversight.findings_words import RULES as WORDS
from oversight.findings_words import measured_in_words
from oversight.models import Assent, Finding, FindingSetting
from oversight.rules.findings import BY_CODE, RULES, Setting
from tests.oversight.findings.conftest import JOB

pytestmark = pytest.mark.promise("P22")
LIMITS = BY_CODE["refusals"].defaults


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_a_name_a_sentence_and_a_word_for_each_limit(rule):
    words = WORDS[rule.code]
    assert str(words.title)
    assert str(words.sentence).endswith(".")
    assert set(words.limits) == set(rule.defaults)
    assert all(limit.least <= limit.usual <= limit.most for limit in rule.limits)


def test_a_setting_counts_for_the_days_after_and_a_finding_keeps_what_was_counted(days, sign_in):
    cast = days.cast
    days.assent()
    days.refusals("counsellor", 3)
    days.refusals("counsellor", 3, day=cast.today)
    days.refusals("coordinator", 3, day=cast.today + timedelta(days=1))
    client = sign_in(cast.board_officer)
    address = reverse("finding_rule", args=[cast.board.pk, "refusals"])
    sent = {"is_on": "on", "severity": "high", **LIMITS, "least": 3}
    assert client.post(address, {**sent, "least": 1}).status_code == 200  # out of bounds
    assert not FindingSetting.objects.exists()
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 302  # the same again changes nothing
    assert FindingSetting.objects.count() == 1
    event = LogEntry.objects.get(event="finding-rule-set")
    assert (event.changes, event.additional_data) == (["least", "severity"], {"rule": "refusals"})

    assert [look_on(cast, days.yesterday), look_on(cast, cast.today)] == [0, 0]
    assert look_on(cast, cast.today + timedelta(days=1)) == 1
    finding = days.finding("coordinator")
    assert (finding.severity, finding.measured["least"]) == ("high", 3)
    said = measured_in_words(finding)
    assert client.post(address, {**sent, "least": 9}).status_code == 302
    finding.refresh_from_db()
    assert measured_in_words(finding) == said
    assert said == "Refused 3 times, with at least 3 within 10 minutes."
    page = sign_in(cast.counsellor).get(reverse("finding_rules")).content.decode()
    assert "From how many refusals of one person" in page
    assert "Set &quot;" not in page


def look_on(cast, day: date) -> int:
    """The night after that day; how many findings that made."""
    night = day + timedelta(days=1)
    with acting_as(JOB, on=night):
        return look_at_day(unit=cast.school.unit, day=day, by=JOB, on=night).findings


@pytest.mark.django_db
def test_only_the_board_officer_sets_a_rule_within_its_bounds(cast):
    with pytest.raises(NotAllowed), acting_as(cast.director, on=cast.today):
        set_rule(
            board=cast.board,
            rule="refusals",
            setting=Setting(False, "low", LIMITS),
            by=cast.director,
            on=cast.today,
        )
    for limits in ({**LIMITS, "least": 0}, {"least": 3}):
        with pytest.raises(Refused), acting_as(cast.board_officer, on=cast.today):
            set_rule(
                board=cast.board,
                rule="refusals",
                setting=Setting(True, "low", limits),
                by=cast.board_officer,
                on=cast.today,
            )


def test_an_assent_is_recorded_with_its_proof_and_withdrawn_stops_what_is_new(days, sign_in):
    cast = days.cast
    client = sign_in(cast.director)
    sent = {"decided_on": "2026-11-02", "who": "Demo Secretary", "minutes": "Point 4: agreed"}
    address = reverse("add_staff_assent", args=[cast.school.pk])
    assert client.post(address, {**sent, "decided_on": "2026-11-30"}).status_code == 200
    assert not Assent.objects.exists()
    assert client.post(address, sent).status_code == 302
    row = Assent.objects.get()
    assert b"Secretary" not in bytes(row.sealed)
    assert "Point 4: agreed" in sign_in(cast.fg).get(reverse("staff_assents")).content.decode()
    assert "Agreed on 2 November 2026" in (
        sign_in(cast.counsellor).get(reverse("finding_rules")).content.decode()
    )
    again = Decided(cast.today, "Demo Secretary", "Point 4: agreed")
    with pytest.raises(Overtaken), acting_as(cast.deputy, on=cast.today):
        record_assent(school=cast.school, decided=again, by=cast.deputy, on=cast.today)

    client = sign_in(cast.board_officer)
    ended = client.post(reverse("end_staff_assent", args=[row.pk]), {"reason": "Minutes 12: no"})
    assert ended.status_code == 302
    assert "Minutes 12: no" in client.get(reverse("staff_assents")).content.decode()
    days.refusals("counsellor", 9)
    days.look()
    assert not Finding.objects.exists()
    with pytest.raises(Overtaken), acting_as(cast.board_officer, on=cast.today):
        withdraw_assent(assent=row, reason="Once more", by=cast.board_officer, on=cast.today)
    for statement in (
        "update oversight_assent set withdrawn_on = null",
        "delete from oversight_assent",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    events = LogEntry.objects.filter(event__startswith="staff-assent").order_by("timestamp")
    assert [event.event for event in events] == ["staff-assent-recorded", "staff-assent-withdrawn"]


def test_who_withdraws_the_assent_lets_no_look_of_that_day_or_before_vanish(days):
    """Else somebody looks, withdraws it before the night, and records it anew in the morning."""
    cast = days.cast
    row = days.assent()
    days.refusals("director", 9)
    with acting_as(cast.board_officer, on=cast.today):
        withdraw_assent(assent=row, reason="It was said", by=cast.board_officer, on=cast.today)
    days.look()
    assert days.finding("director").day == days.yesterday
    days.refusals("director", 9, day=cast.today)
    days.refusals("director", 9, day=cast.today + timedelta(days=1))
    assert look_on(cast, cast.today) == 1
    assert look_on(cast, cast.today + timedelta(days=1)) == 0
    found = Finding.objects.order_by("day").values_list("day", flat=True)
    assert list(found) == [days.yesterday, cast.today]


@pytest.mark.parametrize("who", ["director", "deputy"])
def test_nobody_who_directs_the_school_ends_the_findings_about_themselves(days, sign_in, who):
    """Not on the page, not by the action, not with a statement of their own login."""
    cast = days.cast
    by, row = cast.people[who], days.assent()
    client = sign_in(by)
    assert (
        client.post(reverse("end_staff_assent", args=[row.pk]), {"reason": "No"}).status_code == 404
    )
    assert "the board officer records that" in client.get(reverse("staff_assents")).content.decode()
    with acting_as(by, on=cast.today) as work:
        with pytest.raises(NotAllowed):
            withdraw_assent(assent=row, reason="It was said", by=by, on=cast.today)
        gone = {
            "withdrawn_on": cast.today,
            "withdrawn_at": timezone.now(),
            "withdrawn_sealed": b"x",
        }
        assert not Assent.objects.filter(pk=row.pk).update(withdrawn_by=by, **gone)
        work.abandon()
    # A board officer who directs the school too is the same person twice.
    Membership.objects.create(
        user=cast.board_officer, role=who, unit=cast.school.unit, starts_on=cast.today
    )
    with acting_as(cast.board_officer, on=cast.today) as work:
        with pytest.raises(NotAllowed):
            withdraw_assent(assent=row, reason="So", by=cast.board_officer, on=cast.today)
        assert not Assent.objects.filter(pk=row.pk).update(withdrawn_by=cast.board_officer, **gone)
        work.abandon()
