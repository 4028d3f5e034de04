"""The pages of terms, months, holds and leaving dates: what is seen, and what is not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import LogEntry
from retention.models import Absence, Hold, TermChange
from retention.terms import KINDS
from students.models import Enrolment
from tests.retention.test_due_in_sql import approve, hold, let_leave, publish


def text_of(client, name: str, *args, **query) -> str:
    page = client.get(reverse(name, args=args), query)
    assert page.status_code == 200, page.status_code
    return page.content.decode()


@pytest.mark.promise("P9")
def test_the_calendar_counts_each_kind_in_the_month_it_falls_due(cast, sign_in):
    from retention.queries import calendar_of

    let_leave(cast, "own", date(2024, 2, 29))  # 1 March 2027; the administration 1 March 2029
    held = let_leave(cast, "other", date(2023, 11, 16))  # due today
    hold(cast, held)
    publish(cast, let_leave(cast, "eleven", date(2024, 3, 10)))
    until = let_leave(cast, "twelve", date(2023, 11, 10))  # due, but for the hold
    hold(cast, until, ends_on=date(2027, 5, 9))
    approve(cast, "medical", 4)
    found = calendar_of([cast.school], on=cast.today, until=date(2028, 11, 1))
    said = {
        (month.first, kind.code): (amount.all, amount.held)
        for month in found
        for kind, amount in month.by_kind
        if amount.all
    }
    march, may = date(2027, 3, 1), date(2027, 5, 1)
    assert said == {
        (None, "guidance"): (1, 1),
        (None, "agreements"): (1, 1),
        (None, "consent"): (1, 1),
        (None, "pictures"): (1, 1),
        (date(2027, 11, 1), "medical"): (2, 1),
        **{(may, kind): (1, 0) for kind in ("guidance", "agreements", "consent", "pictures")},
        (march, "guidance"): (2, 0),
        (march, "agreements"): (2, 0),
        (march, "consent"): (2, 1),
        (march, "pictures"): (2, 1),
        (march, "parents"): (1, 0),
        (date(2028, 2, 1), "medical"): (1, 0),
        (date(2028, 3, 1), "medical"): (1, 0),
    }
    for person in ("director", "privacy_officer", "board_officer", "fg"):
        text = text_of(sign_in(cast.people[person]), "retention")
        assert "March 2027" in text
        assert "Sur-own" not in text
    assert "March 2027" not in text_of(sign_in(cast.other_director), "retention")


@pytest.mark.promise("P9")
def test_what_if_says_per_school_and_month_how_many_more_and_how_many_are_held(cast, sign_in):
    from retention.queries import what_if

    for key, day in (("own", date(2024, 11, 10)), ("other", date(2024, 12, 24))):
        let_leave(cast, key, day)
    hold(cast, let_leave(cast, "eleven", date(2024, 11, 12)))
    let_leave(cast, "foreign", date(2024, 12, 1))
    change = TermChange.objects.create(
        board=cast.board, kind="medical", years=2, starts="left", source="Demo law",
        proposed_by=cast.privacy_officer,
    )  # fmt: skip
    schools = [cast.school, cast.other_school]
    found = what_if(change, schools, on=cast.today, until=date(2028, 1, 1))
    rows = [(s.first, s.school.name, s.now, s.then, s.held) for s in found.shifts]
    assert rows == [
        (None, cast.school.name, 0, 2, 1),
        (date(2026, 12, 1), cast.school.name, 0, 1, 0),
        (date(2026, 12, 1), cast.other_school.name, 0, 1, 0),
        (date(2027, 11, 1), cast.school.name, 2, 0, 0),
        (date(2027, 12, 1), cast.school.name, 1, 0, 0),
        (date(2027, 12, 1), cast.other_school.name, 1, 0, 0),
    ]
    assert [kind.code for kind in found.kinds] == ["administration"]
    text = text_of(sign_in(cast.director), "term_change", change.pk)
    assert "2 more" in text
    assert cast.other_school.name not in text  # a director sees the own school
    assert "Approve this term" not in text
    assert "Approve this term" not in text_of(
        sign_in(cast.privacy_officer), "term_change", change.pk
    )
    assert "Approve this term" in text_of(sign_in(cast.board_officer), "term_change", change.pk)


@pytest.mark.promise("P9")
def test_what_is_due_at_once_counts_where_a_term_changes_nothing_and_keeps_its_conditions(
    cast, sign_in
):
    from retention.queries import what_if

    let_leave(cast, "own", date(2020, 1, 1))  # due by either term
    let_leave(cast, "foreign", date(2022, 12, 1))  # the other school: due by the old one alone
    change = TermChange.objects.create(
        board=cast.board, kind="consent", years=5, starts="year-end", source="Demo law",
        proposed_by=cast.privacy_officer,
    )  # fmt: skip
    schools = [cast.school, cast.other_school]
    found = what_if(change, schools, on=cast.today, until=date(2027, 1, 1))
    assert (found.at_once.now, found.at_once.then) == (2, 1)
    assert [(one.school.name, one.first) for one in found.shifts] == [
        (cast.other_school.name, None)
    ]
    client = sign_in(cast.board_officer)
    page = text_of(client, "term_change", change.pk)
    assert "3 years, from the last day at school" in page
    client.post(reverse("approve_retention_term", args=[change.pk]))
    page = text_of(client, "retention_terms")
    assert page.count("The last day at school, and no picture is in use any more") == 2
    assert "the years run from 31 July after the last day at school" in page


def test_what_if_and_calendar_ask_as_much_for_one_pupil_as_for_many(cast, sign_in):
    change = TermChange.objects.create(
        board=cast.board, kind="parents", years=2, starts="left", source="Demo law",
        proposed_by=cast.privacy_officer,
    )  # fmt: skip
    client = sign_in(cast.board_officer)
    pages = [reverse("retention"), reverse("term_change", args=[change.pk])]
    counts = []
    for keys in (["own"], ["other", "eleven", "twelve", "fifteen", "sixteen", "foreign"]):
        for n, key in enumerate(keys):
            hold(cast, let_leave(cast, key, date(2024, 1 + n, 1)))
        for address in pages:
            client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert all(client.get(address).status_code == 200 for address in pages)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.promise("P9")
def test_two_people_set_a_term_on_the_pages(cast, sign_in):
    address = reverse("propose_retention_term", args=[cast.board.pk, "medical"])
    client = sign_in(cast.privacy_officer)
    refused = client.post(address, {"years": "5", "starts": "left", "source": " "})
    assert refused.status_code == 200
    assert not TermChange.objects.exists()
    client.post(address, {"years": "5", "starts": "left", "source": "Wet op iets, artikel 1"})
    change = TermChange.objects.get()
    client.post(reverse("approve_retention_term", args=[change.pk]))
    assert TermChange.objects.get().is_open
    assert (
        sign_in(cast.fg).post(reverse("approve_retention_term", args=[change.pk])).status_code
        == 403
    )
    sign_in(cast.board_officer).post(reverse("approve_retention_term", args=[change.pk]))
    assert TermChange.objects.get().approved_by == cast.board_officer
    text = text_of(sign_in(cast.director), "retention_terms")
    assert "Wet op iets, artikel 1" in text
    assert "5 years" in text
    for kind in KINDS.values():
        assert str(kind.label) in text
    wrong = reverse("propose_retention_term", args=[cast.board.pk, "log"])
    assert sign_in(cast.board_officer).get(wrong).status_code == 404


@pytest.mark.promise("P9")
def test_a_hold_is_placed_kept_and_lifted_on_the_pages(cast, sign_in):
    client = sign_in(cast.privacy_officer)
    found = client.post(reverse("find_to_hold"), {"q": "sur-own"}).content.decode()
    dossier = cast.dossier("own")
    assert reverse("hold_dossier", args=[dossier.pk]) in found
    assert "Sur-other" not in found
    sent = {"because": "complaint", "words": "Klacht van ouders, dossier 7", "until": ""}
    past = client.post(reverse("hold_dossier", args=[dossier.pk]), sent | {"until": "2020-01-01"})
    assert list(past.context["form"].errors) == ["until"]  # said beside the day, nothing is lost
    assert "Klacht van ouders, dossier 7" in past.content.decode()
    client.post(reverse("hold_dossier", args=[dossier.pk]), sent)
    row = Hold.objects.get()
    assert "Klacht van ouders" in text_of(client, "hold", row.pk)
    assert "Sur-own" in text_of(sign_in(cast.director), "holds")
    assert "Klacht van ouders" not in text_of(sign_in(cast.director), "holds")
    director = sign_in(cast.director)
    assert "Lift the hold" not in text_of(director, "hold", row.pk)
    lift = reverse("lift_hold", args=[row.pk])
    assert director.post(lift, {"words": "Zomaar weg"}).status_code == 403
    client = sign_in(cast.privacy_officer)
    client.post(reverse("keep_holding", args=[row.pk]), {"words": "Loopt nog bij de commissie"})
    client.post(lift, {"words": "De klacht is afgehandeld"})
    text = text_of(client, "hold", row.pk)
    for words in ("Klacht van ouders", "Loopt nog bij", "De klacht is afgehandeld"):
        assert words in text
    assert "Sur-own" in text_of(client, "holds", which="lifted")
    assert "Sur-own" not in text_of(client, "holds")
    for person in ("counsellor", "administrator", "board_officer", "parent"):
        assert sign_in(cast.people[person]).get(reverse("holds")).status_code == 403
    assert sign_in(cast.other_director).get(reverse("hold", args=[row.pk])).status_code == 404


def test_nobody_finds_the_dossier_or_the_hold_of_an_own_child(cast, sign_in):
    from students.models import Parent

    row = hold(cast, cast.dossier("own"))
    Parent.objects.filter(user=cast.parent).update(user=cast.deputy)
    client = sign_in(cast.deputy)
    assert "Sur-own" not in text_of(client, "holds")
    assert "Sur-own" not in client.post(reverse("find_to_hold"), {"q": "sur-own"}).content.decode()
    assert client.get(reverse("hold", args=[row.pk])).status_code == 404


@pytest.mark.promise("P9")
def test_who_keeps_the_administration_sees_whose_leaving_date_is_unknown(cast, sign_in):
    since = cast.today - timedelta(days=61)
    for key in ("own", "foreign"):
        stay = Enrolment.objects.get(pupil=cast.pupils[key])
        Absence.objects.create(enrolment=stay, system="Demo", starts_on=since)
    client = sign_in(cast.administrator)
    text = text_of(client, "leaving_dates")
    assert "Sur-own" in text
    assert "16 September 2026" in text
    assert "Sur-other" not in text
    assert "Sur-foreign" not in text
    row = LogEntry.objects.filter(event="page-listed").latest("timestamp")
    assert row.subjects == [cast.pupils["own"].log_key]
    Enrolment.objects.filter(pupil=cast.pupils["own"]).update(ends_on=cast.today)
    assert "Sur-own" not in text_of(client, "leaving_dates")


def test_the_home_page_says_what_waits_and_names_nobody(cast, sign_in):
    def home(person: str) -> str:
        main = sign_in(cast.people[person]).get(reverse("home")).content.decode()
        return main.split("<main")[1]

    assert "Keeping and destroying" not in home("administrator")
    stay = Enrolment.objects.get(pupil=cast.pupils["own"])
    since = cast.today - timedelta(days=61)
    Absence.objects.create(enrolment=stay, system="Demo", starts_on=since)
    hold(cast, cast.dossier("other"))  # placed a year ago today
    TermChange.objects.create(
        board=cast.board, kind="medical", years=2, starts="left", source="Demo law",
        proposed_by=cast.privacy_officer,
    )  # fmt: skip
    administrator, director, officer = home("administrator"), home("director"), home("fg")
    assert "one pupil without a leaving date" in administrator
    assert "look at holds again" not in administrator.lower()
    assert "one pupil without a leaving date" in director
    assert "nobody looked at one hold for a year" in director
    assert "nobody looked at one hold for a year" in officer
    assert "one term to decide" in home("board_officer")
    assert "one term to decide" not in home("privacy_officer")  # the own one
    assert "Sur-own" not in officer
