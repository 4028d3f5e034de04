"""The pages of destruction lists: what is seen, by whom, and what each step says."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from access.acting import acting_as
from access.models import Membership
from dossiers.models import Dossier
from retention.actions.holds import lift_hold
from retention.actions.lists import assign_review
from retention.holds import forget, on_asking_for_holds
from retention.models import DestructionList, Hold
from retention.views import list_steps
from students.models import Enrolment, Parent, Parenthood, Pupil
from tests.retention.lists.conftest import LEFT
from tests.retention.test_due_in_sql import hold, let_leave

pytestmark = pytest.mark.promise("P9")


def text_of(client, name: str, *args, **query) -> str:
    page = client.get(reverse(name, args=args), query)
    assert page.status_code == 200, page.status_code
    return " ".join(page.content.decode().split())


def test_a_list_goes_its_whole_way_on_the_pages(cast, lists, sign_in):
    made = lists.make("own", "other", on=cast.today)
    assert "list waits for your" not in text_of(sign_in(cast.board_officer), "home")
    client = sign_in(cast.director)
    assert "one list waits for your next step" in text_of(client, "home")
    text = text_of(client, "destruction_lists")
    assert "to review" in text
    assert "<strong>you</strong>" in text  # it waits for the director or the deputy
    text = text_of(client, "destruction_list", made.pk)
    assert f"{made.items.count()} items are not decided yet." in text
    step = reverse("destruction_list_step", args=[made.pk, "review"])
    early = client.get(step, follow=True)
    assert early.redirect_chain[-1][0] == reverse("destruction_list", args=[made.pk])
    assert "Say of each item first" in early.content.decode()
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
    kept = made.items.filter(decision="keep")
    assert kept.count() == made.items.filter(dossier_id=item.dossier_id).count() > 1
    sent = {"which": "found", "show": "undecided", "kind": "medical", "q": "sur-other"}
    page = client.post(decide, sent | {"decision": "destroy"})
    assert page.url == reverse("destruction_list", args=[made.pk]) + "?show=undecided&kind=medical"
    assert client.get(page.url).url == reverse("destruction_list", args=[made.pk])  # none is left
    assert "Sur-own" in text_of(client, "destruction_list", made.pk, q="Nobody")  # posted alone
    narrowed = text_of(client, "destruction_list", made.pk, show="keep")
    assert "Sur-own" in narrowed
    assert "Sur-other" not in narrowed
    client.post(decide, {"which": "found", "show": "undecided", "decision": "destroy"})
    assert set(made.items.values_list("decision", flat=True)) == {"keep", "destroy"}
    assert "Everything on this list is decided" in text_of(client, "destruction_list", made.pk)
    client.post(step)
    text = text_of(client, "destruction_list", made.pk)
    assert "to approve" in text
    assert "Approve this list" not in text
    client = sign_in(cast.board_officer)
    assert "Approve this list" in text_of(client, "destruction_list", made.pk)
    approve = reverse("destruction_list_step", args=[made.pk, "approve"])
    page = client.post(approve, {"typed": "Something"})
    assert page.context["form"].errors["typed"] == ["That is not the name of the list."]
    assert 'value="Something"' in page.content.decode()  # and nothing is lost
    client.post(approve, {"typed": made.name})
    assert DestructionList.objects.get().approved_by == cast.board_officer
    assert "will be carried out on 24 November 2026" in text_of(client, "destruction_lists")
    cancel = reverse("destruction_list_step", args=[made.pk, "cancel"])
    assert "Why is it cancelled?" in client.post(cancel).content.decode()  # not without a reason
    client.post(cancel, {"because": "days"})
    assert "A leaving date or a term is not right." in text_of(client, "destruction_list", made.pk)
    assert "No list goes on" in text_of(client, "destruction_lists")
    assert made.name in text_of(client, "destruction_lists", which="ended")


def test_an_item_shows_its_days_and_how_much_there_is_and_nothing_it_says(cast, lists, sign_in):
    made = lists.make("own", on=cast.today)
    item = made.items.get(kind="guidance")
    text = text_of(sign_in(cast.privacy_officer), "destruction_item", item.pk)
    for words in ("Sur-own", "1 November 2023", "1 November 2026", "Nothing holds it."):
        assert words in text
    assert "Let it be destroyed" not in text
    assert "Let it be destroyed" in text_of(sign_in(cast.director), "destruction_item", item.pk)
    for person, status in (("other_director", 404), ("counsellor", 403), ("parent", 403)):
        client = sign_in(cast.people[person])
        assert client.get(reverse("destruction_item", args=[item.pk])).status_code == status
        assert client.get(reverse("destruction_list", args=[made.pk])).status_code == status


def test_parents_data_say_that_a_dossier_elsewhere_holds_them_and_not_whose(cast, lists, sign_in):
    """So do what is open and no hold yet; what follows no family says that nothing holds it."""
    made = lists.make("own", on=cast.today)
    sister = let_leave(cast, "foreign", LEFT)
    mother = Parent.objects.get(user=cast.parent)
    Parenthood.objects.create(parent=mother, pupil=sister.pupil, relation="mother")
    held = hold(cast, sister)
    client = sign_in(cast.director)

    def says(kind: str) -> str:
        return text_of(client, "destruction_item", made.items.get(kind=kind).pk)

    assert "Another dossier of this family is held" in says("parents")
    assert "Nothing holds it." not in says("parents")
    assert "foreign" not in says("parents")
    assert "Nothing holds it." in says("guidance")
    page = client.post(reverse("destruction_list", args=[made.pk]), {"show": "held"})
    assert "One item" in page.content.decode()
    assert "another dossier holds it" in page.content.decode()
    export = reverse("export_destruction_list", args=[made.pk])
    assert b"by another dossier" in client.post(export, {"show": "held", "as": "csv"}).content
    with acting_as(cast.other_director, on=cast.today):
        lift_hold(hold=held, words="Afgehandeld", by=cast.other_director, on=cast.today)
    assert "Nothing holds it." in says("parents")
    own = Dossier.objects.filter(pk=cast.dossier("own").pk).values_list("pk", flat=True)
    on_asking_for_holds("demo", lambda day: own, because="request")
    try:
        assert "Something about this pupil is still open" in says("guidance")
    finally:
        forget("demo")


def test_list_and_item_say_who_is_back_or_left_on_another_day_before_anybody_decides(
    cast, lists, sign_in
):
    made = lists.make("own", "fifteen", "sixteen", on=cast.today)
    client = sign_in(cast.director)

    def page(pupil: str, kind: str = "guidance") -> str:
        item = made.items.get(dossier_id=cast.dossier(pupil).pk, kind=kind)
        return text_of(client, "destruction_item", item.pk)

    def found() -> str:
        there = reverse("destruction_list", args=[made.pk])
        return client.post(there, {"show": "changed"}).content.decode()

    assert "Nothing found" in found()
    assert "left alone" not in page("own")
    mother = Parent.objects.get(user=cast.parent)
    Parenthood.objects.create(parent=mother, pupil=cast.pupils["eleven"], relation="mother")
    Enrolment.objects.create(pupil=cast.pupils["sixteen"], school=cast.school, starts_on=cast.today)
    Enrolment.objects.filter(pupil=cast.pupils["fifteen"]).update(ends_on=date(2023, 12, 1))

    assert "A brother or sister is still at school" in page("own", "parents")
    assert "left alone" not in page("own")
    assert "The pupil is at school again" in page("sixteen")
    assert "counts from 1 December 2023 and falls due on 1 December 2026" in page("fifteen")
    text = found()
    assert text.count("at school again") == text.count("Sur-sixteen</a>") > 1
    assert text.count("another day now") == text.count("Sur-fifteen</a>") > 1
    assert text.count("a brother or sister is at school") == text.count("Sur-own</a>") == 1


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


def test_a_list_is_searched_and_taken_along_without_formulas(cast, lists, sign_in):
    made = lists.make("own", "other", on=cast.today)
    Pupil.objects.filter(pk=cast.pupils["own"].pk).update(first_name="=1+1")
    client = sign_in(cast.fg)
    address = reverse("destruction_list", args=[made.pk])
    page = client.post(address, {"q": "sur-own", "kind": "medical"}).content.decode()
    assert "Sur-own" in page
    assert "Sur-other" not in page
    assert "One item" in page
    first = client.post(address, {"sort": "-name"}).content.decode()
    assert first.index("Sur-own") < first.index("Sur-other")
    assert "Let them be destroyed" not in page  # the FG supervises
    export = reverse("export_destruction_list", args=[made.pk])
    text = client.post(export, {"show": "undecided", "as": "csv"}).content.decode("utf-8-sig")
    number = made.items.count()
    assert text.count("\r\n") == number + 1
    assert "'=1+1 Sur-own" in text
    assert "2026-11-01" in text
    with zipfile.ZipFile(io.BytesIO(client.post(export, {"as": "xlsx"}).content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "=1+1 Sur-own" in book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert sheet.count("<row ") == number + 1


def test_a_review_is_given_to_somebody_else_and_only_they_review_then(cast, lists, sign_in):
    made = lists.make("own", on=cast.today)
    step = reverse("destruction_list_step", args=[made.pk, "assign"])
    client = sign_in(cast.director)
    assert "Demo deputy" in client.get(step).content.decode()
    client.post(step, {"reviewer": str(cast.counsellor.pk)})
    assert DestructionList.objects.get().reviewer is None
    client.post(step, {"reviewer": str(cast.deputy.pk)})
    assert DestructionList.objects.get().reviewer == cast.deputy
    text = text_of(client, "destruction_list", made.pk)
    assert "Somebody else was asked to review this list." in text
    assert "Demo deputy was asked" in text
    decide = reverse("decide_items", args=[made.pk])
    sent = {"which": "found", "decision": "destroy"}
    assert client.post(decide, sent).status_code == 403
    assert "list waits for your" not in text_of(client, "home")
    client = sign_in(cast.deputy)
    assert "one list waits for your next step" in text_of(client, "home")
    client.post(decide, sent)
    client.post(reverse("destruction_list_step", args=[made.pk, "review"]))
    assert DestructionList.objects.get().reviewed_by == cast.deputy


def test_a_review_that_was_given_to_somebody_who_left_is_anybodys_again_and_says_so(
    cast, lists, sign_in
):
    made = lists.make("own", on=cast.today)
    with acting_as(cast.director, on=cast.today):
        assign_review(made=made, reviewer=cast.deputy, by=cast.director, on=cast.today)
    rows = DestructionList.objects.filter(pk=made.pk)
    lists.decide(made, by="deputy", on=cast.today)
    said = {"reviewed_on": cast.today, "reviewed_at": timezone.now(), "reviewed_by": cast.director}
    with pytest.raises(DatabaseError, match="was given the review"), transaction.atomic():
        rows.update(**said)
    role = Membership.objects.filter(user=cast.deputy)
    role.update(ends_on=cast.today - timedelta(days=1))
    client = sign_in(cast.director)
    assert "one list waits for your next step" in text_of(client, "home")
    text = text_of(client, "destruction_list", made.pk)
    assert "Demo deputy was asked, and can't do it any more; the list waits for" in text
    assert "Somebody else was asked to review this list." not in text
    sent = {"which": "found", "decision": "destroy"}
    client.post(reverse("decide_items", args=[made.pk]), sent)
    client.post(reverse("destruction_list_step", args=[made.pk, "review"]))
    assert rows.get().reviewed_by == cast.director


def test_where_the_director_is_the_only_officer_the_page_says_that_nobody_can_approve(
    cast, lists, sign_in
):
    Membership.objects.filter(role__in=["board-officer", "privacy-officer", "deputy"]).update(
        ends_on=cast.today.replace(year=2025)
    )
    cast.add_person("director", "board-officer", cast.board.unit)
    made = lists.make("own", on=cast.today)
    text = text_of(sign_in(cast.director), "destruction_list", made.pk)
    assert "This list can't come to its end yet" in text
    assert "names another board officer or a privacy officer under Staff" in text
    assert "nobody can yet" in text_of(sign_in(cast.director), "destruction_lists")
    cast.add_person("second_officer", "privacy-officer", cast.board.unit)
    text = text_of(sign_in(cast.director), "destruction_list", made.pk)
    assert "come to its end yet" not in text


def test_nobody_keeps_hundreds_of_pupils_in_one_go(cast, lists, sign_in, monkeypatch):
    monkeypatch.setattr(list_steps, "MOST_KEPT", 1)
    made = lists.make("own", "other", on=cast.today)
    decide = reverse("decide_items", args=[made.pk])
    sent = {"which": "found", "decision": "keep"}
    page = sign_in(cast.director).post(decide, sent).content.decode()
    assert "Keep at most 1 pupils at once" in page
    assert "Sur-own" not in page
    page = sign_in(cast.director).post(decide, sent | {"q": "sur-own"}).content.decode()
    assert page.count('name="item"') == 1  # one hold keeps all of the pupil


def test_a_director_makes_a_list_by_hand_and_nobody_else_does(cast, lists, sign_in):
    lists.make("own", on=cast.today)
    address = reverse("destruction_lists")
    client = sign_in(cast.other_director)
    assert "Make a list for" in client.get(address).content.decode()
    client.post(address, {"school": str(cast.school.pk)})
    client.post(address, {"school": str(cast.other_school.pk)})  # nothing is due there
    assert DestructionList.objects.count() == 1
    let_leave(cast, "foreign", LEFT)
    page = client.post(address, {"school": str(cast.other_school.pk)}, follow=True)
    assert "Sur-foreign" in page.content.decode()
    assert DestructionList.objects.get(school=cast.other_school).made_by == cast.other_director
    assert "Make a list for" not in sign_in(cast.privacy_officer).get(address).content.decode()
