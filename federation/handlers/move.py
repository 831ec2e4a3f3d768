"""Move: somebody has a new account (FEP-7628). Both accounts must say so, or a thief could walk off with the readers."""
from __future__ import annotations

from dataclasses import replace

from federation import moves, resolve
from federation.errors import Malformed, Refused
from federation.incoming import Incoming
from federation.instance import Instance
from models import Follow, clock


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """Both accounts as they stand at their origins now. Nothing is read where nobody here follows the old one."""
    activity, sender = incoming.activity, incoming.sender
    if activity.object_id != sender.uri or activity.target is None or activity.target == sender.uri:
        raise Malformed("moves somebody else, or nowhere")
    if not await Follow.exists(moves.following(sender)):
        return incoming
    old = await resolve.actor(instance, sender.uri, fresh=True)
    return replace(incoming, sender=old, other=await resolve.actor(instance, activity.target, fresh=True))


async def receive(incoming: Incoming) -> None:
    """Those of our members who follow the old account ask to follow the new one, and are told."""
    old, new = incoming.sender, incoming.other
    if new is None:
        return
    if old.uri not in new.aliases or old.moved_to_uri != new.uri:
        raise Refused("moves without both accounts saying so", host=old.host)
    if old.moved_at and old.moved_at > clock.now() - moves.COOLDOWN:
        raise Refused("moved a short while ago", host=old.host)
    await old.change(moved_at=clock.now())
    await moves.carry_along(old, new)
