# ruff: noqa: E501 - tables and statements read better in one line
"""Hostile input from all sides at once, while somebody reads pages: what the server answers, how late, and what it costs.

A partner with real keys sends documents that were spoilt bit by bit, in bodies and in signatures; strangers ask for odd addresses,
send too much, or begin requests and stop. Real odd documents of `--full` come from `../shared/data/activities/odd`, where it is there.
"""
from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote_from_bytes

from aiohttp import ClientError, ClientSession, ClientTimeout

from models import Host
from models.host import Standing
from tests.bench import scene
from tests.bench.child import ROOT, Child, dazzle
from tests.bench.scene import Place
from tests.fuzz.guided import changed
from tests.fuzz.machine import seeds_of
from tests.fuzz.targets import TARGETS
from tests.peer import Peer, PeerActor

ODD = ROOT.parent / "shared" / "data" / "activities" / "odd"
SENDERS = 8
STALLED = 40
ANSWER_SECONDS = 10.0
PAGE_SECONDS = 3.0
GROWTH_MIB = 200.0
SERVER_ERROR = 500
PROBE_SECONDS = 0.1


class Drill:
    """What was sent, and what came of it."""

    def __init__(self, origin: str, peer: Peer, server: Child, ends: float) -> None:
        self.origin, self.peer, self.server, self.ends = origin, peer, server, ends
        self.answers: Counter[int] = Counter()
        self.waits = [0.0]
        self.pages = [0.0]
        self.chance = random.Random(1)

    @property
    def goes_on(self) -> bool:
        """Whether there is time left."""
        return time.monotonic() < self.ends

    async def timed(self, asked: Any) -> None:
        """One request; a connection that is cut without an answer is none."""
        began = time.perf_counter()
        with suppress(ClientError, ConnectionError, TimeoutError):
            self.answers[await asked] += 1
        self.waits.append(time.perf_counter() - began)


