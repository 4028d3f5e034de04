"""The lists ask the database the same as the rule says, over many families at once."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.models import (
    Check,
    CheckedPupil,
    Publication,
    PublishedPupil,
    Purpose,
    PurposeText,
    Removal,
)
from dossiers.models import Dossier
from retention import holds
from retention.models import Absence, EndedKind, Hold, HoldWords, Leaver, TermChange
from retention.models.leavers import bit_of
from retention.queries import calendar_of, due_on, fates_of, gone_without_a_date
from retention.rules import anniversary, began
from retention.rules.due import Start
from retention.tasks.leavers import mend_leavers, set_leavers_right
from retention.terms import KINDS, OF_PUPILS
from students.models import Enrolment, GroupMembership, Parent, Parenthood, Pupil, School


def let_leave(cast, key: str, last_day: date) -> Dossier:
    """The pupil left on that day."""
    pupil = cast.pupils[key]
    Enrolment.objects.filter(pupil=pupil).update(starts_on=date(2010, 8, 1), ends_on=last_day)
    return Dossier.objects.select_related("pupil", "school").get(pupil=pupil)


def leave_elsewhere(cast, key: str, last_day: date) -> Dossier:
    """The pupil was at the board's other school too, and left there on that day."""
    pupil = cast.pupils[key]
    here = Dossier.objects.get(pupil=pupil).school_id
    school = cast.school if here == cast.other_school.pk else cast.other_school
    Enrolment.objects.create(
        pupil=pupil, school=school, starts_on=date(2010, 8, 1), ends_on=last_day
    )
    return Dossier.objects.create(pupil=pupil, school=school, opened_on=date(2010, 8, 1))


def hold(cast, dossier: Dossier, *, ends_on: date | None = None, lifted: bool = False) -> Hold:
    """A hold of the director, written by the owner."""
    by = cast.other_director if dossier.school_id == cast.other_school.pk else cast.director
    words = [HoldWords.objects.create(dossier=dossier, sealed=b"", written_by=by) for _ in "ab"]
    row = Hold.objects.create(
        dossier=dossier, because="complaint", starts_on=cast.today - timedelta(days=365),
        ends_on=ends_on, placed_by=by, placed_as="director", words=words[0],
        review_on=cast.today,
    )  # fmt: skip
    if lifted:
        now = timezone.now()
        Hold.objects.filter(pk=row.pk).update(
            lifted_on=cast.today, lifted_at=now, lifted_by=by, lifting=words[1]
        )
    return row


def publish(cast, dossier: Dossier, *, gone: bool = False, ended: bool = False) -> None:
    """The pupil is in a picture on the website."""
    by, on = cast.counsellor, cast.today
    purpose, _new = Purpose.objects.get_or_create(
        board=cast.board, code="site", channel="website", defaults={"added_by": cast.board_officer}
    )
    text, _new = PurposeText.objects.get_or_create(
        purpose=purpose, number=1, defaults={"written_by": cast.board_officer}
    )
    check = Check.objects.create(
        school=dossier.school, purpose=purpose, text=text, day=on, checked_by=by
    )
    CheckedPupil.objects.create(check_made=check, pupil=dossier.pupil, is_allowed=True)
    row = Publication.objects.create(
        school=dossier.school, purpose=purpose, text=text, check_made=check, place="Site",
        published_on=on, published_by=by,
    )  # fmt: skip
    published = PublishedPupil.objects.create(publication=row, pupil=dossier.pupil)
    if gone:
        removal = Removal.objects.create(
            publication=row, school=dossier.school, how="part", done_on=on, done_by=by, sealed=b""
        )
        PublishedPupil.objects.filter(pk=published.pk).update(removal=removal, gone_on=on)
    if ended:
        Publication.objects.filter(pk=row.pk).update(
            ended_on=on, ended_by=by, ended_at=timezone.now()
        )


