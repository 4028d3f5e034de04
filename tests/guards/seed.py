"""The cast with a marker of its own in everything that is kept about each pupil.

A marker is one word, unlike any other, that says whose it is and what it stood in. Whatever page
shows it, shows that.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils import timezone

from access.acting import Job, acting_as
from audit.actions import record
from audit.events import PAGE_SEEN
from audit.grounds import Ground
from consent.actions.answering import Choice, answer
from consent.actions.asking import ask_about
from consent.actions.checking import check_consent
from consent.actions.purposes import TextData, add_purpose, put_in_use, write_text
from consent.models import Check, LetterFile, LetterRun, PurposeText, Request, Round
from dossiers.actions.assignments import assign
from dossiers.actions.notes import NoteText
from dossiers.events import NOTE_WRITTEN
from dossiers.kinds import AssignmentKind
from dossiers.models import (
    Agreement,
    Assignment,
    Dossier,
    DossierPart,
    EmergencyCardVersion,
    File,
    FileVersion,
    KeeperNotice,
    MedicalCustodian,
    Note,
    NoteVersion,
    OtherSystemRecord,
)
from dossiers.queries import Description, part_of_records_elsewhere
from dossiers.rules import seals_reason_of
from files.kinds import Kind
from retention.models import DestructionItem
from students.models import (
    Location,
    Parent,
    ParentAddress,
    Parenthood,
    Pupil,
    Representative,
    RosterImport,
    RosterLine,
)
from tests.cast import LONG_AGO, Cast
from tests.guards.patterns import pdf_of, picture_of
from tests.guards.seed_consent import KeptConsent, keep_consent
from tests.guards.seed_findings import SeededFinding, seed_finding
from tests.guards.seed_looks import Looked, look_and_ask
from tests.guards.seed_pictures import SeededPictures, seed_pictures
from tests.guards.seed_retention import (
    ask_to_erase,
    hold_dossier,
    list_for_destruction,
    miss,
    propose_a_term,
)
from vault import blobs
from vault.chunks import seal_file
from vault.sealing import keyring

# What a marker stood in. CONTENT is what row-level security and the vault keep.
NOTES = ("guidance", "reports", "care", "medical")
HOLDS_FILES = (*NOTES, "agreements")
CONTENT = (
    *NOTES,
    *(
        "agreements",
        "withdrawn",
        "card",
        "matter",
        "paper",
        "why",
        "judged",
        "said",
        "hold",
        "asked",
    ),
)
KINDS = (
    "name",
    *CONTENT,
    "elsewhere",
    "reason",
    "parent",
    "address",
    "secret",
    "representative",
)
_AS_PDF = ("application/pdf", "pdf")
_MARKER = re.compile(r"q([a-z]+)x(" + "|".join(KINDS) + r")q")


def marker(pupil: str, kind: str) -> str:
    """The word for one kind of data of one pupil."""
    assert kind in KINDS
    return f"Q{pupil.replace('_', '')}x{kind}q"


def markers_in(text: str) -> set[tuple[str, str]]:
    """(pupil, kind) of every marker in a text, however it was written."""
    return {(m[1], m[2]) for m in _MARKER.finditer(text.lower())}


@dataclass
class Seeded:
    """The cast, and the keys of what was made for each pupil."""

    cast: Cast
    notes: dict[tuple[str, str], Note] = field(default_factory=dict)
    withdrawn: dict[str, Note] = field(default_factory=dict)
    files: dict[tuple[str, str], File] = field(default_factory=dict)
    agreements: dict[str, Agreement] = field(default_factory=dict)
    notices: dict[str, KeeperNotice] = field(default_factory=dict)
    imports: dict[str, RosterImport] = field(default_factory=dict)
    elsewhere: dict[str, OtherSystemRecord] = field(default_factory=dict)
    requests: dict[str, uuid.UUID] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)
    receipts: dict[str, uuid.UUID] = field(default_factory=dict)
    pictures: SeededPictures = field(init=False)
    draft: PurposeText | None = None
    kept: dict[str, KeptConsent] = field(default_factory=dict)
    looked: dict[str, Looked] = field(default_factory=dict)
    findings: dict[str, SeededFinding] = field(default_factory=dict)
    holds: dict[str, uuid.UUID] = field(default_factory=dict)
    erasures: dict[str, uuid.UUID] = field(default_factory=dict)
    term_change: uuid.UUID | None = None
    listed: dict[str, DestructionItem] = field(default_factory=dict)

    def round(self, pupil: str) -> Round:
        """A round of that pupil's school that was begun."""
        cast, there = self.cast, pupil == "foreign"
        return Round.objects.get_or_create(
            school=cast.other_school if there else cast.school,
            school_year=cast.year,
            defaults={
                **dict.fromkeys(("opens_on", "reminds_on", "reminds_again_on"), cast.today),
                "closes_on": cast.today,
                "counts_from": cast.today,
                "counts_until": cast.year.ends_on,
                "started_by": cast.other_director if there else cast.director,
            },
        )[0]

    def letters(self, pupil: str) -> LetterFile:
        """Letters of that pupil's school, made for its director and downloaded."""
        cast, there = self.cast, pupil == "foreign"
        run, _new = LetterRun.objects.get_or_create(
            school=cast.other_school if there else cast.school,
            kind=LetterRun.Kind.LETTERS,
            started_by=cast.other_director if there else cast.director,
            defaults={"finished_at": timezone.now()},
        )
        return LetterFile.objects.get_or_create(
            run=run, number=1, defaults={"people": 0, "downloaded_at": timezone.now()}
        )[0]

    def dossier(self, pupil: str) -> Dossier:
        """The pupil's one dossier."""
        return Dossier.objects.get(pupil=self.cast.pupils[pupil])

    def assignment(self, pupil: str) -> Assignment | None:
        """An assignment to that dossier that is running."""
        rows = Assignment.objects.filter(dossier=self.dossier(pupil), withdrawn_at__isnull=True)
        return rows.order_by("kind", "assigned_at").first()

    def stand_in(self, pupil: str) -> MedicalCustodian:
        """Who stands in for the school doctor at that pupil's school."""
        there = pupil == "foreign"
        cast = self.cast
        return MedicalCustodian.objects.get_or_create(
            school=cast.other_school if there else cast.school,
            user=cast.foreign_counsellor if there else cast.coordinator,
            defaults={
                "starts_on": cast.today,
                "named_by": cast.other_director if there else cast.director,
            },
        )[0]

    def parent(self, pupil: str) -> Parent:
        """A parent of that pupil."""
        return Parent.objects.filter(children__pupil=self.cast.pupils[pupil]).order_by("pk")[0]

    def parents(self, pupil: str) -> list[uuid.UUID]:
        """Keys of every parent of that pupil."""
        rows = Parent.objects.filter(children__pupil=self.cast.pupils[pupil]).order_by("pk")
        return list(rows.values_list("pk", flat=True))

    def location(self, pupil: str) -> Location:
        """A building of the school of that pupil."""
        school = self.cast.other_school if pupil == "foreign" else self.cast.school
        return Location.objects.get_or_create(school=school, name="Gebouw Demo")[0]

    def log_key(self, pupil: str) -> uuid.UUID:
        """How the log points at the pupil."""
        return self.cast.pupils[pupil].log_key


