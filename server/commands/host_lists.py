"""`dazzle host import` and `host export`: rules for other servers as files, in the columns of Mastodon."""
from __future__ import annotations

import asyncio
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from federation.instance import Instance
from models import HostList, HostListEntry
from models.host_list import EntryState, ListKind
from server.actions import host_lists, list_entries
from server.commands.output import Output, table
from server.commands.rooms import community
from server.settings import Settings

AT_ONCE = 500
SHOWN = 50
File = Annotated[Path, typer.Argument(help="A CSV file, or names of servers, one a line.", exists=True, dir_okay=False)]
Allows = Annotated[bool, typer.Option("--allows", help="Servers to exchange with, instead of servers to restrict.")]


async def import_(settings: Settings, out: Output, file: File, allows: Allows = False,
                  apply: Annotated[bool, typer.Option("--apply", help="Change it. Without, it is only shown.")] = False,
                  partners: Annotated[bool, typer.Option("--partners", help="Also where it ends a partnership.")] = False,
                  title: Annotated[str, typer.Option(help="What your team calls it.")] = "") -> None:
    """Bring in rules for servers from a file: first what it would change, with --apply it does. Doing it twice changes nothing.

    JSON: {"changes": {kind: count}, "applied", "bad": [[line, text]], "list"}; "list" is null where no rule was set.
    """
    text = await asyncio.to_thread(file.read_text, encoding="utf-8", errors="replace")
    kind = ListKind.ALLOWS if allows else ListKind.BLOCKS
    async with community(settings) as instance:
        list_ = await host_lists.bring(instance, title or file.name, text, kind, None)
        changes, lines = await _planned(instance, list_)
        applied = await _applied(instance, list_, partners) if apply else 0
        if not applied:  # no list of which nothing holds: a script may bring in the same file each night
            await host_lists.remove(instance, list_, None, keep_rules=True)
    bad = list_.bad_lines or []
    data = {"changes": dict(changes), "applied": applied, "bad": bad, "list": list_.key if applied else None}
    out.show(data, *table(("server", "rule", "change"), lines),
             *(f"Line {number} cannot be read: {said}" for number, said in bad),
             ", ".join(f"{count} {name}" for name, count in changes.items()) or "nothing to change",
             f"{applied} rules were set." if apply else "Nothing was changed. Say --apply to change it.")


async def _applied(instance: Instance, list_: HostList, partners_too: bool) -> int:
    """How many rules of the list were set."""
    count = await list_entries.accept_all(instance, list_, partners_too=partners_too)
    while await list_entries.apply_due(instance):
        pass
    return count


async def export(settings: Settings, out: Output,
                 file: Annotated[str, typer.Argument(help="Where to; - for the screen.")] = "-",
                 allows: Allows = False) -> None:
    """Write the rules for servers as Mastodon does. JSON: {"csv"}."""
    async with community(settings):
        text = await (host_lists.exported_allows() if allows else host_lists.exported())
    if file != "-":
        await asyncio.to_thread(Path(file).write_text, text, encoding="utf-8")
        out.show({"csv": file}, f"Written to {file}.")
    elif out.is_json:
        out.show({"csv": text})
    else:
        sys.stdout.write(text)


async def _planned(instance: Instance, list_: HostList) -> tuple[Counter[str], list[tuple[str, str, str]]]:
    """How many lines would change what, and the first of them."""
    found, shown, after = Counter[str](), list[tuple[str, str, str]](), ""
    entries = HostListEntry.filter(list_id=list_.id).order_by("name")
    while page := await entries.filter(name__gt=after).limit(AT_ONCE):
        after = page[-1].name
        for one in await list_entries.plan(instance, list_, page):
            found[str(one.change)] += 1
            if one.entry.state is EntryState.DRAFT and len(shown) < SHOWN:
                shown.append((one.entry.name, one.entry.severity, str(one.change)))
    return found, shown
