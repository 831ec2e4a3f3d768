"""Follow: someone elsewhere asks to read what a member of ours shares (ActivityPub §7.5)."""
from __future__ import annotations

from federation import introductions, listing_subscriptions, outbox
from federation.errors import Malformed
from federation.incoming import Incoming
from models import Actor, Follow, Tombstone
from models.actor import ActorKind
from models.errors import NotHere
from models.notification import Notice, Notification
from moderation import consent, facts, policy
from moderation.policy import Verb


async def receive(incoming: Incoming) -> None:
    """Record the request and answer it: at once, unless the member decides by hand. Asked again, it is answered again.

    Raises NotHere if the object is no actor of ours.
    """
    activity, sender = incoming.activity, incoming.sender
    if activity.object_id is None:
        raise Malformed("follows nobody")
    target = await Actor.local(activity.object_id)
    if target.kind is ActorKind.SERVICE:
        await listing_subscriptions.asked(incoming, target)
        return
    if target.kind is not ActorKind.APPLICATION and await consent.may_leave(target.id) is None:
        raise NotHere("not known elsewhere")  # no answer: for others there is nobody
    if await _was_undone(activity.id, sender):
        return
    follow = await Follow.request(activity.id, sender, target)
    if target.kind is ActorKind.APPLICATION or not policy.decide(Verb.FOLLOW, await facts.between(sender, target)):
        await outbox.reject(follow)
        await follow.delete()
    elif follow.accepted_at or not target.approves_followers or await introductions.have_met(target, sender):
        await follow.accept()
        await outbox.accept(follow)
        await Notification.tell(target, Notice.FOLLOW, sender)
    else:
        await Notification.tell(target, Notice.FOLLOW_REQUEST, sender)


async def _was_undone(uri: str, sender: Actor) -> bool:
    """Whether its Undo overtook this Follow. It counts once: the same id may be used to ask anew (fediverse.md §8.7)."""
    return await Tombstone.filter(uri=uri, actor_uri=sender.uri).delete() > 0
