"""The table that is printed and kept in docs/benchmarks.md."""

from __future__ import annotations

import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True)
class Row:
    """One figure: what was measured, the bar (empty for a part of another row), what came out."""

    what: str
    bar: str
    result: str


def print_table(rows: Sequence[Row]) -> None:
    """Prints Markdown, ready for docs/benchmarks.md."""
    print(f"\nPython {platform.python_version()}, {platform.machine()}\n")
    print("| what | bar | measured |\n|---|---|---|")
    for row in rows:
        print(f"| {row.what} | {row.bar} | {row.result} |")


def median_seconds(work: Callable[[], object], *, times: int) -> float:
    """The median time of `times` runs, after one to warm up."""
    work()
    taken = []
    for _ in range(times):
        start = perf_counter()
        work()
        taken.append(perf_counter() - start)
    return statistics.median(taken)
