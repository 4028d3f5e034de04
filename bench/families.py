"""Parents, questions and answers for the crowd, written by plain SQL as the owner."""

from __future__ import annotations

import os
from dataclasses import dataclass

from django.db import connection

from access.acting import acting_as
from access.models import Membership, User
from bench.crowd import STARTED, TODAY, the_crowd
from consent.actions.purposes import TextData, add_purpose, put_in_use, write_text
from consent.models import PurposeText

PURPOSES = 8
ANSWERS_EACH = 4  # yes and no by turns, the last a yes


@dataclass(frozen=True)
class Size:
    """How much is measured with: pupils of a round, of the database, of a school; parents."""

    round_pupils: int
    pupils: int
    school: int
    parents: int


FULL = Size(50_000, 100_000, 800, 200)
SMALL = Size(1_000, 2_000, 200, 40)
SIZE = SMALL if os.environ.get("BENCH_SMALL") else FULL

_PARENTS = """
insert into students_parent (id, board_id, first_name, prefix, surname, phone, sort_name,
    search_name)
select gen_random_uuid(), p.board_id, 'Ouder', '', p.id::text, '', p.sort_name, p.search_name
from students_pupil p where not exists (select from students_parenthood h where h.pupil_id = p.id);
insert into students_parenthood (id, parent_id, pupil_id, relation, created_at)
select gen_random_uuid(), r.id, p.id, 'mother', now()
from students_parent r join students_pupil p on p.id::text = r.surname
where not exists (select from students_parenthood h where h.pupil_id = p.id);
insert into students_authority (id, parenthood_id, value, starts_on, source, recorded_at)
select gen_random_uuid(), h.id, 'yes', %(started)s, 'bench', now() from students_parenthood h
where not exists (select from students_authority a where a.parenthood_id = h.id)
"""
_REQUESTS = """
insert into consent_request (id, pupil_id, school_id, purpose_id, text_id, answers_as, parent_id,
    occasion, counts_from, counts_until, asked_by_id, asked_at, party, why)
select gen_random_uuid(), h.pupil_id, %(school)s, t.purpose_id, t.id, 'parent', h.parent_id,
    'single', %(today)s, %(today)s::date + 200, %(by)s, now() - interval '9 days', '', ''
from students_parenthood h cross join consent_purposetext t
where not exists (select from consent_request q where q.pupil_id = h.pupil_id)
"""
_ANSWERS = """
insert into consent_answer (id, request_id, pupil_id, school_id, purpose_id, text_id, answers_as,
    parent_id, counts_from, counts_until, said, answered_at, route, language, recorded_by_id,
    recorded_at)
select gen_random_uuid(), q.id, q.pupil_id, q.school_id, q.purpose_id, q.text_id, 'parent',
    q.parent_id, q.counts_from, q.counts_until,
    case when (%(each)s - n) %% 2 = 0 then 'given' else 'withdrawn' end,
    now() - interval '8 days' + n * interval '1 day', 'paper', 'nl', %(by)s, now()
from consent_request q cross join generate_series(1, %(each)s::int) n
"""

_FOREIGN_KEYS = """
select quote_ident(conname), pg_get_constraintdef(oid) from pg_constraint
where conrelid = %s::regclass and contype = 'f' and convalidated
"""


def give_parents() -> None:
    """One parent with authority for each pupil who has none."""
    with connection.cursor() as cursor:
        for statement in _PARENTS.strip().split(";\n"):
            cursor.execute(statement, {"started": STARTED})
            cursor.execute("analyze")


def ask_for() -> list[PurposeText]:
    """Eight purposes of the board with a text in use."""
    crowd = the_crowd()
    officer = User.objects.create_user("bench-officer", name="Demo officer")
    Membership.objects.create(
        user=officer, role="board-officer", unit=crowd.board.unit, starts_on=STARTED
    )
    texts = []
    for number in range(PURPOSES):
        words = f"Demo {number}"
        with acting_as(officer, on=TODAY):
            purpose = add_purpose(
                board=crowd.board, code=f"bench-{number}", channel="website", by=officer, on=TODAY
            )
            data = TextData(words, words, "Mag dit?", "May this be?")
            draft = write_text(purpose=purpose, data=data, by=officer, on=TODAY)
            texts.append(put_in_use(text=draft, from_day=TODAY, by=officer, on=TODAY))
    return texts


def answer_everything() -> int:
    """Requests for who has none yet, and four answers to each; gives how many answers there are.

    The triggers and foreign keys that look at each row are off: this data follows from its request.
    """
    crowd = the_crowd()
    values = {
        "school": crowd.school.pk,
        "by": crowd.director.pk,
        "today": TODAY,
        "each": ANSWERS_EACH,
    }
    with connection.cursor() as cursor:
        for table, statement in (("consent_request", _REQUESTS), ("consent_answer", _ANSWERS)):
            cursor.execute(f"alter table {table} disable trigger user")
            cursor.execute(_FOREIGN_KEYS, [table])
            foreign = cursor.fetchall()
            for name, _what in foreign:
                cursor.execute(f"alter table {table} drop constraint {name}")
            cursor.execute(statement, values)
            for name, what in foreign:
                cursor.execute(f"alter table {table} add constraint {name} {what} not valid")
            cursor.execute(f"alter table {table} enable trigger user")
        cursor.execute("analyze")
        cursor.execute("select count(*) from consent_answer")
        return int(cursor.fetchone()[0])
