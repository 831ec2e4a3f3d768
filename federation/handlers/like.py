"""Like: "thinking of you" from elsewhere. Its object is ours, or none of our business (ActivityPub §7.10).

EmojiReact (FEP-c0e0) and a Like with an emoji in it say the same here: which one it was changes nothing for the reader.
"""
from __future__ import annotations

from federation.errors import Malformed
from federation.incoming import Incoming
from models import Like, Post, Tombstone
from models.notification import Notice, Notification
from moderation import facts, policy
from moderation.policy import Verb


async def receive(incoming: Incoming) -> None:
    """Tell the author, and nobody else. Twice is once."""
    activity, sender = incoming.activity, incoming.sender
    if activity.object_id is None:
        raise Malformed("likes nothing")
    post = await Post.kept(activity.object_id)
    if post is None or not post.author.is_local or await Tombstone.covers(activity.id, sender.uri):
        return
    if policy.decide(Verb.LIKE, await facts.between(sender, post.author, post=post)):
        await Like.get_or_create({"uri": activity.id}, actor=sender, post=post)
        await Notification.tell(post.author, Notice.THANKS, sender, post)
