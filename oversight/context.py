"""What every template knows: whether families read that somebody opened this page."""

from __future__ import annotations

from django.http import HttpRequest

from oversight.rules.looks import SHOWN


def families_see(request: HttpRequest) -> dict[str, bool]:
    """`families_see`: the record line says so on these pages, and nowhere else."""
    match = request.resolver_match
    return {"families_see": bool(match and match.view_name in SHOWN)}
