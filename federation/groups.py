"""Activities of several people in one transaction: what needs no network costs a fraction this way.

A group is carried out kind by kind. Of each sender it holds what waits first, as far as that was said in the order of the kinds,
so that everybody's own acts keep their order. What has to be carried out by itself is left, and with it all that the same sender
said after it.
"""
from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

import structlog

from federation.handlers import HANDLERS, All, announce, create, delete, like, undo, update
from federation.inbox import OUTCOME_LIMIT
from federation.incoming import Alone, Incoming, Verdict
from federation.wire import Activity
from models import Actor, InboxItem, acts, intake
from models.availability import is_unavailable
from models.database import in_transaction
from models.delivery import ItemState
from models.errors import CommunityError
from moderation import consent, hosts

GROUP_LIMIT = 48  # activities of one transaction: some milliseconds, a page that writes something waits for no longer
#: What a group does first, and what then: what is new, and what is about it.
ORDER: tuple[All, ...] = (create.receive_all, like.receive_all, announce.receive_all, update.receive_all, delete.receive_all,
                          undo.receive_all)
DONE = "done"
log = structlog.get_logger()


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """One activity of a line, read. `place`: of its kind in a group."""

    item: InboxItem
    incoming: Incoming
    place: int


@dataclass(eq=False, slots=True)
class Line:
    """What waits of one sender, oldest first. `pieces`: of the first of it, what may be carried out with others."""

    items: list[InboxItem]
    pieces: list[Piece]

    def first(self) -> list[Piece]:
        """Those that one group may hold."""
        places = [piece.place for piece in self.pieces]
        end = next((end for end in range(1, len(places)) if places[end] <= places[end - 1]), len(places))
        return self.pieces[:end]

    def drop(self, count: int) -> None:
        """So many are over."""
        del self.items[:count], self.pieces[:count]


async def carry_out(us: Actor, waiting: Mapping[str, Sequence[InboxItem]]) -> dict[str, list[InboxItem]]:
    """Carry out what can be done so; returns what is left, by sender, oldest first. `us`: our instance actor."""
    senders = await _heard(waiting)
    lines = {uri: Line(list(items), await _read(us, senders.get(uri), items)) for uri, items in waiting.items()}
    while found := _group(lines.values()):
        await _together(found)
    return {uri: line.items for uri, line in lines.items() if line.items}


async def _heard(uris: Collection[str]) -> dict[str, Actor]:
    """Those of these people who are here, on servers that we listen to."""
    senders = await acts.actors(uris)
    standings = await hosts.standings({sender.host for sender in senders.values()})
    return {uri: sender for uri, sender in senders.items() if not sender.is_gone and hosts.is_heard(standings[sender.host])}


async def _read(us: Actor, sender: Actor | None, items: Sequence[InboxItem]) -> list[Piece]:
    """The first of what somebody said who is heard, up to what has to be carried out by itself."""
    await asyncio.sleep(0)  # the requests of people have a turn
    if sender is None:
        return []
    pieces = list[Piece]()
    for item in items:
        if (piece := _piece(us, sender, item)) is None:
            break
        pieces.append(piece)
    return pieces


def _piece(us: Actor, sender: Actor, item: InboxItem) -> Piece | None:
    """An activity that is of one of the kinds, and was not tried before."""
    if item.attempts or item.outcome:
        return None
    try:
        activity = Activity.parse(json.loads(item.body))
    except (CommunityError, ValueError):
        return None  # it is refused by itself
    handler = HANDLERS.get(activity.type)
    if handler is None or handler.receive_all not in ORDER:
        return None
    incoming = Incoming(activity=activity, sender=sender, us=us, body=item.body)
    return Piece(item, incoming, ORDER.index(handler.receive_all))


def _group(lines: Iterable[Line]) -> dict[Line, list[Piece]]:
    """What is carried out together next."""
    found, count = dict[Line, list[Piece]](), 0
    for line in lines:
        if count < GROUP_LIMIT and (pieces := line.first()):
            found[line] = pieces
            count += len(pieces)
    return found


async def _together(found: Mapping[Line, Sequence[Piece]]) -> None:
    """Carry them out, all or none: where something unforeseen happens, each goes by itself."""
    try:
        verdicts = await _verdicts(found)
    except Exception as error:
        if is_unavailable(error):
            raise
        log.warning("activities go one by one", exc_info=error)
        verdicts = {piece: Alone() for pieces in found.values() for piece in pieces}
    for line, pieces in found.items():
        over = list(takewhile(lambda piece: not isinstance(verdicts[piece], Alone), pieces))
        line.drop(len(over))
        if len(over) < len(pieces):
            line.pieces.clear()  # the first of them goes by itself


async def _verdicts(found: Mapping[Line, Sequence[Piece]]) -> dict[Piece, Verdict]:
    """What became of each, but for what waits for something of the same sender. In one transaction with their marks."""
    pieces = [piece for of_line in found.values() for piece in of_line]
    async with in_transaction():
        ours = await intake.still_waiting([piece.item.id for piece in pieces])
        mine = [piece for piece in pieces if piece.item.id in ours]
        with consent.asked_once():
            verdicts = await _kind_by_kind(mine)
        await _mark({piece.item.id: verdict for piece, verdict in verdicts.items()})
    return dict.fromkeys(pieces) | {piece: verdicts.get(piece, Alone()) for piece in mine}


async def _kind_by_kind(pieces: Sequence[Piece]) -> dict[Piece, Verdict]:
    """The same; nothing of whom something has to be carried out by itself first."""
    verdicts, waits = dict[Piece, Verdict](), set[int]()
    for place, receive in enumerate(ORDER):
        now = [piece for piece in pieces if piece.place == place and piece.incoming.sender.id not in waits]
        said = await receive([piece.incoming for piece in now]) if now else []
        verdicts.update(zip(now, said, strict=True))
        waits.update(piece.incoming.sender.id for piece in now if isinstance(verdicts[piece], Alone))
    return verdicts


async def _mark(verdicts: Mapping[int, Verdict]) -> None:
    """What is carried out, or refused for good, is over."""
    outcomes: dict[str, list[int]] = {}
    for id_, verdict in verdicts.items():
        if not isinstance(verdict, Alone):
            outcomes.setdefault("" if verdict is None else str(verdict), []).append(id_)
    for outcome, ids in outcomes.items():
        await intake.end(ids, ItemState.REFUSED if outcome else ItemState.DONE, (outcome or DONE)[:OUTCOME_LIMIT])
