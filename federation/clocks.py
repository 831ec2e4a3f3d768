"""What time it is elsewhere, as the answers of other servers say (`Date`, RFC 9110 §6.6.1): whether our own clock is right.

One that is wrong by an hour has everything refused that we sign, and we refuse what others sign, while each single answer looks
like a fault of that server.
"""
from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from statistics import median

from moderation.domain_names import registrable

SERVERS_LIMIT = 64
AGAIN_SECONDS = 60.0  # each server is listened to once in this time
KEPT_SECONDS = 3600.0
OFF_SECONDS = 120.0  # from here on it is told: nothing breaks before
AGREE_SECONDS = 60.0  # others are of one mind
AGREEING_AT_LEAST = 2  # one server alone is as likely to be wrong as we are


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much our clock is ahead of others (negative: behind), and of how many servers that agree."""

    seconds: float
    servers: int


class Clocks:
    """Of the servers that answered us lately. One of them can be wrong or lie: what most say counts, each domain once, and never
    what a single one says.
    """

    def __init__(self) -> None:
        self._heard: OrderedDict[str, tuple[float, float]] = OrderedDict()  # by domain: when, on a steady clock; our lead

    def hear(self, host: str, headers: Mapping[str, str], now: datetime) -> None:
        """An answer came just now. One that a cache kept says nothing."""
        name, steady = registrable(host), time.monotonic()
        known = self._heard.get(name)
        if known and known[0] > steady - AGAIN_SECONDS or "Age" in headers or "Date" not in headers:
            return
        try:
            theirs = parsedate_to_datetime(headers["Date"][:60])
            ahead = (now - (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC))).total_seconds()
        except (ValueError, TypeError, IndexError, OverflowError):
            return
        self._heard[name] = steady, ahead
        self._heard.move_to_end(name)
        if len(self._heard) > SERVERS_LIMIT:
            self._heard.popitem(last=False)

    def forget(self) -> None:
        """Our clock was set: what was heard before says nothing of it."""
        self._heard.clear()

    def difference(self) -> Difference | None:
        """What two or more, and more than half of those heard lately, say to a minute; None if they are fewer or do not agree."""
        since = time.monotonic() - KEPT_SECONDS
        ahead = [seconds for at, seconds in self._heard.values() if at > since]
        if len(ahead) < AGREEING_AT_LEAST:
            return None
        middle = median(ahead)
        agreeing = sum(abs(seconds - middle) <= AGREE_SECONDS for seconds in ahead)
        return Difference(middle, agreeing) if agreeing >= AGREEING_AT_LEAST and agreeing * 2 > len(ahead) else None

    def fault(self) -> Difference | None:
        """The same, if our clock is wrong."""
        found = self.difference()
        return found if found and abs(found.seconds) >= OFF_SECONDS else None
