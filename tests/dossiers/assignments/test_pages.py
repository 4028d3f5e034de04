"""The keeper's pages: what is seen and what is not, by whom, and what is recorded."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from access.acting import acting_as
from access.models import User
from audit.models import LogEntry
from dossiers.actions.groups import assign_group
from dossiers.actions.medical import name_stand_in
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, AssignmentProposal, MedicalCustodian
from dossiers.rules.assigning import Wanted
from students.models import Enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(cast) -> AssignmentProposal:
    return AssignmentProposal.objects.create(
        dossier=cast.dossier("twelve"),
        user=cast.other_counsellor,
        group=cast.group,
        starts_on=cast.today,
    )


@pytest.fixture
def stand_in(cast) -> MedicalCustodian:
    with acting_as(cast.director, on=cast.today):
        return name_stand_in(
            school=cast.school,
            user=cast.coordinator,
            starts_on=cast.today,
            ends_on=None,
            by=cast.director,
            on=cast.today,
        )


@pytest.fixture
def team(cast) -> None:
    with acting_as(cast.director, on=cast.today):
        assign_group(
            group=cast.group,
            user=cast.other_counsellor,
            wanted=Wanted(AssignmentKind.COUNSELLOR, cast.today, None, "teaches 6A"),
            by=cast.director,
            on=cast.today,
        )


@pytest.fixture
def addresses(cast, proposal, stand_in, team) -> dict[str, str]:
    """Every page of the keeper, with something to show."""
    own, group = cast.dossier("own").pk, cast.group.pk
    given = Assignment.objects.get(user=cast.counsellor).pk
    person = cast.other_counsellor.pk
    return {
        "assignments": reverse("assignments"),
        "assignment_pupils": reverse("assignment_pupils"),
        "assignment_people": reverse("assignment_people"),
        "assignment_proposals": reverse("assignment_proposals"),
        "medical_stand_ins": reverse("medical_stand_ins"),
        "end_medical_stand_in": reverse("end_medical_stand_in", args=[stand_in.pk]),
        "school_year_turn": reverse("school_year_turn"),
        "pupil_assignments": reverse("pupil_assignments", args=[own]),
        "assign_pupil": reverse("assign_pupil", args=[own]),
        "assign_medical": reverse("assign_medical", args=[own]),
        "person_assignments": reverse("person_assignments", args=[person]),
        "group_assignments": reverse("group_assignments", args=[group]),
        "assign_group": reverse("assign_group", args=[group]),
        "hand_over_group": reverse("hand_over_group", args=[group]),
        "withdraw_from_group": reverse("withdraw_from_group", args=[group, person]),
        "group_turn": reverse("group_turn", args=[group]),
        "withdraw_assignment": reverse("withdraw_assignment", args=[given]),
        "change_assignment_end": reverse("change_assignment_end", args=[given]),
    }


SHOW_OWN = {
    "assignment_pupils",
    "pupil_assignments",
    "assign_pupil",
    "assign_medical",
    "person_assignments",
    "group_assignments",
    "withdraw_assignment",
    "change_assignment_end",
}


@pytest.mark.promise("P7")
@pytest.mark.promise("P20")
@pytest.mark.parametrize("keeper", ["director", "deputy", "board_officer"])
def test_a_keeper_opens_every_page_and_each_names_whom_it_shows(cast, addresses, sign_in, keeper):
    client = sign_in(cast.people[keeper])
    own = cast.pupils["own"]
    for name, address in addresses.items():
        page = client.get(address)
        assert page.status_code == 200, name
        row = LogEntry.objects.filter(actor_id=cast.people[keeper].pk).latest("timestamp")
        shows = own.first_name in page.content.decode()
        assert shows == (name in SHOW_OWN), name
        assert not shows or own.log_key in row.subjects, name
        assert not shows or row.ground == "custodian"


@pytest.mark.promise("P2")
@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("counsellor", 403),
        ("coordinator", 403),
        ("school_doctor", 403),
        ("administrator", 403),
        ("privacy_officer", 403),
        ("fg", 403),
        ("safeguarding", 403),
        ("parent", 403),
        ("former", 403),
    ],
)
def test_other_roles_open_none_of_them(cast, addresses, sign_in, person, status):
    client = sign_in(cast.people[person])
    for name, address in addresses.items():
        page = client.get(address)
        assert page.status_code == status, name
        assert cast.pupils["own"].first_name not in page.content.decode()


@pytest.mark.promise("P2")
def test_the_director_of_another_school_finds_none_of_it(cast, addresses, sign_in):
    client = sign_in(cast.other_director)
    for name, address in addresses.items():
        page = client.get(address)
        has_key = address.rstrip("/").split("/")[-1].count("-") == 4 or name in {
            "assign_pupil",
            "assign_medical",
            "assign_group",
            "hand_over_group",
            "withdraw_from_group",
            "withdraw_assignment",
            "change_assignment_end",
            "end_medical_stand_in",
        }
        assert page.status_code == (404 if has_key else 200), name
        assert cast.pupils["own"].first_name not in page.content.decode()
        assert cast.counsellor.name not in page.content.decode()


@pytest.mark.promise("P7")
def test_content_of_a_dossier_is_on_none_of_the_keepers_pages(cast, addresses, sign_in):
    page = sign_in(cast.director).get(reverse("dossier", args=[cast.dossier("own").pk]))
    assert page.status_code == 404


@pytest.mark.promise("P7")
def test_an_own_child_is_listed_without_actions_and_with_who_decides(cast, addresses, sign_in):
    cast.add_parent("director", "own")
    client = sign_in(cast.director)
    sentence = "board officer decides"
    in_english(cast)
    for name in ("assignment_pupils", "pupil_assignments", "group_assignments"):
        page = client.get(addresses[name]).content.decode()
        assert sentence in page, name
        assert addresses["assign_pupil"] not in page, name
        assert addresses["withdraw_assignment"] not in page, name
    for name in ("assign_pupil", "assign_medical", "withdraw_assignment", "change_assignment_end"):
        assert client.get(addresses[name]).status_code == 403, name
        assert client.post(addresses[name]).status_code == 403, name
    assert Assignment.objects.get(user=cast.counsellor).withdrawn_at is None


def in_english(cast) -> None:
    User.objects.filter(pk=cast.director.pk).update(language="en")


def form(cast, user, **more):
    return {
        "user": str(cast.people[user].pk),
        "kind": "counsellor",
        "starts_on": cast.today.isoformat(),
        "ends_on": "",
        "reason": "reads with this pupil",
    } | more


@pytest.mark.promise("P2")
def test_the_director_assigns_and_withdraws_on_the_page(cast, addresses, sign_in):
    client = sign_in(cast.director)
    page = client.post(addresses["assign_pupil"], form(cast, "substitute"))
    assert page.status_code == 302
    given = Assignment.objects.get(user=cast.substitute, kind="counsellor")
    assert given.assigned_by == cast.director
    assert client.post(reverse("withdraw_assignment", args=[given.pk])).status_code == 302
    given.refresh_from_db()
    assert given.withdrawn_by == cast.director
    events = list(LogEntry.objects.order_by("timestamp").values_list("event", flat=True))
    assert events[-2:] == ["assigned", "assignment-withdrawn"]
    again = client.post(reverse("withdraw_assignment", args=[given.pk]), follow=True)
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "substitute"}, "Choose a last day"),
        ({"reason": ""}, "required"),
        ({"starts_on": "2026-11-15"}, "Choose today or a later day"),
        ({"ends_on": "2026-11-10"}, "The last day lies before the first day"),
        ({"kind": "medical"}, "Select a valid choice"),
        ({"user": "director"}, "Select a valid choice"),
    ],
)
def test_a_form_that_a_rule_refuses_comes_back_with_a_sentence(
    cast, addresses, sign_in, change, words
):
    in_english(cast)
    client = sign_in(cast.director)
    if "user" in change:
        change = {"user": str(cast.people[change["user"]].pk)}
    before = Assignment.objects.count()
    page = client.post(addresses["assign_pupil"], form(cast, "substitute") | change)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert Assignment.objects.count() == before


@pytest.mark.parametrize(
    ("keeper", "choosable", "hidden"),
    [
        ("director", "foreign_no", "deputy"),
        ("director", "substitute", "director"),
        ("director", "substitute", "parent_teacher"),
        ("director", "substitute", "school_doctor"),
        ("director", "substitute", "former"),
        ("board_officer", "director", "substitute"),
        ("board_officer", "parent_teacher", "former"),
    ],
)
def test_only_who_may_be_assigned_can_be_chosen(
    cast, addresses, sign_in, keeper, choosable, hidden
):
    page = sign_in(cast.people[keeper]).get(addresses["assign_pupil"]).content.decode()
    option = '<option value="{}"'
    if choosable in cast.people:
        assert option.format(cast.people[choosable].pk) in page
    assert option.format(cast.people[hidden].pk) not in page


def test_a_group_form_sent_twice_gives_nothing_twice(cast, addresses, sign_in):
    client = sign_in(cast.director)
    data = form(cast, "substitute")
    assert client.post(addresses["assign_group"], data).status_code == 302
    number = Assignment.objects.count()
    assert client.post(addresses["assign_group"], data).status_code == 200
    assert Assignment.objects.count() == number


def test_a_group_is_handed_over_and_withdrawn_on_the_page(cast, addresses, sign_in):
    client = sign_in(cast.director)
    data = {
        "leaving": str(cast.other_counsellor.pk),
        "user": str(cast.coordinator.pk),
        "starts_on": cast.today.isoformat(),
        "reason": "takes over",
    }
    assert client.post(addresses["hand_over_group"], data).status_code == 302
    assert Assignment.objects.filter(user=cast.coordinator, group=cast.group).count() == 6
    address = reverse("withdraw_from_group", args=[cast.group.pk, cast.coordinator.pk])
    assert client.post(address).status_code == 302
    assert not Assignment.objects.filter(
        user=cast.coordinator, group=cast.group, withdrawn_at__isnull=True
    ).exists()


@pytest.mark.parametrize(("decision", "outcome"), [("confirm", "confirmed"), ("no", "declined")])
def test_proposals_are_decided_on_the_page(cast, proposal, sign_in, decision, outcome):
    client = sign_in(cast.director)
    address = reverse("assignment_proposals")
    assert cast.pupils["twelve"].first_name in client.get(address).content.decode()
    client.post(address, {"decision": decision})
    proposal.refresh_from_db()
    assert proposal.outcome == "open"
    client.post(address, {"decision": decision, "proposal": [str(proposal.pk)]})
    proposal.refresh_from_db()
    assert proposal.outcome == outcome
    assert cast.pupils["twelve"].first_name not in client.get(address).content.decode()


def test_a_stand_in_is_named_and_ended_on_the_page(cast, sign_in):
    client = sign_in(cast.director)
    data = {"user": str(cast.coordinator.pk), "starts_on": cast.today.isoformat(), "ends_on": ""}
    assert client.post(reverse("medical_stand_ins"), data).status_code == 302
    named = MedicalCustodian.objects.get()
    page = client.get(reverse("assign_medical", args=[cast.dossier("own").pk])).content.decode()
    assert f'<option value="{cast.coordinator.pk}"' in page
    assert f'<option value="{cast.counsellor.pk}"' not in page
    assert client.post(reverse("end_medical_stand_in", args=[named.pk])).status_code == 302
    named.refresh_from_db()
    assert named.ends_on == cast.today - timedelta(1)


@pytest.mark.promise("P2")
def test_another_last_day_is_set_on_the_page(cast, addresses, sign_in):
    client = sign_in(cast.director)
    data = {"ends_on": (cast.today + timedelta(9)).isoformat(), "reason": "until the holidays"}
    assert client.post(addresses["change_assignment_end"], data).status_code == 302
    rows = Assignment.objects.filter(user=cast.counsellor).order_by("starts_on")
    assert [row.ends_on for row in rows] == [
        cast.today - timedelta(1),
        cast.today + timedelta(9),
    ]
    page = client.get(addresses["pupil_assignments"]).content.decode()
    assert "Until the holidays" in page


@pytest.mark.promise("P2")
def test_after_leaving_only_a_few_days_can_be_given(cast, sign_in):
    Enrolment.objects.filter(pupil=cast.pupils["own"]).update(ends_on=cast.today - timedelta(60))
    address = reverse("assign_pupil", args=[cast.dossier("own").pk])
    client = sign_in(cast.director)
    page = client.get(address).content.decode()
    assert 'name="kind" value="short"' in page
    data = form(
        cast, "other_counsellor", kind="short", ends_on=(cast.today + timedelta(7)).isoformat()
    )
    assert client.post(address, data).status_code == 200
    data["ends_on"] = (cast.today + timedelta(6)).isoformat()
    assert client.post(address, data).status_code == 302


# --- searching ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [("celik", True), ("Çelik", True), ("van der celik", True), ("elik", False), ("zz", False)],
)
def test_searching_ignores_accents_and_prefixes(cast, sign_in, typed, found):
    cast.add_pupil("turkish", surname="Çelik")
    client = sign_in(cast.director)
    page = client.post(reverse("assignment_pupils"), {"q": typed})
    assert ("First-turkish" in page.content.decode()) == found
    row = LogEntry.objects.latest("timestamp")
    assert row.event == "searched"
    assert (cast.pupils["turkish"].log_key in row.subjects) == found
    assert typed not in str(row.additional_data)


def test_pupils_without_a_counsellor_are_found(cast, sign_in):
    client = sign_in(cast.director)
    page = client.post(reverse("assignment_pupils"), {"which": "without"}).content.decode()
    assert "First-twelve" in page
    assert "First-own" not in page
    assert "First-foreign" not in page


def test_who_left_is_found_apart(cast, sign_in):
    Enrolment.objects.filter(pupil=cast.pupils["own"]).update(ends_on=cast.today - timedelta(1))
    client = sign_in(cast.director)
    assert "First-own" not in client.get(reverse("assignment_pupils")).content.decode()
    page = client.post(reverse("assignment_pupils"), {"which": "left"}).content.decode()
    assert "First-own" in page
    assert "First-other" not in page


def test_thirty_pupils_a_page(cast, sign_in):
    for number in range(31):
        cast.add_pupil(f"many{number:02}", surname="Aaa")
    client = sign_in(cast.director)
    first = client.get(reverse("assignment_pupils")).content.decode()
    assert first.count("First-many") >= 30
    assert "First-own" not in first
    second = client.post(reverse("assignment_pupils"), {"page": "2"}).content.decode()
    assert "First-own" in second


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("assignment_pupils", 18),
        ("group_assignments", 17),
        ("assignments", 18),
        ("person_assignments", 13),
        ("assignment_proposals", 14),
        ("group_turn", 20),
    ],
)
@pytest.mark.parametrize("number", [1, 30])
def test_a_list_asks_as_much_for_one_as_for_thirty(
    cast, sign_in, django_assert_num_queries, name, queries, number
):
    Enrolment.objects.filter(school=cast.school).exclude(pupil=cast.pupils["own"]).update(
        ends_on=date(2026, 10, 1)
    )
    for one in range(number - 1):
        cast.add_pupil(f"more{one}")
    with acting_as(cast.director, on=cast.today):
        given = assign_group(
            group=cast.group,
            user=cast.substitute,
            wanted=Wanted(AssignmentKind.COUNSELLOR, cast.today, None, "teaches 6A"),
            by=cast.director,
            on=cast.today,
        )
    assert len(given.assignments) == number
    for row in given.assignments:
        AssignmentProposal.objects.create(
            dossier=row.dossier, user=cast.coordinator, group=cast.group, starts_on=cast.today
        )
    keys = {
        "group_assignments": [cast.group.pk],
        "group_turn": [cast.group.pk],
        "person_assignments": [cast.substitute.pk],
    }
    client = sign_in(cast.director)
    address = reverse(name, args=keys.get(name, []))
    client.get(address)
    with django_assert_num_queries(queries):
        page = client.get(address)
    names = page.content.decode().count("First-")
    assert name in ("assignments", "group_turn") or names >= number


# --- for the pupil's counsellors ---------------------------------------------------------------


@pytest.mark.promise("P20")
@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("counsellor", 200),
        ("coordinator", 200),
        ("substitute", 200),
        ("school_doctor", 200),
        ("other_counsellor", 404),
        ("director", 404),
        ("foreign_counsellor", 404),
        ("administrator", 403),
        ("parent", 403),
        ("former", 403),
    ],
)
def test_counsellors_see_who_else_may_open_the_dossier(cast, sign_in, person, status):
    client = sign_in(cast.people[person])
    page = client.get(reverse("dossier_readers", args=[cast.dossier("own").pk]))
    assert page.status_code == status
    text = page.content.decode()
    assert (cast.substitute.name in text) == (status == 200)
    assert "/withdraw/" not in text
    row = LogEntry.objects.latest("timestamp")
    assert (cast.pupils["own"].log_key in row.subjects) == (status == 200)
