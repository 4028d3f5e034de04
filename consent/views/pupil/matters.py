"""Recording what outranks answers or changes who answers, and looking at one of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from consent import queries
from consent.actions import matters
from consent.actions.decisions import (
    change_coverage,
    decide_unable_on_advice,
    decide_unreachable_for,
    record_rulings,
)
from consent.forms import matters as forms
from consent.models import PurposeText
from consent.views.pupil.frame import Kept, Words, answer, around, kept_pupil
from students.models import Representative, School

_RECORDS: dict[str, Any] = {
    "shows": Shows.PUPIL,
    "methods": ("GET", "POST"),
    "kind": Kind.CHANGE,
}


_BLOCK = Words(
    _("Place a safety block"),
    _(
        "For a secret address or a threat. From now on every publication of this pupil is a no, at"
        " every school of the board, whatever anybody answered. The director lifts it."
    ),
    _("Place the block"),
    _("The safety block stands. Look whether something of this pupil is published."),
    is_grave=True,
)
_ORDER = Words(
    _("Record a court order"),
    _(
        "A court decided in the place of a parent, or forbade something. What it decided comes"
        " before every answer. Choose only what the decision names."
    ),
    _("Record the order"),
    _("The court order is recorded."),
)
_UNABLE = Words(
    _("The pupil can't decide"),
    _(
        "Only on the written advice of an expert, and at most for a year. Parents (until 18) or a"
        " representative answer in the meantime. The pupil's own no still counts."
    ),
    _("Record the decision"),
    _("The decision is recorded. Ask the others who decide now, below."),
)
_UNREACHABLE = Words(
    _("A parent can't be reached"),
    _(
        "The answer of this parent is not waited for. It never goes over a no: when this parent"
        " said no, that stays a no."
    ),
    _("Record the decision"),
    _("The decision is recorded. This parent is not waited for."),
)


@page(Permission.RECORD_CONSENT, **_RECORDS)
def place_safety_block(
    request: PortalRequest, school_id: uuid.UUID, pupil_id: uuid.UUID
) -> HttpResponse:
    """From now on nobody shows this pupil anywhere."""
    kept = kept_pupil(request, pupil_id, school_id)
    form = forms.SafetyBlockForm(request.POST or None)
    return _recorded(request, kept, form, matters.place_safety_block, dict, _BLOCK)


@page(Permission.DECIDE_CONSENT, **_RECORDS)
def record_court_order(
    request: PortalRequest, school_id: uuid.UUID, pupil_id: uuid.UUID
) -> HttpResponse:
    """What a court decided about one or more purposes."""
    kept = kept_pupil(request, pupil_id, school_id)
    form = forms.CourtOrderForm(request.POST or None, texts=_texts(request, kept.school))
    return _recorded(
        request, kept, form, record_rulings, lambda: {"rulings": form.rulings()}, _ORDER
    )


@page(Permission.DECIDE_CONSENT, **_RECORDS)
def decide_unable(
    request: PortalRequest, school_id: uuid.UUID, pupil_id: uuid.UUID
) -> HttpResponse:
    """On written advice: the pupil can't decide some of these questions."""
    kept = kept_pupil(request, pupil_id, school_id)
    texts = _texts(request, kept.school)
    form = forms.UnableForm(request.POST or None, texts=texts, today=request.day)
    return _recorded(
        request,
        kept,
        form,
        decide_unable_on_advice,
        lambda: {"advice": form.advice(), **_chosen(form)},
        _UNABLE,
    )


@page(Permission.DECIDE_CONSENT, **_RECORDS)
def decide_unreachable(
    request: PortalRequest, school_id: uuid.UUID, pupil_id: uuid.UUID
) -> HttpResponse:
    """A parent can't be reached, and is not waited for."""
    kept = kept_pupil(request, pupil_id, school_id)
    form = forms.UnreachableForm(
        request.POST or None,
        texts=_texts(request, kept.school),
        parents=queries.parents_of(kept.pupil),
        initial={"parent": request.GET.get("parent", "")},
    )
    return _recorded(
        request,
        kept,
        form,
        decide_unreachable_for,
        lambda: {"parent": form.chosen_parent, **_chosen(form)},
        _UNREACHABLE,
    )


def _recorded(
    request: PortalRequest,
    kept: Kept,
    form: Any,
    action: Callable[..., object],
    said: Callable[[], dict[str, Any]],
    words: Words,
) -> HttpResponse:
    """Records one matter about this pupil; `said` reads the rest from the form once it is valid."""
    return answer(
        request,
        form,
        lambda: action(about=_about(kept, form), **said(), by=request.user, on=request.day),
        words=words,
        context=around(request, kept),
    )


def _chosen(form: Any) -> dict[str, Any]:
    """For which purposes a director decides, and until when."""
    return {"purposes": form.chosen("purposes"), "until": form.cleaned_data["until"]}


@page(Permission.RECORD_CONSENT, **_RECORDS)
def order_coverage(
    request: PortalRequest, school_id: uuid.UUID, representative_id: uuid.UUID
) -> HttpResponse:
    """Which purposes the order of a curator or mentor covers."""
    rows = queries.represented_pupils_kept_by(request.user, on=request.day)
    found = get_object_or_404(rows.exclude(kind=Representative.Kind.VOOGD), pk=representative_id)
    kept = kept_pupil(request, found.pupil_id, school_id)
    covered = queries.coverage_of(kept.pupil).get(found.pk, [])
    form = forms.CoverageForm(
        request.POST or None,
        texts=_texts(request, kept.school),
        now=[row.purpose_id for row in covered],
    )
    return answer(
        request,
        form,
        lambda: change_coverage(
            representative=found,
            covers=form.chosen("covers"),
            seen=form.shown,
            school=kept.school,
            by=request.user,
            on=request.day,
        ),
        words=Words(
            _("What the order covers"),
            _(
                "Read it in the court's decision. Where it covers a question this representative"
                " answers it, also after 16."
            ),
            _("Save"),
            _("What the order covers is recorded."),
        ),
        context=around(request, kept) | {"person_name": found.name, "decision": found},
    )


def _about(kept: Kept, form: Any) -> matters.About:
    return matters.About(kept.pupil, kept.school, form.cleaned_data["words"])


def _texts(request: PortalRequest, school: School) -> list[PurposeText]:
    return list(queries.texts_in_use(school.board_id, request.day))
