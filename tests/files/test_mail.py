"""A message becomes sender, recipients, date, subject, text and attachments; nothing hidden."""

from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from files import limits, sandbox
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.intake import take_in
from files.kinds import Kind
from files.mail import read_kept, read_mail
from tests.files.documents import photo_with_place

HEAD = b"From: a@b.example\nTo: c@b.example\nMessage-ID: <1@a>\n"


def message(text: str = "Beste Noor,\n\nTot morgen.\n", **headings: str) -> EmailMessage:
    found = EmailMessage()
    found["From"] = headings.get("sender", "Zoë Demo <zoe@example.org>")
    found["To"] = '"Demo, Jan" <jan@example.org>, els@example.org'
    found["Date"] = "Mon, 02 Nov 2026 10:15:00 +0100"
    found["Subject"] = headings.get("subject", "Afspraak over rekenen – € 5")
    found["Message-ID"] = "<1@example.org>"
    found.set_content(text)
    return found


def test_a_message_is_read_whole() -> None:
    made = message()
    made.add_attachment(photo_with_place(), maintype="image", subtype="jpeg", filename="foto.jpg")
    mail = read_mail(made.as_bytes())
    assert mail.sender == "Zoë Demo <zoe@example.org>"
    assert mail.recipients == ("Demo, Jan <jan@example.org>", "els@example.org")
    assert mail.date == datetime(2026, 11, 2, 10, 15, tzinfo=timezone(timedelta(hours=1)))
    assert mail.subject == "Afspraak over rekenen – € 5"
    assert mail.text == "Beste Noor,\n\nTot morgen."
    (photo,) = mail.attachments
    assert photo.name == "foto.jpg"
    clean = take_in(photo.data, name=photo.name)
    assert (clean.kind, b"MARKER-CAMERA" in clean.data) == (Kind.PICTURE, False)


def test_formatted_text_becomes_plain_text() -> None:
    made = message()
    made.set_content(
        "<html><head><title>MARKER</title><style>MARKER</style></head><body onload=alert(1)>"
        "<div style='display:none'>MARKER <b>MARKER</b></div><p>Beste <b>Noor</b>,</p>"
        "<script>MARKER</script><ul><li>een</li><li>twee</li></ul>"
        '<a href="http://elsewhere.example/x">school.example</a> '
        '<a href="javascript:MARKER">klik</a><img src="http://192.0.2.1/pixel" alt="logo"></body>',
        subtype="html",
    )
    mail = read_mail(made.as_bytes())
    assert mail.text.splitlines() == [
        "Beste Noor,",
        "",
        "- een",
        "",
        "- twee",
        "",
        "school.example <http://elsewhere.example/x> klik[logo]",
    ]


def test_the_plain_half_is_read_when_there_are_two() -> None:
    made = message("Gewone tekst")
    made.add_alternative("<p>Opgemaakt</p>", subtype="html")
    mail = read_mail(made.as_bytes())
    assert (mail.text, mail.attachments) == ("Gewone tekst", ())


def test_signs_that_deceive_are_taken_out_of_headings_and_names() -> None:
    made = message(subject="Factuur \u202egpj.exe\u202c\x07", sender="Bank\u202e <a@example.org>")
    made.add_attachment(
        b"x", maintype="text", subtype="plain", filename="../..\u202e/etc/pass\x07wd"
    )
    mail = read_mail(made.as_bytes())
    assert mail.subject == "Factuur gpj.exe"
    assert mail.sender == "Bank <a@example.org>"
    (attachment,) = mail.attachments
    assert not set(attachment.name) & set("\u202e\x07\n")
    assert take_in(b"text", name=attachment.name).name == "passwd.txt"


def test_a_heading_cannot_bring_in_another() -> None:
    raw = (
        b"From: a@example.org\r\nSubject: =?utf-8?q?Hello=0D=0ABcc:_x@example.org?=\r\n"
        b"Message-ID: <1@a>\r\nTo: b@example.org\r\n\r\ntext"
    )
    assert read_mail(raw).subject == "Hello Bcc: x@example.org"
    kept = message_from_bytes(take_in(raw, name="a.eml").data)
    assert kept["Bcc"] is None


