"""Update: a message, a profile or a charter changed (ActivityPub §7.3). Only their owner can say so."""
from __future__ import annotations

from dataclasses import replace

from federation import actors, charter_changes, charters, listing_news, notes, resolve, waiting_lists
from federation.addresses import same_origin
from federation.errors import Refused
from federation.handlers import delete
from federation.handlers.create import is_wanted, own_note
from federation.incoming import Incoming
from federation.instance import Instance
from federation.wire import ACTOR_TYPES, ActorDocument
from models import Post


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
        if not isinstance(activity.object, dict):
            await resolve.actor(instance, incoming.sender.uri, fresh=True)
        return incoming
    embedded = isinstance(activity.object, dict)
    if not same_origin(activity.object_id or "", incoming.sender.uri):
        raise Refused("changes what is not theirs", host=incoming.sender.host)
    note = await own_note(instance, incoming) if embedded else await resolve.fetch_note(instance, str(activity.object_id))
    if note and (await Post.exists(uri=note.id) or await is_wanted(note, incoming.sender)):
        note = await resolve.quoted_by(instance, note)
    return replace(incoming, note=note)


async def receive(incoming: Incoming) -> None:
    """Take the newer version. An Update that comes before its Create is taken for it; a late Create then changes nothing."""
    activity, sender, note = incoming.activity, incoming.sender, incoming.note
    if await _is_of_a_community(incoming):
        return
    if activity.object_type == "Tombstone":  # put away for a while, as some forums say it (FEP-4f05)
        (refused,) = await delete.receive_all([incoming])
        if refused:
            raise refused
        return
    if activity.object_id == sender.uri:
        if isinstance(activity.object, dict) and activity.object_type in ACTOR_TYPES:
            await actors.save(ActorDocument.parse(activity.object))
        return
    if note is None:
        return
    if note.attributed_to != sender.uri:
        raise Refused("changes what is not theirs", host=sender.host)
    post = await Post.get_or_none(uri=note.id).select_related("author")
    if post is None:
        if await is_wanted(note, sender):
            await notes.save(note, sender)
    elif post.author_id != sender.id:
        raise Refused("changes what is not theirs", host=sender.host)
    elif post.deleted_at is None:
        await notes.take(post, note)


async def _is_of_a_community(incoming: Incoming) -> bool:
    """Take what a directory says of its lists, or a community of its charter. False if this is about something else."""
    if incoming.charter is not None:
        await charter_changes.update(incoming)
    elif listing_news.is_between(incoming):
        await listing_news.take(incoming)
    elif incoming.waiting is not None:
        await waiting_lists.take(incoming)
    else:
        return False
    return True
