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
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from federation import notes, post_parts
from federation.addresses import same_origin
from federation.contexts import PUBLIC
from federation.wire import Note
from models import Actor, InboxItem, acts, arrivals, clock, queues
from models.arrivals import Known, Rows
from models.database import in_transaction
from models.errors import CommunityError
from models.ids import new_id, new_key
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
    """A message that can be stored. `name` is what whoever brings it knows it by; `made`: its rows, its text cleaned, none if
    nobody here follows its author.
    """

    name: T
    made: Rows


@dataclass(frozen=True, slots=True)
class _Read(Generic[T]):
    """A message that waits."""

    name: T
    note: Note
    author: Actor


async def carry_out(waiting: Mapping[str, Sequence[InboxItem]]) -> set[int]:
    """Store the ordinary messages that stand first among what waits of each sender; the ids of the items that are done.

    All of them or, when an error is raised, none: then they go the way of all others.
    """
    senders = await acts.actors(waiting)
    found = await ordinary([(sender, ((item.id, _document(item)) for item in waiting[uri])) for uri, sender in senders.items()])
    if not found:
        return set()
    async with in_transaction():
        done = await queues.finish_items([one.name for one in found], "done")
        await arrivals.add_rows([one.made for one in found if one.name in done])
    return done


def _document(item: InboxItem) -> object:
    """What stands in an item; nothing if it was tried before."""
    return None if item.attempts or item.outcome else json.loads(item.body)


async def ordinary(waiting: Sequence[tuple[Actor, Iterable[tuple[T, object]]]],
                   line_limit: int | None = None) -> list[Ordinary[T]]:
    """Those that stand first among what these senders said, and that can be stored: names and documents go in.

    With a limit, of nobody of whom something is in line already, and none if more than so much is, of anybody.
    """
    read = [one for author, pieces in waiting async for one in _first(author, pieces)]
    if not read:
        return []
    known = await arrivals.known({one.author.id for one in read}, {one.author.host for one in read},
                                 [one.note.id for one in read], clock.now(), line_limit or 0)
    if line_limit is None:
        known = replace(known, in_line=frozenset())
    return [one async for one in _made(read, known)]


async def _first(author: Actor, pieces: Iterable[tuple[T, object]]) -> AsyncIterator[_Read[T]]:
    """What somebody said, up to what is not ordinary: what comes after that waits for it. Some at a time."""
    for count, (name, document) in enumerate(pieces, 1):
        if (note := _read(document, author)) is None:
            return
        yield _Read(name, note, author)
        if count % PARSED_AT_ONCE == 0:
            await asyncio.sleep(0)


async def _made(read: Sequence[_Read[T]], known: Known) -> AsyncIterator[Ordinary[T]]:
    """Those of these that can be stored, made into rows before the transaction, some at a time, so that nobody waits long for
    either. Of somebody whose message cannot, none that was said after it.
    """
    taken, stopped, count = set(known.taken), set(), 0
    for one in read:
        reach = _reach(one.note, one.author, known)
        if one.author.id in stopped or one.note.id in taken or reach is None or not await _may(one.author, reach, known):
            stopped.add(one.author.id)
            continue
        taken.add(one.note.id)
        yield Ordinary(one.name, rows(one.note, one.author, reach) if known.followed[one.author.id] else {})
        if (count := count + 1) % PARSED_AT_ONCE == 0:
            await asyncio.sleep(0)


async def _may(author: Actor, reach: Reach, known: Known) -> bool:
    """Whether a message of this reach is taken from somebody now, before whatever else waits."""
    if known.in_line is None or author.uri in known.in_line or author.id not in known.followed:
        return False
    standing = await hosts.of(author)
    return hosts.is_heard(standing) and hosts.may_bring(standing, reach)


def rows(note: Note, author: Actor, reach: Reach) -> Rows:
    """What a message is made of."""
    now, post_id = clock.now(), new_id()
    part = {"created_at": now, "post_id": post_id}
    columns = notes.new_columns(note, author, reach, author.followers_uri in note.to or author.followers_uri in note.cc)
    return {"post": [{"id": post_id, "created_at": now, "key": new_key(), "note": "", **columns}],
            "tag": [{"id": new_id(), "name": name, **part} for name in post_parts.topics(note)],
            "attachment": [{"id": new_id(), "key": new_key(), "owner_id": author.id, **part, **image}
                           for image in post_parts.images(note)]}


def _read(document: Any, author: Actor) -> Note | None:
    """The message in an activity, or None if it is anything but ordinary."""
    if not isinstance(document, dict) or document.get("type") != "Create" or not _is_closed(document.get("object")):
        return None
    try:
        note = Note.parse(document["object"])  # the door has read the activity around it
    except (CommunityError, ValueError):
        return None
    return note if _is_own(note, author) and not _has_more(note) else None


def _reach(note: Note, author: Actor, known: Known) -> Reach | None:
    """How far a message goes that is for everybody, or for partners; None for any other."""
    audience = {*note.to, *note.cc} - {author.followers_uri}
    if not audience or not audience <= {PUBLIC, known.partners.get(author.host) or notes.partners_of(None, author)}:
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
