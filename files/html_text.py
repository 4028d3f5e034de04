"""HTML of a message as plain text: what one would read, and where links lead."""

from __future__ import annotations

from html.parser import HTMLParser

_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg"})
_LINES = frozenset({"p", "div", "br", "tr", "ul", "ol", "blockquote", "hr", "table"})
_APART = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "table"})
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "base", "wbr", "col", "area"})


class _Reader(HTMLParser):
    """Gathers the words; what is hidden in the message is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.hidden: list[str] = []  # the elements open within a hidden one, that one first
        self.link = ""
        self.linked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begins an element."""
        values = {name: value or "" for name, value in attrs}
        style = "".join(values.get("style", "").lower().split())
        if self.hidden or tag in _UNSEEN or "display:none" in style or "hidden" in values:
            if tag not in _VOID:
                self.hidden.append(tag)
            return
        if tag in _LINES:
            self.words.append("\n")
        elif tag == "li":
            self.words.append("\n- ")
        elif tag in ("td", "th"):
            self.words.append("\t")
        elif tag == "img" and values.get("alt"):
            self.words.append(f"[{values['alt']}]")
        elif tag == "a":
            self.link, self.linked = values.get("href", "").strip(), []

    def handle_endtag(self, tag: str) -> None:
        """Ends an element; one that was never closed ends with the one around it."""
        if self.hidden:
            if tag in self.hidden:
                while self.hidden.pop() != tag:
                    pass
            return
        if tag in _APART:
            self.words.append("\n\n")
        elif tag in ("div", "tr", "li"):
            self.words.append("\n")
        elif tag == "a":
            self._say_where_it_leads()

    def _say_where_it_leads(self) -> None:
        shown = "".join(self.linked).strip()
        if self.link.startswith(("http://", "https://")) and self.link != shown:
            self.words.append(f" <{self.link}>")
        self.link = ""

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self.hidden:
            self.words.append(" ".join(data.split()) if data.strip() else " ")
            if data[:1].isspace() and data.strip():
                self.words[-1] = " " + self.words[-1]
            if data[-1:].isspace() and data.strip():
                self.words[-1] += " "
            self.linked.append(data)


def as_text(html: str) -> str:
    """The words of a page, in lines; at most one empty line between two."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [" ".join(line.split(" ")).strip() for line in "".join(reader.words).split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()
