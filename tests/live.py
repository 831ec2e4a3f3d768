"""Whole servers on free loopback ports, several in one process, each with its own database."""
from __future__ import annotations

import asyncio
import contextvars
import json
import os
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, Self, TypeVar

from aiohttp import ClientSession, web

from models import Actor, Delivery, Host, InboxItem, OutgoingActivity, Post, Recall
from models.consent import Purpose
from models.delivery import DeliveryState, ItemState
from models.host import Standing
from models.reach import Reach
from server.actions import accounts, posts
from server.actions.posts import Composition
from server.app import create_app
from server.keys import INSTANCE
from server.settings import Settings
from tests import linked_data

T = TypeVar("T")
#: How long a test waits for what comes at once where nobody else keeps this computer busy.
PATIENCE_SECONDS = 60.0
LOOKED_AT = 500  # documents of one server whose words are judged, the newest
DOCUMENTS = ("application/activity+json", "application/ld+json")


def promised(seconds: float) -> float:
    """As long as something may take by our promise, and as much more as others keep this computer's processors busy: each of
    the processes that run tests keeps two, with its servers or its browser, though the load says so only a minute later.
    """
    others = 2 * int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0"))
    return seconds * max(1.0, max(os.getloadavg()[0], others) / (os.cpu_count() or 1))


class LiveServer:
    """One server, in a task and context of its own: start and stop happen in that one task, as Tortoise wants it.

    `port`: of one that ran before, 0 for any. `settings` are those of the product, with quick retries and cheap passwords.
    """

    def __init__(self, database_url: str, folder: Path, port: int = 0, **settings: Any) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # so that a later process can have the port
        self._socket.bind(("127.0.0.1", port))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.origin = f"http://{self.host}"
        defaults: dict[str, Any] = {
            "origin": self.origin, "database_url": database_url, "var_dir": folder, "dev_peers": ("127.0.0.0/8",),
            "delivery_first_retry_seconds": 0.2, "delivery_timeout_seconds": 3, "fetch_timeout_seconds": min(promised(6), 60),
            "key_refetch_seconds": 0, "password_time_cost": 1, "password_memory_kib": 8, "log_level": "error"}
        self.settings = Settings(**(defaults | settings))
        self._shown: deque[dict[str, Any]] = deque(maxlen=LOOKED_AT)

    async def __aenter__(self) -> Self:
        self._stop = asyncio.Event()
        started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._context = contextvars.copy_context()
        self._task = asyncio.create_task(self._serve(started), context=self._context)
        await asyncio.wait({self._task, started}, return_when=asyncio.FIRST_COMPLETED)
        if not started.done():
            await self._task  # raises what went wrong at the start
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        await self._task

    async def _serve(self, started: asyncio.Future[None]) -> None:
        self.app = create_app(self.settings)
        self.app.on_response_prepare.append(self._look_at)
        runner = web.AppRunner(self.app, shutdown_timeout=1)
        await runner.setup()
        try:
            await web.SockSite(runner, self._socket).start()
            started.set_result(None)
            await self._stop.wait()
            kept = OutgoingActivity.exclude(body="").order_by("-id").limit(LOOKED_AT)
            for document in [*self._shown, *map(json.loads, map(str, await kept.values_list("body", flat=True)))]:
                linked_data.check(document)
        finally:
            await runner.cleanup()

    async def _look_at(self, _: web.Request, answer: web.StreamResponse) -> None:
        """Keep what this server shows to others, until it is judged at the end."""
        if answer.content_type in DOCUMENTS and isinstance(answer, web.Response) and isinstance(answer.body, bytes):
            self._shown.append(json.loads(answer.body))

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something inside this server: it sees this server's database."""
        return await asyncio.create_task(work, context=self._context)

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T:
        """The answer of a query that is made inside this server: `await server.ask(lambda: Post.all().count())`."""
        async def answer() -> T:
            return await question()
        return await self.run(answer())

    async def member(self, name: str, *, shares: bool = True, approves: bool = False, **more: Any) -> Actor:
        """A member of this server, who has agreed to being known elsewhere unless told otherwise."""
        return await self.run(self._member(name, shares, approves, more))

    async def _member(self, name: str, shares: bool, approves: bool, more: dict[str, Any]) -> Actor:
        agreed = (Purpose.MEMBERSHIP, Purpose.SHARED_OUT) if shares else (Purpose.MEMBERSHIP,)
        member = await accounts.create(self.origin, accounts.Newcomer(name=name, language="en", consents=agreed, **more))
        await member.actor.change(approves_followers=approves)
        return member.actor

    async def write(self, author: Actor, text: str, reach: Reach = Reach.PARTNERS, **more: Any) -> Post:
        """A message that leaves at once."""
        composition = Composition(text=text, reach=reach, undo_seconds=0, **more)
        return await self.run(posts.publish(author, composition, self.origin))

    async def allow(self, *others: LiveServer, standing: Standing = Standing.PARTNER) -> None:
        """Take other servers as partners, as `dazzle host allow` does, and know who speaks for them, as a job finds out then."""
        async def change() -> None:
            for other in others:
                await (await Host.called(other.host)).change(standing=standing, instance_uri=f"{other.origin}/actor")
        await self.run(change())

    @property
    def instance(self) -> Any:
        """The federation side of this server."""
        return self.app[INSTANCE]

    async def fetch(self, url: str, accept: str = "application/activity+json") -> tuple[int, bytes]:
        """What another server answers to a GET that this server signs; status and body."""
        async def get() -> tuple[int, bytes]:
            headers = await self.instance.sign_get("GET", url, None)
            async with ClientSession() as http, http.get(url, headers={"Accept": accept} | headers) as answer:
                return answer.status, await answer.read()
        return await self.run(get())

    async def waiting(self) -> int:
        """How much is still in the queues."""
        async def count() -> int:
            going, come = Delivery.filter(state=DeliveryState.WAITING), InboxItem.filter(state=ItemState.NEW)
            return await going.count() + await come.count() + await Recall.all().count()
        return await self.run(count())


async def settle(*servers: LiveServer) -> None:
    """Wait until no server has anything left to send or to carry out."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        quiet = 0
        while quiet < 2:
            quiet = quiet + 1 if not sum([await server.waiting() for server in servers]) else 0
            await asyncio.sleep(0.05)