async def hostile(place: Place, seconds: int) -> dict[str, Any]:
    """For so many seconds; raises if a promise of the server is broken."""
    origin = scene.free_origin()
    async with Peer() as peer, scene.prepared(place, "hostile", origin) as (url, alice):
        await (await Host.called(peer.host)).change(standing=Standing.PARTNER)
        cookie = await scene.session(alice, origin)
        async with dazzle(origin, url, place.folder / "var") as server:
            await _read(origin, cookie, 20)
            before = server.now_mib
            drill = Drill(origin, peer, server, time.monotonic() + seconds)
            reader = asyncio.create_task(_pages(drill, cookie))
            await asyncio.gather(*(_partner(drill, peer.actor(f"p{number}"), alice.uri) for number in range(SENDERS)),
                                 *(_stranger(drill) for _ in range(SENDERS // 2)), *(_stalled(drill) for _ in range(STALLED)))
            await reader
            row = _judged(drill, before)
            await _read(origin, cookie, 5)  # it is still there
    return row


def _judged(drill: Drill, before: float) -> dict[str, Any]:
    errors = {status: count for status, count in drill.answers.items() if status >= SERVER_ERROR}
    row = {"case": "hostile", "sent": sum(drill.answers.values()), "errors": sum(errors.values()), "worst_ms": max(drill.waits) * 1000,
           "page_worst_ms": max(drill.pages) * 1000, "grown_mib": drill.server.peak_mib - before, "peak_mib": drill.server.peak_mib}
    assert not errors, errors
    assert max(drill.waits) < ANSWER_SECONDS and max(drill.pages) < PAGE_SECONDS and row["grown_mib"] < GROWTH_MIB, row
    return row


async def _read(origin: str, cookie: str, times: int) -> None:
    async with ClientSession(headers={"Cookie": cookie}) as http:
        for _ in range(times):
            async with http.get(f"{origin}/home") as answer:
                assert answer.status == 200, answer.status


async def _pages(drill: Drill, cookie: str) -> None:
    """A member and a visitor read, ten times a second."""
    async with ClientSession(headers={"Cookie": cookie}) as http:
        while drill.goes_on:
            for path in ("/home", "/about"):
                began = time.perf_counter()
                async with http.get(drill.origin + path) as answer:
                    await answer.read()
                    assert answer.status == 200, answer.status
                drill.pages.append(time.perf_counter() - began)
            await asyncio.sleep(PROBE_SECONDS)


async def _partner(drill: Drill, actor: PeerActor, alice: str) -> None:
    """Somebody whose server we exchange with and whose signatures are good, or nearly."""
    bodies, words = _bodies(actor, alice), [*TARGETS["json"].words, *TARGETS["wire"].words]
    target: Any = SimpleNamespace(origin=drill.origin)
    while drill.goes_on:
        body = drill.chance.choice(bodies)
        if drill.chance.random() < 0.9:  # noqa: PLR2004
            body = changed(body, words, bodies, drill.chance)
        change = _spoils(drill.chance) if drill.chance.random() < 0.2 else None  # noqa: PLR2004
        scheme = drill.chance.choice(("cavage", "rfc9421"))
        await drill.timed(drill.peer.send(target, body, actor, change=change, scheme=scheme))


def _bodies(actor: PeerActor, alice: str) -> list[bytes]:
    """What is spoilt: activities of every kind, seeds of the fuzz, real odd documents said to be theirs."""
    note = actor.note("<p>Hello</p>", to=[alice], tag=[{"type": "Mention", "href": alice}], inReplyTo=f"{actor.uri}/1")
    said = [actor.does(kind, note if kind in ("Create", "Update") else note["id"])
            for kind in ("Create", "Update", "Delete", "Announce", "Like", "Add", "Flag", "EmojiReact")]
    said += [actor.does(kind, alice) for kind in ("Follow", "Block", "Undo", "Move", "QuoteRequest", "Accept")]
    deep = b'{"object":' * 3000 + b"1" + b"}" * 3000
    found = [json.dumps(one).encode() for one in said] + list(seeds_of("wire").values()) + list(seeds_of("json").values())
    return [*found, deep, b"[" * 200_000, *(_theirs(path, actor) for path in sorted(ODD.glob("*.json")))]


def _theirs(path: Path, actor: PeerActor) -> bytes:
    """A document with its sender's addresses in it."""
    body = path.read_bytes()
    try:
        document = json.loads(body)
    except ValueError:
        return body
    return json.dumps(document | {"actor": actor.uri} if isinstance(document, dict) else document).encode()


def _spoils(chance: random.Random) -> Callable[[dict[str, str]], None]:
    """Changes headers that prove something, without what no client can send."""
    def spoil(headers: dict[str, str]) -> None:
        name = chance.choice([one for one in headers if one.lower() in ("signature", "signature-input", "digest", "date", "content-digest")])
        words = TARGETS["cavage" if name == "Signature" else "rfc9421"].words
        text = changed(headers[name].encode("latin-1"), words, [], chance).decode("latin-1")[:6000]
        headers[name] = "".join(letter for letter in text if letter.isprintable() and letter.isascii())
    return spoil


async def _stranger(drill: Drill) -> None:
    """Odd addresses of every kind, bodies that are too large, and answers that nobody reads to the end."""
    words = [*TARGETS["url"].words, b"m/", b"@", b"posts/", b"actors/", b"?before=", b"?page=", b"tags/", b"media/", b".well-known/webfinger?resource=acct:",
             b"api/v1/statuses/", b"api/v2/search?q=", b"oauth/authorize?", b"nodeinfo/", b"stamps/", b"9" * 30]
    async with ClientSession(timeout=ClientTimeout(total=30)) as http:
        while drill.goes_on:
            path = quote_from_bytes(changed(b"", words, [], drill.chance)[:2000], safe="/?=&:@")
            if drill.chance.random() < 0.05:  # noqa: PLR2004
                await drill.timed(_status(http, "POST", f"{drill.origin}/inbox", b"x" * 3_000_000))
            else:
                await drill.timed(_status(http, drill.chance.choice(("GET", "GET", "HEAD", "POST")), f"{drill.origin}/{path.lstrip('/')}", None))


async def _status(http: ClientSession, method: str, url: str, body: bytes | None) -> int:
    async with http.request(method, url, data=body, allow_redirects=False, headers={"Accept": "application/activity+json"}) as answer:
        return answer.status


async def _stalled(drill: Drill) -> None:
    """Begins a request, and sends the rest of it a letter at a time."""
    host, _, port = drill.origin.rpartition("/")[2].rpartition(":")
    with suppress(OSError):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\nX-Slow: ")
        while drill.goes_on:
            writer.write(b"a")
            await asyncio.sleep(1)
        writer.close()
