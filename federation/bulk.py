"""Ordinary new messages, many in one transaction: what most of an inbox consists of costs a tenth this way.

A message is ordinary if nothing needs to be looked up for it: a Note of the sender's own, to everybody, to followers or to
partners, that names, answers and quotes nobody, and of which nobody asked to be told. The list of its properties is closed, so
that whatever the way of `federation.handlers` learns to read does not pass by it here. Rules and rows are those of
`federation.notes`.

At the door it is stored in the transaction that takes it in (`federation.arrivals`); where it had to wait in line, by the
`federation.intake`.
"""
from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from federation import notes, post_parts
from federation.addresses import same_origin
from federation.contexts import PUBLIC
from federation.wire import Note
from models import Actor, Host, InboxItem, queues
from models.database import in_transaction
from models.errors import CommunityError
from models.reach import Reach
from moderation import hosts

#: What an ordinary Note may hold. Those that mean more than they say count only while they are empty: see `_EMPTY`.
PROPERTIES = frozenset({
    "@context", "id", "type", "attributedTo", "to", "cc", "published", "updated", "url", "content", "contentMap", "summary",
    "summaryMap", "sensitive", "conversation", "context", "tag", "attachment", "replies", "likes", "shares", "atomUri",
    "inReplyToAtomUri", "source", "voice", "language", "proof", "interactionPolicy", "inReplyTo",
    "expires", "consent"})
_EMPTY = ("inReplyTo", "inReplyToAtomUri")
PARSED_AT_ONCE = 4  # a millisecond, then the requests of people have a turn
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ordinary(Generic[T]):
    """A message that waits, read; `reach` as its addressing says. `name` is what whoever brings it knows it by."""

    name: T
    note: Note
    author: Actor
    reach: Reach
    is_wanted: bool  # somebody here follows the author
    columns: Mapping[str, Any] = field(default_factory=dict)  # of its row, its text cleaned


async def carry_out(waiting: Mapping[str, Sequence[InboxItem]]) -> set[int]:
    """Store the ordinary messages that stand first among what waits of each sender; the ids of the items that are done.

    All of them or, when an error is raised, none: then they go the way of all others.
    """
    senders = await Actor.filter(uri__in=list(waiting))
    found = await ordinary([(sender, ((item.id, _document(item)) for item in waiting[sender.uri])) for sender in senders])
    if not found:
        return set()
    async with in_transaction():
        done = await queues.finish_items([one.name for one in found], "done")
        await store([one for one in found if one.name in done])
    return done


def _document(item: InboxItem) -> object:
    """What stands in an item; nothing if it was tried before."""
    return None if item.attempts or item.outcome else json.loads(item.body)


async def ordinary(waiting: Sequence[tuple[Actor, Iterable[tuple[T, object]]]]) -> list[Ordinary[T]]:
    """Those that stand first among what these senders said, and that can be stored: names and documents go in."""
    read: list[Ordinary[T]] = []
    known = await queues.senders([author.id for author, _ in waiting])
    for author, pieces in waiting:
        if author.id not in known or not hosts.is_heard(standing := await hosts.standing(author.host)):
            continue
        for name, document in pieces:
            note = _read(document, author)
            reach = await _reach(note, author) if note else None
            if note is None or reach is None or not hosts.may_bring(standing, reach):
                break  # what comes after it waits for it
            read.append(Ordinary(name, note, author, reach, known[author.id]))
            if len(read) % PARSED_AT_ONCE == 0:
                await asyncio.sleep(0)
    return await _cleaned(await _storable(read)) if read else []


async def _cleaned(found: Sequence[Ordinary[T]]) -> list[Ordinary[T]]:
    """The same with their columns: made before the transaction, some at a time, so that nobody waits long for either."""
    ready: list[Ordinary[T]] = []
    for one in found:
        if one.is_wanted:
            to_followers = one.author.followers_uri in {*one.note.to, *one.note.cc}
            one = replace(one, columns=notes.new_columns(one.note, one.author, one.reach, to_followers))
        ready.append(one)
        if len(ready) % PARSED_AT_ONCE == 0:
            await asyncio.sleep(0)
    return ready


async def store(found: Sequence[Ordinary[Any]]) -> None:
    """Write these messages, as far as somebody here follows their authors. Inside a transaction."""
    found = [one for one in found if one.is_wanted]
    ids = await queues.add_posts([one.columns for one in found])
    await queues.add_tags([(id_, name) for id_, one in zip(ids, found, strict=True) for name in post_parts.topics(one.note)])
    for id_, one in zip(ids, found, strict=True):
        await post_parts.save_images(id_, one.note, one.author)


def _read(document: Any, author: Actor) -> Note | None:
    """The message in an activity, or None if it is anything but ordinary."""
    if not isinstance(document, dict) or document.get("type") != "Create" or not _is_closed(document.get("object")):
        return None
    try:
        note = Note.parse(document["object"])  # the door has read the activity around it
    except (CommunityError, ValueError):
        return None
    return note if _is_own(note, author) and not _has_more(note) else None


async def _reach(note: Note, author: Actor) -> Reach | None:
    """How far a message goes that is for everybody, or for partners; None for any other."""
    audience = {*note.to, *note.cc} - {author.followers_uri}
    if audience == {PUBLIC}:
        return Reach.WEB
    partners = notes.partners_of(await Host.get_or_none(name=author.host), author)
    if not audience or not audience <= {PUBLIC, partners}:
        return None
    return Reach.WEB if PUBLIC in audience else Reach.PARTNERS


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


async def _storable(found: list[Ordinary[T]]) -> list[Ordinary[T]]:
    """Without those whose id is known, erased, or answered already, and what the same senders sent after them."""
    taken = await queues.known_posts([one.note.id for one in found])
    left, stopped = [], set()
    for one in found:
        if one.note.id in taken or one.author.id in stopped:
            stopped.add(one.author.id)
            continue
        taken.add(one.note.id)
        left.append(one)
    return left
