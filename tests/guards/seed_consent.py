"""What stands in the administration of consent, with a marker: matters, papers, codes, a mentor."""

from __future__ import annotations

from dataclasses import dataclass

from access.acting import acting_as
from consent.actions.asking import ask_about
from consent.actions.codes import make_code
from consent.actions.matters import About, record_objection
from consent.actions.recording import Way, record_answers
from consent.actions.scans import Sent
from consent.models import Answer, Code, Objection, Request, Scan
from files.intake import Clean
from files.kinds import PDF
from students.models import Representative
from tests.cast import LONG_AGO, Cast

_SIGNERS = {"own": "parent", "other": "parent_of_other", "foreign": "parent_of_foreign"}


@dataclass(frozen=True)
class KeptConsent:
    """The keys of what was recorded about one pupil."""

    objection: Objection
    answer: Answer
    scan: Scan
    code: Code
    mentor: Representative


def keep_consent(cast: Cast, key: str, *, matter: str, paper: str, mentor: str) -> KeptConsent:
    """An objection and a scanned paper that say these words, an open code, and a mentor."""
    pupil, there = cast.pupils[key], key == "foreign"
    school = cast.other_school if there else cast.school
    by, on = (cast.other_director if there else cast.director), cast.today
    clean = Clean(
        content=paper.encode(),
        kind=PDF.kind,
        media_type=PDF.media_type,
        extension=PDF.extension,
        name=f"{paper}.pdf",
        pages=1,
        changes=(),
    )
    with acting_as(by, on=on):
        ask_about(pupil=pupil, school=school, occasion="single", by=by, on=on)
        request = Request.objects.get(pupil=pupil, parent__user=cast.people[_SIGNERS[key]])
        done = record_answers(
            said=[(request, True)],
            way=Way(on, "paper", "nl"),
            scan=Sent(lambda: clean),
            by=by,
            on=on,
        )
        objection = record_objection(
            about=About(pupil, school, matter), comes_from="pupil", by=by, on=on
        )
        code, _words = make_code(
            pupil=pupil, parent=request.parent, school=school, route="handed", by=by, on=on
        )
    assert done.scan is not None
    return KeptConsent(
        objection=objection,
        answer=done.answers[0],
        scan=done.scan,
        code=code,
        mentor=Representative.objects.create(
            pupil=pupil,
            kind="mentor",
            name=mentor,
            court_decision=mentor,
            starts_on=LONG_AGO,
        ),
    )
