# ruff: noqa: E501 - tables and statements read better in one line
"""Processes of a measurement: started, waited for, weighed and ended."""
from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import catalogue

ROOT = Path(__file__).parent.parent.parent
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60


@dataclass(frozen=True)
class Child:
    """A running program that speaks lines of JSON."""

    process: asyncio.subprocess.Process

    @property
    def cpu_seconds(self) -> float:
        """User and system time of the process so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND

    @property
    def peak_mib(self) -> float:
        """The most memory it has held."""
        return self._status("VmHWM")

    @property
    def now_mib(self) -> float:
        """The memory it holds."""
        return self._status("VmRSS")

    def _status(self, name: str) -> float:
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1]) / 1024

    async def told(self) -> dict[str, Any]:
        """Its next line."""
        assert self.process.stdout
        line = await self.process.stdout.readline()
        if not line:
            raise RuntimeError("a program of the measurement has ended")
        said: dict[str, Any] = json.loads(line)
        return said

    async def ask(self, **question: Any) -> dict[str, Any]:
        """Write one line to it and read one."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        await self.process.stdin.drain()
        return await self.told()


@asynccontextmanager
async def child(*words: str, environment: dict[str, str] | None = None) -> AsyncIterator[Child]:
    """`python -m WORDS`, killed at the end of the block."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith("DAZZLE_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *words, cwd=ROOT, env=clean | (environment or {}), stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, limit=2**24)
    try:
        yield Child(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@asynccontextmanager
async def dazzle(origin: str, database_url: str, folder: Path, **more: str) -> AsyncIterator[Child]:
    """The server as people run it, ready."""
    environment = {
        "DAZZLE_ORIGIN": origin, "DAZZLE_LISTEN_PORT": origin.rpartition(":")[2], "DAZZLE_DATABASE_URL": database_url,
        "DAZZLE_VAR_DIR": str(folder), "DAZZLE_DEV_PEERS": "127.0.0.0/8", "DAZZLE_LOG_LEVEL": "error",
        "DAZZLE_DELIVERY_FIRST_RETRY_SECONDS": "1"} | more
    catalogue.lay(folder)  # what is made once after a release is measured by itself
    async with child("server", "serve", "--json", environment=environment) as server:
        async with asyncio.timeout(START_SECONDS):
            await server.told()
        yield server
