# ruff: noqa: E501 - statements read better in one line
"""A yes is taken back between two real servers, each killed with -9 at any point of what follows: it still ends confirmed.

Two kinds of points. At a *dam* the database refuses one commit of the exchange, so that everything before is on disk and nothing
after, however fast the computer is; the process that stands before it is killed there. Between them, kills at even distances over
the time that an undisturbed exchange takes, from the form that is sent to the answer that is kept.
"""
from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
from aiohttp import ClientError

from federation import withdrawal_watch
from models import Post
from models.database import is_sqlite, postgres_credentials
from models.migration import migrate
from models.reach import Reach
from server.actions import posts
from server.background import logs
from tests.bench.child import Child, dazzle
from tests.bench.scene import Place
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.stories.scene import befriend

PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.02
FORM = {"on-C3": "1"}  # the page of agreements with no yes to copies elsewhere
WAITS = "SELECT 1 FROM inbox_item WHERE state = 'new'"
FAILED = WAITS + " AND attempts > 0"


class Dam(NamedTuple):
    """A commit that is refused: on which server, of which statement, and how one sees (where) that all before it is done."""

    name: str
    event: str
    table: str
    condition: str
    where: str
    seen: str


def _sent(kind: str) -> str:
    return f"NEW.state = 'done' AND NEW.activity_id IN (SELECT id FROM outgoing_activity WHERE kind = '{kind}')"


#: In the order of the exchange.
DAMS = (
    Dam("alpha", "UPDATE OF state", "delivery", _sent("Withdraw"), "beta", WAITS),
    Dam("beta", "INSERT", "erasure_request", "1 = 1", "beta", FAILED),
    Dam("beta", "INSERT", "outgoing_activity", "NEW.kind = 'Acknowledge'", "beta", "SELECT 1 FROM erasure_request"),
    Dam("beta", "UPDATE OF state", "delivery", _sent("Acknowledge"), "alpha", WAITS),
    Dam("alpha", "UPDATE OF state", "withdrawal", "NEW.state = 'confirmed'", "alpha", FAILED),
)


@dataclass
class Side:
    """One of the two servers: its data, and the process that serves them now."""

    server: LiveServer  # stopped; its settings and its port
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    kills: int = 0

    async def start(self) -> Child:
        """Serve, as people run it."""
        settings = self.server.settings
        more = {"DAZZLE_DELIVERY_FIRST_RETRY_SECONDS": "0.2", "DAZZLE_KEY_REFETCH_SECONDS": "0"}
        return await self.stack.enter_async_context(dazzle(settings.origin, settings.database_url, Path(settings.var_dir), **more))

    async def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.kills += 1
        await self.stack.aclose()

    async def sql(self, statement: str) -> Sequence[Any]:
        """A statement on its database, from outside."""
        return await run_sql(self.server.settings.database_url, statement)


@dataclass
class Exchange:
    """Two communities, and members of alpha who are known on beta: each can take one yes back."""

    sides: dict[str, Side]
    people: list[tuple[Browser, Post]]

    async def take_back(self, browser: Browser) -> None:
        """Send the form until it is answered: who is cut off tries again."""
        while True:
            try:
                await browser.post("/data", FORM)
                assert browser.path.endswith("said=saved"), (browser.status, browser.path)
                return
            except (ClientError, ConnectionError, TimeoutError):
                await asyncio.sleep(LOOK_SECONDS)

    async def confirmed(self, post: Post) -> None:
        """Wait for the signed answer about a message; then check that there is nothing left of it."""
        alpha, beta = self.sides["alpha"], self.sides["beta"]
        asked = f"SELECT state, answer FROM withdrawal WHERE actor_id = {post.author_id}"
        async with asyncio.timeout(PATIENCE_SECONDS):
            while [row[0] for row in await alpha.sql(asked)] != ["confirmed"]:
                await asyncio.sleep(LOOK_SECONDS)
        [(_, answer)] = await alpha.sql(asked)
        [(html, deleted)] = await beta.sql(f"SELECT html, deleted_at FROM post WHERE uri = '{post.uri}'")
        left = await alpha.sql(f"SELECT 1 FROM disclosure WHERE object_uri = '{post.uri}' AND ended_at IS NULL")
        assert answer and not html and deleted and not left

    async def at_dams(self, numbers: Sequence[int]) -> None:
        """One exchange in which whoever stands before each of these dams is killed there."""
        browser, post = self.people.pop()
        dams = [(number, DAMS[number]) for number in numbers]
        for number, dam in dams:
            for statement in building(self.sides[dam.name], number, dam):
                await self.sides[dam.name].sql(statement)
        await self.take_back(browser)
        for number, dam in dams:
            await self._until(dam)
            assert [row[0] for row in await self.sides["alpha"].sql("SELECT state FROM withdrawal WHERE answered_at IS NULL")] == ["pending"]
            side = self.sides[dam.name]
            await side.kill()
            await side.sql(f"DROP TRIGGER dam{number}" + ("" if is_sqlite(side.server.settings.database_url) else f" ON {dam.table}"))
            await side.sql("UPDATE inbox_item SET due_at = created_at")  # no need to wait for the next try
            await side.start()
        await self.confirmed(post)

    async def _until(self, dam: Dam) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await self.sides[dam.where].sql(dam.seen):
                await asyncio.sleep(LOOK_SECONDS)

    async def undisturbed(self) -> float:
        """How many seconds it takes when nobody is killed."""
        browser, post = self.people.pop()
        began = time.perf_counter()
        await self.take_back(browser)
        await self.confirmed(post)
        return time.perf_counter() - began

    async def killed_after(self, seconds: float, name: str) -> None:
        """One exchange in which this server is killed so long after it began, and started again."""
        browser, post = self.people.pop()
        acting = asyncio.create_task(self.take_back(browser))
        await asyncio.sleep(seconds)
        await self.sides[name].kill()
        await self.sides[name].start()
        await acting
        await self.confirmed(post)


