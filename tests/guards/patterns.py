"""Pictures that say whose they are: known again wherever they are drawn, however large.

Each has eight by eight fields, black or white, that are a marker's own. So an address that answers
with a page of a file as a picture shows the marker as surely as one that answers with its text.
"""

from __future__ import annotations

import io
from hashlib import sha256

from PIL import Image
from pypdf import PdfReader

from tests.files import pdfs

SIDE = 8
_WIDE = 400  # points and pixels
_DOUBT = 4  # fields that drawing may have blurred
_known: dict[tuple[bool, ...], str] = {}
_PICTURES = (b"RIFF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")


def picture_of(word: str) -> bytes:
    """A picture of that marker."""
    out = io.BytesIO()
    small = Image.new("L", (SIDE, SIDE))
    small.putdata([255 if light else 0 for light in _fields_of(word)])
    small.resize((_WIDE, _WIDE), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()


def pdf_of(word: str) -> bytes:
    """A page with the same picture; the marker itself is written on it, in letters nobody sees."""
    field = _WIDE // SIDE
    dark = [n for n, light in enumerate(_fields_of(word)) if not light]
    drawn = "".join(
        f"{n % SIDE * field} {(SIDE - 1 - n // SIDE) * field} {field} {field} re f\n" for n in dark
    )
    pdf = pdfs.with_pages(1)
    page = pdf.pages[0]
    page.obj.MediaBox = [0, 0, _WIDE, _WIDE]
    page.Contents = pdf.make_stream(f"{drawn}BT /AA 8 Tf 3 Tr 10 10 Td ({word}) Tj ET".encode())
    return pdfs.saved(pdf)


def words_in(body: bytes) -> set[str]:
    """The markers whose pictures stand in an answer: a picture, or a paper with pictures."""
    if body.startswith(_PICTURES):
        found = [Image.open(io.BytesIO(body))]
    elif body.startswith(b"%PDF"):
        found = [one.image for page in PdfReader(io.BytesIO(body)).pages for one in page.images]
    else:
        return set()
    return {word for picture in found if (word := _word_of(picture))}


def _fields_of(word: str) -> tuple[bool, ...]:
    bits = int.from_bytes(sha256(word.encode()).digest()[: SIDE * SIDE // 8])
    fields = tuple(bool(bits >> place & 1) for place in range(SIDE * SIDE))
    _known[fields] = word
    return fields


def _word_of(picture: Image.Image) -> str:
    small = picture.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    seen = [value > 127 for value in small.tobytes()]
    for fields, word in _known.items():
        if sum(a != b for a, b in zip(fields, seen, strict=True)) <= _DOUBT:
            return word
    return ""
