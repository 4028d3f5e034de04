"""A new no makes a task at once, and the night finds what was missed; then it goes, with proof."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django import app

from access.acting import Job, acting_as
from access.errors import NotAllowed, Overtaken, Refused
from access.models import Membership
from audit.models import LogEntry
from consent.actions import matters
from consent.actions.matters import About, Ruling
from consent.actions.publishing import WithoutYes
from consent.actions.recording import Given, record_answer
from consent.actions.taking_down import Deed, close_as_allowed, find_take_downs, take_down
from consent.models import Publication, PublishedPupil, Removal, TakeDown
from consent.queries import proofs_needed, publications_of, take_downs_waiting_for
from consent.queries.blobs import blobs_of_consent
from students.models import Enrolment
from tests.consent.publications.conftest import clean_file
from vault.sealing import keyring

pytestmark = pytest.mark.promise("P13")
DAY = timedelta(days=1)
WORDS = "Post removed, words-marker"


def about(pictures, purpose=None) -> About:
    cast = pictures.cast
    return About(cast.pupils["own"], cast.school, "Sealed words", purpose)


def refuses(pictures) -> None:
    pictures.asked.says("parent", "own", False)


def refuses_on_paper(pictures) -> None:
    request = pictures.asked.request("own", of="parent")
    given = Given(False, pictures.cast.today, "paper", "nl")
    pictures.asked.act(record_answer, by="administrator", request=request, given=given)


def objects(pictures) -> None:
    pictures.asked.act(
        matters.record_objection, by="counsellor", about=about(pictures), comes_from="pupil"
    )


def is_threatened(pictures) -> None:
    pictures.asked.act(matters.place_safety_block, by="administrator", about=about(pictures))


def court_forbids(pictures) -> None:
    ruling = Ruling(False, pictures.cast.today, pictures.cast.today)
    pictures.asked.act(
        matters.record_court_order, by="director", about=about(pictures), ruling=ruling
    )


@pytest.mark.parametrize(
    ("says_no", "days"),
    [(refuses, 7), (refuses_on_paper, 7), (objects, 7), (court_forbids, 7), (is_threatened, 1)],
)
def test_each_new_no_makes_one_task_in_the_same_transaction(pictures, published, says_no, days):
    says_no(pictures)
    (task,) = pictures.tasks()
    cast = pictures.cast
    assert task.published.pupil == cast.pupils["own"]
    assert (task.asked_on, task.due_on) == (cast.today, cast.today + days * DAY)
    entry = LogEntry.objects.get(event="take-down-asked")
    assert entry.subjects == [cast.pupils["own"].log_key]
    with acting_as(Job("night"), on=cast.today):
        assert find_take_downs(school=cast.school, by=Job("night"), on=cast.today) == 0
    assert len(pictures.tasks()) == 1


@pytest.mark.parametrize("says_no", [objects, court_forbids])
def test_a_no_to_something_else_takes_nothing_down(pictures, published, says_no, monkeypatch):
    pictures.asked.add("press", "press")
    purpose = pictures.asked.purposes["press"]
    monkeypatch.setitem(globals(), "about", lambda p: About(
        p.cast.pupils["own"], p.cast.school, "Sealed words", purpose))  # fmt: skip
    says_no(pictures)
    assert not pictures.tasks()


def test_a_court_order_that_counts_later_makes_its_task_on_that_day(pictures, published):
    cast, asked = pictures.cast, pictures.asked
    ruling = Ruling(False, cast.today, cast.today + DAY)
    asked.act(matters.record_court_order, by="director", about=about(pictures), ruling=ruling)
    job = Job("night")
    made = []
    for day in (cast.today, cast.today + DAY, cast.today + 2 * DAY):
        with acting_as(job, on=day):
            made.append(find_take_downs(school=cast.school, by=job, on=day))
    assert made == [0, 1, 0]


def test_nothing_that_lapses_makes_a_task_at_night(pictures, published):
    cast, job = pictures.cast, Job("night")
    pictures.asked.replace("website", from_day=cast.today)
    for day in (cast.today, cast.today.replace(year=cast.today.year + 8)):
        with acting_as(job, on=day):
            assert find_take_downs(school=cast.school, by=job, on=day) == 0


def test_the_worker_looks_each_night_at_every_school(pictures, published, monkeypatch):
    monkeypatch.setattr("consent.actions.answering.take_down_after_answers", lambda *_a, **_k: None)
    refuses(pictures)
    assert not pictures.tasks()
    app.perform_import_paths()
    tasks = app.periodic_registry.periodic_tasks.values()
    (task,) = [t.task for t in tasks if t.task.name == "consent.find_take_downs"]
    task(timestamp=0)
    assert len(pictures.tasks()) == 1


def test_a_block_at_another_school_reaches_what_was_published_here(pictures, published):
    cast = pictures.cast
    Enrolment.objects.filter(pupil=cast.pupils["own"]).update(ends_on=cast.today - DAY)
    Enrolment.objects.create(
        pupil=cast.pupils["own"], school=cast.other_school, starts_on=cast.today
    )
    there = About(cast.pupils["own"], cast.other_school, "Sealed words")
    pictures.asked.act(matters.place_safety_block, by="other_director", about=there)
    assert len(pictures.tasks()) == 1


# --- who does it ------------------------------------------------------------------------------


def waiting(pictures, who: str, on=None) -> int:
    user = type(pictures.cast.counsellor).objects.get(pk=pictures.cast.people[who].pk)
    return len(take_downs_waiting_for(user, on=on or pictures.cast.today))


def test_the_task_waits_for_who_published_and_overdue_for_the_director(pictures, published):
    refuses(pictures)
    late = pictures.cast.today + 8 * DAY
    assert waiting(pictures, "counsellor") == 1
    for who in ("director", "deputy", "other_counsellor", "administrator", "parent"):
        assert waiting(pictures, who) == 0, who
    assert waiting(pictures, "director", late) == 1
    assert waiting(pictures, "other_director", late) == 0
    assert waiting(pictures, "administrator", late) == 0


def test_the_director_sees_it_when_who_published_left(pictures, published):
    refuses(pictures)
    Membership.objects.filter(user=pictures.cast.counsellor).update(
        ends_on=pictures.cast.today - DAY
    )
    assert waiting(pictures, "director") == 1
    assert waiting(pictures, "counsellor") == 0


def test_nobody_handles_the_task_about_an_own_child(pictures):
    row = pictures.publish("own", "other", by="parent_teacher")
    refuses(pictures)
    assert waiting(pictures, "parent_teacher") == 0
    assert waiting(pictures, "director") == 1
    with pytest.raises(NotAllowed):
        down(pictures, row, "own", by="parent_teacher")


# --- doing it ---------------------------------------------------------------------------------


def down(pictures, publication, pupil=None, *, by="counsellor", how=None, on=None, file=None):
    cast = pictures.cast
    deed = Deed(how or ("part" if pupil else "whole"), on or cast.today, WORDS, file)
    return pictures.asked.act(
        take_down,
        by=by,
        publication=publication,
        pupil=cast.pupils[pupil] if pupil else None,
        deed=deed,
    )


def test_a_pupil_cut_out_is_gone_the_others_stay_and_the_task_is_closed(pictures, published):
    refuses(pictures)
    removal = down(pictures, published, "own")
    cast = pictures.cast
    assert not pictures.tasks()
    assert TakeDown.objects.get().outcome == "gone"
    published.refresh_from_db()
    assert published.ended_on is None
    gone = PublishedPupil.objects.get(publication=published, pupil=cast.pupils["own"])
    assert (gone.removal, gone.gone_on) == (removal, cast.today)
    assert not proofs_needed([cast.pupils["own"].pk])
    assert proofs_needed([cast.pupils["other"].pk])
    (line,) = publications_of(cast.parent, cast.pupils["own"], on=cast.today)
    assert line.gone_on == cast.today
    down(pictures, published, "other", how="paper")
    published.refresh_from_db()
    assert published.ended_on == cast.today


def test_all_of_it_taken_down_ends_the_publication_and_every_task(pictures, published):
    refuses(pictures)
    pictures.asked.says("parent_of_other", "other", False)
    assert len(pictures.tasks()) == 2
    down(pictures, published)
    assert not pictures.tasks()
    assert Publication.objects.get().ended_by == pictures.cast.counsellor
    entry = LogEntry.objects.get(event="picture-taken-down")
    assert len(entry.subjects) == 2
    assert WORDS not in str(entry.additional_data)
    with pytest.raises(Overtaken):
        down(pictures, published)


def test_without_a_task_it_may_be_taken_down_too(pictures, published):
    down(pictures, published)
    assert Publication.objects.get().ended_on == pictures.cast.today


@pytest.mark.promise("P22")
def test_the_proof_is_sealed_seen_by_staff_of_the_school_and_known_to_the_sweep(
    pictures, published, settings, tmp_path
):
    settings.FILES_DIR = tmp_path / "files"
    row = down(pictures, published, file=clean_file())
    assert WORDS.encode() not in bytes(row.sealed)
    said = keyring([row.pk]).open_json(row.pk, row.place, row.sealed)
    assert said["words"] == WORDS
    assert said["file"]["name"] == "proof.pdf", "not as it was called"
    stored = [path for path in settings.FILES_DIR.glob("*/*") if path.is_file()]
    assert [path.name for path in stored] == [str(row.blob)]
    assert b"proof-marker" not in stored[0].read_bytes()
    seen = {}
    for who in ("counsellor", "safeguarding", "parent", "foreign_counsellor", "board_officer"):
        with acting_as(pictures.cast.people[who], on=pictures.cast.today, read_only=True):
            seen[who] = Removal.objects.count()
    assert seen == {
        "counsellor": 1, "safeguarding": 1, "parent": 0, "foreign_counsellor": 0,
        "board_officer": 0,
    }  # fmt: skip
    with acting_as(Job("sweep_files"), on=pictures.cast.today, read_only=True):
        assert blobs_of_consent([row.blob]) == {row.blob}
        assert Removal.objects.count() == 0


def test_a_proof_that_can_not_be_kept_leaves_nothing(pictures, published, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    with pytest.raises(Refused):
        down(pictures, published, file=clean_file(), on=pictures.cast.today + DAY)
    with pytest.MonkeyPatch.context() as full:
        full.setattr("os.fsync", no_room)
        with pytest.raises(Refused, match="can't keep files"):
            down(pictures, published, file=clean_file())
    assert not Removal.objects.exists()
    assert not [path for path in settings.FILES_DIR.glob("*/*") if path.is_file()]


def no_room(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")


def test_only_who_published_and_who_keeps_the_school_take_it_down(pictures, published):
    for stranger in (
        "other_counsellor", "other_director", "former", "parent", "board_officer", "safeguarding"
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            down(pictures, published, by=stranger)
    down(pictures, published, "own", by="administrator")
    down(pictures, published, by="director")


@pytest.mark.parametrize(
    ("pupil", "how", "days", "words"),
    [("own", "whole", 0, WORDS), (None, "part", 0, WORDS), (None, "whole", 1, WORDS),
     (None, "whole", -1, WORDS), (None, "whole", 0, "  ")],
)  # fmt: skip
def test_a_deed_that_makes_no_sense_is_refused(pictures, published, pupil, how, days, words):
    cast = pictures.cast
    with pytest.raises(Refused):
        pictures.asked.act(
            take_down, by="counsellor", publication=published,
            pupil=cast.pupils[pupil] if pupil else None,
            deed=Deed(how, cast.today + days * DAY, words),
        )  # fmt: skip
    assert not Removal.objects.exists()


def test_a_task_is_closed_when_everybody_agreed_again_and_a_later_no_makes_another(
    pictures, published
):
    refuses(pictures)
    (task,) = pictures.tasks()

    def close(by: str = "counsellor"):
        pictures.asked.act(close_as_allowed, by=by, task=task)

    with pytest.raises(Refused, match="not allowed again"):
        close()
    pictures.asked.says("parent", "own", True)
    for stranger in ("other_counsellor", "parent", "other_director"):
        with pytest.raises(NotAllowed):
            close(stranger)
    close()
    with pytest.raises((Overtaken, NotAllowed)):
        close()
    assert TakeDown.objects.get().outcome == "allowed"
    refuses(pictures)
    assert len(pictures.tasks()) == 1
    with pytest.raises(WithoutYes):
        pictures.publish("own")


def test_a_removal_and_a_closed_task_are_never_rewritten(pictures, published):
    refuses(pictures)
    down(pictures, published, "own")
    for verb in (
        "update consent_removal set done_on = '2020-01-01'",
        "delete from consent_removal",
        "update consent_publishedpupil set removal_id = null, gone_on = null",
        "update consent_takedown set closed_at = null, closed_by_id = null, outcome = ''",
        "delete from consent_takedown",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)