def building(side: Side, number: int, dam: Dam) -> list[str]:
    """The statements that build a dam."""
    if is_sqlite(side.server.settings.database_url):
        return [f"CREATE TRIGGER dam{number} BEFORE {dam.event} ON {dam.table} WHEN {dam.condition} BEGIN SELECT RAISE(ABORT, 'dam'); END"]
    return [f"CREATE FUNCTION dam{number}() RETURNS trigger AS $$ BEGIN IF {dam.condition} THEN RAISE EXCEPTION 'dam'; END IF; RETURN NEW; END $$"
            " LANGUAGE plpgsql",
            f"CREATE TRIGGER dam{number} BEFORE {dam.event} ON {dam.table} FOR EACH ROW EXECUTE FUNCTION dam{number}()"]


async def run_sql(url: str, statement: str) -> Sequence[Any]:
    """A statement on a database, on a connection of its own."""
    if is_sqlite(url):
        return await asyncio.to_thread(_run_sqlite, url.removeprefix("sqlite://"), statement)
    credentials = postgres_credentials(url)
    connection = await asyncpg.connect(**{key: credentials[key] for key in ("host", "port", "user", "password", "database")})
    try:
        found: Sequence[Any] = await connection.fetch(statement)
        return found
    finally:
        await connection.close()


def _run_sqlite(path: str, statement: str) -> Sequence[Any]:
    with closing(sqlite3.connect(path, timeout=10)) as database:
        found = database.execute(statement).fetchall()
        database.commit()
        return found


@asynccontextmanager
async def staged(urls: Sequence[str], folder: Path, people: int) -> AsyncIterator[Exchange]:
    """Two migrated databases become two communities, members of the first known on the second; then both run as processes."""
    async with AsyncExitStack() as stack:
        alpha, beta = (LiveServer(url, folder / name) for url, name in zip(urls, ("alpha", "beta"), strict=True))
        logs.configure(alpha.settings)
        async with alpha, beta:
            await alpha.allow(beta)
            await beta.allow(alpha)
            for server in (alpha, beta):  # as each does within a minute: whether the other takes such notices, and who says so
                await server.run(withdrawal_watch.learn_due(server.instance))
            bea, known = await beta.member("bea"), []
            for number in range(people):
                alice = await alpha.member(f"alice{number}")
                await befriend(beta, bea, alice, alpha)
                post = await alpha.run(posts.publish(alice, posts.Composition(text="My secret", reach=Reach.PARTNERS, undo_seconds=0), alpha.origin))
                known.append((await stack.enter_async_context(Browser(alpha, alice)), post))
            await settle(alpha, beta)
        sides = {"alpha": Side(alpha), "beta": Side(beta)}
        for side in sides.values():
            stack.push_async_callback(side.stack.aclose)
            await side.start()
        yield Exchange(sides, known)


async def killed_withdrawal(place: Place, kills: int) -> dict[str, Any]:
    """`./run bench killed-withdrawal`: at every dam, and so often in between; each side as often as the other."""
    urls = [await place.new_database(name) for name in ("alpha", "beta")]
    for url in urls:
        await migrate(url)
    async with staged(urls, place.folder, kills + 2) as exchange:
        await exchange.at_dams(range(len(DAMS)))
        seconds = await exchange.undisturbed()
        for kill in range(kills):
            await exchange.killed_after(seconds * (kill // 2 + 0.5) / ((kills + 1) // 2), ("alpha", "beta")[kill % 2])
        done = sum(side.kills for side in exchange.sides.values())
    return {"case": "killed withdrawal", "kills": done, "seconds": seconds, "lost": 0}