def seed(cast: Cast) -> Seeded:
    """Writes a marker into everything, as the owner, past actions and locks."""
    cast.add_parent("parent_of_other", "other", secret=True)
    cast.add_parent("parent_of_foreign", "foreign", secret=True)
    cast.add_person("parent_teacher", "parent", cast.school.unit)
    cast.add_person("director_who_counsels", "director", cast.school.unit)
    cast.assign("director_who_counsels", "other", by="board_officer")
    _assign_elsewhere(cast)
    seeded = Seeded(cast)
    website = _ask_for_website(cast)
    seeded.draft = _draft(cast, website)
    for key in cast.pupils:
        _mark_pupil(cast, key)
        _mark_family(cast, key)
        _fill_dossier(seeded, key)
        seeded.listed[key] = list_for_destruction(cast, key)
        seeded.imports[key] = _plan_import(cast, key)
        seeded.requests[key] = _log_something(cast, key)
        seeded.checks[key] = _check(cast, key, website)
    for parent, key in _SIGNERS:
        seeded.receipts[key] = _sign(cast, parent, key)
    for key in ("own", "other", "foreign"):
        words = {kind: marker(key, kind) for kind in ("matter", "paper")}
        seeded.kept[key] = keep_consent(cast, key, **words, mentor=marker(key, "representative"))
        seeded.findings[key] = seed_finding(
            cast,
            key,
            request_id=seeded.requests[key],
            judged=marker(key, "judged"),
            said=marker(key, "said"),
        )
    for parent, key in _SIGNERS:
        seeded.looked[key] = look_and_ask(
            cast, key, parent=parent, teacher=_TEACHERS[key], why=marker(key, "why")
        )
        seeded.holds[key] = hold_dossier(cast, key, marker(key, "hold")).pk
        note = seeded.notes[key, "guidance"]
        seeded.erasures[key] = ask_to_erase(cast, key, note, marker(key, "asked")).pk
        miss(cast, key)
    seeded.term_change = propose_a_term(cast).pk
    seeded.pictures = seed_pictures(cast, seeded.checks, lambda key: marker(key, "name"))
    return seeded


