"""Which function receives which activity. To support a new type: one file, one line."""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from federation import charter_changes
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
from federation.incoming import Incoming
from federation.instance import Instance


@dataclass(frozen=True, slots=True)
class Handler:
    """`prepare` may use the network and runs first; `receive` runs alone inside one transaction."""

    receive: Callable[[Incoming], Awaitable[None]]
    prepare: Callable[[Instance, Incoming], Awaitable[Incoming]] | None = None


HANDLERS: dict[str, Handler] = {
    "Accept": Handler(accept.receive, accept.prepare),
    "Acknowledge": Handler(acknowledge.receive, acknowledge.prepare),
    "Add": Handler(add.receive, add.prepare),
    "Announce": Handler(announce.receive, announce.prepare),
    "AnnounceRequest": Handler(request.receive, request.prepare),
    "Block": Handler(block.receive),
    "Create": Handler(create.receive, create.prepare),
    "Delete": Handler(delete.receive, delete.prepare),
    "EmojiReact": Handler(like.receive),
    "FeatureRequest": Handler(request.receive_feature),
    "Flag": Handler(flag.receive),
    "Follow": Handler(follow.receive),
    "Like": Handler(like.receive),
    "LikeRequest": Handler(request.receive, request.prepare),
    "Move": Handler(move.receive, move.prepare),
    "Offer": Handler(offer.receive, charter_changes.prepare),
    "QuoteRequest": Handler(request.receive, request.prepare),
    "Reject": Handler(reject.receive),
    "Remove": Handler(remove.receive),
    "ReplyRequest": Handler(request.receive, request.prepare),
    "Respond": Handler(respond.receive),
    "Undo": Handler(undo.receive),
    "Update": Handler(update.receive, update.prepare),
    "Withdraw": Handler(withdraw.receive, withdraw.prepare),
}

__all__ = ["HANDLERS", "Handler", "Incoming"]
