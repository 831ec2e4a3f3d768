"""`dazzle network …`: the network of an umbrella association."""
from __future__ import annotations

from typing import Annotated

import typer

from models import Community, Roster
from server.actions import network
from server.commands.output import Output
from server.commands.rooms import community
from server.settings import Settings


async def show(settings: Settings, out: Output) -> None:
    """Tell which network this community is in, and which it keeps. JSON: {"network", "opens", "version", "members"}."""
    async with community(settings):
        row, own = await Community.current(), await Roster.newest()
    data = {"network": row.network, "opens": row.network_opens, "version": own.version if own else 0,
            "members": own.members if own else []}
    out.show(data, f"In the network {row.network}." if row.network else "In no network.",
             *([f"Our own list, version {own.version}:", *own.members] if own else []))


async def enter(settings: Settings, out: Output,
                name: Annotated[str, typer.Argument(help="Host of the association: alliance.example", show_default=False)],
                opens: Annotated[bool, typer.Option("--open", help="Its others become partners by themselves.")] = False) -> None:
    """Name a network in the charter. It has to list this community too. JSON: {"network", "opens"}."""
    async with community(settings) as instance:
        await network.enter(instance, name, opens, None)
        row = await Community.current()
    out.show({"network": row.network, "opens": row.network_opens}, f"The charter names {row.network} now.")


async def leave(settings: Settings, out: Output) -> None:
    """Name no network any more; partners stay. JSON: {"network", "opens"}."""
    async with community(settings) as instance:
        await network.leave(instance, None)
    out.show({"network": "", "opens": False}, "The charter names no network now.")


async def publish(settings: Settings, out: Output,
                  names: Annotated[list[str], typer.Argument(help="Hosts of all that are listed.", show_default=False)]) -> None:
    """List exactly these communities as your own network, signed. JSON: {"version", "members"}."""
    async with community(settings) as instance:
        row = await network.publish(instance, names, None)
    out.show({"version": row.version, "members": row.members}, f"Version {row.version} lists {len(row.members)} communities.")
