"""How often a page asks the database, however much stands on it, and that who only reads waits for nobody who writes."""
from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from models import Actor, Case, Post
from models.case import CaseSource, Matter
from models.database import dialect, in_transaction
from models.ids import new_key
from models.member import Role
from models.reach import Reach
from server.actions import reactions
from tests.asked import by_pages
from tests.browser import Browser
from tests.live import LiveServer

HOME_LIMIT = 12
QUEUE_LIMIT = 3  # how many there are, a page of them, and who has how many
TABLES = ("post", "session", "announce", "attachment", "like_")


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """Every SELECT of a page outside a transaction from now on."""
    with by_pages() as found:
        yield found


async def test_home_asks_a_dozen_times_at_most(alpha: LiveServer, asked: list[str]) -> None:
    """And no oftener with twenty messages than with two."""
    anna, ben = [await alpha.member(name) for name in ("anna", "ben")]
    counts = []
    for _round in range(2):
        for number in range(1 if not counts else 9):
            first = await alpha.write(ben, f"Number {number} #tea", Reach.COMMUNITY)
            await alpha.write(ben, f"More of {number}", Reach.COMMUNITY, parent=first)
            await alpha.run(reactions.thank(anna, first))
        async with Browser(alpha, anna) as browser:
            await browser.get("/home")
            tries = []
            for _ in range(3):  # now and then it asks for the row of the community too
                asked.clear()
                page = await browser.get("/home")
                tries.append(len([sql for sql in asked if any(f" {table} " in sql.replace('"', "") for table in TABLES)]))
        assert "Number 0" in page and 'aria-pressed="true"' in page
        counts.append(min(tries))
    assert counts[0] == counts[1] <= HOME_LIMIT, counts


async def test_who_only_reads_waits_for_no_transaction(db: object) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with in_transaction():
            await Actor.create(uri="https://a.example/1", name="ada", host="a.example", inbox_uri="https://a.example/in")
            assert await Actor.all().count() == 1  # who writes sees it
            began.set()
            await ended.wait()
    writing = asyncio.create_task(write())
    await began.wait()
    async with asyncio.timeout(5):
        assert await Actor.all().count() == 0
        assert not await Post.exists()
    ended.set()
    await writing
    assert await Actor.all().count() == 1 and dialect() in ("sqlite", "postgres")


async def test_the_queue_asks_as_often_with_twenty_cases_as_with_two(alpha: LiveServer, asked: list[str]) -> None:
    mod = await alpha.member("mod", role=Role.MODERATOR)

    async def fill(number: int) -> None:
        for _ in range(number):
            about = await Actor.create(uri=f"https://x.example/{new_key()}", name="x", host="x.example", inbox_uri="https://x.example/i")
            await Case.open_(about.id, Matter.OTHER, CaseSource.REPORT, ["https://x.example/1"])
    counts = []
    async with Browser(alpha, mod) as browser:
        for number in (2, 23):
            await alpha.run(fill(number))
            await browser.get("/admin/queue")
            asked.clear()
            page = await browser.get("/admin/queue")
            counts.append(len([sql for sql in asked if "moderation_case" in sql]))
    assert page.count("/admin/cases/") == 20 and "25 cases to look at" in page
    assert counts[0] == counts[1] <= QUEUE_LIMIT, counts
