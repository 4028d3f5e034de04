"""The yearly notice on pictures of others: in versions, read by each parent, each school year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from access.errors import NotAllowed, Overtaken, Refused
from audit.models import LogEntry
from consent.actions.notices import (
    NoticeText,
    confirm_notice,
    record_confirmations,
    use_notice,
    write_notice,
)
from consent.models import NoticeConfirmation, PictureNotice
from consent.queries import notice_board, notice_in_use, own_notices
from students.models import Enrolment, Parent

pytestmark = pytest.mark.promise("P16")
DAY = timedelta(days=1)


def put_in_use(asked, words: str = "Keep pictures to yourself") -> PictureNotice:
    text = NoticeText(f"NL {words}", f"EN {words}")
    draft = asked.act(write_notice, by="board_officer", board=asked.cast.board, text=text)
    return asked.act(use_notice, by="board_officer", notice=draft)


def confirm(asked, notice, by: str = "parent", on=None) -> int:
    return asked.act(confirm_notice, by=by, on=on, notice_id=notice.pk, language="nl")


def missing(asked, by: str = "administrator", on=None) -> set[str]:
    day = on or asked.cast.today
    notice = notice_in_use(asked.cast.board.pk, day)
    found = notice_board(asked.cast.group, notice, asked.cast.people[by], on=day)
    return {one.parent.first_name.removeprefix("First-") for one in found.missing}


def test_a_draft_is_changed_and_what_is_in_use_is_replaced_by_a_next_version(asked):
    def write(words: str, by: str = "board_officer") -> PictureNotice:
        text = NoticeText(words, words)
        return asked.act(write_notice, by=by, board=asked.cast.board, text=text)

    for by in ("director", "administrator", "privacy_officer"):
        with pytest.raises(NotAllowed):
            write("Draft", by)
    first = write("Draft")
    assert write("Better draft").pk == first.pk
    asked.act(use_notice, by="board_officer", notice=first)
    with pytest.raises(Overtaken):
        asked.act(use_notice, by="board_officer", notice=first)
    second = write("Next")
    assert (second.number, notice_in_use(asked.cast.board.pk, asked.cast.today).pk) == (2, first.pk)
    with pytest.raises(Refused, match="both languages"):
        asked.act(use_notice, by="board_officer", notice=write(" "))
    for verb in (
        "update consent_picturenotice set text_nl = 'x' where number = 1",
        "delete from consent_picturenotice",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)


def test_each_parent_confirms_once_a_school_year_and_a_next_version_anew(asked):
    notice = put_in_use(asked)
    assert confirm(asked, notice) == 1
    assert confirm(asked, notice) == 0
    assert LogEntry.objects.filter(event="picture-notice-confirmed").count() == 1
    next_year = date(2027, 8, 2)
    assert confirm(asked, notice, on=next_year) == 1
    assert NoticeConfirmation.objects.count() == 2
    newer = put_in_use(asked, "Newer")
    with pytest.raises(Overtaken):
        confirm(asked, notice)
    assert not own_notices(asked.cast.parent, on=asked.cast.today)[0].is_confirmed
    assert confirm(asked, newer) == 1


def test_one_person_known_as_two_parents_confirms_for_both_at_once(asked):
    asked.cast.add_parent("second", "other")
    Parent.objects.filter(first_name="First-second").update(user=asked.cast.parent)
    assert confirm(asked, put_in_use(asked)) == 2


def test_who_is_no_parent_of_a_pupil_at_school_has_nothing_to_confirm(asked):
    notice = put_in_use(asked)
    for by in ("counsellor", "pupil_sixteen", "mr_parent", "director"):
        with pytest.raises(NotAllowed):
            confirm(asked, notice, by)
    Enrolment.objects.filter(pupil=asked.cast.pupils["own"]).update(ends_on=asked.cast.today - DAY)
    with pytest.raises(NotAllowed):
        confirm(asked, notice)


def test_a_confirmation_is_never_changed_or_deleted(asked):
    confirm(asked, put_in_use(asked))
    for verb in (
        "update consent_noticeconfirmation set confirmed_at = now()",
        "delete from consent_noticeconfirmation",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)


def test_the_administration_sees_who_has_not_confirmed_and_records_what_came_on_paper(asked):
    notice = put_in_use(asked)
    assert missing(asked) == {"parent", "parent_without", "parent_teacher"}
    confirm(asked, notice)
    assert missing(asked) == {"parent_without", "parent_teacher"}
    asked.cast.add_person("parent_teacher", "administrator", asked.cast.school.unit)
    asked.cast.people["parent_teacher"] = type(asked.cast.parent).objects.get(
        pk=asked.cast.parent_teacher.pk
    )
    assert missing(asked, by="parent_teacher") == set(), "never of an own child"
    assert missing(asked, by="counsellor") == set()
    keys = [Parent.objects.get(user=asked.cast.parent_without).pk]
    details = {"school": asked.cast.school, "parents": keys}
    for by in ("counsellor", "other_director", "parent_teacher", "board_officer"):
        with pytest.raises(NotAllowed):
            asked.act(record_confirmations, by=by, **details)
    assert asked.act(record_confirmations, by="administrator", **details) == 1
    assert asked.act(record_confirmations, by="administrator", **details) == 0
    assert missing(asked) == {"parent_teacher"}
    assert len(missing(asked, on=date(2027, 8, 2))) == 3, "each school year anew"
    stranger = asked.cast.add_parent("stranger", "foreign")
    with pytest.raises(NotAllowed):
        asked.act(record_confirmations, by="administrator",
                  school=asked.cast.school, parents=[stranger.pk])  # fmt: skip


# --- pages --------------------------------------------------------------------------------------


def test_a_parent_reads_the_own_language_and_confirms_with_one_button(asked, sign_in):
    notice = put_in_use(asked)
    client = sign_in(asked.cast.parent, second_factor=False)
    assert "please read and confirm" in client.get(reverse("home")).content.decode()
    page = client.get(reverse("picture_notice")).content.decode()
    assert "EN Keep pictures" in page
    assert "NL Keep pictures" not in page
    address = reverse("confirm_picture_notice", args=[notice.pk])
    for _click in range(2):
        assert client.post(address).status_code == 302
    assert "You confirmed this on" in client.get(reverse("picture_notice")).content.decode()
    assert "please read and confirm" not in client.get(reverse("home")).content.decode()
    assert NoticeConfirmation.objects.get().language == "en"
    newer = put_in_use(asked, "Newer")
    said = client.post(address, follow=True).content.decode()
    assert "Read it once more" in said
    assert not NoticeConfirmation.objects.filter(notice=newer).exists()


def test_the_office_ticks_who_signed_on_paper_and_no_forged_key_counts(asked, sign_in):
    put_in_use(asked)
    client = sign_in(asked.cast.administrator)
    groups = client.get(reverse("picture_notice_groups"))
    (line,) = groups.context["lines"]
    assert (line.parents, line.confirmed, line.missing) == (3, 0, 3)
    address = reverse("picture_notice_missing", args=[asked.cast.group.pk])
    stranger = asked.cast.add_parent("stranger", "foreign")
    assert client.post(address, {"parents": [str(stranger.pk)]}).status_code == 200
    assert not NoticeConfirmation.objects.exists()
    parent = Parent.objects.get(user=asked.cast.parent)
    assert client.post(address, {"parents": [str(parent.pk)]}).status_code == 302
    assert NoticeConfirmation.objects.get().route == "paper"
    assert "First-parent Sur-parent (" not in client.get(address).content.decode()


@pytest.mark.parametrize("number", [2, 30])
def test_two_parents_or_thirty_cost_the_office_the_same_queries(
    asked, sign_in, number, django_assert_num_queries
):
    put_in_use(asked)
    for n in range(number):
        asked.cast.add_parent(f"row{n}", "own")
    client = sign_in(asked.cast.administrator)
    address = reverse("picture_notice_missing", args=[asked.cast.group.pk])
    client.get(address)
    with django_assert_num_queries(14):
        page = client.get(address)
    assert page.content.decode().count("First-row") == number


def test_the_board_officer_writes_it_and_puts_it_in_use(asked, sign_in):
    client = sign_in(asked.cast.board_officer)
    address = reverse("picture_notice_texts", args=[asked.cast.board.pk])
    assert "No notice is in use" in client.get(address).content.decode()
    sent = {"text_nl": "Nederlands", "text_en": "English", "in_use_from": "2020-01-01"}
    assert client.post(address, sent).status_code == 302
    draft = PictureNotice.objects.get()
    assert draft.in_use_from is None
    client.post(reverse("use_picture_notice", args=[draft.pk]))
    assert "In use: version 1" in client.get(address).content.decode()
