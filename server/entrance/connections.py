"""What holds a connection open: time for each exchange, and a number for each client.

aiohttp itself ends connections that say nothing, or only half a header, after `keepalive_timeout`; it waits for ever for
half a body and for clients that do not read their answer (security.md, Facts measured; slowloris, slow readers).
"""
from __future__ import annotations

import asyncio
import resource
import socket
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress

from aiohttp import web
from aiohttp.typedefs import Handler

from server.entrance.proxies import bucket, is_within
from server.keys import EXCHANGE, PRECEDENCE, SETTINGS

SWEEP_SECONDS = 0.5
#: What a large upload of a member may take on a slow line, instead of `request_timeout_seconds`.
UPLOAD_SECONDS = 600.0
RESERVED_FILES = 256  # for the database, deliveries and files
HERE = ("127.0.0.0/8", "::1/128")  # a reverse proxy on this computer, or its owner


@web.middleware
async def each_exchange(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A request is read, carried out and its answer taken within `request_timeout_seconds`, or its connection ends."""
    response: web.StreamResponse = web.Response(status=408, text="The request took too long.\n")
    try:
        async with asyncio.timeout(request.app[SETTINGS].request_timeout_seconds) as request[EXCHANGE]:
            with request.app[PRECEDENCE].ahead() if request.method == "GET" else nullcontext():
                response = await handler(request)
            if isinstance(response, web.FileResponse):
                end_later(request, response)
            else:
                await response.prepare(request)
                await response.write_eof()
    except TimeoutError:
        if response.prepared and request.transport:
            request.transport.abort()
        response.force_close()
    except ConnectionError:
        response.force_close()  # the client has gone; aiohttp finds that out for itself
    return response


def end_later(request: web.Request, response: web.FileResponse) -> None:
    """The same for a file, which aiohttp sends after the middlewares and only once: a size tells that it is sent."""
    def end() -> None:
        if transport and not response.body_length:
            transport.abort()
    transport = request.transport
    asyncio.get_running_loop().call_later(request.app[SETTINGS].request_timeout_seconds, end)


def allow_upload(request: web.Request) -> None:
    """Give this request, whose sender is known, the time that photographs take."""
    request[EXCHANGE].reschedule(asyncio.get_running_loop().time() + UPLOAD_SECONDS)


def end_unread(sock: socket.socket, seconds: float) -> None:
    """Have the system end connections whose other end takes nothing for so long, also while they close (TCP_USER_TIMEOUT,
    tcp(7), Linux): what is left of an answer then is out of aiohttp's hands. Accepted sockets inherit it.
    """
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(seconds * 1000))


@asynccontextmanager
async def bounded(runner: web.AppRunner, per_client: int, exempt: Sequence[str]) -> AsyncIterator[None]:
    """For as long as the block lasts, no client has more than `per_client` connections, and all together leave room for
    the server's own files. `exempt`: networks of proxies, which speak for many.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    task = asyncio.create_task(_sweep(runner, per_client, exempt, max(hard - RESERVED_FILES, hard // 2)))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def _sweep(runner: web.AppRunner, per_client: int, exempt: Sequence[str], in_all: int) -> None:
    while True:
        open_ = [one.transport for one in runner.server.connections if one.transport] if runner.server else []
        clients = [_client(transport) for transport in open_]
        for index in surplus(clients, per_client, in_all, exempt):
            open_[index].abort()
        await asyncio.sleep(SWEEP_SECONDS)


def surplus(clients: Sequence[str], per_client: int, in_all: int, exempt: Sequence[str]) -> list[int]:
    """Which of these connections, oldest first, are too many: positions of the newest above either limit."""
    counts: Counter[str] = Counter()
    over: list[int] = []
    for position, client in enumerate(clients):
        counts[bucket(client)] += 1
        if position - len(over) >= in_all or counts[bucket(client)] > per_client and not is_within(client, exempt):
            over.append(position)
    return over


def _client(transport: asyncio.BaseTransport) -> str:
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if peer else ""
