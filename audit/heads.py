"""The newest seal as others print it: on reports, certificates and in the day's mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from audit.models import Seal


@dataclass(frozen=True)
class Head:
    """The end of the chain: everything sealed until then hangs on this hash."""

    number: int
    link_hex: str
    sealed_at: datetime


def newest_head() -> Head | None:
    """The newest seal; none while nothing was sealed yet."""
    seal = Seal.objects.order_by("-position").first()
    return head_of(seal) if seal else None


def head_of(seal: Seal) -> Head:
    """One seal as a head."""
    return Head(seal.position, bytes(seal.link).hex(), seal.sealed_at)
