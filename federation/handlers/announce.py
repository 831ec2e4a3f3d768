"""Announce: someone passes a message on (ActivityPub §7.11). What it names is read at its origin, never from the copy."""
from __future__ import annotations

from dataclasses import replace

from federation import resolve
from federation.contexts import PUBLIC
from federation.errors import Malformed, Refused
from federation.incoming import Incoming
from federation.instance import Instance
from models import Actor, Announce, Follow, Post, Tombstone, clock
from models.errors import NotHere
from models.notification import Notice, Notification
from models.reach import Reach
from moderation import facts, policy
from moderation.policy import Verb


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """The message itself. A group's Announce of an activity (FEP-1b12) is not read yet, and ends here."""
    uri = incoming.activity.object_id
    if uri is None:
        raise Malformed("announces nothing")
    if not await _is_wanted(incoming.sender, uri):
        return incoming
    try:
        return replace(incoming, post=await resolve.post(instance, uri))
    except (Refused, NotHere, Malformed):
        return incoming


async def receive(incoming: Incoming) -> None:
    """Show it to those here who follow whoever passed it on, and tell its author if that is a member of ours."""
    activity, sender, post = incoming.activity, incoming.sender, incoming.post
    if post is None or await Tombstone.covers(activity.id, sender.uri):
        return
    reach = Reach.WEB if PUBLIC in (*activity.to, *activity.cc) else Reach.PARTNERS
    reach = reach.narrowed_to(post.reach)
    if not policy.decide(Verb.ANNOUNCE, await _facts(sender, post, reach)):
        return
    await Announce.get_or_create({"uri": activity.id, "reach": reach, "published_at": activity.published or clock.now()},
                                 actor=sender, post=post)
    await Notification.tell(post.author, Notice.PASSED_ON, sender, post)


async def _facts(sender: Actor, post: Post, reach: Reach) -> policy.Facts:
    """Whether the sender sees a post of a third server is that server's to say: it showed it to us."""
    loaded = await facts.between(sender, post.author, reach=reach, post=post)
    return loaded if post.author.is_local else replace(loaded, sees_post=True)


async def _is_wanted(sender: Actor, uri: str) -> bool:
    return (await Follow.exists(target_id=sender.id, follower__host="", accepted_at__isnull=False)
            or await Post.exists(uri=uri, author__host="", deleted_at__isnull=True))
