"""What a kind of record is; the kinds themselves stand in terms.py."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

from retention.rules import Span


class Ends(StrEnum):
    """How a kind ends."""

    ITEM = "item"  # by a destruction list: an item for each pupil, school and kind
    ITSELF = "itself"  # by its own room, on a day of its own


@dataclass(frozen=True)
class Kind:
    """One kind of record. `starts` is the starting event, `source` the legal source, in words."""

    code: str
    label: Promise
    short: Promise  # for the head of a column
    starts: Promise
    source: Promise
    destroys: Promise
    models: tuple[str, ...]
    ends: Ends = Ends.ITEM
    span: Span | None = None
    least: int = 1  # years that a law demands; a board sets no less
    parts: tuple[str, ...] = ()  # kinds of parts of a dossier
    after: tuple[str, ...] = ()  # kinds that must be due too before this one is
    waits_for_pictures: bool = False
    follows_family: bool = False
    is_last: bool = False  # the pupil's own row goes with it

    def __post_init__(self) -> None:
        if (self.ends is Ends.ITEM) != (self.span is not None):
            raise ValueError(f"{self.code}: what goes by lists has a term, and nothing else has")

    @property
    def may_be_set(self) -> bool:
        """Whether a board can set another term."""
        return self.ends is Ends.ITEM

    @property
    def default(self) -> Span:
        """The term of a board that set none."""
        assert self.span is not None
        return self.span
