"""`dazzle contacts …`: associations, expert centres and professionals that the map and the list of them show."""
from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from models import Contact
from server.actions import contacts
from server.commands.output import Failed, Output, table
from server.commands.rooms import community
from server.settings import Settings

BYTES_LIMIT = 4_000_000


async def import_(settings: Settings, out: Output,
                  file: Annotated[str, typer.Argument(help="A CSV file: kind,name,country,place,url,source,date.")]) -> None:
    """List what a table holds; an entry that is there already is brought up to date. All lines are taken, or none. `kind` is
    association, centre or professional; `country` two letters, `date` the day when it stood in the source. JSON: {"listed"}.
    """
    try:
        text = await asyncio.to_thread(_text, Path(file))
    except (OSError, UnicodeDecodeError) as error:
        raise Failed(f"This file cannot be read: {error}") from error
    async with community(settings):
        try:
            listed = await contacts.import_table(text, None)
        except contacts.BadContact as error:
            raise Failed(f"Nothing was listed. Line {error.line}: look at {error.column!r}.") from error
    out.show({"listed": listed}, f"{listed} listed.")


async def list_(settings: Settings, out: Output) -> None:
    """Show all entries. JSON: a list of {"key", "kind", "name", "country", "source", "date"}."""
    async with community(settings):
        found = await Contact.all().order_by("country", "kind", "name")
    rows = [(one.key, str(one.kind), one.name, one.country, one.source, one.checked_on.isoformat()) for one in found]
    names = ("key", "kind", "name", "country", "source", "date")
    out.show([dict(zip(names, row, strict=True)) for row in rows], *(table(names, rows) if rows else ["Nothing is listed."]))


async def remove(settings: Settings, out: Output,
                 key: Annotated[str, typer.Argument(help="As `contacts list` shows it.")]) -> None:
    """Take an entry away. JSON: {"removed"}."""
    async with community(settings):
        if not await contacts.remove(key, None):
            raise Failed(f"There is no entry {key}.")
    out.show({"removed": key}, "Removed.")


def _text(path: Path) -> str:
    if path.stat().st_size > BYTES_LIMIT:
        raise OSError("too large")
    return path.read_text("utf-8")
