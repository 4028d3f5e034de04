"""The page of questions and signing: what is shown, what is signed, and what is not."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.acting import Job, acting_as
from audit.models import LogEntry
from consent.actions.ahead import ask_before_birthdays
from consent.models import Answer, Receipt, Request
from students.models import Authority, Enrolment, Parenthood, Pupil
from tests.access.conftest import code_now, give_factor

pytestmark = [pytest.mark.promise("P5"), pytest.mark.promise("P13")]


def text_of(response) -> str:
    return response.content.decode()


def another_child(asked, parent: str, pupil: str) -> None:
    """Makes the parent one of another pupil too, with authority."""
    row = asked.cast.people[parent].known_as_parent.get()
    link = Parenthood.objects.create(parent=row, pupil=asked.cast.pupils[pupil], relation="mother")
    Authority.objects.create(parenthood=link, value="yes", starts_on="2020-08-01", source="form")


def test_nothing_is_prechosen_and_what_was_answered_shows_as_chosen(asked, family, enter):
    asked.add("press", "press")
    asked.ask("own")
    client = enter("parent")
    assert " checked" not in text_of(client.get(family.questions("own")))
    family.sign("parent", "own", website=False)
    page = text_of(client.get(family.questions("own")))
    assert page.count(" checked") == 1
    assert "You said no on 16 November 2026." in page
    assert Answer.objects.count() == 1  # the other question stays open


def test_withdrawing_takes_the_same_page_and_as_many_clicks_as_giving(asked, family, enter):
    asked.ask("own")
    enter("parent")
    for is_yes in (True, False, True):
        assert family.sign("parent", "own", website=is_yes).status_code == 302
    said = Answer.objects.order_by("answered_at").values_list("said", flat=True)
    assert list(said) == ["given", "withdrawn", "given"]
    assert Receipt.objects.count() == 3


def test_the_same_answers_for_another_child_make_a_row_each_where_the_same_text_is_asked(
    asked, family, enter
):
    another_child(asked, "parent", "other")
    asked.ask("own", "other")
    asked.add("press", "press")
    asked.ask("own")  # the press is asked about one child only
    client = enter("parent")
    chosen = family.choose("parent", "own", ("other",), website=True, press=False)
    page = text_of(client.get(chosen["Location"]))
    assert page.index("First-own") < page.index("First-other")
    assert page.count("Demo website") == 2
    assert page.count("Demo press") == 1
    client.post(chosen["Location"])
    rows = Answer.objects.values_list("pupil__first_name", "purpose__code", "said")
    assert set(rows) == {
        ("First-own", "website", "given"),
        ("First-own", "press", "refused"),
        ("First-other", "website", "given"),
    }
    assert Receipt.objects.count() == 1


def test_who_confirmed_longer_ago_is_asked_again_and_loses_nothing(asked, family, enter):
    asked.ask("own")
    client = enter("parent", minutes=11)
    chosen = family.choose("parent", "own", website=True)
    sign = chosen["Location"]
    assert 'type="password"' in text_of(client.get(sign))
    assert client.post(sign).status_code == 200  # no password: asked again
    wrong = client.post(sign, {"password": "wrong"})
    assert "First-own" in text_of(wrong)
    assert not Answer.objects.exists()
    signed = client.post(sign, {"password": "paars fietsbel dinsdag wolk"})
    assert signed.status_code == 302
    assert Answer.objects.count() == 1


def test_who_confirms_with_a_code_of_an_app_comes_back_and_signs_what_was_chosen(
    asked, family, enter
):
    asked.ask("own")
    give_factor(asked.cast.parent)
    client = enter("parent", minutes=11)
    sign = family.choose("parent", "own", website=True)["Location"]
    page = text_of(client.get(sign))
    other_way = f"{reverse('mfa_reauthenticate')}?next={sign.replace('/', '%2F')}"
    assert other_way in page
    came = client.post(other_way, {"code": code_now()})
    assert came["Location"] == sign
    assert 'type="password"' not in text_of(client.get(sign))
    assert client.post(sign).status_code == 302
    assert Answer.objects.get().said == "given"


def test_a_password_can_not_be_guessed_on_the_page_where_is_signed(asked, family, enter):
    asked.ask("own")
    client = enter("parent", minutes=11)
    sign = family.choose("parent", "own", website=True)["Location"]
    statuses = [client.post(sign, {"password": f"wrong {n}"}).status_code for n in range(12)]
    assert statuses[-1] == 429
    assert not Answer.objects.exists()


def test_who_was_signed_out_while_choosing_gets_the_answers_back_to_send_again(
    asked, family, enter
):
    asked.ask("own")
    client = enter("parent")
    assert 'name="keep"' in text_of(client.get(family.questions("own")))
    client.logout()
    request = asked.request("own", of="parent")
    data = {f"answer-{request.pk}": "yes", f"seen-{request.pk}": "", "keep": "answers"}
    kept = client.post(family.questions("own"), data)
    assert kept.status_code == 403
    assert "Your answers are still here" in text_of(kept)
    again = dict(kept.context["fields"])
    assert again == data
    enter("parent")
    assert client.post(family.questions("own"), again).status_code == 302


def test_a_double_click_signs_once_and_leads_to_the_same_receipt(asked, family, enter):
    asked.ask("own")
    client = enter("parent")
    sign = family.choose("parent", "own", website=True)["Location"]
    first, second = client.post(sign), client.post(sign)
    assert first["Location"] == second["Location"]
    assert Answer.objects.count() == Receipt.objects.count() == 1
    assert LogEntry.objects.filter(event="consent-answered").count() == 1


def test_another_window_changed_it_meanwhile_nothing_is_lost_and_both_show(asked, family, enter):
    asked.ask("own")
    client = enter("parent")
    one = family.choose("parent", "own", website=True)["Location"]
    two = family.choose("parent", "own", website=False)["Location"]
    assert client.post(two).status_code == 302
    late = client.post(one)
    assert late.status_code == 409
    page = text_of(late)
    assert "You answered in another window meanwhile" in page
    assert "was: no" in page
    assert Answer.objects.count() == 1
    again = page.split('action="/my-children/sign/')[1].split('"')[0]
    assert client.post(f"/my-children/sign/{again}").status_code == 302
    assert list(Answer.objects.order_by("answered_at").values_list("said", flat=True)) == [
        "refused",
        "given",
    ]


def test_what_came_in_on_paper_meanwhile_is_not_signed_twice(asked, family, enter):
    asked.ask("own")
    client = enter("parent")
    sign = family.choose("parent", "own", website=True)["Location"]
    asked.on_paper(asked.request("own", of="parent"), True)
    came = client.post(sign)
    assert came["Location"] == reverse("earlier_answers", args=[asked.cast.pupils["own"].pk])
    assert "on paper" in text_of(client.get(came["Location"]))
    assert Answer.objects.count() == 1


def test_keys_of_requests_of_others_in_the_form_are_not_looked_at(asked, family, enter):
    asked.ask("own")
    client = enter("parent")
    theirs = asked.request("own", of="parent_teacher")
    for key in (theirs.pk, uuid.uuid4()):
        sent = client.post(family.questions("own"), {f"answer-{key}": "yes", f"seen-{key}": ""})
        assert "There is nothing new to sign" in text_of(sent)
    assert not Answer.objects.exists()
    for page in ("own", "other", "foreign"):
        status = client.get(family.questions(page)).status_code
        assert status == (200 if page == "own" else 404)


def test_what_waits_is_signed_by_its_owner_only(asked, family, enter):
    asked.ask("own")
    enter("parent")
    sign = family.choose("parent", "own", website=True)["Location"]
    asked.cast.add_person("parent_teacher", "parent", asked.cast.school.unit)
    enter("parent_teacher")
    assert family.client.post(sign)["Location"] == reverse("my_children")
    assert not Answer.objects.exists()


# --- who can't answer (any more) reads why ------------------------------------------------------


def without_a_yes(asked, client, family, pupil: str, words: str) -> None:
    page = text_of(client.get(family.questions(pupil)))
    assert words in page, page
    assert "answer-" not in page
    assert "may not" not in page
    assert "Demo website" not in page


@pytest.mark.parametrize("authority", ["no", "unknown", "ended"])
def test_a_parent_without_authority_reads_what_to_do_and_nothing_of_the_child(
    asked, family, enter, authority
):
    asked.ask("own")
    asked.says("parent_teacher", "own", True)
    sign = None
    if authority == "ended":
        enter("parent")
        sign = family.choose("parent", "own", website=True)["Location"]
    rows = Authority.objects.filter(parenthood__parent__user=asked.cast.parent)
    changed = {"ends_on": "2026-11-15"} if authority == "ended" else {"value": authority}
    rows.update(**changed)
    client = enter("parent") if sign is None else family.client
    words = "has not recorded that you have parental authority"
    without_a_yes(asked, client, family, "own", words)
    home, data = (text_of(client.get(reverse(name))) for name in ("home", "my_data"))
    assert words in home
    # Not even where the child is: perhaps somebody moved away from this very parent.
    for page in (home.split('id="asked"')[1].split("</section>")[0], data):
        assert "De Demobongerd" not in page.split("Your roles")[0].split("<main")[-1]
    assert "6A" not in data
    assert "November 2017" not in data
    if sign is not None:  # the page was open when authority ended
        late = client.post(sign)
        assert late.status_code == 422
        assert "no authority recorded" in text_of(late)
    assert Answer.objects.count() == 1


def test_parents_of_a_child_of_sixteen_read_that_it_decides_alone(asked, family, enter):
    asked.cast.add_parent("parent_of_sixteen", "sixteen")
    asked.ask("sixteen")
    asked.says("pupil_sixteen", "sixteen", True)
    client = enter("parent_of_sixteen")
    without_a_yes(asked, client, family, "sixteen", "is 16 or older and decides alone")
    enter("pupil_sixteen")
    assert "You said yes" in text_of(family.client.get(family.questions("sixteen")))


@pytest.mark.parametrize("next_year", [True, False])
def test_this_year_and_the_next_are_answered_apart_in_one_form(asked, family, enter, next_year):
    asked.replace("website", needs="one")
    asked.ask("own")
    now = asked.request("own", of="parent")
    later = asked.request("own", of="parent")
    later.pk, later.counts_from = uuid.uuid4(), date(2027, 8, 1)
    later.counts_until = date(2028, 7, 31)
    later.save(force_insert=True)
    client = enter("parent")
    data = {
        f"answer-{now.pk}": "no" if next_year else "yes",
        f"answer-{later.pk}": "yes" if next_year else "no",
    }
    signed = client.post(client.post(family.questions("own"), data)["Location"])
    assert signed.status_code == 302
    assert asked.holds("own").is_allowed is not next_year
    assert asked.holds("own", on=date(2027, 8, 2)).is_allowed is next_year
    page = text_of(client.get(family.questions("own")))
    assert page.count(" checked") == 2
    assert "from 1 August 2027" in page


def test_a_pupil_of_fifteen_answers_for_now_and_ahead_and_at_sixteen_alone(
    asked, family, enter, time_machine
):
    cast = asked.cast
    Pupil.objects.filter(pk=cast.pupils["fifteen"].pk).update(birth_date=date(2010, 12, 1))
    cast.pupils["fifteen"].refresh_from_db()
    cast.add_parent("parent_of_fifteen", "fifteen")
    asked.ask("fifteen")
    now = asked.request("fifteen")
    with acting_as(Job("night"), on=cast.today):
        ask_before_birthdays(school=cast.school, by=Job("night"), on=cast.today)
    ahead = asked.request("fifteen")
    assert ahead.counts_from == date(2010 + 16, 12, 1)
    asked.says("parent_of_fifteen", "fifteen", False)
    client = enter("pupil_fifteen")
    page = text_of(client.get(family.questions("fifteen")))
    assert "from 1 December 2026" in page
    data = {f"answer-{now.pk}": "no", f"answer-{ahead.pk}": "yes"}
    sign = client.post(family.questions("fifteen"), data)["Location"]
    first, second = client.post(sign), client.post(sign)
    assert first["Location"] == second["Location"]  # one signature, though both are one purpose
    assert Answer.objects.filter(answers_as="pupil").count() == 2
    assert text_of(client.get(family.questions("fifteen"))).count(" checked") == 2
    time_machine.move_to("2026-12-01 10:00 +0100")
    client = enter("pupil_fifteen")
    page = text_of(client.get(family.questions("fifteen")))
    assert page.count('name="answer-') == 2  # yes and no of one question
    assert "Now: Yes." in page
    enter("parent_of_fifteen")
    assert "decides alone" in text_of(client.get(family.questions("fifteen")))


def test_what_a_pupil_said_before_sixteen_is_asked_as_if_for_the_first_time(
    asked, family, enter, time_machine
):
    Pupil.objects.filter(pk=asked.cast.pupils["fifteen"].pk).update(birth_date=date(2010, 12, 1))
    asked.cast.pupils["fifteen"].refresh_from_db()
    asked.ask("fifteen")
    asked.says("pupil_fifteen", "fifteen", True)
    time_machine.move_to("2026-12-01 10:00 +0100")
    asked.cast.today = date(2026, 12, 1)
    client = enter("pupil_fifteen")
    assert " checked" not in text_of(client.get(family.questions("fifteen")))
    assert family.sign("pupil_fifteen", "fifteen", website=True).status_code == 302
    assert Answer.objects.count() == 2
    assert asked.holds("fifteen").is_allowed


def test_a_pupil_under_twelve_reads_who_answers_and_one_of_twelve_answers(asked, family, enter):
    asked.ask("eleven", "twelve")
    client = enter("pupil_eleven")
    without_a_yes(asked, client, family, "eleven", "You are asked from the day you turn 12")
    enter("pupil_twelve")
    assert family.sign("pupil_twelve", "twelve", website=False).status_code == 302
    assert Answer.objects.get().answers_as == "pupil"


def test_an_answer_for_a_replaced_text_counts_for_nothing_and_says_so(asked, family, enter):
    asked.ask("own")
    client = enter("parent")
    sign = family.choose("parent", "own", website=True)["Location"]
    asked.replace("website")
    late = client.post(sign)
    assert late.status_code == 422
    assert "The text has changed since" in text_of(late)
    assert not Answer.objects.exists()
    assert "Nothing is asked now" in text_of(client.get(family.questions("own")))
    asked.ask("own")
    assert "answer-" in text_of(client.get(family.questions("own")))


def test_a_child_that_left_the_school_can_only_take_a_yes_back_there(asked, family, enter):
    asked.add("press", "press")
    asked.ask("own")
    client = enter("parent")
    sign = family.choose("parent", "own", press=True)["Location"]
    family.sign("parent", "own", website=True)
    Enrolment.objects.filter(pupil=asked.cast.pupils["own"]).update(ends_on="2026-11-15")
    late = client.post(sign)
    assert late.status_code == 422
    assert "left this school" in text_of(late)
    page = text_of(client.get(family.questions("own")))
    assert "left: you can only take a yes back" in page
    assert "Demo press" not in page
    assert 'value="yes"' not in page
    assert family.sign("parent", "own", website=False).status_code == 302
    assert "at no school here any more" in text_of(client.get(family.questions("own")))


def test_who_is_no_parent_any_more_signs_nothing(asked, family, enter):
    asked.ask("own")
    client = enter("parent")
    sign = family.choose("parent", "own", website=True)["Location"]
    Parenthood.objects.filter(parent__user=asked.cast.parent).update(
        withdrawn_at="2026-11-16T09:00Z", withdrawn_by=asked.cast.director
    )
    assert client.post(sign).status_code == 403
    assert client.get(family.questions("own")).status_code == 404
    assert not Answer.objects.exists()


def test_a_parent_who_works_here_finds_the_own_child_behind_the_parents_door(asked, family, enter):
    asked.cast.add_person("parent_teacher", "parent", asked.cast.school.unit)
    asked.ask("own")
    client = enter("parent_teacher")
    home = text_of(client.get(reverse("home")))
    assert "One question about your own child waits for you." in home
    assert "First-own" not in home
    assert "First-own" in text_of(client.get(reverse("my_children")))
    assert family.sign("parent_teacher", "own", website=True).status_code == 302
    session = client.session  # signed in with the password alone
    session["account_authentication_methods"] = [{"method": "password", "at": 0}]
    session.save()
    answer = client.get(family.questions("own"))
    assert answer["Location"].startswith(reverse("second_step"))


def test_what_is_free_of_consent_is_shown_with_its_ground_and_never_asked(asked, family, enter):
    asked.add(
        "pictures", "pictures", is_free=True, free_ground="Public task", is_promised=False,
        is_publication=False,
    )  # fmt: skip
    asked.ask("own")
    page = text_of(enter("parent").get(family.questions("own")))
    assert "Demo pictures" in page
    assert "Ground: Public task" in page
    assert page.count('name="answer-') == 2  # yes and no of the one question


# --- how many questions to the database ---------------------------------------------------------


def queries(client, method: str, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = getattr(client, method)(address)
    assert answer.status_code in (200, 302)
    return len(asked)


def test_signing_asks_the_database_as_much_for_one_answer_as_for_eight(asked, family, enter):
    asked.ask("own")
    client = enter("parent")
    client.get(reverse("home"))  # the session is written once a minute
    one = queries(client, "post", family.choose("parent", "own", website=True)["Location"])
    for n in range(8):
        asked.add(f"more{n}", "other")
    asked.ask("own")
    many = {f"more{n}": True for n in range(8)}
    eight = queries(client, "post", family.choose("parent", "own", **many)["Location"])
    assert one == eight == 21


def test_my_children_asks_as_much_for_one_child_as_for_many(asked, family, enter):
    asked.ask("own")
    client = enter("parent")
    client.get(reverse("home"))
    pages = [reverse(name) for name in ("my_children", "home", "my_data")]
    pages.append(family.questions("own"))
    one = [queries(client, "get", page) for page in pages]
    for n in range(5):
        asked.cast.add_pupil(f"row{n}")
        another_child(asked, "parent", f"row{n}")
    asked.ask(*(f"row{n}" for n in range(5)))
    assert [queries(client, "get", page) for page in pages] == one


def test_twins_at_two_schools_stand_apart(asked, family, enter):
    cast = asked.cast
    Pupil.objects.filter(pk=cast.pupils["foreign"].pk).update(
        birth_date=cast.pupils["own"].birth_date, surname=cast.pupils["own"].surname
    )
    another_child(asked, "parent", "foreign")
    cast.add_person("other_administrator", "administrator", cast.other_school.unit)
    asked.ask("own")
    from consent.actions.asking import ask_about

    asked.act(
        ask_about,
        by="other_administrator",
        pupil=cast.pupils["foreign"],
        school=cast.other_school,
        occasion="single",
    )
    client = enter("parent")
    page = text_of(client.get(reverse("my_children")))
    assert page.count("Answer for") == 2
    assert "De Demobongerd" in page
    assert "De Demovijver" in page
    family.sign("parent", "own", website=True)
    assert Request.objects.filter(answers__isnull=False).count() == 1
    assert text_of(client.get(reverse("my_children"))).count("Answer for") == 1
