"""A destruction list to take along, for a spreadsheet: as CSV and as XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from audit.documents import harmless
from retention.queries.lists import Listed

_WIDTHS = (32, 48, 14, 14, 20, 20, 20)
Cell = str | date


def _head() -> list[str]:
    return [
        _("Pupil"),
        _("Kind of record"),
        _("Left on"),
        _("Falls due on"),
        _("Decision"),
        _("What became of it"),
        _("Held now"),
    ]


def _cells(one: Listed) -> list[Cell]:
    item = one.item
    return [
        one.dossier.pupil.name if one.dossier else _("gone"),
        str(item.get_kind_display()),
        item.last_day,
        item.due_on,
        str(item.get_decision_display()) or _("not decided"),
        _("failed") if one.is_failed else str(item.get_outcome_display()),
        _held(one),
    ]


def _held(one: Listed) -> str:
    if one.is_held:
        return _("yes")
    return _("by another dossier") if one.is_held_elsewhere else ""


def items_csv(rows: Iterable[Listed]) -> bytes:
    """Names, kinds and days of what stands on a list; nothing that is recorded about anybody.

    UTF-8 with a mark and semicolons, as Dutch spreadsheets open it.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_head())
    for one in rows:
        writer.writerow([harmless(_as_text(cell)) for cell in _cells(one)])
    return text.getvalue().encode("utf-8-sig")


def _as_text(cell: Cell) -> str:
    return cell.isoformat() if isinstance(cell, date) else cell


def items_xlsx(rows: Iterable[Listed], *, name: str) -> bytes:
    """The same as a workbook with dates that sort; texts are never formulas or links.

    Made in memory: names of pupils reach no disk.
    """
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        bold = book.add_format({"bold": True})
        book.set_properties({"title": name})
        sheet = book.add_worksheet(_("Items"))
        for column, (words, width) in enumerate(zip(_head(), _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, words, bold)
        last = 0
        for last, one in enumerate(rows, start=1):
            for column, cell in enumerate(_cells(one)):
                if isinstance(cell, date):
                    sheet.write_datetime(last, column, cell, day)
                else:
                    sheet.write_string(last, column, cell)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, last, len(_WIDTHS) - 1)
    return file.getvalue()
