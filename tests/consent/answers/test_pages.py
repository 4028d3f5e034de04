"""The board of answers: what is counted, who is shown to whom, what it costs."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse

from access.acting import acting_as
from audit.models import LogEntry
from consent.actions import matters
from consent.actions.rounds import RoundDates, ask_next_batch, start_round
from consent.queries.answers import board_of
from consent.queries.reaching import Part, Reach, people_to_tell
from consent.rules.board import State
from students.models import Enrolment, GroupMembership, Parenthood, Pupil, SchoolYear

pytestmark = pytest.mark.promise("P13")
DAY = timedelta(days=1)
YES, NO, CONFLICT, WAITS, AWAY = State


@pytest.fixture
def settled(asked):
    """One pupil in each place: own in conflict, other yes, eleven open, fifteen no, twelve away."""
    cast = asked.cast
    asked.add("press", "press")
    cast.add_parent("parent_of_other", "other")
    cast.add_parent("parent_of_fifteen", "fifteen")
    asked.ask("own", "other", "eleven", "fifteen", "sixteen")
    asked.says("parent", "own", True)
    asked.says("parent_teacher", "own", False)
    for code in ("website", "press"):
        asked.says("parent_of_other", "other", True, code)
    asked.says("pupil_fifteen", "fifteen", False)
    return asked


def board(asked, who: str, row=None):
    """The board of the cast's school, as somebody finds it."""
    with acting_as(asked.cast.people[who], on=asked.cast.today, read_only=True):
        return board_of(asked.cast.school, row, asked.cast.people[who], on=asked.cast.today)


def where(found, asked, code: str = "website") -> dict[str, State]:
    purpose = asked.purposes[code].pk
    return {
        line.pupil.first_name.removeprefix("First-"): line.found[purpose].state
        for line in found.pupils
    }


def pupils_at(client, cast, **asked) -> list[str]:
    page = client.get(reverse("answering_pupils", args=[cast.school.pk]), asked)
    return [line.pupil.first_name.removeprefix("First-") for line, _told in page.context["lines"]]


def test_each_pupil_stands_where_the_rule_puts_it(settled):
    found = board(settled, "administrator")
    assert where(found, settled) == {
        "own": CONFLICT,
        "other": YES,
        "eleven": WAITS,
        "fifteen": NO,
        "sixteen": WAITS,
        "twelve": AWAY,  # nobody is recorded who may answer
    }
    total = found.total(purpose=settled.purposes["website"].pk)
    assert [total.at(state) for state in State] == [1, 1, 1, 2, 1]
    every = found.total()
    assert (every.pupils, every.at(YES), every.at(NO), every.at(CONFLICT)) == (6, 1, 1, 1)
    assert [line.tally.pupils for line in found.by_group()] == [6]


def test_a_parent_recorded_as_unreachable_moves_the_pupil_there(settled):
    cast = settled.cast
    cast.add_pupil("lonely")
    parent = cast.add_parent("parent_of_lonely", "lonely")
    assert where(board(settled, "director"), settled)["lonely"] is WAITS
    about = matters.About(cast.pupils["lonely"], cast.school, "Three letters came back")
    settled.act(matters.decide_unreachable, by="director", about=about, parent=parent, until=None)
    assert where(board(settled, "director"), settled)["lonely"] is AWAY


@pytest.mark.promise("P22")
def test_who_is_a_parent_finds_nothing_about_the_own_child_in_numbers_list_or_file(
    settled, sign_in
):
    cast = settled.cast
    cast.add_person("parent_teacher", "administrator", cast.school.unit)
    seen, theirs = board(settled, "administrator"), board(settled, "parent_teacher")
    assert "own" in where(seen, settled)
    assert "own" not in where(theirs, settled)
    assert (seen.total().pupils, theirs.total().pupils) == (6, 5)
    assert (seen.total().at(CONFLICT), theirs.total().at(CONFLICT)) == (1, 0)
    client = sign_in(cast.parent_teacher)
    page = client.get(reverse("school_answers", args=[cast.school.pk])).content.decode()
    assert "Your own child is left out" in page
    listed = client.get(reverse("answering_pupils", args=[cast.school.pk])).content.decode()
    assert cast.pupils["own"].name not in listed
    sent = client.post(reverse("export_answers", args=[cast.school.pk])).content.decode()
    assert "Sur-other" in sent
    assert "Sur-own" not in sent
    client = sign_in(cast.administrator)
    assert (
        "Sur-own" in client.post(reverse("export_answers", args=[cast.school.pk])).content.decode()
    )


