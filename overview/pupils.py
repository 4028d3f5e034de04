"""Pages about one pupil that combine rooms: what is allowed, for the pupil's own counsellors."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from access.gate import PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from consent import queries as consent_queries
from dossiers import queries as dossier_queries


@page(Permission.READ_CONSENT, shows=Shows.PUPIL)
def own_pupil_consent(request: PortalRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """What is allowed for a pupil whose dossier is open to me, and why: nobody's answer, no name.

    Never for an own child: the reason tells what the other parent answered.
    """
    user, day = request.user, request.day
    found = get_object_or_404(dossier_queries.dossiers_visible_to(user, on=day), pk=dossier_id)
    reads = found.school_id in user.units_with(Permission.READ_CONSENT, day)
    if not reads or dossier_queries.is_own_child(user, found):
        raise Http404
    assignment = dossier_queries.assignments_to(user, [found], on=day).get(found.pk)
    ground = assignment.ground if assignment else Ground.NONE
    request.page.names(found, ground=ground, unit=found.school_id)
    outcomes = consent_queries.outcomes_of(found.pupil, found.school, on=day)
    context = {"dossier": found, "outcomes": outcomes, "ground": ground.label}
    return render(request, "overview/own_pupil_consent.html", context)
