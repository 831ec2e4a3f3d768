"""Announce: someone passes a message on (ActivityPub §7.11). What it names is read at its origin, never from the copy.

A group announces whole activities too (FEP-1b12). They are hints: what they say is asked at the origin of its object.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from federation import authorizations, origins, resolve, values
from federation.addresses import same_origin
from federation.contexts import PUBLIC
from federation.errors import Malformed, Refused
from federation.incoming import Alone, Incoming, Verdict
from federation.instance import Instance
from federation.wire import ACTIVITY_TYPES
from models import Notification, Post, acts, clock
from models.actor import ActorKind
from models.errors import NotHere
from models.notification import News, Notice
from models.reach import Reach
from models.stamp import StampKind
from moderation import asking, facts, policy
from moderation.facts import Asked
from moderation.policy import Verb


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """The message itself."""
    activity = incoming.activity
    if activity.object_type in ACTIVITY_TYPES:
        return await _prepare_relayed(instance, incoming)
    if activity.object_id is None:
        raise Malformed("announces nothing")
    return await _with_post(instance, incoming, activity.object_id)


async def _with_post(instance: Instance, incoming: Incoming, uri: str) -> Incoming:
    if not same_origin(uri, instance.origin) and not await acts.followed_here([incoming.sender.id]):
        return incoming  # nobody here is to see it
    try:
        return await _with_stamp(instance, replace(incoming, post=await resolve.post(instance, uri)))
    except (Refused, NotHere, Malformed):
        return incoming


async def _with_stamp(instance: Instance, incoming: Incoming) -> Incoming:
    """The yes of the message's author, read where it stands, if one is needed."""
    post, stamp, sender = incoming.post, incoming.activity.stamp, incoming.sender
    if post is None or not stamp or not asking.must_ask(sender, post, asking.ANNOUNCE):
        return incoming
    is_good = await authorizations.is_given(instance, stamp, StampKind.ANNOUNCE, interaction=incoming.activity.id,
                                            target=post.uri, author=post.author)
    return replace(incoming, stamp_uri=stamp if is_good else "")


async def _prepare_relayed(instance: Instance, incoming: Incoming) -> Incoming:
    """What a group says that somebody did: a new message is read, a changed or erased one is asked about where it lives."""
    activity = incoming.activity
    inner = activity.object[0] if isinstance(activity.object, list) else activity.object
    uri = values.link(inner.get("object"))
    if incoming.sender.kind is not ActorKind.GROUP or uri is None:
        return incoming
    if activity.object_type == "Create":
        return await _with_post(instance, incoming, uri)
    post = await Post.kept(uri) if activity.object_type in ("Update", "Delete") else None
    if post is None or post.author.is_local:
        return incoming
    try:
        return await origins.ask(instance, incoming, post)
    except (Refused, Malformed):
        return incoming


async def receive_all(incoming: Sequence[Incoming]) -> list[Verdict]:
    """Show it to those here who follow whoever passed it on, and tell its author if that is a member of ours.

    A group that passes something on tells nobody: it passes everything on.
    """
    said = await _named(incoming)
    verdicts: list[Verdict] = [Alone() if _is_unread(one, post) else None for one, post in said]
    followed = await acts.followed_here([one.sender.id for one in incoming])
    await _pass_on([(one, post) for (one, post), verdict in zip(said, verdicts, strict=True)
                    if post and verdict is None and (post.author.is_local or one.sender.id in followed) and _is_let(one, post)])
    return verdicts


async def _named(incoming: Sequence[Incoming]) -> list[tuple[Incoming, Post | None]]:
    """Each with the message that it passes on, as far as it is here. What a group says of others' is taken."""
    for one in incoming:
        if one.known:
            await origins.take(one.known, one.note)
    named = [one.activity.object_id or "" for one in incoming]
    kept = await acts.kept({*named})
    return [(one, one.post or kept.get(uri)) for one, uri in zip(incoming, named, strict=True)]


def _is_unread(one: Incoming, post: Post | None) -> bool:
    """Whether the message, or the permission that is named, has to be fetched first."""
    return not one.is_alone and (post is None or one.activity.stamp is not None)


async def _pass_on(said: Sequence[tuple[Incoming, Post]]) -> None:
    """What senders say that they pass on, each with the message: unless they took it back before."""
    over = await acts.buried({(one.activity.id, one.sender.uri) for one, _ in said})
    asked = [(one, Asked(one.sender, post.author, _reach(one).narrowed_to(post.reach), post)) for one, post in said
             if (one.activity.id, one.sender.uri) not in over]
    known = await facts.of_all([ask for _, ask in asked])
    passed = [(one, ask.reach, ask.post) for (one, ask), facts_ in zip(asked, known, strict=True)
              if ask.post and policy.decide(Verb.ANNOUNCE, _seen_there(facts_, ask.post))]
    await acts.add_announces([(one.activity.id, one.sender.id, post.id, reach, one.activity.published or clock.now())
                              for one, reach, post in passed])
    await Notification.tell_all([News(post.author, Notice.PASSED_ON, one.sender, post.id) for one, _, post in passed
                                 if one.sender.kind is not ActorKind.GROUP])


def _is_let(incoming: Incoming, post: Post) -> bool:
    """Whether the message's author, elsewhere, lets it be passed on, or need not be asked (GoToSocial)."""
    return bool(incoming.stamp_uri) or not asking.must_ask(incoming.sender, post, asking.ANNOUNCE)


def _reach(incoming: Incoming) -> Reach:
    return Reach.WEB if PUBLIC in (*incoming.activity.to, *incoming.activity.cc) else Reach.PARTNERS


def _seen_there(loaded: policy.Facts, post: Post) -> policy.Facts:
    """Whether the sender sees a post of a third server is that server's to say: it showed it to us."""
    return loaded if post.author.is_local else replace(loaded, sees_post=True)
