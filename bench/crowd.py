"""Many invented pupils at once, written by plain SQL as the owner: data for benchmarks only."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from uuid import UUID

from django.db import connection

from access.models import Membership, Unit, User
from students.models import Board, School, SchoolYear

PUPILS_PER_COUNSELLOR = 30
TODAY = date.today()  # noqa: DTZ011  any day will do; the server takes its own
STARTED = TODAY - timedelta(days=60)

_PUPILS = """
insert into students_pupil (id, log_key, board_id, first_name, given_names, prefix, surname,
    birth_date, sort_name, search_name)
select gen_random_uuid(), gen_random_uuid(), %(board)s, 'Demo' || n, '', 'van', 'Bench' || n,
    date '2016-01-01' + (n %% 700), 'bench' || lpad(n::text, 7, '0') || ', demo',
    ' demo' || n || ' bench' || n
from generate_series(%(first)s::int, %(last)s::int) n
"""
_REST = """
insert into students_enrolment (id, pupil_id, school_id, starts_on)
select gen_random_uuid(), p.id, %(school)s, %(started)s from students_pupil p
where not exists (select from students_enrolment e where e.pupil_id = p.id);
insert into students_groupmembership (enrolment_id, group_id, starts_on)
select e.id, %(group)s, %(started)s from students_enrolment e
where not exists (select from students_groupmembership g where g.enrolment_id = e.id);
insert into dossiers_dossier (id, pupil_id, school_id, opened_on)
select gen_random_uuid(), p.id, %(school)s, %(started)s from students_pupil p
where not exists (select from dossiers_dossier d where d.pupil_id = p.id);
insert into dossiers_dossierpart (id, dossier_id, kind)
select gen_random_uuid(), d.id, k.kind from dossiers_dossier d,
    unnest(array['guidance','reports','care','agreements','medical','emergency']) k(kind)
where not exists (select from dossiers_dossierpart x where x.dossier_id = d.id);
insert into dossiers_assignment (id, dossier_id, user_id, kind, starts_on, assigned_by_id,
    assigned_at)
select gen_random_uuid(), d.id, c.id, 'counsellor', %(started)s, %(director)s, now()
from (select id, row_number() over (order by id) as n from dossiers_dossier x
      where not exists (select from dossiers_assignment a where a.dossier_id = x.id)) d
join (select id, row_number() over (order by id) as n, count(*) over () as many from access_user
      where username like %(counsellors)s) c
  on c.n = 1 + (d.n / %(per)s) %% c.many;
insert into dossiers_dossierpartpermission (user_id, permission_id, content_object_id,
    assignment_id, starts_on, school_id)
select a.user_id, p.id, x.id, a.id, a.starts_on, %(school)s
from dossiers_assignment a
join dossiers_dossierpart x on x.dossier_id = a.dossier_id and x.kind <> 'medical'
cross join (select q.id from auth_permission q
            where q.codename in ('view_dossierpart', 'change_dossierpart')) p
where not exists (select from dossiers_dossierpartpermission y where y.assignment_id = a.id);
"""


@cache
def the_crowd() -> Crowd:
    """The one crowd of a run: benchmarks let it grow."""
    return Crowd()


class Crowd:
    """A board with one school that can be grown to any number of pupils."""

    def __init__(self) -> None:
        top = Unit.objects.create(kind="board", name="Stichting Bench")
        self.board = Board.objects.create(unit=top)
        unit = Unit.objects.create(kind="school", parent=top, name="De Bench")
        self.school = School.objects.create(
            unit=unit, board=self.board, brin="99ZZ", region="noord"
        )
        year = SchoolYear.objects.create(
            board=self.board, name="bench", starts_on=STARTED, ends_on=TODAY + timedelta(days=300)
        )
        self.group = self.school.groups.create(school_year=year, name="5A", year_group="5")
        self.director = self._person("bench-director", "director")
        self.pupils = 0
        self.counsellors = 0

    def _person(self, username: str, role: str) -> User:
        user = User.objects.create_user(username, name=f"Demo {username}")
        Membership.objects.create(
            user=user, role=role, unit=self.school.unit, starts_on=STARTED - timedelta(days=900)
        )
        return user

    def grow(self, total: int) -> None:
        """Adds pupils, dossiers, counsellors and assignments until there are `total` pupils."""
        batch = f"bench-{total}-"
        wanted = -(-(total - self.pupils) // PUPILS_PER_COUNSELLOR)
        users = [
            User(username=f"{batch}{n}", name=f"Demo {n}", password="!") for n in range(wanted)
        ]
        User.objects.bulk_create(users)
        Membership.objects.bulk_create(
            Membership(user=user, role="counsellor", unit=self.school.unit, starts_on=STARTED)
            for user in users
        )
        values = {
            "board": self.board.pk,
            "school": self.school.pk,
            "group": self.group.pk,
            "director": self.director.pk,
            "started": STARTED,
            "first": self.pupils + 1,
            "last": total,
            "counsellors": batch + "%",
            "per": PUPILS_PER_COUNSELLOR,
        }
        with connection.cursor() as cursor:
            # The trigger checks each row; this data follows from its assignment by construction.
            cursor.execute("alter table dossiers_dossierpartpermission disable trigger user")
            cursor.execute(_PUPILS, values)
            for statement in _REST.strip().split(";\n"):
                cursor.execute(statement.rstrip(";"), values)
                cursor.execute("analyze")  # else the next join is planned for an empty table
            cursor.execute("alter table dossiers_dossierpartpermission enable trigger user")
            cursor.execute("analyze")
        self.pupils = total

    def some_counsellor(self) -> User:
        """A counsellor with a full group."""
        with connection.cursor() as cursor:
            cursor.execute(
                "select user_id from dossiers_assignment group by user_id"
                " order by count(*) desc limit 1"
            )
            key: UUID = cursor.fetchone()[0]
        return User.objects.get(pk=key)
