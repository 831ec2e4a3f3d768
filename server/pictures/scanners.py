"""A program of the host's that looks at every image before anything of it is stored (deploy/scanners.md).

It gets the bytes, as they came, on its standard input, and answers by how it ends. That is how ClamAV's `clamdscan -` ends, so
that one needs no script. Whatever else happens, no answer in time included, means "not sure": no image is let through unseen.
"""
from __future__ import annotations

import asyncio
import os
import shlex
import signal
from contextlib import suppress
from enum import StrEnum
from typing import IO

import structlog

GOOD, BAD = 0, 1  # exit statuses; every other one is UNSURE
AT_ONCE = 4
log = structlog.get_logger()


class Verdict(StrEnum):
    """What becomes of an image."""

    GOOD = "good"
    BAD = "bad"  # it is not stored
    UNSURE = "unsure"  # of a member: the team looks at the message first; of another server: it is not stored


class Scanner:
    """`command`: as a shell would split it, without one; "" looks at nothing. `seconds`: how long it may take."""

    def __init__(self, command: str = "", seconds: float = 20) -> None:
        self._command, self._seconds = shlex.split(command), seconds
        self._slots = asyncio.Semaphore(AT_ONCE)

    @property
    def is_on(self) -> bool:
        """Whether there is a program."""
        return bool(self._command)

    async def look(self, file: IO[bytes]) -> Verdict:
        """What it says of a file, which stands at its beginning before and after."""
        if not self._command:
            return Verdict.GOOD
        file.seek(0)
        try:
            async with self._slots:
                status = await self._run(file)
        except (OSError, TimeoutError) as error:
            log.warning("image scanner failed", error=type(error).__name__)
            status = -1
        finally:
            file.seek(0)
        if status not in (GOOD, BAD):
            log.warning("image scanner not sure", status=status)
        return {GOOD: Verdict.GOOD, BAD: Verdict.BAD}.get(status, Verdict.UNSURE)

    async def _run(self, file: IO[bytes]) -> int:
        """Its exit status. Nothing of our environment reaches it but where programs are."""
        process = await asyncio.create_subprocess_exec(
            *self._command, stdin=file, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin"}, start_new_session=True)
        try:
            async with asyncio.timeout(self._seconds):
                return await process.wait()
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # with what it has started itself
                await process.wait()
