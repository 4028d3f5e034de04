"""Consent: a round, the photo check, the answers of a school, and parents who sign at once.

`BENCH_SMALL=yes script/bench consent` runs it with small numbers, to see that it works.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.acting import acting_as
from access.models import User
from bench.crowd import TODAY, the_crowd
from bench.families import SIZE, answer_everything, ask_for, give_parents
from bench.report import Row, by_turns
from bench.signing import at_once
from bench.visitor import signed_in_cookie
from consent.actions.rounds import RoundDates, ask_next_batch, start_round
from consent.models import Answer, PurposeText
from consent.queries import effects_of, question_of
from consent.queries.facts import Known
from consent.rules import effective_answer
from students.models import Group, GroupMembership, Pupil, SchoolYear

CHECKED = 30


def measure() -> list[Row]:
    """All four, the round first: it makes the requests that the others read."""
    crowd = the_crowd()
    crowd.grow(max(SIZE.round_pupils, crowd.pupils))
    give_parents()
    texts = ask_for()
    rows = [_a_round()]
    crowd.grow(max(SIZE.pupils, crowd.pupils))
    give_parents()
    answers = answer_everything()
    rows += [*_photo_check(texts[0], answers), _a_school(texts), *at_once(SIZE.parents)]
    return rows


def _a_round() -> Row:
    """Requests a second, and what the process holds after a tenth of the batches and at the end."""
    crowd = the_crowd()
    year = SchoolYear.objects.get(board=crowd.board)
    dates = RoundDates(TODAY, TODAY, TODAY, TODAY)
    by = crowd.director
    start = perf_counter()
    with acting_as(by, on=TODAY):
        row = start_round(school=crowd.school, school_year=year, dates=dates, by=by, on=TODAY)
    held: list[float] = []
    while row.carried_out_at is None:
        with acting_as(by, on=TODAY):
            row = ask_next_batch(round_id=row.pk, by=by, on=TODAY)
        held.append(_memory())
    taken = perf_counter() - start
    early, most = held[len(held) // 10], max(held)
    return Row(
        f"a round for {row.pupils_total:,} pupils: requests made",
        "at least 5 000 a second; memory flat",
        f"{row.requests_made / taken:,.0f} a second ({row.requests_made:,} in {taken:.0f} s);"
        f" memory {most - early:+.0f} MB after a tenth of the way ({early:.0f} to {most:.0f} MB)",
    )


def _memory() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def _group_of(size: int) -> Group:
    """A group of so many pupils of the school, taken out of the large one."""
    crowd = the_crowd()
    group = crowd.school.groups.create(
        school_year=crowd.group.school_year, name=f"B{size}", year_group="6"
    )
    places = GroupMembership.objects.filter(group=crowd.group).order_by("pk")[:size]
    GroupMembership.objects.filter(pk__in=list(places.values_list("pk", flat=True))).update(
        group=group
    )
    return group


@override_settings(ALLOWED_HOSTS=["localhost"])
def _photo_check(text: PurposeText, answers: int) -> list[Row]:
    """The whole pages, everything included, beside a page of the portal that shows nobody."""
    name, _, value = signed_in_cookie(the_crowd().some_counsellor()).partition("=")
    client = Client(headers={"host": "localhost", "x-forwarded-for": "127.0.0.1"})
    client.cookies[name] = value

    def check(group: Group) -> str:
        data = {"purpose": str(text.purpose_id), "day": f"{TODAY}", "groups": [str(group.pk)]}
        answer = client.post(reverse("photo_check"), data, secure=True)
        if answer.status_code != 302:
            raise RuntimeError(f"the photo check answered {answer.status_code}")
        return str(answer["Location"])

    def show(address: str, *, lines: int) -> None:
        answer = client.get(address, secure=True)
        if answer.status_code != 200 or answer.content.count(b'class="check-line') != lines:
            raise RuntimeError(f"the page answered {answer.status_code}")

    groups = {size: _group_of(size) for size in (1, CHECKED)}
    counts = {}
    for size, group in groups.items():
        check(group)
        with CaptureQueriesContext(connection) as asked:
            show(check(group), lines=size)
        counts[size] = len(asked)
    address = check(groups[CHECKED])
    empty, made, shown = by_turns(
        lambda: show(reverse("find_emergency_card"), lines=0),
        lambda: check(groups[CHECKED]),
        lambda: show(address, lines=CHECKED),
        times=40,
    )
    return [
        Row(
            f"photo check of {CHECKED} pupils, {answers:,} answers in the database: made, against"
            " an empty page",
            "under 3x; as many queries as for 1 pupil",
            f"{made / empty:.1f}x ({made * 1000:.0f} ms against {empty * 1000:.0f} ms);"
            f" {counts[CHECKED]} queries made and shown, for 1 pupil {counts[1]}",
        ),
        Row("… shown again", "under 3x", f"{shown / empty:.1f}x ({shown * 1000:.0f} ms)"),
    ]


def _a_school(texts: list[PurposeText]) -> Row:
    """All at once, against asking the answers of each pupil and purpose by themselves."""
    crowd = the_crowd()
    by = User.objects.get(pk=crowd.director.pk)
    with acting_as(by, on=TODAY):
        pupils = list(Pupil.objects.filter(enrolments__school=crowd.school)[: SIZE.school])
        counts = {}
        for size in (1, len(pupils)):
            with CaptureQueriesContext(connection) as asked:
                effects_of(pupils[:size], texts, school_id=crowd.school.pk, on=TODAY)
            counts[size] = len(asked)
        some = pupils[: max(1, len(pupils) // 10)]
        together, part = by_turns(
            lambda: effects_of(pupils, texts, school_id=crowd.school.pk, on=TODAY),
            lambda: _one_by_one(some, texts),
            times=7,
        )
        apart = part * len(pupils) / len(some)
    return Row(
        f"effective answers of a school: {len(pupils)} pupils, {len(texts)} purposes",
        "a fixed number of queries; at least 15x faster than a query per pupil and purpose",
        f"{counts[len(pupils)]} queries, for 1 pupil {counts[1]}; {apart / together:.1f}x"
        f" ({together:.2f} s against {apart:.2f} s, of a tenth times ten)",
    )


def _one_by_one(pupils: list[Pupil], texts: list[PurposeText]) -> None:
    """The same rule; only the answers are read for each pupil and purpose."""
    school = the_crowd().school.pk
    known = Known(pupils, school)
    for pupil in pupils:
        for text in texts:
            rows = Answer.objects.filter(pupil=pupil, purpose=text.purpose_id, school=school)
            list(rows.order_by("answered_at"))
            effective_answer(known.facts(pupil.pk, text.purpose_id), question_of(text), TODAY)
