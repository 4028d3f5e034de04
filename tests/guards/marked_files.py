"""Real files with a word in every place that holds one, and what to look for of them afterwards.

A word that a program packs can't be found as it stands. So each file also holds noise, which
nothing can make smaller: packed again it stands there as it was. Looked for are pieces of the file
as it was sent and as it is kept, and the word, in each way in which bytes are written down.
"""

from __future__ import annotations

import base64
import io
import os
import zlib
from collections.abc import Callable

import pikepdf
from PIL import Image, PngImagePlugin

from tests.files import corpus
from tests.files.documents import document, office
from tests.files.pdfs import attached, saved, with_pages

_PIECE = 24
_VARIED = 18  # so many different bytes: no table or heading that every such file has


def _noise(side: int = 96) -> Image.Image:
    return Image.frombytes("RGB", (side, side), os.urandom(side * side * 3))


def pdf(word: str) -> bytes:
    """On its page, packed; in its properties, twice; attached; and a picture of noise."""
    made = with_pages()
    noise = made.make_stream(
        zlib.compress(_noise(256).tobytes()), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image,
        Width=256, Height=256, ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
        Filter=pikepdf.Name.FlateDecode,
    )  # fmt: skip
    page = made.pages[0].obj
    page.Resources.XObject = pikepdf.Dictionary(Im=noise)
    text = f"BT /AA 20 Tf 60 700 Td ({word}) Tj ET q 300 0 0 300 60 300 cm /Im Do Q"
    page.Contents = made.make_stream(text.encode())
    made.docinfo["/Title"] = word
    page.Metadata = made.make_stream(f"<x>{word}</x>".encode(), Type=pikepdf.Name.Metadata)
    made.Root.AF = pikepdf.Array([attached(made)])
    return saved(made, compress_streams=True)


def _picture(word: str, shape: str, **settings: object) -> bytes:
    out = io.BytesIO()
    _noise().save(out, shape, exif=corpus.exif(word), **settings)
    return out.getvalue()


def jpeg(word: str) -> bytes:
    """In EXIF and in a comment."""
    return _picture(word, "JPEG", comment=word)


def png(word: str) -> bytes:
    """In EXIF, in a text and in a packed one."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", word)
    words.add_text("Title", word * 3, zip=True)
    return _picture(word, "PNG", pnginfo=words)


def heic(word: str) -> bytes:
    """In EXIF, as an iPhone has it."""
    corpus.heic(word)  # makes the format known
    return _picture(word, "HEIF")


def docx(word: str) -> bytes:
    """In its text, in its properties and in a picture's."""
    picture = png(word)
    return office(
        body=document(word, inside='<w:p><a:blip r:embed="rId8"/></w:p>'),
        rows=(("rId8", "image", "media/a.png"),),
        more={"word/media/a.png": picture, "docProps/core.xml": f"<p>{word}</p>"},
        types={"/word/media/a.png": "image/png"},
    )


MAKERS: dict[str, Callable[[str], bytes]] = {
    "pdf": pdf, "jpg": jpeg, "png": png, "heic": heic, "docx": docx,
}  # fmt: skip


def forms_of(word: str) -> list[bytes]:
    """The ways in which a program writes a word down."""
    plain = word.encode()
    longer = [base64.b64encode(bytes(shift) + plain)[4 * bool(shift) : -4] for shift in range(3)]
    wide = [word.encode("utf-16-le"), word.encode("utf-16-be")]
    return [plain, plain.hex().encode(), plain.hex().upper().encode(), *wide, *longer]


def pieces_of(data: bytes) -> list[bytes]:
    """One piece from the middle that only this file has, as it stands and as a dump writes it."""
    middle = len(data) // 2
    for start in sorted(range(len(data) - _PIECE), key=lambda place: abs(place - middle)):
        piece = data[start : start + _PIECE]
        if len(set(piece)) >= _VARIED:
            return [piece, piece.hex().encode()]
    raise AssertionError("nothing of its own stands in this file")
