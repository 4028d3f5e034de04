"""What comes between the approval and the night: a question, a version, a file."""

from __future__ import annotations

import pytest
from django.urls import reverse

from access.acting import acting_as
from access.errors import Refused
from dossiers.models import Note
from oversight.actions.questions import answer_question
from retention.models import Hold
from tests.guards.seed_looks import look_and_ask

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P23")]


def test_an_open_question_of_a_parent_holds_up_approving_and_erasing_until_it_is_answered(
    cast, erasures, sign_in
):
    approved, asked = (erasures.ask("note", erasures.note().pk) for _ in range(2))
    erasures.approve(approved)
    question = look_and_ask(
        cast, "own", parent="parent", teacher="counsellor", why="Why was this opened?"
    ).question
    with pytest.raises(Refused, match="held"):
        erasures.approve(asked)
    page = sign_in(cast.board_officer).get(reverse("erasure", args=[asked.pk]))
    assert "This dossier is held" in page.content.decode()
    assert (erasures.run().waiting, Note.objects.filter(pk=approved.target).count()) == (1, 1)
    assert Hold.objects.get().room == "oversight"  # which the database respects
    with acting_as(cast.director, on=cast.today):
        answer_question(
            question=question, words="For the report meeting", by=cast.director, on=cast.today
        )
    assert (erasures.run().done, Note.objects.filter(pk=approved.target).count()) == (1, 0)
    erasures.approve(asked)
