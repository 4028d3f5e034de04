"""The log's own end: two persons, whole months, and what an insider tries to be rid of earlier."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from psycopg import errors

from access.acting import Job, acting_as
from access.errors import NotAllowed, Refused
from access.models import Membership, Unit
from audit import ending, ends, signatures
from audit.leaving import let_signed_months_leave
from audit.models import LogDeparture, LogEnd, LogEntry, LogTerm, Seal
from audit.sealing import seal_restoration
from tests.audit.seals import ask, check, seal, some_rows
from tests.cast import LONG_AGO, PASSWORD
from tests.guards.test_logins import sign_in_as_web

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P22")]
MARCH = date(2021, 3, 1)
THEN = datetime(2021, 3, 10, 9, tzinfo=UTC)
JOB = Job("let_log_months_leave")


@pytest.fixture(autouse=True)
def heads_apart(settings, tmp_path) -> None:
    settings.LOG_HEADS = tmp_path / "heads" / "log-heads"


@pytest.fixture
def old(cast):
    """A sealed month whose term is over, in a table of its own, and rows of today."""
    ask("select audit_make_partitions('2021-03-01', 1)")
    some_rows(at=THEN)
    some_rows()
    seal()
    return cast


def decide(cast, **changes) -> LogEnd:
    officer = cast.people["privacy_officer"]
    values = {"board": cast.board.unit, "month": MARCH, "by": officer, "on": cast.today} | changes
    with acting_as(values["by"], on=values["on"]):
        return ending.decide_log_end(**values)


def sign(cast, end: LogEnd, person: str = "board_officer") -> LogEnd:
    by = cast.people[person]
    with acting_as(by, on=cast.today):
        return ending.sign_log_end(end=end, by=by, on=cast.today)


def leave(cast) -> list[LogDeparture]:
    return let_signed_months_leave(by=JOB, on=cast.today)


def of_march() -> int:
    return LogEntry.objects.filter(timestamp__lt=THEN + timedelta(days=20)).count()


def events() -> list[str]:
    rows = LogEntry.objects.filter(event__startswith="log-").order_by("number")
    return list(rows.values_list("event", flat=True))


def test_a_month_leaves_whole_once_two_persons_signed_and_the_rest_still_proves_itself(
    old, sign_in
):
    client = sign_in(old.people["privacy_officer"])
    place = reverse("log_end")
    assert "Let this month leave" in client.get(place).content.decode()
    client.post(reverse("decide_log_end", args=[old.board.unit.pk, 2021, 3]))
    end = LogEnd.objects.get()
    assert leave(old) == []

    client = sign_in(old.people["board_officer"])
    assert "Look and sign" in client.get(place).content.decode()
    signing = reverse("sign_log_end", args=[end.pk])
    assert "March 2021" in client.get(signing).content.decode()
    assert client.post(signing, {"password": "wrong"}).status_code == 200
    assert not LogEnd.objects.filter(signed_at__isnull=False).exists()
    assert client.post(signing, {"password": PASSWORD}).status_code == 302
    assert "leaves tonight" in client.get(place).content.decode()

    before = Seal.objects.filter(kind="rows").count()
    call_command("let_log_months_leave", "--dry-run")
    assert of_march() == 4
    (departure,) = leave(old)
    assert (departure.rows, of_march()) == (4, 0)
    assert ask("select to_regclass('audit_logentry_202103')") == [(None,)]
    assert Seal.objects.filter(kind="rows").count() == before
    left = Seal.objects.get(kind="left")
    assert (left.month, left.note) == (MARCH, str(departure.pk))
    seal()
    verdict = check()
    assert verdict.is_good, verdict
    assert verdict.left == ["2021-03"]
    assert events() == ["log-end-decided", "log-end-signed", "log-month-left"]
    assert "4 rows, on" in client.get(place).content.decode()
    assert leave(old) == []


# --- the database refuses --------------------------------------------------------------------


def nobody_decided(cast) -> None:
    pass


def nobody_signed(cast) -> None:
    decide(cast)


def taken_back(cast) -> None:
    end = sign(cast, decide(cast))
    officer = cast.people["privacy_officer"]
    with acting_as(officer, on=cast.today):
        ending.withdraw_log_end(end=end, by=officer, on=cast.today)


def another_board_has_not_decided(cast) -> None:
    sign(cast, decide(cast))
    Unit.objects.create(kind="board", name="Stichting Anders")


def another_board_keeps_it_longer(cast) -> None:
    sign(cast, decide(cast))
    other = Unit.objects.create(kind="board", name="Stichting Anders")
    by = cast.people["privacy_officer"]
    values = {"board": other, "years": 7, "source": "another law", "set_by": by, "mark": b"m"}
    LogTerm.objects.create(**values, set_at=timezone.now())


def signed_by_who_held_no_such_role(cast) -> None:
    end = sign(cast, decide(cast))
    Membership.objects.filter(user=end.signed_by).update(ends_on=LONG_AGO)


def a_row_was_added_since(cast) -> None:
    sign(cast, decide(cast))
    some_rows(1, at=THEN)


def a_row_was_taken_away(cast) -> None:
    sign(cast, decide(cast))
    ask("delete from audit_logentry where timestamp = %s", THEN)


REFUSED = {
    nobody_decided: "two persons",
    nobody_signed: "two persons",
    taken_back: "two persons",
    another_board_has_not_decided: "two persons",
    another_board_keeps_it_longer: "term of this month is not over",
    signed_by_who_held_no_such_role: "two persons",
    a_row_was_added_since: "not every row",
    a_row_was_taken_away: "not every row",
}


@pytest.mark.parametrize(
    ("made", "says"), REFUSED.items(), ids=lambda one: getattr(one, "__name__", one)
)
def test_the_database_lets_no_month_leave_when(old, made, says):
    made(old)
    here = of_march()
    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        ask("select audit_end_month('2021-03-01')")
    assert of_march() == here > 0


@pytest.mark.parametrize(
    ("month", "says"),
    [
        ("2021-03-15", "only a whole month"),
        ("2026-11-01", "term of this month is not over"),  # half over
        (f"{date.today().year - 4}-01-01", "term of this month is not over"),  # too early
        ("2021-04-01", "two persons"),
        (None, "only a whole month"),
    ],
    ids=["a day", "half over", "too early", "over", "none"],
)
def test_the_database_counts_whole_months_by_its_own_clock(old, time_machine, month, says):
    sign(old, decide(old))
    time_machine.move_to("2040-01-01 10:00 +0100")
    ask("select set_config('portal.day', '2040-01-01', true)")
    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        ask("select audit_end_month(%s)", month)


def test_one_person_is_not_two(old):
    officer = old.people["privacy_officer"]
    Membership.objects.create(
        user=officer, role="board-officer", unit=old.board.unit, starts_on=LONG_AGO
    )
    end = decide(old)
    with pytest.raises(Refused, match="Somebody else signs"):
        sign(old, end, "privacy_officer")
    with pytest.raises(IntegrityError, match="does_not_sign_it"), transaction.atomic():
        LogEnd.objects.update(signed_by=officer, signed_at=timezone.now(), signed_mark=b"x")
    with pytest.raises(NotAllowed):
        sign(old, end, "director")
    sign(old, end)
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        LogEnd.objects.update(signed_by=old.director)


@pytest.mark.parametrize(
    "attempt",
    [
        "select audit_end_month('2021-03-01')",
        "delete from audit_logend",
        "update audit_logend set month = '2020-01-01'",
        "update audit_logterm set years = 2",
        "insert into audit_logdeparture values (gen_random_uuid(), '2021-03-01', 1, now())",
    ],
)
def test_the_web_login_lets_nothing_leave(db, attempt):
    with sign_in_as_web() as web, pytest.raises(errors.InsufficientPrivilege):
        web.execute(attempt)


@pytest.mark.parametrize("forged", ["decision", "signature", "term"])
def test_what_the_web_login_wrote_into_the_tables_moves_no_worker(old, forged):
    """It may add rows, with whatever names in them; only the portal has the key to sign them."""
    end = decide(old)
    signed = {"signed_by": old.people["board_officer"], "signed_at": timezone.now()}
    if forged == "decision":
        LogEnd.objects.filter(pk=end.pk).update(decided_mark=b"x" * 20)
        end.refresh_from_db()
    if forged == "term":
        sign(old, end)
        LogTerm.objects.create(
            board=old.board.unit,
            years=5,
            source="as it was",
            set_by=end.decided_by,
            set_at=timezone.now(),
            mark=b"x" * 20,
        )
    else:
        for name, value in signed.items():
            setattr(end, name, value)
        mark = signatures.sign(signatures.SIGNED, end.signed_words)
        copied = bytes(end.decided_mark)  # a signature of ours, under something else
        end.signed_mark = copied if forged == "signature" else mark
        end.save()
    assert leave(old) == []
    assert of_march() == 4
    stopped = LogEntry.objects.get(event="log-end-stopped")
    assert (stopped.outcome, stopped.additional_data["reason"]) == ("failed", "NotByUs")


def test_what_was_signed_before_a_copy_was_put_back_is_signed_anew(old, settings, sign_in):
    end = sign(old, decide(old))
    with settings.LOG_HEADS.open("a") as file:
        file.write(f"2 {'ab' * 32} {timezone.now().isoformat()}\n")  # a seal that is lost
    assert seal_restoration(reason="a copy", now=timezone.now())
    assert leave(old) == []
    officer = old.people["privacy_officer"]
    assert "counts no more" in sign_in(officer).get(reverse("log_end")).content.decode()
    with acting_as(officer, on=old.today):
        ending.withdraw_log_end(end=end, by=officer, on=old.today)
    sign(old, decide(old))
    assert [one.month for one in leave(old)] == [MARCH]


def test_a_month_that_was_tampered_with_does_not_leave(old):
    sign(old, decide(old))
    ask("update audit_logentry set actor_name = 'nobody' where timestamp = %s", THEN)
    assert leave(old) == []
    assert of_march() == 4
    assert LogEntry.objects.get(event="log-end-stopped").additional_data["reason"] == "NotGood"


# --- the term ----------------------------------------------------------------------------------


def set_term(cast, years: int, source: str = "GDPR article 5(2)") -> LogTerm:
    by = cast.people["privacy_officer"]
    with acting_as(by, on=cast.today):
        return ending.set_log_term(
            board=cast.board.unit, years=years, source=source, by=by, on=cast.today
        )


def test_a_term_has_bounds_and_a_source_and_the_newest_counts(old):
    assert ends.longest_term() == 5
    for years, source in ((1, "GDPR article 5(2)"), (21, "GDPR article 5(2)"), (5, "  law  ")):
        with pytest.raises(Refused):
            set_term(old, years, source)
    end = decide(old)
    set_term(old, 7)
    assert set_term(old, 6).years == ends.longest_term() == 6
    assert ask("select audit_longest_term()") == [(6,)]
    with pytest.raises(Refused, match="changed since"):
        sign(old, end)
    with pytest.raises(Refused, match="not over yet"):
        decide(old)
    Unit.objects.create(kind="board", name="Stichting Anders")
    set_term(old, 2)
    assert ends.longest_term() == 5  # the other board's, which set none
    assert ask("select audit_longest_term()") == [(5,)]
    assert events().count("log-term-set") == 3
    with pytest.raises(IntegrityError), transaction.atomic():
        LogTerm.objects.update(years=1)


def test_nothing_is_decided_about_a_month_that_is_not_there(old):
    with pytest.raises(Refused, match="holds nothing"):
        decide(old, month=date(2020, 3, 1))
    decide(old)
    with pytest.raises(Refused, match="decided already"):
        decide(old)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from audit_logend")
        assert cursor.fetchone() == (1,)