def test_a_message_within_a_message_is_an_attachment_and_so_is_what_it_carries() -> None:
    inner = message("Binnenste tekst", subject="Doorgestuurd")
    inner.add_attachment(b"inhoud", maintype="text", subtype="plain", filename="bijlage.txt")
    outer = message("Buitenste tekst")
    outer.add_attachment(inner)
    mail = read_mail(outer.as_bytes())
    assert mail.text == "Buitenste tekst"
    assert [one.name for one in mail.attachments] == ["Doorgestuurd.eml", "bijlage.txt"]
    again = read_mail(b"Message-ID: <2@a>\n" + mail.attachments[0].data)
    assert (again.text, again.attachments) == ("Binnenste tekst", ())
    assert take_in(mail.attachments[0].data, name="a.eml").kind == Kind.MAIL


def test_messages_nested_without_end_are_refused() -> None:
    made = message()
    for _level in range(limits.MAIL_DEPTH + 2):
        outer = message()
        outer.add_attachment(made)
        made = outer
    with pytest.raises(Unwelcome) as refused:
        read_mail(made.as_bytes())
    assert refused.value.reason == Reason.MAIL_TOO_NESTED


def test_more_attachments_than_are_taken_in_are_refused_not_left_out() -> None:
    made = message()
    for number in range(limits.MAIL_ATTACHMENTS + 1):
        made.add_attachment(b"x", maintype="text", subtype="plain", filename=f"{number}.txt")
    with pytest.raises(Unwelcome) as refused:
        read_mail(made.as_bytes())
    assert refused.value.reason == Reason.MAIL_TOO_NESTED
    assert "attachments" in refused.value.sentence


def test_parts_without_number_or_depth_end_in_a_refusal() -> None:
    wide = HEAD + b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 100_000
    deep = HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(3000)
    )
    for data in (wide, deep):
        with pytest.raises(Unwelcome) as refused:
            read_mail(data)
        assert refused.value.reason in (Reason.MAIL_TOO_NESTED, Reason.UNREADABLE)


def test_an_encrypted_message_is_refused() -> None:
    raw = HEAD + b"Content-Type: application/pkcs7-mime\n\nMIIB"
    with pytest.raises(Unwelcome) as refused:
        read_mail(raw)
    assert refused.value.reason == Reason.ENCRYPTED


@pytest.mark.parametrize(
    "heading",
    [
        b"Subject: =?utf-8?b?####?=",
        b"Subject: =?no-such-letters?q?x?=",
        b"Subject: \xff\xfe\x00",
        b"Date: yesterday",
        b"Date: Mon, 99 Nov 20260 10:15:00 +9999",
        b'To: <<<>>>, @@, "',
        b"Content-Type: text/plain; charset=nothing",
        b"Content-Type: ;;;",
        b"Content-Transfer-Encoding: base64",
    ],
)
def test_a_broken_heading_breaks_nothing(heading: bytes) -> None:
    raw = b"From: a@b.example\nMessage-ID: <1@a>\nX: y\nTo: c@b.example\n" + heading + b"\n\ntekst"
    mail = read_mail(raw)
    assert mail.sender == "a@b.example"
    assert mail.date is None


def test_a_date_without_a_zone_is_taken_as_universal_time() -> None:
    raw = HEAD + b"Date: Mon, 02 Nov 2026 10:15:00 -0000\n\nx"
    assert read_mail(raw).date == datetime(2026, 11, 2, 10, 15, tzinfo=UTC)


