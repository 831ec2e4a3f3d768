"""A message is for fewer people from now on. Wider it never becomes: whoever wants that writes a new one."""
from __future__ import annotations

from federation import audience, copies, outbox, stamps, withdrawal_notices
from models import Announce, Approval, Delivery, Host, OutgoingActivity, Pin, Post, Recipient, Subquery, clock, fan_out, sealing
from models.database import in_transaction
from models.delivery import TELLING, DeliveryState
from models.errors import CommunityError, NotHere
from models.post import AskedState
from models.reach import Reach
from models.stamp import StampKind
from moderation import asking
from server.actions import held


class Wider(CommunityError):
    """It would be read by more people, or by just as many."""

    status = 422
    safe = "A message can only be made narrower. To reach more people, write a new one."


class NotLeft(CommunityError):
    """It can still be called back."""

    status = 409
    safe = "This message has not left yet. Call it back, and choose again who reads it."


async def choices(post: Post) -> list[Reach]:
    """The reaches to which it can be narrowed, widest first. A circle needs people: those whom it names already."""
    named = await Recipient.filter(post_id=post.id).exists()
    return [reach for reach in reversed(Reach) if reach.level < post.reach.level and (named or reach is not Reach.CIRCLE)]


async def narrow(post: Post, reach: Reach) -> None:
    """Show it here to fewer at once; those servers that may no longer have it are asked to erase it, the others are told.

    The author comes loaded. Answers of other people keep their reach; what others passed on is passed on no more below the
    partners. Of servers that may still have it, those that do not understand narrowing are asked to erase it too: they would go
    on showing it as before. Raises: Wider; NotLeft; NotHere for a circle of nobody, or if it is erased.
    """
    if reach.level >= post.reach.level:
        raise Wider("narrow")
    if reach not in await choices(post):
        raise NotHere("nobody is named")
    async with in_transaction():
        if await held.is_held(post):
            raise NotLeft("narrow")
        now = await Post.filter(id=post.id, deleted_at__isnull=True).select_for_update().first()
        if now is None:
            raise NotHere("erased meanwhile")
        if reach.level >= now.reach.level:  # by another request, after this one read it
            raise Wider("narrow")
        await post.change(reach=reach, reach_before="", expires_at=copies.kept_until(reach, clock.now()))
        await _asks_nobody(post)
        await sealing.anew(post)
        keep = await _keepers(post)
        await withdrawal_notices.ask(post.author, [post.uri], but=keep)
        await outbox.delete(post, but=keep)
        await outbox.narrowed(post, keep)
        await _forget(post)
        await stamps.withdraw_all(post.author, kind=StampKind.QUOTE, post=post)  # only what is for the whole web is quoted
        if reach.level < Reach.PARTNERS.level:
            await _pass_on_no_more(post)


async def _asks_nobody(post: Post) -> None:
    """What stays here, or is for named people, needs no yes of whom it answers."""
    if post.reach not in asking.ANSWERS_SHOWN and not post.is_let:
        await post.change(answer_state=AskedState.NONE)
        await Approval.filter(uri=post.uri).delete()


async def _keepers(post: Post) -> set[str]:
    """The servers that may have it as it is now, and know how to narrow it."""
    rows = await Recipient.filter(post_id=post.id).select_related("actor")
    reached = await fan_out.inboxes(await audience.readers(post.author, post.reach, [row.actor for row in rows]))
    obeying = await Host.filter(name__in=list(set(reached.values())) or [""], takes_withdrawals=True).only("id", "name")
    return {host.name for host in obeying}


async def _forget(post: Post) -> None:
    """What was written down to be sent said it for more people."""
    waiting = Subquery(Delivery.filter(object_uri=post.uri, state=DeliveryState.WAITING).values("activity_id"))
    told = OutgoingActivity.filter(object_uri=post.uri, kind__in=TELLING).exclude(id__in=waiting)
    await told.update(body="", sealed=None)


async def _pass_on_no_more(post: Post) -> None:
    for announce in await Announce.filter(post_id=post.id).select_related("actor", "post__author"):
        if announce.actor.is_local:
            await outbox.undo_announce(announce)
        await announce.delete()
    await Pin.filter(post_id=post.id).delete()
