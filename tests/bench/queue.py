"""The queue of the team with thousands of open cases: how long its page takes, and how often it asks the database."""
from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from asyncpg.connection import Connection

from models import Actor, Case, clock
from models.case import CaseSource, Matter, Urgency
from models.ids import new_id, new_key
from models.member import Role
from models.migration import migrate
from models.sqlite_readers import Readers
from tests.bench.scene import Place
from tests.browser import Browser
from tests.live import LiveServer

PAGES = 60
CHUNK = 2_000
MATTERS = (*([Matter.OTHER] * 6), *Matter)


async def queue(place: Place, count: int) -> dict[str, Any]:
    """Fill a server with open cases, and as many closed ones, and open the first pages of its lists."""
    url = await place.new_database("queue")
    await migrate(url)
    async with LiveServer(url, place.folder / "queue") as server:
        reader = await server.member("mod", role=Role.MODERATOR)
        for name in ("kim", "lee", "noa"):
            await server.member(name, role=Role.MODERATOR)
        await server.run(fill(count))
        took, asked = await opened(server, reader, count)
    took.sort()
    return {"case": "queue", "rate": len(took) / sum(took) * 1000, "unit": "pages/s", "p50_ms": statistics.median(took),
            "p99_ms": took[int(len(took) * 0.99)], "worst_ms": took[-1], "cases": count, "queries": asked}


async def fill(count: int) -> None:
    """Invented people, each with an open case and a closed one."""
    chance = random.Random(5)
    for at in range(0, count, CHUNK):
        people = [Actor(id=new_id(), key=(key := new_key()), uri=f"https://x.example/{key}", name=f"p{number}",
                        host=f"c{number % 300}.example", inbox_uri="https://x.example/i")
                  for number in range(at, min(at + CHUNK, count))]
        await Actor.bulk_create(people)
        cases = []
        for person in people:
            for closed_at in (None, clock.now()):
                matter = chance.choice(MATTERS)
                cases.append(Case(source=CaseSource.REPORT, matter=matter, urgency=Urgency.of(matter).value, about_id=person.id,
                                  post_uris=[f"https://x.example/{person.id}"], reports_count=chance.randrange(1, 9),
                                  closed_at=closed_at, asked_at=clock.now() if chance.random() < 0.1 else None))
        await Case.bulk_create(cases)


async def opened(server: LiveServer, reader: Actor, count: int) -> tuple[list[float], int]:
    """How long each page took, in milliseconds over HTTP, and how many questions one of them asks."""
    took = list[float]()
    middle = (await server.ask(lambda: Case.filter(closed_at=None).order_by("urgency", "id").offset(count // 2).limit(1)))[0]
    paths = ("/admin/queue", f"/admin/queue?after={middle.urgency}-{middle.id}", "/admin/queue?list=waiting",
             "/admin/queue?list=closed")
    async with Browser(server, reader) as browser:
        await browser.get("/admin/queue")
        for number in range(PAGES):
            began = time.perf_counter()
            page = await browser.get(paths[number % len(paths)])
            took.append((time.perf_counter() - began) * 1000)
            assert page.count("/admin/cases/") == 20, page
        with counted() as asked:
            await browser.get(paths[0])
    return took, len([sql for sql in asked if "moderation_case" in sql or "member" in sql])


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every SELECT outside a transaction meanwhile, on both databases."""
    found: list[str] = []
    answer, fetch = Readers._answer, Connection.fetch

    def counted_here(self: Readers, statements: Any) -> Any:
        found.extend(sql for sql, _ in statements)
        return answer(self, statements)

    async def counted_there(self: Any, sql: str, *values: Any, **options: Any) -> Any:
        found.append(sql)
        return await fetch(self, sql, *values, **options)
    with patch.object(Readers, "_answer", counted_here), patch.object(Connection, "fetch", counted_there):
        yield found
