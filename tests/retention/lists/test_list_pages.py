"""The pages of destruction lists: what is seen, by whom, and what each step says."""

from __future__ import annotations

import pytest
from django.urls import reverse

from retention.models import DestructionList, Hold
from students.models import Parent

pytestmark = pytest.mark.promise("P9")


def text_of(client, name: str, *args, **query) -> str:
    page = client.get(reverse(name, args=args), query)
    assert page.status_code == 200, page.status_code
    return " ".join(page.content.decode().split())


def test_a_list_goes_its_whole_way_on_the_pages(cast, lists, sign_in):
    made = lists.make("own", "other", on=cast.today)
    assert "list to review" not in text_of(sign_in(cast.board_officer), "home")
    client = sign_in(cast.director)
    assert "one list to review or approve" in text_of(client, "home")
    assert "to review" in text_of(client, "destruction_lists")
    text = text_of(client, "destruction_list", made.pk)
    assert "Sur-own" in text
    assert "Sur-other" in text
    assert "Reviewed: send it on" not in text  # something is still to be decided
    decide = reverse("decide_items", args=[made.pk])
    item = made.items.get(dossier_id=cast.dossier("own").pk, kind="medical")
    asked = client.post(decide, {"item": str(item.pk), "decision": "keep"}).content.decode()
    assert "Sur-own" in asked
    assert "Sur-other" not in asked
    sent = {"item": str(item.pk), "decision": "keep", "words": "Nog nodig voor de klacht"}
    client.post(decide, sent | {"until": "2027-12-01"})
    assert Hold.objects.get().dossier == cast.dossier("own")
    assert made.items.filter(decision="keep").count() == 3  # everything of this pupil
    client.post(decide, {"which": "found", "show": "undecided", "decision": "destroy"})
    assert set(made.items.values_list("decision", flat=True)) == {"keep", "destroy"}
    step = reverse("destruction_list_step", args=[made.pk, "review"])
    client.post(step)
    text = text_of(client, "destruction_list", made.pk)
    assert "to approve" in text
    assert "Approve this list" not in text
    client = sign_in(cast.board_officer)
    assert "Approve this list" in text_of(client, "destruction_list", made.pk)
    approve = reverse("destruction_list_step", args=[made.pk, "approve"])
    assert "not the name" in client.post(approve, {"typed": "Something"}).content.decode()
    client.post(approve, {"typed": made.name})
    assert DestructionList.objects.get().approved_by == cast.board_officer
    assert "carried out on 24 November 2026" in text_of(client, "destruction_lists")
    client.post(reverse("destruction_list_step", args=[made.pk, "cancel"]))
    assert "No list goes on" in text_of(client, "destruction_lists")
    assert made.name in text_of(client, "destruction_lists", which="ended")


def test_an_item_shows_its_days_and_how_much_there_is_and_nothing_it_says(cast, lists, sign_in):
    made = lists.make("own", on=cast.today)
    item = made.items.get(kind="guidance")
    text = text_of(sign_in(cast.privacy_officer), "destruction_item", item.pk)
    for words in ("Sur-own", "1 November 2023", "1 November 2026", "Nothing holds it."):
        assert words in text
    for person, status in (("other_director", 404), ("counsellor", 403), ("parent", 403)):
        client = sign_in(cast.people[person])
        assert client.get(reverse("destruction_item", args=[item.pk])).status_code == status
        assert client.get(reverse("destruction_list", args=[made.pk])).status_code == status


def test_who_has_a_child_on_a_list_sees_the_others_and_takes_no_step(cast, lists, sign_in):
    made = lists.make("own", "other", on=cast.today)
    Parent.objects.filter(user=cast.parent).update(user=cast.deputy)
    client = sign_in(cast.deputy)
    text = text_of(client, "destruction_list", made.pk)
    assert "Your own child stands on this list" in text
    assert "Sur-other" in text
    assert "Sur-own" not in text
    own = made.items.filter(dossier_id=cast.dossier("own").pk)[0]
    assert client.get(reverse("destruction_item", args=[own.pk])).status_code == 404
    decide = reverse("decide_items", args=[made.pk])
    other = made.items.exclude(dossier_id=own.dossier_id)[0]
    assert client.post(decide, {"item": str(other.pk), "decision": "destroy"}).status_code == 403
    step = reverse("destruction_list_step", args=[made.pk, "cancel"])
    assert client.post(step).status_code == 403