def happen(cast, dossier: Dossier, chance: random.Random) -> None:
    """Perhaps the pupil came back, is held, or is in a picture."""
    if chance.random() < 0.15:
        last_day = None if chance.random() < 0.5 else date(2023, 11, 17)
        Enrolment.objects.create(
            pupil=dossier.pupil, school=dossier.school, starts_on=date(2023, 11, 17),
            ends_on=last_day,
        )  # fmt: skip
    if chance.random() < 0.2:
        days = (0, -1, 30, 1505)  # the last one is in 2031
        ends = chance.choice([None, *(cast.today + timedelta(days=n) for n in days)])
        hold(cast, dossier, ends_on=ends, lifted=chance.random() < 0.3)
    if chance.random() < 0.25:
        publish(cast, dossier, **chance.choice([{}, {"gone": True}, {"ended": True}]))


def sql_says(on: date) -> set[tuple]:
    return {(row.pk, row.kind, row.due_day) for row in due_on(on)}


def rule_says(on: date) -> set[tuple]:
    fates = fates_of(Dossier.objects.all(), on=on)
    return {(key, kind, fate.day) for (key, kind), fate in fates.items() if fate.is_due}


@pytest.mark.promise("P9")
def test_the_database_finds_due_what_the_rule_finds_due_for_many_families(cast):
    """Random stays, families, holds, pictures and terms; each day of interest is asked."""
    chance = random.Random(6)
    edges = [date(2020, 2, 29), date(2020, 3, 1), date(2021, 2, 28), date(2021, 7, 31)]
    edges += [date(2021, 8, 1), date(2023, 11, 16), date(2023, 11, 15), date(2021, 11, 16)]
    for n in range(40):
        cast.add_pupil(f"r{n}", school=cast.school if n % 3 else cast.other_school)
    for n in range(40):
        place = {"board": cast.board, "surname": f"P{n}", "sort_name": "", "search_name": ""}
        parent = Parent.objects.create(**place)
        for child in chance.sample(range(40), chance.choice([1, 1, 2, 3])):
            link = Parenthood.objects.create(
                parent=parent, pupil=cast.pupils[f"r{child}"], relation="other"
            )
            if chance.random() < 0.2:
                Parenthood.objects.filter(pk=link.pk).update(
                    withdrawn_at=timezone.now(), withdrawn_by=cast.director
                )
    for key in cast.pupils:
        if chance.random() < 0.8:
            happen(cast, let_leave(cast, key, chance.choice(edges)), chance)
    for n in range(0, 40, 4):  # at another school of the board too, perhaps held there alone
        happen(cast, leave_elsewhere(cast, f"r{n}", chance.choice(edges)), chance)
    approve(cast, "medical", 2)
    approve(cast, "consent", 4, starts="year-end")
    asked = [date(2024, 2, 29), date(2023, 2, 28), date(2023, 3, 1), cast.today]
    asked += [date(2025, 7, 30), date(2025, 7, 31), date(2026, 11, 17), date(2031, 1, 1)]
    assert sum(_compared(day) for day in asked) > 100
    assert _counted(cast.today) > 40
    # What changes later is followed: stays that end or go on, links, ended kinds.
    for key in chance.sample(sorted(cast.pupils), 25):
        change(cast, cast.pupils[key], chance)
    assert sum(_compared(day) for day in asked[-4:]) > 100
    assert mend_leavers() == 0


@pytest.mark.promise("P11")
def test_who_was_linked_by_mistake_alone_falls_due_with_that_pupil_whoever_else_is_at_school(cast):
    """A link that counts makes a family; one that was withdrawn waits for nobody else's child."""
    here = let_leave(cast, "twelve", date(2022, 1, 1))
    mistake = cast.add_parent("mistake", "twelve", "eleven")  # eleven is at school

    def is_due() -> bool:
        _compared(cast.today), _counted(cast.today)
        return (here.pk, "parents", date(2025, 1, 1)) in sql_says(cast.today)

    assert not is_due()
    links = Parenthood.objects.filter(parent=mistake)
    links.update(withdrawn_at=timezone.now(), withdrawn_by=cast.director)
    assert is_due()
    elsewhere = leave_elsewhere(cast, "twelve", date(2021, 1, 1))
    held = hold(cast, elsewhere)
    assert not is_due()
    Hold.objects.filter(pk=held.pk).update(
        lifted_on=cast.today, lifted_at=timezone.now(), lifted_by=held.placed_by,
        lifting=HoldWords.objects.exclude(pk=held.words_id).get(),
    )  # fmt: skip
    assert is_due()
    yesterday = cast.today - timedelta(days=1)
    hold(cast, elsewhere, ends_on=yesterday)
    assert not is_due()
    assert (here.pk, "parents", yesterday) in sql_says(cast.today)
    publish(cast, elsewhere)
    _compared(cast.today)
    assert (here.pk, "parents", yesterday) not in sql_says(cast.today)
    links.filter(pupil=cast.pupils["eleven"]).update(withdrawn_at=None, withdrawn_by=None)
    assert mend_leavers() == 0


