"""What the school promises parents, and how far the software keeps it (mission: P1 to P24)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """How far a promise is kept."""

    KEPT = "kept", _("kept")
    IN_PART = "in-part", _("in part")
    NOT_YET = "not-yet", _("not yet")


@dataclass(frozen=True)
class Promise:
    """One promise: its number, what is promised, how the software keeps it and where."""

    code: str
    sentence: Words
    state: State = State.NOT_YET
    how: Words | str = ""
    kept_by: tuple[str, ...] = ()

    @property
    def badge(self) -> str:
        """The badge beside it; the state stands in words too."""
        return {State.KEPT: "yes", State.IN_PART: "open", State.NOT_YET: "neutral"}[self.state]


PROMISES: tuple[Promise, ...] = (
    Promise(
        "P1",
        _("The dossier is everything the school has recorded about a pupil."),
        State.KEPT,
        _(
            "Each pupil has one dossier per school, made at enrolment. It has parts with notes, "
            "files and agreements, and a list of what other systems keep."
        ),
        ("dossiers/models/dossiers.py", "dossiers/models/files.py", "dossiers/actions/opening.py"),
    ),
    Promise(
        "P2",
        _("Only a pupil's own counsellors in the school can open the dossier."),
        State.KEPT,
        _(
            "The director assigns counsellors, with a start, an end and a reason. Nobody else "
            "opens a dossier, whatever their role. Nobody assigns themselves."
        ),
        (
            "dossiers/rules",
            "dossiers/queries/visible.py",
            "dossiers/actions/assignments.py",
            "dossiers/migrations/0002_locks.py",
            "oversight/rules/findings.py",
        ),
    ),
    Promise(
        "P3",
        _("The school shares nothing with another body without consent given beforehand."),
    ),
    Promise(
        "P4",
        _("A request for consent says with which party, which information, and why."),
    ),
    Promise(
        "P5",
        _("Under 12 the parents consent, from 12 parents and pupil together, from 16 the pupil."),
        State.KEPT,
        _(
            "One rule works out who decides on a day, and what holds. Each person answers with an "
            "account of their own, signs, and gets a receipt. The database refuses an answer of "
            "anybody else."
        ),
        ("consent/rules", "consent/actions/answering.py", "consent/models/receipts.py"),
    ),
    Promise(
        "P6",
        _("Medical files are in the care of the school doctor."),
        State.KEPT,
        _(
            "The medical part has readers of its own: the school doctor or a stand-in whom the "
            "director names. Counsellors and directors do not see it."
        ),
        ("dossiers/rules", "dossiers/models/assignments.py"),
    ),
    Promise(
        "P7",
        _("All other data are managed by the director."),
        State.IN_PART,
        _(
            "The director or deputy assigns and withdraws counsellors, and takes a misplaced note "
            "out of sight, and holds a dossier that must be kept. Inspections and corrections come "
            "later."
        ),
        (
            "dossiers/actions/assignments.py",
            "dossiers/actions/notes.py",
            "retention/actions/holds.py",
        ),
    ),
    Promise(
        "P8",
        _("Parents can inspect the dossier, under supervision."),
    ),
    Promise(
        "P9",
        _("Dossiers are destroyed three years after the pupil leaves."),
        State.KEPT,
        _(
            "Each kind of record has a term that two people set. What falls due comes onto a list "
            "that the director reviews and a second person approves. Then it is destroyed, keys "
            "first, everything is searched for what is left, and a certificate closes the list. "
            "What is held can be destroyed by nobody: the database refuses."
        ),
        (
            "retention/terms.py",
            "retention/rules/due.py",
            "retention/queries/due.py",
            "retention/rules/lists.py",
            "retention/carrying_out.py",
            "retention/searching/looking.py",
            "retention/finishing.py",
            "retention/migrations/0006_holds_are_locked.py",
            "retention/migrations/0015_each_kind_goes_through_an_item.py",
        ),
    ),
    Promise(
        "P10",
        _("Pupils are discussed in meetings to follow progress and agree on support."),
    ),
    Promise(
        "P11",
        _("Parents' data are kept for the same purpose only."),
        State.IN_PART,
        _(
            "Parents' contact data are seen by the administration of the school only. A secret "
            "address is seen by administrator and director. They fall due when the last child of "
            "the family has left long enough. Destroying itself comes later."
        ),
        ("students/models/parents.py", "students/queries/visible.py", "retention/rules/due.py"),
    ),
    Promise(
        "P12",
        _("The board keeps a personnel file for appointment and pay."),
    ),
    Promise(
        "P13",
        _("Photos and film are made and used only with consent, asked each school year."),
        State.KEPT,
        _(
            "Each use is a question of its own. Everybody who decides is asked at enrolment and "
            "once a school year, by mail or letter, with two reminders. No answer counts as no. "
            "Staff look before each picture who may be in it, and that check is kept."
        ),
        (
            "consent/rules",
            "consent/actions/rounds.py",
            "consent/actions/ahead.py",
            "consent/actions/sending.py",
            "consent/actions/checking.py",
        ),
    ),
    Promise(
        "P14",
        _("Lesson recordings serve the teacher's own teaching and never leave the school."),
        State.KEPT,
        _(
            "Before a lesson is recorded, the register says who must stay out of view. It knows "
            "one purpose only, and nothing can publish or hand over what it holds. Each recording "
            "has a last day, and the teacher is reminded to delete it."
        ),
        (
            "consent/models/recordings.py",
            "consent/actions/recordings.py",
            "consent/migrations/0010_pictures_are_locked.py",
        ),
    ),
    Promise(
        "P15",
        _("A parent who wants to film at school first asks the others and the director."),
        State.KEPT,
        _(
            "Each family is asked whether other parents may film their child. A parent asks the "
            "director for an occasion and a day, and reads yes, no or the conditions. Staff see "
            "who may not be filmed; parents do not."
        ),
        ("consent/actions/filming.py", "consent/queries/filming.py"),
    ),
    Promise(
        "P16",
        _("Parents publish pictures of others only with their consent."),
        State.KEPT,
        _(
            "Each parent reads the board's notice once a school year and confirms it, online or on "
            "paper. The administration sees who has not. A confirmation never changes."
        ),
        ("consent/models/notices.py", "consent/actions/notices.py"),
    ),
    Promise(
        "P17",
        _("Every employee received the code of conduct on social media."),
    ),
    Promise(
        "P18",
        _("A privacy protocol is in force only after the parents in the council assented."),
    ),
    Promise(
        "P19",
        _("Every employee signed to keep to the protocol."),
    ),
    Promise(
        "P20",
        _("Parents can see which information is recorded and shared."),
        State.IN_PART,
        _(
            "Every look, change and refusal is a row in the log, with who, when and on which "
            "ground. Parents with authority, and pupils from 12, see who opened the dossier, and "
            "ask why. They see what is asked, their answers, what holds and why, and what the "
            "school knows of them. What was shared with others comes later."
        ),
        (
            "audit/middleware.py",
            "audit/models/entries.py",
            "oversight/rules/looks.py",
            "oversight/queries/looks.py",
            "oversight/actions/questions.py",
            "consent/queries/family.py",
            "consent/queries/about_me.py",
        ),
    ),
    Promise(
        "P21",
        _("Suspected abuse follows the five steps of the Meldcode."),
    ),
    Promise(
        "P22",
        _("Data are well secured and only staff of the school can reach them."),
        State.KEPT,
        _(
            "Staff sign in with a second factor. Texts and files of dossiers are encrypted. Two "
            "locks, in the software and in the database, keep strangers out."
        ),
        (
            "access/gate.py",
            "access/acting.py",
            "access/rights.py",
            "vault/sealing.py",
            "vault/chunks.py",
            "files/intake.py",
            "files/sandbox.py",
            "dossiers/migrations/0002_locks.py",
            "dossiers/migrations/0009_files.py",
            "oversight/actions/findings.py",
            "oversight/actions/reports.py",
            "oversight/migrations/0004_findings_and_assents_are_locked.py",
        ),
    ),
    Promise(
        "P23",
        _("Parents can inspect, correct, erase, restrict, copy and object (AVG)."),
        State.IN_PART,
        _(
            "A note, a file or an agreement is erased on request: one person asks, with a ground "
            "and the day by which the school answers, a second person decides. Other requests "
            "come later."
        ),
        ("retention/rules/erasures.py", "retention/actions/erasures.py", "retention/erasing.py"),
    ),
    Promise(
        "P24",
        _("Only what guidance needs is recorded, and staff keep it confidential."),
        State.KEPT,
        _(
            "There is no room for what guidance does not need: a roster's other columns are "
            "dropped. Facts stand apart from opinions. Every use is recorded."
        ),
        ("students/models/pupils.py", "students/roster/edexml.py", "dossiers/actions/notes.py"),
    ),
)
