"""What messages of ours quote: the answer of the author who was asked, and what follows when a yes ends (FEP-044f).

`federation.outbox.create` asks; `federation.handlers.request` is the other side.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from federation import outbox, quotes
from federation.incoming import Incoming
from federation.instance import Instance
from models import OutgoingActivity, Post, Stamp
from models.post import AskedState

ENDED_LIMIT = 100  # of one author's stamps that end together


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """The stamp that a yes names, read where it stands: a yes without a good one is as good as none. May use the network."""
    post = await _asked_of(incoming)
    stamp = incoming.activity.result
    if post is None or stamp is None:
        return incoming
    quoted = await Post.kept(post.quote_uri)
    is_good = await quotes.is_stamped(instance, stamp, quoting_uri=post.uri, quoted_uri=post.quote_uri, quoted=quoted)
    return replace(incoming, stamp_uri=stamp if is_good else "")


async def accepted(incoming: Incoming) -> bool:
    """The author says yes: the quote is shown, and those who have the message hear of it. False if it is about something else."""
    post = await _asked_of(incoming)
    if post is None:
        return False
    if incoming.stamp_uri and post.quote_state in (AskedState.ASKED, AskedState.REFUSED):
        await post.change(quote_state=AskedState.SHOWN, shows_quote=True, quote_stamp_uri=incoming.stamp_uri)
        await outbox.update(post, is_edit=False)
    return True


async def refused(incoming: Incoming) -> bool:
    """The author says no, or no longer yes. False if this is about something else."""
    post = await _asked_of(incoming)
    if post is None:
        return False
    if post.quote_state is AskedState.ASKED:
        await _stop(post, AskedState.REFUSED)
    elif post.quote_state is AskedState.SHOWN:
        await _stop(post, AskedState.ENDED)
    return True


async def end(stamp_uris: Sequence[str]) -> None:
    """Messages of ours whose permission `federation.quotes` has taken for gone say that they quote no longer. Inside a
    transaction.
    """
    ours = Post.filter(quote_stamp_uri__in=list(stamp_uris), author__host="", deleted_at__isnull=True, shows_quote=False)
    for post in await ours.filter(quote_state=AskedState.SHOWN).select_related("author").limit(ENDED_LIMIT):
        await _stop(post, AskedState.ENDED)


async def end_of_own(stamp: Stamp, uri: str) -> None:
    """A member of ours took back the stamp with this id. Inside a transaction."""
    await Post.filter(uri=stamp.interaction_uri, quote_stamp_uri=uri).update(shows_quote=False)
    await end([uri])


async def _stop(post: Post, state: AskedState) -> None:
    await post.change(quote_state=state, shows_quote=False, quote_stamp_uri="")
    await outbox.update(post, is_edit=False)


async def _asked_of(incoming: Incoming) -> Post | None:
    """The message of ours for which the sender was asked, by the id of our request or by what the answer repeats."""
    activity, sender = incoming.activity, incoming.sender
    request = await OutgoingActivity.get_or_none(uri=activity.object_id or "", kind="QuoteRequest")
    repeated = activity.object.get("instrument") if isinstance(activity.object, dict) else None
    uri = request.object_uri if request else repeated if isinstance(repeated, str) else ""
    post = await Post.kept(uri) if uri else None
    if post is None or not post.author.is_local:
        return None
    theirs = await Post.exists(uri=post.quote_uri, author_id=sender.id)
    return post if theirs else None
