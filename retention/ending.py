"""Kinds of record that no destruction list names: each ends by itself, on a day of its own.

Part of the table in terms.py. What a line promises is done each night by the job of its room, or of
this one (tasks/accounts.py).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from retention.kinds import Ends, Kind

_NEEDED = _("AVG, article 5(1)(e): not longer than needed.")

# What its own room ends, each on a day of its own.
BY_THEMSELVES: tuple[Kind, ...] = (
    Kind(
        code="roster",
        label=_("Roster imports"),
        short=_("Roster"),
        ends=Ends.ITSELF,
        starts=_("An import is applied or cancelled"),
        source=_NEEDED,
        destroys=_(
            "Names that waited go at once, mistakes of a file that could not be read and plans that"
            " nobody finished after two weeks, proposed counsellors when their school year is over;"
            " who approved what stays, without pupils."
        ),
        models=("students.RosterImport", "students.RosterLine", "students.CounsellorProposal"),
    ),
    Kind(
        code="letters",
        label=_("Letters with codes"),
        short=_("Letters"),
        ends=Ends.ITSELF,
        starts=_("They are downloaded or a week old"),
        source=_NEEDED,
        destroys=_(
            "Letters as files, with the codes in them. A code opens nothing once it was used or 60"
            " days are over; that there was one goes with the consent."
        ),
        models=("consent.LetterFile",),
    ),
    Kind(
        code="accounts",
        label=_("Accounts of staff and families"),
        short=_("Accounts"),
        ends=Ends.ITSELF,
        starts=_(
            "30 days after the last role ends, once nothing that is open names that person; of"
            " families, when their last record goes"
        ),
        source=_("AVG, article 32: only who has a task may come in."),
        destroys=_(
            "User name, e-mail address, password, second factor, sessions and invitations. The name"
            " of who worked here, and in which roles, stays with what they wrote and decided."
        ),
        models=(
            "access.User",
            "access.Membership",
            "access.Invitation",
            "dossiers.MedicalCustodian",
            "account.EmailAddress",
            "account.EmailConfirmation",
            "mfa.Authenticator",
            "usersessions.UserSession",
            "sessions.Session",
        ),
    ),
    Kind(
        code="findings",
        label=_("Findings and reports over the log"),
        short=_("Findings"),
        ends=Ends.ITSELF,
        starts=_("The month of the log they rest on leaves"),
        source=_("AVG, articles 5(2) and 32: who looked can be shown."),
        destroys=_(
            "What was found, judged and replied, and an assent of the MR that was withdrawn then."
            " About a pupil who is held it stays as long. Signed reports stay: they name no pupil."
        ),
        models=(
            "oversight.Finding",
            "oversight.FindingRow",
            "oversight.Judgement",
            "oversight.JudgementNote",
            "oversight.Reply",
            "oversight.Assent",
            "oversight.SignedReport",
        ),
    ),
    Kind(
        code="proofs",
        label=_("Proof of what was destroyed"),
        short=_("Proof"),
        ends=Ends.ITSELF,
        starts=_("Never: it names no pupil"),
        source=_("AVG, article 5(2): the school must be able to show what it did."),
        destroys=_("Nothing. It says which staff reviewed, approved and confirmed, and when."),
        models=("retention.Certificate", "retention.OtherSystemConfirmation"),
    ),
    Kind(
        code="log",
        label=_("The log"),
        short=_("Log"),
        ends=Ends.ITSELF,
        starts=_("The term of the log is over, and two people of each board decided"),
        source=_("AVG, articles 5(2) and 32: who looked can be shown."),
        destroys=_(
            "Whole months. Rows name no pupil once the pupil's data are gone. Who set the term,"
            " decided, or had the log checked stays."
        ),
        models=(
            "audit.LogEntry",
            "audit.LogTerm",
            "audit.LogEnd",
            "audit.LogCheck",
            "audit.RefusalCount",
        ),
    ),
    Kind(
        code="marks",
        label=_("What is looked for after a destruction"),
        short=_("Marks"),
        ends=Ends.ITSELF,
        starts=_("The destruction list is closed"),
        source=_("AVG, article 5(2): that nothing is left can be shown."),
        destroys=_(
            "The key with which names and numbers of destroyed records were sealed, and in which"
            " rows the same was found. In which table stays."
        ),
        models=("retention.Gathered", "retention.Leftover", "retention.LeftoverJudgement"),
    ),
)
