"""Every table that holds something about a person, and with what it ends.

`retention/terms.py` takes this over in its own issue. A model that stands in neither list fails
tests/guards/test_models.py: put it in PERSONAL with what its end follows, or in NOT_PERSONAL with
what it holds instead.
"""

from __future__ import annotations

PERSONAL: dict[str, str] = {
    # the pupil and what the school wrote down
    "students.Pupil": "the pupil's last kind of record",
    "students.PupilSourceKey": "the pupil",
    "students.Enrolment": "the pupil; attendance administration, five years by law",
    "students.GroupMembership": "the enrolment",
    "students.Representative": "the pupil",
    "dossiers.Dossier": "three years after leaving (P9)",
    "dossiers.DossierPart": "the dossier",
    "dossiers.Note": "the dossier part",
    "dossiers.NoteVersion": "the dossier part",
    "dossiers.File": "the dossier part",
    "dossiers.FileVersion": "the dossier part; its blobs go with it",
    "dossiers.Agreement": "the dossier part",
    "dossiers.EmergencyCardVersion": "the dossier part",
    "dossiers.OtherSystemRecord": "the dossier; the certificate lists it apart",
    "dossiers.Assignment": "the dossier",
    "dossiers.AssignmentProposal": "the dossier",
    "dossiers.DossierPartPermission": "the assignment",
    "dossiers.KeeperNotice": "the dossier",
    "students.CounsellorProposal": "the import",
    "students.RosterImport": "who read and approved it: the log; counts and a hash for the rest",
    "students.RosterLine": "gone once its import is applied or cancelled",
    # consent: the proof lives as long as what the school does with it
    "consent.Request": "the pupil; proof of what was asked",
    "consent.Answer": "the pupil; a photo's proof as long as the school uses the photo",
    "consent.Scan": "its answers; its blob goes with it",
    "consent.ScannedAnswer": "the scan",
    "consent.Receipt": "the answers on it",
    "consent.ReceiptPaper": "the receipt; its key is destroyed with it",
    "consent.Check": "what was published on it",
    "consent.Code": "its own expiry",
    "consent.CheckedPupil": "the check",
    "consent.Sending": "the parent or pupil; with the requests it told of",
    "consent.LetterFile": "its download, or a week: then only when and how many",
    "consent.CourtOrder": "the pupil",
    "consent.Objection": "the pupil",
    "consent.SafetyBlock": "the pupil",
    "consent.UnableDecision": "the pupil",
    "consent.UnreachableDecision": "the pupil",
    "consent.OrderCoverage": "the representative",
    # parents follow their last child (P11)
    "students.Parent": "the last child",
    "students.ParentAddress": "the parent",
    "students.ParentSourceKey": "the parent",
    "students.Parenthood": "the pupil",
    "students.Authority": "the parenthood",
    # people who can sign in
    "access.User": "the last membership, and the log's own names stay as they were",
    "access.Membership": "the user",
    "access.Invitation": "its own expiry",
    "dossiers.MedicalCustodian": "the user",
    "account.EmailAddress": "the user",
    "account.EmailConfirmation": "its own expiry",
    "mfa.Authenticator": "the user",
    "usersessions.UserSession": "the session",
    "sessions.Session": "twelve hours",
    # the log
    "audit.RefusalCount": "some minutes: then a number in the log",
    "audit.LogEntry": "names of staff as then; pupils by a key that dies with them",
}

NOT_PERSONAL: dict[str, str] = {
    "access.Unit": "boards and schools",
    "consent.Purpose": "what a board asks consent for",
    "consent.PurposeText": "texts that everybody reads",
    "consent.Round": "dates and counts",
    "consent.LetterRun": "counts, and who asked for letters",
    "students.Board": "boards",
    "students.School": "schools",
    "students.Location": "buildings",
    "students.SchoolYear": "dates",
    "students.Group": "names of groups",
    "students.RosterProgress": "numbers",
    "vault.PartKey": "keys without names",
    "access.User_groups": "kept empty",
    "access.User_user_permissions": "kept empty",
    "auth.Group": "kept empty",
    "auth.Group_permissions": "kept empty",
    "auth.Permission": "names of permissions",
    "contenttypes.ContentType": "names of tables",
    "guardian.UserObjectPermission": "kept empty",
    "guardian.GroupObjectPermission": "kept empty",
    "procrastinate.ProcrastinateJob": "keys of work to do",
    "procrastinate.ProcrastinateEvent": "keys of work done",
    "procrastinate.ProcrastinatePeriodicDefer": "times",
    "procrastinate.ProcrastinateWorker": "programs",
}
