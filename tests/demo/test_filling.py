"""The demo fills itself through the real actions, and is the same every time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from access.acting import acting_as
from access.models import User
from consent import queries as consent
from consent.models import (
    CourtOrder,
    OrderCoverage,
    Scan,
    UnableDecision,
    UnreachableDecision,
)
from consent.queries import paper_of
from consent.rules import Reason
from demo import former, people
from demo.reports import sign_last_month
from dossiers import queries
from dossiers.models import Dossier, Note
from files.previews import page_picture, text_of
from oversight.models import Finding, LookQuestion, SignedReport
from oversight.queries.findings import open_findings_visible_to
from oversight.queries.questions import look_questions_waiting
from oversight.queries.reports_signed import standing
from retention.models import DestructionItem, DestructionList, LedgerLine
from retention.queries import due_on, standing_holds, without_leaving_date_visible_to
from retention.terms import KINDS
from students.models import Group, Pupil
from vault.sealing import keyring


def test_everybody_on_the_start_page_has_an_account_with_a_role(demo, today):
    for person in people.CAST:
        assert User.objects.get(username=person.username).roles_on(today), person.username


def test_the_teacher_sees_the_own_group_and_the_director_nothing(demo, today):
    for username, least in (("joost", 12), ("karin", 0), ("greet", 0)):
        user = User.objects.get(username=username)
        with acting_as(user, on=today):
            seen = queries.dossiers_visible_to(user, on=today).count()
        assert seen >= least
        assert least or not seen


def test_files_of_each_kind_stand_in_a_dossier_and_can_be_shown(demo, today):
    joost = User.objects.get(username="joost")
    with acting_as(joost, on=today):
        files = list(queries.files_visible_to(joost, on=today))
        versions = queries.newest_file_versions(joost, files, on=today)
        keys = keyring(file.part_id for file in files)
        shown = queries.opened_files(files, versions, keys)
    assert {one.what.kind: one.what.pages for one in shown} == {
        "pdf": 3,
        "picture": 1,
        "text": None,
    }
    for one in shown:
        with queries.content_of(one.version, keys) as content:
            data = content.read_all()
        if one.what.has_pages:
            assert page_picture(data, one.what.kind, page=1, width=400)
        else:
            assert "(demo)" in text_of(data)


def test_every_pupil_has_a_dossier(demo):
    assert Dossier.objects.count() >= 6 * 11 + 4


@pytest.mark.promise("P13")
def test_the_photo_check_of_the_demo_knows_every_situation(demo, today):
    joost = User.objects.get(username="joost")
    group = Group.objects.get(name="6B")
    with acting_as(joost, on=today):
        school = Group.objects.select_related("school").get(pk=group.pk).school
        pupils = consent.pupils_chosen(joost, on=today, school=school, groups=[group], typed="")
        texts = list(consent.texts_in_use(school.board_id, today))
        effects = consent.effects_of(pupils, texts, school_id=school.pk, on=today)
        names = {pupil.pk: pupil.first_name for pupil in pupils}
    assert len(texts) == 9
    reasons = {effect.reason for effect in effects.values()}
    assert reasons >= {
        Reason.AGREED, Reason.REFUSED, Reason.WAITING, Reason.OBJECTION, Reason.SAFETY_BLOCK,
    }  # fmt: skip
    website = next(text.purpose_id for text in texts if text.purpose.code == "website")
    noor = next(pk for pk, name in names.items() if name == "Noor")
    assert effects[noor, website].is_conflict


@pytest.mark.promise("P13")
def test_the_demo_has_a_court_order_a_parent_away_a_pupil_who_can_not_decide_and_a_scan(demo):
    assert {row.is_yes for row in CourtOrder.objects.all()} == {True, False}
    assert UnreachableDecision.objects.count() == 1
    assert UnableDecision.objects.exists()
    assert OrderCoverage.objects.count() == 1
    assert paper_of(Scan.objects.get()).pages == 1


@pytest.mark.promise("P9")
def test_the_demo_has_dossiers_that_fall_due_one_held_and_one_without_a_leaving_date(demo, today):
    greet = User.objects.get(username="greet")
    assert [row.pupil.surname for row in without_leaving_date_visible_to(greet, on=today)] == [
        "Zoekgeraakt"
    ]
    due = due_on(today, kinds=[KINDS["guidance"]])
    assert {row.pupil.surname for row in due} >= {"Oudekerk"}
    assert "Waterman" not in {row.pupil.surname for row in due}
    later = due_on(today + timedelta(days=20), kinds=[KINDS["guidance"]])
    assert {row.pupil.surname for row in later} >= {"Oudekerk", "Waterman"}
    held = {row.dossier.pupil.surname for row in standing_holds(today)}
    assert "Graafland" in held
    assert len(held) == 2  # the other one was kept by who reviewed a list


@pytest.mark.promise("P9")
def test_the_demo_has_a_destruction_list_in_every_state_up_to_the_first_destroyed(demo, today):
    states = [made.state_on(today).value for made in DestructionList.objects.order_by("made_on")]
    assert states == ["cancelled", "ready", "ready", "reviewed", "cooling", "draft"]
    assert set(DestructionItem.objects.values_list("decision", flat=True)) == {
        *("", "destroy", "keep")
    }
    assert not LedgerLine.objects.exists()  # a worker carries out what is ready
    notes = Note.objects.filter(part__dossier__in=DestructionItem.objects.values("dossier_id"))
    assert {author for (author,) in notes.values_list("author__username")} == {"hanna", "tom"}


def test_the_demo_refuses_to_fill_anything_but_a_demo():
    with pytest.raises((CommandError, Exception), match=r"fill_demo|PORTAL_DEMO"):
        call_command("fill_demo")


def test_a_mother_finds_who_looked_an_answer_and_an_open_question(demo, today, client):
    yvonne = User.objects.get(username="yvonne")
    client.force_login(yvonne)
    noor = Pupil.objects.get(first_name="Noor", surname="Bergen")
    page = client.get(reverse("who_looked", args=[noor.pk])).content.decode()
    assert page.count('<li class="look">') >= 6
    for name in ("Hanna de Wit", "Joost Bakkerman", "Mila Sarıkaya", "Arda Wielinga"):
        assert name in page, name
    questions = LookQuestion.objects.filter(asked_by=yvonne).order_by("asked_on")
    assert [question.answered_on is not None for question in questions] == [True, False]
    with acting_as(User.objects.get(username="karin"), on=today):
        waiting = look_questions_waiting(User.objects.get(username="karin"), on=today)
    assert (waiting.number, waiting.overdue) == (1, 0)


@pytest.mark.promise("P22")
def test_something_of_each_sort_stood_out_and_one_finding_was_judged(demo, today):
    rows = set(Finding.objects.values_list("person__username", "rule"))
    assert rows >= {
        ("hanna", "outside-hours"),
        ("greet", "bulk"),
        ("joost", "many-dossiers"),
        ("femke", "emergency-card"),
        ("mila", "refusals"),
        ("karin", "rights"),
        (None, "refusals"),
    }
    judged = Finding.objects.filter(judgements__isnull=False)
    assert set(judged.values_list("person__username", "rule")) == {("greet", "bulk")}
    for username, least in (("karin", 4), ("olaf", 2), ("frits", 6)):
        user = User.objects.get(username=username)
        with acting_as(user, on=today):
            assert open_findings_visible_to(user, on=today).count() >= least


def test_the_second_school_of_the_demo_signed_its_last_month(demo, today, monkeypatch):
    # Its paper is drawn elsewhere.
    monkeypatch.setattr("oversight.actions.reports.report_paper", lambda *_a, **_k: b"%PDF-demo")
    sign_last_month(today, lambda _step: None)
    report = SignedReport.objects.get(school__unit__name=people.SECOND_SCHOOL)
    assert [row.pk for row in standing([report])] == [report.pk]


def test_the_account_of_who_left_two_months_ago_ended_and_the_name_stayed(demo):
    (gone,) = User.objects.filter(username__startswith="gone-")
    assert (gone.name, gone.has_ended, gone.email) == (former.NAME, True, None)
