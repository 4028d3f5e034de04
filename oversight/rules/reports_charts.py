"""Where each bar of a picture stands, in plain numbers; a template draws it, words come from above.

Across, everything is a share of the width: the same picture fits a phone, a desk and paper, and its
letters keep their size. Up and down it is pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

TOP, GROUND, FOOT = 18, 158, 178  # pixels from above: highest bar, baseline, labels below it
LINE = 46  # pixels for one bar that lies, with its words above it
_FILLS = 0.74  # of the width of a step


class Look(StrEnum):
    """How a bar stands out; a table says the same in words."""

    PLAIN = "plain"
    QUIET = "quiet"
    FOUND = "found"


@dataclass(frozen=True)
class Column:
    """A bar that stands: its words, its value, and its place."""

    words: str
    value: int
    x: str
    middle: str
    width: str
    y: str
    height: str
    tick: str
    look: Look

    @property
    def above(self) -> str:
        """Where a sign above the bar stands."""
        return f"{float(self.y) - 6:.1f}"


@dataclass(frozen=True)
class Standing:
    """A picture of bars that stand beside each other."""

    columns: tuple[Column, ...]
    top: int  # what the highest line is worth
    height: int = FOOT + 8


@dataclass(frozen=True)
class Lying:
    """One bar that lies below its words."""

    words: str
    more: str
    value: int
    words_y: int
    bar_y: int
    width: str


@dataclass(frozen=True)
class Stacked:
    """A picture of bars that lie below each other."""

    bars: tuple[Lying, ...]

    @property
    def height(self) -> int:
        """As tall as it has bars."""
        return LINE * len(self.bars)


def round_top(most: int) -> int:
    """The next round number at or above the highest value: 1, 2 or 5 with noughts."""
    if most <= 5:
        return max(most, 1)
    size = 1
    while True:
        for step in (1, 2, 3, 4, 5, 6, 8):
            if step * size >= most:
                return step * size
        size *= 10


def standing(
    values: Sequence[tuple[str, int]], ticks: Sequence[str], looks: Sequence[Look] = ()
) -> Standing:
    """Bars that stand, each with its words and, below it, a tick or nothing."""
    top = round_top(max((value for _words, value in values), default=0))
    step = 100 / max(len(values), 1)
    room = GROUND - TOP
    columns = []
    for n, (words, value) in enumerate(values):
        height = max(value / top * room, 2.0) if value else 0.0
        columns.append(
            Column(
                words=words,
                value=value,
                x=f"{step * (n + (1 - _FILLS) / 2):.3f}%",
                middle=f"{step * (n + 0.5):.3f}%",
                width=f"{step * _FILLS:.3f}%",
                y=f"{GROUND - height:.1f}",
                height=f"{height:.1f}",
                tick=ticks[n],
                look=looks[n] if looks else Look.PLAIN,
            )
        )
    return Standing(tuple(columns), top)


def stacked(values: Sequence[tuple[str, str, int]]) -> Stacked:
    """Bars that lie, the longest as wide as the picture: words, more words, value."""
    most = max((value for _words, _more, value in values), default=0)
    return Stacked(
        tuple(
            Lying(
                words=words,
                more=more,
                value=value,
                words_y=n * LINE + 16,
                bar_y=n * LINE + 24,
                width=f"{max(100 * value / most, 0.6):.3f}%",
            )
            for n, (words, more, value) in enumerate(values)
        )
    )