def _compared(on: date) -> int:
    """How many are due on a day, which rule and database say alike."""
    said = rule_says(on)
    assert sql_says(on) == said, on
    return len(said)


def _counted(on: date) -> int:
    """How much the calendar counts, which it does in the months of the rule's days."""
    until = date(2050, 1, 1)
    counted = {
        (month.first, month.school.pk, kind.code): amount.all
        for month in calendar_of(School.objects.all(), on=on, until=until)
        for kind, amount in month.by_kind
        if amount.all
    }
    schools = dict(Dossier.objects.values_list("pk", "school_id"))
    said = Counter(
        (None if one.day <= on else one.day.replace(day=1), schools[key], kind)
        for (key, kind), one in fates_of(Dossier.objects.all(), on=on).items()
        if one.day
    )
    assert counted == said, on
    return len(said)


def change(cast, pupil: Pupil, chance: random.Random) -> None:
    """Something about the pupil is not as it was."""
    stays, links = Enrolment.objects.filter(pupil=pupil), Parenthood.objects.filter(pupil=pupil)
    dossier = Dossier.objects.filter(pupil=pupil).first()
    match chance.randrange(6):
        case 0:
            newest = stays.order_by("-starts_on").values_list("pk", flat=True)[:1]
            stays.filter(pk__in=list(newest)).update(ends_on=None)
        case 1:
            stays.update(starts_on=date(2010, 8, 1), ends_on=date(2019, 5, 5))
        case 2:
            stays.update(starts_on=date(2010, 8, 1), ends_on=date(2022, 2, 28))
        case 3:
            Enrolment.objects.get_or_create(
                pupil=pupil, school=cast.other_school, ends_on=None,
                defaults={"starts_on": date(2024, 1, 1)},
            )  # fmt: skip
        case 4:
            links.filter(withdrawn_at=None).update(
                withdrawn_at=timezone.now(), withdrawn_by=cast.director
            )
            other = Parenthood.objects.exclude(pupil=pupil).order_by("pk").first()
            Parenthood.objects.get_or_create(
                parent=other.parent, pupil=pupil, defaults={"relation": "other"}
            )
        case _:
            end_kind(dossier, "guidance")
            end_kind(dossier, "parents")


def end_kind(dossier: Dossier | None, kind: str) -> None:
    """As if it was destroyed: written by the owner, past the lock."""
    lock = "trigger only_an_approved_item_ends"
    if dossier is not None:
        with connection.cursor() as cursor:
            cursor.execute(f"alter table retention_endedkind disable {lock}")
            EndedKind.objects.create(dossier_id=dossier.pk, kind=kind, ended_on=date(2026, 1, 1))
            cursor.execute(f"alter table retention_endedkind enable {lock}")


def test_each_night_a_row_about_a_leaver_that_says_it_wrong_is_mended(cast):
    here = let_leave(cast, "own", date(2020, 1, 1))
    other = let_leave(cast, "other", date(2021, 1, 1))
    Leaver.objects.filter(pk=here.pk).update(left_on=date(2026, 1, 1), family_left_on=None)
    Leaver.objects.filter(pk=other.pk).delete()
    Leaver.objects.create(
        dossier=Dossier.objects.get(pupil=cast.pupils["eleven"]), pupil=cast.pupils["eleven"],
        school=cast.school, left_on=date(2020, 1, 1), gone=0,
    )  # fmt: skip
    set_leavers_right(0)
    assert sql_says(cast.today) == rule_says(cast.today)
    assert {row.pk for row in due_on(cast.today)} == {here.pk, other.pk}
    assert mend_leavers() == 0


