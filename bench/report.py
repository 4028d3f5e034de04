"""The table that is printed and kept in docs/benchmarks.md."""

from __future__ import annotations

import gc
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


def by_turns(*works: Callable[[], object], times: int) -> list[float]:
    """The median time of each, run one after the other: what else the machine does hits all alike.

    What was left behind by earlier measuring is looked through by no collection of garbage.
    """
    taken: list[list[float]] = [[] for _work in works]
    for work in works:
        work()
    gc.collect()
    gc.freeze()
    for _ in range(times):
        for work, seconds in zip(works, taken, strict=True):
            start = perf_counter()
            work()
            seconds.append(perf_counter() - start)
    gc.unfreeze()
    return [statistics.median(seconds) for seconds in taken]
