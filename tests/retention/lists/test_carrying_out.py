"""Carrying a list out: exactly what is due, all of it, from wherever it was cut off, once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from access.acting import Job, acting_as
from access.errors import Refused
from audit.models import LogEntry
from consent.actions.scans import keep_scan
from dossiers.actions.files import add_files
from dossiers.actions.notes import NoteText, write_note
from dossiers.models import Dossier, DossierPart, File, FileVersion, Note, NoteVersion
from files.intake import Clean
from files.kinds import PDF
from retention import carrying_out, ledger
from retention.actions.again import destroy_missing_again
from retention.actions.holds import Reason, place_hold
from retention.carrying_out import Carried, carry_out
from retention.models import DestructionItem, EndedKind, LedgerLine
from students.models import Enrolment
from tests.cast import build_cast
from tests.dossiers.files.conftest import sent
from tests.retention.lists.conftest import LEFT, Lists
from vault import blobs
from vault.models import PartKey

pytestmark = [pytest.mark.promise("P9")]
NIGHT = Job("carry out lists")
LONG_AGO = date(2021, 10, 20)  # also the administration is due


def run(made, on) -> Carried:
    return carry_out(made=made, by=NIGHT, on=on)


def write(cast, pupil: str, by: str) -> None:
    """A note and a file in a pupil's dossier."""
    author = cast.people[by]
    with acting_as(author, on=cast.today):
        write_note(
            part=cast.part(pupil),
            text=NoteText("Title", f"Facts of {pupil}", ""),
            happened_on=cast.today,
            by=author,
            on=cast.today,
        )
        add_files(part=cast.part(pupil), sent=[sent()], by=author, on=cast.today)


def outcomes(made) -> dict[str, str]:
    return dict(made.items.values_list("kind", "outcome"))


def rows_of(dossier) -> dict[str, int]:
    parts = DossierPart.objects.filter(dossier=dossier)
    return {
        "parts": parts.count(),
        "keys": PartKey.objects.filter(
            part_id__in=list(parts.values_list("pk", flat=True))
        ).count(),
        "notes": Note.objects.filter(part__dossier=dossier).count(),
        "versions": NoteVersion.objects.filter(part__dossier=dossier).count(),
        "files": File.objects.filter(part__dossier=dossier).count(),
        "assignments": dossier.assignments.count(),
    }


@pytest.fixture
def places(settings, tmp_path):
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"


@pytest.mark.django_db
def test_what_is_due_is_destroyed_and_its_neighbours_are_untouched(places, cast):
    write(cast, "own", "counsellor")
    write(cast, "other", "other_counsellor")
    neighbour = Dossier.objects.get(pupil=cast.pupils["other"])
    before = rows_of(neighbour)
    names = list(
        FileVersion.objects.filter(part__dossier__pupil=cast.pupils["own"]).values_list(
            "blob", flat=True
        )
    )
    theirs = list(
        FileVersion.objects.filter(part__dossier=neighbour).values_list("blob", flat=True)
    )
    parts = list(
        DossierPart.objects.filter(dossier__pupil=cast.pupils["own"]).values_list("pk", flat=True)
    )
    made = Lists(cast).approved("own")

    done = run(made, cast.today)

    assert (done.destroyed, done.left, done.failed) == (6, 0, [])
    assert set(outcomes(made).values()) == {"destroyed"}
    dossier = Dossier.objects.get(pupil=cast.pupils["own"])  # its header waits for the last kind
    assert not any(rows_of(dossier).values())
    assert not PartKey.objects.filter(part_id__in=parts).exists()
    assert names
    assert not any(blobs.is_there(name) for name in names)
    assert rows_of(neighbour) == before
    assert all(blobs.is_there(name) for name in theirs)
    assert EndedKind.objects.filter(dossier_id=dossier.pk).count() == 6
    assert ledger.head().number == LedgerLine.objects.count() == 6
    rows = LogEntry.objects.filter(event="records-destroyed")
    assert {key for row in rows for key in row.subjects} == {cast.pupils["own"].log_key}

    again = run(made, cast.today)
    assert (again.destroyed, again.left, again.failed) == (0, 0, [])


@pytest.mark.django_db
def test_nothing_is_destroyed_before_it_cooled_off_nor_on_its_own_day(places, cast):
    made = Lists(cast).approved("own")
    for on in (made.approved_on, made.approved_on + timedelta(days=7)):
        with pytest.raises(Refused):
            run(made, on)
    due = LEFT.replace(year=2026)
    done = run(made, due)  # it may still be opened on that day
    assert (done.destroyed, done.left, set(outcomes(made).values())) == (0, 0, {""})
    assert DossierPart.objects.filter(dossier__pupil=cast.pupils["own"]).exists()


def _held(cast, dossier):
    with acting_as(cast.privacy_officer, on=cast.today):
        reason = Reason("complaint", "Klacht", None)
        place_hold(dossier=dossier, reason=reason, by=cast.privacy_officer, on=cast.today)


def _returned(cast, dossier):
    Enrolment.objects.create(
        pupil=dossier.pupil, school=dossier.school, starts_on=cast.today - timedelta(days=3)
    )


