# ruff: noqa: E501 - tables and statements read better in one line
"""The least that a correct inbox must do with the kinds of `tests.bench.mix`: as `tests.bench.bound_inbox`, and what each kind means.
A message answers one that is there, a sign and a passing-on is about a message of ours whose author does not block the sender, and is told,
once; only its author changes or erases a message, and what is erased stays so. `python -m tests.bench.bound_mixed ORDER`.
"""
from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import sys
from itertools import count
from typing import Any

import asyncpg
from aiohttp import web
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tests.bench.bound_inbox import CLEANER, serve, verify

SCHEMA = (
    "CREATE TABLE activity (id TEXT PRIMARY KEY)",
    "CREATE TABLE post (id BIGINT PRIMARY KEY, uri TEXT UNIQUE, author TEXT, html TEXT, parent TEXT, at TEXT)",
    "CREATE INDEX by_author ON post (author, id)", "CREATE INDEX by_parent ON post (parent)",
    "CREATE TABLE sign (id TEXT PRIMARY KEY, kind TEXT, actor TEXT, post TEXT, UNIQUE (kind, post, actor))",
    "CREATE TABLE notice (kind TEXT, recipient TEXT, actor TEXT, post TEXT, UNIQUE (kind, recipient, actor, post))",
    "CREATE TABLE revision (uri TEXT, html TEXT)", "CREATE TABLE tombstone (uri TEXT, actor TEXT, PRIMARY KEY (uri, actor))",
    "CREATE TABLE block (member TEXT, actor TEXT, PRIMARY KEY (member, actor))")
ONCE = "ON CONFLICT DO NOTHING"
ALLOWED = "FROM post WHERE uri = ? AND NOT EXISTS (SELECT 1 FROM block WHERE member = author AND actor = ?)"
SEEN = f"INSERT INTO activity VALUES (?) {ONCE}"
POST = f"INSERT INTO post SELECT CAST(? AS bigint), ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM tombstone WHERE uri = ? AND actor = ?) {ONCE}"
SIGN = f"INSERT INTO sign SELECT ?, ?, ?, ? {ALLOWED} {ONCE}"
NOTICE = f"INSERT INTO notice SELECT ?, author, ?, ? {ALLOWED} {ONCE}"
KEPT = "INSERT INTO revision SELECT uri, html FROM post WHERE uri = ? AND author = ?"
CHANGE = "UPDATE post SET html = ? WHERE uri = ? AND author = ?"
BURY = f"INSERT INTO tombstone VALUES (?, ?) {ONCE}"
ERASE = "DELETE FROM post WHERE uri = ? AND author = ?"
UNDO = "DELETE FROM sign WHERE id = ? AND actor = ?"
WITHDRAW = "DELETE FROM notice WHERE kind = ? AND actor = ? AND post = ?"
#: In this order, so that a message of the same group is there when it is changed.
ORDER = (SEEN, POST, SIGN, NOTICE, KEPT, CHANGE, BURY, ERASE, UNDO, WITHDRAW)
Step = tuple[str, tuple[Any, ...]]


class Writer:
    """One task writes what has gathered, in one transaction, and then lets everybody go."""

    def __init__(self, url: str) -> None:
        self.url, self.steps, self.waiting, self.wake = url, list[Step](), list[asyncio.Future[None]](), asyncio.Event()

    async def open(self, ours: list[str], member: str) -> None:
        """The tables, with the messages of our member in them."""
        if self.url.startswith("sqlite://"):
            self.lite = sqlite3.connect(self.url.removeprefix("sqlite://"), isolation_level=None, check_same_thread=False)
            for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", *SCHEMA):
                self.lite.execute(statement)
        else:
            from models.database import postgres_credentials
            kept = ("host", "port", "user", "password", "database")
            self.pg = await asyncpg.connect(**{name: text for name, text in postgres_credentials(self.url).items() if name in kept})
            for statement in SCHEMA:
                await self.pg.execute(statement)
        await self._write([(POST, (-1 - place, uri, member, "", None, "", uri, member)) for place, uri in enumerate(ours)])

    async def add(self, steps: list[Step]) -> None:
        self.steps += steps
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(done)
        self.wake.set()
        await done

    async def run(self) -> None:
        while True:
            await self.wake.wait()
            self.wake.clear()
            steps, waiting, self.steps, self.waiting = self.steps, self.waiting, [], []
            await self._write(steps)
            for done in waiting:
                done.set_result(None)

    async def _write(self, steps: list[Step]) -> None:
        rows: dict[str, list[tuple[Any, ...]]] = {}
        for sql, values in steps:
            rows.setdefault(sql, []).append(values)
        together = [(sql, rows[sql]) for sql in ORDER if sql in rows]
        if self.url.startswith("sqlite://"):
            await asyncio.to_thread(self._lite, together)
            return
        async with self.pg.transaction():
            for sql, values in together:
                await self.pg.executemany(numbered(sql), values)

    def _lite(self, together: list[tuple[str, list[tuple[Any, ...]]]]) -> None:
        self.lite.execute("BEGIN IMMEDIATE")
        for sql, values in together:
            self.lite.executemany(sql, values)
        self.lite.execute("COMMIT")


def numbered(sql: str) -> str:
    """As PostgreSQL wants it, which also wants to know what a value is that is only selected."""
    numbers = count(1)
    text = re.sub(r"(SELECT|author,|bigint\),)( \?,?)+", lambda found: found[0].replace("?", "CAST(? AS text)"), sql)
    return re.sub(r"\?", lambda _: f"${next(numbers)}", text)


def steps(number: int, document: dict[str, Any]) -> list[Step]:
    """What an activity means."""
    actor, kind, thing = document["actor"], document["type"], document["object"]
    uri = thing if isinstance(thing, str) else thing["id"]
    made: list[Step] = [(SEEN, (document["id"],))]
    if kind in ("Create", "Update"):
        assert thing["attributedTo"] == actor
        html, parent = CLEANER.clean(thing["content"]), thing["inReplyTo"]
        if kind == "Update":
            return [*made, (KEPT, (uri, actor)), (CHANGE, (html, uri, actor))]
        made.append((POST, (number, uri, actor, html, parent, thing["published"], uri, actor)))
        return [*made, (NOTICE, ("reply", actor, uri, parent, actor))] if parent else made
    if kind == "Delete":
        return [*made, (BURY, (uri, actor)), (ERASE, (uri, actor))]
    if kind == "Undo":
        return [*made, (UNDO, (uri, actor)), (WITHDRAW, ("Like", actor, thing["object"]))]
    return [*made, (SIGN, (document["id"], kind, actor, uri, uri, actor)), (NOTICE, (kind, actor, uri, uri, actor))]


async def main() -> None:
    order = json.loads(sys.argv[1])
    known = json.load(open(order["keys"]))
    keys = {key_id: load_pem_public_key(pem.encode()) for key_id, pem in known["keys"].items()}
    writer = Writer(order["database_url"])
    await writer.open(known["about"], known["member"])
    writing = asyncio.create_task(writer.run())
    numbers = count(1)

    async def inbox(request: web.Request) -> web.Response:
        body = await request.read()
        document = json.loads(body)
        assert verify(request, body, keys).partition("#")[0] == document["actor"]
        await writer.add(steps(next(numbers), document))
        return web.Response(status=202)

    await serve(order["port"], inbox)
    await writing


if __name__ == "__main__":
    asyncio.run(main())
