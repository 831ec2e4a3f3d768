"""A message of which somebody who is not its author says that it changed or is gone: what stands at its id decides."""
from __future__ import annotations

from federation import erasure, notes
from federation.note import Note
from models import Post


async def take(post: Post, note: Note | None) -> None:
    """Make our copy what its origin shows now, or erase it where nothing is there any more. `post` with its author; inside a
    transaction.
    """
    if note is None:
        await erasure.erase([post])
    elif note.attributed_to == post.author.uri and not (note.updated and await notes.edit(post, note)):
        await notes.refresh(post, note)
