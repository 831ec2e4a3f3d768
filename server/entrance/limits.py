"""Rate limits: token buckets in memory, bounded in number."""
from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass

from models.errors import CommunityError

BUCKETS_LIMIT = 20_000


class TooOften(CommunityError):
    """Asked more often than a person would. `retry_after_seconds` says when to come back."""

    status = 429
    safe = "error.too_often"

    def __init__(self, kind: str, retry_after_seconds: int) -> None:
        super().__init__(kind)
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then one every `seconds`."""

    burst: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much of a rate is left: `left` of `limit`, all of it again in `reset_seconds`."""

    limit: int
    left: int
    reset_seconds: int


#: What is limited, for each client address or member (security.md §1: every mailing route by name).
RATES: dict[str, Rate] = {
    "sign_in": Rate(10, 30),
    "sign_in_account": Rate(8, 60),  # guesses at one account, from anywhere
    "mail_address": Rate(3, 600),  # mails to one address
    "mail_client": Rate(10, 120),
    "join": Rate(10, 60),
    "post": Rate(30, 20),
    "api": Rate(300, 1),  # requests of the apps of one member, or of one client address
    "app_made": Rate(20, 60),  # apps that one client address registers
    "app_token": Rate(60, 5),  # tokens that one client address, or one app, asks for
    "act": Rate(120, 2),  # follow, thank, pass on, …
    "look_up": Rate(20, 10),  # fetches that a member causes
    "upload": Rate(20, 30),
    "badge": Rate(6, 600),  # requests of one member, of which some mail
    "archive": Rate(4, 3600),  # copies of everything that one member asks for
    "coat": Rate(300, 0.2),  # pictures that stand for people: they are drawn
    "directory": Rate(40, 60),  # pages of the directory that one member looks at
    "directory_peer": Rate(400, 0.5),  # that one partner reads
    "webfinger": Rate(60, 2),
    "receipt": Rate(60, 2),  # looked at through their links, from one client address
    "report_outside": Rate(5, 600),  # by people without an account, from one client address
    "inbox_unknown": Rate(20, 10),  # requests of hosts that we do not know
    "new_key": Rate(200, 2),  # requests of one client address with a key of a host that we know, read for it, that prove nothing
}


class Limits:
    """The buckets of one process. The least recently used goes when there are too many."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, kind: str, who: str) -> Allowance:
        """Spend one token of `kind` for `who`; TooOften when there is none. What is left then."""
        rate, now = RATES[kind], time.monotonic()
        tokens, then = self._buckets.pop((kind, who), (float(rate.burst), now))
        tokens = min(float(rate.burst), tokens + (now - then) / rate.seconds)
        enough = tokens >= 1
        self._buckets[kind, who] = (tokens - 1 if enough else tokens, now)
        if len(self._buckets) > BUCKETS_LIMIT:
            self._buckets.popitem(last=False)
        if not enough:
            raise TooOften(kind, max(1, round((1 - tokens) * rate.seconds)))
        left = tokens - 1
        return Allowance(rate.burst, int(left), round((rate.burst - left) * rate.seconds))

    def give_back(self, kind: str, who: str) -> None:
        """It was not what is limited after all."""
        tokens, then = self._buckets.get((kind, who), (0.0, 0.0))
        self._buckets[kind, who] = (tokens + 1, then)
