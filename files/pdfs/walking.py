"""Goes through every object that a PDF will keep, and takes out what acts or tells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pikepdf import Array, Dictionary, Name, Object, Stream

from files import limits
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.pdfs.actions import ACTING, harmless, told_by
from files.pdfs.catalog import MARK_TELLS
from files.pdfs.streams import Streams

# Dictionaries of names that the maker chose: a font may well be called /AA there.
_MAPS = frozenset({
    "/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties",
    "/CharProcs", "/RoleMap", "/ClassMap", "/Dests",
})  # fmt: skip
_ACTIONS = frozenset({"/A", "/PA"})
# Gone wherever they stand, and how that is told.
_GONE: dict[str, Change | None] = {
    "/JS": Change.SCRIPTS_REMOVED,
    "/JavaScript": Change.SCRIPTS_REMOVED,
    "/XFA": Change.SCRIPTS_REMOVED,
    "/Next": None,  # of actions; of outlines it is an entry, see _gone
    "/EmbeddedFiles": Change.ATTACHMENTS_REMOVED,
    "/EF": Change.ATTACHMENTS_REMOVED,
    "/RF": Change.ATTACHMENTS_REMOVED,
    "/AF": Change.ATTACHMENTS_REMOVED,
    "/RichMediaContent": Change.MEDIA_REMOVED,
    "/RichMediaSettings": Change.MEDIA_REMOVED,
    "/3DD": Change.MEDIA_REMOVED,
    "/3DV": Change.MEDIA_REMOVED,
    "/Metadata": Change.METADATA_REMOVED,
    "/PieceInfo": Change.METADATA_REMOVED,
    "/LastModified": Change.METADATA_REMOVED,
    "/CreatorInfo": Change.METADATA_REMOVED,
    "/Thumb": None,
    "/OPI": None,
    "/Ref": None,
    "/Alternates": None,
    "/PS": None,
    "/Subtype2": None,  # says that a drawing is PostScript
    "/DestOutputProfileRef": Change.LINKS_REMOVED,  # a colour profile from elsewhere
}
_SIGNATURES = frozenset({"/Sig", "/DocTimeStamp"})
_FIELD_READ_ONLY, _FIELD_CHOOSES_FILE = 1, 1 << 20


class Walk:
    """Once through everything that can be reached; `changes` is what it took out."""

    def __init__(self, streams: Streams) -> None:
        self.streams = streams
        self.changes: set[Change] = streams.changes
        self._seen: set[tuple[int, int, bool]] = set()
        self._waiting: list[tuple[Object, bool]] = []
        self._steps = 0

    def through(self, root: Object) -> None:
        """Everything below `root`, without recursion: a file can be nested as deep as it likes."""
        self._later(root, is_map=False)
        while self._waiting:
            thing, is_map = self._waiting.pop()
            if isinstance(thing, Array):
                self._later_all(thing, is_map=False)
            elif isinstance(thing, Stream):
                self._stream(thing)
            else:
                self._dictionary(thing, is_map=is_map)

    def _later(self, value: Any, *, is_map: bool) -> None:
        """Containers wait for their turn, each indirect one once."""
        if not isinstance(value, Array | Dictionary | Stream):
            return
        self._steps += 1
        if self._steps > limits.PDF_STEPS:
            raise Unwelcome(Reason.UNPACKS_TOO_LARGE)
        if value.is_indirect:
            key = (*value.objgen, is_map)
            if key in self._seen:
                return
            self._seen.add(key)
        self._waiting.append((value, is_map))

    def _later_all(self, values: Iterable[Any], *, is_map: bool) -> None:
        for value in values:
            self._later(value, is_map=is_map)

    def _stream(self, stream: Stream) -> None:
        self._dictionary(stream, is_map=False)
        self.streams.check(stream)

    def _dictionary(self, held: Object, *, is_map: bool) -> None:
        if not is_map:
            if self._acts(held):
                _empty(held)
                return
            self._field(held)
            for key in list(held.keys()):
                self._entry(held, key)
        for key in list(held.keys()):
            self._later(held[key], is_map=not is_map and key in _MAPS)

    def _acts(self, held: Object) -> bool:
        """The whole dictionary goes: an action, a file's place, a signature, a thing that plays."""
        kind, subtype, act = (_name(held, key) for key in ("/Type", "/Subtype", "/S"))
        if act in ACTING and not {"/K", "/Pg"} & set(held.keys()):  # else: a tag called like it
            self.changes |= told_by(held)
            return True
        if kind in {"/Filespec", "/F"} and not isinstance(held, Stream):
            self.changes.add(Change.ATTACHMENTS_REMOVED)
            return True
        if kind in _SIGNATURES or "/ByteRange" in held:
            self.changes.add(Change.SIGNATURE_REMOVED)
            return True
        if subtype in MARK_TELLS and ("/Rect" in held or kind == "/Annot"):
            self.changes.add(MARK_TELLS[subtype])
            return True
        return False

    def _entry(self, held: Object, key: str) -> None:
        """One entry of a dictionary whose keys have a meaning."""
        if key in _ACTIONS:
            self._action(held, key)
        elif key in {"/AA", "/OpenAction"}:
            self.changes |= told_by(held[key])
            del held[key]
        elif key in _GONE and not (key == "/Next" and "/S" not in held):
            change = _GONE[key]
            if change:
                self.changes.add(change)
            del held[key]

    def _action(self, held: Object, key: str) -> None:
        action = held[key]
        if not isinstance(action, Dictionary) or "/S" not in action:
            if _name(held, "/Subtype") in {"/Link", "/Widget"} or "/Title" in held:
                del held[key]  # the attributes of a tag stand under /A too, those stay
            return
        kept = harmless(action)
        if kept is None:
            self.changes |= told_by(action)
            del held[key]
        else:
            if "/Next" in action:
                self.changes |= told_by(action.Next)
            held[key] = kept

    def _field(self, held: Object) -> None:
        """A field shows what was filled in, and takes nothing more."""
        if "/FT" not in held and _name(held, "/Subtype") != "/Widget" and "/Ff" not in held:
            return
        kind = _name(held, "/FT")
        flags = held.get("/Ff", 0)
        flags = flags if isinstance(flags, int) else 0
        held.Ff = (flags | _FIELD_READ_ONLY) & ~_FIELD_CHOOSES_FILE
        if kind == "/Sig":
            if "/V" in held:
                self.changes.add(Change.SIGNATURE_REMOVED)
                del held["/V"]
            for key in ("/Lock", "/SV"):
                if key in held:
                    del held[key]
        elif kind:
            self.changes.add(Change.FORMS_LOCKED)


def _name(held: Object, key: str) -> str:
    value = held.get(key)
    return str(value) if isinstance(value, Name) else ""


def _empty(held: Object) -> None:
    """Nothing is left of it, also for whoever still points at it."""
    for key in list(held.keys()):
        if key != "/Length":
            del held[key]
    if isinstance(held, Stream):
        held.write(b"")