_SIGNERS = (("parent", "own"), ("parent_of_other", "other"), ("parent_of_foreign", "foreign"))


_TEACHERS = {
    "own": "counsellor",
    "other": "other_counsellor",
    "foreign": "foreign_counsellor",
}


def _sign(cast: Cast, parent: str, key: str) -> uuid.UUID:
    """Everybody who decides about this pupil is asked; one parent says yes."""
    there = key == "foreign"
    school = cast.other_school if there else cast.school
    keeper, by = (cast.other_director if there else cast.director), cast.people[parent]
    with acting_as(keeper, on=cast.today):
        ask_about(
            pupil=cast.pupils[key], school=school, occasion="single", by=keeper, on=cast.today
        )
    choice = Choice(Request.objects.get(pupil=cast.pupils[key], parent__user=by).pk, True)
    with acting_as(by, on=cast.today):
        (row,) = answer(choices=[choice], language="nl", by=by, on=cast.today)
    return row.receipt_id


def _assign_elsewhere(cast: Cast) -> None:
    with acting_as(cast.other_director, on=cast.today):
        assign(
            dossier=cast.dossier("foreign", cast.other_school),
            user=cast.foreign_counsellor,
            kind=AssignmentKind.COUNSELLOR,
            starts_on=cast.today,
            ends_on=None,
            reason="teaches this group",
            by=cast.other_director,
            on=cast.today,
        )


def _ask_for_website(cast: Cast) -> PurposeText:
    """What the board asks: one purpose with a text in use."""
    by, on = cast.board_officer, cast.today
    with acting_as(by, on=on):
        purpose = add_purpose(board=cast.board, code="website", channel="website", by=by, on=on)
        data = TextData("Demo website", "Demo website", "Mag dit?", "May this be?")
        text = write_text(purpose=purpose, data=data, by=by, on=on)
        return put_in_use(text=text, from_day=on, by=by, on=on)


def _draft(cast: Cast, website: PurposeText) -> PurposeText:
    """Another text for the same, not yet in use."""
    by, on = cast.board_officer, cast.today
    with acting_as(by, on=on):
        data = TextData("Demo website", "Demo website", "Mag dit nu?", "May this be now?")
        return write_text(purpose=website.purpose, data=data, by=by, on=on)


def _check(cast: Cast, key: str, text: PurposeText) -> Check:
    """A photo check of that pupil alone, made at its school."""
    there = key == "foreign"
    by = cast.foreign_counsellor if there else cast.counsellor
    with acting_as(by, on=cast.today):
        return check_consent(
            school=cast.other_school if there else cast.school,
            text=text,
            pupils=[cast.pupils[key].pk],
            day=cast.today,
            by=by,
            on=cast.today,
        )


