"""Who looked at a child, as its parents read it, in a log of a million rows and of ten million."""

from __future__ import annotations

from access.acting import acting_as
from bench.crowd import TODAY
from bench.log_rows import the_board
from bench.report import Row, median_seconds
from oversight.queries.looks import who_looked

_TAKES = 6  # schools of which a pupil is looked at, spread over the board


def slowest() -> float:
    """The slowest of the medians; each must give a full page."""
    board = the_board()
    medians = []
    for number, school in enumerate(board.schools[:: len(board.schools) // _TAKES]):
        pupil, reader = school.pupils[number], school.staff[0]

        def look(pupil=pupil, reader=reader) -> None:  # type: ignore[no-untyped-def]  # as bound now
            if not who_looked(pupil, reader, on=TODAY).lines:
                raise RuntimeError("a page to be measured is empty")

        with acting_as(reader, on=TODAY, read_only=True):
            medians.append(median_seconds(look, times=15))
    return max(medians)


def row(looked: dict[int, float], sizes: tuple[int, int]) -> Row:
    """A line of the table."""
    small, large = (looked[size] for size in sizes)
    return Row(
        f"who looked at a child, a page, {sizes[1]:,} rows against {sizes[0]:,}".replace(",", " "),
        "",
        f"{large * 1000:.1f} ms; {large / small:.2f}x ({small * 1000:.1f} ms)",
    )
