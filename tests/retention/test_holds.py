"""What is held is destroyed by nobody, by no route; who places, keeps and lifts a hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from psycopg.errors import CheckViolation

from access.acting import Job, acting_as
from access.errors import NotAllowed, Overtaken, Refused
from audit.models import LogEntry
from dossiers.actions.notes import NoteText, write_note
from dossiers.models import Dossier, Note
from oversight.actions.questions import answer_question
from retention import holds
from retention.actions.holds import Reason, keep_in_step, lift_hold, place_hold, review_hold
from retention.models import EndedKind, Hold, HoldWords
from retention.queries import (
    due_on,
    history_of,
    hold_words_visible_to,
    holds_to_review,
    holds_visible_to,
)
from students.models import Parent, Parenthood, Pupil
from tests.guards.seed_looks import look_and_ask
from tests.guards.test_logins import sign_in_as_web
from tests.retention.test_due_in_sql import let_leave

WORDS = "Klacht van 3 november, dossier 12"


def place(cast, by: str = "privacy_officer", pupil: str = "own", until: date | None = None) -> Hold:
    who = cast.people[by]
    dossier = Dossier.objects.select_related("pupil", "school").get(pupil=cast.pupils[pupil])
    with acting_as(who, on=cast.today):
        reason = Reason("complaint", WORDS, until)
        return place_hold(dossier=dossier, reason=reason, by=who, on=cast.today)


def lift(cast, hold: Hold, by: str = "privacy_officer", on: date | None = None) -> None:
    who, day = cast.people[by], on or cast.today
    with acting_as(who, on=day):
        lift_hold(hold=hold, words="De klacht is afgehandeld", by=who, on=day)


@pytest.fixture
def approved(db):
    """As if every kind of every dossier stood on an approved list that cooled off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "create or replace function retention_standing_among(wanted uuid[])"
            " returns table (dossier_id uuid, kind varchar) language sql stable as $$"
            " select unnest(wanted), kind"
            " from unnest(array['guidance', 'medical', 'administration']) kind $$"
        )


@pytest.mark.promise("P9")
def test_a_hold_stands_in_the_way_until_it_is_lifted_with_a_reason(cast):
    dossier = let_leave(cast, "own", date(2020, 1, 1))
    assert due_on(cast.today, schools=[cast.school]).count() == 7
    hold = place(cast)
    assert due_on(cast.today, schools=[cast.school]).count() == 0
    with pytest.raises(Refused):
        with acting_as(cast.privacy_officer, on=cast.today):
            lift_hold(hold=hold, words=" ", by=cast.privacy_officer, on=cast.today)
    lift(cast, hold)
    assert due_on(cast.today, schools=[cast.school]).count() == 7
    with pytest.raises(Overtaken):
        lift(cast, hold)
    rows = LogEntry.objects.filter(event__startswith="hold-").order_by("timestamp")
    assert [row.event for row in rows] == ["hold-placed", "hold-lifted"]
    assert {tuple(row.subjects) for row in rows} == {(dossier.pupil.log_key,)}
    assert "Klacht" not in str([(row.additional_data, row.changes) for row in rows])


@pytest.mark.promise("P9")
def test_a_hold_with_a_last_day_makes_it_due_on_that_day_and_lifted_on_its_own_again(cast):
    let_leave(cast, "own", date(2020, 1, 1))
    until = cast.today + timedelta(days=10)
    row = place(cast, until=until)
    assert not due_on(until - timedelta(days=1), schools=[cast.school]).exists()
    for day in (until, until + timedelta(days=99)):
        due = due_on(day, schools=[cast.school])
        assert (due.count(), {one.due_day for one in due}) == (7, {until})
    lift(cast, row)
    assert max(one.due_day for one in due_on(cast.today)) == date(2025, 1, 1)


DELETIONS = [
    "delete from dossiers_noteversion",
    "delete from dossiers_note",
    "delete from dossiers_dossierpart where kind = 'care'",
    "delete from dossiers_dossier",
    "delete from dossiers_othersystemrecord",
    "delete from students_enrolment",
    "delete from students_parenthood",
    "delete from students_parent",
    "delete from students_pupil",
    "delete from retention_hold",
    "delete from retention_holdwords",
]


