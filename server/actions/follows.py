"""Following people, and answering those who ask to follow."""
from __future__ import annotations

from federation import outbox
from models import Actor, Follow, Notification
from models.database import in_transaction
from models.errors import NotHere
from models.ids import new_key
from models.notification import Notice
from moderation import facts, policy
from moderation.policy import Verb
from server.errors import Refused


async def follow(actor: Actor, target: Actor) -> Follow:
    """Ask to follow; the answer comes at once from someone here who lets everybody, else later. Asking twice is asking once.

    Raises: Refused; NotHere for following oneself.
    """
    if actor.id == target.id:
        raise NotHere("oneself")
    if not (decision := policy.decide(Verb.FOLLOW, await facts.between(actor, target))):
        raise Refused(decision.reason or "")
    async with in_transaction():
        if (known := await Follow.between(actor, target)) and known.accepted_at:
            return known
        request = await Follow.request(known.uri if known else f"{actor.uri}/follows/{new_key()}", actor, target)
        if not target.is_local:
            if known is None:  # else the request is on its way already
                await outbox.follow(request)
        elif target.approves_followers:
            await Notification.tell(target, Notice.FOLLOW_REQUEST, actor)
        else:
            await request.accept()
            await Notification.tell(target, Notice.FOLLOW, actor)
    return request


async def unfollow(actor: Actor, target: Actor) -> None:
    """Stop following, or take a request back."""
    async with in_transaction():
        if known := await Follow.between(actor, target):
            await end(known)


async def end(known: Follow) -> None:
    """The follower's own end of a follow. Inside the caller's transaction."""
    await outbox.undo_follow(known)
    await known.delete()
    for kind in (Notice.FOLLOW, Notice.FOLLOW_REQUEST):
        await Notification.withdraw(kind, known.follower, recipient=known.target)


async def accept(actor: Actor, follower: Actor) -> None:
    """Say yes to someone who asks to follow. Raises: Refused; NotHere if nobody asked."""
    if not (decision := policy.decide(Verb.FOLLOW, await facts.between(follower, actor))):
        raise Refused(decision.reason or "")
    async with in_transaction():
        known = await _asked(actor, follower)
        await known.accept()
        await Notification.withdraw(Notice.FOLLOW_REQUEST, follower, recipient=actor)
        await Notification.tell(follower, Notice.FOLLOW_ACCEPTED, actor)
        await outbox.accept(known)


async def refuse(actor: Actor, follower: Actor) -> None:
    """Say no to a request, or send a follower away; they are not told here. Raises: NotHere if there is neither."""
    async with in_transaction():
        await send_away(await _asked(actor, follower))


async def send_away(known: Follow) -> None:
    """The target's own end of a follow. Inside the caller's transaction."""
    await outbox.reject(known)
    await known.delete()
    for kind in (Notice.FOLLOW, Notice.FOLLOW_REQUEST):
        await Notification.withdraw(kind, known.follower, recipient=known.target)


async def _asked(actor: Actor, follower: Actor) -> Follow:
    if known := await Follow.between(follower, actor):
        return known
    raise NotHere("no such request")

