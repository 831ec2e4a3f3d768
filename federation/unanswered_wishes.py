"""What our members asked authors elsewhere to let them do, and nobody answers: it does not wait for ever (`models.approval`).

A yes that comes later counts all the same.
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from federation import quoting
from federation.approvals import Wish
from models import Approval, Delivery, Post, clock
from models.database import in_transaction
from models.delivery import DeliveryState
from models.ids import first_id
from models.post import IN_REVIEW, AskedState

WAITS = timedelta(days=30)  # for somebody to answer
LOOKED_BACK = timedelta(days=7)  # past that, for quotes that nobody answered while no server ran
KNOWN_FOR = timedelta(days=13)  # how deliveries ended: a day less than `server.worker` keeps them
AT_ONCE = 100


async def end_due() -> int:
    """A job: what was asked a month ago, or could not be asked, is unanswered. Returns 0: it looks at everything at once."""
    after = 0
    while asked := await Approval.filter(state=AskedState.ASKED, actor__host="", id__gt=after).order_by("id").limit(
            AT_ONCE).select_related("actor", "post__author"):
        after = asked[-1].id
        unasked = await _could_not_be_asked(asked)
        for approval in asked:
            if approval.uri in unasked or approval.created_at < clock.now() - WAITS:
                await _end(approval)
    await _end_quotes()
    return 0


async def _could_not_be_asked(asked: Sequence[Approval]) -> set[str]:
    """Those whose request was given up, or may not go there any more; what is still held has not been tried."""
    recent = {one.uri for one in asked if one.created_at > clock.now() - KNOWN_FOR}
    sent = Delivery.filter(object_uri__in=list(recent) or [""], host__in=list({one.post.author.host for one in asked}))
    states: dict[str, set[DeliveryState]] = {}
    for uri, state in await sent.values_list("object_uri", "state"):
        states.setdefault(str(uri), set()).add(DeliveryState(str(state)))
    held = await Post.filter(uri__in=list(recent) or [""], held_until=IN_REVIEW).values_list("uri", flat=True)
    return {uri for uri, how in states.items() if how == {DeliveryState.FAILED}} - {str(uri) for uri in held}


async def _end(approval: Approval) -> None:
    async with in_transaction():
        now = await Approval.filter(id=approval.id, state=AskedState.ASKED).select_for_update().first()
        if now is not None:
            await Wish(approval.kind, approval.uri, approval.post.uri, approval.state, approval=approval).end(
                AskedState.UNANSWERED)


async def _end_quotes() -> None:
    since = clock.now() - WAITS
    waiting = Post.filter(id__gte=first_id(since - LOOKED_BACK), id__lt=first_id(since), quote_state=AskedState.ASKED)
    for post in await waiting.filter(author__host="", deleted_at__isnull=True).limit(AT_ONCE).select_related("author"):
        async with in_transaction():
            await quoting.stop(post, AskedState.UNANSWERED)
