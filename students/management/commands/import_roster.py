from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access.acting import acting_as
from access.errors import NotAllowed, Refused
from access.models import User
from students.models import RosterImport, School
from students.roster import actions
from students.roster.holding import open_questions
from students.roster.presenting import LISTS, QUESTIONS
from students.roster.problems import Problem


class Command(BaseCommand):
    """The roster import without a browser: the same actions, the same log, no names printed."""

    help = "Reads a roster (EDEXML) or a parents file (CSV), shows the plan, and applies it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, where it is for, who acts, and how far to go."""
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--school", required=True, help="BRIN code, such as 12AB")
        parser.add_argument("--by", required=True, help="user name of who keeps the roster")
        parser.add_argument("--source", default="", help="the system the file comes from")
        parser.add_argument("--dry-run", action="store_true", help="show the plan, keep nothing")
        parser.add_argument("--approve", action="store_true", help="apply it if nothing is asked")

    def handle(self, *args: Any, **options: Any) -> None:
        """Stops with exit code 1 when the file is broken, refused, or something is asked."""
        on = timezone.localdate()
        by = User.objects.filter(username=options["by"].lower(), is_active=True).first()
        school = School.objects.filter(brin=options["school"].upper()).first()
        if by is None or school is None:
            raise CommandError("There is no such user or no school with this BRIN code.")
        try:
            made = self._read(school, by, on, options)
            if options["approve"] and not options["dry_run"]:
                self._apply(made, by, on)
        except (Refused, NotAllowed) as refused:
            raise CommandError(str(refused)) from None

    def _read(self, school: School, by: User, on: date, options: dict[str, Any]) -> RosterImport:
        data = _bytes_of(options["file"])
        source = options["source"] or _last_source(school)
        with acting_as(by, on=on) as work:
            made = actions.read_roster(school=school, data=data, source=source, by=by, on=on)
            self._show(made)
            if options["dry_run"]:
                self.stdout.write("Dry run: nothing was kept.")
                work.abandon()
        if made.state == RosterImport.State.BROKEN:
            raise CommandError(f"The file was not read: {made.problem_count} mistakes.")
        return made

    def _show(self, made: RosterImport) -> None:
        for problem in (Problem.from_json(one) for one in made.problems):
            self.stdout.write(f"line {problem.line}, key {problem.key or '-'}: {problem.words}")
        for key, title in LISTS.items():
            if key in made.counts:
                self.stdout.write(f"{title}: {made.counts[key]}")
        for key, title in QUESTIONS.items():
            count = sum(n for name, n in made.counts.items() if name.endswith(f".{key}"))
            if count:
                self.stdout.write(f"{title} {count}")
        if made.state != RosterImport.State.BROKEN:
            self.stdout.write(f"Unchanged: {made.unchanged}")
            dropped = ", ".join(f"{name} {count}" for name, count in sorted(made.dropped.items()))
            self.stdout.write(f"Thrown away while reading: {dropped or 'nothing'}")
            self.stdout.write(f"Import {made.pk}")

    def _apply(self, made: RosterImport, by: User, on: date) -> None:
        with acting_as(by, on=on):
            waiting = open_questions(made)
            if waiting:
                raise CommandError(
                    f"{waiting} lines wait for a person's answer. Open the import in the portal."
                )
            actions.approve_import(roster_import=made, by=by, on=on)
        with acting_as(by, on=on):
            actions.apply_import(import_id=made.pk, by=by, on=on)
        self.stdout.write("Applied.")


def _bytes_of(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"The file can't be opened: {error.strerror}.") from None


def _last_source(school: School) -> str:
    """The system of the last import; a first one must say it."""
    last = RosterImport.objects.filter(school=school).order_by("-read_at").first()
    return last.source if last else ""
