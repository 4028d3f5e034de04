"""Staff and their roles: who sees whom, who gives what, and what ends at once."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.urls import reverse

from access import endings
from access.acting import acting_as
from access.actions.accounts import close_account, reset_second_factor
from access.actions.memberships import end_role, give_role
from access.errors import NotAllowed, Refused
from access.models import Membership, User
from audit.models import LogEntry
from tests.access.conftest import give_factor
from tests.guards.walker import rolled_back

pytestmark = pytest.mark.usefixtures("web_login")
DAY = timedelta(days=1)


def give(cast, by: str, to: str, role: str, unit=None, starts_on=None, ends_on=None) -> Membership:
    with acting_as(cast.people[by], on=cast.today):
        return give_role(
            user=cast.people[to],
            role=role,
            unit=unit or cast.school.unit,
            starts_on=starts_on or cast.today,
            ends_on=ends_on,
            by=cast.people[by],
            on=cast.today,
        )


def end(cast, by: str, membership: Membership, first_day_without: date | None = None) -> None:
    with acting_as(cast.people[by], on=cast.today):
        end_role(
            membership=membership,
            first_day_without=first_day_without or cast.today,
            by=cast.people[by],
            on=cast.today,
        )


MANAGERS = {"director", "deputy", "other_director", "board_officer"}
STAFF = [
    "director", "deputy", "other_director", "counsellor", "coordinator", "administrator",
    "school_doctor", "safeguarding", "board_officer", "privacy_officer", "fg", "mr_parent",
    "parent", "pupil_sixteen",
]  # fmt: skip


@pytest.mark.promise("P22")
@pytest.mark.parametrize("person", STAFF)
def test_only_who_manages_staff_comes_in(cast, sign_in, person):
    client = sign_in(cast.people[person])
    for name in ("staff", "invite", "invitations"):
        status = client.get(reverse(name)).status_code
        assert status == (200 if person in MANAGERS else 403), name


def test_a_director_sees_the_staff_of_the_own_school_only(cast, sign_in):
    page = sign_in(cast.director).get(reverse("staff")).content.decode()
    for key in ("director", "deputy", "counsellor", "school_doctor", "mr_parent"):
        assert str(cast.people[key].pk) in page
    for key in ("other_director", "foreign_counsellor", "board_officer", "fg", "parent", "former"):
        assert f"/staff/{cast.people[key].pk}/" not in page


def test_a_board_officer_sees_the_board_and_all_its_schools(cast, sign_in):
    page = sign_in(cast.board_officer).get(reverse("staff")).content.decode()
    for key in ("director", "other_director", "foreign_counsellor", "fg"):
        assert str(cast.people[key].pk) in page
    assert f"/staff/{cast.parent.pk}/" not in page


def test_the_list_is_searched_by_post_and_narrowed(cast, sign_in):
    client = sign_in(cast.board_officer)

    def found(**asked) -> set[str]:
        page = client.post(reverse("staff"), asked)
        assert page.status_code == 200
        return {person.username for person in page.context["people"]}

    assert found(q="foreign") == {"foreign_counsellor"}
    assert found(q="demo foreign_c") == {"foreign_counsellor"}
    assert found(role="director") == {"director", "other_director"}
    assert found(role="director", unit=str(cast.other_school.pk)) == {"other_director"}
    assert found(ended="yes") == {"former"}
    assert found(q="nobody at all") == set()
    row = LogEntry.objects.filter(event="searched").latest("timestamp")
    assert "foreign" not in str(row.additional_data)


def test_the_list_asks_the_database_equally_often_for_one_and_for_thirty(
    cast, sign_in, django_assert_num_queries
):
    client = sign_in(cast.other_director)
    client.get(reverse("staff"))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("staff"))
    for number in range(30):
        with transaction.atomic():
            cast.add_person(f"extra{number}", "counsellor", cast.other_school.unit)
    with django_assert_num_queries(LIST_QUERIES):
        page = client.get(reverse("staff"))
    assert len(page.context["people"]) == 30
    second = client.post(reverse("staff"), {"page": 2})
    assert len(second.context["people"]) == 2


LIST_QUERIES = 13


@pytest.mark.parametrize("person", ["other_director", "counsellor", "parent", "fg"])
def test_a_person_of_another_school_is_not_found(cast, sign_in, person):
    client = sign_in(cast.people[person])
    for name in ("staff_member", "give_role", "close_account", "reset_second_factor"):
        answer = client.get(reverse(name, args=[cast.coordinator.pk]))
        assert answer.status_code == (404 if person == "other_director" else 403)
    membership = cast.coordinator.memberships.get()
    answer = client.get(reverse("end_role", args=[membership.pk]))
    assert answer.status_code == (404 if person == "other_director" else 403)


def test_the_page_of_a_person_shows_roles_here_and_not_elsewhere(cast, sign_in):
    Membership.objects.create(
        user=cast.counsellor,
        role="care-coordinator",
        unit=cast.other_school.unit,
        starts_on=date(2025, 1, 1),
    )
    address = reverse("staff_member", args=[cast.counsellor.pk])
    page = sign_in(cast.director).get(address).content.decode()
    assert "Guides pupils" in page or "Begeleidt" in page
    assert cast.school.name in page
    assert cast.other_school.name not in page
    assert cast.other_school.name in sign_in(cast.board_officer).get(address).content.decode()


@pytest.mark.promise("P7")
def test_a_director_names_a_deputy_on_the_page(cast, sign_in):
    client = sign_in(cast.director)
    answer = client.post(
        reverse("give_role", args=[cast.coordinator.pk]),
        {"role": "deputy", "unit": cast.school.pk, "starts_on": cast.today.isoformat()},
    )
    assert answer.url == reverse("staff_member", args=[cast.coordinator.pk])
    membership = cast.coordinator.memberships.get(role="deputy")
    assert membership.given_by == cast.director
    row = LogEntry.objects.get(event="role-given")
    assert (row.unit, row.object_pk) == (cast.school.pk, str(membership.pk))
    assert row.additional_data == {"user": str(cast.coordinator.pk), "role": "deputy"}
    again = client.post(
        reverse("give_role", args=[cast.coordinator.pk]),
        {"role": "deputy", "unit": cast.school.pk, "starts_on": cast.today.isoformat()},
    )
    assert again.status_code == 200
    assert cast.coordinator.memberships.filter(role="deputy").count() == 1


@pytest.mark.promise("P7")
@pytest.mark.parametrize(
    ("by", "to", "role"),
    [
        ("director", "director", "counsellor"),  # oneself
        ("director", "counsellor", "director"),  # the board's
        ("deputy", "counsellor", "deputy"),  # the director's
        ("deputy", "deputy", "counsellor"),
        ("other_director", "counsellor", "administrator"),  # another school
        ("board_officer", "counsellor", "counsellor"),  # the director's
        ("board_officer", "board_officer", "director"),
        ("counsellor", "coordinator", "counsellor"),
        ("administrator", "counsellor", "counsellor"),
        ("fg", "counsellor", "counsellor"),
        ("director", "counsellor", "parent"),
    ],
)
def test_nobody_gives_what_is_not_theirs_to_give(cast, by, to, role):
    with pytest.raises(NotAllowed):
        give(cast, by, to, role)
    assert not LogEntry.objects.filter(event="role-given").exists()


def test_the_database_refuses_a_role_given_to_oneself(cast):
    with pytest.raises(IntegrityError), acting_as(cast.director, on=cast.today):
        Membership.objects.create(
            user=cast.director,
            role="counsellor",
            unit=cast.school.unit,
            starts_on=cast.today,
            given_by=cast.director,
        )


def test_the_fg_is_never_made_director_nor_a_director_fg(cast):
    with pytest.raises(Refused):
        give(cast, "board_officer", "fg", "director")
    with pytest.raises(Refused):
        give(cast, "board_officer", "director", "fg", cast.board.unit)
    fg = cast.fg.memberships.get()
    end(cast, "board_officer", fg, cast.today + 5 * DAY)
    give(cast, "board_officer", "fg", "director", starts_on=cast.today + 5 * DAY)


@pytest.mark.parametrize(
    ("starts", "ends", "role", "board"),
    [(-1, None, "deputy", False), (3, 2, "deputy", False), (0, None, "fg", False),
     (0, None, "director", True)],
)  # fmt: skip
def test_a_period_in_the_past_or_upside_down_or_at_the_wrong_place_is_refused(
    cast, starts, ends, role, board
):
    by = "board_officer" if role in ("fg", "director") else "director"
    with pytest.raises(Refused):
        give(
            cast,
            by,
            "counsellor",
            role,
            cast.board.unit if board else cast.school.unit,
            cast.today + starts * DAY,
            None if ends is None else cast.today + ends * DAY,
        )


def test_a_role_counts_from_its_first_to_its_last_day(cast):
    give(
        cast, "director", "mr_parent", "administrator", None, cast.today + DAY, cast.today + 2 * DAY
    )
    user = User.objects.get(pk=cast.mr_parent.pk)
    held = [
        any(m.role == "administrator" for m in user.memberships_on(cast.today + n * DAY))
        for n in range(4)
    ]
    assert held == [False, True, True, False]


@pytest.mark.promise("P22")
def test_a_role_that_ends_closes_the_door_on_the_next_request(cast, client, sign_in, monkeypatch):
    told = []
    monkeypatch.setattr(endings, "_ended", [lambda batch, by, on: told.extend(batch)])
    sign_in(cast.counsellor)
    assert client.get(reverse("my_pupils")).status_code == 200
    membership = cast.counsellor.memberships.get()
    end(cast, "director", membership)
    answer = client.get(reverse("my_pupils"))
    assert answer.url.startswith(reverse("account_login"))
    assert [(t.user_id, t.last_day) for t in told] == [(cast.counsellor.pk, cast.today - DAY)]
    assert LogEntry.objects.filter(event="session-ended", actor=cast.counsellor).count() == 1
    with pytest.raises(Refused):
        end(cast, "director", membership)


def test_a_role_may_end_later_and_then_earlier_but_never_in_the_past(cast):
    membership = cast.counsellor.memberships.get()
    end(cast, "director", membership, cast.today + 10 * DAY)
    end(cast, "director", membership, cast.today + 5 * DAY)
    membership.refresh_from_db()
    assert membership.ends_on == cast.today + 4 * DAY
    with pytest.raises(Refused):
        end(cast, "director", membership, cast.today + 8 * DAY)
    with pytest.raises(Refused):
        end(cast, "director", membership, cast.today - DAY)


@pytest.mark.parametrize(
    ("by", "whose"),
    [("director", "director"), ("deputy", "director"), ("deputy", "deputy"),
     ("other_director", "counsellor"), ("board_officer", "counsellor"), ("counsellor", "deputy")],
)  # fmt: skip
def test_nobody_ends_what_they_may_not_give(cast, by, whose):
    with pytest.raises(NotAllowed):
        end(cast, by, cast.people[whose].memberships.get())


def test_closing_an_account_ends_roles_and_sessions_at_once(cast, client, sign_in, monkeypatch):
    told = []
    monkeypatch.setattr(endings, "_ended", [lambda batch, by, on: told.extend(batch)])
    sign_in(cast.counsellor)
    assert client.get(reverse("home")).status_code == 200
    theirs = client.cookies.copy()
    client.cookies.clear()
    director = sign_in(cast.director)
    assert director.get(reverse("close_account", args=[cast.counsellor.pk])).status_code == 200
    director.post(reverse("close_account", args=[cast.counsellor.pk]))
    directors, client.cookies = client.cookies, theirs
    assert client.get(reverse("home")).status_code == 302
    client.cookies = directors
    assert not User.objects.get(pk=cast.counsellor.pk).is_active
    assert len(told) == 1
    assert LogEntry.objects.filter(event="account-closed").count() == 1
    director.post(reverse("close_account", args=[cast.counsellor.pk]))
    assert LogEntry.objects.filter(event="account-closed").count() == 1
    director.post(reverse("reopen_account", args=[cast.counsellor.pk]))
    again = User.objects.get(pk=cast.counsellor.pk)
    assert again.is_active
    assert again.memberships_on(cast.today) == []
    assert LogEntry.objects.filter(event="account-reopened").count() == 1


@pytest.mark.parametrize(
    ("by", "whose", "error"),
    [
        ("director", "director", NotAllowed),
        ("deputy", "director", NotAllowed),
        ("other_director", "counsellor", NotAllowed),
        ("director", "parent_teacher", Refused),  # a parent as well, without that role
        ("counsellor", "coordinator", NotAllowed),
    ],
)
@pytest.mark.parametrize("action", [close_account, reset_second_factor])
def test_an_account_is_touched_only_by_who_manages_all_of_it(cast, by, whose, error, action):
    give_factor(cast.people[whose])
    with pytest.raises(error), acting_as(cast.people[by], on=cast.today):
        action(user=cast.people[whose], by=cast.people[by], on=cast.today)
    assert User.objects.get(pk=cast.people[whose].pk).is_active


def test_a_lost_second_factor_is_taken_away_and_asked_anew(cast, sign_in, client):
    give_factor(cast.counsellor)
    director = sign_in(cast.director)
    address = reverse("reset_second_factor", args=[cast.counsellor.pk])
    assert director.get(address).status_code == 200
    director.post(address)
    row = LogEntry.objects.get(event="second-factor-reset")
    assert row.actor_id == cast.director.pk
    sign_in(cast.counsellor, second_factor=False)
    assert client.get(reverse("my_pupils")).url.startswith(reverse("second_step"))


# Who may take a lost factor away: whoever may end every role of that person, and nobody else.
@pytest.mark.promise("P22")
@pytest.mark.parametrize(
    ("by", "may_reset"),
    [
        ("administrator", set()),
        ("counsellor", set()),
        ("privacy_officer", set()),
        ("fg", set()),
        ("deputy", {"counsellor", "coordinator", "administrator", "school_doctor"}),
        ("director", {"counsellor", "coordinator", "administrator", "school_doctor", "deputy"}),
        ("board_officer", {"director", "other_director", "privacy_officer", "fg"}),
    ],
)
def test_a_factor_is_taken_away_by_whoever_gives_the_roles_and_the_person_is_told(
    cast, mailoutbox, by, may_reset
):
    people = (
        *("counsellor", "coordinator", "administrator", "school_doctor", "deputy", "director"),
        *("other_director", "privacy_officer", "fg", "board_officer", "foreign_counsellor"),
    )
    reset = set()
    for whose in people:
        give_factor(cast.people[whose])
        with contextlib.suppress(NotAllowed, Refused), acting_as(cast.people[by], on=cast.today):
            reset_second_factor(user=cast.people[whose], by=cast.people[by], on=cast.today)
            reset.add(whose)
    assert reset == may_reset  # never one's own
    assert {to for mail in mailoutbox for to in mail.to} == {f"{who}@example.org" for who in reset}
    rows = LogEntry.objects.filter(event="second-factor-reset", actor=cast.people[by])
    assert {row.object_pk for row in rows} == {str(cast.people[who].pk) for who in reset}
    for mail in mailoutbox:
        assert cast.people[by].name in mail.body
        assert "did you not ask" in mail.body.lower()


def test_nobody_loses_a_factor_without_being_told(cast, sign_in, monkeypatch):
    give_factor(cast.counsellor)

    def fails(*_args, **_kwargs):
        raise OSError("no mail today")

    monkeypatch.setattr("access.actions.accounts.send_mail", fails)
    address = reverse("reset_second_factor", args=[cast.counsellor.pk])
    page = sign_in(cast.director).post(address, follow=True)
    assert "could not be told" in page.content.decode()
    assert Authenticator.objects.filter(user=cast.counsellor).exists()
    assert not LogEntry.objects.filter(event="second-factor-reset").exists()


@pytest.mark.parametrize("name", ["close_account", "reset_second_factor"])
def test_no_form_asks_what_its_answer_would_refuse(cast, sign_in, name):
    """403 for who ends no role of the person; told and not asked for who ends only some."""
    give_factor(cast.people["parent_teacher"])
    for by in ("board_officer", "director", "deputy", "administrator"):
        client = sign_in(cast.people[by])
        for whose in ("counsellor", "director", "deputy", "parent_teacher", by):
            address = reverse(name, args=[cast.people[whose].pk])
            shown = client.get(address)
            if shown.status_code == 200:
                with rolled_back():
                    sent = client.post(address, follow=True)
                assert sent.status_code == 200
                assert "uses the account elsewhere" not in sent.content.decode(), (by, whose)
            else:
                assert shown.status_code in (302, 403, 404), (by, whose)
    told = sign_in(cast.director).get(
        reverse(name, args=[cast.people["parent_teacher"].pk]), follow=True
    )
    assert "uses the account elsewhere" in told.content.decode()


def test_two_who_give_the_same_role_give_it_once(cast):
    give(cast, "director", "mr_parent", "administrator")
    with pytest.raises(Refused):
        give(cast, "deputy", "mr_parent", "administrator")


def test_the_list_says_who_still_lacks_a_second_factor(cast, sign_in):
    give_factor(cast.counsellor)
    User.objects.filter(pk=cast.coordinator.pk).update(is_active=False)
    page = sign_in(cast.director).get(reverse("staff"))
    states = {person.username: account for person, account in page.context["rows"]}
    assert states["counsellor"] == "ready"
    assert states["coordinator"] == "closed"
    assert states["administrator"] == "no-factor"
    assert states["mr_parent"] == "open"  # reads no pupil, needs none
