"""Who may see which rows of the dossiers. Every page of this room starts here."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from dossiers.models import (
    Agreement,
    Assignment,
    Dossier,
    DossierPart,
    DossierPartPermission,
    EmergencyCardVersion,
    File,
    FileVersion,
    KeeperNotice,
    Note,
    NoteVersion,
)
from students.models import Enrolment

VIEW = "view_dossierpart"
CHANGE = "change_dossierpart"


def permissions_on(user: User, day: date, codename: str) -> QuerySet[DossierPartPermission]:
    """The dated object permissions of `user` that count on `day`, at schools they work at.

    An assignment left open opens nothing for who left the school or whose account was closed.
    """
    workplaces = [m.unit_id for m in user.memberships_on(day) if m.role_class.is_staff]
    return DossierPartPermission.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=day),
        user=user,
        permission__codename=codename,
        starts_on__lte=day,
        school__in=workplaces if user.is_active else [],
    )


@visibility_of(DossierPart.objects.all)
def parts_visible_to(rows: QuerySet[DossierPart], user: User, day: date) -> QuerySet[DossierPart]:
    """Parts that an assignment opens to `user` on `day`."""
    return rows.filter(pk__in=permissions_on(user, day, VIEW).values("content_object"))


@visibility_of(lambda: DossierPart.objects.select_related("dossier__pupil"))
def parts_writable_by(rows: QuerySet[DossierPart], user: User, day: date) -> QuerySet[DossierPart]:
    """Parts that an assignment lets `user` add to on `day`."""
    return rows.filter(pk__in=permissions_on(user, day, CHANGE).values("content_object"))


@visibility_of(lambda: Dossier.objects.select_related("pupil", "school__unit"))
def dossiers_visible_to(rows: QuerySet[Dossier], user: User, day: date) -> QuerySet[Dossier]:
    """Dossiers of which at least one part is open to `user` on `day` (P2)."""
    return rows.filter(pk__in=permissions_on(user, day, VIEW).values("content_object__dossier"))


@visibility_of(lambda: Dossier.objects.select_related("pupil", "school__unit"))
def dossiers_kept_by(rows: QuerySet[Dossier], user: User, day: date) -> QuerySet[Dossier]:
    """Headers of the dossiers in `user`'s care as keeper: assignments, not content (P7)."""
    units = user.units_with(Permission.MANAGE_ASSIGNMENTS, day)
    return rows.filter(Q(school__in=units) | Q(school__unit__parent__in=units))


@visibility_of(lambda: Note.objects.select_related("author", "part"))
def notes_visible_to(rows: QuerySet[Note], user: User, day: date) -> QuerySet[Note]:
    """Notes in open parts that were not withdrawn."""
    return rows.filter(
        part__in=permissions_on(user, day, VIEW).values("content_object"), withdrawn_at__isnull=True
    )


@visibility_of(lambda: Note.objects.select_related("author", "part__dossier__pupil"))
def notes_changeable_by(rows: QuerySet[Note], user: User, day: date) -> QuerySet[Note]:
    """Notes in parts that `user` may add to: to correct, or to withdraw one of their own."""
    return rows.filter(
        part__in=permissions_on(user, day, CHANGE).values("content_object"),
        withdrawn_at__isnull=True,
    )


@visibility_of(lambda: NoteVersion.objects.select_related("author"))
def note_versions_visible_to(
    rows: QuerySet[NoteVersion], user: User, day: date
) -> QuerySet[NoteVersion]:
    """Versions of notes in open parts."""
    return rows.filter(
        part__in=permissions_on(user, day, VIEW).values("content_object"),
        note__withdrawn_at__isnull=True,
    )


_STANDING_FILE = Q(withdrawn_at__isnull=True, note__withdrawn_at__isnull=True)


@visibility_of(lambda: File.objects.select_related("author", "part__dossier__pupil", "note"))
def files_visible_to(rows: QuerySet[File], user: User, day: date) -> QuerySet[File]:
    """Files in open parts that were not withdrawn, nor the note they belong to."""
    return rows.filter(
        _STANDING_FILE, part__in=permissions_on(user, day, VIEW).values("content_object")
    )


