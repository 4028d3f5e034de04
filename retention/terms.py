"""Each kind of record: how long it is kept, from when, on which ground, and what is destroyed.

These are the defaults of every board; what a board set stands in `retention.models.TermChange`. A
model that holds personal data and stands in no kind fails tests/retention/test_terms.py: add it to
the kind with which it ends, here or (what no list destroys) in ending.py.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from retention.ending import BY_THEMSELVES
from retention.kinds import Kind
from retention.rules import Span, Start

_LEFT = _("The last day at school")
_PROMISE = _(
    "Promise of the schools: dossiers are destroyed three years after the pupil leaves. "
    "AVG, article 5(1)(e): not longer than needed."
)
_ACCOUNTABLE = _("AVG, articles 5(2) and 7(1): the school must be able to show it.")
_THREE = Span(3, Start.LEFT)

# What goes by destruction lists: an item for each pupil, school and kind.
OF_PUPILS: tuple[Kind, ...] = (
    Kind(
        code="guidance",
        label=_("Dossier: guidance, reports, care, emergency card"),
        short=_("Dossier"),
        starts=_LEFT,
        source=_PROMISE,
        destroys=_("Notes, reports and files of these parts, and who could open them."),
        span=_THREE,
        parts=("guidance", "reports", "care", "emergency"),
        models=(
            "dossiers.DossierPart",
            "dossiers.Note",
            "dossiers.NoteVersion",
            "dossiers.File",
            "dossiers.FileVersion",
            "dossiers.EmergencyCardVersion",
            "dossiers.Assignment",
            "dossiers.AssignmentProposal",
            "dossiers.DossierPartPermission",
            "dossiers.KeeperNotice",
            "dossiers.OtherSystemRecord",
        ),
    ),
    Kind(
        code="medical",
        label=_("Dossier: medical part"),
        short=_("Medical"),
        starts=_LEFT,
        source=_PROMISE,
        destroys=_("Medical notes and files in the care of the school doctor."),
        span=_THREE,
        parts=("medical",),
        models=(),
    ),
    Kind(
        code="agreements",
        label=_("Dossier: agreements"),
        short=_("Agreements"),
        starts=_LEFT,
        source=_PROMISE,
        destroys=_("Agreements with parents and others, and their files."),
        span=_THREE,
        parts=("agreements",),
        models=("dossiers.Agreement",),
    ),
    Kind(
        code="consent",
        label=_("Consent: questions, answers and proofs"),
        short=_("Consent"),
        starts=_("The last day at school, and no picture is in use any more"),
        source=_ACCOUNTABLE,
        destroys=_(
            "Questions, answers, codes, receipts, papers, decisions about who answers; what"
            " families asked about who looked, whom a pupil let see it, and what was held back."
        ),
        span=_THREE,
        waits_for_pictures=True,
        models=(
            "consent.Request",
            "consent.Answer",
            "consent.Correction",
            "consent.Code",
            "consent.Scan",
            "consent.ScannedAnswer",
            "consent.Receipt",
            "consent.ReceiptPaper",
            "consent.CourtOrder",
            "consent.Objection",
            "consent.SafetyBlock",
            "consent.UnableDecision",
            "consent.UnreachableDecision",
            "consent.OrderCoverage",
            "oversight.LookLeave",
            "oversight.LookQuestion",
            "oversight.HoldBack",
            "students.Representative",
        ),
    ),
    Kind(
        code="pictures",
        label=_("Pictures: checks, publications and recordings"),
        short=_("Pictures"),
        starts=_("The last day at school, and no picture is in use any more"),
        source=_ACCOUNTABLE,
        destroys=_("Which pictures the pupil was in, checks before them, proofs of removal."),
        span=_THREE,
        waits_for_pictures=True,
        models=(
            "consent.Check",
            "consent.CheckedPupil",
            "consent.Publication",
            "consent.PublishedPupil",
            "consent.Removal",
            "consent.TakeDown",
            "consent.Recording",
            "consent.RecordedPupil",
        ),
    ),
    Kind(
        code="parents",
        label=_("Parents: contact data and authority"),
        short=_("Parents"),
        starts=_("The last day at school of their last child here"),
        source=_("Promise of the schools: parents' data are kept for the same purpose only."),
        destroys=_("Names, addresses, e-mail and telephone of parents without another child here."),
        span=_THREE,
        after=("consent",),
        waits_for_pictures=True,
        follows_family=True,
        models=(
            "students.Parent",
            "students.ParentAddress",
            "students.ParentSourceKey",
            "students.Parenthood",
            "students.Authority",
            "consent.FilmingRequest",
            "consent.NoticeConfirmation",
            "consent.Sending",
        ),
    ),
    Kind(
        code="administration",
        label=_("Administration: enrolment and attendance"),
        short=_("Administration"),
        starts=_("The last day at school, and nothing else of the pupil is kept here"),
        source=_("Besluit bekostiging WPO: five years after leaving, by law."),
        destroys=_("When the pupil was at school and in which groups, and the pupil's name."),
        span=Span(5, Start.LEFT),
        least=5,
        after=("guidance", "medical", "agreements", "consent", "pictures"),
        waits_for_pictures=True,
        is_last=True,
        models=(
            "students.Pupil",
            "students.PupilSourceKey",
            "students.Enrolment",
            "students.GroupMembership",
            "dossiers.Dossier",
            "retention.Hold",
            "retention.HoldWords",
            "retention.HoldReview",
            "retention.Erasure",
            "retention.ErasureWords",
            "retention.Absence",
            "retention.EndedKind",
            "retention.Leaver",
        ),
    ),
)

KINDS: dict[str, Kind] = {kind.code: kind for kind in (*OF_PUPILS, *BY_THEMSELVES)}
PARENTS = next(kind for kind in OF_PUPILS if kind.follows_family)
LAST = next(kind for kind in OF_PUPILS if kind.is_last)


def kind_of_part(part_kind: str) -> Kind:
    """With which kind of record a part of a dossier ends."""
    return next(kind for kind in OF_PUPILS if part_kind in kind.parts)


def labels_of_models() -> dict[str, str]:
    """Each model that holds personal data, and the code of the kind with which it ends."""
    return {label: kind.code for kind in KINDS.values() for label in kind.models}


def in_order(codes: Iterable[str]) -> list[Kind]:
    """The kinds of pupils with these codes, in the order in which they are destroyed."""
    wanted = set(codes)
    return [kind for kind in OF_PUPILS if kind.code in wanted]
