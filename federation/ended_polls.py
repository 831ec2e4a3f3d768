"""Questions of others, read once more at their origin when they are over: many servers never tell how they ended."""
from __future__ import annotations

from datetime import timedelta

from federation import edits, erasure, resolve
from federation.addresses import host_of
from federation.errors import Gone
from federation.instance import Instance
from federation.wire import Note
from models import Poll, Post, Tombstone, clock
from models.database import in_transaction
from models.errors import CommunityError

AT_ONCE = 10
AFTER = timedelta(minutes=1)  # its server counts, too, and may tell by itself
AT_MOST = timedelta(days=2)  # our server may have stood still; older ones are left as they are


async def read_due(instance: Instance) -> int:
    """Read those that ended a moment ago, each once, whatever comes of it; how many."""
    now = clock.now()
    due = Poll.filter(read_at__isnull=True, closes_at__lte=now - AFTER, closes_at__gt=now - AT_MOST)
    theirs = due.filter(post__deleted_at__isnull=True).exclude(post__author__host="")
    polls = await theirs.order_by("closes_at").limit(AT_ONCE).select_related("post__author")
    for poll in polls:
        await poll.change(read_at=now)
        await _read(instance, poll.post)
    return len(polls)


async def _read(instance: Instance, post: Post) -> None:
    """The newest numbers, or that it is gone; a server that does not answer leaves those that we have."""
    try:
        instance.gaps.origins.spend(host_of(post.uri))
        note = await resolve.fetch_note(instance, post.uri)
    except Gone as error:
        if error.http_status == resolve.GONE_FOR_GOOD:
            await _erase(post)
        return
    except CommunityError:
        return
    await _take(post, note)


async def _take(post: Post, note: Note) -> None:
    async with in_transaction():
        kept = await Post.filter(id=post.id, deleted_at__isnull=True).select_for_update().first()
        if kept is None:
            return
        await kept.fetch_related("author")
        if note.id == post.uri and note.attributed_to == kept.author.uri:
            await edits.take([(kept, note)])


async def _erase(post: Post) -> None:
    async with in_transaction():
        await Tombstone.bury(post.uri, post.author.uri)
        await erasure.erase([post])
