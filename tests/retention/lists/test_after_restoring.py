"""A copy was put back from before, or from the middle of, a list: it is carried on to its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from access.acting import acting_as
from access.errors import Refused
from audit import heads
from audit.frozen import content_of, paper_of
from audit.models import LogEntry
from audit.sealing import seal_restoration
from dossiers.models import DossierPart
from retention import carrying_out, finishing, taking_back
from retention.actions import again
from retention.actions.again import destroy_missing_again
from retention.actions.lists import make_list
from retention.keeping_on import lists_with_work, remind_of_lists
from retention.models import DestructionList, Gathered, SearchPass
from retention.queries import closing as queries
from retention.queries.closing import other_systems_of
from retention.rules.closing import Waiting
from retention.rules.lists import COOLING
from retention.taking_back import TakenBack, take_approvals_back
from retention.tasks.restored import tell_of_restoring
from tests.audit.seals import seal
from tests.retention.lists.closing import HEAD, carried_out, finished
from tests.retention.lists.conftest import APPROVED, MADE, OVERNIGHT, REVIEWED, Lists
from tests.retention.lists.test_carrying_out import run, write
from tests.retention.lists.test_finishing import confirm, list_elsewhere

pytestmark = [pytest.mark.promise("P9"), pytest.mark.django_db]
COPIED_AT = datetime(2026, 10, 20, 1, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def places(settings, tmp_path, monkeypatch) -> None:
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"
    for module in (finishing, queries):
        monkeypatch.setattr(module, "newest_head", lambda: HEAD)


@contextmanager
def later_lost() -> Iterator[None]:
    """What both databases learn within is lost, as with a copy from before; the ledger stays."""
    with transaction.atomic(), transaction.atomic(using="keys"):
        yield
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="keys")


def parts_of(cast, pupil: str) -> set[object]:
    return set(DossierPart.objects.filter(dossier=cast.dossier(pupil)))


def test_from_before_it_was_begun_it_is_searched_answered_for_and_closed(
    cast, monkeypatch, tmp_path, capsys
):
    list_elsewhere(cast, "own", "ParnasSys", "Toetsen", "De intern begeleider", "5 jaar")
    write(cast, "own", "counsellor")
    made = Lists(cast).approved("own")
    with later_lost():
        carried_out(made, cast.today)
        assert confirm(cast, made) == 1
        lost = paper_of(finished(made, cast.today).certificate)
    assert parts_of(cast, "own")

    with monkeypatch.context() as patch:
        patch.setattr(again, "destroy_rows", None)
        with pytest.raises(TypeError):
            destroy_missing_again(on=cast.today)
    assert destroy_missing_again(on=cast.today) == made.items.count()

    made.refresh_from_db()
    assert not parts_of(cast, "own")
    assert set(made.items.values_list("outcome", flat=True)) == {"destroyed"}
    assert [(one.words["system"], one.system.pupils) for one in other_systems_of(made)] == [
        ("ParnasSys", 1)
    ]
    assert finished(made, cast.today).waits_for == (Waiting.OTHER_SYSTEMS,)
    assert confirm(cast, made) == 1
    certificate = finished(made, cast.today).certificate
    assert (certificate.number, certificate.destroyed) == (2, made.items.count())
    assert SearchPass.objects.get(list=made).marks > made.items.count()
    assert [number for number, _when in content_of(certificate)["earlier"]] == [1]
    file = tmp_path / "certificate.pdf"
    for number, paper, said in (
        (1, lost, "keeps no more of it"), (2, paper_of(certificate), "all that is kept of it fits"),
    ):  # fmt: skip
        file.write_bytes(paper)
        call_command("verify_certificate", str(file))
        told = capsys.readouterr().out
        assert "intact: this is the certificate that was made" in told
        assert said in told
        assert f"Certificate {number} of board" in told
    file.write_bytes(lost + b"changed")
    with pytest.raises(CommandError, match="changed"):
        call_command("verify_certificate", str(file))
    assert destroy_missing_again(on=cast.today) == 0


def test_from_the_middle_of_an_item_and_of_the_list_all_of_it_goes_and_is_looked_for(
    cast, monkeypatch, tmp_path, capsys
):
    list_elsewhere(cast, "other", "ParnasSys", "Toetsen", "", "")
    made = Lists(cast).approved("own", "other")
    first = list(made.items.filter(dossier_id=cast.dossier("own").pk).values_list("pk", flat=True))

    def cut_off(items):
        raise OSError("the copy was made here")

    with monkeypatch.context() as patch:  # intended, as the copy knows; the rows are still there
        patch.setattr(carrying_out, "destroy_rows", cut_off)
        patch.setattr(carrying_out, "_next", lambda made, done, on: [] if done.failed else first)
        assert len(run(made, cast.today).failed) == len(first)
    with later_lost():
        carried_out(made, cast.today)
    assert parts_of(cast, "own")
    assert not Gathered.objects.exists()

    assert destroy_missing_again(on=cast.today) == made.items.count()

    assert not parts_of(cast, "own") | parts_of(cast, "other")
    assert set(made.items.values_list("outcome", flat=True)) == {"destroyed"}
    assert confirm(cast, made) == 1
    assert finished(made, cast.today).certificate is not None


def test_from_before_its_approval_nothing_is_said_of_it_but_that_it_was_gone(cast):
    lists = Lists(cast)
    made = lists.make("own")
    lists.decide(made)
    with later_lost():
        lists.review(made)
        lists.approve(made)
        made.refresh_from_db()
        carried_out(made, cast.today)

    assert destroy_missing_again(on=cast.today) == made.items.count()

    assert not parts_of(cast, "own")
    lists.review(made)
    lists.approve(made)
    made.refresh_from_db()
    carried_out(made, cast.today)
    assert set(made.items.values_list("outcome", "left_because")) == {("left", "gone")}
    assert finished(made, cast.today).certificate.destroyed == 0


def taken_back(on) -> TakenBack:
    """What a restore does last."""
    return take_approvals_back(copied_at=COPIED_AT, on=on)


def test_approved_and_not_begun_it_is_approved_anew_and_people_read_and_hear_why(
    cast, monkeypatch, sign_in, django_capture_on_commit_callbacks
):
    lists, on = Lists(cast), cast.today
    made, ended = lists.approved("own"), lists.make("other", on=REVIEWED)
    for step in (lists.decide, lists.review, lists.approve):
        step(ended)
    lists.cancel(ended, because="keep")
    assert lists_with_work(on, again=False) == [made]
    rows = DestructionList.objects.filter(pk=made.pk)
    rows.update(stopped_because="unsaid", stopped_at=COPIED_AT)
    assert destroy_missing_again(on=on) == 0
    with monkeypatch.context() as patch:  # killed half-way
        patch.setattr(taking_back, "record", None)
        with pytest.raises(TypeError):
            taken_back(on)
    assert rows.get().approved_on
    assert taken_back(on) == taken_back(on) == TakenBack(lists=1)

    made.refresh_from_db()
    assert (made.state_on(on), made.approved_by, made.stopped_because) == ("reviewed", None, "")
    said = LogEntry.objects.get(event="approvals-taken-back").additional_data
    assert (said["lists_anew"], said["items_left"]) == ([str(made.pk)], 0)
    assert lists_with_work(on, again=True) == []
    with pytest.raises(Refused):
        carried_out(made, on)
    page = sign_in(cast.privacy_officer).get(reverse("destruction_list", args=[made.pk]))
    assert "The copy is of 20 October 2026, 03:15." in page.content.decode()
    home = sign_in(cast.board_officer).get(reverse("home"))
    assert "A copy of 20 October 2026 was put back: somebody approves" in home.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        tell_of_restoring()
    assert {to.split("@")[0] for sent in mail.outbox for to in sent.to} == {
        "director", "deputy", "board_officer", "privacy_officer", "fg",
    }  # fmt: skip
    assert all("copy of 20 October 2026, 03:15" in sent.body for sent in mail.outbox)
    assert remind_of_lists(on=made.items.earliest("due_on").due_on - COOLING) == 1

    lists.approve(made, by="board_officer", on=on)
    made.refresh_from_db()
    page = sign_in(cast.privacy_officer).get(reverse("destruction_list", args=[made.pk]))
    assert "The copy is of" not in page.content.decode()
    assert lists_with_work(on + COOLING, again=True) == []
    assert lists_with_work(on + COOLING + timedelta(days=1), again=True) == [made]


def test_of_a_list_that_the_ledger_names_in_part_the_rest_is_left_and_comes_onto_the_next_one(
    cast, monkeypatch
):
    made, on = Lists(cast).approved("own", "other"), cast.today
    named = list(made.items.filter(dossier_id=cast.dossier("own").pk).values_list("pk", flat=True))
    with later_lost(), monkeypatch.context() as patch:
        some = [named]
        patch.setattr(carrying_out, "_next", lambda *_: some.pop() if some else [])
        assert len(named) == run(made, on).destroyed

    assert destroy_missing_again(on=on) == len(named)
    number = made.items.count() - len(named)
    assert taken_back(on) == taken_back(on) == TakenBack(items=number)

    made.refresh_from_db()
    assert (made.state_on(on), made.restored_from) == ("begun", COPIED_AT)
    rest = made.items.exclude(pk__in=named)
    assert set(rest.values_list("outcome", "left_because")) == {("left", "restored")}
    carried_out(made, on)
    assert not parts_of(cast, "own")
    assert parts_of(cast, "other")
    certificate = finished(made, on).certificate
    assert certificate.destroyed == len(named)
    said = content_of(certificate)
    assert sum(one["left"] for one in said["kinds"]) == number
    assert {one["why"] for one in said["left"]} == {
        "the portal was put back from a copy before it went"
    }
    with acting_as(OVERNIGHT, on=on):
        following = make_list(school=cast.school, by=OVERNIGHT, on=on)
    assert {(item.dossier_id, item.kind) for item in following.items.all()} == {
        (item.dossier_id, item.kind) for item in rest
    }


def test_begun_with_nothing_destroyed_all_of_it_is_left_and_it_closes_saying_so(
    cast, sign_in, django_capture_on_commit_callbacks
):
    made, on = Lists(cast).approved("own"), cast.today
    carrying_out._begin(made, by=OVERNIGHT, on=on)  # the copy is of this moment

    assert destroy_missing_again(on=on) == 0
    assert taken_back(on) == TakenBack(items=made.items.count())

    page = sign_in(cast.director).get(reverse("destruction_list", args=[made.pk]))
    assert "So what was not destroyed yet is left alone." in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        tell_of_restoring()
    assert "comes onto another list" in mail.outbox[0].body
    assert finished(carried_out(made, on), on).certificate.destroyed == 0
    assert parts_of(cast, "own")


@pytest.mark.parametrize("has_file", [True, False])
def test_put_back_by_other_means_nothing_more_goes_of_what_was_approved_before(
    cast, settings, tmp_path, has_file
):
    """The file of heads knows a seal that is gone, or is away; later on the chain says why."""
    lists, on = Lists(cast), cast.today
    settings.LOG_HEADS = tmp_path / "heads"
    seal()
    if has_file:
        with settings.LOG_HEADS.open("a") as file:
            file.write(f"9 {'ab' * 32} {COPIED_AT.isoformat()}\n")
    else:
        settings.LOG_HEADS.unlink()

    def approved(pupil: str, made_on: date) -> DestructionList:
        made = lists.make(pupil, on=made_on)
        for step in (lists.decide, lists.review, lists.approve):
            step(made)
        return made

    before = [approved("own", MADE), approved("other", REVIEWED)]
    carried_out(before[0], on)
    heads.begin()
    seal_restoration(reason="by hand", now=timezone.now())
    carried_out(before[1], on)
    for made in before:
        assert set(made.items.values_list("outcome", "left_because")) == {("left", "restored")}
    after = carried_out(approved("own", APPROVED), on)
    assert set(after.items.values_list("outcome", flat=True)) == {"destroyed"}


def test_but_for_a_restore_nobody_takes_an_approval_back_and_nothing_else_is_changed_with_it(cast):
    lists = Lists(cast)
    made = lists.approved("own")
    rows = DestructionList.objects.filter(pk=made.pk)
    nobody = {"approved_on": None, "approved_at": None, "approved_by": None}
    anew = nobody | {"restored_from": COPIED_AT}

    def refused(**what: object) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**what)

    refused(**nobody)
    refused(**anew, name="Another name")
    refused(**anew, reviewed_on=None, reviewed_at=None, reviewed_by=None)
    refused(restored_from=COPIED_AT, approved_by=cast.board_officer)
    for by in (cast.privacy_officer, OVERNIGHT):
        with pytest.raises(DatabaseError), acting_as(by, on=cast.today):
            rows.update(**anew)
    carrying_out._begin(made, by=OVERNIGHT, on=cast.today)
    refused(**anew)
