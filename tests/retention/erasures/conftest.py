"""Requests to erase, taken as far as a test wants them."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from access.acting import Job, acting_as
from dossiers.actions.agreements import AgreementText, make_agreement, renew_agreement
from dossiers.actions.files import add_files
from dossiers.actions.notes import NoteText, correct_note, write_note
from dossiers.models import Agreement, File, Note
from retention.actions.erasures import Request, approve_erasure, ask_erasure
from retention.erasing import Erased, erase_approved
from retention.models import Erasure
from tests.dossiers.files.conftest import sent

NIGHT = Job("erase on request")


class Erasures:
    """Writes in a dossier, asks, approves and carries out as the people who may."""

    def __init__(self, cast) -> None:
        self.cast = cast
        self.night = cast.today + timedelta(days=2)

    def note(
        self,
        word: str = "Wrong",
        pupil: str = "own",
        by: str = "counsellor",
        kind: str = "guidance",
    ) -> Note:
        cast, author = self.cast, self.cast.people[by]
        with acting_as(author, on=cast.today):
            return write_note(
                part=cast.part(pupil, kind), text=NoteText(word, f"Facts {word}", ""),
                happened_on=cast.today, by=author, on=cast.today,
            )  # fmt: skip

    def correct(self, note: Note, word: str) -> None:
        author, on = self.cast.counsellor, self.cast.today
        with acting_as(author, on=on):
            correct_note(
                note=note, text=NoteText(word, word), reason="it was wrong", seen_number=1,
                by=author, on=on,
            )  # fmt: skip

    def file(self, note: Note | None = None, pupil: str = "own", kind: str = "guidance") -> File:
        cast, author = self.cast, self.cast.counsellor
        known = set(File.objects.values_list("pk", flat=True))
        with acting_as(author, on=cast.today):
            part = cast.part(pupil, kind)
            add_files(part=part, sent=[sent()], note=note, by=author, on=cast.today)
        return File.objects.exclude(pk__in=known).get()

    def agreement(self, replaced: Agreement | None = None) -> Agreement:
        cast, author = self.cast, self.cast.counsellor
        said = {
            "text": AgreementText("Agreed", "with parents"), "made_on": cast.today,
            "review_on": None, "by": author, "on": cast.today,
        }  # fmt: skip
        with acting_as(author, on=cast.today):
            if replaced is not None:
                return renew_agreement(agreement=replaced, **said)
            return make_agreement(part=cast.part("own", "agreements"), **said)

    def ask(
        self, sort: str, key: uuid.UUID, by: str = "director", because: str = "wrong-dossier",
        pupil: str = "own", **more: object,
    ) -> Erasure:  # fmt: skip
        who, on = self.cast.people[by], self.cast.today
        asked = Request("parent", because, "It is about another pupil", on)
        for name, value in more.items():
            object.__setattr__(asked, name, value)
        with acting_as(who, on=on):
            return ask_erasure(
                dossier=self.cast.dossier(pupil), what=(sort, key), asked=asked, by=who, on=on
            )

    def approve(self, row: Erasure, by: str = "privacy_officer") -> Erasure:
        who, on = self.cast.people[by], self.cast.today
        with acting_as(who, on=on):
            approve_erasure(erasure=row, by=who, on=on)
        return row

    def run(self) -> Erased:
        return erase_approved(by=NIGHT, on=self.night)


@pytest.fixture
def places(settings, tmp_path):
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def erasures(cast, places) -> Erasures:
    return Erasures(cast)
