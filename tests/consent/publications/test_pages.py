"""From the photo check to the task: what the pages show, to whom, and what a forged form gets."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from access.errors import Refused
from access.uploads import LeftOut, WhyLeftOut
from audit.models import LogEntry
from consent.actions.taking_down import Deed, take_down
from consent.attachments import taken_in
from consent.models import Check, Publication, PublishedPupil, Removal, TakeDown
from consent.views import publications as views
from files.errors import Reason, Unwelcome
from files.kinds import Kind
from tests.consent.publications.conftest import clean_file
from tests.files.corpus import picture

pytestmark = pytest.mark.promise("P13")


def text(page) -> str:
    return page.content.decode()


@pytest.fixture
def form(pictures):
    """What the form "I published this" is sent with."""

    def make(*pupils: str, **more) -> dict:
        return {
            "key": str(uuid.uuid4()),
            "place": "The newsletter of November",
            "published_on": pictures.cast.today.isoformat(),
            "pupils": [str(pictures.cast.pupils[p].pk) for p in pupils],
            **more,
        }

    return make


def test_after_a_check_a_teacher_records_what_was_published_with_two_clicks(
    pictures, form, sign_in
):
    check = pictures.check("own", "other", "sixteen")
    client = sign_in(pictures.cast.counsellor)
    result = client.get(reverse("photo_check_result", args=[check.pk]))
    address = reverse("publish", args=[check.pk])
    assert address in text(result)
    page = client.get(address)
    assert page.context["not_allowed"] == [pictures.cast.pupils["sixteen"]]
    sent = form(everybody="on")
    for _click in range(2):
        answer = client.post(address, sent)
        assert answer.status_code == 302
    row = Publication.objects.get()
    assert answer["Location"] == reverse("publication", args=[row.pk])
    assert {one.pupil for one in row.pupils.all()} == {
        pictures.cast.pupils["own"], pictures.cast.pupils["other"]
    }  # fmt: skip


def test_who_lost_the_yes_while_the_form_was_open_is_named_and_nothing_is_recorded(
    pictures, form, sign_in, monkeypatch
):
    check = pictures.check("own", "other")
    client = sign_in(pictures.cast.counsellor)
    before = views.queries.lines_of(check, pictures.cast.counsellor, on=pictures.cast.today)
    pictures.asked.says("parent", "own", False)
    monkeypatch.setattr(views.queries, "lines_of", lambda *_a, **_k: before)
    sent = form("own", "other")
    page = client.post(reverse("publish", args=[check.pk]), sent)
    assert page.status_code == 200
    assert "no yes on that day. If the picture is already published, take it down. " in text(page)
    (said,) = page.context["form"].non_field_errors()
    assert said.endswith("First-own Sur-own.")
    assert "First-other" not in said
    assert not Publication.objects.exists()


@pytest.mark.parametrize("forged", ["sixteen", "eleven", "foreign"])
def test_a_forged_pupil_in_the_form_is_published_by_nobody(pictures, form, sign_in, forged):
    check = pictures.check("own", "sixteen")
    client = sign_in(pictures.cast.counsellor)
    extra = {
        "published_by": str(pictures.cast.director.pk),
        "school": "x",
        "ended_on": "2020-01-01",
    }
    page = client.post(reverse("publish", args=[check.pk]), form("own", forged, **extra))
    assert page.status_code == 200
    assert "pupils" in page.context["form"].errors
    assert not Publication.objects.exists()


def test_a_check_of_making_pictures_offers_no_publication(pictures, sign_in):
    pictures.asked.add("made", "pictures")
    check = pictures.check("own", code="made")
    page = sign_in(pictures.cast.counsellor).get(reverse("photo_check_result", args=[check.pk]))
    assert "I published this" not in text(page)


def test_the_task_waits_at_home_without_a_name_and_on_its_page_with_it(
    pictures, published, sign_in
):
    pictures.asked.says("parent", "own", False)
    client = sign_in(pictures.cast.counsellor)
    home = text(client.get(reverse("home"))).split("<main")[1]
    assert "Take down: https://example.org/news" in home
    assert "First-other" not in home
    page = text(client.get(reverse("publication", args=[published.pk])))
    assert "First-own Sur-own must go" in page
    assert (
        "parent"
        not in page.split("<main")[1]
        .replace("parents can see it", "")
        .lower()
        .split("every look")[0]
    ), "why, and who said no, is not told"
    assert "Take down" not in text(sign_in(pictures.cast.director).get(reverse("home")))
    director = text(
        sign_in(pictures.cast.director).get(reverse("publication", args=[published.pk]))
    )
    assert "First-own Sur-own must go" in director


@pytest.mark.parametrize(
    ("who", "status"),
    [("counsellor", 200), ("director", 200), ("administrator", 200), ("other_counsellor", 404),
     ("safeguarding", 404), ("foreign_counsellor", 404), ("other_director", 404),
     ("former", 403), ("parent", 403), ("pupil_sixteen", 403), ("board_officer", 403)],
)  # fmt: skip
def test_who_published_and_who_keeps_consent_see_a_publication(
    pictures, published, sign_in, who, status
):
    client = sign_in(pictures.cast.people[who])
    for name in ("publication", "take_down_publication"):
        assert client.get(reverse(name, args=[published.pk])).status_code == status
    listed = client.get(reverse("publications"))
    assert (b"example.org" in listed.content) is (status == 200)


def test_it_is_recorded_with_a_proof_that_staff_open_again(
    pictures, published, sign_in, monkeypatch, settings, tmp_path
):
    settings.FILES_DIR = tmp_path / "files"
    monkeypatch.setattr(views, "taken_in", lambda data, name: clean_file(data, name=name))
    pictures.asked.says("parent", "own", False)
    own = pictures.cast.pupils["own"]
    client = sign_in(pictures.cast.counsellor)
    address = reverse("take_down_publication", args=[published.pk])
    assert client.get(address, {"pupil": own.pk}).context["form"]["pupil"].value() == str(own.pk)
    sent = {
        "how": "part", "pupil": str(own.pk), "done_on": pictures.cast.today.isoformat(),
        "words": "I cut the pupil out.", "file": SimpleUploadedFile("Proof.pdf", b"%PDF proof"),
    }  # fmt: skip
    assert client.post(address, sent).status_code == 302
    assert client.post(address, {**sent, "file": ""}).status_code == 200, "gone already"
    removal = Removal.objects.get()
    page = text(client.get(reverse("publication", args=[published.pk])))
    assert "I cut the pupil out." in page
    proof = client.get(reverse("removal_proof", args=[removal.pk]))
    assert proof.content == b"%PDF proof"
    assert "sandbox" in proof["Content-Security-Policy"]
    assert proof["Content-Disposition"].startswith("attachment")
    assert LogEntry.objects.filter(event="file-downloaded").count() == 1
    assert TakeDown.objects.get().outcome == "gone"
    (tmp_path / "files" / str(removal.blob)[:2] / str(removal.blob)).write_bytes(b"changed")
    client.raise_request_exception = False
    lost = client.get(reverse("removal_proof", args=[removal.pk]))
    assert lost.status_code == 500
    assert "can't be read any more" in text(lost)
    told = LogEntry.objects.get(event="damage-met")
    assert (told.object_pk, told.subjects) == (str(removal.pk), [own.log_key])


@pytest.mark.parametrize("why", [Reason.UNKNOWN, Reason.INFECTED])
def test_a_file_that_is_not_taken_in_keeps_nothing_and_says_why(
    pictures, published, sign_in, monkeypatch, why
):
    def refused(data, name):
        raise Unwelcome(why)

    monkeypatch.setattr(views, "taken_in", refused)
    sent = {
        "how": "whole", "done_on": pictures.cast.today.isoformat(), "words": "All of it is gone.",
        "file": SimpleUploadedFile("a.exe", b"MZ"),
    }  # fmt: skip
    client = sign_in(pictures.cast.counsellor)
    page = client.post(reverse("take_down_publication", args=[published.pk]), sent)
    assert str(Unwelcome(why).sentence) in page.context["form"].non_field_errors()
    assert not Removal.objects.exists()


def test_a_file_that_is_too_large_is_said_beside_its_field(
    pictures, published, sign_in, monkeypatch
):
    missing = [LeftOut("file", "a.pdf", WhyLeftOut.TOO_LARGE)]
    monkeypatch.setattr(views, "left_out", lambda request: missing)
    sent = {"how": "whole", "done_on": pictures.cast.today.isoformat(), "words": "It is gone."}
    client = sign_in(pictures.cast.counsellor)
    page = client.post(reverse("take_down_publication", args=[published.pk]), sent)
    assert page.context["form"].errors["file"] == [Unwelcome(Reason.TOO_LARGE).sentence]
    assert not Removal.objects.exists()


def test_a_proof_is_a_picture_or_a_pdf_and_nothing_else():
    assert taken_in(picture("PNG"), name="screen.png").kind is Kind.PICTURE
    with pytest.raises(Refused, match="a picture or a PDF"):
        taken_in(b"It is gone, I promise.\n", name="promise.txt")


def test_a_task_is_closed_on_a_page_of_its_own_once_it_is_allowed_again(
    pictures, published, sign_in
):
    pictures.asked.says("parent", "own", False)
    task = TakeDown.objects.get()
    address = reverse("close_take_down", args=[task.pk])
    client = sign_in(pictures.cast.counsellor)
    assert "may not be in this picture" in text(client.get(address))
    client.post(address)
    assert TakeDown.objects.get().closed_at is None
    pictures.asked.says("parent", "own", True)
    assert "may stay in the picture" in text(client.get(address))
    client.post(address)
    assert TakeDown.objects.get().outcome == "allowed"
    assert client.get(address).status_code == 404


def _rows(pictures, number: int) -> None:
    first = pictures.publish("own")
    for _ in range(number - 1):
        row = Publication.objects.create(
            school=first.school, purpose=first.purpose, text=first.text,
            check_made=first.check_made, place="https://example.org/news",
            published_on=first.published_on, published_by=first.published_by,
        )  # fmt: skip
        PublishedPupil.objects.create(publication=row, pupil=pictures.cast.pupils["own"])
    pictures.asked.says("parent", "own", False)


@pytest.mark.parametrize("number", [2, 30])
def test_two_publications_or_thirty_cost_list_and_home_the_same_queries(
    pictures, sign_in, number, django_assert_num_queries
):
    _rows(pictures, number)
    client = sign_in(pictures.cast.counsellor)
    client.get(reverse("publications"))
    with django_assert_num_queries(LIST):
        page = client.get(reverse("publications"))
    assert text(page).count("example.org") >= number
    with django_assert_num_queries(HOME):
        home = client.get(reverse("home"))
    assert text(home).count("Take down: ") == number


LIST, HOME = 11, 17


@pytest.mark.parametrize("number", [2, 30])
def test_two_publications_or_thirty_cost_a_parent_the_same_queries(
    pictures, sign_in, number, django_assert_num_queries
):
    _rows(pictures, number)
    client = sign_in(pictures.cast.parent, second_factor=False)
    address = reverse("child_pictures", args=[pictures.cast.pupils["own"].pk])
    client.get(address)
    with django_assert_num_queries(14):
        page = client.get(address)
    assert text(page).count("example.org") == number


@pytest.mark.parametrize("number", [2, 30])
def test_two_pupils_or_thirty_cost_a_publication_the_same_queries(
    pictures, sign_in, number, django_assert_num_queries
):
    row = pictures.publish("own")
    check = Check.objects.get()
    for n in range(number - 1):
        pupil = pictures.cast.add_pupil(f"row{n}")
        check.pupils.create(pupil=pupil, is_allowed=True)
        row.pupils.create(pupil=pupil)
    client = sign_in(pictures.cast.counsellor)
    address = reverse("publication", args=[row.pk])
    client.get(address)
    with django_assert_num_queries(ONE):
        page = client.get(address)
    assert len(page.context["lines"]) == number


ONE = 13


@pytest.mark.promise("P20")
def test_a_parent_reads_where_the_own_child_was_published_and_nothing_of_anybody_else(
    pictures, published, sign_in
):
    cast = pictures.cast
    client = sign_in(cast.parent, second_factor=False)
    address = reverse("child_pictures", args=[cast.pupils["own"].pk])
    assert address in text(client.get(reverse("my_children")))
    pictures.asked.says("parent_teacher", "own", False)
    page = text(client.get(address)).split("<main")[1]
    assert "https://example.org/news" in page
    for other in ("First-other", "Demo counsellor", "take down", "withdr", "parent_teacher"):
        assert other not in page
    assert client.get(reverse("child_pictures", args=[cast.pupils["other"].pk])).status_code == 404
    pictures.asked.act(
        take_down, by="counsellor", publication=published, pupil=None,
        deed=Deed("whole", cast.today, "All of it is gone"),
    )  # fmt: skip
    assert "Not there any more since 16 November 2026." in text(client.get(address))
    assert sign_in(cast.counsellor).get(address).status_code == 403
