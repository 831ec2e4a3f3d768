"""Activities of several people in one transaction: what needs no network costs a fraction this way.

In each round stands the first that waits of each sender, so that everybody's own acts keep their order. What has to be carried
out by itself is left, and with it all that the same sender said after it.
"""
from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from federation.handlers import HANDLERS, All
from federation.inbox import OUTCOME_LIMIT
from federation.incoming import Alone, Incoming, Verdict
from federation.wire import Activity
from models import Actor, InboxItem, acts, intake
from models.availability import is_unavailable
from models.database import in_transaction
from models.delivery import ItemState
from models.errors import CommunityError
from moderation import consent, hosts

GROUP_LIMIT = 24  # activities of one transaction: some milliseconds, a page that writes something waits for no longer
DONE = "done"
log = structlog.get_logger()


@dataclass(eq=False, slots=True)
class Line:
    """What waits of one sender. `is_alone`: the first of it has to be carried out by itself."""

    sender: Actor
    items: list[InboxItem]
    is_alone: bool = False


async def carry_out(us: Actor, waiting: Mapping[str, Sequence[InboxItem]]) -> dict[str, list[InboxItem]]:
    """Carry out what can be done so; returns what is left, by sender, oldest first. `us`: our instance actor."""
    senders = await acts.actors(waiting)
    lines = [Line(sender, list(waiting[uri])) for uri, sender in senders.items()]
    while found := await _round(us, lines):
        await _together(found)
    left = {line.sender.uri: line.items for line in lines}
    return {uri: items for uri, all_ in waiting.items() if (items := left.get(uri, list(all_)))}


async def _round(us: Actor, lines: Sequence[Line]) -> dict[Line, Incoming]:
    """The lines whose first activity may be carried out with others now, with it."""
    found: dict[Line, Incoming] = {}
    for line in [line for line in lines if line.items and not line.is_alone][:GROUP_LIMIT]:
        await asyncio.sleep(0)  # the requests of people have a turn
        if incoming := await _first(us, line):
            found[line] = incoming
        else:
            line.is_alone = True
    return found


async def _first(us: Actor, line: Line) -> Incoming | None:
    """The first activity of a line, if it is of a kind that can be carried out with others, by somebody who is heard."""
    sender, item = line.sender, line.items[0]
    if sender.is_gone or item.attempts or item.outcome or not hosts.is_heard(await hosts.standing(sender.host)):
        return None
    try:
        activity = Activity.parse(json.loads(item.body))
    except (CommunityError, ValueError):
        return None  # it is refused by itself
    handler = HANDLERS.get(activity.type)
    if handler is None or handler.receive_all is None:
        return None
    return Incoming(activity=activity, sender=sender, us=us, body=item.body)


async def _together(found: Mapping[Line, Incoming]) -> None:
    """Carry them out, all or none: where something unforeseen happens, each goes by itself."""
    try:
        verdicts = await _verdicts(found)
    except Exception as error:
        if is_unavailable(error):
            raise
        log.warning("activities go one by one", exc_info=error)
        verdicts = dict.fromkeys(found, Alone())
    for line, verdict in verdicts.items():
        if isinstance(verdict, Alone):
            line.is_alone = True
        else:
            line.items.pop(0)


async def _verdicts(found: Mapping[Line, Incoming]) -> dict[Line, Verdict]:
    """What became of each. In one transaction with their marks."""
    verdicts: dict[Line, Verdict] = dict.fromkeys(found, None)
    async with in_transaction():
        ours = await intake.still_waiting([line.items[0].id for line in found])
        mine = {line: incoming for line, incoming in found.items() if line.items[0].id in ours}
        with consent.asked_once():
            for receive, lines in _by_handler(mine).items():
                verdicts.update(zip(lines, await receive([mine[line] for line in lines]), strict=True))
        await _mark({line.items[0].id: verdicts[line] for line in mine})
    return verdicts


def _by_handler(found: Mapping[Line, Incoming]) -> dict[All, list[Line]]:
    sorted_: dict[All, list[Line]] = {}
    for line, incoming in found.items():
        if receive := HANDLERS[incoming.activity.type].receive_all:
            sorted_.setdefault(receive, []).append(line)
    return sorted_


async def _mark(verdicts: Mapping[int, Verdict]) -> None:
    """What is carried out, or refused for good, is over."""
    outcomes: dict[str, list[int]] = {}
    for id_, verdict in verdicts.items():
        if not isinstance(verdict, Alone):
            outcomes.setdefault("" if verdict is None else str(verdict), []).append(id_)
    for outcome, ids in outcomes.items():
        await intake.end(ids, ItemState.REFUSED if outcome else ItemState.DONE, (outcome or DONE)[:OUTCOME_LIMIT])
