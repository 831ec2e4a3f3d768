"""Requests for a permission: to quote, answer, like, pass on (FEP-044f, GoToSocial), or list somebody (FEP-7aa9).

One engine for all of them: moderation decides, a yes is a stamp, a no is a Reject.
"""
from __future__ import annotations

from dataclasses import replace

from federation import conversations, post_notices, stamps, values
from federation.addresses import same_origin
from federation.errors import Malformed, Refused
from federation.incoming import Incoming
from federation.instance import Instance
from models import Actor, Post, Stamp
from models.errors import NotHere
from models.reach import Reach
from models.stamp import StampKind
from moderation import consent, facts, policy
from moderation.policy import Verb

#: What each request asks for.
ASKS: dict[str, tuple[Verb, StampKind]] = {
    "QuoteRequest": (Verb.QUOTE, StampKind.QUOTE),
    "ReplyRequest": (Verb.ANSWER, StampKind.REPLY),
    "LikeRequest": (Verb.LIKE, StampKind.LIKE),
    "AnnounceRequest": (Verb.ANNOUNCE, StampKind.ANNOUNCE),
}


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """Where a neighbour has asked for the same use of the same message: whose that is says the document at its id. Raises
    Refused, Malformed, Gone, Unreachable.
    """
    uri, sender = incoming.activity.instrument or "", incoming.sender
    if not await _is_anothers(uri, sender):
        return incoming
    document = await conversations.read_document(instance, uri)
    if document.get("id") != uri or values.link(document.get("attributedTo") or document.get("actor")) != sender.uri:
        raise Refused("asks for somebody else", host=sender.host)
    return replace(incoming, is_read_at_origin=True)


async def _is_anothers(uri: str, sender: Actor) -> bool:
    """Whether somebody else has written what this names, or got a permission for it."""
    return (await Stamp.filter(interaction_uri=uri).exclude(asker_id=sender.id).exists()
            or await Post.filter(uri=uri).exclude(author_id=sender.id).exists())


async def receive(incoming: Incoming) -> None:
    """Answer. What the asker may not see gets no answer: to them it is not there. Raises Malformed, Refused, NotHere."""
    activity, sender = incoming.activity, incoming.sender
    if activity.object_id is None or activity.instrument is None or not same_origin(activity.instrument, sender.uri):
        raise Malformed("asks about nothing, or for somebody else")
    if not incoming.is_read_at_origin and await _is_anothers(activity.instrument, sender):
        raise Refused("asks for somebody else", host=sender.host)  # meanwhile
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
    stamp = await _stamp(kind, post, activity.instrument, sender)
    await stamps.grant(stamp, activity)
    if kind is StampKind.QUOTE:
        await _show(stamp)


async def _stamp(kind: StampKind, post: Post, uri: str, asker: Actor) -> Stamp:
    """The permission for what has this id, which is the asker's."""
    stamp, _ = await Stamp.get_or_create(kind=kind, post=post, interaction_uri=uri, defaults={"asker": asker})
    if stamp.asker_id != asker.id:
        await stamp.change(asker_id=asker.id)
    stamp.post, stamp.asker = post, asker
    return stamp


async def _show(stamp: Stamp) -> None:
    """A quote that came before its permission is shown now."""
    quoting = Post.filter(uri=stamp.interaction_uri, quote_uri=stamp.post.uri, author_id=stamp.asker_id)
    await quoting.update(shows_quote=True, quote_stamp_uri=stamps.uri_of(stamp))
    for quote in await quoting:
        await post_notices.of_quote(quote, stamp.asker)


async def receive_feature(incoming: Incoming) -> None:
    """To be put on somebody's list: no. Raises NotHere if it is nobody of ours, or nobody who is known elsewhere."""
    activity, sender = incoming.activity, incoming.sender
    if activity.object_id is None:
        raise Malformed("lists nobody")
    target = await Actor.local(activity.object_id)
    if not target.speaks_for_all and await consent.may_leave(target.id) is None:
        raise NotHere("not known elsewhere")  # no answer: a no would say that they are here
    known = replace(await facts.between(sender, target), reach=Reach.ME)
    if not policy.decide(Verb.FEATURE, known):
        await stamps.refuse(target, sender, activity)


def _reach(verb: Verb, post: Post) -> Reach:
    """As wide as the message itself is passed on or quoted; an answer is as narrow as its writer likes."""
    return post.reach if verb in (Verb.ANNOUNCE, Verb.QUOTE) else Reach.CIRCLE
