"""What the tests of dossiers write with."""

from __future__ import annotations

from datetime import date

import pytest

from access.acting import acting_as
from dossiers.actions.notes import NoteText, write_note
from dossiers.models import Note


@pytest.fixture
def write(cast):
    """Writes a note in a pupil's dossier through the real action."""

    def note(
        title: str = "Title-marker",
        facts: str = "Facts-marker",
        opinion: str = "Opinion-marker",
        *,
        by: str = "counsellor",
        pupil: str = "own",
        part: str = "guidance",
        happened_on: date | None = None,
    ) -> Note:
        author = cast.people[by]
        with acting_as(author, on=cast.today):
            return write_note(
                part=cast.part(pupil, part),
                text=NoteText(title, facts, opinion),
                happened_on=happened_on or cast.today,
                by=author,
                on=cast.today,
            )

    return note