@pytest.mark.promise("P9")
def test_the_database_refuses_to_destroy_what_is_held_also_with_an_approved_item(cast, approved):
    """As the owner and as the web's login, row by row and by a cascade from the pupil."""
    from dossiers.actions.elsewhere import Elsewhere, add_record_elsewhere

    dossier = cast.dossier("own")
    with acting_as(cast.counsellor, on=cast.today):
        text = NoteText("Title", "Facts", "")
        write_note(
            part=cast.part("own"), text=text, happened_on=cast.today, by=cast.counsellor,
            on=cast.today,
        )  # fmt: skip
        what = Elsewhere("System", "absence", "school", "two years")
        add_record_elsewhere(dossier=dossier, what=what, by=cast.counsellor, on=cast.today)
    Dossier.objects.filter(pk=dossier.pk).update(opened_on=cast.today)
    hold = place(cast)
    # Others have nothing that a statement over the whole table would meet first.
    others = Parenthood.objects.exclude(pupil=cast.pupils["own"])
    assert not others.exists()
    with connection.cursor() as cursor:
        for statement in DELETIONS:
            with pytest.raises(DatabaseError, match="held dossier"), transaction.atomic():
                cursor.execute(statement)
    for row in (dossier, cast.pupils["own"], Parent.objects.get(user=cast.parent)):
        with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
            row.delete()
    with pytest.raises(DatabaseError), acting_as(cast.director, on=cast.today):
        Dossier.objects.filter(pk=dossier.pk)._raw_delete("default")
    assert Dossier.objects.filter(pk=dossier.pk).exists()
    lift(cast, hold)
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("delete from dossiers_noteversion")
        assert cursor.rowcount == 1
        cursor.execute("delete from dossiers_note")
        cursor.execute("delete from dossiers_othersystemrecord")
        assert cursor.rowcount == 1


@pytest.mark.promise("P9")
def test_without_an_approved_item_nothing_of_a_dossier_goes_and_no_kind_ends(cast):
    with acting_as(cast.counsellor, on=cast.today):
        write_note(
            part=cast.part("own"), text=NoteText("Title", "Facts", ""), happened_on=cast.today,
            by=cast.counsellor, on=cast.today,
        )  # fmt: skip
    for rows in (Note.objects.all(), Dossier.objects.all()):
        with pytest.raises(DatabaseError, match="approved destruction list"), transaction.atomic():
            rows._raw_delete("default")
    with pytest.raises(DatabaseError, match="approved destruction list"), transaction.atomic():
        EndedKind.objects.create(
            dossier_id=cast.dossier("own").pk, kind="medical", ended_on=cast.today
        )
    assert Pupil.objects.filter(pk=cast.pupils["own"].pk).exists()


@pytest.mark.promise("P9")
def test_a_kind_that_is_gone_is_not_due_again_while_the_others_are(cast, approved):
    dossier = let_leave(cast, "own", date(2020, 1, 1))
    EndedKind.objects.create(dossier_id=dossier.pk, kind="medical", ended_on=cast.today)
    kinds = {row.kind for row in due_on(cast.today, schools=[cast.school])}
    assert "medical" not in kinds
    assert len(kinds) == 6


@pytest.mark.parametrize(
    ("person", "pupil"),
    [
        ("counsellor", "own"),
        ("administrator", "own"),
        ("board_officer", "own"),
        ("other_director", "own"),
        ("parent", "own"),
    ],
)
def test_only_director_privacy_officer_and_fg_place_holds(cast, person, pupil):
    with pytest.raises(NotAllowed):
        place(cast, person, pupil)


def test_nobody_handles_a_hold_for_or_against_an_own_child(cast):
    """A director whose child it is: the action, the list and the database all refuse."""
    hold = place(cast, "privacy_officer")
    Parent.objects.filter(user=cast.parent).update(user=cast.director)
    dossier = cast.dossier("own")
    with pytest.raises(NotAllowed, match="own child"):
        place(cast, "director")
    with pytest.raises(NotAllowed, match="own child"):
        lift(cast, hold, "director")
    assert not holds_visible_to(cast.director, on=cast.today).exists()
    words = HoldWords.objects.create(dossier=dossier, sealed=b"", written_by=cast.director)
    with pytest.raises(DatabaseError, match="own child"), transaction.atomic():
        Hold.objects.create(
            dossier=dossier, because="other", starts_on=cast.today, placed_by=cast.director,
            placed_as="director", words=words, review_on=cast.today + timedelta(days=5),
        )  # fmt: skip


def test_a_hold_of_the_fg_is_lifted_by_the_fg_only(cast):
    hold = place(cast, "fg")
    for person in ("privacy_officer", "director"):
        with pytest.raises(NotAllowed):
            lift(cast, hold, person)
        words = HoldWords.objects.create(
            dossier=hold.dossier, sealed=b"", written_by=cast.people[person]
        )
        with pytest.raises(DatabaseError, match="lifted by who may"), transaction.atomic():
            Hold.objects.filter(pk=hold.pk).update(
                lifted_on=cast.today, lifted_at=hold.placed_at, lifted_by=cast.people[person],
                lifting=words,
            )  # fmt: skip
    lift(cast, hold, "fg")
    assert Hold.objects.get(pk=hold.pk).lifted_by == cast.fg


def test_a_hold_is_looked_at_each_year_and_says_why_it_stays(cast):
    hold = place(cast)
    in_a_year = cast.today.replace(year=cast.today.year + 1)
    officer = cast.privacy_officer
    assert not holds_to_review(officer, on=in_a_year - timedelta(days=1)).exists()
    assert list(holds_to_review(officer, on=in_a_year)) == [hold]
    with acting_as(officer, on=in_a_year):
        review_hold(hold=hold, words="De rechter heeft nog niet beslist", by=officer, on=in_a_year)
    assert not holds_to_review(officer, on=in_a_year).exists()
    with acting_as(officer, on=in_a_year):
        said = history_of(Hold.objects.get(pk=hold.pk), officer, on=in_a_year)
    assert [(one.what, one.words) for one in said] == [
        ("kept", "De rechter heeft nog niet beslist"),
        ("placed", WORDS),
    ]


