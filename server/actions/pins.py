"""Keeping a message of one's own on top of one's page."""
from __future__ import annotations

from federation import pins
from models import Actor, Pin, Post, clock
from models.database import in_transaction
from models.errors import CommunityError, NotHere
from models.reach import Reach

PINS_LIMIT = 5


class TooMany(CommunityError):
    """As many as fit are there."""

    status = 422
    safe = "At most 5 messages stand on top of your page. Take one away first."


class NotPinnable(CommunityError):
    """Only what more people than a circle may read stands on a page."""

    status = 422
    safe = "Only messages for your community, for partner communities or for the whole web can stand on top of your page."


async def pin(actor: Actor, post: Post) -> None:
    """Put it on top; doing it twice is doing it once. Raises NotHere (not theirs), NotPinnable, TooMany."""
    if post.author_id != actor.id:
        raise NotHere("not theirs")
    is_held = post.held_until is not None and post.held_until > clock.now()
    if post.reach.level < Reach.COMMUNITY.level or is_held:
        raise NotPinnable("reach")
    async with in_transaction():
        await Actor.filter(id=actor.id).select_for_update()
        if await Pin.exists(actor_id=actor.id, post_id=post.id):
            return
        if await Pin.filter(actor_id=actor.id).count() >= PINS_LIMIT:
            raise TooMany("pins")
        await Pin.create(actor=actor, post=post)
        await pins.tell("Add", actor, post)


async def unpin(actor: Actor, post: Post) -> None:
    """Take it from the top; what is not there needs no taking away."""
    async with in_transaction():
        if await Pin.filter(actor_id=actor.id, post_id=post.id).delete():
            await pins.tell("Remove", actor, post)
