"""What a PDF can be told to do, and the little of it that stays.

A click may lead to a place in the same document, or to an address on the web or for mail:
reports lead to their sources that way, the reader sees where it goes and decides. Everything
else goes: programs, other files (also on a network share, where opening one sends a password's
hash), forms that send themselves, whatever happens on opening or printing.
"""

from __future__ import annotations

import re

from pikepdf import Array, Dictionary, Name, Object, Stream, String

from files.changes import Change

_WEB = re.compile(r"(?i)(https?://|mailto:)[^\x00-\x20\x7f]+")
# A dictionary whose /S says one of these acts, wherever it stands.
ACTING = frozenset({
    "/Launch", "/JavaScript", "/SubmitForm", "/ResetForm", "/ImportData", "/GoToR", "/GoToE",
    "/Rendition", "/RichMediaExecute", "/Movie", "/Sound", "/Hide", "/Named", "/SetOCGState",
    "/Trans", "/GoTo3DView", "/GoToDp", "/Thread",
})  # fmt: skip


def told_by(action: object) -> set[Change]:
    """In which words the loss of this action, or of these actions, is told."""
    if isinstance(action, Array) or kind_of(action) == "/GoTo":
        return set()  # opens at a page: nobody misses it
    if _has_script(action, 0):
        return {Change.SCRIPTS_REMOVED}
    return {Change.ACTIONS_REMOVED}


def kind_of(action: object) -> str:
    """What an action does, such as "/URI"; empty for something else."""
    if isinstance(action, Dictionary):
        kind = action.get("/S")
        if isinstance(kind, Name):
            return str(kind)
    return ""


def harmless(action: Object) -> Dictionary | None:
    """The same action without anything that could follow it; None if it must go."""
    kind = kind_of(action)
    if kind == "/GoTo" and "/D" in action:
        return Dictionary(S=Name.GoTo, D=action.D)
    if kind == "/URI" and isinstance(action.get("/URI"), String):
        address = str(action.URI).strip()
        if _WEB.fullmatch(address):
            return Dictionary(S=Name.URI, URI=String(address))
    return None


def _has_script(action: object, depth: int) -> bool:
    """JavaScript in it, or in what follows it; the first few only: it is only for the words."""
    if depth > 8 or not isinstance(action, Dictionary | Stream):
        return False
    if "/JS" in action or kind_of(action) == "/JavaScript":
        return True
    return any(_has_script(value, depth + 1) for value in action.as_dict().values())