def _log_something(cast: Cast, key: str) -> uuid.UUID:
    """Two rows about one pupil, at the pupil's school: something written, and a look."""
    dossier = Dossier.objects.get(pupil=cast.pupils[key])
    who = cast.foreign_counsellor if key == "foreign" else cast.counsellor
    with acting_as(who, on=cast.today):
        record(
            PAGE_SEEN,
            by=who,
            subjects=[cast.pupils[key].log_key],
            unit=dossier.school_id,
            ground=Ground.ASSIGNMENT,
        )
    with acting_as(Job("seed"), on=cast.today) as work:
        record(
            NOTE_WRITTEN,
            by=work.by,
            subjects=[cast.pupils[key].log_key],
            unit=dossier.school_id,
        )
    return work.request_id


def _plan_import(cast: Cast, key: str) -> RosterImport:
    """A roster of that pupil's school that waits for a decision, with a line and a question."""
    pupil = cast.pupils[key]
    plan = RosterImport.objects.create(
        school_id=Dossier.objects.get(pupil=pupil).school_id,
        kind=RosterImport.Kind.EDEXML,
        source="Demo",
        school_year=cast.year.name,
        file_hash="0" * 64,
        file_size=1,
        counts={"pupil.changed": 1},
        read_by=cast.administrator,
    )
    word = marker(key, "name")
    person = {
        "key": "key",
        "first_name": word,
        "prefix": "",
        "surname": word,
        "birth_date": None,
        "group_key": "",
    }
    for place, change, doubt in ((1, "changed", ""), (2, "doubtful", "other_key")):
        RosterLine.objects.create(
            roster_import=plan,
            place=place,
            change=change,
            subject="pupil",
            line=place,
            key=f"key-{place}",
            target=str(pupil.pk) if change == "changed" else "",
            before=person,
            after=person,
            doubt=doubt,
            candidates=[str(pupil.pk)] if doubt else [],
        )
    return plan


def _mark_pupil(cast: Cast, key: str) -> None:
    word = marker(key, "name")
    pupil = cast.pupils[key]
    pupil.first_name = pupil.surname = pupil.given_names = word
    Pupil.objects.filter(pk=pupil.pk).update(
        first_name=word, surname=word, given_names=word, **pupil.name_fields()
    )


def _mark_family(cast: Cast, key: str) -> None:
    pupil = cast.pupils[key]
    word = marker(key, "parent")
    for link in Parenthood.objects.filter(pupil=pupil).select_related("parent"):
        parent = link.parent
        parent.first_name = parent.surname = word
        Parent.objects.filter(pk=parent.pk).update(
            first_name=word,
            surname=word,
            email=f"{word}{str(parent.pk)[:4]}@example.org",
            phone=word,
            **parent.name_fields(),
        )
        address = ParentAddress.objects.get(parent=parent)
        place = marker(key, "secret" if address.is_secret else "address")
        ParentAddress.objects.filter(parent=parent).update(
            street=place, postcode=place[:16], city=place
        )
    Representative.objects.create(
        pupil=pupil,
        kind="voogd",
        name=marker(key, "representative"),
        institution=marker(key, "representative"),
        court_decision=marker(key, "representative"),
        starts_on=LONG_AGO,
    )


