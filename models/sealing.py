"""Sealing anew what is there: for other holders, after a change of reach, and what is older than the keys."""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from tortoise.expressions import Q

from models import vault
from models.database import in_transaction
from models.death import DeathReport
from models.directory import Introduction
from models.loading import join
from models.poll import Poll, Vote
from models.post import Attachment, Draft, OfPost, Post, Revision
from models.reach import Reach
from models.relation import Remark
from models.review import Review
from models.rights import Brought, Correction
from models.scheduled import ScheduledPost
from models.sealed import Sealed

AT_ONCE = 50
PARTS: tuple[type[OfPost], ...] = (Revision, Attachment, Poll)
PRIVATE = tuple(reach for reach in Reach if reach.is_private)
#: Below the community: what is sealed, and which rows of it say something. Parts of messages go with their message.
KEPT: tuple[tuple[type[Sealed], Q], ...] = (
    (Draft, Q()), (ScheduledPost, Q()), (Brought, Q()), (Review, Q(reason__not="")), (Remark, Q(text__not="")),
    (Correction, Q(text__not="")), (Introduction, Q(text__not="")),
    (DeathReport, Q(words__not="")), (Attachment, Q(post_id__isnull=True, description__not="")))


async def anew(post: Post) -> None:
    """A message with all its parts, as its reach and its author want it today. Inside a transaction."""
    await post.seal_anew()
    for model in PARTS:
        for part in await model.filter(post_id=post.id):
            join(part, "post", post)
            await part.seal_anew()
            if isinstance(part, Poll):
                await _marked(part)


async def _marked(poll: Poll) -> None:
    """Its votes say places instead of words while it is sealed, and words again once it is not."""
    for vote in await Vote.filter(poll_id=poll.id):
        for place in poll.chosen({vote.option}):
            vote.option = poll.mark(place)
            await vote.save(update_fields=["option"])


async def old() -> int:
    """Seal some rows that were written before there were keys; how many."""
    said = Q(text__not="") | Q(html__not="") | Q(warning__not="") | Q(title__not="")
    posts = Post.filter(said, reach__in=PRIVATE, sealed__isnull=True, deleted_at__isnull=True)
    count = await _page(await posts.order_by("id").limit(AT_ONCE).values_list("id", flat=True), _post)
    for model, says in KEPT:
        ids = await model.filter(says, sealed__isnull=True).order_by("id").limit(AT_ONCE).values_list("id", flat=True)

        async def row(id_: int, model: type[Sealed] = model) -> bool:
            found = await model.filter(id=id_, sealed__isnull=True).select_for_update().first()
            if found:
                await found.seal_anew()
            return bool(found and found.sealed)
        count += await _page(ids, row)
    return count


async def _page(ids: Sequence[object], seal: Callable[[int], Awaitable[bool]]) -> int:
    done = 0
    for id_ in ids:
        try:
            async with in_transaction():
                done += await seal(int(str(id_)))
        except vault.KeyGone:  # of somebody who is erased: the row goes with them
            continue
    return done


async def _post(id_: int) -> bool:
    post = await Post.filter(id=id_, sealed__isnull=True).select_for_update().first()
    if post:
        await anew(post)
    return bool(post and post.sealed)
