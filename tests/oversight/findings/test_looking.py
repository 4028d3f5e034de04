"""The nightly job: what it reads of the log, what it makes of it, and that it does so once."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from access.acting import acting_as
from audit.models import LogEntry
from dossiers.actions.assignments import withdraw_assignment
from dossiers.actions.emergency import open_card_in_an_emergency
from dossiers.models import Assignment
from oversight.actions import findings as actions
from oversight.models import Finding, FindingDay, FindingRow, FindingSetting, LookNames
from oversight.queries.findings_rows import uses_on
from oversight.rules.findings_facts import Kind
from oversight.tasks.findings import look_for_findings
from students.models import Enrolment

QUERIES = 26  # for a day of one place, however many rows
pytestmark = [pytest.mark.django_db, pytest.mark.promise("P2"), pytest.mark.promise("P22")]


def kept() -> tuple[set, set]:
    """Everything that findings are."""
    return (
        set(Finding.objects.values_list("pk", "rule", "person", "measured__number")),
        set(FindingRow.objects.values_list("finding", "row")),
    )


def test_a_day_makes_findings_once_each_with_its_rows_and_one_event(days):
    days.assent()
    rows = days.refusals("counsellor", 5)
    days.refusals("coordinator", 4)
    looked = days.look()
    assert (looked.rows, looked.findings) == (9, 1)
    finding = days.finding("counsellor")
    assert (finding.severity, finding.measured["number"]) == ("middle", 5)
    assert set(finding.rows.values_list("row", flat=True)) == {row.pk for row in rows}
    event = LogEntry.objects.get(event="day-looked-at")
    assert (event.unit, event.additional_data["findings"]) == (days.cast.school.pk, 1)
    before = kept()
    days.refusals("coordinator", 30)  # and what comes later changes nothing
    assert days.look().was_done
    assert kept() == before


def test_without_assent_nothing_is_found_about_a_person_and_without_it_again_nothing_new(days):
    cast = days.cast
    board = cast.board.unit
    days.refusals("counsellor", 9)
    for n in range(3):
        days.row(None, at=f"12:0{n}", event="refusals-held-back", ground="none", outcome="refused",
                 unit=type(board)(pk=None), remote_addr="192.0.2.7",
                 additional_data={"number": 20, "minute": "12:00"})  # fmt: skip
    days.look()
    assert not Finding.objects.exists()
    days.look(board)
    assert days.finding(None).measured["number"] == 60
    assert not Finding.objects.exclude(person=None).exists()

    # Agreed on Saturday: what was done up to that day is nobody's business, and then it is.
    days.assent(days_ago=2)
    for back in (4, 2):
        day = cast.today - timedelta(days=back)
        days.refusals("counsellor", 9, day=day)
        assert days.look(day=day).findings == 0
    assert set(FindingDay.objects.values_list("has_assent", flat=True)) == {False}
    sunday = cast.today - timedelta(days=1)
    days.refusals("counsellor", 9, day=sunday)
    assert days.look(day=sunday).findings == 1


def test_a_dry_run_counts_and_keeps_nothing(days):
    days.assent()
    days.refusals("counsellor", 5)
    assert days.look(dry_run=True).findings == 1
    assert not FindingDay.objects.exists()
    assert not Finding.objects.exists()
    assert days.look().findings == 1


def test_a_day_that_is_broken_off_leaves_nothing_and_is_done_whole_the_next_time(days, monkeypatch):
    days.assent()
    days.refusals("counsellor", 5)

    class Killed(RuntimeError):
        pass

    def die(*_rows, **_options):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(FindingRow.objects, "bulk_create", die)
        with pytest.raises(Killed):
            days.look()
    assert not Finding.objects.exists()
    assert not FindingDay.objects.exists()
    assert days.look().findings == 1


def test_what_people_do_in_the_portal_is_what_the_rules_see(days, sign_in, time_machine):
    cast = days.cast
    own, other = cast.dossier("own"), cast.dossier("other")
    client = sign_in(cast.counsellor)
    client.get(reverse("dossier", args=[own.pk]))
    client.get(reverse("dossier", args=[other.pk]))
    client.get(reverse("log"))
    client.post(reverse("print_my_pupils"))
    with acting_as(cast.safeguarding, on=cast.today):
        open_card_in_an_emergency(
            dossier=other, reason="Fell down outside", by=cast.safeguarding, on=cast.today
        )
    cast.assign("coordinator", "other")
    sign_in(cast.parent).get(reverse("log"))  # a parent is no staff
    with acting_as(None, on=cast.today):
        uses = uses_on(cast.school.unit, cast.today)
    mine = {(use.kind, use.pupils) for use in uses if use.person == cast.counsellor.pk}
    here, there = own.pupil.log_key, other.pupil.log_key
    assert mine >= {
        (Kind.LOOK, (here,)),
        (Kind.REFUSED, (there,)),  # tried: the address named the dossier
        (Kind.REFUSED, ()),
        (Kind.PRINT, (here,)),
    }
    rest = {(use.person, use.kind) for use in uses}
    assert (cast.safeguarding.pk, Kind.CARD) in rest
    assert (cast.director.pk, Kind.ASSIGNING) in rest
    assert cast.parent.pk not in {use.person for use in uses}


def test_the_end_of_an_assignment_leaving_and_a_surname_are_known_beside_the_rows(days):
    cast = days.cast
    days.assent()
    cast.add_pupil("family", surname="Bakker")
    cast.add_person("namesake", "counsellor", cast.school.unit, name="Anouk de Bákker")
    cast.assign("namesake", "family")
    Enrolment.objects.filter(pupil=cast.pupils["other"]).update(
        ends_on=days.yesterday - timedelta(days=20)
    )
    gone = cast.assign("coordinator", "twelve")
    Assignment.objects.filter(pk=gone.pk).update(ends_on=days.yesterday - timedelta(days=2))
    days.row("namesake", "family")
    days.row("other_counsellor", "other")
    days.row("coordinator", "twelve", ground="emergency")
    days.look()
    found = {(f.rule, f.person_id): f for f in Finding.objects.all()}
    people = cast.people
    assert set(found) == {
        ("same-surname", people["namesake"].pk),
        ("after-leaving", people["other_counsellor"].pk),
        ("around-the-end", people["coordinator"].pk),
    }
    alike = found["same-surname", people["namesake"].pk]
    assert alike.subjects == [cast.pupils["family"].log_key]
    assert "akker" not in str(alike.measured)


def test_looks_of_the_days_before_count_once_an_assignment_is_withdrawn(days, time_machine):
    cast = days.cast
    days.assent()
    rows = [
        days.row("counsellor", "own", at=f"09:{n:02}", day=days.yesterday - timedelta(days=1))
        for n in range(10)
    ]
    days.look(day=days.yesterday - timedelta(days=1))
    assert not Finding.objects.filter(rule="around-the-end").exists()
    assignment = Assignment.objects.get(user=cast.counsellor, dossier=cast.dossier("own"))
    time_machine.move_to("2026-11-13 15:00 +0100")
    with acting_as(cast.director, on=days.yesterday):
        withdraw_assignment(assignment=assignment, by=cast.director, on=days.yesterday)
    time_machine.move_to("2026-11-16 10:00 +0100")
    days.look()
    finding = days.finding("counsellor", "around-the-end")
    assert set(finding.rows.values_list("row", flat=True)) == {row.pk for row in rows}


@pytest.mark.parametrize("number", [1, 30])
def test_a_day_costs_the_same_queries_for_one_person_as_for_thirty(
    days, number, django_assert_num_queries
):
    cast = days.cast
    days.assent()
    for n in range(number):
        cast.add_person(f"row{n}", "counsellor", cast.school.unit, name=f"Demo Sur-own{n}")
        days.row(f"row{n}", "own", at="22:01")
        days.row(f"row{n}", at="10:01", keys=[uuid.uuid4() for _pupil in range(12)])
        days.refusals(f"row{n}", 5, object_pk=str(cast.dossier("own").pk))
    with django_assert_num_queries(QUERIES):
        looked = days.look()
    assert looked.findings == 3 * number


def test_a_row_belongs_to_one_finding_of_a_rule_in_the_database_itself(days):
    days.assent()
    days.refusals("counsellor", 5)
    days.look()
    finding = days.finding("counsellor")
    row = finding.rows.first()
    for again in (
        {"finding": finding, "rule": "refusals", "row": row.row},
        {"finding": finding, "rule": "bulk", "row": row.row},
    ):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            FindingRow.objects.create(row_time=row.row_time, **again)
    for verb in ("update oversight_finding set measured = '{}'", "delete from oversight_finding"):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(verb)


def test_somebody_signed_in_adds_changes_and_takes_away_no_finding(days):
    cast = days.cast
    days.assent()
    days.refusals("counsellor", 5)
    days.look()
    finding = days.finding("counsellor")
    forged = Finding(
        unit=cast.school.unit, rule="bulk", day=cast.today, measured={}, severity="low"
    )
    row = FindingRow(finding=finding, rule="refusals", row=uuid.uuid4(), row_time=timezone.now())
    for act in (
        forged.save,
        row.save,
        lambda: Finding.objects.filter(pk=finding.pk).update(severity="low"),
        lambda: FindingRow.objects.filter(finding=finding)._raw_delete("default"),
        lambda: FindingDay.objects.update(day=cast.today),
    ):
        with pytest.raises(DatabaseError), acting_as(cast.director, on=cast.today):
            act()
    before = kept()
    assert len(before[1]) == 5


def test_a_colleague_who_was_a_parent_first_is_refused_as_a_colleague(days, sign_in):
    """As a parent nobody would hear of it: families are no staff."""
    cast = days.cast
    user = cast.add_person("both", "counsellor", cast.school.unit)
    first = {"role": "parent", "unit": cast.school.unit, "starts_on": date(2019, 8, 1)}
    user.memberships.create(**first)
    client = sign_in(user)
    for address, status in ((reverse("log"), 403), ("/nothing/", 404)):
        assert client.get(address).status_code == status
    rows = LogEntry.objects.filter(event="page-refused", actor=user)
    assert [(row.actor_role, row.actor_name) for row in rows] == [("counsellor", user.name)] * 2


def test_nobody_signed_in_says_that_a_day_was_looked_at_or_sets_a_rule_off(days):
    """Either would let a finding vanish before it is made."""
    cast = days.cast
    done = FindingDay(unit=cast.school.unit, day=cast.today, has_assent=True, rows_read=0)
    off = {"rule": "refusals", "is_on": False, "severity": "low", "limits": {}}
    for who, row in (
        ("director", done),
        ("board_officer", done),
        ("director", FindingSetting(board=cast.board, set_by=cast.director, **off)),
        ("director", FindingSetting(board=cast.board, set_by=cast.board_officer, **off)),
        ("director", LookNames(board=cast.board, is_by_name=False, chosen_by=cast.director)),
    ):
        with pytest.raises(DatabaseError, match="row-level"):
            with acting_as(cast.people[who], on=cast.today):
                row.save(force_insert=True)
    days.look()
    assert FindingDay.objects.get().day == days.yesterday


def test_each_night_makes_good_what_earlier_nights_left_and_one_place_stops_no_other(
    days, monkeypatch
):
    cast = days.cast
    days.look(day=cast.today - timedelta(days=4))
    broken = cast.other_school.unit

    def fails_there(**given):
        if given["unit"] == broken:
            raise RuntimeError("out of order")
        return real(**given)

    real = actions.look_at_day
    monkeypatch.setattr("oversight.tasks.findings.look_at_day", fails_there)
    with pytest.raises(RuntimeError, match="1"):
        look_for_findings(timestamp=0)
    done = FindingDay.objects.filter(unit=cast.school.unit).values_list("day", flat=True)
    assert sorted(done) == [cast.today - timedelta(days=n) for n in (4, 3, 2, 1)]
    assert FindingDay.objects.filter(unit=cast.board.unit).count() == 1
    assert not FindingDay.objects.filter(unit=broken).exists()


def test_the_command_names_days_that_are_over_and_says_what_it_found(days, capsys):
    days.assent()
    days.refusals("counsellor", 5)
    day = days.yesterday.isoformat()
    call_command("look_for_findings", "--from", day, "--to", day, "--dry-run")
    assert "5 rows, 1 findings" in capsys.readouterr().out
    call_command("look_for_findings", "--from", day, "--to", day)
    call_command("look_for_findings", "--from", day, "--to", day)
    assert "was done already" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("look_for_findings", "--to", days.cast.today.isoformat())


def test_a_row_that_the_portal_did_not_write_accuses_nobody(days):
    """Whoever has the web's login can add refusals of somebody; no night believes them."""
    days.assent()
    forged = [row.pk for row in days.refusals("counsellor", 9)[:5]]
    LogEntry.objects.filter(pk__in=forged).update(actor=days.cast.coordinator)
    days.look()
    assert not Finding.objects.exists()  # four are left of the one, none of the other
