"""An EDEXML file goes from upload to pupils: read, looked at, approved, applied, recorded."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from access.acting import acting_as
from access.errors import NotAllowed, Refused
from audit.models import LogEntry
from dossiers.models import Assignment, Dossier, DossierPart, DossierPartPermission
from students.models import (
    CounsellorProposal,
    Enrolment,
    GroupMembership,
    Pupil,
    PupilSourceKey,
    RosterImport,
    RosterLine,
    SchoolYear,
)
from students.roster import actions
from students.roster.plan import Answer
from students.tasks import apply_roster_import, expire_roster_plans
from tests.students.roster import imports
from tests.students.roster.files import edexml, pupil
from vault.models import PartKey

GROUPS = (
    '<groep key="5a"><naam>Groep 5a</naam><jaargroep>5</jaargroep></groep>'
    '<groep key="6a"><naam>Groep 6a</naam><jaargroep>6</jaargroep></groep>'
    '<samengestelde_groep key="plus"><naam>Plusklas</naam></samengestelde_groep>'
)
TEACHERS = (
    '<leerkracht key="l1"><achternaam>Vos</achternaam><roepnaam>Ank</roepnaam>'
    '<groepen><groep key="5a"><rol>LRK</rol></groep></groepen></leerkracht>'
)
SCHOOL = "<schooljaar>2026-2027</schooljaar><brincode>99DA</brincode>"
IN_PLUS = '<samengestelde_groepen><samengestelde_groep key="plus"/></samengestelde_groepen>'


def file(*pupils: str, **parts: str) -> bytes:
    return edexml(pupils, **({"groups": GROUPS, "school": SCHOOL} | parts))


@pytest.fixture
def run(cast):
    """Takes a file through everything as the administrator."""

    def go(*pupils: str, on: date | None = None, **parts: str) -> RosterImport:
        data = file(*pupils, **parts)
        return imports.run(cast.school, data, by=cast.administrator, on=on or cast.today)

    return go


@pytest.fixture
def read(cast):
    """Reads a file as the administrator."""

    def go(*pupils: str, on: date | None = None, **parts: str) -> RosterImport:
        data = file(*pupils, **parts)
        return imports.read(cast.school, data, by=cast.administrator, on=on or cast.today)

    return go


def with_key(key: str) -> Pupil:
    return Pupil.objects.get(source_keys__key=key)


def places_of(key: str) -> list[tuple[str, date, date | None]]:
    found = GroupMembership.objects.filter(enrolment__pupil=with_key(key))
    return list(
        found.order_by("starts_on", "group__name", "pk").values_list(
            "group__name", "starts_on", "ends_on"
        )
    )


def last_event(code: str) -> LogEntry:
    return LogEntry.objects.filter(event=code).latest("timestamp")


def test_reading_makes_a_plan_and_changes_nothing(cast, read):
    before = Pupil.objects.count()
    made = read(pupil("p1"), pupil("p2", bsn="000000012"))
    assert made.state == RosterImport.State.PLANNED
    assert made.counts == {"group.new": 3, "pupil.new": 2}
    assert made.dropped == {"bsn": 1}
    assert Pupil.objects.count() == before
    event = last_event("roster-read")
    assert event.actor == cast.administrator
    assert event.additional_data["counts"] == made.counts
    assert "Duinmeijer" not in str(event.additional_data)


@pytest.mark.promise("P1")
def test_a_new_pupil_gets_everything_that_belongs_to_being_enrolled(cast, run):
    made = run(pupil("p1", groep="5a", voorvoegsel="van", extra=IN_PLUS))
    found = with_key("p1")
    assert (found.first_name, found.prefix, found.surname) == ("Fenna", "van", "Duinmeijer")
    assert found.search_name == " fenna duinmeijer"
    stay = Enrolment.objects.get(pupil=found)
    assert (stay.starts_on, stay.ends_on) == (date(2021, 3, 5), None)
    assert places_of("p1") == [
        ("Groep 5a", date(2026, 8, 1), None),
        ("Plusklas", date(2026, 8, 1), None),
    ]
    dossier = Dossier.objects.get(pupil=found)
    parts = DossierPart.objects.filter(dossier=dossier).values_list("pk", flat=True)
    assert PartKey.objects.filter(part_id__in=list(parts)).count() == len(parts) > 0
    assert made.state == RosterImport.State.APPLIED
    assert not RosterLine.objects.exists()
    event = last_event("roster-applied")
    assert event.subjects == [found.log_key]
    assert "first_name" in event.changes


def test_the_same_file_twice_changes_nothing(cast, run, read):
    lines = (pupil("p1", groep="5a"), pupil("p2", groep="6a", extra=IN_PLUS))
    run(*lines, teachers=TEACHERS)
    again = read(*lines, teachers=TEACHERS)
    assert again.counts == {}
    assert again.unchanged == 2


def test_names_dates_and_locations_change_where_the_file_says_so(cast, run):
    places = '<vestiging key="v1"><naam>Oost</naam></vestiging>'
    run(pupil("p1"), pupil("p2"))
    run(
        pupil("p1", achternaam="Andere", extra='<vestiging key="v1"/>'),
        pupil("p2", instroomdatum="2021-04-01"),
        locations=places,
    )
    changed = with_key("p1")
    assert changed.surname == "Andere"
    assert changed.sort_name == "andere, fenna"
    assert changed.enrolments.get().location.name == "Oost"
    assert with_key("p2").enrolments.get().starts_on == date(2021, 4, 1)


def test_a_pupil_moves_to_another_group_and_the_rooms_above_are_told(cast, run, monkeypatch):
    told = []
    run(pupil("p1", groep="5a", extra=IN_PLUS))
    monkeypatch.setattr("students.enrolment._moved", [told.extend])
    run(pupil("p1", groep="6a", extra=IN_PLUS))
    assert places_of("p1") == [
        ("Groep 5a", date(2026, 8, 1), date(2026, 11, 15)),
        ("Plusklas", date(2026, 8, 1), None),
        ("Groep 6a", date(2026, 11, 16), None),
    ]
    assert sorted(one.joined for one in told) == [False, True]


def test_the_turn_of_the_school_year_is_one_import_made_before_it(cast, run):
    run(pupil("p1", groep="5a"))
    run(
        pupil("p1", groep="6a"),
        on=date(2027, 6, 20),
        school="<schooljaar>2027-2028</schooljaar>",
        teachers=TEACHERS.replace('key="5a"', 'key="6a"'),
    )
    assert places_of("p1") == [
        ("Groep 5a", date(2026, 8, 1), date(2027, 7, 31)),
        ("Groep 6a", date(2027, 8, 1), None),
    ]
    year = SchoolYear.objects.get(name="2027-2028")
    assert (year.starts_on, year.ends_on) == (date(2027, 8, 1), date(2028, 7, 31))
    assert CounsellorProposal.objects.get(school_year=year).group.name == "Groep 6a"


def test_leaving_ends_enrolment_and_places(cast, run):
    run(pupil("p1", groep="5a"))
    run(pupil("p1", groep="5a", uitstroomdatum="2026-10-30"))
    assert with_key("p1").enrolments.get().ends_on == date(2026, 10, 30)
    assert places_of("p1") == [("Groep 5a", date(2026, 8, 1), date(2026, 10, 30))]


def test_a_pupil_who_returns_continues_the_same_dossier(cast, run):
    run(pupil("p1", groep="5a"))
    run(pupil("p1", uitstroomdatum="2026-10-30"))
    run(pupil("p1", groep="5a", instroomdatum="2026-11-09"))
    stays = with_key("p1").enrolments.values_list("starts_on", "ends_on")
    assert list(stays) == [(date(2021, 3, 5), date(2026, 10, 30)), (date(2026, 11, 9), None)]
    assert Dossier.objects.filter(pupil=with_key("p1")).count() == 1
    assert places_of("p1")[-1] == ("Groep 5a", date(2026, 11, 16), None)


def test_a_missing_pupil_is_asked_about_and_leaves_only_on_an_answer(cast, run, read):
    run(pupil("p1"), pupil("p2", roepnaam="Bram"))
    made = read(pupil("p1"))
    assert made.counts == {"pupil.missing": 1}
    with pytest.raises(Refused), acting_as(cast.administrator, on=cast.today):
        actions.approve_import(roster_import=made, by=cast.administrator, on=cast.today)
    line = made.lines.get()
    with acting_as(cast.administrator, on=cast.today):
        actions.decide(
            line=line,
            answer=Answer.LEFT,
            left_on=date(2026, 11, 1),
            by=cast.administrator,
            on=cast.today,
        )
    assert last_event("roster-decided").subjects == [with_key("p2").log_key]
    imports.approve(made, by=cast.administrator, on=cast.today)
    imports.apply(made, by=cast.administrator, on=cast.today)
    assert with_key("p2").enrolments.get().ends_on == date(2026, 11, 1)


def test_the_same_child_under_another_key_is_linked_by_a_person(cast, run, read):
    run(pupil("p1", groep="5a"))
    made = read(pupil("p9", groep="5a"))
    line = made.lines.get()
    assert (line.change, line.doubt) == ("doubtful", "other_key")
    with acting_as(cast.administrator, on=cast.today):
        actions.decide(
            line=line,
            answer=Answer.SAME,
            candidate=line.candidates[0],
            by=cast.administrator,
            on=cast.today,
        )
    imports.approve(made, by=cast.administrator, on=cast.today)
    before = Pupil.objects.count()
    imports.apply(made, by=cast.administrator, on=cast.today)
    assert Pupil.objects.count() == before
    assert list(with_key("p9").source_keys.values_list("key", flat=True)) == ["p9"]
    assert read(pupil("p9", groep="5a")).counts == {}


def test_a_key_that_went_to_another_child_goes_along(cast, run):
    run(pupil("p1"))
    first = with_key("p1")
    run(pupil("p1", roepnaam="Bram", achternaam="Vos", geboortedatum="2016-01-02"))
    assert with_key("p1").first_name == "Bram"
    assert not PupilSourceKey.objects.filter(pupil=first).exists()
    assert first.enrolments.get().ends_on is None


def test_a_school_that_changed_systems_answers_all_clear_cases_at_once(cast, run):
    run(pupil("p1"), pupil("p2", roepnaam="Bram"))
    by, on = cast.administrator, cast.today
    data = file(pupil("e1"), pupil("e2", roepnaam="Bram"))
    made = imports.read(cast.school, data, by=by, on=on, source="esis")
    with acting_as(by, on=on):
        assert actions.decide_single_candidates(roster_import=made, by=by, on=on) == 2
    imports.approve(made, by=by, on=on)
    imports.apply(made, by=by, on=on)
    again = imports.read(cast.school, data, by=by, on=on, source="esis")
    assert again.counts == {}


def test_without_a_date_of_birth_a_namesake_stays_a_question(cast, run):
    run(pupil("p1"))
    by, on = cast.administrator, cast.today
    data = file(pupil("e1", geboortedatum=""))
    made = imports.read(cast.school, data, by=by, on=on, source="esis")
    with acting_as(by, on=on):
        assert actions.decide_single_candidates(roster_import=made, by=by, on=on) == 0


def test_counsellors_are_proposed_and_a_decision_stays(cast, run, read):
    run(pupil("p1", groep="5a"), teachers=TEACHERS)
    proposal = CounsellorProposal.objects.get()
    assert (proposal.name, proposal.roles, proposal.state) == ("Ank Vos", ["LRK"], "proposed")
    assert proposal.group.name == "Groep 5a"
    CounsellorProposal.objects.update(state="declined")
    assert read(pupil("p1", groep="5a"), teachers=TEACHERS).counts == {}
    run(pupil("p1", groep="5a"), teachers=TEACHERS.replace("Ank", "Anke"))
    proposal.refresh_from_db()
    assert (proposal.name, proposal.state) == ("Anke Vos", "declined")
    other = TEACHERS.replace("l1", "l2")
    run(pupil("p1", groep="5a"), teachers=other)
    assert sorted(CounsellorProposal.objects.values_list("teacher_key", "state")) == [
        ("l1", "lapsed"),
        ("l2", "proposed"),
    ]


@pytest.mark.promise("P2")
def test_a_teacher_in_the_file_gets_no_access_to_anything(cast, run):
    before = DossierPartPermission.objects.count()
    run(pupil("p1", groep="5a"), teachers=TEACHERS.replace("Vos", "Demo counsellor"))
    assert CounsellorProposal.objects.get().user is None
    assert DossierPartPermission.objects.count() == before
    assert not Assignment.objects.filter(dossier__pupil=with_key("p1")).exists()


def test_the_job_does_what_the_action_does(cast, read):
    made = read(pupil("p1"))
    imports.approve(made, by=cast.administrator, on=cast.today)
    apply_roster_import(import_id=str(made.pk), by_id=str(cast.administrator.pk))
    assert with_key("p1")
    assert last_event("roster-applied").actor == cast.administrator


def test_a_broken_file_is_kept_as_its_problems_only(cast, read):
    made = read(pupil("p1"), pupil("p1"), pupil("p2", geboortedatum="x"))
    assert made.state == RosterImport.State.BROKEN
    assert made.problem_count == 2
    assert not made.lines.exists()
    assert "Duinmeijer" not in str(made.problems)
    assert last_event("roster-not-read").additional_data["problems"] == 2


def test_a_file_of_another_school_is_refused(cast, read):
    made = read(pupil("p1"), school=SCHOOL.replace("99DA", "99DB"))
    assert [one["code"] for one in made.problems] == ["other_school"]


@pytest.mark.parametrize(
    "who",
    ["counsellor", "coordinator", "board_officer", "fg", "other_director", "parent", "former"],
)
def test_only_who_keeps_the_roster_of_this_school_may_read_one(cast, who):
    by = cast.people[who]
    with pytest.raises(NotAllowed), acting_as(by, on=cast.today):
        actions.read_roster(
            school=cast.school, data=file(pupil()), source="x", by=by, on=cast.today
        )


def test_cancelling_throws_the_plan_away(cast, read):
    made = read(pupil("p1"))
    with acting_as(cast.director, on=cast.today):
        actions.cancel_import(roster_import=made, by=cast.director, on=cast.today)
    made.refresh_from_db()
    assert made.state == RosterImport.State.CANCELLED
    assert not RosterLine.objects.exists()
    with pytest.raises(Refused):
        imports.approve(made, by=cast.administrator, on=cast.today)


@pytest.mark.promise("P24")
def test_a_plan_that_nobody_finished_expires_with_its_lines(cast, read):
    old = read(pupil("p1"))
    RosterImport.objects.update(read_at=timezone.now() - timedelta(days=15))
    fresh = read(pupil("p2"))
    call_command("expire_roster_plans", "--dry-run")
    assert old.lines.exists()
    call_command("expire_roster_plans")
    old.refresh_from_db()
    assert old.state == RosterImport.State.EXPIRED
    assert not old.lines.exists()
    assert fresh.lines.exists()
    event = last_event("roster-expired")
    assert (event.actor, event.actor_name) == (None, "expire_roster_plans")


@pytest.mark.promise("P24")
def test_what_was_wrong_with_an_old_file_is_forgotten_with_the_keys_of_pupils(cast, read):
    twice = pupil("p-482913"), pupil("p-482913")
    old = read(*twice)
    assert "p-482913" in str(old.problems)
    RosterImport.objects.update(read_at=timezone.now() - timedelta(days=15))
    fresh = read(*twice)
    call_command("expire_roster_plans", "--dry-run")
    old.refresh_from_db()
    assert old.problems
    expire_roster_plans(timestamp=0)
    old.refresh_from_db()
    assert (old.state, old.problem_count, old.problems) == (RosterImport.State.BROKEN, 1, [])
    fresh.refresh_from_db()
    assert fresh.problems
    assert last_event("roster-problems-forgotten").object_pk == str(old.pk)


def test_a_plan_made_before_something_changed_must_be_made_anew(cast, read):
    first, second = read(pupil("p1")), read(pupil("p1"), pupil("p2"))
    imports.approve(second, by=cast.administrator, on=cast.today)
    imports.approve(first, by=cast.administrator, on=cast.today)
    imports.apply(first, by=cast.administrator, on=cast.today)
    with pytest.raises(Refused):
        imports.apply(second, by=cast.administrator, on=cast.today)
    assert not PupilSourceKey.objects.filter(key="p2").exists()


def test_an_import_is_applied_once(cast, run):
    made = run(pupil("p1"))
    with pytest.raises(Refused):
        imports.apply(made, by=cast.administrator, on=cast.today)


def test_what_fails_half_way_leaves_nothing_and_can_be_started_again(cast, read, monkeypatch):
    made = read(pupil("p1", groep="5a"))
    imports.approve(made, by=cast.administrator, on=cast.today)

    def fail(batch):
        raise RuntimeError("no room for dossiers")

    with monkeypatch.context() as broken:
        broken.setattr("students.enrolment._enrolled", [fail])
        with pytest.raises(RuntimeError):
            imports.apply(made, by=cast.administrator, on=cast.today)
    assert not PupilSourceKey.objects.exists()
    made.refresh_from_db()
    assert made.state == RosterImport.State.APPROVED
    imports.apply(made, by=cast.administrator, on=cast.today)
    assert with_key("p1")
