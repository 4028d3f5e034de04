"""A list that was carried out, with what was destroyed of one pupil still known to the test."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest

from access.acting import Job, acting_as
from dossiers.actions.files import add_files
from dossiers.actions.notes import NoteText, write_note
from dossiers.models import DossierPart, FileVersion, NoteVersion
from retention.carrying_out import carry_out
from retention.models import DestructionList, Leftover, SearchPass
from retention.searching import search
from retention.searching.marks import gathering
from students.models import Parent
from tests.dossiers.files.conftest import sent
from tests.retention.lists.conftest import Lists

NIGHT = Job("carry out lists")


@dataclass
class Carried:
    """A list that was carried out, and some keys of what is gone."""

    made: DestructionList
    note: uuid.UUID
    part: uuid.UUID
    blob: uuid.UUID

    def search(self, on) -> SearchPass:
        return search(made=self.made, by=NIGHT, on=on)


def write(cast, pupil: str, by: str) -> None:
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


def destroyed(cast) -> Carried:
    """The dossier of one pupil is destroyed; another one's stays beside it."""
    write(cast, "own", "counsellor")
    write(cast, "other", "other_counsellor")
    made = Lists(cast).approved("own")
    own = DossierPart.objects.filter(dossier__pupil=cast.pupils["own"]).values_list("pk")
    note = NoteVersion.objects.get(part__in=own)
    blob = FileVersion.objects.get(part__in=own).blob
    assert carry_out(made=made, by=NIGHT, on=cast.today).failed == []
    return Carried(made, note.pk, note.part_id, blob)


def found_by(row: SearchPass) -> set[tuple[str, str, str, bool]]:
    """Of each finding its sort, place and column, and whether it is hard."""
    rows = Leftover.objects.filter(search=row)
    return set(rows.values_list("sort", "place_found", "column", "is_hard"))


@pytest.fixture
def places(settings, tmp_path):
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"
    settings.LOG_HEADS = tmp_path / "heads"
    return tmp_path


def parent(cast, **more) -> Parent:
    """A parent without children, called Quirijn Zeldenrust."""
    named = {"first_name": "Quirijn", "surname": "Zeldenrust", "email": "q.zeldenrust@example.org"}
    return Parent.objects.create(board=cast.board, **(named | more))


def without_a_family(cast, **more) -> Carried:
    """A list that is done, of which a parent went and nothing else."""
    made = Lists(cast).approved("own")
    row = parent(cast, **more)
    key = row.pk
    with gathering(made.pk):
        row.delete()
    DestructionList.objects.filter(pk=made.pk).update(begun_at=made.approved_at)
    for outcome in ("intended", "destroyed"):
        made.items.update(outcome=outcome, done_at=made.made_at)
    return Carried(made, key, key, key)
