"""Messages that can still be called back: only their author sees them, until they leave."""
from __future__ import annotations

from datetime import timedelta

from models import Approval, Attachment, Delivery, Draft, OutgoingActivity, Poll, Post, Recipient, Stamp, clock
from models.database import in_transaction
from models.delivery import DeliveryState
from models.errors import CommunityError
from models.ids import first_id
from models.reach import Reach
from server.actions import drafts, news, reviews

HELD_AT_MOST = timedelta(days=7)  # a server may have stood still meanwhile; older posts are not looked through


class TooLate(CommunityError):
    """The message has left, so that it can no longer be called back: it can be erased."""

    status = 409
    safe = "This message has already left. You can still erase it."


async def undo(post: Post) -> Draft:
    """Call a held message back: nothing of it was seen by anyone, and it comes back as a draft. Raises TooLate."""
    typed = await _typed_again(post)
    async with in_transaction():
        if not await is_held(post):
            raise TooLate("undo")
        await Attachment.filter(post=post).update(post_id=None)
        await vanish(post)
        return await Draft.create(owner=post.author, form=typed.form())


async def send_now(post: Post) -> None:
    """Let a held message go at once; one that has gone already stays gone."""
    async with in_transaction():
        if not post.is_in_review and await is_held(post):
            await _release(post)


async def release_due() -> int:
    """A job: messages whose time for undoing is over tell those they are for. Returns how many."""
    now = clock.now()
    recent = Post.filter(id__gt=first_id(now - HELD_AT_MOST), held_until__lte=now, deleted_at__isnull=True)
    due = await recent.select_related("author").limit(100)
    for post in due:
        async with in_transaction():
            if await Post.filter(id=post.id, held_until__isnull=False).select_for_update().exists():
                await _release(post)
    return len(due)


async def _release(post: Post) -> None:
    await post.change(held_until=None)
    await Delivery.filter(object_uri=post.uri, state=DeliveryState.WAITING, attempts=0).update(due_at=clock.now())
    await news.of_post(post)


async def is_held(post: Post) -> bool:
    """Whether the message can still be undone; the row stays locked until the transaction ends."""
    return bool(await Post.filter(id=post.id, held_until__gt=clock.now()).select_for_update())


async def _typed_again(post: Post) -> drafts.Typed:
    """What its author had typed to make this message."""
    parent = await Post.get_or_none(id=post.parent_id) if post.parent_id else None
    images = await Attachment.filter(post=post).order_by("position")
    circle = await Recipient.filter(post=post).select_related("actor") if post.reach is Reach.CIRCLE else []
    poll = await Poll.get_or_none(post=post)
    return drafts.Typed(
        text=post.text, reach=post.reach, voice=post.voice, note=post.note, warning=post.warning, language=post.language,
        reply=parent.key if parent else "", quote=await _quoted_key(post), to=" ".join(row.actor.address for row in circle),
        images=tuple((image.key, image.description) for image in images),
        choices=tuple(one["name"] for one in poll.options) if poll else (), several="1" if poll and poll.is_multiple else "",
        about=post.about, agrees="1" if post.about_agrees else "")


async def _quoted_key(post: Post) -> str:
    quoted = await Post.kept(post.quote_uri) if post.quote_uri else None
    return quoted.key if quoted else ""


async def vanish(post: Post) -> None:
    """A held message leaves no trace: nobody has seen it."""
    await reviews.forget([post])
    await OutgoingActivity.filter(object_uri=post.uri).delete()
    await Attachment.filter(post=post).delete()
    await Stamp.filter(interaction_uri=post.uri).delete()
    await Approval.filter(uri=post.uri).delete()
    await post.delete()
