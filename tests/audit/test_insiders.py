"""What somebody tries with the owner's rights on the database: each is found, and said which.

What the web login tries is refused: tests/guards/test_logins.py and tests/audit/test_marks.py;
what it can still do, add a row, is here.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit.models import LogEntry
from audit.sealing import seal_departure
from audit.verdicts import Side, Trouble, Verdict
from tests.audit.seals import MONTHS, ask, check, number_of, of, seal, sealed_log, seals, some_rows

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P22")]
FORGED_COLUMNS = (
    "event, action, outcome, subjects, actor_name, actor_role, ground, object_pk, cid, mark"
)


@pytest.fixture(autouse=True)
def heads_apart(settings, tmp_path) -> None:
    settings.LOG_HEADS = tmp_path / "heads" / "log-heads"


def forge(row: LogEntry, *, key: str, when: str) -> None:
    """A copy of a row, mark and all, under another key or another moment."""
    ask(
        f"insert into audit_logentry (id, timestamp, {FORGED_COLUMNS})"
        f" select {key}, {when}, {FORGED_COLUMNS} from audit_logentry where id = %s",
        row.pk,
    )


def changes_a_row(rows):
    ask("update audit_logentry set actor_name = 'nobody' where id = %s", rows[5].pk)
    return Trouble.ROW_CHANGED, rows[5]


def changes_whose_data(rows):
    ask(
        "update audit_logentry set subjects = array[%s::uuid] where id = %s",
        uuid.uuid4(),
        rows[1].pk,
    )
    return Trouble.ROW_CHANGED, rows[1]


def dates_a_row_back(rows):
    ask(
        "update audit_logentry set timestamp = timestamp - interval '1 hour' where id = %s",
        rows[6].pk,
    )
    return Trouble.ROW_CHANGED, rows[6]


def moves_a_row_to_another_month(rows):
    ask(
        "update audit_logentry set timestamp = timestamp - interval '1 month' where id = %s",
        rows[6].pk,
    )
    return Trouble.ROWS_MISSING, None


def swaps_two_rows(rows):
    first, second = number_of(rows[4]), number_of(rows[6])
    ask(
        "update audit_logentry set number = case number when %s then %s else %s end"
        " where number in (%s, %s)",
        first, second, first, first, second,
    )  # fmt: skip
    return Trouble.ROWS_DIFFER, None


def adds_a_copy(rows):
    forge(rows[5], key="gen_random_uuid()", when="timestamp")
    return Trouble.ROW_CHANGED, None


def adds_a_copy_dated_back(rows):
    forge(rows[14], key="id", when="timestamp - interval '40 days'")
    return Trouble.ROW_CHANGED, None


def puts_a_copy_among_sealed_rows(rows):
    forge(rows[5], key="gen_random_uuid()", when="timestamp")
    ask(
        "update audit_logentry set number = %s"
        " where number = (select max(number) from audit_logentry)",
        number_of(rows[5]),
    )
    return Trouble.ROW_CHANGED, None


def takes_the_mark_away(rows):
    ask("alter table audit_logentry drop constraint a_row_has_its_mark")
    ask("update audit_logentry set mark = '' where id = %s", rows[2].pk)
    return Trouble.ROW_UNMARKED, rows[2]


def adds_a_true_copy(rows):
    ask("alter table audit_logentry drop constraint audit_logentry_pkey")
    forge(rows[15], key="id", when="timestamp")
    return Trouble.ROW_TWICE, None


def removes_a_row(rows):
    ask("delete from audit_logentry where id = %s", rows[5].pk)
    return Trouble.ROWS_MISSING, None


def removes_a_month(rows):
    """The demo's months stand in the table for the others; a running portal has one for each."""
    ask("delete from audit_logentry where date_trunc('month', timestamp) = '2026-09-01'")
    return Trouble.MONTH_MISSING, None


def removes_a_month_and_its_seals(rows):
    removes_a_month(rows)
    ask("delete from audit_seal where month = '2026-09-01'")
    return Trouble.SEAL_MISSING, None


