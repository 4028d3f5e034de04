"""What stands below the items of a destruction list once it is carried out.

Each section has a template of its own (`retention/lists/_search.html`, `_other_systems.html`,
`_certificate.html`), which gets `made` and what is added here.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from access.gate import PortalRequest
from retention.closing_words import conditions, stopped, why_stopped
from retention.forms.closing import OtherSystemsForm
from retention.models import DestructionList
from retention.queries.closing import closing_of
from retention.queries.leftovers import Searched, searched
from retention.rules.closing import Stop


def sections(request: PortalRequest, made: DestructionList) -> dict[str, Any]:
    """The context of those sections; nothing before a list is carried out."""
    if made.begun_at is None:
        return {}
    return _closing(request, made, searched(made, request.user, on=request.day))


def _closing(
    request: PortalRequest, made: DestructionList, search: Searched | None
) -> dict[str, Any]:
    """What was found, what the list waits for, what other systems hold, the certificate."""
    closing = closing_of(made, request.user, on=request.day, now=timezone.now())
    because = why_stopped(made)
    if because is None and closing.silent_since:
        because = stopped(Stop.SILENT, closing.silent_since)
    return {
        "searched": search,
        "closing": closing,
        "because": because,
        "conditions": conditions(
            closing.waits_for,
            because,
            is_something_found=search is not None and bool(search.hard or search.waits),
        ),
        "asks": {
            "systems": closing.may_confirm and any(not one.said for one in closing.systems),
            "findings": search is not None and search.may_judge and bool(search.waits),
        },
        "systems_form": (
            OtherSystemsForm(systems=closing.systems) if closing.has_answers_to_give else None
        ),
    }
