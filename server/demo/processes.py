"""The two servers of the demo, each a process of its own, as it would be on two computers.

Their standard input is a pipe that nobody writes to: they end with the demo, also when it is killed.
"""
from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import server
from server.commands.output import Failed
from server.demo.place import Place
from server.demo.story import SIDES
from server.settings import CONFIG_VARIABLE, PREFIX

READY_SECONDS = 30.0
STOP_SECONDS = 5.0
LOG = "server.log"
ROOT = Path(server.__file__).parent.parent


@asynccontextmanager
async def running(place: Place) -> AsyncIterator[list[Process]]:
    """Both servers, ready; stopped together at the end, however that comes."""
    started: list[Process] = []
    try:
        for side in SIDES:
            started.append(await _start(place, side))
        for side, process in zip(SIDES, started, strict=True):
            await _ready(place, side, process)
        yield started
    finally:
        await asyncio.shield(_stop(started))


async def _start(place: Place, side: str) -> Process:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
    environment = clean | {CONFIG_VARIABLE: str(place.config(side)), "PYTHONPATH": str(ROOT)}
    with open(place.folder / side / LOG, "ab") as log:  # noqa: ASYNC230 - opened once, at the start
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server", "serve", "--json", "--with-input", cwd=place.folder / side, env=environment,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log)


async def _ready(place: Place, side: str, process: Process) -> None:
    """Wait for the line that says so; Failed if it does not come."""
    line = b""
    with suppress(TimeoutError):
        async with asyncio.timeout(READY_SECONDS):
            line = await process.stdout.readline() if process.stdout else b""
    if not line:
        raise Failed(f"The {side} server did not start; {place.folder / side / LOG} says why.")


async def _stop(processes: list[Process]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            process.terminate()
    for process in processes:
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
