"""The photo check: who may use it, what shows, what is kept, and what it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from access.errors import NotAllowed, Refused
from audit.models import LogEntry
from consent.actions import matters
from consent.actions.checking import check_consent
from consent.actions.purposes import end_purpose
from consent.models import Check, CheckedPupil

pytestmark = pytest.mark.promise("P13")
DAY = timedelta(days=1)


@pytest.fixture
def check(asked, client, sign_in):
    """Somebody checks pupils by their page; gives the page with the outcome."""

    def send(who: str, **data):
        sign_in(asked.cast.people[who])
        wanted = {
            "purpose": asked.purposes["website"].pk,
            "day": asked.cast.today.isoformat(),
            "groups": [str(asked.cast.group.pk)],
            "typed": "",
        }
        return client.post(reverse("photo_check"), wanted | data, follow=True)

    return send


def read(page) -> dict[str, tuple[bool, str]]:
    return {
        line.pupil.first_name.removeprefix("First-"): (line.is_allowed, line.reason)
        for line in page.context["lines"]
    }


@pytest.fixture
def agreed(asked):
    """Both parents of `own` said yes, the pupil of 16 said no."""
    asked.ask("own", "sixteen")
    for parent in ("parent", "parent_teacher"):
        asked.says(parent, "own", True)
    asked.says("pupil_sixteen", "sixteen", False)
    return asked


def test_a_teacher_sees_yes_and_no_for_a_group_with_open_as_no(agreed, check):
    page = check("counsellor")
    outcomes = {pupil: allowed for pupil, (allowed, _why) in read(page).items()}
    assert outcomes == {
        "own": True, "other": False, "eleven": False, "twelve": False, "fifteen": False,
        "sixteen": False,
    }  # fmt: skip
    text = page.content.decode()
    assert "First-own" in text
    assert "1 of 6 pupils" in text


@pytest.mark.parametrize(
    ("who", "is_told"),
    [
        ("counsellor", True),
        ("administrator", True),
        ("director", True),
        ("school_doctor", False),
        ("safeguarding", False),
    ],
)
def test_why_it_is_so_is_for_counsellors_and_administrators(agreed, check, who, is_told):
    page = check(who)
    assert ("the pupil refused on" in page.content.decode()) is is_told
    assert any(why for _allowed, why in read(page).values()) is is_told


def test_a_colleague_reads_no_reason_about_the_own_child(asked, check):
    asked.ask("own")
    asked.says("parent_teacher", "own", True)
    asked.says("parent", "own", False)
    found = read(check("parent_teacher"))
    assert found["own"] == (False, "")
    assert found["sixteen"][1]
    assert read(check("counsellor"))["own"][1].startswith("No: one parent with authority refused")


def test_the_check_is_kept_as_proof_and_the_log_names_every_pupil(agreed, check):
    page = check("counsellor")
    row = Check.objects.get()
    assert row.checked_by == agreed.cast.counsellor
    assert row.text == agreed.texts["website"]
    kept = CheckedPupil.objects.filter(check_made=row, is_allowed=True)
    assert [one.pupil for one in kept] == [agreed.cast.pupils["own"]]
    keys = {line.pupil.log_key for line in page.context["lines"]}
    for event in ("consent-checked", "page-listed"):
        entry = LogEntry.objects.filter(event=event).latest("timestamp")
        assert set(entry.subjects) == keys, event
        assert entry.ground == "check"
    for verb in ("update consent_checkedpupil set is_allowed = true", "delete from consent_check"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)


def test_an_older_check_says_for_whom_it_changed(agreed, check, client):
    page = check("counsellor")
    assert not page.context["has_changed"]
    agreed.says("parent", "own", False)
    again = client.get(reverse("photo_check_result", args=[Check.objects.get().pk]))
    changed = [line.pupil for line in again.context["lines"] if line.has_changed]
    assert changed == [agreed.cast.pupils["own"]]
    assert "Changed since this check." in again.content.decode()


def test_a_safety_block_is_a_no_on_the_page_of_everybody(agreed, check):
    about = matters.About(
        pupil=agreed.cast.pupils["own"], school=agreed.cast.school, words="a threat"
    )
    agreed.act(matters.place_safety_block, by="director", about=about)
    assert read(check("school_doctor"))["own"] == (False, "")


def test_pupils_are_found_by_name_in_the_whole_school_and_only_there(agreed, check):
    assert set(read(check("counsellor", groups=[], typed="sur-ow"))) == {"own"}
    page = check("counsellor", groups=[], typed="foreign")
    assert "No pupil found" in page.content.decode()
    assert not Check.objects.filter(pupils__pupil=agreed.cast.pupils["foreign"]).exists()


def test_a_group_of_another_school_can_not_be_chosen(agreed, check):
    page = check("counsellor", groups=[str(agreed.cast.other_group.pk)])
    assert "groups" in page.context["form"].errors
    assert not Check.objects.exists()


@pytest.mark.parametrize("days", [-1, 500])
def test_a_day_that_is_past_or_far_away_is_refused_with_a_sentence(agreed, check, days):
    day = agreed.cast.today + days * DAY
    page = check("counsellor", day=day.isoformat())
    assert page.context["form"].errors
    assert not Check.objects.exists()


def test_a_check_for_a_later_day_sees_what_ends_before(agreed, check):
    page = check("counsellor", day="2027-08-02")
    assert read(page)["own"][0] is False


@pytest.mark.parametrize("who", ["parent", "pupil_sixteen", "board_officer", "fg", "mr_parent"])
def test_nobody_else_comes_in(agreed, check, who):
    assert check(who).status_code == 403


def test_another_school_finds_no_check_of_ours(agreed, check, client, sign_in):
    check("counsellor")
    address = reverse("photo_check_result", args=[Check.objects.get().pk])
    assert sign_in(agreed.cast.foreign_counsellor).get(address).status_code == 404
    assert sign_in(agreed.cast.safeguarding).get(address).status_code == 200


def test_the_action_itself_takes_no_stranger_and_no_day_that_is_past(agreed):
    cast, text = agreed.cast, agreed.texts["website"]
    details = {"school": cast.school, "text": text}
    mine, strange = [cast.pupils["own"].pk], [cast.pupils["foreign"].pk]
    for pupils in (strange, [*mine, *strange], []):
        with pytest.raises(NotAllowed):
            agreed.act(check_consent, by="counsellor", pupils=pupils, day=cast.today, **details)
    day = cast.today - DAY
    with pytest.raises(Refused):
        agreed.act(check_consent, by="counsellor", pupils=mine, day=day, **details)


@pytest.mark.parametrize("change", ["replaced", "ended"])
def test_a_check_says_that_it_changed_when_what_was_asked_did(agreed, check, client, change):
    page = check("counsellor")
    assert read(page)["own"][0]
    assert not page.context["has_changed"]
    address = reverse("photo_check_result", args=[Check.objects.get().pk])
    if change == "replaced":
        agreed.replace("website")
    else:
        agreed.act(end_purpose, by="board_officer", purpose=agreed.purposes["website"])
    page = client.get(address)
    changed = [line.pupil.first_name for line in page.context["lines"] if line.has_changed]
    assert changed == ["First-own"]
    assert "agreed" not in "".join(line.reason for line in page.context["lines"])


@pytest.mark.parametrize("number", [1, 30])
def test_one_pupil_or_thirty_cost_the_page_the_same_queries(
    asked, check, client, number, django_assert_num_queries
):
    for n in range(number - 1):
        asked.cast.add_pupil(f"row{n}", surname=f"Xrow{n}")
    typed = "sur-own" if number == 1 else "xrow"
    check("counsellor", groups=[], typed=typed)
    address = reverse("photo_check_result", args=[Check.objects.get().pk])
    with django_assert_num_queries(16):
        page = client.get(address)
    assert len(page.context["lines"]) == max(1, number - 1)


def test_a_board_that_asks_nothing_says_so(cast, sign_in):
    page = sign_in(cast.counsellor).get(reverse("photo_check"))
    assert "Nothing is asked yet" in page.content.decode()
