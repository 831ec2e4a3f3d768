"""Lists of servers as files: the columns of Mastodon, those of its older versions, and bare lists of names."""
from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from federation.addresses import check_url, host_of
from federation.errors import Malformed, Refused
from federation.instance import Instance
from federation.negotiation import Wish

#: As Mastodon writes them; it reads them with and without "#" (app/models/admin/import.rb).
COLUMNS = ("#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate")
SEVERITIES = ("noop", "silence", "suspend")
LIST_LIMIT_BYTES = 2_000_000
LINES_LIMIT = 20_000
BAD_LIMIT = 100  # lines that are named as unreadable
COMMENT_LIMIT = 500
QUOTED_LINES = 10  # of one comment
NAME_LIMIT = 255
ACCEPT = "text/csv, text/plain;q=0.9"
NOT_CHANGED = 304


@dataclass(frozen=True, slots=True)
class Line:
    """What a list says about one domain. `severity`: one of SEVERITIES; a bare name is to be suspended, as in Mastodon."""

    name: str
    severity: str = "suspend"
    rejects_media: bool = False
    rejects_reports: bool = False
    public_comment: str = ""
    obfuscates: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """What could be read, each domain once, and what could not: number of the line and its beginning. `bad_count`: of all."""

    lines: tuple[Line, ...]
    bad: tuple[tuple[int, str], ...] = ()
    bad_count: int = 0


class TooLong(Malformed):
    """More lines than a list may have."""

    safe = "This list is too long: 20,000 lines and 2 MB at most."


def parse(text: str) -> Parsed:
    """Read a list. The last line about a domain counts. The longest take seconds: for a thread. Raises TooLong."""
    if len(text) > LIST_LIMIT_BYTES:
        raise TooLong("bytes")
    found: dict[str, Line] = {}
    bad: list[tuple[int, str]] = []
    for number, row, columns in _rows(text):
        try:
            line = _line(dict(zip(columns, row, strict=False)))
        except (Malformed, ValueError):
            bad.append((number, ",".join(row)[:100]))
            continue
        found[line.name] = line
    return Parsed(tuple(found.values()), tuple(bad[:BAD_LIMIT]), len(bad))


def _rows(text: str) -> Iterator[tuple[int, list[str], Sequence[str]]]:
    """The lines that say something, with their numbers and the names of their columns."""
    columns: Sequence[str] = ("domain",)
    is_first = True
    lines = text.removeprefix("\ufeff").replace("\0", "").splitlines()
    if len(lines) > LINES_LIMIT:  # empty ones too: two million of them are work
        raise TooLong("lines")
    for number, chunk in _chunks(lines):
        try:
            cells = [cell.strip() for cell in next(csv.reader([chunk]), [])]
        except csv.Error:
            cells = [chunk[:100]]
        if not any(cells):
            continue
        names = [cell.lower().removeprefix("#").strip() for cell in cells]
        if is_first and "domain" in names:
            columns, is_first = names, False
            continue
        is_first = False
        if not cells[0].startswith("#"):  # a remark
            yield number, cells, columns


def _chunks(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; several where a quoted text goes over them. A quote that is never closed swallows nothing."""
    at = 0
    while at < len(lines):
        end = at + 1
        while end < min(len(lines), at + QUOTED_LINES) and sum(line.count('"') for line in lines[at:end]) % 2:
            end += 1
        if sum(line.count('"') for line in lines[at:end]) % 2:
            end = at + 1
        yield at + 1, " ".join(lines[at:end])
        at = end


def _line(cells: dict[str, str]) -> Line:
    severity = cells.get("severity", "").lower() or "suspend"
    if severity not in SEVERITIES:
        raise ValueError("severity")
    return Line(domain_named(cells.get("domain", "")), severity, _is_true(cells.get("reject_media", "")),
                _is_true(cells.get("reject_reports", "")), cells.get("public_comment", "")[:COMMENT_LIMIT],
                _is_true(cells.get("obfuscate", "")))


def domain_named(typed: str) -> str:
    """The canonical name of a domain: "*.Example.ORG" and "example.org." too. Malformed for what is none, as one with stars."""
    name = typed.strip().removeprefix("*.").rstrip(".").lower()
    if not name or len(name) > NAME_LIMIT or any(mark in name for mark in "*/@ ?"):
        raise Malformed("not a domain")
    host = host_of(f"https://{name}")
    if "." not in host.strip("[]").partition(":")[0] and ":" not in host:
        raise Malformed("one word is no domain")
    return host


def _is_true(text: str) -> bool:
    return text.lower() in ("true", "1", "yes", "t")


def written(lines: Iterable[Line]) -> str:
    """The file that Mastodon would write."""
    return _csv([COLUMNS, *((line.name, line.severity, *map(_said, (line.rejects_media, line.rejects_reports)),
                             line.public_comment, _said(line.obfuscates)) for line in lines)])


def written_allows(names: Iterable[str]) -> str:
    """The file that Mastodon would write of the servers that it allows."""
    return _csv([COLUMNS[:1], *((name,) for name in names)])


def _said(is_so: bool) -> str:
    return "true" if is_so else "false"


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def check_address(instance: Instance, url: str) -> None:
    """Raise Malformed or Refused for an address that no list is read from: https only, and nothing inside our own house."""
    check_url(url, instance.client.dev)


async def fetch(instance: Instance, url: str, etag: str) -> tuple[str, str] | None:
    """A list on the web, and its ETag; None if it is still the same. It is asked for without saying who asks.

    Raises Unreachable, Gone, Refused, Malformed.
    """
    async def conditions(_method: str, _url: str, _wish: Wish | None) -> dict[str, str]:
        return {"If-None-Match": etag} if etag else {}
    try:
        answer = await instance.client.get(url, accept=ACCEPT, headers_for=conditions, limit_bytes=LIST_LIMIT_BYTES, fresh=True)
    except Refused as error:
        if error.http_status == NOT_CHANGED and etag:
            return None
        raise
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not (kind.startswith("text/") or kind in ("application/csv", "application/octet-stream", "")) or kind == "text/html":
        raise Malformed("not a list", host=host_of(url))
    return answer.body.decode("utf-8", "replace"), answer.headers.get("ETag", "")[:200]
