"""What the role codes of an EDEXML file mean, in words with the code beside it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# EDEXML 2.1, EDEXLeerkrachtRolType.
_MEANINGS: dict[str, Promise] = {
    "ADJ": _("deputy head"),
    "ADM": _("office"),
    "CON": _("caretaker"),
    "DIR": _("head of the school"),
    "IB": _("care coordinator"),
    "ICT": _("computers"),
    "KLA": _("classroom assistant"),
    "LOC": _("head of a location"),
    "LOS": _("teaching support"),
    "LRK": _("teacher"),
    "OUD": _("parent who helps"),
    "OWA": _("teaching assistant"),
    "RT": _("remedial teacher"),
    "SMW": _("school social work"),
    "STA": _("student on placement"),
    "TAL": _("supervisor of tests"),
    "VAK": _("subject teacher"),
}


def roles_in_words(codes: Iterable[object]) -> str:
    """`teacher (LRK), care coordinator (IB)`; a code nobody knows stands as it is."""
    return ", ".join(_in_words(str(code)) for code in codes)


def _in_words(code: str) -> str:
    meaning = _MEANINGS.get(code.upper())
    return f"{meaning} ({code})" if meaning else code
