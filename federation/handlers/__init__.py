"""Which function receives which activity. To support a new type: one file, one line."""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from federation import charter_changes, edits, replies
from federation.handlers import (
    accept,
    acknowledge,
    add,
    announce,
    block,
    create,
    delete,
    flag,
    follow,
    like,
    move,
    offer,
    reject,
    remove,
    request,
    respond,
    undo,
    update,
    withdraw,
)
from federation.incoming import Incoming, Verdict
from federation.instance import Instance

Together = Callable[[Sequence[Incoming]], Awaitable[list[Verdict]]]


@dataclass(frozen=True, slots=True)
class Handler:
    """`prepare` may use the network and runs first; `receive` runs alone inside one transaction. `together` does both for several
    of different senders, in one transaction and without the network: what it cannot do so is left for the other two.
    """

    receive: Callable[[Incoming], Awaitable[None]]
    prepare: Callable[[Instance, Incoming], Awaitable[Incoming]] | None = None
    together: Together | None = None


HANDLERS: dict[str, Handler] = {
    "Accept": Handler(accept.receive, accept.prepare),
    "Acknowledge": Handler(acknowledge.receive, acknowledge.prepare),
    "Add": Handler(add.receive, add.prepare),
    "Announce": Handler(announce.receive, announce.prepare, announce.receive_all),
    "AnnounceRequest": Handler(request.receive, request.prepare),
    "Block": Handler(block.receive),
    "Create": Handler(create.receive, create.prepare, replies.receive_all),
    "Delete": Handler(delete.receive, delete.prepare, delete.receive_all),
    "EmojiReact": Handler(like.receive, together=like.receive_all),
    "FeatureRequest": Handler(request.receive_feature),
    "Flag": Handler(flag.receive),
    "Follow": Handler(follow.receive),
    "Like": Handler(like.receive, together=like.receive_all),
    "LikeRequest": Handler(request.receive, request.prepare),
    "Move": Handler(move.receive, move.prepare),
    "Offer": Handler(offer.receive, charter_changes.prepare),
    "QuoteRequest": Handler(request.receive, request.prepare),
    "Reject": Handler(reject.receive),
    "Remove": Handler(remove.receive),
    "ReplyRequest": Handler(request.receive, request.prepare),
    "Respond": Handler(respond.receive),
    "Undo": Handler(undo.receive, together=undo.receive_all),
    "Update": Handler(update.receive, update.prepare, edits.receive_all),
    "Withdraw": Handler(withdraw.receive, withdraw.prepare),
}

__all__ = ["HANDLERS", "Handler", "Incoming", "Together"]
