"""Who may open which dossier: of one pupil, of a group, of a school. In few queries."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from access.models import User
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, Dossier
from dossiers.queries.staffing import own_children
from students.models import Enrolment, Group, GroupMembership, School
from students.names import search_words

# A pupil with one of these has somebody; medical or emergency readers do not counsel.
COUNSELLING_KINDS = (
    AssignmentKind.COUNSELLOR.value,
    AssignmentKind.SUBSTITUTE.value,
    AssignmentKind.SHORT.value,
)
_SOON = timedelta(days=14)


def running(rows: QuerySet[Assignment], *, on: date) -> QuerySet[Assignment]:
    """Assignments that open a dossier on `on`."""
    return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


def still_open(rows: QuerySet[Assignment], *, on: date) -> QuerySet[Assignment]:
    """Assignments that open a dossier on `on` or will later."""
    return rows.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on) & Q(ends_on__gte=F("starts_on"))
    )


@dataclass
class Readers:
    """Who may open one dossier now, who will, and who could."""

    now: list[Assignment] = field(default_factory=list)
    coming: list[Assignment] = field(default_factory=list)
    earlier: list[Assignment] = field(default_factory=list)


def sort_readers(rows: Iterable[Assignment], *, on: date) -> Readers:
    """Divides assignments by the day; one replaced by another end does not count twice."""
    found = Readers()
    for row in rows:
        ended = row.ends_on is not None and row.ends_on < max(on, row.starts_on)
        if ended:
            found.earlier.append(row)
        elif row.starts_on > on:
            found.coming.append(row)
        else:
            found.now.append(row)
    found.earlier.sort(key=lambda row: (row.ends_on or on, row.starts_on), reverse=True)
    return found


@dataclass
class PupilLine:
    """A pupil in a keeper's list."""

    dossier: Dossier
    groups: list[str]
    readers: list[Assignment]
    is_own_child: bool


def pupil_lines(dossiers: Sequence[Dossier], keeper: User, *, on: date) -> list[PupilLine]:
    """Groups and counsellors of some pupils: three queries, however many they are."""
    readers: dict[uuid.UUID, list[Assignment]] = defaultdict(list)
    keys = [dossier.pk for dossier in dossiers]
    rows = running(Assignment.objects.filter(dossier__in=keys), on=on)
    for row in rows.exclude(kind="emergency").select_related("user").order_by("user__name", "pk"):
        readers[row.dossier_id].append(row)
    groups = _groups_of(dossiers, on=on)
    own = own_children(keeper)
    return [
        PupilLine(
            dossier,
            groups[dossier.pupil_id, dossier.school_id],
            readers[dossier.pk],
            dossier.pupil_id in own,
        )
        for dossier in dossiers
    ]


def _groups_of(
    dossiers: Sequence[Dossier], *, on: date
) -> dict[tuple[uuid.UUID, uuid.UUID], list[str]]:
    found: dict[tuple[uuid.UUID, uuid.UUID], list[str]] = defaultdict(list)
    places = GroupMembership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        starts_on__lte=on,
        enrolment__pupil__in=[dossier.pupil_id for dossier in dossiers],
    )
    names = places.values_list("enrolment__pupil", "enrolment__school", "group__name")
    for pupil_id, school_id, name in names.order_by("group__name"):
        found[pupil_id, school_id].append(name)
    return found


@dataclass(frozen=True)
class Sought:
    """What a keeper looks for in the list of pupils."""

    typed: str = ""
    group: uuid.UUID | None = None
    without_counsellor: bool = False
    left: bool = False


def sought_pupils(
    rows: QuerySet[Dossier], school: School, sought: Sought, *, on: date
) -> QuerySet[Dossier]:
    """Narrows a keeper's dossiers; accents and prefixes of names don't count."""
    enrolled = Enrolment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        pupil=OuterRef("pupil"),
        school=OuterRef("school"),
    )
    rows = rows.filter(school=school)
    rows = rows.filter(~Exists(enrolled)) if sought.left else rows.filter(Exists(enrolled))
    for word in search_words(sought.typed):
        rows = rows.filter(pupil__search_name__contains=f" {word}")
    if sought.group:
        places = GroupMembership.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on),
            enrolment__pupil=OuterRef("pupil"),
            group=sought.group,
        )
        rows = rows.filter(Exists(places))
    if sought.without_counsellor:
        rows = rows.filter(~Exists(_counsellors(on)))
    return rows.order_by("pupil__sort_name", "pk")


