"""Ordinary new messages, many in one transaction: what most of an inbox consists of costs a tenth this way.

A message is ordinary if nothing needs to be looked up for it: a Note of the sender's own, to everybody, to followers or to
partners, that names, answers and quotes nobody. The list of its properties is closed, so that whatever the way of
`federation.handlers` learns to read does not pass by it here. Rules and rows are those of `federation.notes`.
"""
from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from federation import notes, post_parts
from federation.addresses import same_origin
from federation.contexts import PUBLIC
from federation.wire import Note
from models import Actor, Follow, Host, InboxItem, Post, Q, Tombstone, queues
from models.database import in_transaction
from models.errors import CommunityError
from models.reach import Reach
from moderation import hosts

#: What an ordinary Note may hold. Those that mean more than they say count only while they are empty: see `_EMPTY`.
PROPERTIES = frozenset({
    "@context", "id", "type", "attributedTo", "to", "cc", "published", "updated", "url", "content", "contentMap", "summary",
    "summaryMap", "sensitive", "conversation", "context", "tag", "attachment", "replies", "likes", "shares", "atomUri",
    "inReplyToAtomUri", "source", "voice", "language", "proof", "interactionPolicy", "inReplyTo"})
_EMPTY = ("inReplyTo", "inReplyToAtomUri")
PARSED_AT_ONCE = 8  # then the requests of people have a turn


@dataclass(frozen=True, slots=True)
class Ordinary:
    """A message that waits, read; `reach` as its addressing says."""

    item: InboxItem
    note: Note
    author: Actor
    reach: Reach


async def carry_out(waiting: Mapping[str, Sequence[InboxItem]]) -> set[int]:
    """Store the ordinary messages that stand first among what waits of each sender; the ids of the items that are done.

    All of them or, when an error is raised, none: then they go the way of all others.
    """
    found = await _readable(waiting)
    if not found:
        return set()
    found = await _storable(found)
    async with in_transaction():
        done = await queues.finish_items([one.item.id for one in found], "done")
        wanted = await _followed({one.author.id for one in found})
        new = [(one, notes.new_row(one.note, one.author, one.reach, one.author.followers_uri in {*one.note.to, *one.note.cc}))
               for one in found if one.item.id in done and one.author.id in wanted]
        await Post.bulk_create([post for one, post in new if not _has_parts(one.note)])
        for one, post in new:
            if _has_parts(one.note):
                await post.save(force_create=True)
                await post_parts.save(post, one.note, one.author)
    return done


async def _readable(waiting: Mapping[str, Sequence[InboxItem]]) -> list[Ordinary]:
    senders = {actor.uri: actor for actor in await Actor.filter(Actor.present(), uri__in=list(waiting))}
    partners = {host.name: host for host in await Host.filter(name__in=list({one.host for one in senders.values()}))}
    found: list[Ordinary] = []
    for uri, items in waiting.items():
        if (author := senders.get(uri)) is None or not hosts.is_heard(standing := await hosts.standing(author.host)):
            continue
        for item in items:
            one = _read(item, author, notes.partners_of(partners.get(author.host), author))
            if one is None or not hosts.may_receive(standing, one.reach):
                break  # what comes after it waits for it
            found.append(one)
            if len(found) % PARSED_AT_ONCE == 0:
                await asyncio.sleep(0)
    return found


def _read(item: InboxItem, author: Actor, partners: str) -> Ordinary | None:
    """The message in an item, or None if it is anything but ordinary."""
    if item.attempts or item.outcome:
        return None
    try:
        document = json.loads(item.body)
        if document.get("type") != "Create" or not _is_closed(document.get("object")):
            return None
        note = Note.parse(document["object"])  # the door has read the activity around it
    except (CommunityError, ValueError):
        return None
    audience = {*note.to, *note.cc}
    if not _is_own(note, author) or _has_more(note):
        return None
    if not audience <= {PUBLIC, author.followers_uri, partners} or not {PUBLIC, partners} & audience:
        return None
    return Ordinary(item, note, author, Reach.WEB if PUBLIC in audience else Reach.PARTNERS)


def _is_own(note: Note, author: Actor) -> bool:
    """Whether this is a message of its sender's, on the sender's own server."""
    return note.attributed_to == author.uri and same_origin(note.id, author.uri)


def _has_more(note: Note) -> bool:
    """Whether more than its text has to be stored one by one."""
    return bool(note.mentions or note.emojis or note.quote or note.poll)


def _is_closed(thing: Any) -> bool:
    """Whether this is a Note with nothing in it but what is ordinary."""
    if not isinstance(thing, dict) or thing.get("type") != "Note" or not thing.keys() <= PROPERTIES:
        return False
    tags = thing.get("tag") or []
    return not any(thing.get(name) for name in _EMPTY) and isinstance(tags, list) and all(
        isinstance(tag, dict) and tag.get("type") == "Hashtag" for tag in tags)


def _has_parts(note: Note) -> bool:
    return bool(note.hashtags or note.attachments or note.emojis)


async def _storable(found: list[Ordinary]) -> list[Ordinary]:
    """Without those whose id is known, erased, or answered already, and what the same senders sent after them."""
    uris = [one.note.id for one in found]
    taken = set(await _column(Post, "uri", uri__in=uris)) | set(await _column(Tombstone, "uri", uri__in=uris))
    taken |= set(await _column(Post, "parent_uri", parent_uri__in=uris))
    left, stopped = [], set()
    for one in found:
        if one.note.id in taken or one.author.id in stopped:
            stopped.add(one.author.id)
            continue
        taken.add(one.note.id)
        left.append(one)
    return left


async def _column(table: Any, name: str, **which: Any) -> Iterable[str]:
    return [str(value) for value in await table.filter(**which).values_list(name, flat=True)]


async def _followed(ids: set[int]) -> set[int]:
    """Those of these actors whom somebody here follows."""
    following = Follow.filter(Q(follower__host="", accepted_at__isnull=False), target_id__in=list(ids))
    return {int(str(id_)) for id_ in await following.distinct().values_list("target_id", flat=True)}
