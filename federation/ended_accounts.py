"""Accounts of other servers that are gone: what they had here goes with them."""
from __future__ import annotations

from federation import votes
from models import Actor, Post, clock, pruning

#: What somebody elsewhere has here, beside messages and votes.
RELATIONS = ("followings", "followers", "likes", "announces", "caused", "addressed", "pins", "stamps", "approvals", "listed")


async def empty(actor: Actor) -> None:
    """Their messages, follows and what they caused go, in steps, outside any transaction: one of a hundred thousand messages kept
    everybody else from writing for seconds. `forget` does the rest.
    """
    await pruning.forget(Post.filter(author_id=actor.id))
    await drop_relations(actor)


async def drop_relations(actor: Actor) -> None:
    """What ties somebody elsewhere to others goes, in steps, outside any transaction."""
    for relation in RELATIONS:
        await pruning.forget(getattr(actor, relation).all())


async def forget(actor: Actor) -> None:
    """Whatever came after `empty` goes; the row stays, so that nobody can come back under its id. Inside a transaction."""
    await votes.forget(actor)
    for relation in ("posts", "keys", *RELATIONS):
        await getattr(actor, relation).all().delete()
    await actor.change(deleted_at=clock.now(), display_name="", summary="", details=[], icon_uri="")
