"""Invented files for the demo, made here: a report, a picture, a text."""

from __future__ import annotations

import io
from collections.abc import Iterator

_REPORT = """
<!doctype html><html lang="nl"><head><title>{title}</title><style>
@page {{ size: A4; margin: 25mm 22mm; @bottom-right {{ content: counter(page) }} }}
body {{ font-family: sans-serif; font-size: 11pt; line-height: 1.5 }}
h1 {{ font-size: 20pt }} h2 {{ break-before: page; font-size: 14pt }}
td, th {{ border-bottom: 1px solid #bbb; padding: 4pt 10pt; text-align: left }}
</style></head><body>
<h1>{title}</h1>
<p>Demogegevens: dit verslag en wie erin staat zijn verzonnen.</p>
<p>Aanleiding: na twee perioden van intensieve hulp blijft het woordleestempo achter. School vraagt
wat deze leerling nodig heeft om de teksten van groep 6 zelf te kunnen lezen.</p>
<h2>Wat er is onderzocht</h2>
<table><tr><th>Taak</th><th>Score</th><th>Percentiel</th></tr>
<tr><td>Woordlezen</td><td>42</td><td>10</td></tr><tr><td>Pseudowoorden</td><td>27</td><td>8</td></tr>
<tr><td>Begrijpend luisteren</td><td>31</td><td>72</td></tr></table>
<p>Begrijpen wat wordt voorgelezen gaat goed; zelf lezen kost veel tijd.</p>
<h2>Advies</h2>
<p>Teksten laten voorlezen bij de zaakvakken, een kwart meer tijd bij toetsen, en twee keer per week
samen lezen uit een boek naar eigen keuze. Na een half jaar opnieuw meten.</p>
</body></html>
"""
PLAN = (
    "Plan leesbegeleiding.txt",
    b"""Plan voor de komende zes weken (demo)

- maandag en donderdag: twintig minuten lezen in het groepje van vier
- woensdag: tien minuten flitswoorden met de leesmaat
- vrijdag: zelf kiezen wat zij voorleest

Na zes weken kijken we samen of het tempo is gegroeid.
""",
)


def report() -> bytes:
    """A PDF of three pages."""
    from weasyprint import HTML  # slow to load, and only needed here

    written = HTML(string=_REPORT.format(title="Verslag onderzoek lezen (demo)")).write_pdf()
    return bytes(written)


def picture() -> bytes:
    """A drawing as a child makes it: a sun, a house, grass."""
    from PIL import Image, ImageDraw

    drawing = Image.new("RGB", (1400, 1000), "#cfe6f5")
    pen = ImageDraw.Draw(drawing)
    pen.rectangle((0, 760, 1400, 1000), fill="#7fae5b")
    pen.ellipse((1100, 80, 1300, 280), fill="#f3c33c")
    pen.rectangle((420, 460, 860, 820), fill="#d98c5f")
    pen.polygon([(370, 460), (910, 460), (640, 220)], fill="#9a4b3a")
    pen.rectangle((590, 620, 690, 820), fill="#5b3a29")
    for left in (470, 740):
        pen.rectangle((left, 530, left + 70, 600), fill="#fdf6d8")
    made = io.BytesIO()
    drawing.save(made, "JPEG", quality=88)
    return made.getvalue()


def invented_files() -> Iterator[tuple[str, str, str, bytes]]:
    """(who adds it, part, name, bytes) of each."""
    yield "joost", "reports", "Verslag onderzoek lezen.pdf", report()
    yield "hanna", "guidance", "Tekening over thuis.jpg", picture()
    yield "joost", "care", *PLAN
