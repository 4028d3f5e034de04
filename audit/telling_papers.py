"""What the commands share that tell whether somebody's file is a paper that was given."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Generic

from django.core.management.base import BaseCommand, CommandError

from access.acting import Job, acting_as
from access.given import bytes_of_file
from audit.frozen import R, Verdict, Verified
from files.limits import FILE_BYTES

_LEFT = "The log of that month has left when its term was over: it can't be asked any more."


class VerifyCommand(BaseCommand, Generic[R]):
    """Says genuine, lost, changed or unknown; a changed or unknown one ends with an error.

    Names nobody.
    """

    job: str
    too_large: str
    said: dict[Verdict, str]

    def verified(self, data: bytes) -> Verified[R]:
        """The verdict about these bytes."""
        raise CommandError("This command does not say what it verifies.")

    def lines_about(self, row: R) -> list[str]:
        """Which paper it is, in keys and numbers."""
        raise CommandError("This command does not say what it verifies.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file."""
        parser.add_argument("file", type=Path, help="a path, or - for standard input")

    def tell(self, file: Path, *, on: date) -> None:
        """Reads the file and says which it is."""
        data = bytes_of_file(file, most=FILE_BYTES, too_large=self.too_large)
        with acting_as(Job(self.job), on=on, read_only=True):
            found = self.verified(data)
            lines = [self.said[found.verdict]]
            lines += self.lines_about(found.row) if found.row is not None else []
            lines += found.beside
            lines += [f"This does not fit: {what}." for what in found.trouble]
            lines += [_LEFT] if found.has_left_the_log else []
        if found.verdict not in (Verdict.GENUINE, Verdict.LOST):
            raise CommandError("\n".join(lines))
        self.stdout.write("\n".join(lines))
