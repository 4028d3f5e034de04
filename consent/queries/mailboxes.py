"""At which e-mail address somebody alone is reached: a code in a shared mailbox is read by two."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.db.models.functions import Lower

from access.models import User
from students.models import Parent, Representative


def own_address(parent: Parent, shared: set[str]) -> str:
    """The e-mail address at which this parent alone is reached; empty when there is none."""
    user = parent.user
    if user is not None and user.is_active and user.has_usable_password() and user.email:
        return user.email
    address = parent.email or ""
    return "" if address.lower() in shared else address


def shared_address(parent: Parent) -> bool:
    """Whether the parent's address is also somebody else's: then no mail tells a code there."""
    return bool(parent.email) and (parent.email or "").lower() in shared_addresses([parent])


def shared_addresses(parents: Iterable[Parent]) -> set[str]:
    """Addresses of these parents that another parent, account or representative has as well."""
    owners: dict[str, set[tuple[str, uuid.UUID | None]]] = defaultdict(set)
    wanted = {parent.email.lower() for parent in parents if parent.email}
    alike = Parent.objects.annotate(low=Lower("email")).filter(low__in=wanted)
    for key, low in alike.filter(user=None).values_list("pk", "low"):
        owners[low].add(("parent", key))
    for key, low in alike.exclude(user=None).values_list("user_id", "low"):
        owners[low].add(("user", key))
    accounts = User.objects.annotate(low=Lower("email")).filter(low__in=wanted)
    for key, low in accounts.values_list("pk", "low"):
        owners[low].add(("user", key))
    others = Representative.objects.annotate(low=Lower("email")).filter(low__in=wanted)
    for key, low in others.values_list("pk", "low"):
        owners[low].add(("representative", key))
    return {low for low, who in owners.items() if len(who) > 1}