def test_numbers_lead_to_the_pupils_they_count_and_those_to_the_log(settled, sign_in):
    cast = settled.cast
    client = sign_in(cast.administrator)
    website = str(settled.purposes["website"].pk)
    page = client.get(reverse("school_answers", args=[cast.school.pk]))
    words = page.content.decode()
    assert [line.text.purpose.code for line in page.context["purposes"]] == ["press", "website"]
    assert "6 pupils. Complete: nothing is left to answer." in words
    wanted = {"purpose": website, "state": "conflicting"}
    assert f"?purpose={website}&amp;state=conflicting" in words
    assert pupils_at(client, cast, **wanted) == ["own"]
    entry = LogEntry.objects.filter(event="page-listed").latest("timestamp")
    assert entry.subjects == [cast.pupils["own"].log_key]
    assert entry.ground == "administration"
    assert "own" not in words.split("<main")[1]
    assert pupils_at(client, cast, state="answered") == ["other"]
    assert pupils_at(client, cast, state="conflicting", group=str(cast.group.pk)) == ["own"]
    narrowed = client.get(
        reverse("school_answers", args=[cast.school.pk]), {"group": str(cast.group.pk)}
    )
    assert narrowed.context["groups"] == []
    assert [line.tally.at(YES) for line in narrowed.context["purposes"]] == [1, 1]
    of_one = client.get(reverse("school_answers", args=[cast.school.pk]), {"purpose": website})
    assert [line.tally.at(NO) for line in of_one.context["groups"]] == [1]


def test_the_list_says_why_and_nobodys_answer_by_name(settled, sign_in):
    client = sign_in(settled.cast.counsellor)
    address = reverse("answering_pupils", args=[settled.cast.school.pk])
    page = client.get(address, {"purpose": str(settled.purposes["website"].pk)}).content.decode()
    assert "one parent with authority refused on 16 November 2026" in page
    assert "Still to answer: one representative." in page
    assert "You see these pupils to see what is allowed." in page
    every = client.get(address).content.decode()
    assert "all questions" in every  # eleven: nothing was answered
    assert "Demo press" in every
    assert "parent_teacher" not in page.split("<main")[1]
    assert "Export" not in page.split("<main")[1]


def test_a_name_is_searched_by_post_within_what_is_chosen_and_never_stands_in_an_address(
    settled, sign_in
):
    cast, client = settled.cast, sign_in(settled.cast.administrator)
    address = reverse("answering_pupils", args=[cast.school.pk])

    def found(**sent):
        page = client.post(address, sent)
        return [line.pupil for line, _told in page.context["lines"]], page.content.decode()

    pupils, page = found(q="sur-fif", state="refused")
    assert pupils == [cast.pupils["fifteen"]]
    assert "sur-fif" not in page.replace('value="sur-fif"', "")
    assert LogEntry.objects.filter(event="searched").latest("timestamp").subjects == [
        cast.pupils["fifteen"].log_key
    ]
    assert found(q="sur-fif", state="answered")[0] == []
    assert len(pupils_at(client, cast, q="sur-fif")) == 6  # an address searches nothing
    sent = client.post(
        reverse("export_answers", args=[cast.school.pk]), {"q": "sur-fif"}
    ).content.decode()
    assert sent.count("\r\n") == 2


@pytest.mark.parametrize(
    "wrong",
    [{"purpose": str(uuid.uuid4())}, {"group": "x"}, {"state": "maybe"}, {"round": "1"}],
)
def test_what_is_not_on_the_board_is_not_found(settled, sign_in, wrong):
    client = sign_in(settled.cast.administrator)
    for name in ("school_answers", "answering_pupils"):
        assert client.get(reverse(name, args=[settled.cast.school.pk]), wrong).status_code == 404


