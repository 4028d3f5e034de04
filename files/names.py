"""A name that is safe on every device, whatever the sender's device said."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from files.kinds import known_extensions

LONGEST = 120
_LONGEST_BYTES = 240  # file systems stop at 255
# Control and direction signs, halves of characters, signs nobody defined, separators of lines.
_NEVER = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FORBIDDEN = re.compile(r'[<>:"|?*]+')
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")


def safe_name(name: str, extension: str) -> str:
    """The last part of the name without path, control or direction signs; the content's extension.

    At most 120 characters. Names that no device accepts become "File".
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(
        " " if sign.isspace() else sign
        for sign in unicodedata.normalize("NFC", last)
        if sign.isspace() or unicodedata.category(sign) not in _NEVER
    )
    stem = _without_extension(_FORBIDDEN.sub("-", kept))
    stem = re.sub(r" +", " ", stem).strip(" .")
    stem = _shortened(stem, LONGEST - len(extension) - 1, _LONGEST_BYTES - len(extension) - 1)
    if not stem or not re.search(r"\w", stem) or _RESERVED.match(stem):
        stem = _("File")
    return f"{stem}.{extension}"


def _without_extension(name: str) -> str:
    """Without any of the extensions we know, however many: photo.jpg.pdf is photo."""
    known = known_extensions()
    while True:
        stem, dot, last = name.rstrip(" .").rpartition(".")
        if not dot or last.strip().lower() not in known:
            return name
        name = stem


def _shortened(stem: str, signs: int, size: int) -> str:
    """At most so many characters and bytes, never half a character."""
    stem = stem[:signs]
    return stem.encode()[:size].decode(errors="ignore").rstrip(" .")