@visibility_of(lambda: File.objects.select_related("author", "part__dossier__pupil", "note"))
def files_changeable_by(rows: QuerySet[File], user: User, day: date) -> QuerySet[File]:
    """Files in parts that `user` may add to: to replace, to move, to withdraw their own."""
    return rows.filter(
        _STANDING_FILE, part__in=permissions_on(user, day, CHANGE).values("content_object")
    )


@visibility_of(lambda: FileVersion.objects.select_related("author"))
def file_versions_visible_to(
    rows: QuerySet[FileVersion], user: User, day: date
) -> QuerySet[FileVersion]:
    """Versions of files that are visible."""
    return rows.filter(
        part__in=permissions_on(user, day, VIEW).values("content_object"),
        file__withdrawn_at__isnull=True,
        file__note__withdrawn_at__isnull=True,
    )


@visibility_of(lambda: Agreement.objects.select_related("author", "part__dossier__pupil"))
def agreements_visible_to(rows: QuerySet[Agreement], user: User, day: date) -> QuerySet[Agreement]:
    """Agreements in open parts."""
    return rows.filter(part__in=permissions_on(user, day, VIEW).values("content_object"))


@visibility_of(lambda: Agreement.objects.select_related("author", "part__dossier__pupil"))
def agreements_changeable_by(
    rows: QuerySet[Agreement], user: User, day: date
) -> QuerySet[Agreement]:
    """Agreements still standing that `user` may renew or close."""
    return rows.filter(
        part__in=permissions_on(user, day, CHANGE).values("content_object"), closed_at__isnull=True
    )


@visibility_of(lambda: EmergencyCardVersion.objects.select_related("author"))
def cards_visible_to(
    rows: QuerySet[EmergencyCardVersion], user: User, day: date
) -> QuerySet[EmergencyCardVersion]:
    """Versions of emergency cards in open parts."""
    return rows.filter(part__in=permissions_on(user, day, VIEW).values("content_object"))


@visibility_of(lambda: Dossier.objects.select_related("pupil", "school__unit"))
def dossiers_found_in_an_emergency(
    rows: QuerySet[Dossier], user: User, day: date
) -> QuerySet[Dossier]:
    """Dossiers of pupils now at a school where `user` works; not of an own child.

    Only for finding whose emergency card to ask for: it opens nothing by itself.
    """
    enrolments = Enrolment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=day),
        pupil=OuterRef("pupil"),
        school=OuterRef("school"),
        starts_on__lte=day,
    )
    rows = rows.filter(school__in=user.units_with(Permission.READ_EMERGENCY_CARD, day))
    return rows.filter(Exists(enrolments)).exclude(pupil__parenthoods__parent__user=user)


@visibility_of(lambda: Dossier.objects.select_related("pupil", "school__unit"))
def dossiers_listed_elsewhere_by(
    rows: QuerySet[Dossier], user: User, day: date
) -> QuerySet[Dossier]:
    """Dossiers of which `user` sees and keeps the list of what other systems hold.

    That is for counsellors of the pupil and for director and administration of the school.
    """
    mine = permissions_on(user, day, CHANGE).values("content_object__dossier")
    units = user.units_with(Permission.SEE_SCHOOL_PUPILS, day)
    return rows.filter(Q(pk__in=mine) | Q(school__in=units))


@visibility_of(
    lambda: KeeperNotice.objects.select_related(
        "dossier__pupil", "school__unit", "caused_by", "assignment", "seen_by"
    )
)
def keeper_notices_visible_to(
    rows: QuerySet[KeeperNotice], user: User, day: date
) -> QuerySet[KeeperNotice]:
    """Notices about the dossiers in `user`'s care; not what they did themselves, no own child."""
    units = user.units_with(Permission.MANAGE_ASSIGNMENTS, day)
    rows = rows.filter(Q(school__in=units) | Q(school__unit__parent__in=units))
    return rows.exclude(caused_by=user).exclude(dossier__pupil__parenthoods__parent__user=user)


def assignment_of(user: User, dossier: Dossier, *, on: date) -> Assignment | None:
    """The assignment on which `user` opens `dossier` today: the longest standing one."""
    return (
        Assignment.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on),
            user=user,
            dossier=dossier,
            starts_on__lte=on,
        )
        .order_by("starts_on")
        .first()
    )
