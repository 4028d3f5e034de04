"""Files that are given to a command, in a container too."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError

from access.given import bytes_of_file


@pytest.mark.parametrize("given", ["-", "paper.pdf"])
def test_a_file_or_standard_input_is_read_and_no_more_than_it_may_be(given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("paper.pdf").write_bytes(b"paper")
    for most in (5, 4):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"paper")))
        if most == 5:
            assert bytes_of_file(Path(given), most=most, too_large="too large") == b"paper"
        else:
            with pytest.raises(CommandError, match="too large"):
                bytes_of_file(Path(given), most=most, too_large="too large")
