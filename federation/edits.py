"""Newer versions of messages, of several people in one transaction. Rules and rows are those of `federation.notes.take`; what is
rarer goes its way: a version that is no newer, what is for fewer than before, and whatever has a quote, a question or pictures in
names.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from federation import notes, post_notices, post_parts
from federation.errors import Refused
from federation.incoming import Alone, Incoming, Verdict
from federation.wire import Note
from models import Post, acts, edits
from models.actor import ActorKind
from models.errors import CommunityError


@dataclass(frozen=True, slots=True)
class Edit:
    """A message, its newer version, and when that was made."""

    post: Post
    note: Note
    at: datetime


async def receive_all(incoming: Sequence[Incoming]) -> list[Verdict]:
    """Take these newer versions, where their senders have written the messages."""
    read = [_read(one) for one in incoming]
    posts = await acts.kept({note.id for note in read if isinstance(note, Note)})
    newer: list[Edit] = []
    verdicts: list[Verdict] = []
    for one, note in zip(incoming, read, strict=True):
        found = await _edit(one, note, posts) if isinstance(note, Note) else note
        verdicts.append(None if isinstance(found, Edit) else found)
        newer += [found] if isinstance(found, Edit) else []
    await _take(newer)
    return verdicts


def _read(one: Incoming) -> Note | CommunityError:
    if not one.is_embedded or one.sender.kind is ActorKind.SERVICE:
        return Alone()
    try:
        note = one.embedded_note()
    except CommunityError as error:
        return error
    return Alone() if note is None or note.quote or note.poll or note.emojis else note


async def _edit(one: Incoming, note: Note, posts: Mapping[str, Post]) -> Edit | CommunityError:
    """What a version changes, if it is the sender's to change and changes no more than what it says."""
    post = posts.get(note.id)
    if note.attributed_to != one.sender.uri or post and post.author_id != one.sender.id:
        return Refused("changes what is not theirs", host=one.sender.host)
    if post is None or post.reach.is_private or post.quote_uri:
        return Alone()
    reach, _ = await notes.reach_of(note, post.author)
    at = notes.newer_at(post, note)
    return Edit(post, note, at) if at and reach.level >= post.reach.level else Alone()


async def _take(newer: Sequence[Edit]) -> None:
    """The older versions are kept, and those hear of it who have to do with them: `notes.edit`."""
    ids = [one.post.id for one in newer]
    await edits.add_revisions([(one.post.id, one.post.html, one.post.warning, one.post.edited_at or one.post.published_at)
                              for one in newer])
    await edits.change_posts([(one.post.id, notes.content_of(one.note) | {
        "edited_at": one.at, "expires_at": one.note.expires or one.post.expires_at}) for one in newer])
    concerned = await edits.concerning(ids)
    for one in newer:
        if one.post.id in concerned:
            await post_notices.of_edit(one.post, one.post.author)
    await edits.drop_parts(ids)
    await acts.add_tags([(one.post.id, name) for one in newer for name in post_parts.topics(one.note)])
    for one in newer:
        await post_parts.save_images(one.post.id, one.note, one.post.author)
