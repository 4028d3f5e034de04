"""Binds pictures into a PDF, a page each. Runs inside the sandbox."""

from __future__ import annotations

import io
import zlib

import pikepdf
from pikepdf import Dictionary, Name
from PIL import Image

_A4 = (595.276, 841.89)
_SCAN_QUALITY = 90


class Book:
    """A PDF that grows page by page and holds nothing but the pictures."""

    def __init__(self) -> None:
        self._pdf = pikepdf.Pdf.new()

    def add_jpeg(self, jpeg: bytes, size: tuple[int, int], *, grey: bool) -> None:
        """A page with a JPEG as large as it fits, upright or on its side as the picture is."""
        colours = Name.DeviceGray if grey else Name.DeviceRGB
        self._add(jpeg, size, ColorSpace=colours, BitsPerComponent=8, Filter=Name.DCTDecode)

    def add_scan(self, drawn: Image.Image) -> None:
        """A page of a scan: black and white exactly as it is, grey and colours as JPEG."""
        if drawn.mode == "1":
            packed = zlib.compress(drawn.tobytes(), 9)
            self._add(
                packed, drawn.size,
                ColorSpace=Name.DeviceGray, BitsPerComponent=1, Filter=Name.FlateDecode,
            )  # fmt: skip
            return
        if drawn.mode not in {"L", "RGB"}:
            drawn = drawn.convert("RGB")
        out = io.BytesIO()
        drawn.save(out, "JPEG", quality=_SCAN_QUALITY)
        self.add_jpeg(out.getvalue(), drawn.size, grey=drawn.mode == "L")

    def closed(self) -> bytes:
        """The PDF."""
        out = io.BytesIO()
        self._pdf.save(out, linearize=True)
        return out.getvalue()

    def _add(self, packed: bytes, size: tuple[int, int], **entries: object) -> None:
        page_size = _A4 if size[0] <= size[1] else (_A4[1], _A4[0])
        page = self._pdf.add_blank_page(page_size=page_size)
        image = self._pdf.make_stream(
            packed, Type=Name.XObject, Subtype=Name.Image, Width=size[0], Height=size[1], **entries
        )
        page.obj.Resources = Dictionary(XObject=Dictionary(Page=image))
        scale = min(page_size[0] / size[0], page_size[1] / size[1])
        wide, high = size[0] * scale, size[1] * scale
        left, low = (page_size[0] - wide) / 2, (page_size[1] - high) / 2
        place = f"q {wide:.2f} 0 0 {high:.2f} {left:.2f} {low:.2f} cm /Page Do Q"
        page.obj.Contents = self._pdf.make_stream(place.encode())
