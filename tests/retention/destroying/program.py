"""A program that carries a list out as the worker does, and meets what a test orders.

It imports once; then each order it reads is met by a child of its own, so that one may end in the
middle as a program does that is killed. A *step* is whatever stays when the program ends: a commit
that changed something, a file that went, came or was flushed.

    python -m tests.retention.destroying.program    with the settings of a worker

An order is one line of JSON: databases, places, the day, how many times at once, perhaps one list
of which nobody asks first whether its time has come, and a fault: `kill` at its n-th step, `lose`
(every connection, after each step), `slow` (it waits a moment after each step), or `full` (no file
may grow more than so many bytes beyond what the ledger has).
The answer is one too: how the child ended, which steps it took, and what came of it.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

_BATCH = 5  # items: several batches of a short list
_EVERY = 6  # files: what goes in between is no other step
# How far a pass is that looks for what is left stays too, but nothing goes on from it.
_CHANGED = """
select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) from pg_stat_xact_user_tables
where relname <> 'retention_searchpass'
"""


class Steps:
    """Counts the steps of a child, tells each at once, and lets the fault happen at its number."""

    def __init__(self, order: dict[str, Any], tells: int) -> None:
        self.order, self.tells, self.number, self.gone = order, tells, 0, 0
        self.began = time.time() - 0.01  # files are dated by the tick
        self.counted: dict[str, int] = {}

    def watch(self) -> None:
        from django.db.backends.base.base import BaseDatabaseWrapper

        commit = BaseDatabaseWrapper._commit

        def watched_commit(wrapper: Any) -> Any:
            changed = self._changed(wrapper)
            result = commit(wrapper)
            if changed:
                self.taken(f"commit {wrapper.alias}", wrapper)
            return result

        BaseDatabaseWrapper._commit = watched_commit
        for name in ("unlink", "remove", "rename", "replace", "fsync", "rmdir"):
            setattr(os, name, self._watched(f"file {name}", getattr(os, name)))

    def _watched(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **keywords: Any) -> Any:
            result = call(*args, **keywords)
            self.gone += name == "file unlink"
            if name != "file unlink" or self.gone % _EVERY == 1:
                self.taken(name, does_anything=name != "file fsync" or self._is_new(*args))
            return result

        return watched

    def _is_new(self, descriptor: int) -> bool:
        """Whether this child wrote the file: each run puts the ledger on disk once more."""
        return os.fstat(descriptor).st_mtime >= self.began

    def _changed(self, wrapper: Any) -> bool:
        """The server counts on from one transaction to the next, and begins anew now and then."""
        with wrapper.connection.cursor() as cursor:
            (number,) = cursor.execute(_CHANGED).fetchone()
        before = self.counted.get(wrapper.alias, 0)
        self.counted[wrapper.alias] = number
        return number > 0 and number != before

    def taken(self, name: str, wrapper: Any = None, *, does_anything: bool = True) -> None:
        """After a step that does nothing no connection is lost: so nobody would ever get on."""
        self.number += 1
        self.tell(step=name)
        fault = self.order.get("fault")
        if (
            self.number == self.order.get("at")
            or fault == "slow"
            or (fault == "lose" and does_anything)
        ):
            self._meet(self.order["fault"])

    def tell(self, **said: Any) -> None:
        os.write(self.tells, json.dumps(said).encode() + b"\n")

    def _meet(self, fault: str) -> None:
        if fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if fault == "slow":
            time.sleep(0.03)
        if fault == "lose":
            from django.db import connections

            for one in connections.all():
                if one.connection is not None:
                    with socket.socket(fileno=os.dup(one.connection.fileno())) as line:
                        line.shutdown(socket.SHUT_RDWR)


def enter(order: dict[str, Any]) -> None:
    """The databases and places of this order."""
    from django.conf import settings
    from django.db import connections

    for alias, name in order["databases"].items():
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name
    for name, place in order["places"].items():
        setattr(settings, name, Path(place) if name == "LOG_HEADS" else place)
    if order.get("fault") == "full":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        ledger = Path(order["places"]["LEDGER"])
        size = ledger.stat().st_size if ledger.exists() else 0
        most = size + order["at"]
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def work(order: dict[str, Any]) -> None:
    """The nightly job itself, one list whatever state that is in, or what is erased on request."""
    from datetime import date

    from access.acting import Job
    from retention.carrying_out import carry_out
    from retention.erasing import erase_approved
    from retention.keeping_on import carry_on_all
    from retention.models import DestructionList

    job, on = Job("finish_lists"), date.fromisoformat(order["on"])
    if order.get("job") == "erase":
        erase_approved(by=Job("erase_on_request"), on=on)
    elif order["list"]:
        carry_out(made=DestructionList.objects.get(pk=order["list"]), by=job, on=on)
    else:
        carry_on_all(by=job, on=on, again=True)


def child(order: dict[str, Any], tells: int) -> None:
    steps = Steps(order, tells)
    enter(order)
    steps.watch()
    try:
        work(order)
    except BaseException as error:  # noqa: BLE001  told to the test, whatever it is
        with contextlib.suppress(OSError):
            traceback.print_exc()
        steps.tell(raised=type(error).__name__)
        with contextlib.suppress(OSError):
            sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def serve() -> None:
    answers_go_to, sys.stdout = sys.stdout, sys.stderr  # what is logged is kept, wherever it goes
    import django

    django.setup()
    from retention import carrying_out, keeping_on  # noqa: F401  once, not in each child

    carrying_out._BATCH = _BATCH

    for line in sys.stdin:
        order = json.loads(line)
        told = [born(order) for _time in range(order.get("times", 1))]  # all of them at once
        answers = [json.dumps(answer(hears, child)) for hears, child in told]
        answers_go_to.write("".join(f"{one}\n" for one in answers))
        answers_go_to.flush()


def born(order: dict[str, Any]) -> tuple[int, int]:
    """What tells of a new child, and its number."""
    hears, tells = os.pipe()
    number = os.fork()
    if number == 0:
        os.close(hears)
        child(order, tells)
    os.close(tells)
    return hears, number


def answer(hears: int, number: int) -> dict[str, Any]:
    """What a child told until it ended, and how it did."""
    with os.fdopen(hears) as told:
        said = [json.loads(one) for one in told]
    _pid, status = os.waitpid(number, 0)
    steps = [one["step"] for one in said if "step" in one]
    raised = [one["raised"] for one in said if "raised" in one]
    return {"ended": os.waitstatus_to_exitcode(status), "steps": steps, "raised": "".join(raised)}


if __name__ == "__main__":
    serve()
