# ruff: noqa: E501 - tables and statements read better in one line
"""What deciding about consent costs: of publishing a message, and of answering pages; each with and without, in turns."""
from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import ClientSession

from models import Community, Post, Q
from models.consent import Purpose
from models.database import open_database
from models.migration import migrate
from models.reach import Reach
from moderation import consent
from server.actions import accounts, posts, sharing
from tests.bench.scene import Place
from tests.browser import Browser
from tests.live import LiveServer

MEMBERS = 50
TEXT = "The mornings are better since the new dose, and I slept. " * 8


@contextmanager
def undecided(given: Any) -> Iterator[None]:
    """For as long as the block lasts, every answer is yes and nothing is asked."""
    kept = consent.permits, consent.authors_who_allow, consent.those_who_allow

    async def permits(*_: object) -> Any:
        return given
    consent.permits, consent.authors_who_allow, consent.those_who_allow = permits, lambda *_: Q(), lambda *_: Q()
    try:
        yield
    finally:
        consent.permits, consent.authors_who_allow, consent.those_who_allow = kept


async def cost(act: Callable[[], Awaitable[object]], given: Any, rounds: int) -> tuple[float, float]:
    """Milliseconds of CPU of one act at the lower quartile, and the part of it that deciding takes: both ways in turns, so that
    what else the computer does falls on both, and what it only ever adds counts little.
    """
    asked, unasked = list[float](), list[float]()
    for number in range(2 * rounds + 10):
        began = time.process_time()
        if number % 2:
            await act()
            asked.append(time.process_time() - began)
            continue
        with undecided(given):
            began = time.process_time()
            await act()
            unasked.append(time.process_time() - began)
    with_, without = (statistics.quantiles(times[5:], n=4)[0] for times in (asked, unasked))
    return with_ * 1000, max(0.0, 1 - without / with_)


async def decisions(place: Place, rounds: int) -> dict[str, Any]:
    """One community of fifty members, each with all agreements and their history."""
    url = await place.new_database("consent")
    await migrate(url)
    async with LiveServer(url, place.folder / "var") as server, open_database(url, server.settings.vault()):
        await (await Community.current()).change(ceiling=Reach.WEB)
        community = await Community.current()
        every = (Purpose.MEMBERSHIP, *consent.switches())
        for number in range(MEMBERS):
            member = await accounts.create(server.origin, accounts.Newcomer(name=f"member{number}", language="en", consents=every))
            for wanted in (False, True):
                await sharing.say(member, Purpose.FOUND_HERE, wanted, "en", community)
            await posts.publish(member.actor, posts.Composition(text=TEXT, reach=Reach.WEB, undo_seconds=0), server.origin)
        given = await consent.permits(member.actor.id, Purpose.SHARED_OUT)

        async def publish() -> None:
            await posts.publish(member.actor, posts.Composition(text=TEXT, reach=Reach.PARTNERS, undo_seconds=0), server.origin)
        row: dict[str, Any] = {"case": "consent"}
        row["publish_ms"], row["publish_cost"] = await cost(publish, given, rounds)
        talk = await Post.filter(reach=Reach.WEB).first()
        assert talk
        async with Browser(server, member.actor) as browser, ClientSession(server.origin) as visitor:
            for name, http, path in (("home", browser.http, "/home"), ("people", browser.http, "/people"), ("visit", visitor, f"/m/{talk.key}")):
                async def read(http: ClientSession = http, path: str = path) -> None:
                    async with http.get(path, allow_redirects=False) as answer:
                        assert answer.status == 200, (path, answer.status)
                        await answer.read()
                row[f"{name}_ms"], row[f"{name}_cost"] = await cost(read, given, rounds)
    return row
