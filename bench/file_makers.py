"""Files to measure with, made here."""

from __future__ import annotations

import io
import os

from files import limits


def large_pdf(size: int = limits.FILE_BYTES - 200 * 1024) -> bytes:
    """A PDF with one picture of noise, which nothing can make smaller: nearly 25 MB."""
    from pikepdf import Name, Pdf, Stream

    side = int((size / 3) ** 0.5)
    pdf = Pdf.new()
    picture = Stream(pdf, os.urandom(side * side * 3))
    picture.update(
        {
            "/Type": Name.XObject,
            "/Subtype": Name.Image,
            "/Width": side,
            "/Height": side,
            "/ColorSpace": Name.DeviceRGB,
            "/BitsPerComponent": 8,
        }
    )
    page = pdf.add_blank_page(page_size=(595, 842))
    name = page.add_resource(picture, Name.XObject)
    page.Contents = Stream(pdf, f"q 500 0 0 500 40 200 cm {name} Do Q".encode())
    made = io.BytesIO()
    pdf.save(made)
    return made.getvalue()


def long_pdf(pages: int = 200) -> bytes:
    """A report of so many pages of text."""
    from weasyprint import HTML

    text = "<p>" + "Leest op niveau AVI-M6, vier weken eerder M5. " * 40 + "</p>"
    body = "".join(f"<h1>Demo {n}</h1>{text}" for n in range(pages))
    style = "<style>h1 { break-before: page } h1:first-child { break-before: auto }</style>"
    return bytes(HTML(string=f"<title>Demo</title>{style}{body}").write_pdf())


def scanned_pdf(pages: int = 20) -> bytes:
    """A scan in colours, a JPEG a page: nearly 25 MB, as a copier sends it."""
    from PIL import Image

    from files import sheets

    book = sheets.Book()
    for _ in range(pages):
        paper = Image.effect_noise((1240, 1754), 90).convert("RGB")
        made = io.BytesIO()
        paper.save(made, "JPEG", quality=75)
        book.add_jpeg(made.getvalue(), paper.size, grey=False)
    return book.closed()
