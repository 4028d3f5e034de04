"""The streams of a PDF: bounded, without files inside, photographs without their metadata."""

from __future__ import annotations

import base64
import zlib

from pikepdf import Array, Dictionary, Name, Object, PdfError, Stream

from files import jpeg, jpeg2000, limits
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.pdfs import inline

_FLATE = {"/FlateDecode", "/Fl"}
_LETTERS = {"/ASCII85Decode", "/A85", "/ASCIIHexDecode", "/AHx"}
_PHOTOGRAPHS = {
    "/DCTDecode": jpeg.without_metadata,
    "/DCT": jpeg.without_metadata,
    "/JPXDecode": jpeg2000.without_metadata,
}
_UNPACKS = {"/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"}
# A stream that stands in a file outside this one.
_ELSEWHERE = ("/F", "/FFilter", "/FDecodeParms")
_CHUNK = 64 * 1024  # stays in the processor's own memory
_ZLIB_HEAD = 2


class Streams:
    """Adds up what all streams unpack to, and cleans each."""

    def __init__(self) -> None:
        self.changes: set[Change] = set()
        self.unpacked = 0
        # Of the stream that is looked at: whether it can be drawing, and with a photograph in it.
        self._may_draw = self._holds_photograph = False

    def check(self, stream: Stream) -> None:
        """Raises Unwelcome when it is too much; changes the stream when it holds what must go."""
        for key in _ELSEWHERE:
            if key in stream:
                del stream[key]
                self.changes.add(Change.ATTACHMENTS_REMOVED)
        kind, subtype = stream.get("/Type"), stream.get("/Subtype")
        if kind in {Name.EmbeddedFile, Name.Metadata} or subtype == Name.PS:
            stream.write(b"")
            return
        if subtype == Name.Image:
            _not_too_many_points(stream)
        self._may_draw, self._holds_photograph = subtype != Name.Image, False
        self._bounded(stream)
        if self._holds_photograph:
            self._inline(stream)

    def _bounded(self, stream: Stream) -> None:
        filters = _filters(stream)
        raw: bytes | memoryview = memoryview(stream.get_raw_stream_buffer())
        if not filters:
            self._look(raw)
        while filters and filters[0] in _FLATE | _LETTERS:
            how = filters.pop(0)
            if how in _LETTERS:
                raw = _from_letters(bytes(raw), how)
                self._look(raw)
                continue
            raw = self._inflated(raw, keep=bool(filters))
            if filters and filters[0] in _FLATE and _has_parameters(stream):
                break  # a predictor between two: nobody makes those, qpdf's own limit holds
        if len(filters) == 1 and filters[0] in _PHOTOGRAPHS:
            self._photograph(stream, filters[0], bytes(raw))
        elif filters and _UNPACKS & set(filters):
            try:
                whole = stream.read_bytes()
            except PdfError:
                raise Unwelcome(Reason.UNPACKS_TOO_LARGE) from None
            self._add(len(whole))
            self._look(whole)

    def _inflated(self, packed: bytes | memoryview, *, keep: bool) -> bytes:
        """Unpacked piece by piece, so that a bomb is known before it is in memory.

        The check sum at its end is not asked: readers do not, and it takes longer than the rest.
        """
        rest = memoryview(packed)[_ZLIB_HEAD:]
        unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
        pieces, size, last = [], 0, b""
        try:
            for start in range(0, len(rest), _CHUNK):
                some: bytes | memoryview = rest[start : start + _CHUNK]
                while not unpacking.eof and (piece := unpacking.decompress(some, _CHUNK)):
                    some = unpacking.unconsumed_tail
                    size += len(piece)
                    self._add(len(piece))
                    if size > limits.PDF_STREAM_BYTES:
                        raise Unwelcome(Reason.UNPACKS_TOO_LARGE)
                    self._look(last + piece[: len(inline.SIGN)])
                    self._look(piece)
                    last = piece[-len(inline.SIGN) :]
                    if keep:
                        pieces.append(piece)
        except zlib.error:
            pass  # damaged: readers show what came before
        return b"".join(pieces)

    def _look(self, drawing: bytes | memoryview) -> None:
        if self._may_draw and not self._holds_photograph:
            self._holds_photograph = inline.SIGN in bytes(drawing)

    def _inline(self, stream: Stream) -> None:
        """A page's drawing, or a part of one, with a photograph in the middle of it."""
        try:
            drawing = stream.read_bytes()
        except PdfError:
            return  # no reader shows it
        cleaned, changes = inline.without_metadata(drawing)
        if cleaned != drawing:
            self.changes |= changes
            stream.write(cleaned)

    def _add(self, size: int) -> None:
        self.unpacked += size
        if self.unpacked > limits.PDF_UNPACKED_BYTES:
            raise Unwelcome(Reason.UNPACKS_TOO_LARGE)

    def _photograph(self, stream: Stream, how: str, raw: bytes) -> None:
        cleaned, changes = _PHOTOGRAPHS[how](raw)
        if cleaned == raw:
            return
        self.changes |= changes
        stream.write(cleaned, filter=Name(how), decode_parms=_last_parameters(stream))


def _from_letters(raw: bytes, how: str) -> bytes:
    """The bytes that stand there as letters, up to the sign that ends them."""
    try:
        if how in {"/ASCII85Decode", "/A85"}:
            letters = raw.strip().removeprefix(b"<~").partition(b"~")[0]
            return base64.a85decode(letters, ignorechars=b" \t\n\r\v\f\0")
        digits = b"".join(raw.partition(b">")[0].replace(b"\0", b"").split())
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    except ValueError:
        raise Unwelcome(Reason.UNREADABLE) from None


def _filters(stream: Stream) -> list[str]:
    found = stream.get("/Filter")
    if isinstance(found, Name):
        return [str(found)]
    if isinstance(found, Array):
        return [str(name) for name in found if isinstance(name, Name)]
    return []


def _has_parameters(stream: Stream) -> bool:
    return "/DecodeParms" in stream


def _last_parameters(stream: Stream) -> Dictionary | None:
    found: object = stream.get("/DecodeParms")
    if isinstance(found, Array) and len(found):
        found = found[len(found) - 1]
    return found if isinstance(found, Dictionary) else None


def _not_too_many_points(image: Object) -> None:
    sides = [image.get(key, 0) for key in ("/Width", "/Height")]
    if not all(isinstance(side, int) and side >= 0 for side in sides):
        raise Unwelcome(Reason.UNREADABLE)
    if sides[0] * sides[1] > limits.PDF_PICTURE_PIXELS:
        raise Unwelcome(Reason.UNPACKS_TOO_LARGE)
