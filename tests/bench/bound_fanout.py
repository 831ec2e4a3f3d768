# ruff: noqa: E501 - tables and statements read better in one line
"""The least that a correct delivery must do: claim from a durable queue in groups, sign with RSA in threads, post with kept
connections, one at a time a host, and mark in groups. `python -m tests.bench.bound_fanout ORDER`: {"database_url", "inboxes",
"messages", "key_id", "pem", "body"}; prints {"ready"}, waits for a line, prints {"done"} and stays.
"""
from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import sqlite3
import sys
from collections import defaultdict
from email.utils import formatdate

import aiohttp
import asyncpg
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

SLOTS = 128
SIGNED_TOGETHER = 16
MARK_SECONDS = 0.05
Delivery = tuple[int, str, str, str]


class Queue:
    """The durable part, on either database."""

    def __init__(self, url: str) -> None:
        self.url, self.is_lite = url, url.startswith("sqlite://")

    async def fill(self, order: dict[str, object]) -> None:
        inboxes = order["inboxes"]
        assert isinstance(inboxes, list)
        rows = [(number * len(inboxes) + index, inbox.split("/")[2], inbox, f"https://bound.example/{number}", "waiting")
                for number in range(int(str(order["messages"]))) for index, inbox in enumerate(inboxes)]
        table = "CREATE TABLE delivery (id BIGINT PRIMARY KEY, host TEXT, inbox TEXT, activity TEXT, state TEXT)"
        index = "CREATE INDEX waiting ON delivery (state, host)"
        if self.is_lite:
            self.lite = sqlite3.connect(self.url.removeprefix("sqlite://"), isolation_level=None, check_same_thread=False)
            for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", table, index, "BEGIN"):
                self.lite.execute(statement)
            self.lite.executemany("INSERT INTO delivery VALUES (?,?,?,?,?)", rows)
            self.lite.execute("COMMIT")
        else:
            from models.database import postgres_credentials
            kept = ("host", "port", "user", "password", "database")
            self.pg = await asyncpg.connect(**{name: text for name, text in postgres_credentials(self.url).items() if name in kept})
            for statement in (table, index):
                await self.pg.execute(statement)
            await self.pg.copy_records_to_table("delivery", records=rows)

    async def claim(self) -> list[Delivery]:
        columns = "SELECT id, host, inbox, activity FROM delivery WHERE state = 'waiting' ORDER BY id"
        if self.is_lite:
            return await asyncio.to_thread(lambda: self.lite.execute(columns).fetchall())
        return [tuple(row) for row in await self.pg.fetch(columns)]

    async def mark(self, done: list[int]) -> None:
        if self.is_lite:
            await asyncio.to_thread(self._mark, done)
        else:
            await self.pg.execute("UPDATE delivery SET state = 'done' WHERE id = ANY($1::bigint[])", done)

    def _mark(self, done: list[int]) -> None:
        self.lite.execute("BEGIN IMMEDIATE")
        self.lite.executemany("UPDATE delivery SET state = 'done' WHERE id = ?", [(one,) for one in done])
        self.lite.execute("COMMIT")


async def main() -> None:
    order = json.loads(await asyncio.to_thread(sys.stdin.readline))
    key = serialization.load_pem_private_key(order["pem"].encode(), None)
    body = order["body"]
    queue = Queue(order["database_url"])
    await queue.fill(order)
    print(json.dumps({"ready": True}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    done: list[int] = []

    def sign(batch: list[Delivery]) -> list[dict[str, str]]:
        headers = []
        for _, host, inbox, activity in batch:
            digest = digests[activity]
            date = formatdate(usegmt=True)
            path = "/" + inbox.split("/", 3)[3]
            text = f"(request-target): post {path}\nhost: {host}\ndate: {date}\ndigest: {digest}\ncontent-type: application/activity+json"
            proof = base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()  # type: ignore[union-attr,call-arg]
            headers.append({"Date": date, "Digest": digest, "Content-Type": "application/activity+json", "Signature": (
                f'keyId="{order["key_id"]}",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",'
                f'signature="{proof}"')})
        return headers

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60),
                                     cookie_jar=aiohttp.DummyCookieJar()) as http:
        waiting = await queue.claim()
        bodies = {activity: body.replace("BOUND", activity).encode() for _, _, _, activity in waiting}
        digests = {activity: "SHA-256=" + base64.b64encode(hashlib.sha256(text).digest()).decode() for activity, text in bodies.items()}
        lanes: dict[str, list[tuple[Delivery, dict[str, str]]]] = defaultdict(list)
        ready: asyncio.Queue[str] = asyncio.Queue()

        async def send() -> None:
            while True:
                host = await ready.get()
                while lanes[host]:
                    delivery, headers = lanes[host].pop(0)
                    async with http.post(delivery[2], data=bodies[delivery[3]], headers=headers) as answer:
                        await answer.read()
                    done.append(delivery[0])
                lanes.pop(host, None)

        async def mark() -> None:
            while True:
                await asyncio.sleep(MARK_SECONDS)
                batch = done[:]
                done.clear()
                if batch:
                    await queue.mark(batch)

        tasks = [asyncio.create_task(send()) for _ in range(SLOTS)] + [asyncio.create_task(mark())]
        groups = [waiting[at:at + SIGNED_TOGETHER] for at in range(0, len(waiting), SIGNED_TOGETHER)]
        for at in range(0, len(groups), 2):  # two threads
            pair = groups[at:at + 2]
            for group, signed in zip(pair, await asyncio.gather(*(asyncio.to_thread(sign, group) for group in pair)), strict=True):
                for delivery, headers in zip(group, signed, strict=True):
                    is_new = not lanes.get(delivery[1])
                    lanes[delivery[1]].append((delivery, headers))
                    if is_new:
                        ready.put_nowait(delivery[1])
        await asyncio.gather(*tasks)


if __name__ == "__main__":
    asyncio.run(main())
