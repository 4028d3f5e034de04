"""What goes with items of destruction lists, as the database names it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from retention.destroyer import as_destroyer


class Named(NamedTuple):
    """Something that goes with an item: a part or another row with a key, or a sealed file."""

    item: uuid.UUID
    what: str  # part, key or blob
    key: uuid.UUID


def named_by(items: Sequence[uuid.UUID]) -> list[Named]:
    """Every key of the vault and every sealed file that goes with these items.

    Asked as the destroyer, of items that are said to be going: row-level security hides it from
    jobs too.
    """
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute("select * from retention_named_by(%s)", [list(items)])
        return [Named(*row) for row in cursor.fetchall()]
