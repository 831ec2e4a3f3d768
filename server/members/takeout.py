"""Reads what somebody brings along: CSV files of Mastodon and its relatives, or a whole archive. Nothing is unpacked to disk.

Only parts with known names are read, each up to a size, whatever the list of the ZIP says of it: names with paths in them and
bombs come to nothing. What a file says of consents, links or readers is not looked at.
"""
from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

from federation import values
from models.errors import CommunityError
from models.rights import BroughtKind
from moderation import markup

PART_LIMIT_BYTES = 20 * 1024 * 1024
PARTS_LIMIT = 1_000_000  # of a JSON document: ten thousand messages; small parts take a hundred times their size in memory
ENTRIES_LIMIT = 50_000  # of a ZIP: Mastodon's has one for each image
DIRECTORY_LIMIT_BYTES = 8 * 1024 * 1024  # the list of its parts, where each has a name of a hundred letters
ENTRY_MARK = b"PK\x01\x02"
END_SIZE, END_PLACE = 5, 9  # in what zipfile says of the end of a file
ZIP64_END_BYTES = 76
LINES_LIMIT = 5000
MESSAGES_LIMIT = 1000
TEXT_LIMIT_CHARACTERS = 4900
VALUE_LIMIT_CHARACTERS = 500
ADDRESS = re.compile(r"@?([\w.-]{1,100})@([\w.:-]{1,255})")
FILES = {"following_accounts.csv": BroughtKind.FOLLOW, "blocked_accounts.csv": BroughtKind.BLOCK,
         "blocked_domains.csv": BroughtKind.HOST,
         "muted_accounts.csv": BroughtKind.MUTE, "bookmarks.csv": BroughtKind.BOOKMARK, "lists.csv": BroughtKind.LIST}
#: What Python says of files that are not what they claim to be.
UNREADABLE = (ValueError, RecursionError, csv.Error, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError,
              OSError)


class BadTakeout(CommunityError):
    """The file is none of those that can be read, or is larger than it may be."""

    safe = "This file cannot be read. Use a ZIP archive, or one of the CSV files that are named here."


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to bring in: whom or what, and what else there is to know."""

    kind: BroughtKind
    value: str
    details: dict[str, Any] = field(default_factory=dict)


def read(file: IO[bytes], kind: BroughtKind | None, *, messages: bool) -> list[Line]:
    """What the file holds, at most LINES_LIMIT lines; takes CPU, so call it in a thread.

    Args:
        kind: what a CSV file is; an archive says so itself.
        messages: whether the member wants their own messages too.
    Raises: BadTakeout.
    """
    try:
        if zipfile.is_zipfile(file):
            _check_directory(file)
            with zipfile.ZipFile(file) as archive:
                return list(islice(_archive(archive, messages), LINES_LIMIT))
        file.seek(0)
        if kind is None:
            raise BadTakeout("neither an archive nor a known table")
        return list(islice(_table(_limited(file), kind), LINES_LIMIT))
    except UNREADABLE as error:
        raise BadTakeout(type(error).__name__) from error


def _check_directory(file: IO[bytes]) -> None:
    """Raise BadTakeout for a list of parts that is too long to be read: each part costs a hundred times its bytes in memory.

    What says where the list is, is read with the function that ZipFile itself uses, so that no file means two things.
    """
    end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    if end is None or end[END_SIZE] > DIRECTORY_LIMIT_BYTES:
        raise BadTakeout("directory")
    file.seek(max(0, end[END_PLACE] - end[END_SIZE] - ZIP64_END_BYTES))
    if file.read(end[END_SIZE] + ZIP64_END_BYTES).count(ENTRY_MARK) > ENTRIES_LIMIT:
        raise BadTakeout("entries")
    file.seek(0)


def _archive(archive: zipfile.ZipFile, messages: bool) -> Iterator[Line]:
    names = set(archive.namelist())
    for name, kind in FILES.items():
        if name in names:
            yield from _table(_part(archive, name), kind)
    if "bookmarks.json" in names and "bookmarks.csv" not in names:
        items = _document(archive, "bookmarks.json").get("orderedItems")
        yield from (_bookmark(uri) for uri in values.links(items, LINES_LIMIT))
    if "actor.json" in names:
        actor = _document(archive, "actor.json")
        about = plain(values.text(actor.get("summary"), 20_000) or "")
        text = f"{values.text(actor.get('name')) or ''}\n\n{about}".replace("\0", "").strip()
        yield Line(BroughtKind.PROFILE, text[:60], {"text": text[:TEXT_LIMIT_CHARACTERS]})
        if messages and "outbox.json" in names:
            yield from _messages(_document(archive, "outbox.json"), actor.get("id"))


def _messages(outbox: dict[str, Any], author: Any) -> Iterator[Line]:
    """The text of own messages: of a Create of one's own, never what was passed on."""
    count = 0
    for item in values.objects(outbox.get("orderedItems"), LINES_LIMIT):
        note = item.get("object")
        if item.get("type") != "Create" or not isinstance(note, dict) or count >= MESSAGES_LIMIT:
            continue
        if values.link(note.get("attributedTo")) != author:
            continue
        if text := _written(note):
            count += 1
            when = values.instant(note.get("published"))
            yield Line(BroughtKind.MESSAGE, text[:60], {"text": text, "when": when.isoformat() if when else ""})


