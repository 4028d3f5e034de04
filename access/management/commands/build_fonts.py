"""Builds the one web font of the portal from the installed font-manrope package."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

# Latin with every accent a name in a Dutch school may bring, punctuation, euro, a few arrows.
UNICODES = (
    *range(0x0020, 0x0250),
    *range(0x02B9, 0x02DE),
    *range(0x0300, 0x0312),
    *range(0x1E00, 0x1F00),
    *range(0x2010, 0x2028),
    *range(0x2030, 0x203B),
    0x20AC,
    0x2122,
    *range(0x2190, 0x2194),
    0x2212,
    0x00D7,
)
LIGHTEST, HEAVIEST = 400, 800


def build_manrope(target: Path) -> int:
    """Writes a variable woff2 with our letters and weights; answers its size in bytes."""
    import font_manrope

    source = Path(font_manrope.__file__).parent / "files" / "Manrope-VariableFont_wght.ttf"
    with TTFont(source, recalcTimestamp=False) as font:
        options = subset.Options(layout_features=["*"], recalc_timestamp=False)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=UNICODES)
        subsetter.subset(font)
        instancer.instantiateVariableFont(
            font, {"wght": (LIGHTEST, HEAVIEST)}, inplace=True, updateFontNames=False
        )
        font.flavor = "woff2"
        target.parent.mkdir(parents=True, exist_ok=True)
        font.save(target)
    return target.stat().st_size


class Command(BaseCommand):
    """Run at set-up; the file is not kept in the repository."""

    help = "Builds static/fonts/manrope.woff2 from the installed font package."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """One choice: build again although the file is there."""
        parser.add_argument("--force", action="store_true", help="build it again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Builds the font when it is missing or when asked to."""
        target = Path(settings.BASE_DIR) / "static" / "fonts" / "manrope.woff2"
        if target.exists() and not options["force"]:
            self.stdout.write("The font is there already.")
            return
        try:
            size = build_manrope(target)
        except OSError as error:
            raise CommandError(f"The font could not be built: {error}") from error
        self.stdout.write(f"Built {target.name}: {size // 1024} kB.")
