"""A message of which somebody who is not its author says that it changed or is gone: what stands at its id decides."""
from __future__ import annotations

from dataclasses import replace

from federation import edits, erasure, notes, resolve
from federation.errors import Gone, Refused
from federation.incoming import Incoming
from federation.instance import Instance
from federation.note import Note
from models import Post
from models.reach import Reach


async def ask(instance: Instance, incoming: Incoming, post: Post) -> Incoming:
    """What stands at the id of `post`, or that nothing stands there. Raises Refused where that cannot be told, Unreachable.

    Of what the whole web may read, 404 says that it is gone. Of anything else it may only say that it is not for us to read: many
    servers show a message for one person to nobody else, and nobody else may have it erased here.
    """
    try:
        return replace(incoming, known=post, note=await resolve.fetch_note(instance, post.uri))
    except Gone as error:
        if error.http_status != resolve.GONE_FOR_GOOD and post.reach is not Reach.WEB:
            raise Refused("not theirs, and not said to be gone", host=incoming.sender.host) from error
        return replace(incoming, known=post)


async def take(post: Post, note: Note | None) -> None:
    """Make our copy what its origin shows now, or erase it where nothing is there any more. `post` with its author; inside a
    transaction.
    """
    if note is None:
        await erasure.erase([post])
    elif note.attributed_to == post.author.uri:
        await (edits.take([(post, note)]) if note.updated else notes.refresh(post, note))
