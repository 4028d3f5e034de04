"""Which dossiers belong to the pupils of a group."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from dossiers.models import Dossier
from students.models import Group, GroupMembership


def dossiers_of_group(group: Group, *, on: date) -> QuerySet[Dossier]:
    """Dossiers, at the group's school, of the pupils with a place in it on `on` or later."""
    places = GroupMembership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        Q(enrolment__ends_on__isnull=True) | Q(enrolment__ends_on__gte=on),
        group=group,
    )
    return (
        Dossier.objects.select_related("pupil", "school__unit")
        .filter(school=group.school_id, pupil__in=places.values("enrolment__pupil"))
        .order_by("pupil__sort_name", "pk")
    )
