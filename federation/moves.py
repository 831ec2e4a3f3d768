"""Those who follow somebody go along to the new account (FEP-7628). Inside the caller's transaction."""
from __future__ import annotations

from datetime import timedelta

from federation import audience, followings, outbox
from models import Actor, Follow, Q
from models.database import in_transaction
from models.notification import Notice, Notification
from models.reach import Reach
from moderation import facts, policy
from moderation.policy import Verb

COOLDOWN = timedelta(days=30)  # as Mastodon has it
STEP = 50  # follows in one transaction: others write meanwhile


def following(old: Actor) -> Q:
    """The follows of members of ours that go along."""
    return Q(target_id=old.id, follower__host="", accepted_at__isnull=False)


async def carry_along(old: Actor, new: Actor) -> None:
    """Those of our members who follow the old account ask to follow the new one, and are told: the first of them now, `go_on`
    takes the others.
    """
    await _step(old, new, 0)


async def go_on() -> int:
    """A job: the next of those who go along to a new account. How many."""
    async with in_transaction():
        old = await Actor.filter(carried_id__isnull=False).order_by("carried_id").select_for_update().first()
        new = await Actor.get_or_none(Actor.present(), uri=old.moved_to_uri) if old and old.moved_to_uri else None
        if old is None or new is None:
            await Actor.filter(id=old.id if old else 0).update(carried_id=None)
            return 0
        return await _step(old, new, old.carried_id or 0)


async def _step(old: Actor, new: Actor, after: int) -> int:
    page = await Follow.filter(following(old), id__gt=after).order_by("id").limit(STEP).select_related("follower", "target")
    for follow in page:
        await _follow_along(follow, new)
    await old.change(carried_id=page[-1].id if len(page) == STEP else None)
    return len(page)


async def tell(actor: Actor, target: Actor) -> None:
    """Tell followers elsewhere that a member of ours has a new account: first its document, then the Move."""
    await outbox.update_actor(actor)
    readers = await audience.followers(actor, Reach.WEB)
    await outbox.send("Move", actor, actor.uri, about=actor.uri, goes_to=readers, to=[actor.followers_uri],
                      extra={"target": target.uri})


async def _follow_along(follow: Follow, new: Actor) -> None:
    """One member: ask the new account, leave the old one. What a rule forbids is left as it is."""
    member = follow.follower
    if member.id == new.id or not policy.decide(Verb.FOLLOW, await facts.between(member, new)):
        return
    await followings.ask(member, new)
    if not follow.target.is_local:
        await outbox.undo_follow(follow)
    await follow.delete()
    await Notification.tell(member, Notice.MOVED, new)
