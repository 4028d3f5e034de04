"""A copy was put back from before, or from the middle of, a list: it is carried on to its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from audit.frozen import content_of, paper_of
from dossiers.models import DossierPart
from retention import carrying_out, finishing
from retention.actions import again
from retention.actions.again import destroy_missing_again
from retention.models import Gathered, SearchPass
from retention.queries import closing as queries
from retention.queries.closing import other_systems_of
from retention.rules.closing import Waiting
from tests.retention.lists.closing import HEAD, carried_out, finished
from tests.retention.lists.conftest import Lists
from tests.retention.lists.test_carrying_out import run, write
from tests.retention.lists.test_finishing import confirm, list_elsewhere

pytestmark = [pytest.mark.promise("P9"), pytest.mark.django_db]


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
        patch.setattr(carrying_out, "_next", lambda made, failed, on: [] if failed else first)
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
