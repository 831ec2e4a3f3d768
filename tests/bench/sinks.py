# ruff: noqa: E501 - tables and statements read better in one line
"""Other servers that take whatever comes: one process on every loopback address of one port, each address a host of its own.

Reads lines {"slow": [hosts], "hang": [hosts], "fail": [hosts], "strict": [hosts]}, or {"refuse"} and {"listen"}, and answers each with what has come so far.
"""
from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from email.utils import formatdate, parsedate_to_datetime

OK = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
UNPROVEN = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
BROKEN = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
SLOW_SECONDS, LATE_SECONDS = 10.0, 3600.0
RECENT = 40_000
SIGNED_AT = re.compile(rb"\r\ndate: ([^\r]+)|;created=(\d+)", re.I)


class Memory:
    """What came, by host and activity, and how hosts behave."""

    def __init__(self) -> None:
        self.times: dict[tuple[str, bytes], float] = {}
        self.twice = 0
        self.schemes: dict[str, int] = {}
        self.manner: dict[str, str] = {}
        self.open: set[asyncio.Transport] = set()

    def take(self, host: str, request: bytes) -> None:
        start = request.find(b'"id":"', request.find(b"\r\n\r\n")) + 6
        name = (host, request[start:request.find(b'"', start)])
        scheme = "rfc9421" if b"Signature-Input:" in request else "cavage"
        self.schemes[scheme] = self.schemes.get(scheme, 0) + 1
        self.twice += name in self.times
        self.times.setdefault(name, time.time())


class Sink(asyncio.Protocol):
    """One connection."""

    def __init__(self, memory: Memory) -> None:
        self.memory, self.buffer = memory, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.host = transport.get_extra_info("sockname")[0]
        self.memory.open.add(transport)

    def connection_lost(self, _: Exception | None) -> None:
        self.memory.open.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (head := self.buffer.find(b"\r\n\r\n")) >= 0:
            at = self.buffer[:head].lower().find(b"content-length: ")
            length = int(self.buffer[at + 16:head + 2].partition(b"\r\n")[0]) if at >= 0 else 0
            end = head + 4 + length
            if len(self.buffer) < end:
                return
            request, self.buffer = self.buffer[:end], self.buffer[end:]
            self.answer(request)

    def answer(self, request: bytes) -> None:
        manner = self.memory.manner.get(self.host)
        if manner == "hang":
            return
        if manner == "fail":
            self.transport.write(BROKEN)
            return
        if manner == "strict":
            self.transport.write(self.judged(request))
            return
        if request.startswith(b"POST "):  # whoever reads from us delivers nothing
            self.memory.take(self.host, request)
        if manner == "slow":
            asyncio.get_running_loop().call_later(SLOW_SECONDS, self.transport.write, OK)
        else:
            self.transport.write(OK)

    def judged(self, request: bytes) -> bytes:
        """As a server that goes by its clock, and says what it shows: what is signed an hour ahead or late is refused."""
        found = SIGNED_AT.search(request)
        assert found
        signed_at = float(found[2]) if found[2] else parsedate_to_datetime(found[1].decode()).timestamp()
        is_late = abs(signed_at - time.time()) > LATE_SECONDS
        if not is_late:
            self.memory.take(self.host, request)
        return (UNPROVEN if is_late else OK).replace(b"\r\n", b"\r\nDate: " + formatdate(usegmt=True).encode() + b"\r\n", 1)


async def main() -> None:
    memory, loop = Memory(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(memory), "0.0.0.0", 0, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    print(json.dumps({"port": port}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        for manner in ("slow", "hang", "fail", "strict"):
            memory.manner |= dict.fromkeys(order.get(manner, ()), manner)
        if "refuse" in order:  # nobody listens any more, and what is open is cut
            server.close()
            for transport in [*memory.open]:
                transport.abort()
        if "listen" in order:
            server = await loop.create_server(lambda: Sink(memory), "0.0.0.0", port, backlog=4096)
        if "forget" in order:
            memory.times.clear()
            memory.schemes.clear()
            memory.manner.clear()
            memory.twice = 0
        good = [at for (host, _), at in memory.times.items() if host not in memory.manner]
        print(json.dumps({"arrived": len(memory.times), "twice": memory.twice, "schemes": memory.schemes, "good": len(good),
                          "last_good": max(good, default=0.0), "last": max(memory.times.values(), default=0.0)}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
