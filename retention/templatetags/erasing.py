"""Whether the way to ask for an erasure is offered on a page about a dossier."""

from __future__ import annotations

from typing import Any

from django import template

from access.gate import PortalRequest
from access.permissions import Permission
from dossiers.models import Dossier
from retention.queries.erasures import dossiers_to_erase_from_visible_to

register = template.Library()


@register.simple_tag(takes_context=True)
def may_ask_erasure(context: dict[str, Any], dossier: Dossier) -> bool:
    """Whether the reader may ask to erase something of this dossier."""
    request: PortalRequest = context["request"]
    if not request.user.memberships_with(Permission.ASK_ERASURE, request.day):
        return False
    rows = dossiers_to_erase_from_visible_to(request.user, on=request.day)
    return rows.filter(pk=dossier.pk).exists()
