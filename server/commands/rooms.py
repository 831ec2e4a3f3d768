"""What commands need around them: the database, and the network's side of this server."""
from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from federation.instance import Instance, open_instance
from models import Actor, Member, set_back
from models.database import open_database
from models.migration import migrate
from server.commands.output import Failed
from server.serving import check_origin
from server.settings import Settings


@asynccontextmanager
async def community(settings: Settings) -> AsyncIterator[Instance]:
    """The database, brought to this version, and the instance. A running server notices what changes within seconds.

    Raises: serving.CannotServe when the database belongs to another origin; MigrationFailed; OSError.
    """
    await migrate(settings.database_url)
    async with open_database(settings.database_url, settings.vault()):
        await set_back.read_ids()
        await check_origin(settings)
        async with open_instance(settings.network) as instance:
            yield instance


async def member_named(name: str) -> Member:
    """The member with this name, present or suspended, with the actor; Failed if there is none."""
    actor = await Actor.get_or_none(name=name.removeprefix("@").lower(), host="")
    member = await Member.get_or_none(actor=actor).select_related("actor") if actor else None
    if member is None:
        raise Failed(f"There is no member named {name}.")
    return member
