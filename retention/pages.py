"""What the pages of this room are called in the log."""

from django.utils.functional import Promise

PAGES: dict[str, Promise] = {}
