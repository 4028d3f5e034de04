"""Pictures are drawn anew: what stays is what can be seen. Runs inside the sandbox.

JPEG, PNG and WebP stay what they are, lossless stays lossless. GIF becomes PNG (its first
frame), HEIC becomes JPEG, TIFF becomes PNG, or a PDF if it has several pages.
"""

from __future__ import annotations

import io
from typing import Any

import pillow_heif
from PIL import Image, ImageCms, ImageFile, ImageOps, JpegImagePlugin, UnidentifiedImageError

from files import kinds, limits, sheets
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.kinds import FileType
from files.results import Cleaned

pillow_heif.register_heif_opener(thumbnails=False, decode_threads=1)
Image.init()
ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = None  # our own limit stands below, and is asked before decoding

_SRGB = ImageCms.createProfile("sRGB")
_QUALITY, _LOWER_QUALITY = 90, 75
_GPS, _ORIENTATION = 0x8825, 0x0112
# In a TIFF most tags say how it is packed. These tell of its maker: description, device, program,
# time, artist, machine, XMP, rights, IPTC, Photoshop, EXIF, and what Windows adds.
_TELLING = {
    0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x013B, 0x013C, 0x02BC, 0x8298, 0x83BB, 0x8649, 0x8769,
    0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F,
}  # fmt: skip
_PILLOW_FORMATS = {
    kinds.JPEG: ["JPEG"],
    kinds.PNG: ["PNG"],
    kinds.WEBP: ["WEBP"],
    kinds.GIF: ["GIF"],
    kinds.TIFF: ["TIFF"],
    kinds.HEIC: ["HEIF"],
}
_BECOMES = {
    kinds.GIF: (kinds.PNG, Change.BECAME_PNG),
    kinds.TIFF: (kinds.PNG, Change.BECAME_PNG),
    kinds.HEIC: (kinds.JPEG, Change.BECAME_JPEG),
}


def clean(data: bytes, file_type: FileType) -> Cleaned:
    """The picture upright, in sRGB, without anything that can't be seen."""
    picture = opened(data, file_type)
    _load(picture)
    changes = _hidden_in(picture)
    frames = getattr(picture, "n_frames", 1)
    if frames > 1 and file_type == kinds.TIFF:
        return _bound(picture, frames, changes)
    if frames > 1 and file_type in {kinds.GIF, kinds.PNG, kinds.WEBP}:
        changes.add(Change.FIRST_FRAME_KEPT)
    target, became = _BECOMES.get(file_type, (file_type, None))
    settings = _settings(picture, data, target)
    drawn = upright(picture)
    del picture  # or its points are in memory twice
    saved = _saved(drawn, settings)
    if len(saved) > limits.FILE_BYTES and file_type in {kinds.TIFF, kinds.JPEG}:
        target, became = kinds.JPEG, Change.BECAME_JPEG if became else None
        saved = _saved(drawn, {"format": "JPEG", "quality": _LOWER_QUALITY})
    if became:
        changes.add(became)
    return Cleaned(saved, target, 1, changes, thumbnail(drawn))


def _saved(drawn: Image.Image, settings: dict[str, Any]) -> bytes:
    if settings["format"] == "JPEG" and drawn.mode not in {"L", "RGB"}:
        drawn = with_true_colours(drawn).convert("RGB")
    out = io.BytesIO()
    drawn.save(out, **settings)
    return out.getvalue()


def _bound(picture: ImageFile.ImageFile, frames: int, changes: set[Change]) -> Cleaned:
    """The pages of a scan or fax as one PDF, which is what a reader expects of several pages."""
    if frames > limits.TIFF_PAGES:
        raise Unwelcome(Reason.TOO_MANY_PAGES, pages=limits.TIFF_PAGES)
    book, first = sheets.Book(), b""
    for number in range(frames):
        picture.seek(number)
        _not_too_large(picture)
        drawn = upright(picture)
        book.add_scan(drawn)
        first = first or thumbnail(drawn.copy())
    changes.add(Change.BECAME_PDF)
    return Cleaned(book.closed(), kinds.PDF, frames, changes, first)


