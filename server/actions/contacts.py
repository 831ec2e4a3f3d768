"""Keeping the list of associations, expert centres and professionals: by hand, or out of a table that the host brings."""
from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from models import Actor, AuditEntry, Contact, clock
from models.contacts import ContactKind
from models.database import in_transaction
from models.errors import CommunityError
from models.turns import take_turn
from server.words.profile_words import countries

COLUMNS = ("kind", "name", "country", "place", "url", "source", "date")
LIMITS = {"name": 200, "place": 200, "url": 500, "source": 300}
LIMIT = 2000
Row = dict[str, Any]


class BadContact(CommunityError):
    """An entry that cannot be listed. `column` says why, `line` where it stands in a table, the head being line 1."""

    status = 422

    def __init__(self, column: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {column}" if line else column)
        self.column, self.line = column, line


async def add(given: Mapping[str, str], by: Actor | None) -> Contact:
    """List one entry, or bring it up to date. Raises BadContact."""
    row = read(given)
    async with in_transaction():
        await take_turn("contacts")
        found = await _keep(row)
        await AuditEntry.create(actor_id=by.id if by else None, action="contacts.add", target=f"contact:{found.key}")
    return found


async def import_table(text: str, by: Actor | None) -> int:
    """List all entries of a table as CSV whose first line names COLUMNS; how many. All of them or none. Raises BadContact."""
    rows = table(text)
    async with in_transaction():
        await take_turn("contacts")
        for row in rows:
            await _keep(row)
        await AuditEntry.create(actor_id=by.id if by else None, action="contacts.import", target="contacts:",
                                reason=str(len(rows)))
    return len(rows)


async def remove(key: str, by: Actor | None) -> bool:
    """Take one away; whether it was there."""
    async with in_transaction():
        gone = await Contact.filter(key=key).delete()
        if gone:
            await AuditEntry.create(actor_id=by.id if by else None, action="contacts.remove", target=f"contact:{key}")
    return bool(gone)


def table(text: str) -> list[Row]:
    """The entries of a table. Raises BadContact."""
    try:
        reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff").strip()), strict=True)
        if missing := [name for name in ("kind", "name", "country", "source", "date") if name not in (reader.fieldnames or ())]:
            raise BadContact(missing[0], 1)
        rows: list[Row] = []
        for given in reader:
            if len(rows) == LIMIT:
                raise BadContact("rows", reader.line_num)
            words = {str(name): value for name, value in given.items() if isinstance(value, str)}
            rows.append(_of_line(words, reader.line_num))
    except csv.Error as error:
        raise BadContact("rows") from error
    return rows


def read(given: Mapping[str, str]) -> Row:
    """The columns of one entry out of words. Raises BadContact with the column that makes no sense."""
    words = {name: " ".join(given.get(name, "").split()) for name in COLUMNS}
    for name, limit in LIMITS.items():
        if len(words[name]) > limit:
            raise BadContact(name)
    kind, country = words["kind"].lower(), words["country"].upper()
    if kind not in set(ContactKind):
        raise BadContact("kind")
    if country not in countries("en"):
        raise BadContact("country")
    if not words["name"] or not words["source"]:
        raise BadContact("source" if words["name"] else "name")
    return {"kind": ContactKind(kind), "name": words["name"], "country": country, "place": words["place"],
            "url": _address(words["url"]), "source": words["source"], "checked_on": _day(words["date"])}


def _of_line(given: Mapping[str, str], line: int) -> Row:
    try:
        return read(given)
    except BadContact as error:
        raise BadContact(error.column, line) from error


def _address(text: str) -> str:
    """A page on the web, or none."""
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise BadContact("url") from error
    if text and (parts.scheme not in ("https", "http") or not parts.hostname or parts.username):
        raise BadContact("url")
    return text


def _day(text: str) -> date:
    """A day that is not to come."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadContact("date") from error
    if not date(1990, 1, 1) <= day <= clock.now().date():
        raise BadContact("date")
    return day


async def _keep(row: Row) -> Contact:
    """The entry of this kind and name there, made if it is new. Inside a transaction."""
    same = {name: row[name] for name in ("kind", "name", "country", "place")}
    found = await Contact.get_or_none(**same)
    if found is None:
        if await Contact.all().count() >= LIMIT:
            raise BadContact("rows")
        return await Contact.create(**row)
    found.update_from_dict(row)
    await found.save()
    return found
