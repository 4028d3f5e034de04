"""What is told of damage after a page was sent."""

from __future__ import annotations

from access.acting import Work, acting_as
from audit.actions import record_damage
from dossiers.models import FileVersion
from dossiers.queries import damage_of


def tell_broken_off(version: FileVersion, work: Work) -> None:
    """One more row of a request that was answered already: its file broke off in the middle."""
    with acting_as(work.by, on=work.on, work=work):
        work.meets(damage_of(version))
        record_damage(work)