def test_the_file_has_a_row_a_pupil_a_word_a_question_and_computes_nothing(settled, sign_in):
    cast = settled.cast
    Pupil.objects.filter(pk=cast.pupils["own"].pk).update(surname="=1+1")
    client = sign_in(cast.director)
    answer = client.post(reverse("export_answers", args=[cast.school.pk]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Surname", "Prefix", "First name", "Group", "Demo press", "Demo website"]
    assert ["Sur-other", "", "First-other", "6A", "Yes", "Yes"] in rows
    assert len(rows) == 7
    assert not [cell for row in rows for cell in row if cell.startswith("=")]
    entry = LogEntry.objects.filter(event="exported").latest("timestamp")
    assert len(entry.subjects) == 6
    few = client.post(
        reverse("export_answers", args=[cast.school.pk]), {"state": "answered"}
    ).content.decode()
    assert few.count("\r\n") == 2


def test_who_reads_at_one_school_and_keeps_another_takes_no_file_of_the_first(settled, sign_in):
    cast = settled.cast
    cast.add_person("counsellor", "administrator", cast.other_school.unit)
    client = sign_in(cast.counsellor)
    refused = client.post(reverse("export_answers", args=[cast.school.pk]))
    assert refused.status_code == 403
    assert client.post(reverse("export_answers", args=[cast.other_school.pk])).status_code == 200
    assert client.get(reverse("answers")).context["schools"] == [cast.school, cast.other_school]


@pytest.fixture
def mailed(settled, mailoutbox):
    """The round of this year, carried out; nobody was mailed yet."""
    cast = settled.cast
    dates = RoundDates(*(cast.today + n * DAY for n in (0, 14, 28, 42)))
    row = settled.act(
        start_round, by="director", school=cast.school, school_year=cast.year, dates=dates
    )
    while row.carried_out_at is None:
        row = settled.act(ask_next_batch, by="director", round_id=row.pk)
    mailoutbox.clear()
    return row


def test_reminding_says_whom_it_reaches_sends_once_a_day_and_names_no_child(
    settled, mailed, sign_in, mailoutbox
):
    cast = settled.cast
    client = sign_in(cast.administrator)
    address = reverse("remind_families", args=[cast.school.pk])
    board_page = client.get(reverse("school_answers", args=[cast.school.pk])).content.decode()
    assert f"{address}?round={mailed.pk}" in board_page
    page = client.get(address, {"round": str(mailed.pk)})
    assert "6 people get an e-mail" in page.content.decode()
    assert page.context["others"] == 1  # the voogd has no address
    done = client.post(f"{address}?round={mailed.pk}", follow=True)
    assert "6 people are reminded." in done.content.decode()
    again = client.post(f"{address}?round={mailed.pk}", follow=True)
    assert "Nobody is left to remind by e-mail today." in again.content.decode()
    assert len(mailoutbox) == len({mail.to[0] for mail in mailoutbox}) == 6
    assert not [mail for mail in mailoutbox if "First-" in mail.body or "Sur-" in mail.body]
    assert "6 people got one today already" in client.get(address).content.decode()


def test_who_is_in_no_group_is_reminded_apart(settled, mailed, sign_in, mailoutbox):
    cast = settled.cast
    places = GroupMembership.objects.filter(enrolment__pupil=cast.pupils["sixteen"])
    places.update(starts_on=cast.today + DAY)  # comes in one: not in none
    GroupMembership.objects.filter(enrolment__pupil=cast.pupils["twelve"]).delete()
    client = sign_in(cast.administrator)
    address = f"{reverse('remind_families', args=[cast.school.pk])}?round={mailed.pk}&group=none"
    board = client.get(reverse("school_answers", args=[cast.school.pk]), {"group": "none"})
    assert address.partition("?")[0] in board.content.decode()
    with acting_as(cast.administrator, on=cast.today):
        part = Part(mailed, in_no_group=True)
        people = people_to_tell(cast.school, on=cast.today, part=part)
    assert {pupil for one in people for pupil in one.pupils} == {cast.pupils["twelve"]}
    client.post(address)
    reached = {one.address for one in people if one.reach is Reach.MAIL}
    assert {mail.to[0] for mail in mailoutbox} == reached != set()


def test_nobody_is_reminded_without_a_round_or_by_who_only_reads(settled, sign_in):
    cast = settled.cast
    address = reverse("remind_families", args=[cast.school.pk])
    client = sign_in(cast.administrator)
    assert client.get(address).status_code == 404
    dates = RoundDates(*(cast.today + n * DAY for n in (0, 14, 28, 42)))
    settled.act(start_round, by="director", school=cast.school, school_year=cast.year, dates=dates)
    assert "can remind once the round is carried out" in client.get(address).content.decode()
    assert "Not everybody is asked yet" in client.post(address, follow=True).content.decode()
    page = sign_in(cast.counsellor).get(reverse("school_answers", args=[cast.school.pk]))
    assert address not in page.content.decode()
    cast.add_person("counsellor", "administrator", cast.other_school.unit)
    assert sign_in(cast.counsellor).post(address).status_code == 403


def test_with_one_school_the_way_in_is_its_board_at_once(settled, sign_in):
    answer = sign_in(settled.cast.director).get(reverse("answers"))
    assert answer["Location"] == reverse("school_answers", args=[settled.cast.school.pk])


def test_a_round_for_next_year_is_looked_at_as_it_will_count(settled, sign_in):
    cast = settled.cast
    year = SchoolYear.objects.create(
        board=cast.board,
        name="2027-2028",
        starts_on=date(2027, 8, 1),
        ends_on=date(2028, 7, 31),
    )
    dates = RoundDates(*(cast.today + n * DAY for n in (0, 14, 28, 42)))
    for one in (cast.year, year):
        settled.act(start_round, by="director", school=cast.school, school_year=one, dates=dates)
    page = sign_in(cast.administrator).get(reverse("school_answers", args=[cast.school.pk]))
    words = page.content.decode()
    assert page.context["board"].day == date(2027, 8, 1)
    assert "as it will be on 1 August 2027, with the answers of today" in words
    # a yes ends with its year; a no stands until the same person answers anew
    website = settled.purposes["website"].pk
    total = page.context["board"].total(purpose=website)
    assert (total.at(YES), total.at(NO)) == (0, 2)
    assert {row.school_year.name for row in page.context["looked"].rounds} == {
        "2026-2027", "2027-2028",
    }  # fmt: skip


def test_the_database_is_asked_as_often_for_eight_hundred_pupils_as_for_six(
    settled, django_assert_num_queries
):
    cast = settled.cast
    office = cast.administrator

    def count():
        with acting_as(office, on=cast.today, read_only=True):
            office.memberships_on(cast.today)  # asked once a request
            with django_assert_num_queries(QUERIES):
                return board_of(cast.school, None, office, on=cast.today)

    assert len(count().pupils) == 6
    _add_many(cast, 794)
    many = count()
    assert many.total().pupils == 800
    assert many.total(purpose=settled.purposes["website"].pk).at(WAITS) == 2 + 794


QUERIES = 6


def _add_many(cast, number: int) -> None:
    """Pupils with a parent each, without the work around them."""
    parent = Parenthood.objects.filter(pupil=cast.pupils["other"]).get()
    pupils = [
        Pupil(
            board=cast.board,
            first_name=f"Row-{n}",
            sort_name=f"row {n:03}",
            birth_date=date(2017, 1, 1),
        )
        for n in range(number)
    ]
    Pupil.objects.bulk_create(pupils)
    stays = Enrolment.objects.bulk_create(
        Enrolment(pupil=pupil, school=cast.school, starts_on=cast.year.starts_on)
        for pupil in pupils
    )
    GroupMembership.objects.bulk_create(
        GroupMembership(enrolment=stay, group=cast.group, starts_on=cast.year.starts_on)
        for stay in stays
    )
    links = Parenthood.objects.bulk_create(
        Parenthood(parent=parent.parent, pupil=pupil, relation="mother") for pupil in pupils
    )
    held = parent.authorities.get()
    type(held).objects.bulk_create(
        type(held)(parenthood=link, value="yes", starts_on=held.starts_on, source=held.source)
        for link in links
    )
