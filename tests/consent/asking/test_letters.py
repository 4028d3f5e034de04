"""Letters and slips: for whom, with what on them, made once and downloaded once."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pypdf
import pytest
from django.db import DatabaseError

from access.acting import Job, acting_as
from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from audit.models import LogEntry
from consent.actions import letters
from consent.actions.codes import make_code, try_code
from consent.actions.letters import (
    fetch_letters,
    make_next_letters,
    start_letters,
    throw_letters_away,
    to_write_to,
    write_letter,
)
from consent.codes import link_of
from consent.documents.letters import Letter, letters_pdf, qr_picture
from consent.models import Code, LetterFile, LetterRun, Sending
from consent.tasks import let_make_letters, make_letters
from students.models import Parent, Parenthood, Pupil

pytestmark = pytest.mark.promise("P13")
DAY = timedelta(days=1)
CODE = re.compile(r"\b[a-z2-9]{5}-[a-z2-9]{4}-[a-z2-9]{4}\b")


def read(data: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def offline(cast, key: str, *children: str, secret: bool = False) -> Parent:
    """A parent without account and address for mail."""
    parent = cast.add_parent(key, *children, secret=secret)
    Parent.objects.filter(pk=parent.pk).update(user=None)
    User.objects.filter(pk=cast.people[key].pk).update(email=None)
    return Parent.objects.get(pk=parent.pk)


@pytest.fixture
def unreached(asked):
    """Two parents of "own" without e-mail, one at a secret address; a pupil without account."""
    cast = asked.cast
    offline(cast, "here", "own")
    offline(cast, "hidden", "own", secret=True)
    Pupil.objects.filter(pk=cast.pupils["fifteen"].pk).update(user=None)
    asked.ask("own", "eleven", "fifteen")
    return asked


def start(asked, kind: str = "letters", *, by: str = "administrator", again=False, on=None, **part):
    school = {"school": asked.cast.school, "group": part.get("group")}
    return asked.act(start_letters, by=by, kind=kind, is_again=again, on=on, **school)


def made(asked, row: LetterRun, *, by: str = "administrator") -> list[LetterFile]:
    while row.finished_at is None:
        row = asked.act(make_next_letters, by=by, run_id=row.pk)
    return list(row.files.all())


def fetched(asked, file: LetterFile, *, by: str = "administrator") -> list[str]:
    return read(asked.act(fetch_letters, by=by, file=file))


def test_a_letter_carries_its_receivers_own_address_and_code_and_nothing_of_the_other(unreached):
    cast = unreached.cast
    (file,) = made(unreached, start(unreached))
    pages = fetched(unreached, file)
    assert len(pages) == 3  # both parents, and the voogd of "eleven"
    (mine,) = [page for page in pages if "First-here" in page]
    (hidden,) = [page for page in pages if "First-hidden" in page]
    assert "Street-here 1" in mine
    for stranger in ("First-hidden", "Street-hidden", "First-parent", "Sur-hidden"):
        assert stranger not in mine
    assert "Street-" not in hidden  # its own, secret one either
    (words,) = set(CODE.findall(mine))
    assert words not in hidden
    with acting_as(None, on=cast.today):
        assert try_code(typed=words, by=None, on=cast.today).parent.first_name == "First-here"
    (voogd,) = [page for page in pages if "Demo Voogd" in page]
    assert not CODE.search(voogd)


def test_letters_are_downloaded_once_by_who_had_them_made_and_stand_nowhere_else(unreached):
    (file,) = made(unreached, start(unreached))
    stored = bytes(LetterFile.objects.get().sealed)
    assert b"%PDF" not in stored
    for by in ("director", "counsellor", "other_director"):
        with pytest.raises(NotAllowed):
            unreached.act(fetch_letters, by=by, file=file)
    words = CODE.search(" ".join(fetched(unreached, file)))[0]
    assert LetterFile.objects.get().sealed is None
    with pytest.raises(Overtaken):
        unreached.act(fetch_letters, by="administrator", file=file)
    rows = LogEntry.objects.filter(event__startswith="consent-letters")
    assert [row.event for row in rows.order_by("timestamp")] == [
        "consent-letters-started", "consent-letters-made", "consent-letters-fetched",
    ]  # fmt: skip
    assert words not in str(list(rows.values_list("additional_data", "changes", "object_pk")))
    assert unreached.cast.pupils["own"].log_key in rows.latest("timestamp").subjects


@pytest.mark.usefixtures("blank_paper")
def test_who_was_written_to_is_written_to_again_only_when_asked(unreached):
    made(unreached, start(unreached))
    with pytest.raises(Refused, match="nobody to write to"):
        start(unreached)
    first = set(Code.objects.values_list("pk", flat=True))
    made(unreached, start(unreached, again=True))
    assert Sending.objects.count() == 6
    withdrawn = Code.objects.filter(withdrawn_at__isnull=False)
    assert set(withdrawn.values_list("pk", flat=True)) == first


@pytest.mark.usefixtures("blank_paper")
def test_a_run_broken_off_goes_on_where_it_was_and_writes_to_nobody_twice(unreached, monkeypatch):
    monkeypatch.setattr(letters, "LETTERS_A_FILE", 2)
    row = start(unreached)
    assert row.total == 3
    row = unreached.act(make_next_letters, by="administrator", run_id=row.pk)
    assert (row.done, row.total, row.finished_at) == (2, 3, None)
    with pytest.raises(NotAllowed):
        unreached.act(make_next_letters, by="director", run_id=row.pk)
    files = made(unreached, row)
    assert [(file.number, file.people) for file in files] == [(1, 2), (2, 1)]
    assert Sending.objects.count() == 3


def test_slips_are_for_pupils_who_have_no_account(unreached):
    (file,) = made(unreached, start(unreached, "slips"))
    (page,) = fetched(unreached, file)
    assert "First-fifteen Sur-fifteen · 6A" in page
    code = Code.objects.get()
    assert (code.route, code.pupil, code.parent) == (
        "handed", unreached.cast.pupils["fifteen"], None
    )  # fmt: skip


def test_nobody_has_letters_made_to_the_other_parent_of_an_own_child(unreached):
    """Also not by way of a half-sister: one code opens all children of a parent."""
    cast = unreached.cast
    cast.add_person("parent_teacher", "administrator", cast.school.unit)
    sister = Parenthood.objects.create(
        parent=Parent.objects.get(first_name="First-here"), pupil=cast.pupils["other"],
        relation="mother",
    )  # fmt: skip
    sister.authorities.create(value="yes", starts_on=date(2020, 8, 1), source="form")
    unreached.ask("other")
    row = start(unreached, by="parent_teacher")
    with acting_as(cast.parent_teacher, on=cast.today, read_only=True):
        people = to_write_to(row, by=cast.parent_teacher, on=cast.today)
        assert [one.representative.name for one in people if one.representative] == ["Demo Voogd"]
        assert not [one for one in people if one.parent]
    with pytest.raises(NotAllowed):
        unreached.act(
            make_code, by="parent_teacher", pupil=cast.pupils["other"], parent=sister.parent,
            school=cast.school, route="letter",
        )  # fmt: skip


@pytest.mark.usefixtures("blank_paper")
def test_letters_are_not_given_to_who_became_a_parent_of_one_of_the_pupils_since(unreached):
    cast = unreached.cast
    (file,) = made(unreached, start(unreached, by="director"), by="director")
    parent = cast.add_parent("director", "own")
    assert parent.user == cast.director
    with pytest.raises(NotAllowed, match="parent of one of these pupils"):
        unreached.act(fetch_letters, by="director", file=file)


@pytest.mark.parametrize("by", ["counsellor", "other_director", "board_officer", "parent"])
def test_only_the_administration_of_the_school_has_letters_made(unreached, by):
    with pytest.raises(NotAllowed):
        start(unreached, by=by)


def test_a_group_of_another_school_is_none_of_ours(unreached):
    with pytest.raises(NotAllowed):
        start(unreached, group=unreached.cast.other_group)
    assert start(unreached, group=unreached.cast.group).total == 3


@pytest.mark.usefixtures("blank_paper")
def test_letters_nobody_downloads_go_after_a_week(unreached, time_machine):
    made(unreached, start(unreached))
    job = Job("test")

    def night() -> int:
        with acting_as(job, on=unreached.cast.today):
            return throw_letters_away(by=job, on=unreached.cast.today)

    assert night() == 0
    time_machine.move_to("2026-11-24 10:00 +0100")
    assert (night(), night()) == (1, 0)
    assert LetterFile.objects.get().sealed is None


@pytest.mark.usefixtures("blank_paper")
def test_the_database_lets_letters_only_go(unreached):
    (file,) = made(unreached, start(unreached))
    cast = unreached.cast
    with acting_as(cast.director, on=cast.today, read_only=True):
        assert not LetterFile.objects.exists()
    with pytest.raises(DatabaseError), acting_as(cast.administrator, on=cast.today):
        LetterFile.objects.filter(pk=file.pk).update(sealed=b"other letters")


@pytest.mark.parametrize("has_worker", [True, False])
@pytest.mark.usefixtures("blank_paper")
def test_a_worker_makes_the_letters_where_there_is_one(unreached, monkeypatch, has_worker):
    monkeypatch.setattr("consent.tasks.worker_is_there", lambda: has_worker)
    row = start(unreached)
    assert unreached.act(let_make_letters, by="administrator", row=row) is has_worker
    if has_worker:
        make_letters(str(row.pk), str(unreached.cast.administrator.pk))
    row.refresh_from_db()
    assert (row.done, row.finished_at is not None) == (3, True)


def test_one_letter_or_slip_is_made_at_once_and_kept_nowhere(unreached):
    cast = unreached.cast
    details = {"school": cast.school, "by": "administrator"}
    parent = Parent.objects.get(first_name="First-here")
    own = {"pupil": cast.pupils["own"], "parent": parent}
    (page,) = read(unreached.act(write_letter, **own, **details))
    assert CODE.search(page)
    assert "First-own" in page
    fifteen = {"pupil": cast.pupils["fifteen"], "parent": None}
    assert CODE.search(read(unreached.act(write_letter, **fifteen, **details))[0])
    assert not LetterFile.objects.exists()
    assert Sending.objects.count() == Code.objects.count() == 2
    known = Parent.objects.get(user=cast.parent)
    with pytest.raises(Refused, match="account already"):
        unreached.act(write_letter, pupil=own["pupil"], parent=known, **details)


def test_a_letter_can_be_read_aloud_and_its_qr_code_leads_to_the_code_behind_the_hash():
    letter = Letter(
        "De Demobongerd", "Demo Ouder", ("Demo",), "nl", ("Straat 1",), "6A",
        "abcde-fghj-km23", date(2027, 1, 15),
    )  # fmt: skip
    data = letters_pdf([letter, letter], on=date(2026, 11, 16), language="nl")
    reader = pypdf.PdfReader(io.BytesIO(data))
    assert len(reader.pages) == 2
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.metadata.title
    assert link_of("abcde-fghj-km23") == "https://testserver/activate/#abcde-fghj-km23"
    assert qr_picture("x").startswith(b"<svg")