def test_the_database_and_the_models_name_kinds_by_the_same_bits(db):
    with connection.cursor() as cursor:
        for kind in OF_PUPILS:
            cursor.execute("select retention_bit(%s)", [kind.code])
            assert cursor.fetchone() == (bit_of(kind),)


def approve(cast, kind: str, years: int, *, starts: str = "left") -> TermChange:
    row = TermChange.objects.create(
        board=cast.board, kind=kind, years=years, starts=starts, source="A law of the demo",
        proposed_by=cast.privacy_officer,
    )  # fmt: skip
    TermChange.objects.filter(pk=row.pk).update(
        approved_by=cast.board_officer, approved_at=timezone.now()
    )
    return row


def test_the_database_counts_years_and_school_years_as_the_rule_does(db):
    days = [date(2019, 12, 30) + timedelta(days=n) for n in range(900)]
    with connection.cursor() as cursor:
        cursor.execute(
            "select d, y, retention_anniversary(d, y), retention_began(d, 'year-end'),"
            " retention_began(d, 'left') from unnest(%s::date[]) d, generate_series(1, 5) y",
            [days],
        )
        for day, years, due, year_end, left in cursor.fetchall():
            assert due == anniversary(day, years)
            assert year_end == began(day, Start.YEAR_END)
            assert left == day


def test_the_list_is_one_query_and_can_be_sorted_sliced_and_counted(cast):
    for key in ("own", "other"):
        let_leave(cast, key, date(2020, 1, 1))
    on = cast.today
    with CaptureQueriesContext(connection) as asked:
        rows = due_on(on, schools=[cast.school])
        first = list(rows.order_by("due_day", "pk")[:3])
        total = rows.count()
    assert len(asked) == 3  # the terms, the page, the count
    assert (len(first), total) == (3, 13)  # 7 kinds of one; the other has no parents
    assert {row.due_day for row in first} == {date(2023, 1, 1)}
    assert not due_on(on, schools=[cast.other_school]).count()
    only = due_on(on, schools=[cast.school], kinds=[KINDS["parents"]])
    assert [row.pupil for row in only] == [cast.pupils["own"]]
    assert len(OF_PUPILS) == 7


def test_what_is_open_in_another_room_holds_by_itself(cast):
    dossier = let_leave(cast, "own", date(2020, 1, 1))
    other = let_leave(cast, "other", date(2020, 1, 1))
    answer = Dossier.objects.filter(pk=dossier.pk).values_list("pk", flat=True)
    holds.on_asking_for_holds("demo", lambda day: answer, because="complaint")
    try:
        assert {row.pk for row in due_on(cast.today)} == {other.pk}
        assert sql_says(cast.today) == rule_says(cast.today)
    finally:
        holds.forget("demo")
    assert {row.pk for row in due_on(cast.today)} == {dossier.pk, other.pk}


@pytest.mark.parametrize(
    ("absent_for", "left_group", "is_asked"),
    [(60, None, True), (59, None, False), (None, 60, True), (None, 59, False), (None, None, False)],
)
def test_who_is_absent_from_the_roster_for_60_days_is_asked_after(
    cast, absent_for, left_group, is_asked
):
    stay = Enrolment.objects.get(pupil=cast.pupils["own"])
    if absent_for:
        Absence.objects.create(
            enrolment=stay, system="Demo", starts_on=cast.today - timedelta(days=absent_for)
        )
    if left_group:
        GroupMembership.objects.filter(enrolment=stay).update(
            ends_on=cast.today - timedelta(days=left_group)
        )
    found = gone_without_a_date(Enrolment.objects.filter(ends_on=None), on=cast.today)
    assert list(found) == ([stay] if is_asked else [])
    assert Pupil.objects.filter(pk=cast.pupils["own"].pk).exists()
