# ruff: noqa: E501 - statements read better in one line
"""What every drill needs: a community with partners, a server that runs as people run it, and everybody who asks something of it.

A `Crowd` sends activities, writes messages, uploads images and reads pages, each at its own pace and for as long as its block
lasts, and keeps what was answered: in which phase of the drill, with which status, how late, and what was said to be taken.
"""
from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, FormData

from federation import signatures
from federation.keys import load_private
from federation.signatures import Key
from models import Actor, Delivery, InboxItem, Member, Post, clock
from models.delivery import DeliveryState, ItemState
from server.actions import apps
from tests import catalogue
from tests.bench import scene
from tests.bench.child import ROOT, START_SECONDS, Child, child
from tests.bench.load import activity
from tests.bench.scene import Place
from tests.browser import picture
from tests.live import promised

PATIENCE_SECONDS = 120.0
LOOK_SECONDS = 0.1
NO_ANSWER = 0  # as a status
CHANGE = "change"  # the phase of what was asked in one and answered in the next
STRANDED_SECONDS = 60.0
MESSAGE_SECONDS, IMAGE_SECONDS = 2.5, 4.0  # a member may not do it more often for long
SERVER_ERROR, UNAVAILABLE = 500, 503


@dataclass
class World:
    """A community, its people, and where everything lies. `log` is what the server writes."""

    place: Place
    folder: Path
    origin: str
    url: str
    alice: Actor
    people: list[tuple[str, Key]]
    sinks: Child
    hosts: int
    token: str
    cookie: str
    log: Path

    async def arrived(self) -> int:
        """How many deliveries have arrived at other servers, each counted once."""
        return int((await self.sinks.ask())["arrived"])


@asynccontextmanager
async def world(place: Place, folder: Path, hosts: int = 12, log: Path | None = None) -> AsyncIterator[World]:
    """A community whose Alice has followers at so many other servers; its files are in `folder`."""
    origin = scene.free_origin()
    async with child("tests.bench.sinks") as sinks:
        port = (await sinks.told())["port"]
        async with scene.prepared(place, f"drill{time.time_ns() % 10**9}", origin) as (url, alice):
            made, _ = await scene.people(alice)
            await scene.followers(alice, hosts, port)
            await Member.filter(actor_id=alice.id).update(undo_seconds=0)
            people = [(uri, Key(key_id, load_private(pem))) for uri, key_id, pem in made]
            yield World(place, folder, origin, url, alice, people, sinks, hosts, await _token(alice), await scene.session(alice, origin),
                        log or folder / "server.log")


async def _token(alice: Actor) -> str:
    member = await Member.get(actor_id=alice.id)
    app, _ = await apps.register("Drill", "", [apps.NOT_HERE], ["read", "write"])
    return (await apps.give(app, ["read", "write"], member))[1]


