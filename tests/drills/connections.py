# ruff: noqa: E501 - statements read better in one line
"""Thousands of connections that say nothing, half a head, half a body, or do not read what they asked for (security.md R35)."""
from __future__ import annotations

import asyncio
import os
import resource
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.bench.child import Child
from tests.bench.scene import Place
from tests.drills.judging import Broken, judged
from tests.drills.world import Crowd, World, served, world

IDLE, HALF_HEADS, HALF_BODIES, NOT_READING = 3000, 300, 100, 100
ENDED_SECONDS, LOOKED_SECONDS = 75.0, 80.0
CALM_SECONDS = 4.0
GROWTH_MIB = 200.0
LOG_BYTES = 100_000
SMALL_BUFFER_BYTES = 4096
NEAR = 30  # connections that a server has open anyhow
HEAD = b"POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Type: application/activity+json\r\nContent-Length: 20000\r\n"


async def stalled(folder: Path) -> dict[str, Any]:
    """From this computer, where no limit for each client holds, as if a reverse proxy stood before it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        async with world(Place(folder, ""), folder) as there, served(there) as server:
            return await _drill(there, server)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def _drill(there: World, server: Child) -> dict[str, Any]:
    opened: list[socket.socket] = []
    try:
        async with Crowd(there) as crowd:
            await crowd.go_on("before", CALM_SECONDS)
            before, memory, began = files_of(server), server.now_mib, time.perf_counter()
            crowd.phase = "stalled"
            sent = [(b"", IDLE), (HEAD, HALF_HEADS), (HEAD + b"\r\n{", HALF_BODIES),
                    (b"GET /static/base.css HTTP/1.1\r\nHost: x\r\n\r\n" * 40, NOT_READING)]
            for begun, count in sent:
                opened += await _open(there, begun, count)
            most, left = files_of(server), 0
            while (left := files_of(server) - before) > NEAR and time.perf_counter() - began < LOOKED_SECONDS:
                await asyncio.sleep(0.5)
            ended = time.perf_counter() - began
            await crowd.go_on("after", CALM_SECONDS)
    finally:
        for one in opened:
            one.close()
    figures = {"opened": float(most - before), "left": float(left), "ended_seconds": ended, "grown_mib": server.peak_mib - memory, "log_bytes": float(there.log.stat().st_size)}
    if most - before < len(opened) // 2:
        raise Broken(f"of {len(opened)} connections only {most - before} were taken")
    return await judged(there, crowd, figures, hard=(), bars={"left": NEAR, "ended_seconds": LOOKED_SECONDS, "grown_mib": GROWTH_MIB, "log_bytes": LOG_BYTES})


async def _open(there: World, begun: bytes, count: int) -> list[socket.socket]:
    """So many connections that send this and nothing more."""
    made = []
    for number in range(count):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER_BYTES)
        one.setblocking(False)
        with suppress(OSError):
            await asyncio.get_running_loop().sock_connect(one, ("127.0.0.1", int(there.origin.rpartition(":")[2])))
            one.send(begun)
        made.append(one)
        if number % 50 == 0:
            await asyncio.sleep(0)
    return made


def files_of(server: Child) -> int:
    """How many files and connections a process has open."""
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))
