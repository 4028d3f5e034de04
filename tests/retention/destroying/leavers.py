"""A school where two pupils' dossiers fall due, and everybody who resembles them.

Of `own`, the pupil of the seed, everything there can be is kept, each with a marker. `brother` has
a sister at school with the same mother. Beside them: a twin who left on the same day and is held, a
namesake with a parent of the same name, and one file that several of them have.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from access.acting import Job, acting_as
from consent.models import Publication, PublishedPupil
from dossiers.actions.files import add_files
from oversight.actions.questions import answer_question
from retention.actions.holds import Reason, lift_hold, place_hold
from retention.actions.lists import cancel_list
from retention.models import DestructionList, Hold
from students.models import Parent, Pupil, PupilSourceKey, RosterImport
from students.roster.actions import forget_problems, read_roster
from tests.cast import Cast, build_cast
from tests.dossiers.files.conftest import sent
from tests.guards.seed import Seeded, seed
from tests.retention.lists.conftest import Lists
from tests.students.roster.files import edexml
from tests.students.roster.files import pupil as pupil_row

LEFT = date(2021, 10, 20)  # also what is kept for five years is due
LEAVERS = ("own", "brother")
TWIN, NAMESAKE, SISTER = "twin", "namesake", "sister"
SAME = b"The same words, uploaded for several pupils."


@dataclass
class Leavers:
    """The cast, what was made for `own`, and the list on which both leavers stand."""

    seeded: Seeded
    made: DestructionList
    dossiers: dict[str, uuid.UUID]
    parents: dict[str, uuid.UUID]

    @property
    def cast(self) -> Cast:
        return self.seeded.cast


def build_leavers(today: date) -> Leavers:
    """As it stands on the day on which the list is carried out."""
    cast = build_cast(today)
    _add_who_resembles(cast)
    seeded = seed(cast)
    _name_alike(cast)
    for pupil in (*LEAVERS, TWIN, NAMESAKE, SISTER):
        _share_a_file(cast, pupil)
    _share_a_file(cast, "own")
    _leave_traces(cast)
    _send_a_broken_roster(cast)
    _close_what_is_open(seeded)
    made = _approved(Lists(cast), *LEAVERS, TWIN)
    _hold_the_twin(cast)
    dossiers = {key: seeded.dossier(key).pk for key in cast.pupils}
    accounts = {user.pk: key for key, user in cast.people.items()}
    rows = Parent.objects.values_list("user_id", "pk")
    parents = {accounts[user]: parent for user, parent in rows}
    return Leavers(seeded, made, dossiers, parents)


def _approved(lists: Lists, *pupils: str) -> DestructionList:
    made = lists.make(*pupils, left=LEFT)
    lists.decide(made)
    lists.review(made)
    lists.approve(made)
    made.refresh_from_db()
    return made


def _hold_the_twin(cast: Cast) -> None:
    """After the approval: a complaint about the twin came in."""
    by, on = cast.director, cast.today
    with acting_as(by, on=on):
        reason = Reason("complaint", "A complaint is open")
        place_hold(dossier=cast.dossier(TWIN), reason=reason, by=by, on=on)


def _leave_traces(cast: Cast) -> None:
    """A parent is signed in, and a job that names the pupil waits."""
    for key in ("parent", "parent_of_other"):
        session = SessionStore()
        session["_auth_user_id"] = str(cast.people[key].pk)
        session.create()
        UserSession.objects.create(
            user=cast.people[key], session_key=session.session_key, ip="127.0.0.1", user_agent="A"
        )
    with connection.cursor() as cursor:
        for key in ("own", "other"):
            cursor.execute(
                "insert into procrastinate_jobs (queue_name, task_name, args, status)"
                " values ('demo', 'demo', %s, 'todo')",
                [json.dumps({"pupil": str(cast.pupils[key].pk)})],
            )


def _send_a_broken_roster(cast: Cast) -> None:
    """Three weeks ago a file named the pupil by number; in the nights since that was forgotten."""
    pupil, number = cast.pupils["own"], "own-482913"
    PupilSourceKey.objects.create(pupil=pupil, school=cast.school, system="parnassys", key=number)
    data, by, on = edexml([pupil_row(number), pupil_row(number)]), cast.administrator, cast.today
    with acting_as(by, on=on):
        made = read_roster(school=cast.school, data=data, source="parnassys", by=by, on=on)
    assert number in str(made.problems)
    RosterImport.objects.filter(pk=made.pk).update(read_at=timezone.now() - timedelta(days=21))
    job, night = Job("expire_roster_plans"), timezone.localdate()
    with acting_as(job, on=night):
        assert forget_problems(by=job, on=night) == 1


def _add_who_resembles(cast: Cast) -> None:
    for pupil in ("brother", SISTER, TWIN, NAMESAKE):
        cast.add_pupil(pupil, age=9)
    cast.add_parent("mother", "brother", SISTER)
    cast.add_parent("father", "brother")
    cast.add_parent("parent_of_twin", TWIN)
    cast.add_parent("parent_of_namesake", NAMESAKE)
    for pupil in ("brother", SISTER, TWIN, NAMESAKE):
        cast.assign("counsellor", pupil)


def _name_alike(cast: Cast) -> None:
    """The namesake is called as `brother` is, and their parents too."""
    brother, father = cast.pupils["brother"], Parent.objects.get(user=cast.people["father"])
    for rows, like in (
        (Pupil.objects.filter(pk=cast.pupils[NAMESAKE].pk), brother),
        (Parent.objects.filter(user=cast.people["parent_of_namesake"]), father),
    ):
        rows.update(first_name=like.first_name, surname=like.surname, **like.name_fields())


def _share_a_file(cast: Cast, pupil: str) -> None:
    by, on = cast.counsellor, cast.today
    with acting_as(by, on=on):
        add_files(part=cast.part(pupil), sent=[sent(SAME)], by=by, on=on)


def _close_what_is_open(seeded: Seeded) -> None:
    """Nothing holds them any more, no picture of them is in use, and no other list names them."""
    cast, on = seeded.cast, seeded.cast.today
    question = seeded.looked["own"].question
    with acting_as(cast.director, on=on):
        answer_question(question=question, words="To help", by=cast.director, on=on)
        cancel_list(made=seeded.listed["own"].list, by=cast.director, on=on)
    hold = Hold.objects.select_related("dossier__pupil").get(pk=seeded.holds["own"])
    with acting_as(cast.privacy_officer, on=on):
        lift_hold(hold=hold, words="It is settled", by=cast.privacy_officer, on=on)
    for pupil in LEAVERS:
        shown = Publication.objects.filter(pk=seeded.pictures.publications[pupil].pk)
        removal = seeded.pictures.removals[pupil]
        PublishedPupil.objects.filter(publication__in=shown).update(removal=removal, gone_on=on)
        shown.update(ended_on=on, ended_by=cast.counsellor, ended_at=timezone.now())
