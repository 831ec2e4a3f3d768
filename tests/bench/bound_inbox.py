# ruff: noqa: E501 - tables and statements read better in one line
"""The least that a correct inbox must do: check digest, date and signature, clean with nh3, deduplicate, commit in groups,
and only then answer 202. Nothing else: no fetches, no rules, no readers. `python -m tests.bench.bound_inbox ORDER`.
"""
from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import asyncpg
import nh3
from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import load_pem_public_key

CLEANER = nh3.Cleaner(tags={"p", "br", "a", "span", "em", "strong", "ul", "ol", "li", "blockquote", "code", "pre"})
TABLE = ("CREATE TABLE IF NOT EXISTS post (id BIGINT PRIMARY KEY, activity TEXT UNIQUE, uri TEXT, author TEXT, html TEXT,"
         " body TEXT, at TEXT)")
INDEXES = ("CREATE INDEX IF NOT EXISTS by_author ON post (author, id)", "CREATE INDEX IF NOT EXISTS by_uri ON post (uri)")
Row = tuple[int, str, str, str, str, str, str]


class Writer:
    """One task writes what has gathered, in one transaction, and then lets everybody go."""

    def __init__(self, url: str) -> None:
        self.url, self.rows, self.waiting, self.wake = url, list[Row](), list[asyncio.Future[None]](), asyncio.Event()

    async def open(self) -> None:
        if self.url.startswith("sqlite://"):
            self.lite = sqlite3.connect(self.url.removeprefix("sqlite://"), isolation_level=None, check_same_thread=False)
            for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", TABLE, *INDEXES):
                self.lite.execute(statement)
        else:
            from models.database import postgres_credentials
            kept = ("host", "port", "user", "password", "database")
            self.pg = await asyncpg.connect(**{name: text for name, text in postgres_credentials(self.url).items() if name in kept})
            for statement in (TABLE, *INDEXES):
                await self.pg.execute(statement)

    async def add(self, row: Row) -> None:
        self.rows.append(row)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(done)
        self.wake.set()
        await done

    async def run(self) -> None:
        while True:
            await self.wake.wait()
            self.wake.clear()
            rows, waiting, self.rows, self.waiting = self.rows, self.waiting, [], []
            if self.url.startswith("sqlite://"):
                await asyncio.to_thread(self._lite, rows)
            else:
                await self.pg.execute("INSERT INTO post SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[],"
                                      " $5::text[], $6::text[], $7::text[]) ON CONFLICT DO NOTHING", *map(list, zip(*rows, strict=True)))
            for done in waiting:
                done.set_result(None)

    def _lite(self, rows: list[Row]) -> None:
        self.lite.execute("BEGIN IMMEDIATE")
        self.lite.executemany("INSERT OR IGNORE INTO post VALUES (?,?,?,?,?,?,?)", rows)
        self.lite.execute("COMMIT")


def verify(request: web.Request, body: bytes, keys: dict[str, Any]) -> str:
    """The key id, once the signature, its time and its digest are right."""
    parameters = dict(part.split("=", 1) for part in request.headers["Signature"].split(","))
    parameters = {name: text.strip('"') for name, text in parameters.items()}
    names = parameters["headers"].split()
    assert {"(request-target)", "host", "date", "digest"} <= set(names)
    assert request.headers["Digest"] == "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
    assert abs((datetime.now(UTC) - parsedate_to_datetime(request.headers["Date"])).total_seconds()) < 3600
    lines = [f"{name}: {request.headers[name]}" if name[0] != "(" else f"{name}: post {request.raw_path}" for name in names]
    keys[parameters["keyId"]].verify(base64.b64decode(parameters["signature"]), "\n".join(lines).encode(), padding.PKCS1v15(),
                                     hashes.SHA256())
    return parameters["keyId"]


async def main() -> None:
    order = json.loads(sys.argv[1])
    keys = {key_id: load_pem_public_key(pem.encode()) for key_id, pem in json.load(open(order["keys"])).items()}
    writer = Writer(order["database_url"])
    await writer.open()
    writing = asyncio.create_task(writer.run())
    count = 0

    async def inbox(request: web.Request) -> web.Response:
        nonlocal count
        body = await request.read()
        document = json.loads(body)
        key_id = verify(request, body, keys)
        assert key_id.partition("#")[0] == document["actor"] == document["object"]["attributedTo"]
        count += 1
        note = document["object"]
        await writer.add((count, document["id"], note["id"], document["actor"], CLEANER.clean(note["content"]), body.decode(),
                          note["published"]))
        return web.Response(status=202)

    await serve(order["port"], inbox)
    await writing


async def serve(port: int, inbox: Callable[[web.Request], Awaitable[web.Response]]) -> None:
    """Take in what is posted to this port, and say that it is ready."""
    app = web.Application()
    app.router.add_post("/inbox", inbox)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print(json.dumps({"ready": True}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
