"""Letters without their paper, where a test reads no letter: making one takes over a second."""

from __future__ import annotations

import pytest


@pytest.fixture
def blank_paper(monkeypatch) -> None:
    """Each letter file is a few bytes; codes, rows and the log are as ever."""

    def paper(letters, *, on, language) -> bytes:
        return b"%PDF-" + b"".join(letter.code.encode() for letter in letters)

    for name in ("letters_pdf", "slips_pdf"):
        monkeypatch.setattr(f"consent.actions.letters.{name}", paper)