def environment(origin: str, url: str, var_dir: Path) -> dict[str, str]:
    """The variables that make a server, or a command, one of this community."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith("DAZZLE_")}
    return clean | {
        "DAZZLE_ORIGIN": origin, "DAZZLE_LISTEN_PORT": origin.rpartition(":")[2], "DAZZLE_DATABASE_URL": url, "DAZZLE_VAR_DIR": str(var_dir),
        "DAZZLE_DEV_PEERS": "127.0.0.0/8", "DAZZLE_DELIVERY_FIRST_RETRY_SECONDS": "1", "DAZZLE_LOG_LEVEL": "warning", "DAZZLE_CONFIG": ""}


@asynccontextmanager
async def served(there: World, module: str = "server", **more: str) -> AsyncIterator[Child]:
    """The server, ready; what it writes goes to a file. Ended with -9 if it still runs when the block ends."""
    catalogue.lay(there.folder / "var")
    with there.log.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, "serve", "--json", cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=log,
            env=environment(there.origin, there.url, there.folder / "var") | more)
    running = Child(process)
    try:
        async with asyncio.timeout(promised(START_SECONDS)):
            try:
                await running.told()
            except RuntimeError as error:
                raise RuntimeError(f"the server did not start: {there.log.read_text()[-2000:]}") from error
        yield running
        assert process.returncode is None, f"the server has ended with {process.returncode}; see {there.log}"
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()


@dataclass
class Answers:
    """Of one kind of request, by the phase of the drill in which it was asked."""

    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    worst: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    taken: list[str] = field(default_factory=list)  # what the server said that it has
    said: dict[int, str] = field(default_factory=dict)  # a body for each status

    def table(self) -> dict[str, str]:
        """In short: {"full": "202 x 30, 503 x 7, worst 0.2 s"}."""
        return {phase: ", ".join(f"{status or 'none'} x {count}" for status, count in sorted(counts.items()))
                + f", worst {self.worst[phase]:.1f} s" for phase, counts in self.statuses.items()}


class Crowd:
    """Use as `async with Crowd(world) as crowd`; name what happens now with `crowd.phase = "full"`."""

    def __init__(self, there: World, *, senders: int = 4, pause_seconds: float = 0.15) -> None:
        self.there, self.phase, self._senders, self._pause = there, "before", senders, pause_seconds
        self.inbox, self.posts, self.pages, self.uploads, self.health = Answers(), Answers(), Answers(), Answers(), Answers()
        self._number = int(time.time()) * 1000
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Crowd:
        self._http = ClientSession(timeout=ClientTimeout(total=STRANDED_SECONDS))
        work = [*(self._send for _ in range(self._senders)), self._write, self._read, self._upload, self._ask_health]
        self._tasks = [asyncio.create_task(self._again(one)) for one in work]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        await self._http.close()

    @property
    def all(self) -> dict[str, Answers]:
        """By kind."""
        return {"inbox": self.inbox, "messages": self.posts, "pages": self.pages, "images": self.uploads, "health": self.health}

    async def go_on(self, phase: str, seconds: float) -> None:
        """A phase of so many seconds."""
        self.phase = phase
        await asyncio.sleep(seconds)

    async def until_taken(self, phase: str, seconds: float) -> float:
        """A phase that ends once an activity, a message and an image have been taken in it and a page was shown; how long that took."""
        self.phase, began = phase, time.perf_counter()
        good = {"inbox": 202, "messages": 200, "pages": 200, "images": 202}
        async with asyncio.timeout(seconds):
            while not all(self.all[kind].statuses[phase][status] for kind, status in good.items()):
                await asyncio.sleep(LOOK_SECONDS)
        return time.perf_counter() - began

    async def _again(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await work()
            await asyncio.sleep(self._pause)

    async def _asked(self, kind: Answers, method: str, path: str, **more: Any) -> tuple[int, bytes]:
        phase, began, status, body = self.phase, time.perf_counter(), NO_ANSWER, b""
        try:
            async with self._http.request(method, self.there.origin + path, allow_redirects=False, **more) as answer:
                body = await answer.read()
                status = answer.status
        except (ClientError, ConnectionError, TimeoutError):
            body = b""
        phase = phase if phase == self.phase else CHANGE
        kind.statuses[phase][status] += 1
        kind.worst[phase] = max(kind.worst[phase], time.perf_counter() - began)
        kind.said[status] = body.decode(errors="replace")[:20_000]
        return status, body

    async def _send(self) -> None:
        self._number += 1
        uri, key = self.there.people[self._number % len(self.there.people)]
        document = activity(self._number, uri)
        body = json.dumps(document).encode()
        headers = signatures.sign_cavage("POST", f"{self.there.origin}/inbox", body, key, clock.now())
        status, _ = await self._asked(self.inbox, "POST", "/inbox", data=body, headers=headers)
        if status == 202:
            self.inbox.taken.append(document["object"]["id"])

    async def _write(self) -> None:
        self._number += 1
        given = {"status": f"Message {self._number}", "dazzle_reach": "partners"}
        status, body = await self._asked(self.posts, "POST", "/api/v1/statuses", json=given, headers=self._bearer)
        if status == 200:
            self.posts.taken.append(json.loads(body)["uri"])
        await asyncio.sleep(MESSAGE_SECONDS)

    async def _upload(self) -> None:
        form = FormData()
        form.add_field("file", picture(), filename="a.jpg", content_type="image/jpeg")
        status, body = await self._asked(self.uploads, "POST", "/api/v2/media", data=form, headers=self._bearer)
        if status == 202:
            self.uploads.taken.append(json.loads(body)["id"])
        await asyncio.sleep(IMAGE_SECONDS)

    async def _read(self) -> None:
        await self._asked(self.pages, "GET", "/home", headers={"Cookie": self.there.cookie})

    async def _ask_health(self) -> None:
        await self._asked(self.health, "GET", "/health/ready")

    @property
    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.there.token}"}


async def settled(there: World, seconds: float = PATIENCE_SECONDS) -> float:
    """Wait until nothing is left to carry out or to send; how long that took."""
    began = time.perf_counter()
    async with asyncio.timeout(promised(seconds)):
        while await _waiting():
            await asyncio.sleep(LOOK_SECONDS)
    return time.perf_counter() - began


async def _waiting() -> int:
    try:
        return await Delivery.filter(state=DeliveryState.WAITING).count() + await InboxItem.filter(state=ItemState.NEW).count()
    except Exception:  # the database may still be on its way back
        return 1


async def lost(there: World, crowd: Crowd) -> dict[str, int]:
    """Of what was said to be taken, how much is not there; how many deliveries did not arrive."""
    kept = {str(uri) for uri in await Post.all().values_list("uri", flat=True)}
    sent = await Delivery.all().count()
    unsent = await Delivery.exclude(state=DeliveryState.DONE).count()
    return {"accepted": len(crowd.inbox.taken) + len(crowd.posts.taken),
            "lost": len(set(crowd.inbox.taken) - kept) + len(set(crowd.posts.taken) - kept),
            "deliveries": sent, "undelivered": unsent + max(0, sent - await there.arrived()),
            "broken": await InboxItem.filter(state=ItemState.BROKEN).count()}