def removes_the_newest_rows(rows):
    ask("delete from audit_logentry where id = any(%s)", [row.pk for row in rows[-3:]])
    return Trouble.ROWS_MISSING, None


def removes_the_newest_rows_and_their_seal(rows):
    ask("delete from audit_logentry where id = any(%s)", [row.pk for row in rows[-4:]])
    ask("delete from audit_seal where position = (select max(position) from audit_seal)")
    return Trouble.TAIL_MISSING, None


def empties_the_log(rows):
    ask("truncate audit_logentry")
    return Trouble.MONTH_MISSING, None


def empties_everything(rows):
    ask("truncate audit_logentry, audit_seal, audit_sealmark")
    return Trouble.TAIL_MISSING, None


def changes_a_seal(rows):
    ask("update audit_seal set rows = 3 where position = 2")
    return Trouble.SEAL_CHANGED, None


def removes_a_seal(rows):
    ask("delete from audit_seal where position = 2")
    return Trouble.SEAL_MISSING, None


def says_that_a_month_left(rows):
    removes_a_month(rows)
    ask(
        "insert into audit_seal select max(position) + 1, 'left', '2026-09-01', max(upto),"
        " max(upto), 0, 0, null, null, 'decision', max(key_id), now(), sha256(''),"
        " sha256(''), sha256('') from audit_seal"
    )
    return Trouble.SEAL_CHANGED, None


TRIED: list[Callable] = [
    changes_a_row,
    changes_whose_data,
    dates_a_row_back,
    moves_a_row_to_another_month,
    swaps_two_rows,
    adds_a_copy,
    adds_a_copy_dated_back,
    puts_a_copy_among_sealed_rows,
    takes_the_mark_away,
    adds_a_true_copy,
    removes_a_row,
    removes_a_month,
    removes_a_month_and_its_seals,
    removes_the_newest_rows,
    removes_the_newest_rows_and_their_seal,
    empties_the_log,
    empties_everything,
    changes_a_seal,
    removes_a_seal,
    says_that_a_month_left,
]


@pytest.mark.parametrize("tries", TRIED, ids=lambda tries: tries.__name__)
def test_whatever_the_owner_does_is_found_and_said(today, tries):
    rows = sealed_log()
    trouble, row = tries(rows)
    verdict = check()
    assert not verdict.is_good
    assert trouble.value in verdict.counts, verdict.counts
    first = verdict.first[trouble.side.value]
    if row is not None:
        assert (first.trouble, first.row) == (trouble, str(row.pk))
    seal()  # sealing goes on, and does not heal it
    assert trouble.value in check().counts


def test_a_row_that_the_web_login_forged_is_named_also_once_it_is_sealed(today):
    sealed_log()
    ask(
        f"insert into audit_logentry (id, timestamp, {FORGED_COLUMNS}) values (gen_random_uuid(),"
        " now(), 'page-seen', 3, 'success', '{}', 'Demo name', '', 'none', '', '',"
        " substr(sha256(''), 1, 20))"
    )
    forged = LogEntry.objects.order_by("number").last()
    for _turn in ("waiting", "sealed"):
        first = check().first[Side.INTEGRITY.value]
        assert (first.trouble, first.row) == (Trouble.MARK_UNKNOWN, str(forged.pk))
        assert first.number == forged.number
        seal()


def test_a_log_that_nobody_touched_is_good_and_says_what_was_checked(today):
    sealed_log()
    some_rows(2)
    verdict = check()
    assert verdict.is_good, verdict
    assert (verdict.rows, verdict.seals, verdict.waiting) == (16, 4, 2)
    assert verdict.head == f"4 {bytes(seals()[-1].link).hex()}"
    assert verdict == Verdict.from_json(json.loads(json.dumps(verdict.as_json())))


def test_a_head_that_was_mailed_is_found_or_missed(today):
    sealed_log()
    head = f"3 {bytes(seals()[2].link).hex()}"
    assert check(head=head).is_good
    ask("delete from audit_seal where position > 2")
    ask("delete from audit_logentry where timestamp >= '2026-10-01'")
    assert Trouble.HEAD_UNKNOWN.value in check(head=head).counts


