"""A new version of a file: by form and by the list with progress."""

from __future__ import annotations

from django.urls import reverse

from access.acting import acting_as
from dossiers.actions.files import replace_file
from tests.dossiers.files.conftest import sent, upload


def test_a_new_version_is_saved_and_the_old_one_stays(cast, sign_in, quick, add):
    file = add(b"one", name="one.pdf")
    client = sign_in(cast.coordinator)
    place = reverse("replace_file", args=[file.pk])
    assert "one.pdf" in client.get(place).text
    answer = client.post(place, {"uploads": upload("two.pdf", b"two"), "seen": 1})
    assert answer["Location"] == reverse("file", args=[file.pk])
    page = client.get(answer["Location"])
    assert "one.pdf" in page.text
    assert "two.pdf" in page.text
    contents = [b"".join(client.get(reverse("download_file", args=[file.pk, n]))) for n in (1, 2)]
    assert contents == [b"one", b"two"]


def test_who_was_overtaken_is_told_and_nothing_is_kept(cast, sign_in, quick, add, stored):
    file = add(name="one.pdf")
    with acting_as(cast.counsellor, on=cast.today):
        replace_file(
            file=file,
            sent=sent(name="theirs.pdf"),
            seen_number=1,
            by=cast.counsellor,
            on=cast.today,
        )
    before = stored()
    answer = sign_in(cast.coordinator).post(
        reverse("replace_file", args=[file.pk]), {"uploads": upload("mine.pdf"), "seen": 1}
    )
    assert answer.status_code == 409
    assert "Somebody else replaced this file" in answer.text
    assert "theirs.pdf" in answer.text
    assert stored() == before


def test_a_new_version_is_sent_by_the_list_with_progress_too(cast, sign_in, quick, add):
    file = add(name="one.pdf")
    client = sign_in(cast.counsellor)
    place = reverse("replace_file", args=[file.pk])
    page = client.get(place).text
    assert "data-single" in page
    assert " multiple" not in page

    def send(*names: str, seen: int = 2):
        files = [upload(name) for name in names]
        return client.post(place, {"uploads": files, "seen": seen}, headers={"HX-Request": "true"})

    for answer, outcome, said in (
        (send("two.pdf", seen=1), "kept", "kept safely"),
        (send("three.pdf", seen=1), "refused", "Somebody else replaced this file"),
        (send("secret.pdf"), "refused", "asks for a password"),
        (send("a.pdf", "b.pdf"), "refused", "Choose one file."),
        (send(), "refused", "Choose a file first."),
    ):
        assert f'data-outcome="{outcome}"' in answer.text
        assert said in answer.text
        assert "<html" not in answer.text
    assert file.versions.count() == 2


def test_a_refused_version_says_why(cast, sign_in, quick, add):
    file = add()
    answer = sign_in(cast.counsellor).post(
        reverse("replace_file", args=[file.pk]), {"uploads": upload("secret.pdf"), "seen": 1}
    )
    assert answer.status_code == 200
    assert "asks for a password" in answer.text
    assert file.versions.count() == 1
