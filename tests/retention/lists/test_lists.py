"""A destruction list: made ahead, decided, reviewed, approved by a second person, cancelled."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from access.acting import acting_as
from access.actions.memberships import end_role
from access.errors import NotAllowed, Overtaken, Refused
from access.models import Membership, Unit, User
from audit.models import LogEntry
from retention.actions.lists import keep_item, make_list
from retention.keeping_on import make_all_lists
from retention.models import DestructionItem, DestructionList, Hold
from retention.queries import due_on
from students.models import Parent
from tests.retention.lists.conftest import APPROVED, LEFT, MADE, OVERNIGHT, REVIEWED
from tests.retention.test_due_in_sql import let_leave

pytestmark = pytest.mark.promise("P9")


_ONE_MORE = """
insert into retention_destructionitem
    (id, list_id, dossier_id, kind, last_day, due_on, decision, outcome, left_because)
select gen_random_uuid(), list_id, gen_random_uuid(), kind, last_day, due_on, '', '', ''
from retention_destructionitem limit 1
"""


# What falls due three years after leaving; the administration two years later.
AT_ONCE = ["agreements", "consent", "guidance", "medical", "parents", "pictures"]


def kinds(made):
    return sorted(made.items.values_list("kind", flat=True))


def test_a_list_holds_what_falls_due_within_45_days_and_each_thing_once(lists, cast):
    made = lists.make("own")
    assert kinds(made) == AT_ONCE
    (item, *_others) = made.items.all()
    assert (item.last_day, item.due_on) == (LEFT, LEFT.replace(year=2026))
    with acting_as(OVERNIGHT, on=MADE + timedelta(days=1)):
        assert make_list(school=cast.school, by=OVERNIGHT, on=MADE + timedelta(days=1)) is None
    row = LogEntry.objects.get(event="destruction-list-made")
    assert row.additional_data == {"items": len(AT_ONCE)}
    assert (row.unit, row.subjects) == (cast.school.pk, [])


def test_what_falls_due_later_than_that_is_on_no_list_yet(lists, cast):
    lists.make("own")
    with acting_as(OVERNIGHT, on=MADE):
        assert make_list(school=cast.other_school, by=OVERNIGHT, on=MADE) is None


def test_what_goes_last_comes_onto_a_list_once_what_goes_before_it_is_approved_or_gone(lists, cast):
    """Approved sooner it would be left alone, and listed and approved again month after month."""
    let_leave(cast, "own", date(2021, 11, 10))  # the administration is due on 10 November 2026
    first = lists.make(on=date(2026, 8, 1))
    assert kinds(first) == AT_ONCE

    def tonight(on: date) -> DestructionList | None:
        with acting_as(OVERNIGHT, on=on):
            return make_list(school=cast.school, by=OVERNIGHT, on=on)

    assert tonight(MADE) is None
    lists.decide(first)
    lists.review(first)
    assert tonight(REVIEWED) is None
    lists.approve(first)
    second = tonight(APPROVED)
    assert second is not None
    assert kinds(second) == ["administration"]
    lists.cancel(first, because="decided")
    lists.cancel(second)
    both = tonight(APPROVED + timedelta(days=1))
    assert both is not None
    assert kinds(both) == ["administration", *AT_ONCE]


def test_what_is_kept_is_truly_kept_until_its_new_day(lists, cast):
    made = lists.make("own")
    item = made.items.get(kind="guidance")
    until = item.due_on + timedelta(days=200)
    with acting_as(cast.director, on=REVIEWED):
        with pytest.raises(Refused):
            keep_item(
                item=item, words="Nog nodig", until=item.due_on, by=cast.director, on=REVIEWED
            )
        keep_item(item=item, words="Nog nodig", until=until, by=cast.director, on=REVIEWED)
    hold = Hold.objects.get()
    assert (hold.dossier_id, hold.ends_on) == (item.dossier_id, until)
    assert not due_on(item.due_on, schools=[cast.school]).exists()
    item.refresh_from_db()
    assert item.decision == "keep"


def test_every_item_is_decided_before_the_review_and_none_after_it(lists, cast):
    made = lists.make("own")
    with pytest.raises(Refused, match="each item first"):
        lists.review(made)
    lists.decide(made)
    lists.review(made)
    item = made.items.first()
    with pytest.raises(Overtaken), acting_as(cast.director, on=REVIEWED):
        keep_item(
            item=item,
            words="Toch niet",
            until=item.due_on + timedelta(days=9),
            by=cast.director,
            on=REVIEWED,
        )


@pytest.mark.parametrize(
    ("by", "refused"),
    [
        ("fg", NotAllowed),
        ("director", NotAllowed),
        ("counsellor", NotAllowed),
        ("other_director", NotAllowed),
        ("privacy_officer", None),
        ("board_officer", None),
    ],
)
def test_a_second_person_of_the_board_approves(lists, cast, by, refused):
    made = lists.make("own")
    lists.decide(made)
    lists.review(made)
    if refused:
        with pytest.raises(refused):
            lists.approve(made, by=by)
        return
    with pytest.raises(Refused, match="not the name"):
        lists.approve(made, by=by, typed="something else")
    lists.approve(made, by=by)
    with pytest.raises(Overtaken):
        lists.approve(made, by=by)


def test_who_holds_both_roles_is_still_one_person(lists, cast):
    cast.add_person("director", "privacy-officer", cast.board.unit)
    cast.people["director"] = User.objects.get(pk=cast.director.pk)  # what it held was kept
    made = lists.make("own")
    lists.decide(made)
    lists.review(made)
    with pytest.raises(NotAllowed, match="second person"):
        lists.approve(made, by="director")
    with pytest.raises(DatabaseError), transaction.atomic():
        DestructionList.objects.filter(pk=made.pk).update(
            approved_by=cast.director, approved_on=APPROVED, approved_at=timezone.now()
        )


def test_whoever_has_a_child_on_the_list_leaves_it_to_somebody_else(lists, cast):
    cast.add_person("parent_teacher", "deputy", cast.school.unit)
    made = lists.make("own")
    with pytest.raises(NotAllowed, match="Your own child"):
        lists.decide(made, by="parent_teacher")


def test_a_cancelled_list_frees_what_stood_on_it(lists, cast):
    made = lists.approved("own")
    lists.cancel(made, because="days")
    with pytest.raises(Overtaken):
        lists.cancel(made, because="days")
    assert kinds(lists.make(on=APPROVED)) == AT_ONCE
    lists.cancel(lists.newest())
    assert lists.make(on=APPROVED).name == f"De Demobongerd {APPROVED} (2)"
    with pytest.raises(DatabaseError, match="a_school_makes_one_list_a_day"), transaction.atomic():
        DestructionList.objects.create(
            school=cast.school, name="x", due_until=LEFT, made_on=APPROVED
        )


def test_schools_with_one_long_name_each_get_a_list_with_a_name_of_its_own(lists, cast):
    Unit.objects.filter(pk__in=[cast.school.pk, cast.other_school.pk]).update(name="Regenboog" * 13)
    let_leave(cast, "own", LEFT)
    let_leave(cast, "foreign", LEFT)
    assert make_all_lists(by=OVERNIGHT, on=MADE) == 2
    assert set(DestructionList.objects.values_list("name", flat=True)) == {
        f"{'Regenboog' * 10} {school.brin} {MADE}" for school in (cast.school, cast.other_school)
    }


@pytest.mark.parametrize(
    "change",
    [
        "update retention_destructionlist set reviewed_on = reviewed_on - 1",
        "update retention_destructionlist set approved_on = approved_on - 30",
        "update retention_destructionlist set due_until = due_until + 900",
        "update retention_destructionitem set due_on = due_on - 400",
        "update retention_destructionitem set dossier_id = gen_random_uuid()",
        "update retention_destructionitem set decision = 'keep'",
        "update retention_destructionitem set outcome = 'destroyed'",
        "delete from retention_destructionitem",
        "delete from retention_destructionlist",
        _ONE_MORE,
    ],
)
def test_the_database_lets_nobody_change_a_list_after_its_approval(lists, change):
    """Not even who owns the tables: a worker's shell, a migration, a careless command."""
    lists.approved("own")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_web_login_says_nothing_of_what_became_of_an_item(lists, cast):
    made = lists.approved("own")
    with acting_as(cast.director, on=cast.today):
        with pytest.raises(DatabaseError), transaction.atomic():
            DestructionItem.objects.filter(list=made).update(outcome="intended")
        with pytest.raises(DatabaseError), transaction.atomic():
            DestructionList.objects.filter(pk=made.pk).update(closed_at=None)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select retention_destroy(%s)", [[made.items.first().pk]])