def test_nothing_is_never_called_good(today, settings):
    assert Trouble.NO_SEALS.value in check().counts
    sealed_log()
    empty = check(period=of(date(2026, 1, 1), date(2026, 1, 31)))
    assert set(empty.counts) == {Trouble.NOTHING.value}
    settings.LOG_HEADS.unlink()
    assert set(check().counts) == {Trouble.HEADS_MISSING.value}
    seal()
    assert not settings.LOG_HEADS.exists()  # it is not made anew in silence


def test_a_period_is_checked_alone_and_the_chain_always(today):
    rows = sealed_log()
    ask("update audit_logentry set actor_name = 'nobody' where id = %s", rows[5].pk)  # September
    october = check(period=of(date(2026, 10, 1), date(2026, 10, 31)))
    assert (october.is_good, october.rows, october.seals) == (True, 4, 1)
    assert not check(period=of(date(2026, 9, 1), None)).is_good
    ask("delete from audit_seal where position = 1")
    assert not check(period=of(date(2026, 10, 1), None)).is_complete


def test_a_month_that_left_by_a_decision_is_not_missed_and_the_rest_stays_proved(today):
    rows = sealed_log()
    removes_a_month(rows)
    seal_departure(date(2026, 9, 1), decision="d-1", now=timezone.now())
    seal()
    verdict = check()
    assert verdict.is_good, verdict
    assert (verdict.left, verdict.rows) == (["2026-09"], 12)
    ask("update audit_logentry set outcome = 'failed' where id = %s", rows[9].pk)
    assert check().first[Side.INTEGRITY.value].row == str(rows[9].pk)
    some_rows(1, at=MONTHS[1])  # a row that did not leave with the others
    seal()
    assert Trouble.ROW_OUTSIDE.value in check().counts


def test_rows_from_before_marks_are_covered_by_the_first_seals_which_say_so(today):
    """As the migration leaves them: numbered, without a mark. No later row goes without."""
    ask("alter table audit_logentry drop constraint a_row_has_its_mark")
    before = some_rows(3, at=MONTHS[0]) + some_rows(2, at=MONTHS[1])
    ask("update audit_logentry set mark = ''")
    some_rows(2)
    seal()
    some_rows(2)
    seal()
    verdict = check()
    assert verdict.is_good, verdict
    assert (verdict.rows, verdict.unmarked) == (9, 5)
    assert [one.unmarked for one in seals()] == [3, 2, 0, 0]
    ask("update audit_logentry set outcome = 'failed' where id = %s", before[1].pk)
    assert Trouble.ROWS_DIFFER.value in check().counts
    ask("update audit_logentry set outcome = 'success' where id = %s", before[1].pk)
    assert check().is_good
    late = some_rows(1)
    ask("update audit_logentry set mark = '' where id = %s", late[0].pk)
    for _turn in ("waiting", "sealed"):
        verdict = check()
        assert verdict.first[Side.INTEGRITY.value].row == str(late[0].pk)
        assert set(verdict.counts) == {Trouble.ROW_UNMARKED.value}
        seal()


def test_rows_may_wait_some_minutes_for_a_seal_and_no_longer(today):
    sealed_log()
    some_rows(3)
    assert (check().is_good, check().waiting) == (True, 3)
    later = check(now=timezone.now() + timedelta(minutes=16))
    assert later.counts == {Trouble.NOT_SEALED.value: 3}


def test_without_the_old_key_its_seals_prove_nothing_and_with_both_they_do(today, settings):
    sealed_log()
    old = settings.LOG_KEYS
    settings.LOG_KEYS = (("2027-1", b"n" * 32), *old)
    some_rows()
    seal()
    assert check().is_good
    settings.LOG_KEYS = (("2027-1", b"n" * 32),)
    assert {Trouble.KEY_MISSING.value, Trouble.MARK_UNKNOWN.value} == set(check().counts)
