"""Requests for a permission: to quote, answer, like, pass on (FEP-044f, GoToSocial), or list somebody (FEP-7aa9).

One engine for all of them: moderation decides, a yes is a stamp, a no is a Reject.
"""
from __future__ import annotations

from dataclasses import replace

from federation import post_notices, stamps
from federation.addresses import same_origin
from federation.errors import Malformed
from federation.incoming import Incoming
from models import Actor, Post, Stamp
from models.errors import NotHere
from models.reach import Reach
from models.stamp import StampKind
from moderation import facts, policy
from moderation.policy import Verb

#: What each request asks for.
ASKS: dict[str, tuple[Verb, StampKind]] = {
    "QuoteRequest": (Verb.QUOTE, StampKind.QUOTE),
    "ReplyRequest": (Verb.ANSWER, StampKind.REPLY),
    "LikeRequest": (Verb.LIKE, StampKind.LIKE),
    "AnnounceRequest": (Verb.ANNOUNCE, StampKind.ANNOUNCE),
}


async def receive(incoming: Incoming) -> None:
    """Answer. What the asker may not see gets no answer: to them it is not there. Raises Malformed, NotHere."""
    activity, sender = incoming.activity, incoming.sender
    if activity.object_id is None or activity.instrument is None or not same_origin(activity.instrument, sender.uri):
        raise Malformed("asks about nothing, or for somebody else")
    verb, kind = ASKS[activity.type]
    post = await Post.kept(activity.object_id)
    if post is None or not post.author.is_local:
        raise NotHere("no such post of ours")
    known = await facts.between(sender, post.author, reach=_reach(verb, post), post=post)
    decision = policy.decide(verb, known)
    if decision.reason in ("unseen", "kept_back", "consent"):
        raise NotHere("not for them")
    if not decision:
        await stamps.refuse(post.author, sender, activity)
        return
    stamp, _ = await Stamp.get_or_create(kind=kind, post=post, interaction_uri=activity.instrument, defaults={"asker": sender})
    stamp.post, stamp.asker = post, sender
    await stamps.grant(stamp, activity)
    if kind is StampKind.QUOTE:
        quoting = Post.filter(uri=activity.instrument, quote_uri=post.uri, author_id=sender.id)
        await quoting.update(shows_quote=True, quote_stamp_uri=stamps.uri_of(stamp))
        for quote in await quoting:
            await post_notices.of_quote(quote, sender)


async def receive_feature(incoming: Incoming) -> None:
    """To be put on somebody's list: no. Raises NotHere if it is nobody of ours."""
    activity, sender = incoming.activity, incoming.sender
    if activity.object_id is None:
        raise Malformed("lists nobody")
    target = await Actor.local(activity.object_id)
    known = replace(await facts.between(sender, target), reach=Reach.ME)
    if not policy.decide(Verb.FEATURE, known):
        await stamps.refuse(target, sender, activity)


def _reach(verb: Verb, post: Post) -> Reach:
    """As wide as the message itself is passed on or quoted; an answer is as narrow as its writer likes."""
    return post.reach if verb in (Verb.ANNOUNCE, Verb.QUOTE) else Reach.CIRCLE