def _written(note: dict[str, Any]) -> str:
    """As it was typed, if the archive has that, else the text of its HTML."""
    source = note.get("source")
    typed = values.text(source.get("content"), TEXT_LIMIT_CHARACTERS) if isinstance(source, dict) else None
    return (typed or plain(values.text(note.get("content"), 100_000) or ""))[:TEXT_LIMIT_CHARACTERS].replace("\0", "").strip()


def plain(html: str) -> str:
    """The text of HTML, with its paragraphs."""
    broken = re.sub(r"(?i)<br\s*/?>", "\n", html[:100_000])
    parts = re.split(r"(?i)</(?:p|div|li|h[1-6]|blockquote)>", broken)
    return "\n\n".join(text for part in parts if (text := markup.plain(part).strip()))


def _table(text: str, kind: BroughtKind) -> Iterator[Line]:
    for cells in csv.reader(io.StringIO(text, newline="")):
        cells = [cell.strip()[:VALUE_LIMIT_CHARACTERS].replace("\0", "") for cell in cells]
        if cells and cells[0] and cells[0] not in ("Account address", "List name"):
            yield _line(cells, kind)


def _line(cells: list[str], kind: BroughtKind) -> Line:
    if kind is BroughtKind.BOOKMARK:
        return _bookmark(cells[0])
    if kind is BroughtKind.HOST:
        return Line(kind, cells[0])
    if kind is BroughtKind.FOLLOW:
        return Line(kind, _address(cells[0]), _wishes(cells))
    if kind is BroughtKind.LIST:
        return Line(kind, _address(cells[1] if len(cells) > 1 else ""), {"title": cells[0][:200]})
    hides = kind is not BroughtKind.MUTE or len(cells) < 2 or cells[1].lower() != "false"
    return Line(kind, _address(cells[0]), {} if hides else {"hides_notices": False})


def _wishes(cells: list[str]) -> dict[str, Any]:
    """What a line of follows says besides the address: "Show boosts", "Notify on new posts", "Languages"."""
    shows, tells, languages = (cells[place].lower() if len(cells) > place else "" for place in (1, 2, 3))
    return {name: value for name, value, usual in (
        ("reblogs", shows != "false", True), ("notify", tells == "true", False),
        ("languages", re.findall(r"[a-z]{2,3}(?:-[a-z]+)?", languages)[:20], [])) if value != usual}


def _bookmark(uri: str) -> Line:
    return Line(BroughtKind.BOOKMARK, uri[:VALUE_LIMIT_CHARACTERS].replace("\0", ""))


def _address(text: str) -> str:
    """"@name@host", or what stood there."""
    match = ADDRESS.fullmatch(text)
    return f"@{match[1]}@{match[2]}" if match else text


def _part(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as part:
        return _limited(part)


def _limited(file: IO[bytes]) -> str:
    """The whole of it, counted as it is unpacked: sizes that a ZIP claims are not believed."""
    data = file.read(PART_LIMIT_BYTES + 1)
    if len(data) > PART_LIMIT_BYTES:
        raise BadTakeout("part too large")
    return data.decode("utf-8-sig")


def _document(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    text = _part(archive, name)
    if sum(map(text.count, "[{,")) > PARTS_LIMIT:
        raise BadTakeout("parts")
    document = json.loads(text)
    if not isinstance(document, dict):
        raise BadTakeout("not an object")
    return document
