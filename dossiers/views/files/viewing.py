"""What the viewer shows of a version: which page, how large, or which part of a text."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse

from access.gate import PortalRequest
from dossiers import queries
from dossiers.models import File, FileVersion
from dossiers.queries import Description
from files.kinds import Kind
from files.mail import Mail, read_kept
from files.previews import text_of
from vault.sealing import Keyring

ZOOMS = (50, 75, 100, 150, 200, 300)  # percent of the width there is
WIDTHS = (640, 1000, 1600, 2400)  # points; static/js/viewer.js chooses among them
_WIDE = 60  # rem: how wide the viewer becomes on a desk
TEXT_A_PAGE = 6_000  # characters


@dataclass(frozen=True)
class Viewer:
    """One page of a file, for `components/viewer.html`."""

    name: str
    page: int
    pages: int
    zoom: int
    source: str
    version: int | None
    back_url: str

    @property
    def widths(self) -> tuple[int, ...]:
        """What the server draws, in points."""
        return WIDTHS

    @property
    def zooms(self) -> dict[str, int | None]:
        """The next steps of the zoom; none at its ends."""
        place = ZOOMS.index(self.zoom)
        return {
            "out": ZOOMS[place - 1] if place else None,
            "in": ZOOMS[place + 1] if place + 1 < len(ZOOMS) else None,
        }

    @property
    def picture(self) -> str:
        """The address of the page as a picture, for browsers that choose no width."""
        return self._drawn(1000)

    @property
    def srcset(self) -> str:
        """The same page in every width."""
        return ", ".join(f"{self._drawn(width)} {width}w" for width in WIDTHS)

    @property
    def sizes(self) -> str:
        """How wide the picture stands on a desk."""
        return f"{_WIDE * self.zoom // 100}rem"

    @property
    def kept(self) -> str:
        """What every link within the viewer keeps: an older version stays the one looked at."""
        return f"&version={self.version}" if self.version else ""

    def _drawn(self, width: int) -> str:
        return self.source.replace("{page}", str(self.page)).replace("{width}", str(width))


def viewer_of(
    request: PortalRequest, file: File, version: FileVersion, what: Description, *, is_newest: bool
) -> Viewer:
    """The page and zoom of the address; without them the first page, as wide as there is room."""
    pages = what.pages or 1
    address = reverse("file_page", args=[file.pk, version.number, 0])
    zoom = _number(request, "zoom")
    return Viewer(
        name=what.name,
        page=min(max(_number(request, "page"), 1), pages),
        pages=pages,
        zoom=zoom if zoom in ZOOMS else 100,
        source=address.removesuffix("0/") + "{page}/?width={width}",
        version=None if is_newest else version.number,
        back_url=reverse("files_of_part", args=[file.part.dossier_id, file.part.kind]),
    )


@dataclass(frozen=True)
class ShownText:
    """A part of a text, and the message it stands in, if it is one."""

    text: str
    page: int
    pages: int
    mail: Mail | None = None


def text_shown(
    request: PortalRequest, version: FileVersion, what: Description, keys: Keyring
) -> ShownText:
    """The part of the text that the address asks for. Raises Unreadable when it is gone."""
    data = queries.whole_of(version, keys)
    mail = read_kept(data) if what.kind == Kind.MAIL else None
    parts = text_pages(mail.text if mail else text_of(data))
    page = min(max(_number(request, "page"), 1), len(parts))
    return ShownText(parts[page - 1], page, len(parts), mail)


def text_pages(text: str) -> list[str]:
    """A long text in parts that end at the end of a line where there is one."""
    parts, begin = [], 0  # never a copy of the rest: a text may have 25 million characters
    while len(text) - begin > TEXT_A_PAGE:
        least, most = begin + TEXT_A_PAGE // 2, begin + TEXT_A_PAGE
        end = text.rfind("\n", least, most) + 1 or most
        parts.append(text[begin:end])
        begin = end
    return [*parts, text[begin:]]


def version_asked(request: PortalRequest, newest: int) -> int:
    """The version of the address, else the newest. Raises Http404 for what is no number."""
    asked = request.GET.get("version", "")
    if not asked:
        return newest
    if not (asked.isascii() and asked.isdigit() and len(asked) < 6):
        raise Http404
    return int(asked)


def _number(request: PortalRequest, name: str) -> int:
    asked = request.GET.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
