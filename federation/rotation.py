"""New keys for actors of ours. What waits is signed when it is sent, with the newest key, so that no delivery is lost.

    rotate    new keys sign from now on; the old ones are still shown, so that what they signed can be verified
    retire    the old ones are shown no longer, and their private halves are erased
"""
from __future__ import annotations

import asyncio
from datetime import timedelta

from federation import identity, outbox
from models import Actor, ActorKey, Community, clock
from models.actor import ActorKind
from models.database import in_transaction
from models.ids import new_key

OVERLAP = timedelta(days=7)  # as long as the proofs of forwarded activities count


async def rotate(actor: Actor, *, retire_now: bool = False) -> None:
    """Make both keys anew and tell everybody who knows the actor. `retire_now`: the old ones are lost or stolen."""
    pair = await asyncio.to_thread(identity.make_keys)
    name = new_key()
    async with in_transaction():
        await identity.add_keys(actor, pair, f"key-{name}", f"ed25519-{name}")
        if retire_now:
            await _retire(await _replaced(actor.id))
        await _tell(actor)


async def retire(actor: Actor) -> int:
    """End the keys of an actor that newer ones have replaced; how many. Those who know the actor are told."""
    async with in_transaction():
        if replaced := await _replaced(actor.id):
            await _retire(replaced)
            await _tell(actor)
    return len(replaced)


async def retire_due() -> int:
    """End what was replaced longer ago than the overlap; of how many actors."""
    ids = await ActorKey.replaced_before(clock.now() - OVERLAP)
    for actor in await Actor.filter(id__in=ids):
        await retire(actor)
    return len(ids)


async def _replaced(actor_id: int) -> list[ActorKey]:
    """The keys that are shown beside the newest of their kind."""
    shown = await ActorKey.shown(actor_id)
    newest = {key.kind: key.id for key in shown}  # in order of making
    return [key for key in shown if key.id != newest[key.kind]]


async def _retire(keys: list[ActorKey]) -> None:
    await ActorKey.filter(id__in=[key.id for key in keys]).update(retired_at=clock.now(), private_pem="")


async def _tell(actor: Actor) -> None:
    """Update{actor}: others read the keys in it (fediverse.md §1.3, Keys)."""
    if actor.kind is ActorKind.APPLICATION:
        await outbox.update_instance(actor, (await Community.current()).name)
    else:
        await outbox.update_actor(actor)