def _counsellors(on: date) -> QuerySet[Assignment]:
    return running(
        Assignment.objects.filter(dossier=OuterRef("pk"), kind__in=COUNSELLING_KINDS), on=on
    )


@dataclass
class GroupLine:
    """A group on the keeper's board."""

    group: Group
    pupils: int = 0
    without: int = 0
    team: list[str] = field(default_factory=list)
    substitutes: list[str] = field(default_factory=list)


def group_lines(groups: Sequence[Group], *, on: date) -> list[GroupLine]:
    """How many pupils each group has, its team, and how many pupils have nobody: two queries."""
    lines = {group.pk: GroupLine(group) for group in groups}
    places = (
        GroupMembership.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on),
            Q(enrolment__ends_on__isnull=True) | Q(enrolment__ends_on__gte=on),
            group__in=lines,
        )
        .annotate(
            has_somebody=Exists(
                running(
                    Assignment.objects.filter(
                        dossier__pupil=OuterRef("enrolment__pupil"),
                        dossier__school=OuterRef("enrolment__school"),
                        kind__in=COUNSELLING_KINDS,
                    ),
                    on=on,
                )
            )
        )
        .values_list("group", "has_somebody")
        .order_by()
    )
    for group_id, has_somebody in places:
        lines[group_id].pupils += 1
        lines[group_id].without += not has_somebody
    given = still_open(Assignment.objects.filter(group__in=lines), on=on)
    team = given.order_by("user__name").values_list("group", "user__name", "kind").distinct()
    for group_id, name, kind in team:
        line = lines[group_id]
        (line.substitutes if kind == "substitute" else line.team).append(name)
    return list(lines.values())


@dataclass
class TeamMember:
    """Somebody who was given a group, as a keeper sees them: for how many pupils, until when."""

    user: User
    kind: str
    kind_label: str
    starts_on: date
    ends_on: date | None
    pupils: int = 0


def team_of(group: Group, *, on: date) -> list[TeamMember]:
    """Who has the group now or soon: one query."""
    found: dict[tuple[uuid.UUID, str], TeamMember] = {}
    rows = still_open(Assignment.objects.filter(group=group), on=on).select_related("user")
    for row in rows.order_by("user__name", "pk"):
        member = found.setdefault(
            (row.user_id, row.kind),
            TeamMember(row.user, row.kind, row.get_kind_display(), row.starts_on, row.ends_on),
        )
        member.pupils += 1
        member.starts_on = min(member.starts_on, row.starts_on)
        both = member.ends_on is not None and row.ends_on is not None
        member.ends_on = max(member.ends_on, row.ends_on) if both else None  # type: ignore[type-var]  # both are days here
    return list(found.values())


def numbers_of(school: School, *, on: date) -> dict[str, int]:
    """The few numbers that matter at one school: without anybody, and ending soon."""
    here = Dossier.objects.filter(school=school)
    soon = running(Assignment.objects.filter(dossier__school=school), on=on).filter(
        ends_on__lte=on + _SOON, kind__in=COUNSELLING_KINDS
    )
    return {
        "pupils": sought_pupils(here, school, Sought(), on=on).count(),
        "without": sought_pupils(here, school, Sought(without_counsellor=True), on=on).count(),
        "ending": soon.count(),
    }


def pupils_per_person(rows: QuerySet[Assignment], *, on: date) -> dict[uuid.UUID, int]:
    """How many dossiers each person may open today."""
    counted = (
        running(rows, on=on)
        .values("user")
        .order_by()
        .annotate(number=Count("dossier", distinct=True))
    )
    return {row["user"]: row["number"] for row in counted}
