"""Who a message is addressed to by name, and so sent to: decided from its reach, never from its text alone."""
from __future__ import annotations

from collections.abc import Sequence

from models import Actor, Post, Recipient
from models.reach import Reach
from moderation import facts, hosts, policy
from moderation.policy import Decision, Verb
from server.errors import Refused


async def of(author: Actor, reach: Reach, parent: Post | None, circle: Sequence[Actor], named: Sequence[Actor]) -> list[Actor]:
    """The people to address.

    A circle is what its field says, and nobody else. Where that says nothing, an answer is for those in the circle that it
    answers, or for the one who wrote the message; who is not in that circle does not come into it by being named.
    Wider messages address those they name and the one they answer, as far as rules and reach allow.
    Raises: Refused, when someone of a circle that the author chose may not be written to.
    """
    if reach is Reach.ME:
        return []
    if reach is Reach.CIRCLE:
        return await _circle(author, parent, circle)
    answered = [parent.author] if parent and not parent.author.is_local else []
    return [actor for actor in _others(author, [*answered, *named]) if await _may_name(author, actor, reach, parent)]


async def circle_of(post: Post) -> list[Actor]:
    """Everyone in a conversation between named people: its writer and those it was written to."""
    rows = await Recipient.filter(post=post).select_related("actor").order_by("id")
    return [post.author, *(row.actor for row in rows)]


async def _circle(author: Actor, parent: Post | None, chosen: Sequence[Actor]) -> list[Actor]:
    if parent and parent.reach is Reach.CIRCLE:
        return await _within(author, parent, {actor.id for actor in chosen})
    wanted = _others(author, chosen or ([parent.author] if parent else []))
    for actor in wanted:
        if not (decision := await _may_address(author, actor, Reach.CIRCLE)):
            raise Refused(decision.reason or "")
    return wanted


async def _within(author: Actor, parent: Post, named: set[int]) -> list[Actor]:
    """Those of the circle of what is answered who may be written to: all, or the named ones."""
    wanted = [actor for actor in _others(author, await circle_of(parent)) if not named or actor.id in named]
    return [actor for actor in wanted if await _may_address(author, actor, Reach.CIRCLE)]


def _others(author: Actor, actors: Sequence[Actor]) -> list[Actor]:
    """Each once, without the author."""
    return list({actor.id: actor for actor in actors if actor.id != author.id}.values())


async def _may_name(author: Actor, actor: Actor, reach: Reach, parent: Post | None) -> bool:
    """Whether somebody is addressed. An organisation is told that it may not, as it could not guess; whom it answers, it has been
    let write to already. Raises Refused.
    """
    decision = await _may_address(author, actor, reach)
    if decision.reason != "organisation":
        return bool(decision)
    if parent is None or parent.author_id != actor.id:
        raise Refused("organisation")
    return True


async def _may_address(author: Actor, actor: Actor, reach: Reach) -> Decision:
    known = await facts.between(author, actor, reach=reach)
    if not actor.is_local and not hosts.may_receive(known.target_standing, reach):
        return Decision("host")
    return policy.decide(Verb.NAME, known)
