"""`dazzle keys …`: the keys with which members, and the community itself, sign."""
from __future__ import annotations

from typing import Annotated

import typer

from federation import rotation
from models import Actor
from server.commands.output import Misused, Output
from server.commands.rooms import community, member_named
from server.settings import Settings


async def rotate(settings: Settings, out: Output,
                 name: Annotated[str, typer.Argument(help="A member; without one, the community's own actor.")] = "",
                 all_: Annotated[bool, typer.Option("--all", help="Everybody here, and the community's own actor.")] = False,
                 retire: Annotated[bool, typer.Option("--retire", help="End the old keys at once: they are stolen.")] = False,
                 ) -> None:
    """Make new keys; the old ones are shown for a week more. JSON: {"rotated", "retired"}: how many, and whether at once."""
    if name and all_:
        raise Misused("Give a name or --all, not both.")
    async with community(settings):
        actors = await _actors(name, all_)
        for actor in actors:
            await rotation.rotate(actor, retire_now=retire)
    ending = "Their old keys have ended." if retire else "Their old keys are shown for a week more."
    out.show({"rotated": len(actors), "retired": retire}, f"{len(actors)} have new keys. {ending}")


async def _actors(name: str, all_: bool) -> list[Actor]:
    if all_:
        return await Actor.filter(Actor.present(), host="").order_by("id")
    return [(await member_named(name)).actor if name else await Actor.instance()]
