"""The pages of the import: who comes in, what is seen and what is not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from access.gate import Kind, Page, Shows
from access.models import User
from access.permissions import Permission
from audit.models import LogEntry
from students.models import Pupil, RosterImport, RosterLine
from tests.students.roster import imports
from tests.students.roster.files import edexml, parent_row, parents_csv, pupil

SCHOOL = "<schooljaar>2026-2027</schooljaar><brincode>99DA</brincode>"
GROUPS = '<groep key="5a"><naam>Groep 5a</naam><jaargroep>5</jaargroep></groep>'
TEACHERS = (
    '<leerkracht key="l1"><achternaam>Vos</achternaam><roepnaam>Ank</roepnaam>'
    '<groepen><groep key="5a"><rol>LRK</rol></groep></groepen></leerkracht>'
)
PAGES = ("roster_import", "roster_lines", "roster_questions", "roster_approve", "roster_cancel")


@pytest.fixture(autouse=True)
def in_english(cast):
    """The words below are those of the source."""
    User.objects.update(language="en")
    for person in cast.people.values():
        person.language = "en"


def file(*pupils: str, **parts: str) -> bytes:
    return edexml(pupils, **({"groups": GROUPS, "school": SCHOOL} | parts))


def send(client, data: bytes, school, name: str = "edex.xml"):
    return client.post(
        reverse("roster_upload"),
        {"school": school.pk, "source": "parnassys", "file": SimpleUploadedFile(name, data)},
    )


@pytest.fixture
def plan(cast):
    """A plan that waits, with somebody known before, one moved, one doubtful, one missing."""
    known = file(
        pupil("p1", groep="5a"),
        pupil("p2", roepnaam="Bram", groep="5a"),
        pupil("p3", roepnaam="Mees", groep="5a"),
    )
    imports.run(cast.school, known, by=cast.administrator, on=cast.today)
    now = file(
        pupil("p1", achternaam="Duinmeyer"),
        pupil("p9", roepnaam="Bram", groep="5a"),
        pupil("p10", roepnaam="Saar", achternaam="<b>Vet</b>", bsn="000000012"),
        teachers=TEACHERS,
    )
    return imports.read(cast.school, now, by=cast.administrator, on=cast.today)


def test_a_file_goes_from_upload_to_pupils_without_javascript(cast, sign_in):
    client = sign_in(cast.administrator)
    answer = send(client, file(pupil("p1", groep="5a"), teachers=TEACHERS), cast.school)
    made = RosterImport.objects.get()
    assert answer["Location"] == reverse("roster_import", args=[made.pk])
    shown = client.get(answer["Location"])
    assert "New pupils" in shown.text
    answer = client.post(reverse("roster_approve", args=[made.pk]), follow=True)
    assert "The import is done" in answer.text
    assert Pupil.objects.filter(source_keys__key="p1").exists()
    events = LogEntry.objects.filter(object_pk=str(made.pk)).values_list("event", flat=True)
    assert {"roster-read", "roster-approved", "roster-applied"} <= set(events)


def test_a_broken_file_shows_each_mistake_with_line_and_key(cast, sign_in):
    client = sign_in(cast.administrator)
    answer = client.post(
        reverse("roster_upload"),
        {
            "school": cast.school.pk,
            "source": "parnassys",
            "file": SimpleUploadedFile("e.xml", file(pupil("p1"), pupil("p1", geboortedatum="x"))),
        },
        follow=True,
    )
    assert answer.status_code == 200
    assert "This key occurs twice" in answer.text
    assert "This is not a date that exists" in answer.text
    assert "Duinmeijer" not in answer.text
    assert "Nothing was changed" in answer.text
    RosterImport.objects.update(problems=[])  # as two weeks later
    answer = client.get(reverse("roster_import", args=[RosterImport.objects.get().pk]))
    assert "2 mistakes" in answer.text
    assert "After two weeks the mistakes were thrown away" in answer.text


def test_the_plan_shows_counts_and_lists_but_no_names(cast, sign_in, plan):
    answer = sign_in(cast.director).get(reverse("roster_import", args=[plan.pk]))
    for words in ("New pupils", "Doubtful", "Missing", "Proposed counsellors", "bsn"):
        assert words in answer.text
    for name in ("Duinmeyer", "Saar", "Bram"):
        assert name not in answer.text
    assert reverse("roster_approve", args=[plan.pk]) not in answer.text


def test_the_lists_show_names_escaped_and_the_log_says_whose(cast, sign_in, plan):
    client = sign_in(cast.administrator)
    address = reverse("roster_lines", args=[plan.pk])
    new = client.get(address, {"show": "pupil.new"})
    assert "Saar &lt;b&gt;Vet&lt;/b&gt;" in new.text
    assert "000000012" not in new.text
    changed = client.get(address, {"show": "pupil.changed"})
    assert "<del>Duinmeijer</del>" in changed.text
    row = LogEntry.objects.filter(event="page-listed", actor=cast.administrator).latest("timestamp")
    assert row.subjects == [Pupil.objects.get(source_keys__key="p1").log_key]
    assert row.ground == "administration"
    assert client.get(address, {"show": "pupil.nonsense"}).status_code == 404


def test_questions_are_answered_one_by_one_and_then_the_plan_can_be_approved(cast, sign_in, plan):
    client = sign_in(cast.administrator)
    doubtful = plan.lines.get(change="doubtful")
    missing = plan.lines.get(change="missing")
    shown = client.get(reverse("roster_questions", args=[plan.pk]), {"show": "doubtful"})
    assert "born 5 March 2017" in shown.text
    assert "checked" not in shown.text
    client.post(
        reverse("roster_decide", args=[plan.pk, doubtful.place]),
        {"decision": f"same:{doubtful.candidates[0]}"},
    )
    answer = client.post(
        reverse("roster_decide", args=[plan.pk, missing.place]), {"decision": "left"}, follow=True
    )
    assert "Fill in the last day at school." in answer.text
    client.post(
        reverse("roster_decide", args=[plan.pk, missing.place]),
        {"decision": "left", "left_on": "2026-11-01"},
    )
    plan_page = client.get(reverse("roster_import", args=[plan.pk]))
    assert reverse("roster_approve", args=[plan.pk]) in plan_page.text
    client.post(reverse("roster_approve", args=[plan.pk]))
    assert not RosterLine.objects.exists()
    bram = Pupil.objects.get(source_keys__key="p9")
    assert bram.enrolments.count() == 1
    mees = Pupil.objects.get(source_keys__key="p3")
    assert mees.enrolments.get().ends_on == date(2026, 11, 1)


@pytest.mark.parametrize(
    "forged", ["same:00000000-0000-4000-8000-000000000000", "left", "nonsense", ""]
)
def test_a_forged_answer_is_refused(cast, sign_in, plan, forged):
    line = plan.lines.get(change="doubtful")
    answer = sign_in(cast.administrator).post(
        reverse("roster_decide", args=[plan.pk, line.place]), {"decision": forged}, follow=True
    )
    assert answer.status_code == 200
    line.refresh_from_db()
    assert line.answer == ""


def test_everybody_missing_can_be_answered_at_once_but_nobody_leaves_that_way(cast, sign_in, plan):
    client = sign_in(cast.administrator)
    address = reverse("roster_decide_all", args=[plan.pk])
    client.post(address, {"answer": "left"})
    assert plan.lines.get(change="missing").answer == ""
    client.post(address, {"answer": "still_here"})
    assert plan.lines.get(change="missing").answer == "still_here"
    client.post(address, {"answer": "same"})
    assert plan.lines.get(change="doubtful").answer == "same"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("administrator", 200),
        ("director", 200),
        ("deputy", 200),
        ("other_director", 404),
        ("counsellor", 403),
        ("coordinator", 403),
        ("school_doctor", 403),
        ("board_officer", 403),
        ("privacy_officer", 403),
        ("fg", 403),
        ("parent", 403),
        ("mr_parent", 403),
        ("pupil_sixteen", 403),
    ],
)
def test_only_who_keeps_the_roster_of_this_school_sees_an_import(cast, sign_in, plan, who, status):
    client = sign_in(cast.people[who])
    for name in PAGES:
        assert client.get(reverse(name, args=[plan.pk])).status_code == status, name
    if status != 200:
        line = plan.lines.get(change="missing")
        refused = client.post(
            reverse("roster_decide", args=[plan.pk, line.place]), {"decision": "still_here"}
        )
        assert refused.status_code == status
        for name in ("roster_approve", "roster_cancel", "roster_start", "roster_decide_all"):
            assert client.post(reverse(name, args=[plan.pk])).status_code == status, name
        plan.refresh_from_db()
        assert plan.state == RosterImport.State.PLANNED


def test_a_school_of_somebody_else_cannot_be_sent_a_file(cast, sign_in):
    answer = send(sign_in(cast.administrator), file(pupil()), cast.other_school)
    assert answer.status_code == 200
    assert not RosterImport.objects.exists()


def test_an_upload_past_the_limit_is_told_and_not_read(cast, sign_in, settings):
    settings.UPLOAD_LIMIT = 1000
    large = file(*(pupil(f"p{n}") for n in range(50)))
    answer = send(sign_in(cast.administrator), large, cast.school)
    assert answer.status_code == 200
    assert "larger than 64 MB" in answer.text
    assert not RosterImport.objects.exists()


def test_the_template_of_the_parents_file_is_given(cast, sign_in):
    answer = sign_in(cast.administrator).get(reverse("parents_template"))
    assert answer["Content-Disposition"] == 'attachment; filename="parents.csv"'
    assert answer.content.decode("utf-8-sig").startswith("ouder_sleutel;leerling_sleutel")


@pytest.mark.promise("P22")
def test_a_secret_address_is_in_no_list(cast, sign_in):
    client = sign_in(cast.administrator)
    imports.run(cast.school, file(pupil("p1")), by=cast.administrator, on=cast.today)
    send(client, parents_csv(parent_row(secret="ja", street="Markerstraat")), cast.school, "o.csv")
    made = RosterImport.objects.get(kind="parents")
    for show in ("parent.new", "link.new"):
        shown = client.get(reverse("roster_lines", args=[made.pk]), {"show": show})
        assert "van Duinmeijer" in shown.text or "Fenna" in shown.text
        assert "Markerstraat" not in shown.text


def test_parents_without_key_show_their_children_to_decide_by(cast, sign_in):
    client = sign_in(cast.administrator)
    pupils = file(pupil("p1"), pupil("p2", roepnaam="Bram"))
    imports.run(cast.school, pupils, by=cast.administrator, on=cast.today)
    imports.run(
        cast.school, parents_csv(parent_row("", "p1")), by=cast.administrator, on=cast.today
    )
    send(client, parents_csv(parent_row("", "p2")), cast.school, "o.csv")
    made = RosterImport.objects.get(state="planned")
    shown = client.get(reverse("roster_questions", args=[made.pk]))
    assert "People are never linked by name" in shown.text
    assert "Fenna" in shown.text


@pytest.mark.promise("P22")
def test_watching_the_progress_writes_a_row_a_minute_for_each_who_watches(
    cast, sign_in, plan, time_machine
):
    imports.answer_everything(plan, by=cast.administrator, on=cast.today)
    imports.approve(plan, by=cast.administrator, on=cast.today)
    address = reverse("roster_import", args=[plan.pk])

    def rows(person) -> int:
        return (
            LogEntry.objects.filter(actor=person, object_pk=str(plan.pk))
            .exclude(event__startswith="roster")
            .count()
        )

    office, director = cast.administrator, cast.director
    for person in (office, director):
        client = sign_in(person)
        for _n in range(5):
            assert client.get(address, headers={"HX-Request": "true"}).status_code == 200
    assert (rows(office), rows(director)) == (1, 1)
    time_machine.move_to(timezone.now() + timedelta(seconds=61))
    client.get(address)
    assert (rows(office), rows(director)) == (1, 2)
    imports.apply(plan, by=office, on=cast.today)
    for _n in range(2):  # the result is a page like any other: a row each time
        client.get(address)
    assert rows(director) == 4


def test_a_page_that_shows_pupils_never_shares_a_row():
    for shows in (Shows.PUPIL, Shows.PUPILS):
        with pytest.raises(ValueError, match="each time"):
            Page(Permission.IMPORT_ROSTER, shows, Kind.LOOK).repeats()


def test_progress_refreshes_without_javascript_and_can_be_started_again(cast, sign_in, plan):
    client = sign_in(cast.administrator)
    imports.answer_everything(plan, by=cast.administrator, on=cast.today)
    imports.approve(plan, by=cast.administrator, on=cast.today)
    plan.progress.step = "dossiers"
    plan.progress.done, plan.progress.total = 20, 50
    plan.progress.save()
    shown = client.get(reverse("roster_import", args=[plan.pk]))
    assert '<meta http-equiv="refresh" content="3;url=?again=1">' in shown.text
    assert "20 of 50" in shown.text
    assert "Opening dossiers" in shown.text
    polled = {"HX-Request": "true"}
    assert "20 of 50" in client.get(reverse("roster_import", args=[plan.pk]), headers=polled).text
    plan.progress.failed_because = "OperationalError"
    plan.progress.save()
    shown = client.get(reverse("roster_import", args=[plan.pk]))
    assert "Nothing was changed. You can start it again." in shown.text
    client.post(reverse("roster_start", args=[plan.pk]))
    ended = client.get(reverse("roster_import", args=[plan.pk]), headers=polled)
    assert ended["HX-Refresh"] == "true"
    plan.refresh_from_db()
    assert plan.state == RosterImport.State.APPLIED


def test_with_a_worker_the_import_is_a_job_that_carries_keys_only(cast, sign_in, plan, monkeypatch):
    from procrastinate.contrib.django.models import ProcrastinateJob

    imports.answer_everything(plan, by=cast.administrator, on=cast.today)
    monkeypatch.setattr("students.roster.queries.worker_is_there", lambda: True)
    sign_in(cast.administrator).post(reverse("roster_approve", args=[plan.pk]))
    job = ProcrastinateJob.objects.get()
    assert job.args == {"import_id": str(plan.pk), "by_id": str(cast.administrator.pk)}
    plan.refresh_from_db()
    assert plan.state == RosterImport.State.APPROVED


def test_proposals_are_for_the_director_only(cast, sign_in):
    data = file(pupil("p1", groep="5a"), teachers=TEACHERS)
    imports.run(cast.school, data, by=cast.administrator, on=cast.today)
    address = reverse("roster_proposals")
    assert address in sign_in(cast.director).get(reverse("roster_imports")).text
    assert address not in sign_in(cast.administrator).get(reverse("roster_imports")).text
    assert "Ank Vos" in (shown := sign_in(cast.director).get(address).text)
    assert ">teacher (LRK)<" in shown
    assert "Ank Vos" not in sign_in(cast.other_director).get(address).text
    assert sign_in(cast.administrator).get(address).status_code == 403


@pytest.mark.parametrize("count", [1, 30])
def test_lists_take_the_same_number_of_queries_with_1_and_30_rows(
    cast, sign_in, count, django_assert_num_queries
):
    rows = [pupil(f"p{n}", roepnaam=f"Kind{n}") for n in range(count)]
    imports.run(cast.school, file(*rows), by=cast.administrator, on=cast.today)
    changed = [pupil(f"p{n}", roepnaam=f"Kind{n}", achternaam="Vos") for n in range(count)]
    made = imports.read(cast.school, file(*changed), by=cast.administrator, on=cast.today)
    gone = imports.read(
        cast.school, file(pupil("q", roepnaam="Q")), by=cast.administrator, on=cast.today
    )
    client = sign_in(cast.administrator)
    client.get(reverse("roster_imports"))
    with django_assert_num_queries(17):
        client.get(reverse("roster_lines", args=[made.pk]), {"show": "pupil.changed"})
    with django_assert_num_queries(18):
        client.get(reverse("roster_questions", args=[gone.pk]), {"show": "missing"})
