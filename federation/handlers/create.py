"""Create: a new message, or the answer that somebody chose to a question (ActivityPub §7.2)."""
from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from federation import notes, resolve, values, votes
from federation.addresses import same_origin
from federation.errors import Malformed, Refused
from federation.incoming import Incoming
from federation.instance import Instance
from federation.wire import Note
from models import Actor, Follow, Post
from models.reach import Reach

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


async def receive(incoming: Incoming) -> None:
    """Store the message, if somebody here is to read it."""
    for vote in incoming.votes:
        await votes.take(vote, incoming.sender)
    note = incoming.note
    if note is None:
        return
    if note.attributed_to != incoming.sender.uri:
        raise Refused("writes in another name", host=incoming.sender.host)
    if note.is_vote:
        await votes.take(note, incoming.sender)
    elif await is_wanted(note, incoming.sender):
        if incoming.is_read_at_origin and await _is_taken(note, incoming.sender):
            await Post.filter(uri=note.id).delete()
        await notes.save(note, incoming.sender)


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
    return None if await Post.exists(uri=uri) else await resolve.fetch_note(instance, uri)


async def is_wanted(note: Note, author: Actor) -> bool:
    """Whether somebody here follows the author, is named, or is answered: addressing alone does not tell (§8.13)."""
    if await Follow.exists(target_id=author.id, follower__host="", accepted_at__isnull=False):
        return True
    named = {*note.to, *note.cc, *(mention.href for mention in note.mentions)}
    if await Actor.exists(uri__in=list(named), host=""):
        return True
    return bool(note.in_reply_to) and await Post.exists(uri=note.in_reply_to, author__host="", deleted_at__isnull=True,
                                                        reach__in=[Reach.PARTNERS, Reach.WEB])
