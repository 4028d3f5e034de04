"""By what destroyed rows would be known: gathered as they go, sealed under a key of their list.

Each table hands its marks over by a trigger (retention_gathers), so that no kind of record and no
table can be forgotten. They are kept until the list is closed; then their key is destroyed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from access.errors import Refused
from retention.destroyer import as_destroyer
from retention.models import DestructionList, Gathered
from retention.searching.sieve import FIELD, ROW, Sieve
from vault.errors import Unreadable
from vault.models import PartKey
from vault.router import KEYS
from vault.sealing import Keyring, create_keys, keyring


@contextmanager
def gathering(made: uuid.UUID | None) -> Iterator[list[str]]:
    """Keeps by what everything that is deleted within would be known; `made` is the list.

    None: no list here knows of it, so nothing is kept.

    In the transaction of the deletion itself: either both stand, or none. Where nothing was
    deleted that stands too: so marks that nobody gathered are known from marks that are not there.
    Gives the keys of the rows that went, and of their files, once they did.
    """
    keys: list[str] = []
    with transaction.atomic():
        _tell("yes", "")
        yield keys
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('portal.gone', true)")
            (gone,) = cursor.fetchone()
        _tell("", "")
        marks = gone.split(ROW) if gone else []
        keys += [mark[1:] for mark in marks if mark[:1] == "k"]
        if made is not None:
            _keep(made, marks)


def _tell(gathers: str, gone: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('portal.gathering', %s, true), set_config('portal.gone', %s, true)",
            [gathers, gone],
        )


def _keep(made: uuid.UUID, marks: list[str]) -> None:
    row = Gathered(list_id=made, number=len(marks))
    row.sealed = keys_of(made, new=True).seal(made, row.place, ROW.join(marks).encode())
    with as_destroyer():
        row.save(force_insert=True)


def keys_of(made: uuid.UUID, *, new: bool = False) -> Keyring:
    """The key of a list; made when it is not there yet and `new`."""
    if new and not PartKey.objects.filter(pk=made).exists():
        create_keys([made])
    return keyring([made])


class Marks:
    """All marks of a list, ready to be looked for. Raises Unreadable when one row does not open."""

    def __init__(self, made: uuid.UUID) -> None:
        self.sieve = Sieve()
        self.families: set[str] = set()
        self.batches = 0
        keys = keys_of(made)
        with as_destroyer():
            for row in Gathered.objects.filter(list=made).order_by("pk").iterator(chunk_size=4):
                self.batches += 1
                for mark in keys.open(made, row.place, row.sealed).decode().split(ROW):
                    self._take(mark[:1], mark[1:])

    def _take(self, sort: str, value: str) -> None:
        if sort == "k":
            self.sieve.add_key(bytes.fromhex(value))
        elif sort == "d":
            self.sieve.add_digest(value)
        elif sort == "n":
            self.sieve.add_name(*value.split(FIELD, 1))
        elif sort == "w":
            self.sieve.add_word(value)
        elif sort == "f":
            self.families.add(value)


def sealed_json(
    made: uuid.UUID, place: str, said: dict[str, object], keys: Keyring | None = None
) -> bytes:
    """Something about the marks, sealed under the key of their list."""
    return (keys or keys_of(made)).seal_json(made, place, said)


def opened_json(
    made: uuid.UUID, place: str, sealed: bytes | memoryview, keys: Keyring
) -> dict[str, object]:
    """What `sealed_json` made; nothing once the list is closed and its key gone."""
    try:
        return keys.open_json(made, place, sealed)
    except Unreadable:
        return {}


def forget(*, made: DestructionList) -> None:
    """Destroys the key of a closed list's marks, then the marks; done twice it does nothing.

    In this order: while there are marks, `forget_closed` finds the list again. Call it outside a
    door. Raises Refused while the list is open: it could never be searched again.
    """
    with as_destroyer():
        if not DestructionList.objects.filter(pk=made.pk, closed_at__isnull=False).exists():
            raise Refused(_("What a list destroyed is looked for until it is closed."))
    with as_destroyer(KEYS):
        PartKey.objects.filter(part_id=made.pk).delete()
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute("select retention_forget_marks(%s)", [made.pk])


def forget_closed() -> int:
    """Forgets what a run that was cut off did not: the marks of closed lists. Says of how many."""
    with as_destroyer():
        rows = DestructionList.objects.filter(closed_at__isnull=False, gathered__isnull=False)
        closed = list(rows.order_by("pk").distinct())
    for made in closed:
        forget(made=made)
    return len(closed)