def test_a_message_kept_as_a_file_is_its_text_alone() -> None:
    made = message()
    made["X-Mailer"] = "MARKER"
    made["Received"] = "from MARKER by MARKER"
    made.add_alternative("<p>MARKER</p>", subtype="html")
    made.add_attachment(b"MARKER", maintype="text", subtype="plain", filename="a.txt")
    clean = take_in(made.as_bytes(), name="bericht.eml")
    assert (clean.kind, clean.extension) == (Kind.MAIL, "eml")
    assert b"MARKER" not in clean.data
    assert set(clean.changes) == {Change.METADATA_REMOVED, Change.ATTACHMENTS_REMOVED}
    kept = message_from_bytes(clean.data, policy=policy.default)
    assert kept["From"] == "Zoë Demo <zoe@example.org>"
    assert kept["To"] == '"Demo, Jan" <jan@example.org>, els@example.org'
    assert kept["Subject"] == "Afspraak over rekenen – € 5"
    assert "Tot morgen." in kept.get_content()


WHO = "From: a@b.example\nTo: c@d.example\n"
WHEN = "Date: 2 Nov 2026 10:15 +0100\n"
FOLDED = (
    "To: Jan Demo <c@d.example>,\r\n e@f.example\r\nFrom: Zoë <a@b.example>\r\nCc: g@h.example\r\n"
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"{WHO}{WHEN}Subject: Hi\n\nHi", "mail"),
        (f"Subject: Hi\r\nDate: Mon, 2 Nov 2026 10:15:00\r\n{FOLDED}\r\nHi", "mail"),
        (f"{WHO}{WHEN}Subject: Hi\nHi: you all, here it is\n\nHi", "mail"),
        # Each of these lacks one thing that makes it a message.
        (f"From: the school\nTo: c@d.example\n{WHEN}Subject: Hi\n\nHi", "text"),
        (f"From: a@b.example\nTo: parents\n{WHEN}Subject: Hi\n\nHi", "text"),
        (f"{WHO}Date: tomorrow\nSubject: Hi\n\nHi", "text"),
        (f"{WHO}{WHEN}\n\nHi", "text"),
        (f"{WHO}{WHEN}Subject: Hi\nHere it is\n\nHi", "text"),
        (f"{WHO}{WHEN}Subject: Hi", "text"),
    ],
)
def test_a_message_typed_by_hand_is_known_when_it_has_all_that_makes_one(
    text: str, kind: str
) -> None:
    clean = take_in(text.encode(), name="bericht.txt")
    assert clean.kind == kind
    if kind == "mail":
        mail = read_mail(text.encode())
        assert (mail.subject, mail.text) == ("Hi", "Hi")
        assert mail.sender.endswith(("a@b.example", "<a@b.example>"))


def test_what_is_no_message_is_not_read_as_one() -> None:
    for data in (b"", b"Just a text about From: and To:", photo_with_place()):
        with pytest.raises(Unwelcome):
            read_mail(data)


@pytest.mark.parametrize(
    "heading", [b"From: \nTo: a@b.example", b"From: <>\nSubject:", b"From: \x07\nDate: never"]
)
def test_what_was_taken_in_can_be_read_again_without_asking_the_scanner(
    heading: bytes, settings
) -> None:
    clean = take_in(heading + b"\nMessage-ID: <1@a>\n\ntekst", name="a.eml")
    settings.CLAMD = "127.0.0.1:1"  # where nobody answers
    assert read_kept(clean.data).text == "tekst"
    with pytest.raises(Unwelcome) as refused:
        read_mail(clean.data)
    assert refused.value.reason == Reason.NOT_CHECKED


@pytest.mark.parametrize("facts", [{}, {"sender": "a"}, {"date": "never"}, {"names": [1]}])
def test_a_process_that_says_something_else_is_not_believed(facts, monkeypatch) -> None:
    """A file that has taken over its reader may answer anything: then it is refused."""
    told = {"sender": "", "recipients": [], "date": "", "subject": "", "text": "", "names": []}
    said = told | facts if "date" in facts or "names" in facts else facts
    monkeypatch.setattr(sandbox, "run", lambda *a, **k: sandbox.Outcome(said, []))
    for read in (read_kept, lambda data: take_in(data, name="a.eml")):
        with pytest.raises(Unwelcome) as refused:
            read(b"From: a@b.example\n\ntext")
        assert refused.value.reason == Reason.UNREADABLE
