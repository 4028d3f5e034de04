"""Requests to erase part of a dossier: one waits, one is refused, one goes once the worker runs.

And a note that was withdrawn, for which nobody asked yet.
"""

from __future__ import annotations

from datetime import date, timedelta

from access.acting import acting_as
from access.models import User
from dossiers.actions.notes import NoteText, withdraw_note, write_note
from dossiers.models import Dossier, DossierPart, Note
from retention.actions.erasures import Request, approve_erasure, ask_erasure, refuse_erasure
from retention.models import Erasure

_WRONG = NoteText(
    "Gesprek over rekenen",
    "Dit gaat over een andere leerling uit de groep en hoort in een ander dossier (verzonnen).",
)
_ASKED = (
    "De moeder vraagt om dit verslag te wissen: de afspraak was voor haar andere kind (verzonnen)."
)
_NOT_NEEDED = "De vader vindt dat dit niet meer nodig is voor de begeleiding (verzonnen)."
_REFUSED = (
    "Het verslag is nodig om de hulp van dit schooljaar te kunnen volgen. Bij het verslag staat"
    " nu ook wat de vader ervan vindt (verzonnen)."
)


class ErasuresFilling:
    """Joost wrote in the wrong dossier; Karin asks to erase it, Priya and Olaf decide."""

    def __init__(self, today: date, users: dict[str, User]) -> None:
        self.today = today
        self.users = users

    def fill(self) -> None:
        """In dossiers of group 6B in which nothing else was written."""
        rows = Dossier.objects.filter(assignments__user=self.users["joost"])
        rows = rows.select_related("pupil", "school__unit").order_by("-pupil__sort_name")
        first, second, third = rows.filter(parts__notes__isnull=True).distinct()[:3]
        self._withdraw(self._write(first))
        self._ask(first, self._write(first), "wrong-dossier", _ASKED, 5)
        refused = self._ask(second, self._write(second), "not-needed", _NOT_NEEDED, 20)
        with acting_as(self._user("olaf"), on=self._day(12)):
            refuse_erasure(erasure=refused, words=_REFUSED, by=self._user("olaf"), on=self._day(12))
        goes = self._write(third)
        self._withdraw(goes)
        approved = self._ask(third, goes, "wrong-dossier", _WRONG.facts, 3, asker="school")
        with acting_as(self._user("priya"), on=self._day(2)):
            approve_erasure(erasure=approved, by=self._user("priya"), on=self._day(2))

    def _write(self, dossier: Dossier) -> Note:
        by = self._user("joost")
        part = DossierPart.objects.select_related("dossier__pupil", "dossier__school")
        with acting_as(by, on=self.today):
            return write_note(
                part=part.get(dossier=dossier, kind="guidance"),
                text=_WRONG,
                happened_on=self._day(30),
                by=by,
                on=self.today,
            )

    def _withdraw(self, note: Note) -> None:
        with acting_as(self._user("joost"), on=self.today):
            withdraw_note(note=note, by=self._user("joost"), on=self.today)

    def _ask(
        self,
        dossier: Dossier,
        note: Note,
        because: str,
        words: str,
        ago: int,
        asker: str = "parent",
    ) -> Erasure:
        by, on = self._user("karin"), self._day(ago)
        with acting_as(by, on=on):
            return ask_erasure(
                dossier=dossier,
                what=("note", note.pk),
                asked=Request(asker, because, words, on),
                by=by,
                on=on,
            )

    def _day(self, ago: int) -> date:
        return self.today - timedelta(days=ago)

    def _user(self, username: str) -> User:
        return User.objects.get(pk=self.users[username].pk)  # memberships as they are now
