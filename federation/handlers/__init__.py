"""Which function receives which activity. To support a new type: one file, one line."""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

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

All = Callable[[Sequence[Incoming]], Awaitable[list[Verdict]]]


@dataclass(frozen=True, slots=True)
class Handler:
    """`prepare` may use the network and runs first. Then, inside one transaction, `receive` carries out one activity; a kind that
    many send has `receive_all` in its place, for several of different senders. That is also given such as are not prepared, and
    leaves those of them for which something has to be fetched, or that take long.
    """

    receive: Callable[[Incoming], Awaitable[None]] | None = None
    prepare: Callable[[Instance, Incoming], Awaitable[Incoming]] | None = None
    receive_all: All | None = None

    async def carry_out(self, incoming: Incoming) -> None:
        """One activity by itself, prepared. Raises what speaks against it."""
        if self.receive:
            await self.receive(incoming)
        if self.receive_all:
            (refused,) = await self.receive_all([incoming])
            if refused:
                raise refused


HANDLERS: dict[str, Handler] = {
    "Accept": Handler(accept.receive, accept.prepare),
    "Acknowledge": Handler(acknowledge.receive, acknowledge.prepare),
    "Add": Handler(add.receive, add.prepare),
    "Announce": Handler(prepare=announce.prepare, receive_all=announce.receive_all),
    "AnnounceRequest": Handler(request.receive, request.prepare),
    "Block": Handler(block.receive),
    "Create": Handler(prepare=create.prepare, receive_all=create.receive_all),
    "Delete": Handler(prepare=delete.prepare, receive_all=delete.receive_all),
    "EmojiReact": Handler(receive_all=like.receive_all),
    "FeatureRequest": Handler(request.receive_feature),
    "Flag": Handler(flag.receive),
    "Follow": Handler(follow.receive),
    "Like": Handler(receive_all=like.receive_all),
    "LikeRequest": Handler(request.receive, request.prepare),
    "Move": Handler(move.receive, move.prepare),
    "Offer": Handler(offer.receive, offer.prepare),
    "QuoteRequest": Handler(request.receive, request.prepare),
    "Reject": Handler(reject.receive),
    "Remove": Handler(remove.receive),
    "ReplyRequest": Handler(request.receive, request.prepare),
    "Respond": Handler(respond.receive),
    "Undo": Handler(receive_all=undo.receive_all),
    "Update": Handler(prepare=update.prepare, receive_all=update.receive_all),
    "Withdraw": Handler(withdraw.receive, withdraw.prepare),
}

__all__ = ["All", "HANDLERS", "Handler", "Incoming"]
