"""HTML that a client wrote as the Markdown that we keep: what members write is kept as they can edit it."""
from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser

from moderation import markup

_MEANING = re.compile(r"([\\`*_\[\]<>~])")  # what Markdown would read as more than itself
_LINE_START = re.compile(r"(?m)^([^\S\n]*\d*)([-+#>.)])(?=\s)")  # each line by itself: many empty ones took seconds
MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "code": "`"}


def markdown_of(html: str, people: Mapping[str, str]) -> str:
    """The Markdown of some HTML. `people`: uri or page -> member address ("@bea@b.example"), for links that are mentions."""
    if "<" not in html and "&" not in html:
        return html.strip()
    reader = _Reader(people)
    reader.feed(markup.clean(html))
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.parts)).strip()


class _Reader(HTMLParser):
    """Writes Markdown while it reads clean HTML. `_links`: for each open link what closes it, or None for a mention."""

    def __init__(self, people: Mapping[str, str]) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._people, self._links = people, list[str | None]()
        self._quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """The beginning of an element."""
        if tag in MARKS:
            self.parts.append(MARKS[tag])
        elif tag == "a":
            self._open_link(dict(attrs))
        elif tag == "br":
            self.parts.append("\n" + "> " * self._quotes)
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag == "blockquote":
            self._quotes += 1
        elif tag in ("p", "pre"):
            self.parts.append("\n\n" + "> " * self._quotes)

    def handle_endtag(self, tag: str) -> None:
        """The end of an element."""
        if tag in MARKS:
            self.parts.append(MARKS[tag])
        elif tag == "a" and self._links:
            self.parts.append(self._links.pop() or "")
        elif tag == "blockquote":
            self._quotes -= self._quotes > 0
        elif tag in ("p", "pre", "ul", "ol"):
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        """Words. Those of a mention are its address, which stands there already; those of a topic keep their sign."""
        if None in self._links:
            return
        escaped = _LINE_START.sub(r"\1\\\2", _MEANING.sub(r"\\\1", data))
        self.parts.append(escaped.replace("\n", " "))

    def _open_link(self, attributes: Mapping[str, str | None]) -> None:
        href = attributes.get("href") or ""
        if href in self._people:
            self.parts.append(self._people[href])
            self._links.append(None)
        elif href and "hashtag" not in (attributes.get("class") or "").split():
            self.parts.append("[")
            self._links.append(f"]({href})")
        else:
            self._links.append("")
