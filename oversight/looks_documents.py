"""Who looked, as a paper for somebody who has no account."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from consent.queries.people import Person
from consent.rules import PUPIL
from oversight.looks_wording import shown
from oversight.queries.looks_paper import lines_on_paper
from pdf import papers
from students.models import Pupil


def looks_paper(pupil: Pupil, person: Person, *, language: str, on: date) -> bytes:
    """What this person would read on the screen, as PDF/UA. Raises NotMade."""
    found = lines_on_paper(pupil, is_self=person.who == PUPIL, on=on)
    with override(language):
        return papers.make(
            "oversight/looks/paper.html",
            {
                "pupil": pupil,
                "reader": person.name,
                "lines": shown(found.lines, schools=found.schools),
                "with_names": found.with_names,
                "has_older": found.has_older,
                "when": date_format(on, "j F Y"),
            },
            title=_("Who looked at the dossier"),
            language=language,
        )
