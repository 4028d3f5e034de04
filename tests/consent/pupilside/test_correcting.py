"""A no that the school recorded by mistake: it stays, and counts for nothing."""

from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from audit.models import LogEntry
from consent.actions.correcting import correct_mistake
from consent.models import Answer, Correction
from consent.queries.reaching import people_to_tell
from consent.rules import Outcome
from vault.sealing import keyring

pytestmark = [pytest.mark.promise("P5"), pytest.mark.promise("P13")]
WHY = "The paper of another pupil"


@pytest.fixture
def mistaken(asked) -> Answer:
    """Both parents said yes; then the office recorded a no of one of them."""
    asked.ask("own")
    for who in ("parent", "parent_teacher"):
        asked.says(who, "own", True)
    row = asked.on_paper(asked.request("own", of="parent"), False)
    assert asked.holds("own").outcome is Outcome.NO
    return row


def correct(asked, row: Answer, by: str = "director", reason: str = WHY) -> Correction:
    return asked.act(correct_mistake, by=by, answer=row, reason=reason)


def test_the_director_corrects_it_the_history_keeps_it_and_the_family_reads_so(
    asked, mistaken, sign_in, client
):
    cast = asked.cast
    sign_in(cast.director)
    history = reverse("pupil_consent_at", args=[cast.school.pk, cast.pupils["own"].pk])
    address = reverse("correct_answer", args=[mistaken.pk])
    assert address in client.get(history).content.decode()
    assert client.post(address, {"reason": " "}).status_code == 200
    assert not Correction.objects.exists()
    page = client.post(address, {"reason": WHY}, follow=True).content.decode()
    assert "recorded by mistake" in page
    assert address not in page
    assert asked.holds("own").outcome is Outcome.YES
    assert Answer.objects.filter(pk=mistaken.pk, said="withdrawn").exists()
    (row,) = Correction.objects.all()
    assert WHY.encode() not in bytes(row.sealed)
    assert keyring([row.pk]).open_json(row.pk, row.place, row.sealed) == {"words": WHY}
    event = LogEntry.objects.get(event="consent-answer-corrected")
    assert event.subjects == [cast.pupils["own"].log_key]
    assert WHY not in str([event.additional_data, event.changes])
    sign_in(cast.parent)
    mine = client.get(reverse("earlier_answers", args=[cast.pupils["own"].pk])).content.decode()
    assert "recorded this by mistake" in mine
    questions = client.get(reverse("questions", args=[cast.pupils["own"].pk]))
    (question,) = questions.context["child"].questions
    assert question.chosen == "yes"


def test_a_no_of_somebody_else_and_one_given_online_stay_a_no(asked, mistaken):
    asked.says("parent_teacher", "own", False)
    correct(asked, mistaken)
    assert asked.holds("own").outcome is Outcome.NO
    asked.says("parent_teacher", "own", True)
    assert asked.holds("own").outcome is Outcome.YES
    online = asked.says("parent", "own", False)
    with pytest.raises(Refused, match="answered online"):
        correct(asked, online)
    assert asked.holds("own").outcome is Outcome.NO


def test_who_said_nothing_else_is_asked_again(asked):
    asked.ask("own")
    row = asked.on_paper(asked.request("own", of="parent"), False)

    def told() -> set[object]:
        with acting_as(asked.cast.administrator, on=asked.cast.today):
            people = people_to_tell(asked.cast.school, on=asked.cast.today)
        return {one.parent.user for one in people if one.parent is not None}

    assert asked.cast.parent not in told()
    correct(asked, row)
    assert asked.cast.parent in told()
    assert asked.holds("own").outcome is Outcome.OPEN
    again = asked.on_paper(asked.request("own", of="parent"), False)
    assert again.pk != row.pk, "the same paper can be recorded anew"
    assert asked.holds("own").outcome is Outcome.NO


def test_only_a_second_person_who_decides_corrects_a_no_and_once(asked, mistaken):
    for who in ("administrator", "counsellor", "other_director", "parent_teacher", "parent"):
        with pytest.raises(NotAllowed):
            correct(asked, mistaken, by=who)
    asked.cast.add_person("parent_teacher", "director", asked.cast.school.unit)
    with pytest.raises(NotAllowed):
        correct(asked, mistaken, by="parent_teacher")
    own = asked.on_paper(asked.request("own", of="parent"), True, by="director")
    with pytest.raises(Refused, match="This is a yes"):
        correct(asked, own)
    no = asked.on_paper(asked.request("own", of="parent_teacher"), False, by="director")
    with pytest.raises(Refused, match="You recorded this answer yourself"):
        correct(asked, no)
    with pytest.raises(Refused, match="few words"):
        correct(asked, mistaken, reason="  ?  ")
    correct(asked, mistaken)
    with pytest.raises(Overtaken):
        correct(asked, mistaken)


def test_the_database_itself_takes_no_other_correction_and_changes_none(asked, mistaken):
    cast = asked.cast
    online = asked.says("parent_teacher", "own", False)

    def planted(answer: Answer, by: str) -> Correction:
        return Correction(
            pk=uuid.uuid4(), answer=answer, pupil=answer.pupil, school=answer.school, sealed=b"x",
            decided_by=cast.people[by],
        )  # fmt: skip

    for row in (planted(online, "director"), planted(mistaken, "administrator")):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save(force_insert=True)
    for who in ("counsellor", "other_director", "parent"):
        with pytest.raises(DatabaseError), acting_as(cast.people[who], on=cast.today):
            planted(mistaken, who).save(force_insert=True)
    correct(asked, mistaken)
    for verb in ("update consent_correction set sealed = ''", "delete from consent_correction"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)
    for who, number in (("parent", 1), ("parent_without", 0), ("parent_teacher", 0), ("fg", 0)):
        with acting_as(cast.people[who], on=cast.today, read_only=True):
            assert Correction.objects.count() == number, who
