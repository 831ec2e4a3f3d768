"""Keeping one's distance from a whole server: nobody of it is seen or heard any more, and nothing goes there."""
from __future__ import annotations

from federation import stamps
from federation.instance import Instance
from models import Actor, Follow, HostBlock, Introduction, Notification, Q, Stamp, Subquery
from models.database import in_transaction
from models.directory import IntroductionState
from models.errors import CommunityError
from models.notification import Notice
from server.actions import follows, listings, partners

BLOCKS_LIMIT = 500  # of one member


class TooManyBlocks(CommunityError):
    """The member blocks as many servers as they may."""

    status = 422
    safe = "There are as many as fit. Remove one first."


async def block(instance: Instance, member: Actor, typed: str) -> str:
    """Block a server by its name, as somebody typed it; its canonical name. Follows end both ways, as when people are blocked one
    by one; copies of messages that are there already stay there, the member's place in the directory there goes.

    Raises: Malformed if it is no name, OurOwnHost, TooManyBlocks.
    """
    host = partners.foreign(instance, typed)
    async with in_transaction():
        others = HostBlock.filter(owner_id=member.id).exclude(host=host)
        if await others.count() >= BLOCKS_LIMIT:
            raise TooManyBlocks("hosts")
        await HostBlock.get_or_create(owner=member, host=host)
        await _part(member, host)
        await listings.bring_in_line(member)
    return host


async def _part(member: Actor, host: str) -> None:
    """End what ties a member to the people of a server. Inside the transaction."""
    there = Subquery(Actor.filter(Actor.of_servers(host)).values("id"))
    for follow in await Follow.filter(follower_id=member.id, target_id__in=there).select_related("follower", "target"):
        await follows.end(follow)
    for follow in await Follow.filter(target_id=member.id, follower_id__in=there).select_related("follower", "target"):
        await follows.send_away(follow)
    asked = await Stamp.filter(post__author_id=member.id, asker_id__in=there).select_related("asker")
    for asker in {one.asker_id: one.asker for one in asked}.values():
        await stamps.withdraw_all(member, asker=asker)
    await Notification.filter(Q(actor_id__in=there) | Q(kind=Notice.INTRODUCTION, host=host), recipient_id=member.id).delete()
    asking = Introduction.filter(actor_id=member.id, host=host, is_asker=False, state=IntroductionState.ASKED)
    await Introduction.end(asking, IntroductionState.DECLINED)


async def unblock(member: Actor, host: str) -> None:
    """Lift it; who is not blocked is free already. Follows do not come back."""
    async with in_transaction():
        await HostBlock.filter(owner_id=member.id, host=host).delete()
        await listings.bring_in_line(member)