def test_the_words_of_a_hold_are_sealed_and_behind_row_level_security(cast):
    hold = place(cast)
    assert b"Klacht" not in bytes(hold.words.sealed)
    for person in ("privacy_officer", "fg", "director", "deputy"):
        with acting_as(cast.people[person], on=cast.today):
            assert HoldWords.objects.count() == 1, person
    for person in ("counsellor", "other_director", "board_officer", "administrator", "parent"):
        with acting_as(cast.people[person], on=cast.today):
            assert HoldWords.objects.count() == 0, person
    assert hold_words_visible_to(cast.privacy_officer, on=cast.today).count() == 1
    with pytest.raises(DatabaseError), acting_as(cast.counsellor, on=cast.today):
        HoldWords.objects.create(dossier=hold.dossier, sealed=b"", written_by=cast.counsellor)


def test_what_opens_in_another_room_becomes_a_hold_and_ends_with_it(cast):
    dossier = let_leave(cast, "own", date(2020, 1, 1))
    is_open = [dossier.pk]

    def question(day: date):
        return Dossier.objects.filter(pk__in=list(is_open)).values_list("pk", flat=True)

    job = Job("keep_holds_in_step")
    holds.on_asking_for_holds("demo", question, because="request")
    try:
        for _twice in range(2):
            with acting_as(job, on=cast.today):
                keep_in_step(by=job, on=cast.today)
        assert Hold.objects.filter(room="demo", lifted_at=None).count() == 1
        with pytest.raises(DatabaseError, match="held dossier"), transaction.atomic():
            Dossier.objects.filter(pk=dossier.pk)._raw_delete("default")
        with pytest.raises(NotAllowed):
            lift(cast, Hold.objects.get())
        is_open.clear()
        with acting_as(job, on=cast.today):
            assert keep_in_step(by=job, on=cast.today) == 1
        assert not Hold.objects.filter(lifted_at=None).exists()
        assert LogEntry.objects.filter(event="holds-in-step").count() == 2
    finally:
        holds.forget("demo")


def test_what_a_room_held_is_lifted_once_nobody_asks_after_it_any_more(cast):
    """The room was renamed, or the hold planted: no person lifts it, so it stood for good."""
    dossier, job = cast.dossier("own"), Job("keep_holds_in_step")
    row = Hold.objects.create(
        dossier=dossier, because="request", room="renamed", starts_on=cast.today,
        review_on=cast.today + timedelta(days=300),
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        lift(cast, row)
    with acting_as(job, on=cast.today):
        assert keep_in_step(by=job, on=cast.today) == 1
        assert keep_in_step(by=job, on=cast.today) == 0
    assert Hold.objects.get().lifted_on == cast.today


def test_neither_a_person_nor_the_web_login_places_or_lifts_what_a_room_holds(cast):
    columns = "(id, dossier_id, because, room, starts_on, review_on, placed_at, placed_as)"
    place_one = f"""insert into retention_hold {columns} select gen_random_uuid(), %s, 'other', 'x',
        '{cast.today}', '{cast.today + timedelta(days=9)}', now(), ''"""
    key = cast.dossier("own").pk
    with pytest.raises(DatabaseError, match="by itself"), acting_as(cast.director, on=cast.today):
        with connection.cursor() as cursor:
            cursor.execute(place_one, [key])
    with sign_in_as_web() as web, pytest.raises(CheckViolation, match="by itself"):
        web.execute(place_one, [key])
    with connection.cursor() as cursor:
        cursor.execute(place_one, [key])
    with pytest.raises(DatabaseError, match="by itself"), acting_as(cast.director, on=cast.today):
        Hold.objects.update(lifted_on=cast.today, lifted_at=timezone.now())


@pytest.mark.promise("P9")
def test_a_question_of_a_parent_holds_the_dossier_until_it_is_answered(cast):
    """Asked of the lists at once; each night, and before destroying, it becomes a hold."""
    question = look_and_ask(
        cast, "own", parent="parent", teacher="counsellor", why="Why was this opened?"
    ).question
    dossier = let_leave(cast, "own", date(2020, 1, 1))
    other = let_leave(cast, "other", date(2020, 1, 1))
    job = Job("keep_holds_in_step")

    def night() -> None:
        with acting_as(job, on=cast.today):
            keep_in_step(by=job, on=cast.today)

    with acting_as(job, on=cast.today):
        assert {row.pk for row in due_on(cast.today)} == {other.pk}
    night()
    row = Hold.objects.get()
    assert (row.dossier, row.room, row.because) == (dossier, "oversight", "request")
    with pytest.raises(DatabaseError, match="held dossier"), transaction.atomic():
        Dossier.objects.filter(pk=dossier.pk)._raw_delete("default")
    with acting_as(cast.director, on=cast.today):
        answer_question(
            question=question, words="For the report meeting", by=cast.director, on=cast.today
        )
    night()
    assert {row.pk for row in due_on(cast.today)} == {dossier.pk, other.pk}
