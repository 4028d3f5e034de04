"""What was published: only with a yes for everybody in it, once, on a check."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from access.errors import NotAllowed, Refused
from audit.models import LogEntry
from consent.actions.publishing import WithoutYes, record_publication
from consent.models import Publication, PublishedPupil
from consent.queries import proofs_needed, publications_of

pytestmark = pytest.mark.promise("P13")
DAY = timedelta(days=1)


def test_a_publication_names_its_pupils_its_check_and_stands_in_the_log(pictures, published):
    cast = pictures.cast
    assert published.published_by == cast.counsellor
    assert published.text == pictures.asked.texts["website"]
    rows = PublishedPupil.objects.filter(publication=published)
    assert {row.pupil for row in rows} == {cast.pupils["own"], cast.pupils["other"]}
    entry = LogEntry.objects.get(event="picture-published")
    assert set(entry.subjects) == {cast.pupils[p].log_key for p in ("own", "other")}
    assert "example.org" not in str(entry.additional_data)
    assert not pictures.tasks()


def test_nobody_is_published_without_a_yes_on_that_day(pictures):
    check = pictures.check("own", "sixteen")
    with pytest.raises(WithoutYes) as refusal:
        pictures.publish("own", "sixteen", check=check)
    assert refusal.value.pupils == [pictures.cast.pupils["sixteen"].pk]
    pictures.asked.says("parent", "own", False)
    with pytest.raises(WithoutYes):
        pictures.publish("own", check=check)
    assert not Publication.objects.exists()


def test_a_day_on_which_the_yes_was_not_there_yet_is_refused(pictures):
    check = pictures.check("own")
    for day in (pictures.cast.today - DAY, pictures.cast.today + DAY):
        with pytest.raises(Refused):
            pictures.publish("own", check=check, on=day)


@pytest.mark.parametrize("channel", ["pictures", "recording", "filming", "other"])
def test_what_was_asked_for_making_pictures_is_published_by_nobody(pictures, channel):
    asked = pictures.asked
    asked.add("made", channel, is_publication=False)
    asked.ask("own")
    for parent in ("parent", "parent_teacher"):
        asked.says(parent, "own", True, "made")
    check = pictures.check("own", code="made")
    with pytest.raises(Refused, match="making pictures only"):
        pictures.publish("own", check=check)
    row = Publication(
        school=check.school, purpose=check.purpose, text=check.text, check_made=check, place="x",
        published_on=pictures.cast.today, published_by=pictures.cast.counsellor,
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="fits its check"), transaction.atomic():
        row.save(force_insert=True)


def test_who_was_not_checked_or_works_elsewhere_publishes_nobody(pictures):
    check = pictures.check("own")
    with pytest.raises(NotAllowed):
        pictures.publish("own", "other", check=check)
    with pytest.raises(Refused, match="Choose the pupils"):
        pictures.publish(check=check)
    for stranger in ("foreign_counsellor", "former", "parent", "board_officer"):
        with pytest.raises(NotAllowed):
            pictures.publish("own", by=stranger, check=check)
    row = pictures.publish("own", check=check)
    with pytest.raises(DatabaseError, match="was checked"), transaction.atomic():
        PublishedPupil.objects.create(publication=row, pupil=pictures.cast.pupils["other"])


def test_a_form_sent_twice_is_one_publication_and_its_key_opens_no_other(pictures):
    check, key = pictures.check("own"), uuid.uuid4()
    first = pictures.publish("own", check=check, key=key)
    assert pictures.publish("own", check=check, key=key) == first
    assert Publication.objects.count() == 1
    with pytest.raises(NotAllowed):
        pictures.publish("own", check=check, key=key, by="director")
    assert LogEntry.objects.filter(event="picture-published").count() == 1


def test_what_is_recorded_late_and_refused_since_is_a_task_at_once(pictures, time_machine):
    asked, cast = pictures.asked, pictures.cast
    check = pictures.check("own")
    time_machine.move_to("2026-11-18 10:00 +0100", tick=True)
    asked.says("parent", "own", False, on=cast.today + 2 * DAY)
    asked.act(
        record_publication, by="counsellor", on=cast.today + 2 * DAY, check=check,
        what=pictures.what("own"),
    )  # fmt: skip
    assert [task.published.pupil for task in pictures.tasks()] == [cast.pupils["own"]]


def test_no_row_of_a_publication_is_changed_or_deleted(published):
    for verb in (
        "update consent_publication set place = 'elsewhere'",
        "update consent_publishedpupil set pupil_id = (select id from students_pupil limit 1)",
        "delete from consent_publication",
        "delete from consent_publishedpupil",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)


@pytest.mark.promise("P20")
def test_a_parent_sees_where_the_own_child_was_published_and_nothing_of_others(pictures, published):
    cast = pictures.cast

    def seen(who: str, pupil: str):
        return publications_of(cast.people[who], cast.pupils[pupil], on=cast.today)

    (line,) = seen("parent", "own")
    assert (line.place, line.published_on, line.gone_on) == (published.place, cast.today, None)
    assert not hasattr(line, "published_by")
    assert not seen("parent", "other")
    assert seen("parent_of_other", "other")
    assert not seen("parent_without", "own")  # each of them tells at which school the child is
    assert not seen("counsellor", "own")
    cast.pupils["own"].parenthoods.filter(parent__user=cast.parent).update(
        withdrawn_at=published.published_at, withdrawn_by=cast.director
    )
    assert not seen("parent", "own")


def test_the_proof_of_consent_is_needed_as_long_as_the_picture_is_used(pictures, published):
    own, other = (pictures.cast.pupils[p].pk for p in ("own", "other"))
    (needed,) = proofs_needed([own])
    assert (needed.pupil_id, needed.publication_id) == (own, published.pk)
    assert (needed.purpose_id, needed.check_id) == (published.purpose_id, published.check_made_id)
    assert len(proofs_needed([own, other])) == 2
    assert not proofs_needed([pictures.cast.pupils["eleven"].pk])
