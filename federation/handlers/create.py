"""Create: a new message, or the answer that somebody chose to a question (ActivityPub §7.2)."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace

from federation import new_notes, readers, resolve, values, votes
from federation.addresses import same_origin
from federation.errors import Malformed, Refused
from federation.incoming import Alone, Incoming, Verdict
from federation.instance import Instance
from federation.new_notes import Said
from federation.wire import Note
from models import Actor, Post

MAX_VOTES = 25


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """The message: taken from the activity if it is the sender's own, else read from its origin; and what it answers."""
    if isinstance(incoming.activity.object, list) and incoming.activity.object_id is None:
        if not (votes_ := chosen(incoming)):
            raise Malformed("no object")
        return replace(incoming, votes=votes_)
    note = await own_note(instance, incoming)
    if note and await _is_taken(note, incoming.sender):
        note = await resolve.fetch_note(instance, note.id)
        return replace(incoming, note=note, is_read_at_origin=True)
    if note and await is_wanted(note, incoming.sender):
        await resolve.parent_of(instance, note)
        note = await resolve.quoted_by(instance, note)
    return replace(incoming, note=note)


async def receive_all(incoming: Sequence[Incoming]) -> list[Verdict]:
    """Store the messages, as far as somebody here is to read them."""
    read = [await _read(one) for one in incoming]
    held = [(one, note) for one, note in zip(incoming, read, strict=True) if isinstance(note, Note)]
    said = await new_notes.load([(note, one.sender) for one, note in held])
    ids: set[str] = set()
    for (one, note), each in zip(held, said, strict=True):
        if _has_to_wait(one, each, ids):
            each.verdict = Alone()
        ids.add(note.id)
    await new_notes.store([each for each in said if each.is_wanted and each.verdict is None])
    stored = iter(said)
    return [next(stored).verdict if isinstance(note, Note) else note for note in read]


async def _read(one: Incoming) -> Note | Verdict:
    """The message in an activity, or what became of one that holds something else."""
    if one.is_alone:
        return await _prepared(one)
    found = one.plain_note()
    return Alone() if isinstance(found, Note) and found.attributed_to != one.sender.uri else found


async def _prepared(one: Incoming) -> Note | Verdict:
    note = one.note
    if note and note.attributed_to != one.sender.uri:
        return Refused("writes in another name", host=one.sender.host)
    for vote in one.votes or ([note] if note and note.is_vote else []):
        await votes.take(vote, one.sender)
    if note is None or note.is_vote:
        return None
    if one.is_read_at_origin and await is_wanted(note, one.sender):
        await Post.filter(uri=note.id).exclude(author_id=one.sender.id).delete()
    return note


def _has_to_wait(one: Incoming, said: Said, ids: Collection[str]) -> bool:
    """Whether something has to be fetched: whose message it is, where others have used its id too, or what it answers. Or many
    want to be told of it.
    """
    if one.is_alone:
        return False
    if said.note.id in ids or said.owner_id not in (None, said.author.id):
        return True
    return said.is_wanted and (said.tells or bool(said.parent_uri) and said.parent is None)


async def _is_taken(note: Note, author: Actor) -> bool:
    """Whether somebody else has written under this id: a neighbour who guessed it, where ids can be guessed. Whose it is
    says the document at the id itself (CVE-2026-33869).
    """
    return await Post.filter(uri=note.id).exclude(author_id=author.id).exists()


def chosen(incoming: Incoming) -> tuple[Note, ...]:
    """Several answers in one activity (GoToSocial): of several objects only votes of the sender's own are taken."""
    found: list[Note] = []
    for one in values.objects(incoming.activity.object, MAX_VOTES):
        with suppress(Malformed):
            found.append(Note.parse(one))
    return tuple(note for note in found if note.is_vote and note.attributed_to == incoming.sender.uri
                 and same_origin(note.id, incoming.sender.uri))


async def own_note(instance: Instance, incoming: Incoming) -> Note | None:
    """The message in an activity, or None if it holds something else.

    It is on the sender's own server: what anybody else wrote is nobody's to say, and nobody makes us ask a third server for it.
    """
    uri = incoming.activity.object_id
    if uri is None:
        raise Malformed("no object")
    if not same_origin(uri, incoming.sender.uri):
        raise Refused("writes in another name", host=incoming.sender.host)
    if incoming.is_embedded:
        return incoming.embedded_note()
    return None if await Post.exists(uri=uri) else await readers.named_note(instance, incoming)


async def is_wanted(note: Note, author: Actor) -> bool:
    """Whether somebody here is to read it."""
    (said,) = await new_notes.load([(note, author)])
    return said.is_wanted
