"""What a PDF can be told to do, and the little of it that stays.

A click may lead to a place in the same document, or to an address on the web or for mail:
reports lead to their sources that way, the reader sees where it goes and decides. Everything
else goes: programs, other files (also on a network share, where opening one sends a password's
hash), forms that send themselves, whatever happens on opening or printing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Object, String

from files import text
from files.changes import Change

_WEB = re.compile(r"(?i)(https?://|mailto:)[^\x00-\x20\x7f]+")
# Only for the words: whatever lies deeper goes all the same.
_DEEP, _MANY = 6, 6
# A dictionary whose /S says one of these acts, wherever it stands.
ACTING = frozenset({
    "/Launch", "/JavaScript", "/SubmitForm", "/ResetForm", "/ImportData", "/GoToR", "/GoToE",
    "/Rendition", "/RichMediaExecute", "/Movie", "/Sound", "/Hide", "/Named", "/SetOCGState",
    "/Trans", "/GoTo3DView", "/GoToDp", "/Thread",
})  # fmt: skip


def told_by(action: object) -> set[Change]:
    """In which words the loss of this action, or of these actions, is told."""
    known = [kind_of(one) for one in _each(action, _DEEP)]
    if "/JavaScript" in known:
        return {Change.SCRIPTS_REMOVED}
    if set(known) <= {"", "/GoTo"}:
        return set()  # opens at a page: nobody misses it
    return {Change.ACTIONS_REMOVED}


def kind_of(action: object) -> str:
    """What an action does, such as "/URI"; empty for something else."""
    if isinstance(action, Dictionary):
        kind = action.get("/S")
        if "/JS" in action:  # a film, too, can come with a script
            return "/JavaScript"
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
        if _WEB.fullmatch(address) and text.plain(address) == address:  # as it reads, it leads
            return Dictionary(S=Name.URI, URI=String(address))
    return None


def _each(action: object, depth: int) -> Iterator[object]:
    """An action and those that follow it; the actions of a list, or of a dictionary of events."""
    if depth == 0:
        return
    if isinstance(action, Array):
        for one in list(action)[:_MANY]:
            yield from _each(one, depth - 1)
    elif isinstance(action, Dictionary) and "/S" in action:
        yield action
        yield from _each(action.get("/Next"), depth - 1)
    elif isinstance(action, Dictionary):
        for event in list(action.keys())[:_MANY]:
            held = action[event]
            if isinstance(held, Dictionary) and "/S" in held:
                yield from _each(held, depth - 1)
