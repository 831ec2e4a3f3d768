"""Like: "thinking of you" from elsewhere. Its object is ours, or none of our business (ActivityPub §7.10).

EmojiReact (FEP-c0e0) and a Like with an emoji in it say the same here: which one it was changes nothing for the reader.
"""
from __future__ import annotations

from collections.abc import Sequence

from federation.errors import Malformed
from federation.incoming import Incoming, Verdict
from models import Notification, Post, acts
from models.notification import News, Notice
from moderation import facts, policy
from moderation.facts import Asked
from moderation.policy import Verb


async def receive_all(incoming: Sequence[Incoming]) -> list[Verdict]:
    """Tell the authors, and nobody else. Twice is once."""
    said = await _about_ours(incoming)
    known = await facts.of_all([Asked(one.sender, post.author, post=post) for one, post in said])
    liked = [(one, post) for (one, post), facts_ in zip(said, known, strict=True) if policy.decide(Verb.LIKE, facts_)]
    await acts.add_likes([(one.activity.id, one.sender.id, post.id) for one, post in liked])
    await Notification.tell_all([News(post.author, Notice.THANKS, one.sender, post.id) for one, post in liked])
    return [Malformed("likes nothing") if one.activity.object_id is None else None for one in incoming]


async def _about_ours(incoming: Sequence[Incoming]) -> list[tuple[Incoming, Post]]:
    """Those about a message of ours, with it, that their sender has not taken back before."""
    posts = await acts.kept({one.activity.object_id for one in incoming if one.activity.object_id})
    said = [(one, post) for one in incoming if (post := posts.get(one.activity.object_id or "")) and post.author.is_local]
    over = await acts.buried({(one.activity.id, one.sender.uri) for one, _ in said})
    return [(one, post) for one, post in said if (one.activity.id, one.sender.uri) not in over]
