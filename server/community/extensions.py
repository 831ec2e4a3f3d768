"""Rules of a host's own, out of installed packages: entry points of the group "dazzle.signals" (deploy/signals.md).

They are asked after ours. One that raises, answers something else or takes too long is passed over and never stops a message; one
that took too long three times is left alone until the next start.
"""
from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata

import structlog

from moderation.signals import SIGNALS, Facts, Finding, Signal

GROUP = "dazzle.signals"
LIMIT = 20
SECONDS = 0.25  # for one rule and one message
STRIKES = 3
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
_log = structlog.get_logger()


@dataclass(slots=True)
class Added:
    """A rule of the host's, where it comes from, and what is wrong with it if it cannot be asked."""

    name: str
    package: str
    signal: Signal | None
    fault: str = ""
    strikes: int = 0

    @property
    def works(self) -> bool:
        """Whether it is asked."""
        return self.signal is not None and self.strikes < STRIKES


@lru_cache(maxsize=1)
def added() -> tuple[Added, ...]:
    """All that are installed, by name. They are read once: a package that is installed later counts from the next start."""
    points = sorted(metadata.entry_points(group=GROUP), key=lambda point: point.name)
    return tuple(_load(point) for point in points[:LIMIT])


async def findings(facts: Facts, off: frozenset[str]) -> tuple[tuple[Signal, Finding], ...]:
    """What they say of a message; those that are switched off are not asked."""
    said = [(one, await _ask(one, facts)) for one in added() if one.works and one.name not in off]
    return tuple((one.signal, finding) for one, finding in said if one.signal and finding)


def _load(point: metadata.EntryPoint) -> Added:
    package = point.dist.name if point.dist else ""
    try:
        found = point.load()
    except Exception as error:  # noqa: BLE001 - code of others: whatever it raises, the server starts
        _log.warning("signal not loaded", rule=point.name, error=type(error).__name__)
        return Added(point.name, package, None, type(error).__name__)
    is_taken = any(point.name == ours.name for ours in SIGNALS)
    if not isinstance(found, Signal) or found.name != point.name or not _NAME.fullmatch(point.name) or is_taken:
        _log.warning("signal not loaded", rule=point.name, error="no Signal of this name")
        return Added(point.name, package, None, "no Signal of this name")
    return Added(point.name, package, found)


async def _ask(one: Added, facts: Facts) -> Finding | None:
    """In a thread of its own, so that one that never ends keeps nobody else waiting."""
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="signal")
    try:
        async with asyncio.timeout(SECONDS):
            said = await asyncio.get_running_loop().run_in_executor(pool, one.signal.look, facts) if one.signal else None
    except TimeoutError:
        one.strikes += 1
        _log.warning("signal too slow", rule=one.name)
        return None
    except Exception as error:  # noqa: BLE001 - the same
        _log.warning("signal failed", rule=one.name, error=type(error).__name__)
        return None
    finally:
        pool.shutdown(wait=False)
    return said if isinstance(said, Finding) else None
