"""Which conversations of elsewhere somebody reads here, and how much of each is known to be missing. Bounded; lost at a restart,
when the next reader asks again."""
from __future__ import annotations

import time
from collections import OrderedDict
from typing import Any

from federation.budgets import FetchBudget

WAITING_LIMIT = 200
KEPT_LIMIT = 2000
LOOK_AGAIN_SECONDS = 600.0
DOCUMENTS_PER_MINUTE = 60.0  # of one origin, for all conversations together


class Gaps:
    """Conversations by the id of their first message."""

    def __init__(self, look_again_seconds: float = LOOK_AGAIN_SECONDS) -> None:
        self._look_again_seconds = look_again_seconds
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._next: OrderedDict[str, float] = OrderedDict()
        self._missing: OrderedDict[str, int] = OrderedDict()
        self.origins = FetchBudget(DOCUMENTS_PER_MINUTE)

    def want(self, conversation: str) -> None:
        """Somebody reads this: have a look at its origin, unless that was done a moment ago or too many wait."""
        now = time.monotonic()
        if self._next.get(conversation, 0.0) > now or len(self._waiting) >= WAITING_LIMIT:
            return
        self._waiting[conversation] = None
        _put(self._next, conversation, now + self._look_again_seconds)

    def take(self) -> str | None:
        """The conversation that waits longest."""
        return self._waiting.popitem(last=False)[0] if self._waiting else None

    def found(self, conversation: str, missing: int) -> None:
        """So many messages are there and could not be brought here."""
        _put(self._missing, conversation, missing)

    def missing(self, conversation: str) -> int:
        """How many are known to be missing."""
        return self._missing.get(conversation, 0)


def _put(kept: OrderedDict[str, Any], name: str, value: object) -> None:
    kept[name] = value
    kept.move_to_end(name)
    if len(kept) > KEPT_LIMIT:
        kept.popitem(last=False)
