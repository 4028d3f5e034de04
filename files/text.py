"""Text, tables (CSV) and Markdown: kept as UTF-8, with nothing in it that can't be seen.

HTML and other markup that a browser would carry out is refused, not kept as text: who sends a web
page wants it to look like one, and a file that one program shows as text another carries out.
"""

from __future__ import annotations

import bisect
import re
import unicodedata

from files import kinds
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.kinds import FileType
from files.results import Cleaned

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# Signs without a shape: control and direction signs, halves of letters, signs nobody defined.
_NEVER = frozenset({"Cc", "Cf", "Cs", "Co"})
_KEPT = frozenset("\t\n\u200c\u200d\u00ad")  # the middle two join letters, in Persian and in emoji
_NEW_LINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_WEB_PAGE = re.compile(
    r"(?is)\A\s*(<!--.*?-->\s*)*<(\?xml|!doctype|html|head|body|script|iframe|svg|meta|title)\b"
)
# What a spreadsheet may reckon: a cell that begins with such a sign and is no plain number. The
# wide signs are those of Asian keyboards.
_NUMBER = r"""[\d\s.()/:%€-]{0,40}(?:,\d{1,9})?"?(?:[;,\t\n]|\Z)"""
_FORMULA = re.compile(rf"""(?m)(^|[;,\t])("?)([=@|＝＠]|[+＋－-](?!{_NUMBER}))""")
_CALLS = re.compile(r"[|!(]")  # a formula that does more than reckon has one of these
_BEGINS_WORDS = frozenset(" .,;(0123456789")
_LINES_LOOKED_AT = 50


def decoded(data: bytes) -> tuple[str, bool]:
    """The text, and whether it was UTF-8 already. Raises Unwelcome when it is no text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode("utf-8-sig" if encoding == "utf-8" else encoding), False
            except UnicodeDecodeError as error:
                raise Unwelcome(Reason.UNREADABLE) from error
    if _holds_bytes_of_no_text(data):
        raise Unwelcome(Reason.UNKNOWN)
    try:
        return data.decode("utf-8"), True
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), False
    except UnicodeDecodeError as error:
        raise Unwelcome(Reason.UNKNOWN) from error


def _holds_bytes_of_no_text(data: bytes) -> bool:
    """Signs that no text has: more than a stray one means that it is something else."""
    strange = data.translate(None, bytes([*range(7, 14), 0x1A, 0x1B, *range(32, 256)]))
    return b"\0" in strange or len(strange) > len(data) // 200


def plain(text: str) -> str:
    """The text without signs that can't be seen, with one kind of line ending."""
    lines = _NEW_LINES.sub("\n", text)
    if lines.isascii() and lines.replace("\n", "").replace("\t", "").isprintable():
        return lines
    return "".join(sign for sign in lines if sign in _KEPT or not _is_hidden(sign))


def plain_line(text: str, *, most: int) -> str:
    """One line of such text, at most so long."""
    return " ".join(plain(text).split())[:most]


def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign) in _NEVER


def is_web_page(text: str) -> bool:
    """Whether a browser would take it for a page or a drawing and carry it out."""
    return bool(_WEB_PAGE.match(text[:4096].lstrip("\ufeff")))


def clean(data: bytes, file_type: FileType) -> Cleaned:
    """The text as UTF-8; a table so that a spreadsheet opens it well and reckons nothing."""
    text, was_utf8 = decoded(data)
    if is_web_page(text):
        raise Unwelcome(Reason.WEB_PAGE)
    changes = set() if was_utf8 else {Change.BECAME_UTF8}
    shown = plain(text)
    if len(shown) != len(_NEW_LINES.sub("\n", text)):
        changes.add(Change.SIGNS_REMOVED)
    if not is_table(shown):
        return Cleaned(shown.encode(), kinds.TXT, changes=changes)
    stopped = _without_formulas(shown)
    if stopped != shown:
        changes.add(Change.FORMULAS_STOPPED)
    return Cleaned(stopped.encode("utf-8-sig"), kinds.CSV, changes=changes)


def _without_formulas(table: str) -> str:
    """An apostrophe before each cell that a spreadsheet would reckon; "- a remark" stays."""
    calls = [found.start() for found in _CALLS.finditer(table)]
    line_end = -1

    def stopped(found: re.Match[str]) -> str:
        nonlocal line_end
        begin, quote, sign = found.groups()
        after = found.end()
        if line_end < after:
            line_end = table.find("\n", after) % (len(table) + 1)  # -1: the last line
        place = bisect.bisect_left(calls, after)
        calls_later = place < len(calls) and (bool(quote) or calls[place] < line_end)
        is_words = sign in "+-＋－" and table[after : after + 1] in _BEGINS_WORDS
        return found[0] if is_words and not calls_later else f"{begin}{quote}'{sign}"

    return _FORMULA.sub(stopped, table)


def is_table(text: str) -> bool:
    """Whether each line has as many cells as the first, more than one."""
    lines = [line for line in text[:100_000].split("\n")[:_LINES_LOOKED_AT] if line.strip()]
    for separator in (";", "\t", ","):
        numbers = {_outside_quotes(line).count(separator) for line in lines}
        if len(lines) > 1 and len(numbers) == 1 and numbers != {0}:
            return separator != "," or not any(", " in _outside_quotes(line) for line in lines)
    return False


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)
