# ruff: noqa: E501 - statements read better in one line
"""What every drill promises, and whether it was kept."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.drills.world import CHANGE, NO_ANSWER, UNAVAILABLE, Crowd, World, lost, settled
from tests.live import promised

ANSWER_SECONDS = 3.0  # security.md §3: the worst of a probe, under anything
UNPROVEN, NO_KEY = 401, 502
TOO_OFTEN = 429  # one member writes and uploads all the time
GOOD = {"inbox": {202}, "messages": {200, TOO_OFTEN}, "pages": {200}, "images": {202, TOO_OFTEN}, "health": {200}}


class NotHere(Exception):
    """This computer cannot do this drill; the message says why."""


class Broken(Exception):
    """A promise was not kept."""


async def judged(there: World, crowd: Crowd, figures: Mapping[str, float], *, hard: Sequence[str], dark: str = "",
                 bars: Mapping[str, float], unproven: Sequence[str] = ()) -> dict[str, Any]:
    """The row of a drill, after everything was carried out and sent. Raises Broken.

    `hard`: the phases in which 503 may be said, or a connection may be cut; in no other, and no other error ever. `dark`: the phase in which
    the health of the server must say what is missing. `bars`: the most that each of these figures may be. `unproven`: the phases in
    which what other servers sign may be refused, also as their keys, which are asked for anew, are not to be had.
    """
    settled_seconds = await settled(there)
    gone = await lost(there, crowd)
    row = {**figures, **gone, "settled_seconds": settled_seconds,
           "worst_seconds": max(worst for kind in crowd.all.values() for worst in kind.worst.values()),
           "answers": {kind: answers.table() for kind, answers in crowd.all.items()}}
    slack = promised(1)  # others may keep this computer busy
    faults = [f"{name} {figures[name]:.2f} is over {bar}" for name, bar in bars.items() if figures[name] > bar * slack]
    faults += [f"{name}: {gone[name]}" for name in ("lost", "undelivered", "broken") if gone[name]]
    for kind, answers in crowd.all.items():
        for phase, statuses in answers.statuses.items():
            allowed = GOOD[kind] | ({UNAVAILABLE, NO_ANSWER} if phase in (*hard, CHANGE) else set())
            allowed |= {UNPROVEN, NO_KEY} if kind == "inbox" and unproven and phase in (*unproven, CHANGE) else set()
            faults += [f"{kind}, {phase}: {count} x {status}" for status, count in statuses.items() if status not in allowed]
            if answers.worst[phase] > ANSWER_SECONDS * slack:
                faults.append(f"{kind}, {phase}: an answer after {answers.worst[phase]:.1f} s")
    if dark and not crowd.health.statuses[dark][UNAVAILABLE]:
        faults.append("its health was said to be good")
    if UNAVAILABLE in crowd.inbox.said and "error.unavailable" not in crowd.inbox.said[UNAVAILABLE]:
        faults.append("503 without words")
    if faults:
        raise Broken("; ".join(faults) + f" {row}")
    return row
