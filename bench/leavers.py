"""A board of 50 schools with pupils who left over the years: data for the bench of retention."""

from __future__ import annotations

import os
from datetime import timedelta

from django.db import connection

from access.acting import acting_as
from access.models import Membership, Unit, User
from bench.crowd import TODAY
from retention.actions.holds import Reason, place_hold
from retention.actions.terms import Proposal, propose_term
from retention.models import TermChange
from retention.queries import dossiers_to_hold_visible_to
from retention.terms import KINDS
from students.models import Board, School

PUPILS = 5_000 if os.environ.get("BENCH_SMALL") else 250_000
SCHOOLS = 50
DUE_EACH = 100  # one in so many has reached its day: the rest of those were destroyed

# Of 13 pupils 8 are at school, 3 left in the last three years, and 2 before: of these the
# administration alone is still kept. Two by two they have the same mother.
_FILL = """
insert into students_pupil (id, log_key, board_id, first_name, given_names, prefix, surname,
    sort_name, search_name)
select gen_random_uuid(), gen_random_uuid(), %(board)s, 'Demo', '', '', 'Left' || n,
    'left' || lpad(n::text, 7, '0'), ' left' || n
from generate_series(1, %(pupils)s) n;
create temporary table bench_left as
select p.id as pupil_id, s.unit_id as school_id, n,
    case when n %% %(due)s = 0 then %(today)s::date - make_interval(years => 3) - (n %% 40) * day
         when n %% 13 < 8 then null
         when n %% 13 < 11 then %(today)s::date - (1 + n %% 1094) * day
         else %(today)s::date - make_interval(years => 3) - (41 + n %% 690) * day end::date as day
from (select id, substr(surname, 5)::int as n from students_pupil where surname like 'Left%%') p
join (select unit_id, row_number() over (order by unit_id) - 1 as k from students_school
      where board_id = %(board)s) s on s.k = p.n %% %(schools)s,
    (select interval '1 day' as day) d;
insert into students_enrolment (id, pupil_id, school_id, starts_on, ends_on)
select gen_random_uuid(), pupil_id, school_id, date '2010-08-01', day from bench_left;
insert into dossiers_dossier (id, pupil_id, school_id, opened_on)
select gen_random_uuid(), pupil_id, school_id, date '2010-08-01' from bench_left;
insert into students_parent (id, board_id, first_name, prefix, surname, phone, sort_name,
    search_name)
select gen_random_uuid(), %(board)s, 'Ouder', '', (n / 2)::text, '', '', '' from bench_left
where n %% 2 = 0;
insert into students_parenthood (id, parent_id, pupil_id, relation, created_at)
select gen_random_uuid(), r.id, l.pupil_id, 'mother', now()
from bench_left l join students_parent r on r.surname = (l.n / 2)::text
    and r.board_id = %(board)s;
insert into retention_endedkind (id, dossier_id, kind, ended_on)
select gen_random_uuid(), d.id, k.kind, %(today)s
from bench_left l join dossiers_dossier d on d.pupil_id = l.pupil_id,
    unnest(array['guidance', 'medical', 'agreements', 'consent', 'pictures', 'parents']) k(kind)
where l.n %% 13 >= 11 and l.n %% %(due)s <> 0
"""


class Leavers:
    """The board, its officers, and a proposed term for each kind that is measured."""

    def __init__(self) -> None:
        top = Unit.objects.create(kind="board", name="Stichting Vertrokken")
        self.board = Board.objects.create(unit=top)
        for n in range(SCHOOLS):
            unit = Unit.objects.create(kind="school", parent=top, name=f"De Bench {n:02}")
            School.objects.create(unit=unit, board=self.board, brin=f"{n:02}ZY", region="noord")
        self.officer = self._person("bench-privacy", "privacy-officer")
        self.director = self._person("bench-board", "board-officer")
        self._fill()
        self._hold_some()
        # Parents' data wait for consent too: a shorter term of theirs alone changes nothing.
        self.changes = [self._propose("guidance", 2), self._propose("parents", 4)]

    def _person(self, username: str, role: str) -> User:
        user = User.objects.create_user(username, name=f"Demo {username}")
        since = TODAY - timedelta(days=900)
        Membership.objects.create(user=user, role=role, unit=self.board.unit, starts_on=since)
        return user

    def _fill(self) -> None:
        values = {
            "board": self.board.pk, "pupils": PUPILS, "schools": SCHOOLS, "due": DUE_EACH,
            "today": TODAY,
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("alter table retention_endedkind disable trigger user")
            for statement in _FILL.strip().split(";\n"):
                cursor.execute(statement, values)
                cursor.execute("analyze")
            cursor.execute("alter table retention_endedkind enable trigger user")

    def _hold_some(self) -> None:
        with acting_as(self.officer, on=TODAY):
            rows = dossiers_to_hold_visible_to(self.officer, on=TODAY).order_by("pk")
            for dossier in rows.filter(pupil__enrolments__ends_on__isnull=False)[:100]:
                reason = Reason("complaint", "Measured by the bench")
                place_hold(dossier=dossier, reason=reason, by=self.officer, on=TODAY)

    def _propose(self, code: str, years: int) -> TermChange:
        with acting_as(self.officer, on=TODAY):
            proposal = Proposal(years, "left", "Bench law, article 1")
            return propose_term(
                board=self.board, kind=KINDS[code], proposal=proposal, by=self.officer, on=TODAY
            )