def test_what_a_parent_decided_is_decided_anew_in_one_go_and_then_reviewed(lists, cast, sign_in):
    made = lists.make("own", "other", on=cast.today)
    kept = made.items.filter(dossier_id=cast.dossier("other").pk).first()
    with acting_as(cast.director, on=cast.today):
        until = cast.today + timedelta(days=400)
        keep_item(item=kept, words="Klacht", until=until, by=cast.director, on=cast.today)
    lists.decide(made, on=cast.today)
    Parent.objects.filter(user=cast.parent).update(user=cast.director)
    rows = DestructionList.objects.filter(pk=made.pk)
    said = {"reviewed_on": cast.today, "reviewed_at": timezone.now(), "reviewed_by": cast.deputy}
    with pytest.raises(DatabaseError, match="has a child on the list"), transaction.atomic():
        rows.update(**said)

    client, page = sign_in(cast.deputy), reverse("destruction_list", args=[made.pk])
    anew, review = (
        reverse("destruction_list_step", args=[made.pk, step]) for step in ("anew", "review")
    )
    assert client.post(review).status_code == 200  # says why, in words
    assert rows.get().reviewed_on is None
    number = made.items.count()
    assert f"{number} items were decided by somebody" in client.get(page).content.decode()
    asked = client.get(anew).content.decode()
    assert "(Demo director)" in asked
    found = client.get(page, {"show": "anew"}).content.decode()
    assert f"{number} items" in " ".join(found.split())
    before = dict(made.items.values_list("pk", "decision"))
    client.post(anew)
    assert dict(made.items.values_list("pk", "decision")) == before
    assert set(made.items.values_list("decided_by", flat=True)) == {cast.deputy.pk}
    assert Hold.objects.count() == 1, "what is kept stays kept by the hold it has"
    assert LogEntry.objects.filter(additional_data={"items": number, "as": "before"}).exists()
    assert client.get(anew).status_code == 302  # nothing more to do there
    client.post(review)
    assert rows.get().reviewed_by == cast.deputy


