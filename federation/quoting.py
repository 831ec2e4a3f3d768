"""What messages of ours quote, once its author was asked: shown with the yes, and no longer when that ends (FEP-044f).

`federation.outbox.create` asks, `federation.approvals` hears the answer; `federation.handlers.request` is the other side.
"""
from __future__ import annotations

from collections.abc import Sequence

from federation import outbox
from models import Post, Stamp
from models.post import AskedState

ENDED_LIMIT = 100  # of one author's stamps that end together


async def let(post: Post, stamp_uri: str) -> None:
    """The author says yes: the quote is shown, and those who have the message hear of it. Inside a transaction."""
    await post.change(quote_state=AskedState.SHOWN, shows_quote=True, quote_stamp_uri=stamp_uri)
    await outbox.update(post, is_edit=False)


async def stop(post: Post, state: AskedState) -> None:
    """The author says no, or no longer yes. Inside a transaction."""
    await post.change(quote_state=state, shows_quote=False, quote_stamp_uri="")
    await outbox.update(post, is_edit=False)


async def end(stamp_uris: Sequence[str]) -> None:
    """Messages of ours whose permission `federation.quotes` has taken for gone say that they quote no longer. Inside a
    transaction.
    """
    ours = Post.filter(quote_stamp_uri__in=list(stamp_uris), author__host="", deleted_at__isnull=True, shows_quote=False)
    for post in await ours.filter(quote_state=AskedState.SHOWN).select_related("author").limit(ENDED_LIMIT):
        await stop(post, AskedState.ENDED)


async def end_of_own(stamp: Stamp, uri: str) -> None:
    """A member of ours took back the stamp with this id. Inside the act's transaction."""
    await Post.filter(uri=stamp.interaction_uri, quote_stamp_uri=uri).update(shows_quote=False)
    await end([uri])
