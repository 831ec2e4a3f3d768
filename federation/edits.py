"""Newer versions of messages, of one or of several people. Inside the caller's transaction."""
from __future__ import annotations

from collections.abc import Sequence

from federation import notes, post_notices, post_parts
from federation.wire import Note
from models import Post, edits


async def take(given: Sequence[tuple[Post, Note]]) -> None:
    """Make posts, each with its author, what these versions say. Older ones are kept, and those hear of it who have to do with
    them; of a version that is no newer, what is no edit is taken. The audience stays as it was (rule 5).
    """
    newer = [(post, note, at) for post, note in given if (at := notes.newer_at(post, note))]
    ids = [post.id for post, _, _ in newer]
    for post, note in given:
        if post.id not in ids:
            await notes.refresh(post, note)
    await edits.add_revisions([post for post, _, _ in newer])
    await edits.change_posts([(post, notes.content_of(note) | {"edited_at": at, "expires_at": note.expires or post.expires_at})
                              for post, note, at in newer])
    concerned = await edits.concerning(ids)
    for post, _, _ in newer:
        if post.id in concerned:
            await post_notices.of_edit(post, post.author)
    await edits.drop_parts(ids)
    await post_parts.save([(post.id, note, post.author) for post, note, _ in newer])
    await _attach(given)


async def _attach(given: Sequence[tuple[Post, Note]]) -> None:
    for post, note in given:
        await notes.attach(post, note)
