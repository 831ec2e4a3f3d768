"""Erasing messages of ours: what they said goes, their ids stay dead."""
from __future__ import annotations

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
    Tombstone,
    clock,
)
from models.database import in_transaction
from models.delivery import TELLING, DeliveryState
from models.post import AskedState
from server.actions import held, reviews
from server.pictures.media import MediaStore, set_free


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
    await bury(post)
    return files


async def bury(post: Post) -> None:
    """Everything that the message said goes; its id stays dead. Inside a transaction; telling others is for the caller."""
    await post.change(text="", html="", title="", warning="", label_words="", team_note="", deleted_at=clock.now(), quote_uri="",
                      quote_stamp_uri="", shows_quote=False, quote_state=AskedState.NONE)
    await reviews.forget(post)
    await Stamp.filter(interaction_uri=post.uri).delete()
    await Approval.filter(uri=post.uri).delete()
    for rows in (Revision, Tag, Attachment, Notification, Like, Announce, Recipient, Pin, Poll, Bookmark, FilteredPost,
                 Stamp):
        await rows.filter(post=post).delete()
    waiting = Subquery(Delivery.filter(object_uri=post.uri, state=DeliveryState.WAITING).values("activity_id"))
    await OutgoingActivity.filter(object_uri=post.uri, kind__in=TELLING).exclude(id__in=waiting).update(body="",
                                                                                                                       sealed=None)
    await Tombstone.bury(post.uri, post.author.uri)
