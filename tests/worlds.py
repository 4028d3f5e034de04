"""Worlds: databases in which something stands already, filled once for each worker.

Making the cast takes longer than most tests that need it. So each worker keeps, beside its empty
databases, a copy of them for each world. A test begins in the world that its fixtures name, in a
transaction as ever, which leaves that world as it was; what was made comes as a copy of its own.
A test that commits gets empty databases of its own, which go with it.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.databases import Databases

Build = Callable[[], Any]


@dataclass(frozen=True)
class World:
    """Connections to the databases of one world, and what its builder gave."""

    connections: dict[str, BaseDatabaseWrapper]
    made: bytes = b""


class Worlds:
    """The worlds of this process, each built when the first test asks for it."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._empty = World({alias: connections[alias] for alias in connections})
        self._names = {alias: settings.DATABASES[alias]["NAME"] for alias in connections}
        self._worlds: dict[str, World] = {}
        self.now_in = ""

    @contextmanager
    def within(self, name: str, build: Build) -> Iterator[None]:
        """The databases of the world `name`; `build` fills them when nobody did before."""
        if name not in self._worlds:
            self._worlds[name] = self._build(name, build)
        self._enter(self._worlds[name])
        self.now_in = name
        try:
            yield
        finally:
            self.now_in = ""
            self._enter(self._empty)

    @contextmanager
    def of_its_own(self, like: str = "", build: Build | None = None) -> Iterator[None]:
        """Databases in which a test may commit; afterwards they are gone.

        Empty ones, or a copy of the world `like`, which `build` fills when nobody did before.
        """
        if build is not None and like not in self._worlds:
            self._worlds[like] = self._build(like, build)
        world = World(self._copies("own", like))
        self._enter(world)
        try:
            yield
        finally:
            self._enter(self._empty)
            self._drop(world)

    def made_in(self, name: str) -> Any:
        """A copy of what the builder of a world gave, for one test to change."""
        return pickle.loads(self._worlds[name].made)

    def end(self) -> None:
        """Throws the databases away."""
        for world in self._worlds.values():
            self._drop(world)
        self._worlds = {}

    def _build(self, name: str, build: Build) -> World:
        copies = self._copies(name)
        self._enter(World(copies))
        try:
            with ExitStack() as stack:
                for alias in copies:
                    stack.enter_context(transaction.atomic(using=alias))
                made = pickle.dumps(build())
                for one in copies.values():
                    one.run_on_commit = []  # in a test nothing is committed either
            for one in copies.values():
                with one.cursor() as cursor:
                    cursor.execute("analyze")  # as autovacuum does within a minute
        finally:
            self._enter(self._empty)
        return World(copies, made)

    def _copies(self, name: str, like: str = "") -> dict[str, BaseDatabaseWrapper]:
        copies, originals = {}, {}
        if like:
            for one in self._worlds[like].connections.values():
                one.close()  # nobody may be connected to what is copied
            originals = _names_of(self._worlds[like])
        for alias, database in self._databases.copy(name, originals).items():
            copies[alias] = connections[alias].copy()
            copies[alias].settings_dict["NAME"] = database
        return copies

    def _drop(self, world: World) -> None:
        for one in world.connections.values():
            one.close()
        self._databases.drop(_names_of(world))

    def _enter(self, world: World) -> None:
        """Also a thread that a test starts finds these databases."""
        names = self._names if world is self._empty else _names_of(world)
        for alias, one in world.connections.items():
            settings.DATABASES[alias]["NAME"] = names[alias]
            connections[alias] = one


def _names_of(world: World) -> dict[str, str]:
    return {alias: one.settings_dict["NAME"] for alias, one in world.connections.items()}