def opened(data: bytes, file_type: FileType) -> ImageFile.ImageFile:
    """The picture, its header read and nothing more; Unwelcome when it would be too large."""
    if file_type == kinds.WEBP and int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise Unwelcome(Reason.CUT_OFF)
    try:
        picture = Image.open(io.BytesIO(data), formats=_PILLOW_FORMATS[file_type])
    except (UnidentifiedImageError, SyntaxError, ValueError, OSError):
        raise Unwelcome(Reason.UNREADABLE) from None
    _not_too_large(picture)
    return picture


def _not_too_large(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > limits.PICTURE_PIXELS or max(width, height) > limits.PICTURE_SIDE:
        raise Unwelcome(Reason.TOO_MANY_PIXELS, megapixels=limits.PICTURE_PIXELS // 1_000_000)


def upright(picture: Image.Image) -> Image.Image:
    """Decoded, turned as it was held, in sRGB; nothing beside the points themselves."""
    _load(picture)
    profile, transparency = picture.info.get("icc_profile"), picture.info.get("transparency")
    ImageOps.exif_transpose(picture, in_place=True)
    drawn = _in_srgb(picture, profile) if profile else picture
    if drawn.mode in {"CMYK", "YCbCr", "LAB", "HSV"}:
        drawn = drawn.convert("RGB")
    if drawn is picture and picture.format == "WEBP":
        drawn = picture.copy()  # its decoder holds the points twice more, until it is let go
    drawn.info = {} if transparency is None else {"transparency": transparency}
    return drawn


def _load(picture: Image.Image) -> None:
    """Decodes it."""
    try:
        picture.load()
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Unwelcome(Reason.CUT_OFF) from None


def thumbnail(drawn: Image.Image) -> bytes:
    """At most 320 points wide and high, as WebP. Shrinks the picture it is given."""
    drawn = with_true_colours(drawn)
    drawn.thumbnail((limits.THUMBNAIL_WIDTH, limits.THUMBNAIL_WIDTH))
    out = io.BytesIO()
    drawn.save(out, "WEBP", quality=75)
    return out.getvalue()


def with_true_colours(drawn: Image.Image) -> Image.Image:
    """As RGB, or RGBA where it has holes: what WebP holds."""
    if drawn.mode in {"RGB", "RGBA"} and "transparency" not in drawn.info:
        return drawn
    if drawn.mode.startswith("I"):  # 16 bits of grey
        drawn = drawn.point(lambda value: value / 256).convert("L")
    has_holes = drawn.mode in {"LA", "PA", "La"} or "transparency" in drawn.info
    return drawn.convert("RGBA" if has_holes else "RGB")


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """The same colours, as every browser shows them without asking."""
    if picture.mode not in {"RGB", "RGBA", "CMYK"}:
        return picture
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, own, _SRGB, outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return picture  # a profile nobody can read: the points as they are
    assert turned is not None
    return turned


def _hidden_in(picture: ImageFile.ImageFile) -> set[Change]:
    """What will not come along, in the words of `changes`."""
    found = set()
    exif = picture.getexif()
    xmp = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    if isinstance(xmp, str):
        xmp = xmp.encode()
    if exif.get_ifd(_GPS) or b"GPSLatitude" in xmp:
        found.add(Change.LOCATION_REMOVED)
    told = {"comment", "photoshop", "xmp", "XML:com.adobe.xmp"}
    tags = set(exif) & _TELLING if picture.format == "TIFF" else set(exif) - {_ORIENTATION}
    if tags or told & set(picture.info) or getattr(picture, "text", None):
        found.add(Change.METADATA_REMOVED)
    return found


def _settings(picture: Image.Image, data: bytes, target: FileType) -> dict[str, Any]:
    """How it is saved: as good as it came, without growing without end."""
    if target == kinds.JPEG:
        colours = JpegImagePlugin.get_sampling(picture) if picture.format == "JPEG" else -1
        return {"format": "JPEG", "quality": _QUALITY, "subsampling": colours}
    if target == kinds.WEBP:
        lossless = b"VP8L" in data[:64]
        quality = 50 if lossless else _QUALITY
        return {"format": "WEBP", "lossless": lossless, "quality": quality}
    return {"format": "PNG", "compress_level": 6}
