"""Somebody with a Dutch name, sorted and found without accents and prefixes."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from students import names


class Named(models.Model):
    """A name in its parts, and the columns that follow it."""

    first_name = models.CharField(_("first name"), max_length=64, blank=True)
    prefix = models.CharField(_("prefix"), max_length=20, blank=True)
    surname = models.CharField(_("surname"), max_length=200, blank=True)
    sort_name = models.CharField(max_length=270, editable=False)
    search_name = models.CharField(max_length=500, editable=False)

    class Meta:
        abstract = True

    @property
    def said_first(self) -> str:
        """What people call them."""
        return self.first_name

    @property
    def found_by(self) -> tuple[str, ...]:
        """The names by which they are found."""
        return (self.first_name, self.surname)

    @property
    def name(self) -> str:
        """The name as people say it."""
        return names.full_name(self.said_first, self.prefix, self.surname)

    def name_fields(self) -> dict[str, Any]:
        """The derived columns that follow the names; actions store them with every change."""
        return {
            "sort_name": names.sort_text(self.surname, self.said_first)[:270],
            "search_name": names.search_text(*self.found_by)[:500],
        }
