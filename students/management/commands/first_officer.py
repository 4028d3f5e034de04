from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from access.acting import Job, acting_as
from access.actions.invitations import Invited, invite_first_officer
from access.errors import Refused
from access.models import Unit
from students.models import Board


class Command(BaseCommand):
    """Begins a portal: the board, and a link for its first board officer. Prints the link once.

    Nobody becomes a superuser. A link that was lost is replaced by running this again; once
    somebody accepted, it refuses: the board officer invites the others.
    """

    help = "Makes the board and prints the invitation of its first board officer, once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Names of the board and of the person, and where mail reaches the person."""
        parser.add_argument("board", help="the board's name, for example 'Stichting Demoscholen'")
        parser.add_argument("name", help="the person's name")
        parser.add_argument("email", help="the person's e-mail address, which signs in")
        parser.add_argument("--language", choices=[code for code, _ in settings.LANGUAGES])
        parser.add_argument(
            "--address", help="the portal's address, such as https://portal.example.org"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing."""
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise CommandError("That is not an e-mail address.") from error
        today = timezone.localdate()
        job = Job("first_officer")
        try:
            with transaction.atomic(), acting_as(job, on=today):
                invited = Invited(
                    name=options["name"],
                    email=options["email"],
                    role="board-officer",
                    unit=_board_unit(options["board"]),
                    starts_on=today,
                    ends_on=None,
                    language=options["language"] or settings.LANGUAGE_CODE,
                )
                _invitation, secret = invite_first_officer(invited=invited, by=job, on=today)
        except Refused as refused:
            raise CommandError(str(refused.sentence)) from refused
        address = (options["address"] or settings.ADDRESS).rstrip("/")
        self.stdout.write(address + reverse("invitation_link", args=[secret]))
        self.stdout.write("Valid for seven days and for one use. It is not shown again.")


def _board_unit(name: str) -> Unit:
    """The board's unit: made now, or the one of an earlier run whose link was lost."""
    boards = list(Unit.objects.filter(kind=Unit.Kind.BOARD)[:2])
    if not boards:
        unit = Unit.objects.create(kind=Unit.Kind.BOARD, name=name)
        Board.objects.create(unit=unit)
        return unit
    if len(boards) > 1 or boards[0].name != name:
        raise CommandError("This portal has a board already. Give its exact name.")
    return boards[0]
