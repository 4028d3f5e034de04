"""What stands below the items of a destruction list once it is carried out.

Each section has a template of its own (`retention/lists/_search.html`, `_other_systems.html`,
`_certificate.html`), which gets `made` and what is added here.
"""

from __future__ import annotations

from typing import Any

from access.gate import PortalRequest
from retention.closing_words import conditions
from retention.forms.closing import OtherSystemsForm
from retention.models import DestructionList
from retention.queries.closing import closing_of
from retention.queries.leftovers import searched


def sections(request: PortalRequest, made: DestructionList) -> dict[str, Any]:
    """The context of those sections; nothing before a list is carried out."""
    if made.begun_at is None:
        return {}
    return {"searched": searched(made, request.user, on=request.day)} | _closing(request, made)


def _closing(request: PortalRequest, made: DestructionList) -> dict[str, Any]:
    """What the list waits for, what other systems hold, the certificate."""
    closing = closing_of(made, request.user, on=request.day)
    return {
        "closing": closing,
        "conditions": conditions(closing.waits_for),
        "systems_form": (
            OtherSystemsForm(systems=closing.systems) if closing.has_answers_to_give else None
        ),
    }
