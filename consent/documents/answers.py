"""The board of answers as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from audit.documents import harmless
from consent.forms.checking import title_of
from consent.presenting import STATES
from consent.queries.answers import Board, PupilLine


def answers_csv(board: Board, lines: Iterable[PupilLine]) -> bytes:
    """One row a pupil with a word for each question; no reasons, nobody's answer, no parents.

    UTF-8 with a mark and semicolons, as Dutch spreadsheets open it.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    names = [title_of(one) for one in board.texts]
    head = [_("Surname"), _("Prefix"), _("First name"), _("Group"), *names]
    writer.writerow([harmless(cell) for cell in head])
    for line in lines:
        pupil = line.pupil
        words = [str(STATES[line.found[one.purpose_id].state].word) for one in board.texts]
        name = [pupil.surname, pupil.prefix, pupil.first_name or pupil.given_names]
        writer.writerow([harmless(cell) for cell in (*name, line.group_name, *words)])
    return b"\xef\xbb\xbf" + text.getvalue().encode()
