"""The page of letters: who stands on it, having them made, and downloading them once."""

from __future__ import annotations

import pytest
from django.urls import reverse

from access.models import User
from audit.models import LogEntry
from consent.models import LetterFile, LetterRun
from students.models import Parent, Pupil

pytestmark = pytest.mark.promise("P13")


def offline(cast, key: str, *children: str) -> None:
    """A parent whom mail does not reach."""
    parent = cast.add_parent(key, *children)
    Parent.objects.filter(pk=parent.pk).update(user=None)
    User.objects.filter(pk=cast.people[key].pk).update(email=None)


@pytest.fixture
def listed(asked):
    """One parent, one voogd and one pupil to write to, of the school of the administrator."""
    offline(asked.cast, "here", "own")
    Pupil.objects.filter(pk=asked.cast.pupils["fifteen"].pk).update(user=None)
    asked.ask("own", "eleven", "fifteen")
    return asked


def words(answer) -> str:
    return answer.content.decode()


def test_who_mail_does_not_reach_is_listed_with_the_way_to_write_to_them(listed, sign_in):
    cast = listed.cast
    shown = words(sign_in(cast.administrator).get(reverse("letters")))
    for word in ("First-here Sur-here", "Demo Voogd", "First-fifteen Sur-fifteen", "not yet"):
        assert word in shown
    for word in ("First-parent ", "First-parent_teacher", "Street-", "@example.org"):
        assert word not in shown
    assert "Make 2 letters" in shown
    assert "Make 1 slip" in shown
    entry = LogEntry.objects.get(event="page-listed")
    names = {cast.pupils[key].log_key for key in ("own", "eleven", "fifteen")}
    assert set(entry.subjects) == names


@pytest.mark.usefixtures("blank_paper")
def test_letters_are_made_downloaded_once_and_then_nobody_is_left_to_write_to(listed, sign_in):
    cast = listed.cast
    client = sign_in(cast.administrator)
    start = reverse("start_letter_run", args=[cast.school.pk])
    run = client.post(start, {"kind": "letters"}, follow=True)
    assert "File 1: 2 people" in words(run)
    download = reverse("download_letters", args=[LetterFile.objects.get().pk])
    answer = client.post(download)
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert "First-" not in answer["Content-Disposition"]
    again = client.post(download, follow=True)
    assert "These letters are gone" in words(again)
    shown = words(client.get(reverse("letters")))
    assert "Make 2 letters" not in shown
    assert "16 November 2026" in shown
    refused = client.post(start, {"kind": "letters"}, follow=True)
    assert "There is nobody to write to" in words(refused)
    assert client.post(start, {"kind": "letters", "again": "yes"}).status_code == 302
    assert LetterRun.objects.count() == 2


@pytest.mark.usefixtures("blank_paper")
def test_a_colleague_sees_that_letters_were_made_and_can_not_download_them(listed, sign_in):
    cast = listed.cast
    start = reverse("start_letter_run", args=[cast.school.pk])
    sign_in(cast.administrator).post(start, {"kind": "slips"})
    run, file = LetterRun.objects.get(), LetterFile.objects.get()
    empty = LetterRun.objects.create(
        school=cast.school, kind="letters", started_by=cast.director, finished_at=run.finished_at
    )
    client = sign_in(cast.director)
    shown = words(client.get(reverse("letter_run", args=[run.pk])))
    assert "Only who asked for these letters downloads them" in shown
    assert "Download</button>" not in shown
    none = words(client.get(reverse("letter_run", args=[empty.pk])))
    assert "No letter was needed any more" in none
    assert client.post(reverse("download_letters", args=[file.pk])).status_code == 404
    other = sign_in(cast.other_director)
    assert other.get(reverse("letter_run", args=[run.pk])).status_code == 404
    assert other.post(start, {"kind": "slips"}).status_code == 404


def test_a_parent_who_works_here_finds_no_other_parent_of_the_own_child(listed, sign_in):
    cast = listed.cast
    cast.add_person("parent_teacher", "administrator", cast.school.unit)
    shown = words(sign_in(cast.parent_teacher).get(reverse("letters")))
    assert "Demo Voogd" in shown
    assert "First-here" not in shown


@pytest.mark.parametrize(
    "sent",
    [{}, {"kind": "postcards"}, {"kind": "letters", "group": "not-a-key"}],
)
def test_a_forged_form_is_told_and_makes_nothing(listed, sign_in, sent):
    client = sign_in(listed.cast.administrator)
    start = reverse("start_letter_run", args=[listed.cast.school.pk])
    assert "Choose letters or slips" in words(client.post(start, sent, follow=True))
    group = {"kind": "letters", "group": listed.cast.other_group.pk}
    assert "Choose letters or slips" in words(client.post(start, group, follow=True))
    assert not LetterRun.objects.exists()


@pytest.mark.usefixtures("blank_paper")
def test_letters_that_wait_for_a_worker_show_how_far_they_are_and_can_be_carried_on(
    listed, sign_in, monkeypatch
):
    monkeypatch.setattr("consent.tasks.worker_is_there", lambda: True)
    client = sign_in(listed.cast.administrator)
    start = reverse("start_letter_run", args=[listed.cast.school.pk])
    assert "0 of 2" in words(client.post(start, {"kind": "letters"}, follow=True))
    monkeypatch.setattr("consent.tasks.worker_is_there", lambda: False)
    carry_on = reverse("carry_on_letters", args=[LetterRun.objects.get().pk])
    assert "File 1: 2 people" in words(client.post(carry_on, follow=True))


def test_the_list_costs_as_many_queries_for_one_as_for_thirty(
    asked, sign_in, django_assert_num_queries
):
    """Django's own cache of what stands around the page is filled by the first look."""
    cast = asked.cast
    offline(cast, "here", "own")
    asked.ask("own")
    client = sign_in(cast.administrator)
    client.get(reverse("letters"))
    with django_assert_num_queries(20):
        client.get(reverse("letters"))
    for n in range(30):
        cast.add_pupil(f"more{n}")
        offline(cast, f"of_more{n}", f"more{n}")
        asked.ask(f"more{n}")
    with django_assert_num_queries(20):
        assert "31 people" in words(client.get(reverse("letters")))
