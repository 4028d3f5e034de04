"""Pictures inside a document: drawn anew in their own format, so without place and camera."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from files import emf, limits, markup, wmf
from files.errors import Unwelcome

_MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
}
_SVG_STAYS = markup.names(
    "svg g defs path rect circle ellipse line polyline polygon text tspan title desc symbol use "
    "linearGradient radialGradient stop clipPath mask pattern style"
)


@dataclass(frozen=True)
class Drawn:
    """A picture without anything but what one sees; an empty one when it could not be read."""

    data: bytes
    media_type: str
    is_lost: bool = False


def clean_picture(data: bytes) -> Drawn:
    """The picture anew. Of drawings of Windows (EMF, WMF) stays what draws."""
    if emf.is_emf(data) or wmf.is_wmf(data):
        return _windows_drawing(data)
    if b"<svg" in data[:4096]:
        return _clean_svg(data)
    try:
        with Image.open(io.BytesIO(data), formats=list(_MEDIA_TYPES)) as picture:
            if picture.width * picture.height > limits.PICTURE_PIXELS:
                return _nothing()
            kind = "JPEG" if picture.format == "MPO" else str(picture.format)  # of many phones
            return Drawn(_anew(picture, kind), _MEDIA_TYPES[kind])
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return _nothing()


def _anew(picture: Image.Image, kind: str) -> bytes:
    """The pixels of the first frame, upright, in the same format and without anything beside."""
    upright = ImageOps.exif_transpose(picture)
    plain = upright.copy()
    clear = upright.info.get("transparency")
    plain.info = {"transparency": clear} if clear is not None and kind in ("PNG", "GIF") else {}
    plain.getexif().clear()
    file = io.BytesIO()
    if kind == "JPEG":
        plain.save(file, kind, quality=88)
    else:
        plain.save(file, kind)
    return file.getvalue()


def _nothing() -> Drawn:
    """One clear pixel in the place of a picture that can't be read."""
    file = io.BytesIO()
    Image.new("RGBA", (1, 1), (0, 0, 0, 0)).save(file, "PNG")
    return Drawn(file.getvalue(), "image/png", is_lost=True)


def _windows_drawing(data: bytes) -> Drawn:
    try:
        if emf.is_emf(data):
            return Drawn(emf.clean(data), "image/x-emf")
        return Drawn(wmf.clean(data), "image/x-wmf")
    except (emf.Broken, wmf.Broken):
        return _nothing()


def _clean_svg(data: bytes) -> Drawn:
    """A drawing of shapes and text only: no script, no event, nothing fetched from elsewhere."""
    try:
        root = markup.parsed(data)
    except Unwelcome:
        return _nothing()
    markup.remove_all(root, lambda node: markup.local(node.tag) not in _SVG_STAYS)
    for node in markup.elements(root):
        if markup.local(node.tag) == "style" and (len(node) or _fetches(node.text or "")):
            node.clear()  # words may stand behind an element in it as well
        for name, value in list(node.attrib.items()):
            short = markup.local(name).lower()
            links_out = short == "href" and not str(value).startswith("#")
            if short.startswith("on") or links_out or _fetches(str(value)):
                del node.attrib[name]
    return Drawn(markup.written(root), "image/svg+xml")


def _fetches(style: str) -> bool:
    """Whether a style reaches outside: an import, or an address that is no place in the drawing."""
    low = "".join(style.lower().split())
    # A backslash may spell any of these words in another way.
    fetching = ("@import", "image-set(", "src(", "\\")
    return any(word in low for word in fetching) or low.count("url(") != low.count("url(#")
