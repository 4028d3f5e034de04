"""Nobody writes, withdraws or closes in a colleague's name: the database asks who acts."""

from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError
from django.utils import timezone

from access.acting import UnrecordedChange, acting_as
from dossiers.actions.agreements import AgreementText, make_agreement
from dossiers.actions.files import move_file
from dossiers.models import (
    Agreement,
    EmergencyCardVersion,
    File,
    FileVersion,
    Note,
    NoteVersion,
)

pytestmark = pytest.mark.promise("P22")
SEALED = b"forged"


@pytest.fixture
def rows(cast, write, add):
    """Something of the counsellor's of each kind, in dossiers that the coordinator reads too."""
    with acting_as(cast.counsellor, on=cast.today):
        agreement = make_agreement(
            part=cast.part("own", "agreements"),
            text=AgreementText("text", "somebody"),
            made_on=cast.today,
            review_on=None,
            by=cast.counsellor,
            on=cast.today,
        )
    return {"note": write(), "file": add(), "agreement": agreement}


def note(cast, rows, author):
    Note.objects.create(part=cast.part("own"), author=author, happened_on=cast.today)


def note_version(cast, rows, author):
    it = rows["note"]
    NoteVersion.objects.create(note=it, part=it.part, number=9, author=author, sealed=SEALED)


def file(cast, rows, author):
    File.objects.create(part=cast.part("own"), author=author)


def file_version(cast, rows, author):
    it = rows["file"]
    FileVersion.objects.create(
        file=it, part=it.part, number=9, author=author, blob=uuid.uuid4(), sealed=SEALED
    )


def agreement(cast, rows, author):
    part = cast.part("own", "agreements")
    Agreement.objects.create(part=part, author=author, made_on=cast.today, sealed=SEALED)


def card(cast, rows, author):
    part = cast.part("own", "emergency")
    EmergencyCardVersion.objects.create(part=part, number=9, author=author, sealed=SEALED)


def withdrawn_file(cast, rows, by):
    File.objects.filter(pk=rows["file"].pk).update(withdrawn_at=timezone.now(), withdrawn_by=by)


def withdrawn_note(cast, rows, by):
    Note.objects.filter(pk=rows["note"].pk).update(withdrawn_at=timezone.now(), withdrawn_by=by)


def closed_agreement(cast, rows, by):
    mine = Agreement.objects.filter(pk=rows["agreement"].pk)
    mine.update(closed_at=timezone.now(), closed_by=by)


WRITES = [
    note,
    note_version,
    file,
    file_version,
    agreement,
    card,
    withdrawn_file,
    withdrawn_note,
    closed_agreement,
]


@pytest.mark.parametrize("write_as", WRITES)
def test_a_row_says_who_wrote_or_ended_it(cast, rows, write_as):
    with pytest.raises(UnrecordedChange), acting_as(cast.counsellor, on=cast.today):
        write_as(cast, rows, cast.counsellor)  # let through; only the log's row is missing
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        acting_as(cast.counsellor, on=cast.today),
    ):
        write_as(cast, rows, cast.coordinator)


def test_a_colleagues_note_is_not_withdrawn_past_its_keeper(cast, rows):
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        acting_as(cast.coordinator, on=cast.today),
    ):
        withdrawn_note(cast, rows, cast.coordinator)


@pytest.mark.parametrize("end", [withdrawn_note, closed_agreement])
def test_what_ended_stays_ended(cast, rows, end):
    end(cast, rows, cast.counsellor)  # as the owner
    tables = {
        withdrawn_note: (Note, "withdrawn"),
        closed_agreement: (Agreement, "closed"),
    }
    model, ended = tables[end]
    with acting_as(cast.counsellor, on=cast.today):
        found = model.objects.filter(**{f"{ended}_at__isnull": False})
        assert found.update(**{f"{ended}_at": None, f"{ended}_by": None}) == 0


def test_a_moved_file_keeps_its_author_and_nobody_else_gets_one_that_way(cast, add):
    first, second = add(), add()
    with acting_as(cast.coordinator, on=cast.today):
        to = cast.part("own", "care")
        moved = move_file(file=first, to=to, by=cast.coordinator, on=cast.today)
    assert moved.author == cast.counsellor
    assert moved.versions.get().author == cast.counsellor
    withdrawn_file(cast, {"file": second}, cast.counsellor)  # by its author, as the owner
    forged = {"file": moved, "part": moved.part, "blob": uuid.uuid4(), "sealed": SEALED}
    for attempt in (
        lambda: File.objects.create(part=to, author=cast.counsellor, moved_from=second),
        lambda: FileVersion.objects.create(number=2, author=cast.counsellor, **forged),
    ):
        with (
            pytest.raises(DatabaseError, match="row-level security"),
            acting_as(cast.coordinator, on=cast.today),
        ):
            attempt()
