"""A column of kept fields that nobody reads in the database: names and addresses that wait."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models

from access import seals

_PURPOSE = b"portal roster plan"


def sealed_json(fields: dict[str, Any]) -> str:
    """Fields as they are stored, readable only with the master key; nothing for none."""
    return seals.seal(json.dumps(fields), _PURPOSE) if fields else ""


if TYPE_CHECKING:
    _Text = models.TextField[dict[str, Any], dict[str, Any]]
else:
    _Text = models.TextField


class SealedJSON(_Text):
    """Fields of a line, sealed whenever they are stored."""

    def from_db_value(self, value: str | None, *_how: Any) -> dict[str, Any]:
        """The fields again."""
        fields: dict[str, Any] = json.loads(seals.unseal(value, _PURPOSE)) if value else {}
        return fields

    def get_prep_value(self, value: dict[str, Any]) -> str:
        """What is stored."""
        return sealed_json(value)
