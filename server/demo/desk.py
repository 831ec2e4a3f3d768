"""One of the two communities, as the demo works on it: its database, its side of the network, who and what is there."""
from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from federation.instance import Instance
from models import Actor, Delivery, InboxItem
from models.delivery import DeliveryState, ItemState
from server.commands.output import Failed
from server.commands.rooms import community
from server.pictures.media import MediaStore
from server.settings import Settings

T = TypeVar("T")
PATIENCE_SECONDS = 30.0
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything done through `run` sees this community's database, whichever was opened last."""

    settings: Settings
    instance: Instance
    store: MediaStore
    context: contextvars.Context
    posts: dict[str, str] = field(default_factory=dict)  # id in the story -> uri

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something inside this community."""
        return await asyncio.create_task(work, context=self.context)

    async def waiting(self) -> int:
        """How much is still to be sent or to be carried out."""
        going, come = Delivery.filter(state=DeliveryState.WAITING), InboxItem.filter(state=ItemState.NEW)
        return await going.count() + await come.count()


@asynccontextmanager
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    """Sit down at a community, whether or not its server runs."""
    async with community(settings) as instance:
        yield Desk(settings, instance, MediaStore(settings.var_dir / "media"), contextvars.copy_context())


async def settle(*desks: Desk) -> None:
    """Wait until the servers have sent and carried out everything; Failed when that takes too long."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            quiet = 0
            while quiet < 2:
                quiet = quiet + 1 if not sum([await one.run(one.waiting()) for one in desks]) else 0
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError as error:
        raise Failed("The two communities did not finish exchanging; see server.log in their folders.") from error


async def local(name: str) -> Actor:
    """A member of this community."""
    return await Actor.named(name)