def _fill_dossier(seeded: Seeded, key: str) -> None:
    cast = seeded.cast
    dossier = seeded.dossier(key)
    parts = {part.kind: part for part in dossier.parts.all()}
    for assignment in Assignment.objects.filter(dossier=dossier):
        _seal_reason(assignment, marker(key, "reason"))
    for kind in NOTES:
        seeded.notes[key, kind] = _add_note(cast, parts[kind], marker(key, kind))
    for kind in HOLDS_FILES:
        seeded.files[key, kind] = _add_file(cast, parts[kind], marker(key, kind))
    withdrawn = _add_file(cast, parts["guidance"], marker(key, "withdrawn"))
    File.objects.filter(pk=withdrawn.pk).update(
        withdrawn_at=withdrawn.created_at, withdrawn_by=cast.counsellor
    )
    seeded.agreements[key] = _add_agreement(cast, parts["agreements"], marker(key, "agreements"))
    seeded.withdrawn[key] = _add_note(cast, parts["guidance"], marker(key, "withdrawn"))
    Note.objects.filter(pk=seeded.withdrawn[key].pk).update(
        withdrawn_at=seeded.withdrawn[key].created_at, withdrawn_by=cast.counsellor
    )
    _add_card(cast, parts["emergency"], marker(key, "card"))
    seeded.elsewhere[key] = _list_elsewhere(dossier, marker(key, "elsewhere"))
    seeded.notices[key] = KeeperNotice.objects.create(
        school_id=dossier.school_id,
        kind=KeeperNotice.Kind.EMERGENCY_CARD,
        dossier=dossier,
        caused_by=cast.safeguarding,
    )


def _seal_reason(assignment: Assignment, word: str) -> None:
    part = assignment.dossier.parts.get(kind=seals_reason_of(AssignmentKind(assignment.kind)))
    sealed = keyring([part.pk]).seal(part.pk, assignment.place, word.encode())
    Assignment.objects.filter(pk=assignment.pk).update(sealed_reason=sealed)


def _list_elsewhere(dossier: Dossier, word: str) -> OtherSystemRecord:
    row = OtherSystemRecord(dossier=dossier)
    part_id = part_of_records_elsewhere(dossier)
    text = {"system": word, "kind": word, "custodian": "Demo", "term": "a year"}
    row.sealed = keyring([part_id]).seal_json(part_id, row.place, text)
    row.save(force_insert=True)
    return row


def _add_note(cast: Cast, part: DossierPart, word: str) -> Note:
    """A note of two versions: the corrected one says the same word."""
    note = Note.objects.create(part=part, author=cast.counsellor, happened_on=cast.today)
    for number in (1, 2):
        version = NoteVersion(note=note, part=part, number=number, author=cast.counsellor)
        _sealed(version, asdict(NoteText(word, word, word)))
    return note


def _add_file(cast: Cast, part: DossierPart, word: str) -> File:
    """A file whose name, bytes and thumbnail say the word.

    In two parts it is a real PDF and a real picture, which the walk draws as the product does.
    """
    file = File.objects.create(part=part, author=cast.counsellor)
    version = FileVersion(file=file, part=part, number=1, author=cast.counsellor)
    kind, data, thumbnail = _content(part.kind, word)
    keys = keyring([part.pk])
    for name, place, sent in (
        ("blob", version.content_place, data),
        ("thumbnail", version.thumbnail_place, thumbnail),
    ):
        setattr(version, name, blobs.keep(seal_file(keys, part.pk, place, sent)))
    media_type, extension = ("image/png", "png") if kind == Kind.PICTURE else _AS_PDF
    what = Description(f"{word}.{extension}", media_type, extension, kind, len(data), pages=1)
    _sealed(version, what.as_json())
    return file


def _content(part: str, word: str) -> tuple[Kind, bytes, bytes]:
    """What a file of that part is, its bytes, and its small picture."""
    if part == "guidance":
        return Kind.PDF, pdf_of(word), picture_of(word)
    if part == "reports":
        return Kind.PICTURE, picture_of(word), picture_of(word)
    return Kind.PDF, word.encode(), word.encode()


def _sealed(row: Any, data: dict[str, Any]) -> None:
    row.sealed = keyring([row.part_id]).seal_json(row.part_id, row.place, data)
    row.save(force_insert=True)


def _add_agreement(cast: Cast, part: DossierPart, word: str) -> Agreement:
    row = Agreement(part=part, author=cast.counsellor, made_on=cast.today, review_on=cast.today)
    _sealed(row, {"text": word, "with_whom": word})
    return row


def _add_card(cast: Cast, part: DossierPart, word: str) -> None:
    row = EmergencyCardVersion(part=part, number=1, author=cast.counsellor)
    _sealed(row, {"allergies": word, "medicine": word, "call": word, "other": word})
