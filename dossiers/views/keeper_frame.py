"""What the keeper's pages share: which school, and the menu beside."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from access.gate import PortalRequest
from audit.grounds import Ground
from dossiers.models import Dossier
from dossiers.queries import dossiers_kept_by
from dossiers.queries.kept import proposals_kept_by, schools_with_kept_dossiers
from dossiers.queries.staffing import own_children
from dossiers.queries.turn import groups_with_proposals
from students.models import School


def chosen_school(request: PortalRequest) -> tuple[School, list[School]]:
    """The school of this page, and every school that could be chosen; the first one by itself."""
    schools = list(schools_with_kept_dossiers(request.user, on=request.day))
    wanted = request.GET.get("school", "")
    for school in schools:
        if not wanted or str(school.pk) == wanted:
            return school, schools
    raise Http404


def frame(request: PortalRequest, school: School, here: str) -> dict[str, Any]:
    """The menu of a keeper's page and the ground on which it is seen."""
    waiting = proposals_kept_by(request.user, on=request.day).filter(dossier__school=school)
    return {
        "school": school,
        "here": here,
        "waiting": waiting.count(),
        "teams_waiting": len(groups_with_proposals(school, on=request.day)),
        "ground": Ground.CUSTODIAN.label,
        "which": f"?school={school.pk}",
    }


def kept_dossier(request: PortalRequest, dossier_id: uuid.UUID) -> Dossier:
    """A dossier in this keeper's care, named in the log; 404 for any other."""
    found = get_object_or_404(dossiers_kept_by(request.user, on=request.day), pk=dossier_id)
    request.page.names(found, ground=Ground.CUSTODIAN, unit=found.school_id, target=found.pk)
    return found


def is_own(request: PortalRequest, dossier: Dossier) -> bool:
    """Whether the pupil is this keeper's own child."""
    return dossier.pupil_id in own_children(request.user)
