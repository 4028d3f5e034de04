"""A board of 50 schools with pupils who left over the years: data for the bench of retention."""

from __future__ import annotations

import os
from datetime import timedelta

from django.db import connection

from access.acting import acting_as
from access.models import Membership, Unit, User
from bench.crowd import TODAY
from consent.models import Check, Publication, Purpose, PurposeText
from retention.actions.holds import Reason, place_hold
from retention.actions.terms import Proposal, propose_term
from retention.models import TermChange
from retention.queries import dossiers_to_hold_visible_to
from retention.terms import KINDS
from students.models import Board, School

PUPILS = 5_000 if os.environ.get("BENCH_SMALL") else 250_000
SCHOOLS = 50
DUE_EACH = 97  # one in so many has reached its day: the rest of those were destroyed

# A board in its thirteenth year. Families have two parents (one in five has one) and two children
# two or three years apart (one in four has one), at one school. Children leave after eight years,
# three in four on the last day of a school year. Who left five years ago is gone altogether; who
# left three years ago keeps the administration, by law; besides it consent and pictures where one
# is still in use (one in nineteen), and parents' data where a brother or sister is not as far.
_PUPILS = """
insert into students_pupil (id, log_key, board_id, first_name, given_names, prefix, surname,
    sort_name, search_name)
select gen_random_uuid(), gen_random_uuid(), %(board)s, 'Demo', '', '', 'Left' || n,
    'left' || lpad(n::text, 7, '0'), ' left' || n
from generate_series(1, %(pupils)s) n
"""
_LEFT = """
create temporary table bench_left as
with who as (
    select p.id as pupil_id, p.n, p.n / 2 as family, p.n / 2 %% 13 - 8 as first,
        2 + p.n / 2 %% 2 as gap
    from (select id, substr(surname, 5)::int as n from students_pupil
          where surname like 'Left%%') p
), aged as (
    select w.*, case when n %% 2 = 0 or family %% 4 = 0 then first
        when first - gap < -8 then first + gap else first - gap end as years
    from who w
)
select a.pupil_id, a.n, s.unit_id as school_id, a.family %% 4 = 0 as is_alone, a.family,
    case when n %% %(due)s = 0 then %(today)s::date - make_interval(years => 3) - n %% 40 * d.day
         when years < 0 then null
         when n %% 4 > 0
             then make_date(extract(year from %(today)s::date - 212)::int - years, 7, 31)
         else %(today)s::date - make_interval(years => years) - (1 + n %% 364) * d.day
    end::date as day
from aged a
join (select unit_id, row_number() over (order by unit_id) - 1 as k from students_school
      where board_id = %(board)s) s on s.k = a.family %% %(schools)s,
    (select interval '1 day' as day) d
"""
_STAYS = """
insert into students_enrolment (id, pupil_id, school_id, starts_on, ends_on)
select gen_random_uuid(), pupil_id, school_id, date '2010-08-01', day from bench_left;
insert into students_parent (id, board_id, first_name, prefix, surname, phone, sort_name,
    search_name)
select gen_random_uuid(), %(board)s, 'Ouder', who, case when is_alone then n else family end::text,
    '', '', ''
from bench_left, unnest(array['m', 'v']) who
where (is_alone or n %% 2 = 0 or n = 1) and (who = 'm' or family %% 5 > 0);
insert into students_parenthood (id, parent_id, pupil_id, relation, created_at)
select gen_random_uuid(), r.id, l.pupil_id, 'other', now()
from bench_left l join students_parent r on r.board_id = %(board)s
    and r.surname = case when is_alone then n else family end::text;
insert into dossiers_dossier (id, pupil_id, school_id, opened_on)
select gen_random_uuid(), pupil_id, school_id, date '2010-08-01' from bench_left
"""
_PICTURES = """
insert into consent_publishedpupil (id, publication_id, pupil_id)
select gen_random_uuid(), u.id, l.pupil_id
from bench_left l join consent_publication u on u.school_id = l.school_id
where l.n / 2 %% 19 = 0 or l.day is null and l.n %% 3 = 0
"""
_GONE = """
insert into retention_endedkind (id, dossier_id, kind, ended_on)
select gen_random_uuid(), d.id, k.kind, %(today)s
from bench_left l
join dossiers_dossier d on d.pupil_id = l.pupil_id
join retention_leaver w on w.dossier_id = d.id
left join consent_publishedpupil u on u.pupil_id = l.pupil_id,
    unnest(array['guidance', 'medical', 'agreements', 'consent', 'pictures', 'parents']) k(kind)
where l.day < %(today)s::date - interval '3 years' and l.n %% %(due)s > 0
  and (u.id is null or k.kind in ('guidance', 'medical', 'agreements'))
  and (k.kind <> 'parents' or w.family_left_on < %(today)s::date - interval '3 years')
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
            for table in ("students_enrolment", "students_parenthood", "dossiers_dossier"):
                cursor.execute(f"alter table {table} disable trigger user")
            for statement in (_PUPILS, _LEFT, *_STAYS.split(";\n")):
                cursor.execute(statement, values)
                cursor.execute("analyze")
            for table in ("students_enrolment", "students_parenthood", "dossiers_dossier"):
                cursor.execute(f"alter table {table} enable trigger user")
            cursor.execute("select retention_set_leavers_right()")
            cursor.execute("analyze")
            self._publish()
            # The bench plays the destroyer of the years before.
            for table, statement in (
                ("consent_publishedpupil", _PICTURES),
                ("retention_endedkind", _GONE),
            ):
                lock = {"retention_endedkind": "only_an_approved_item_ends"}.get(table, "user")
                cursor.execute(f"alter table {table} disable trigger {lock}")
                cursor.execute(statement, values)
                cursor.execute(f"alter table {table} enable trigger {lock}")
            cursor.execute("drop table bench_left")
            cursor.execute("analyze")

    def _publish(self) -> None:
        """Something on the website of each school."""
        by = self.officer
        purpose = Purpose.objects.create(
            board=self.board, code="site", channel="website", added_by=by
        )
        text = PurposeText.objects.create(purpose=purpose, number=1, written_by=by)
        for school in School.objects.filter(board=self.board):
            check = Check.objects.create(
                school=school, purpose=purpose, text=text, day=TODAY, checked_by=by
            )
            Publication.objects.create(
                school=school, purpose=purpose, text=text, check_made=check, place="Site",
                published_on=TODAY, published_by=by,
            )  # fmt: skip

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
