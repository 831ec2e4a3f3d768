"""Erasing messages of ours: what they said goes, their ids stay dead."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from federation import outbox, withdrawal_notices
from models import (
    Announce,
    Approval,
    Attachment,
    Bookmark,
    Delivery,
    FilteredPost,
    Like,
    Notification,
    OutgoingActivity,
    Pin,
    Poll,
    Post,
    Recipient,
    Revision,
    Stamp,
    Subquery,
    Tag,
    acts,
    clock,
)
from models.database import in_transaction
from models.delivery import TELLING, DeliveryState
from models.post import AskedState
from server.actions import held, reviews
from server.pictures.media import MediaStore, set_free

#: What is left of a message that was erased.
EMPTY: dict[str, Any] = {
    "text": "", "html": "", "title": "", "warning": "", "translations": None, "place": "", "label_words": "", "team_note": "",
    "sealed": None, "quote_uri": "", "quote_stamp_uri": "", "shows_quote": False, "quote_state": AskedState.NONE}


async def delete(post: Post, store: MediaStore, *, keep_images: bool = False) -> None:
    """Erase a message here at once, and ask those who have a copy to erase theirs. Only a tombstone stays.

    Who received it stays written (Disclosure): the erasing follows that list. `keep_images`: for a day, to be used again.
    """
    async with in_transaction():
        files = await withdraw(post, keep_images=keep_images)
    for key in files:
        store.forget(key)


async def withdraw(post: Post, *, keep_images: bool = False) -> list[str]:
    """The same inside the caller's transaction, who forgets these files once it is over."""
    if not await Post.filter(id=post.id, deleted_at__isnull=True).select_for_update():
        return []  # erased meanwhile
    files = [] if keep_images else [image.key for image in await Attachment.filter(post=post)]
    if keep_images:
        await set_free(Attachment.filter(post=post))
    if await held.is_held(post):
        await held.vanish(post)
        return files
    await withdrawal_notices.ask(post.author, [post.uri])
    await outbox.delete(post)
    await bury([post])
    return files


async def bury(posts: Sequence[Post]) -> None:
    """Everything that messages of ours said goes, their authors loaded; their ids stay dead. Inside a transaction; telling others
    is for the caller. As many questions for many as for one.
    """
    ids, uris, now = [post.id for post in posts], [post.uri for post in posts], clock.now()
    for post in posts:
        post.update_from_dict(EMPTY | {"deleted_at": now})
    await Post.filter(id__in=ids).update(**EMPTY, deleted_at=now)
    await reviews.forget(posts)
    await Stamp.filter(interaction_uri__in=uris).delete()
    await Approval.filter(uri__in=uris).delete()
    for rows in (Revision, Tag, Attachment, Notification, Like, Announce, Recipient, Pin, Poll, Bookmark, FilteredPost,
                 Stamp):
        await rows.filter(post_id__in=ids).delete()
    waiting = Subquery(Delivery.filter(object_uri__in=uris, state=DeliveryState.WAITING).values("activity_id"))
    told = OutgoingActivity.filter(object_uri__in=uris, kind__in=TELLING).exclude(id__in=waiting)
    await told.update(body="", sealed=None)
    await acts.bury([(post.uri, post.author.uri) for post in posts])