def _moved(cast, dossier):
    Enrolment.objects.filter(pupil=dossier.pupil).update(ends_on=LEFT - timedelta(days=30))


@pytest.mark.parametrize(
    ("change", "why"), [(_held, "held"), (_returned, "at-school"), (_moved, "moved")]
)
@pytest.mark.django_db
def test_what_changed_since_the_approval_is_left_alone(places, cast, change, why):
    made = Lists(cast).approved("own")
    dossier = Dossier.objects.select_related("pupil", "school").get(pupil=cast.pupils["own"])
    change(cast, dossier)
    assert run(made, cast.today).left == 6
    assert set(made.items.values_list("outcome", "left_because")) == {("left", why)}
    assert DossierPart.objects.filter(dossier=dossier).count() == 6
    assert ledger.head().number == 0


@pytest.mark.django_db
def test_by_no_other_route_anything_goes(places, cast):
    made = Lists(cast).approved("own")
    write(cast, "other", "other_counsellor")
    for rows in (
        Dossier.objects.filter(pupil=cast.pupils["other"]),
        Dossier.objects.filter(pupil=cast.pupils["own"]),
        Note.objects.all(),
        DossierPart.objects.filter(dossier__pupil=cast.pupils["own"]),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete(using="default")
    # An item that was never written into the ledger stands for nothing.
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select retention_destroy(%s)", [[made.items.first().pk]])


STEPS = ["write_out", "destroy_keys", "destroy_rows", "remove_files", "_say"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.django_db(transaction=True)
def test_cut_off_at_any_step_it_goes_on_and_does_nothing_twice(
    places, today, monkeypatch, step, after
):
    cast = build_cast(today)
    write(cast, "own", "counsellor")
    names = list(FileVersion.objects.values_list("blob", flat=True))
    made = Lists(cast).approved("own")
    real = getattr(carrying_out, step)

    def cut_off(*args, **keywords):
        if after:
            real(*args, **keywords)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(carrying_out, step, cut_off)
        with pytest.raises(KeyboardInterrupt):
            run(made, today)

    done = run(made, today)

    assert done.failed == []
    assert set(outcomes(made).values()) == {"destroyed"}
    assert not any(rows_of(Dossier.objects.get(pupil=cast.pupils["own"])).values())
    assert not any(blobs.is_there(name) for name in names)
    lines = ledger.read()
    assert len(lines) == len({line.item for line in lines}) == 6
    said = LogEntry.objects.filter(event="records-destroyed")
    items = [item for row in said for item in row.additional_data["items"]]
    assert len(items) == len(set(items)) == 6
    assert DestructionItem.objects.filter(done_at__isnull=True).count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_item_that_fails_is_named_and_keeps_no_other(places, today, monkeypatch):
    cast = build_cast(today)
    made = Lists(cast).approved("own")
    bad = made.items.get(kind="medical")
    real = carrying_out.destroy_rows

    def unlucky(items):
        if bad.pk in items:
            raise OSError("disk")
        return real(items)

    with monkeypatch.context() as patch:
        patch.setattr(carrying_out, "destroy_rows", unlucky)
        done = run(made, today)
    assert (done.destroyed, done.failed) == (5, [bad.pk])
    assert outcomes(made)["medical"] == "intended"
    assert run(made, today).destroyed == 1


def _put_back(made, on) -> None:
    """All of it is carried out, then a copy from before that is put back."""
    with transaction.atomic(), transaction.atomic(using="keys"):
        assert run(made, on).failed == []
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="keys")
    destroy_missing_again(on=on)


@pytest.mark.parametrize("goes_on", [run, _put_back])
@pytest.mark.django_db
def test_what_came_while_an_item_waited_for_another_try_takes_its_keys_and_files_along(
    places, cast, monkeypatch, goes_on
):
    lists = Lists(cast)
    made = lists.make("own", left=LONG_AGO)
    for step in (lists.decide, lists.review, lists.approve):
        step(made)

    def full(_items):
        raise OSError("disk")

    with monkeypatch.context() as patch:
        patch.setattr(carrying_out, "destroy_rows", full)
        assert len(run(made, cast.today).failed) == 7
    scan = keep_scan(clean_pdf(), pupil=cast.pupils["own"], school=cast.school, answers=[],
                     by=cast.administrator)  # fmt: skip
    keys = [scan.pk]
    assert PartKey.objects.filter(pk__in=keys).exists()
    neighbours = set(PartKey.objects.filter(pk__in=rows_keys(cast, "other")))

    goes_on(made, cast.today)

    assert set(outcomes(made).values()) == {"destroyed"}
    assert not PartKey.objects.filter(pk__in=keys).exists()
    assert not blobs.is_there(scan.blob)
    assert neighbours
    assert set(PartKey.objects.filter(pk__in=rows_keys(cast, "other"))) == neighbours


def rows_keys(cast, pupil: str) -> list[object]:
    parts = DossierPart.objects.filter(dossier__pupil=cast.pupils[pupil])
    return list(parts.values_list("pk", flat=True))


def clean_pdf() -> Clean:
    content = b"%PDF-1.7 a paper"
    return Clean(content, PDF.kind, PDF.media_type, PDF.extension, "paper.pdf", 1, ())
