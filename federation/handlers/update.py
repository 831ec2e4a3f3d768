"""Update: a message, a profile or a charter changed (ActivityPub §7.3). Only their owner can say so."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from federation import (
    actors,
    charter_changes,
    charters,
    edits,
    handles,
    listing_news,
    new_notes,
    notes,
    readers,
    resolve,
    waiting_lists,
)
from federation.addresses import same_origin
from federation.errors import Refused
from federation.handlers import delete
from federation.handlers.create import is_wanted, own_note
from federation.incoming import Alone, Incoming, Verdict
from federation.instance import Instance
from federation.wire import ACTOR_TYPES, ActorDocument, Note
from models import Post, acts
from models.actor import ActorKind


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """The new version of a message; a profile named by its id alone is read anew."""
    activity = incoming.activity
    if listing_news.is_between(incoming):
        return await listing_news.prepare(instance, incoming)
    if waiting_lists.is_between(incoming):
        return await waiting_lists.prepare(incoming)
    if charters.is_charter(activity.object):
        return replace(incoming, charter=await charters.proven(instance, activity.object, incoming.sender))
    if activity.object_id == incoming.sender.uri:
        return await _prepare_profile(instance, incoming)
    embedded = isinstance(activity.object, dict)
    if not same_origin(activity.object_id or "", incoming.sender.uri):
        raise Refused("changes what is not theirs", host=incoming.sender.host)
    note = await own_note(instance, incoming) if embedded else await readers.named_note(instance, incoming)
    if note and (await Post.exists(uri=note.id) or await is_wanted(note, incoming.sender)):
        note = await resolve.quoted_by(instance, note)
    return replace(incoming, note=note)


async def _prepare_profile(instance: Instance, incoming: Incoming) -> Incoming:
    thing = incoming.activity.object
    if not isinstance(thing, dict):
        await resolve.actor(instance, incoming.sender.uri, fresh=True)
    elif incoming.activity.object_type in ACTOR_TYPES:
        document = ActorDocument.parse(thing)
        if handles.may_have_changed(document, incoming.sender):
            return replace(incoming, domain=await handles.domain_of(instance, document))
    return incoming


async def receive_all(incoming: Sequence[Incoming]) -> list[Verdict]:
    """Take the newer versions. An Update that comes before its Create is taken for it; a late Create then changes nothing."""
    read = [await _read(one) for one in incoming]
    posts = await acts.kept({note.id for note in read if isinstance(note, Note)})
    newer, verdicts = list[tuple[Post, Note]](), list[Verdict]()
    for one, note in zip(incoming, read, strict=True):
        found = await _post_of(note, one, posts) if isinstance(note, Note) else note
        if isinstance(found, Post) and isinstance(note, Note):
            newer.append((found, note))
        verdicts.append(None if isinstance(found, Post) else found)
    for post, note in newer:
        await notes.narrow(post, note)
    await edits.take(newer)
    return verdicts


async def _read(one: Incoming) -> Note | Verdict:
    """The message in an activity, or what became of one about something else: what a directory says of its lists, a community of
    its charter, a profile, or a message that was put away for a while, as some forums say it (FEP-4f05).
    """
    activity, sender = one.activity, one.sender
    if not one.is_alone:
        return Alone() if sender.kind is ActorKind.SERVICE else one.plain_note()
    if one.charter is not None:
        await charter_changes.update(one)
    elif listing_news.is_between(one):
        await listing_news.take(one)
    elif one.waiting is not None:
        await waiting_lists.take(one)
    elif activity.object_type == "Tombstone":
        return (await delete.receive_all([one]))[0]
    elif activity.object_id != sender.uri:
        return one.note
    elif isinstance(activity.object, dict) and activity.object_type in ACTOR_TYPES:
        await actors.save(ActorDocument.parse(activity.object), domain=one.domain)
    return None


async def _post_of(note: Note, one: Incoming, posts: Mapping[str, Post]) -> Post | Verdict:
    """The message that this is a newer version of, if it is the sender's to change. What is not here is taken for new."""
    post, sender = posts.get(note.id), one.sender
    lie = Refused("changes what is not theirs", host=sender.host)
    if note.attributed_to != sender.uri or post and post.author_id != sender.id:
        return lie
    if post or not one.is_alone:
        return post or Alone()
    (said,) = await new_notes.load([(note, sender)])
    if said.owner_id is None and said.is_wanted:
        await new_notes.store([said])
    return said.verdict if said.owner_id in (None, sender.id) else lie
