"""Findings end with the month of the log they rest on; what stands elsewhere in time stays."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from access.acting import acting_as
from audit.models import LogDeparture, LogEntry
from oversight.actions.findings_judging import judge_finding, reply_to_finding
from oversight.actions.findings_settings import Decided, record_assent, withdraw_assent
from oversight.models import Assent, Finding, Judgement, JudgementNote, Reply
from retention.actions.holds import lift_hold
from retention.tasks.accounts import end_findings_each_night
from tests.guards.seed_retention import hold_dossier
from vault.models import PartKey

pytestmark = pytest.mark.promise("P22")
MARCH, APRIL = date(2021, 3, 10), date(2021, 4, 1)


def found(cast, day: date, pupil: str = "own") -> Finding:
    """A finding about the care coordinator, who replied; the director judged it."""
    row = Finding.objects.create(
        unit=cast.school.unit, rule=f"emergency-card-{pupil}", day=day, person=cast.coordinator,
        severity="middle", measured={"number": 1}, subjects=[cast.pupils[pupil].log_key],
    )  # fmt: skip
    by, on = cast.coordinator, cast.today
    with acting_as(by, on=on):
        reply_to_finding(finding=row, words="It was needed", by=by, on=on)
    by = cast.director
    with acting_as(by, on=on):
        judge_finding(finding=row, outcome="explained", note="Agreed", seen=0, by=by, on=on)
    return row


def assents(cast) -> tuple[Assent, Assent]:
    """One withdrawn in that month, and one that stands."""
    made = []
    for by in (cast.director, cast.other_director):
        school = cast.school if by == cast.director else cast.other_school
        with acting_as(by, on=cast.today):
            decided = Decided(MARCH, "Demo Secretary", "Agreed, point 4")
            made.append(record_assent(school=school, decided=decided, by=by, on=cast.today))
    with acting_as(cast.board_officer, on=cast.today):
        withdraw_assent(assent=made[0], reason="No longer", by=cast.board_officer, on=cast.today)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table oversight_assent disable trigger user")
        cursor.execute("update oversight_assent set withdrawn_on = %s where id = %s",
                       [MARCH, made[0].pk])  # fmt: skip
        cursor.execute("alter table oversight_assent enable trigger user")
    return made[0], made[1]


def test_findings_go_with_the_month_of_the_log_they_rest_on_and_nothing_else_does(cast):
    gone, later, held = found(cast, MARCH), found(cast, APRIL), found(cast, MARCH, "twelve")
    withdrawn, standing = assents(cast)
    hold = hold_dossier(cast, "twelve", "a complaint")
    keys = {gone.judgements.get().pk, gone.replies.get().pk, withdrawn.pk}
    assert PartKey.objects.filter(part_id__in=keys).count() == 3
    end_findings_each_night(0)
    assert Finding.objects.count() == 3, "the month is still there"
    with pytest.raises(DatabaseError), transaction.atomic():
        gone.judgements.get().note.delete()

    LogDeparture.objects.create(month=date(2021, 3, 1), rows=1, left_at="2026-05-01T01:00Z")
    end_findings_each_night(0)
    assert set(Finding.objects.all()) == {later, held}
    for model in (Judgement, Reply):
        assert set(model.objects.values_list("finding", flat=True)) == {later.pk, held.pk}
    assert JudgementNote.objects.count() == 2
    assert not PartKey.objects.filter(part_id__in=keys - {withdrawn.pk}).exists()
    assert Assent.objects.count() == 2, "the one that is held was found under it"
    end_findings_each_night(0)
    rows = LogEntry.objects.filter(event="findings-ended")
    assert [row.additional_data for row in rows] == [{"rows": 4}]

    with acting_as(cast.privacy_officer, on=cast.today):
        lift_hold(hold=hold, words="It is settled", by=cast.privacy_officer, on=cast.today)
    end_findings_each_night(0)
    assert set(Finding.objects.all()) == {later}
    assert set(Assent.objects.all()) == {standing}
    assert not PartKey.objects.filter(part_id__in=keys).exists()