def test_who_decided_items_may_end_the_role_or_the_account_before_the_review(lists, cast):
    """They could when they did: that is asked then, by the action and by the database."""
    made = lists.make("own", on=cast.today)
    with pytest.raises(DatabaseError, match="deputy decides"), transaction.atomic():
        made.items.update(
            decision="destroy", decided_by=cast.counsellor, decided_at=timezone.now()
        )  # past the action
    lists.decide(made, by="deputy", on=cast.today)
    role = Membership.objects.get(user=cast.deputy)
    with acting_as(cast.director, on=cast.today):
        end_role(membership=role, first_day_without=cast.today, by=cast.director, on=cast.today)
    User.objects.filter(pk=cast.deputy.pk).update(is_active=False)
    with pytest.raises(DatabaseError, match="deputy decides"), transaction.atomic():
        made.items.update(decision="keep")
    lists.review(made, on=cast.today)
    assert DestructionList.objects.get(pk=made.pk).reviewed_by == cast.director


def test_an_item_of_another_school_comes_onto_no_list(lists, cast):
    made = lists.make("own")
    foreign = cast.dossier("foreign", cast.other_school)
    for dossier in (foreign.pk, uuid.uuid4()):
        row = DestructionItem(
            list=made, dossier_id=dossier, kind="guidance", last_day=LEFT, due_on=APPROVED
        )
        with pytest.raises(DatabaseError, match="school of its list"), transaction.atomic():
            row.save(force_insert=True)
