import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pyrage.x25519
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Run it where copies are opened, not where they are made."""

    help = "Makes the key that opens copies: private in a new FILE, the public one is printed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Refuses to write over a file: copies made for that key would never open again."""
        identity = pyrage.x25519.Identity.generate()
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise CommandError(f"{file} is there already. It stays as it is.") from error
        with os.fdopen(descriptor, "w") as opened:
            opened.write(f"# public key: {identity.to_public()}\n{identity}\n")
        self.stdout.write(str(identity.to_public()))
