"""Hands out the rows of a CSV one by one, whatever its encoding, separator and line endings."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from students.roster.problems import Problems, refusal

CHUNK = 1024 * 1024
LONGEST_LINE = 64 * 1024


def _encoding(data: bytes) -> str:
    """UTF-8 with or without its mark, else Windows-1252, else a refusal with the line."""
    line = 1
    for encoding in ("utf-8-sig", "cp1252"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for start in range(0, len(data), CHUNK):
                decoder.decode(data[start : start + CHUNK])
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, start + error.start) + 1
        else:
            return encoding
    raise refusal("encoding_wrong", line=line)


def refuse_long_lines(data: bytes) -> None:
    """A row is a few hundred characters; a line of megabytes would cost memory for nothing."""
    position, line = 0, 1
    while position >= 0:
        following = data.find(b"\n", position, position + LONGEST_LINE)
        if following < 0 and len(data) - position > LONGEST_LINE:
            raise refusal("part_too_large", line=line)
        position, line = (following + 1 if following >= 0 else -1), line + 1


def rows_of(data: bytes, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the line on which it starts."""
    text = io.TextIOWrapper(io.BytesIO(data), encoding=_encoding(data), newline="")
    first = data[:LONGEST_LINE].partition(b"\n")[0]
    delimiter = ";" if first.count(b";") >= first.count(b",") else ","
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            problems.add("quote_open", line=line)
            cells = []
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1
