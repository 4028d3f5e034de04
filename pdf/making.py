"""The process in which one paper is made: text and pictures in, a PDF out, and then it ends.

Started by pdf/papers.py with an empty environment. It fetches nothing: only pictures that came
over the pipe, and the portal's own font. A picture without words for who can't see it is an
error in the template and ends it.
"""

from __future__ import annotations

import io
import json
import os
import resource
import struct
import sys
from pathlib import Path
from typing import Any

TOO_LONG, WITHOUT_WORDS = 3, 4
_QUALITY = 82
_TO_SAY_SO = 16 * 1024 * 1024  # what is left to look why it went wrong
_ARCHIVED = "pdf/a-2a"
# A file for the archive says that it can be read aloud too; PDF/A wants the word for it explained.
_ALSO_READ_ALOUD = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Which part of ISO 14289 the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
_FONTS = {"400": "Manrope-Regular", "600": "Manrope-SemiBold", "700": "Manrope-Bold"}


class _Refused(ValueError):
    """Something was asked for that a paper may not fetch."""


def main() -> None:
    """Reads one request from standard input and writes the PDF to standard output."""
    source = sys.stdin.buffer
    (length,) = struct.unpack("!I", source.read(4))
    asked = json.loads(source.read(length))
    pictures = {name: source.read(size) for name, size in asked["pictures"]}
    resource.setrlimit(resource.RLIMIT_CPU, (asked["seconds"], asked["seconds"]))
    last = asked["memory"] + _TO_SAY_SO
    resource.setrlimit(resource.RLIMIT_AS, (asked["memory"], last))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        data = made(asked["html"], pictures, pages=asked["pages"], variant=asked["variant"])
    except MemoryError:
        os._exit(TOO_LONG)  # raising anything, SystemExit too, would need memory
    except Exception:
        resource.setrlimit(resource.RLIMIT_AS, (last, last))
        if _is_memory_spent(asked["memory"]):
            os._exit(TOO_LONG)
        raise
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    os._exit(0)  # whatever a library in C does at its end comes too late to spoil the paper


def _is_memory_spent(bound: int) -> bool:
    """Whether this process came near its bound: a library in C gives that many other names."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmPeak:"):
            return int(line.split()[1]) * 1024 > 0.9 * bound
    return False


def made(html: str, pictures: dict[str, bytes], *, pages: int, variant: str = "pdf/ua-1") -> bytes:
    """The PDF; ends the process when it has too many pages or a picture has no words."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fetcher = _fetcher(pictures)
    fonts = FontConfiguration()
    faces = "".join(
        f"@font-face {{ font-family: Manrope; font-weight: {weight}; src: url(font:{weight}) }}"
        for weight in _FONTS
    )
    paper = HTML(string=html, url_fetcher=fetcher, base_url=None)
    _must_have_words(paper.etree_element)
    look = Path(__file__).with_name("paper.css").read_text(encoding="utf-8")
    style = CSS(string=faces + look, url_fetcher=fetcher, font_config=fonts)
    document = paper.render(
        font_config=fonts,
        stylesheets=[style],
        pdf_variant=variant,
        pdf_tags=True,
        optimize_images=False,
    )
    if len(document.pages) > pages:
        sys.exit(TOO_LONG)
    if variant == _ARCHIVED:
        _say_it_is_read_aloud_too(document.metadata)
    data: bytes = document.write_pdf(
        pdf_variant=variant, pdf_tags=True, finisher=_with_heads_to_be_found
    )
    return data


def _with_heads_to_be_found(_document: Any, pdf: Any) -> None:
    """The library names the heads of a table in its cells, but not where a reader finds them.

    ISO 32000-1, table 322: a structure with names has a tree of them; ISO 14289-1, 7.5: heads say
    whether they are of a row or of a column.
    """
    import pydyf

    parts = [one for one in pdf.objects if isinstance(one, pydyf.Dictionary)]
    elements = [one for one in parts if one.get("Type") == "/StructElem"]
    cells = {one["P"] for one in elements if one["S"] == "/TD"}
    for head in (one for one in elements if one["S"] == "/TH"):
        head["A"]["Scope"] = "/Row" if head["P"] in cells else "/Column"
    named = sorted((one for one in elements if "ID" in one), key=lambda one: one["ID"].data)
    if named:
        names = pydyf.Array([value for one in named for value in (one["ID"], one.reference)])
        (root,) = (one for one in parts if one.get("Type") == "/StructTreeRoot")
        root["IDTree"] = pydyf.Dictionary({"Names": names})


def _say_it_is_read_aloud_too(metadata: Any) -> None:
    """The library names one standard a file; ours follows two, so it names both."""
    one_standard = metadata.generate_rdf_metadata
    end = b"</rdf:RDF>"

    def both_standards(*which: Any) -> bytes:
        said: bytes = one_standard(*which)
        if said.count(end) != 1:
            raise ValueError("the metadata of a paper end otherwise than they did")
        return said.replace(end, _ALSO_READ_ALOUD + end)

    metadata.generate_rdf_metadata = both_standards


def _must_have_words(root: Any) -> None:
    for picture in root.iter("img"):
        if not (picture.get("alt") or "").strip():
            sys.exit(WITHOUT_WORDS)


def _fetcher(pictures: dict[str, bytes]) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OnlyWhatCameAlong(URLFetcher):  # type: ignore[misc]  # the library has no types
        """Gives the pictures of this paper and the portal's font; everything else is refused."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """The bytes of a picture or a font."""
            kind, _colon, name = url.partition(":")
            if kind == "picture" and name in pictures:
                data, media_type = _for_paper(pictures[name])
                return URLFetcherResponse(url, data, {"Content-Type": media_type})
            if kind == "font" and name in _FONTS:
                return URLFetcherResponse(url, _font(name), {"Content-Type": "font/ttf"})
            raise _Refused(kind)

    return OnlyWhatCameAlong()


def _for_paper(data: bytes) -> tuple[bytes, str]:
    """A drawing as it is; a picture as JPEG, which alone stays small in a PDF."""
    from PIL import Image

    if data.startswith(b"<svg"):
        return data, "image/svg+xml"
    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP"]) as picture:
        flat = Image.new("RGB", picture.size, "white")
        drawn = picture.convert("RGBA")
        flat.paste(drawn, mask=drawn)
    file = io.BytesIO()
    flat.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue(), "image/jpeg"


def _font(weight: str) -> bytes:
    import font_manrope

    folder = Path(font_manrope.__file__).parent / "files"
    return (folder / f"{_FONTS[weight]}.ttf").read_bytes()
