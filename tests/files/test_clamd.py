"""The virus scanner: what it finds is refused, and without its word nothing is kept."""

import socket
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from files import clamd, limits
from files.errors import Reason, Unwelcome
from files.intake import take_in
from files.mail import read_mail
from privacy_portal import environment
from tests.files.documents import photo_with_place
from tests.files.scanner import EICAR, listening, slowly


def reason_of(data: bytes) -> Reason:
    with pytest.raises(Unwelcome) as refused:
        take_in(data, name="a.txt")
    assert refused.value.reason in (Reason.INFECTED, Reason.NOT_CHECKED)
    return refused.value.reason


@pytest.mark.parametrize("over", ["tcp", "unix"])
def test_what_the_scanner_finds_is_refused_and_the_rest_is_kept(
    over: str, settings, tmp_path: Path
) -> None:
    with listening(path=tmp_path / "clamd" if over == "unix" else None) as scanner:
        settings.CLAMD = scanner.address
        assert take_in(b"een gewone tekst", name="a.txt").data == b"een gewone tekst"
        assert reason_of(EICAR) == Reason.INFECTED
    assert scanner.asked == [b"een gewone tekst", EICAR]


def test_the_scanner_is_asked_about_the_original_and_each_attachment(settings) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = "a@example.org", "b@example.org", "<1>"
    message.set_content("tekst")
    message.add_attachment(EICAR, maintype="text", subtype="plain", filename="a.txt")
    raw = message.as_bytes()
    assert EICAR not in raw  # coded: a scanner that reads no mail would not see it
    with listening() as scanner:
        settings.CLAMD = scanner.address
        (attachment,) = read_mail(raw).attachments
        assert attachment.data == EICAR
        assert reason_of(attachment.data) == Reason.INFECTED
    assert scanner.asked == [raw, EICAR]


def test_a_large_file_is_asked_about_whole(settings) -> None:
    data = bytes(range(256)) * 4 * 1024 * 5
    with listening() as scanner:
        settings.CLAMD = scanner.address
        clamd.ask(data)
    assert scanner.asked == [data]


@pytest.mark.parametrize(
    "answer",
    [
        slowly,
        lambda data: b"",
        lambda data: b"INSTREAM size limit exceeded. ERROR\0",
        lambda data: b"stream: OKAY\0",
        lambda data: b"stream: OK\0stream: Eicar FOUND\0",
        lambda data: b"PONG\0",
        lambda data: b"x" * 10_000,
        lambda data: b"HTTP/1.1 200 OK\r\n\r\n",
    ],
    ids=["slow", "silent", "limit", "almost", "both", "pong", "flood", "web"],
)
def test_without_a_plain_yes_nothing_is_kept(
    answer: Callable[[bytes], bytes], settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SCAN_SECONDS", 0.5)
    with listening(answer) as scanner:
        settings.CLAMD = scanner.address
        assert reason_of(b"een gewone tekst") == Reason.NOT_CHECKED
    assert scanner.asked


def test_a_scanner_that_is_away_or_hears_nothing_keeps_files_out(
    settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SCAN_SECONDS", 0.5)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        settings.CLAMD = f"127.0.0.1:{deaf.getsockname()[1]}"
        assert reason_of(photo_with_place()) == Reason.NOT_CHECKED
        deaf.listen(0)
        assert reason_of(b"x" * 20_000_000) == Reason.NOT_CHECKED  # more than its ears can hold
    settings.CLAMD = f"unix:{tmp_path}/nobody"
    with pytest.raises(Unwelcome, match="not_checked") as refused:
        read_mail(b"From: a@example.org\nTo: b\nMessage-ID: <1>\n\ntekst")
    assert "later" in refused.value.sentence


def test_without_a_scanner_nobody_is_asked(settings) -> None:
    assert settings.CLAMD == ""
    clamd.ask(EICAR)


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("", True),
        ("unix:/run/clamd.sock", True),
        ("clamd:3310", True),
        ("[::1]:3310", True),
        ("clamd", False),
        ("unix:clamd.sock", False),
        (":3310", False),
        ("tcp://clamd", False),
    ],
)
def test_an_odd_address_stops_the_program(
    value: str, right: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_CLAMD", value)
    if right:
        assert environment.scanner() == value
    else:
        with pytest.raises(ImproperlyConfigured, match="PORTAL_CLAMD"):
            environment.scanner()
