"""A pasted message: its headings in Dutch or English, as the usual programs copy them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from files.mail import Mail, read_pasted
from files.pasted import read_date

WHEN = datetime(2026, 11, 3, 10, 15, tzinfo=ZoneInfo("Europe/Amsterdam"))
JAN = "Jan Demo <jan@example.org>"
ELS = "Els Demo <els@example.org>"

OUTLOOK = f"""Van: {JAN}
Verzonden: dinsdag 3 november 2026 10:15
Aan: {ELS}; kees@example.org
CC: ib@example.org
Onderwerp: Rekenen

Beste Els,

Van: dit is geen kop.
"""
ENGLISH = f"""From: {JAN}
Sent: Tuesday, November 3, 2026 10:15 AM
To: {ELS}, kees@example.org
Cc: ib@example.org
Subject: Rekenen

Beste Els,

Van: dit is geen kop.
"""
FORWARDED = f"""
---------- Forwarded message ---------
*Van:* {JAN}
*Date:* di 3 nov 2026 om 10:15
*Subject:* Rekenen
*To:* {ELS}, kees@example.org
*Cc:* ib@example.org


Beste Els,

Van: dit is geen kop.
"""
APPLE = f"""> Begin doorgestuurd bericht:
>
> Van: {JAN}
> Onderwerp: Rekenen
> Datum: 3 november 2026 om 10:15:27 CET
> Aan: {ELS},
>  kees@example.org
> Kopie: ib@example.org

Beste Els,

Van: dit is geen kop.
"""


@pytest.mark.parametrize("pasted", [OUTLOOK, ENGLISH, FORWARDED], ids=["nl", "en", "forwarded"])
def test_headings_are_taken_apart_from_the_text(pasted: str) -> None:
    assert read_pasted(pasted) == Mail(
        sender=JAN,
        recipients=(ELS, "kees@example.org", "ib@example.org"),
        date=WHEN,
        subject="Rekenen",
        text="Beste Els,\n\nVan: dit is geen kop.",
    )


def test_a_quoted_message_of_a_phone_is_read_too() -> None:
    mail = read_pasted(APPLE)
    assert (mail.sender, mail.subject, mail.date) == (JAN, "Rekenen", WHEN)


@pytest.mark.parametrize(
    "pasted", ["", "Beste Els, tot morgen.", "Van: een kop alleen is geen bericht.\nTekst.", "\n\n"]
)
def test_without_headings_all_of_it_is_text(pasted: str) -> None:
    assert read_pasted(pasted) == Mail("", (), None, "", pasted.strip())


def test_what_is_missing_stays_empty() -> None:
    mail = read_pasted("Van: jan@example.org\nOnderwerp:\n\nTekst")
    assert mail == Mail("jan@example.org", (), None, "", "Tekst")


def test_signs_that_cannot_be_seen_go() -> None:
    mail = read_pasted("Van: jan\u202e@example.org\nOnderwerp: a\u200bb\x07\n\nte\u202ekst")
    assert (mail.sender, mail.subject, mail.text) == ("jan@example.org", "ab", "tekst")


@pytest.mark.parametrize(
    "written",
    [
        "dinsdag 3 november 2026 10:15",
        "di 3 nov. 2026 om 10:15",
        "3-11-2026 10:15",
        "3/11/2026 10.15",
        "2026-11-03 10:15",
        "Tuesday, November 3, 2026 10:15 AM",
        "Tue, 3 Nov 2026 10:15:00 +0100",
        "3 November 2026 at 10:15:00 CET",
    ],
)
def test_dates_as_mail_programs_write_them(written: str) -> None:
    assert read_date(written) == WHEN


def test_afternoon_and_midnight() -> None:
    assert read_date("November 3, 2026 2:05 PM") == WHEN.replace(hour=14, minute=5)
    assert read_date("November 3, 2026 12:05 AM") == WHEN.replace(hour=0, minute=5)


@pytest.mark.parametrize(
    "written", ["", "gisteren", "31-31-2026", "99 november 2026", "11/13/2026"]
)
def test_a_date_that_is_none_stays_empty(written: str) -> None:
    assert read_date(written) is None


@given(st.text(alphabet=st.sampled_from("Van:Aan DatumSubject\n 1/-2026>*<@,;"), max_size=400))
def test_nothing_pasted_breaks_it(pasted: str) -> None:
    assert isinstance(read_pasted(pasted), Mail)
