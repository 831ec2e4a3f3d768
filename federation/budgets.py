"""Memory of the client about other hosts: how often we may ask, and what failed a moment ago. Both are bounded."""
from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from federation.errors import FederationError, Unreachable

MAX_HOSTS = 2000
MAX_FAILURES = 2000
FAILURE_SECONDS = 30.0


class FetchBudget:
    """A token bucket for each host, so that nobody can use us to flood somebody (spec: security, Friendica 3.3.4).

    The hosts used longest ago are forgotten first; a forgotten host starts with a full bucket.
    """

    def __init__(self, fetches_per_minute: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = fetches_per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, host: str, *, left: float = 0.0) -> None:
        """Take one fetch from the host's bucket; Unreachable, with the time to wait, if it is empty, or holds no more than this
        part of what it can hold: that is for what must not wait.
        """
        now = self._clock()
        tokens, since = self._buckets.pop(host, (self._capacity, now))
        tokens = min(self._capacity, tokens + (now - since) * self._capacity / 60)
        needed = 1 + int(left * self._capacity)
        enough = tokens >= needed
        self._buckets[host] = (tokens - 1 if enough else tokens, now)
        if len(self._buckets) > MAX_HOSTS:
            self._buckets.popitem(last=False)
        if not enough:
            raise Unreachable("the fetch budget of this host is spent", host=host,
                              retry_after_seconds=(needed - tokens) * 60 / self._capacity)


@dataclass(frozen=True, slots=True)
class _Failure:
    until: float
    kind: type[FederationError]
    detail: str
    host: str
    http_status: int | None

    def raise_again(self, now: float) -> NoReturn:
        """Raise what happened then; to be unreachable means: come back when this is forgotten."""
        if issubclass(self.kind, Unreachable):
            raise self.kind(self.detail, host=self.host, http_status=self.http_status,
                            retry_after_seconds=self.until - now)
        raise self.kind(self.detail, host=self.host, http_status=self.http_status)


class RecentFailures:
    """What failed is not asked for again at once (CVE-2026-34148): the same error is raised instead."""

    def __init__(self, seconds: float = FAILURE_SECONDS, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._failures: OrderedDict[str, _Failure] = OrderedDict()

    def check(self, url: str) -> None:
        """Raise what this URL failed with, if that was less than `seconds` ago."""
        if (failure := self._failures.get(url)) is None:
            return
        if failure.until > (now := self._clock()):
            failure.raise_again(now)
        del self._failures[url]

    def remember(self, url: str, error: FederationError) -> None:
        """Keep this failure. A 401 or 403 of theirs is not kept: the next try may be signed, or signed in the other way."""
        if error.http_status in (401, 403):
            return
        self._failures.pop(url, None)
        self._failures[url] = _Failure(self._clock() + self._seconds, type(error), error.detail, error.host,
                                       error.http_status)
        if len(self._failures) > MAX_FAILURES:
            self._failures.popitem(last=False)

    def forget(self, url: str) -> None:
        """It answered after all."""
        self._failures.pop(url, None)
