# ruff: noqa: E501 - statements read better in one line
"""20,000 servers that nobody knows write at once, each from an address of its own; and a partner has thousands of new people."""
from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from models import Actor, Host, Knock
from models.host import Standing
from models.knock import NEW_A_DAY
from tests.bench.scene import Place
from tests.drills.judging import Broken, judged
from tests.drills.world import Crowd, World, served, world
from tests.peer import Peer
from tests.wire.flood import person

STRANGERS, NEWCOMERS = 20_000, 1_000
AT_ONCE = 24
SERVER_ERROR, LATER = 500, (502, 503)  # with Retry-After: their key could not be read, or not now
GROWTH_MIB = 200.0
LOG_BYTES = 400_000
CALM_SECONDS = 4.0
SIGNATURE = ('keyId="https://s{0}.stranger{0}.example/users/x#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest",'
             'signature="' + "A" * 344 + '"')


async def flood(place: Place, folder: Path) -> dict[str, Any]:
    """See above."""
    async with Peer() as peer, world(place, folder) as there, served(there) as server:
        await (await Host.called(peer.host)).change(standing=Standing.PARTNER)
        async with Crowd(there) as crowd:
            await crowd.go_on("before", CALM_SECONDS)
            memory = server.now_mib
            crowd.phase = "strangers"
            strangers = await _together(range(STRANGERS), lambda number: _stranger(there, number))
            crowd.phase = "newcomers"
            known = len(peer.fetched)
            newcomers = await _together(range(NEWCOMERS), lambda number: _newcomer(there, peer, number))
            await crowd.go_on("after", CALM_SECONDS)
        figures = {"grown_mib": server.peak_mib - memory, "knocks": float(await Knock.all().count()), "fetches": float(len(peer.fetched) - known),
                   "log_bytes": float(there.log.stat().st_size)}
        if any(status >= SERVER_ERROR and status not in LATER for status in strangers | newcomers):
            raise Broken(f"answers {strangers} {newcomers}")
        row = await judged(there, crowd, figures, hard=(), bars={"grown_mib": GROWTH_MIB, "knocks": NEW_A_DAY + AT_ONCE, "log_bytes": LOG_BYTES})
        return row | {"strangers": dict(strangers), "newcomers": dict(newcomers), "new_actors": await Actor.filter(host=peer.host).count()}


async def _together(numbers: Iterable[int], send: Callable[[int], Awaitable[int]]) -> Counter[int]:
    """How each was answered; some at once."""
    answers: Counter[int] = Counter()
    todo = iter(numbers)

    async def sender() -> None:
        for number in todo:
            with suppress(ClientError, ConnectionError, TimeoutError):
                answers[await send(number)] += 1
    await asyncio.gather(*(sender() for _ in range(AT_ONCE)))
    return answers


async def _stranger(there: World, number: int) -> int:
    """A server that we have never heard of, at an address that nobody used before."""
    host = f"https://s{number}.stranger{number}.example/users/x"
    body = json.dumps({"id": f"{host}/1", "type": "Create", "actor": host, "object": {"id": f"{host}/2", "type": "Note"}}).encode()
    headers = {"Signature": SIGNATURE.format(number), "Digest": "SHA-256=" + "A" * 43 + "=", "Date": "Sun, 22 Nov 2026 10:00:00 GMT"}
    address = f"127.{10 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"
    async with ClientSession(connector=TCPConnector(local_addr=(address, 0)), timeout=ClientTimeout(total=60)) as http, \
            http.post(f"{there.origin}/inbox", data=body, headers=headers) as answer:
        return answer.status


async def _newcomer(there: World, peer: Peer, number: int) -> int:
    """Somebody new on a partner's server, whose key has to be fetched."""
    one = person(peer, number)
    target: Any = SimpleNamespace(origin=there.origin)
    return await peer.send(target, one.does("Create", one.note("flood " * 50)), one)
