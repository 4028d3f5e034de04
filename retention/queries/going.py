"""What goes with items of destruction lists, as the database names it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from retention.destroyer import as_destroyer


class Named(NamedTuple):
    """What goes with an item: the keys of its parts or of other rows, or of its sealed files."""

    item: uuid.UUID
    what: str  # part, key or blob
    keys: list[str]


def named_by(items: Sequence[uuid.UUID]) -> list[Named]:
    """Every key of the vault and every sealed file that goes with these items.

    Asked as the destroyer, of items that are said to be going: row-level security hides it from
    jobs too.
    """
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute(
            "select item, what, array_agg(key::text) from retention_named_by(%s)"
            " group by item, what",
            [list(items)],
        )
        return [Named(*row) for row in cursor.fetchall()]
