"""Hands what other servers send on to the process of the inbox, and keeps that process alive.

With the setting `inbox_port`, what comes in is proven, stored and carried out in a process of its own (`server.inbox_process`):
a flood of it takes none of the time of those who read. This process only reads the request, passes it on over a connection
within this computer and returns what that one answers, so that 202 means the same as ever. A reverse proxy may go there directly.
"""
from __future__ import annotations

import asyncio
import os
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog
from aiohttp import web

from federation.errors import Busy
from models.errors import CommunityError
from server.background.tasks import beside

HERE = "127.0.0.1"
READY_SECONDS = 30.0
STOP_SECONDS = 5.0
AGAIN_SECONDS = 1.0
ANSWER_SECONDS = 60.0  # proving may need a key of another server, and that server its time
IDLE_LIMIT = 64  # connections that are kept for the next request
HEAD_LIMIT_BYTES = 64 * 1024
ROOT = Path(__file__).parents[2]
#: About one connection and not about the request (RFC 9110 §7.6.1), or written anew.
NOT_PASSED_ON = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"te", b"trailer", b"upgrade", b"expect",
                           b"content-length", b"x-forwarded-for"})
PASSED_BACK = ("content-type", "retry-after", "accept-signature")
Connection = tuple[StreamReader, StreamWriter]
log = structlog.get_logger()


class NoInbox(CommunityError):
    """The process of the inbox did not start; its log says why."""

    status = 500

    @property
    def sentence(self) -> str:
        """What to tell the operator."""
        return str(self)


class Relay:
    """The way to the process of the inbox, which listens on a port of this computer."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[Connection] = []

    def __len__(self) -> int:
        return len(self._idle)

    async def pass_on(self, request: web.Request, body: bytes, client: str) -> web.Response:
        """What that process answers. `client`: the address of the one who asks. Raises Busy while it is not there, or hangs."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._exchange(message(request, body, client))
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise Busy("the process of the inbox does not answer") from error

    def close(self) -> None:
        """End the connections that wait for the next request."""
        while self._idle:
            self._idle.pop()[1].close()

    async def _exchange(self, sent: bytes) -> web.Response:
        """Over a connection that is there, else over a new one. What was sent on one that has ended is sent again: an activity
        that comes twice is carried out once.
        """
        while self._idle:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                return await self._ask(self._idle.pop(), sent)
        return await self._ask(await asyncio.open_connection(HERE, self._port, limit=HEAD_LIMIT_BYTES), sent)

    async def _ask(self, connection: Connection, sent: bytes) -> web.Response:
        reader, writer = connection
        try:
            writer.write(sent)
            head = await reader.readuntil(b"\r\n\r\n")
            status, fields = parsed(head)
            body = await reader.readexactly(int(fields.get("content-length", "0")))
        except BaseException:  # half an answer stays in it: nobody else may read on
            writer.close()
            raise
        if fields.get("connection", "").lower() == "close" or len(self._idle) >= IDLE_LIMIT:
            writer.close()
        else:
            self._idle.append(connection)
        return web.Response(status=status, body=body, headers={name: fields[name] for name in PASSED_BACK if name in fields})


def message(request: web.Request, body: bytes, client: str) -> bytes:
    """The request as it came, byte for byte where it is signed, in the name of its client."""
    lines = [f"{request.method} {request.raw_path} HTTP/1.1".encode()]
    lines += [name + b": " + text for name, text in request.raw_headers if name.lower() not in NOT_PASSED_ON]
    lines += [f"Content-Length: {len(body)}".encode(), f"X-Forwarded-For: {client}".encode(), b"", b""]
    return b"\r\n".join(lines) + body


def parsed(head: bytes) -> tuple[int, dict[str, str]]:
    """Status and headers, by lower-case name, of what our own server answers."""
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return int(first.split(" ", 2)[1]), {name.lower(): text.strip() for name, _, text in pairs}


@asynccontextmanager
async def inbox_process() -> AsyncIterator[None]:
    """The process of the inbox, for as long as the block lasts; started again when it dies. It gets the variables of this one.

    Raises: NoInbox.
    """
    ready = asyncio.Event()
    async with beside([_kept(ready)]):
        try:
            async with asyncio.timeout(READY_SECONDS):
                await ready.wait()
        except TimeoutError as error:
            raise NoInbox("The process of the inbox did not start; the log says why.") from error
        yield


async def _kept(ready: asyncio.Event) -> None:
    while True:
        process = await _started()
        try:
            if process.stdout and await process.stdout.readline():
                ready.set()
            status = await process.wait()
        finally:
            await asyncio.shield(_stop(process))
        log.error("the process of the inbox has ended", status=status)
        await asyncio.sleep(AGAIN_SECONDS)


async def _started() -> Process:
    """Its standard input is a pipe that nobody writes to: it ends with this process, however this one ends."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "server.inbox_process", stdin=PIPE, stdout=PIPE,
                                                env=dict(os.environ) | {"PYTHONPATH": path})


async def _stop(process: Process) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
