"""Move: somebody has a new account (FEP-7628). Both accounts must say so, or a thief could walk off with the readers."""
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from federation import followings, outbox, resolve
from federation.errors import Malformed, Refused
from federation.incoming import Incoming
from federation.instance import Instance
from models import Actor, Follow, Q, clock
from models.notification import Notice, Notification
from moderation import facts, policy
from moderation.policy import Verb

COOLDOWN = timedelta(days=30)  # as Mastodon has it
FOLLOWS_LIMIT = 2000


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """Both accounts as they stand at their origins now. Nothing is read where nobody here follows the old one."""
    activity, sender = incoming.activity, incoming.sender
    if activity.object_id != sender.uri or activity.target is None or activity.target == sender.uri:
        raise Malformed("moves somebody else, or nowhere")
    if not await Follow.exists(_following(sender)):
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
    if old.moved_at and old.moved_at > clock.now() - COOLDOWN:
        raise Refused("moved a short while ago", host=old.host)
    await old.change(moved_at=clock.now())
    for follow in await Follow.filter(_following(old)).select_related("follower", "target").limit(FOLLOWS_LIMIT):
        await _follow_along(follow, new)


def _following(old: Actor) -> Q:
    return Q(target_id=old.id, follower__host="", accepted_at__isnull=False)


async def _follow_along(follow: Follow, new: Actor) -> None:
    """One member: ask the new account, leave the old one. What a rule forbids is left as it is."""
    member = follow.follower
    if member.id == new.id or not policy.decide(Verb.FOLLOW, await facts.between(member, new)):
        return
    await followings.ask(member, new)
    await outbox.undo_follow(follow)
    await follow.delete()
    await Notification.tell(member, Notice.MOVED, new)
