"""Whether the clock of this computer can be believed: it was set a moment ago, or other servers say that it is wrong."""
from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path

import structlog

from federation.clocks import Clocks, Difference
from models import clock, set_back

FILE = "clock.json"
STEP_SECONDS = 5.0  # it was set, and not slowed down a little
FAR_SECONDS = 600.0
#: After it was put forward, nothing is ended for good in this time, unless others say that it is right now: time to put it back.
REST_SECONDS = 3600.0
REST_AT_MOST_SECONDS = 3 * 86_400.0  # while others say that it is wrong
SAID_EVERY_SECONDS = 3600.0
NEAR_SECONDS = 60.0
log = structlog.get_logger()


class Timekeeper:
    """Of one server. `fault` is what is wrong, for its hosts."""

    def __init__(self, clocks: Clocks, folder: Path) -> None:
        self._clocks, self._path = clocks, Path(folder) / FILE
        self._gap = time.time() - time.monotonic()
        self._forward_at: float | None = None  # when it was put far forward, by the steady clock
        self._was_set_back = False
        self._said_at = 0.0
        self._told: int | None = None
        self._write(None)

    @property
    def fault(self) -> Difference | None:
        """By how much the clock is wrong, as others say; None if it is right, or nobody says."""
        return self._clocks.fault()

    def look(self) -> None:
        """See whether it was set since the last look."""
        gap = time.time() - time.monotonic()
        step, self._gap = gap - self._gap, gap
        if abs(step) < STEP_SECONDS:
            return
        log.warning("the clock was set", forward_seconds=round(step))
        self._clocks.forget()
        self._was_set_back |= step < 0
        if abs(step) >= FAR_SECONDS:
            self._forward_at = time.monotonic() if step > 0 else None

    def may_be_wrong(self) -> bool:
        """Whether what cannot be undone should wait."""
        self.look()
        if self._forward_at is None:
            return False
        passed, heard = time.monotonic() - self._forward_at, self._clocks.difference()
        is_wrong = self.fault is not None
        if heard and not is_wrong or passed > (REST_AT_MOST_SECONDS if is_wrong else REST_SECONDS):
            self._forward_at = None
        return self._forward_at is not None

    async def settle(self) -> int:
        """A job: after it was set back, nothing sleeps until the time that it was; what others say of it is said to the hosts."""
        self.look()
        if self._was_set_back:
            log.warning("what waited goes on", rows=await set_back.wake(clock.now(), set_back.NOTHING))
            self._was_set_back = False
        if (fault := self.fault) and time.monotonic() > self._said_at:
            self._said_at = time.monotonic() + SAID_EVERY_SECONDS
            log.error("the clock is wrong", ahead_seconds=round(fault.seconds), servers=fault.servers)
        if not _is_near(fault, self._told):
            self._write(fault)
        return 0

    def _write(self, fault: Difference | None) -> None:
        """For `dazzle check`. A disk that is full is somebody else's news."""
        self._told = round(fault.seconds) if fault else None
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial = self._path.with_suffix(".partial")
            partial.write_text(json.dumps({"ahead_seconds": self._told, "servers": fault.servers} if fault else {}))
            partial.replace(self._path)


def _is_near(fault: Difference | None, told: int | None) -> bool:
    """Whether it is still as it was told, to a minute."""
    return told is None if fault is None else told is not None and abs(fault.seconds - told) < NEAR_SECONDS


def read(folder: Path) -> dict[str, int]:
    """What the server that uses this folder says of its clock: {"ahead_seconds", "servers"} where it is wrong, else nothing."""
    try:
        found = json.loads((folder / FILE).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
