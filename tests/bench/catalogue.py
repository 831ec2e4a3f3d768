# ruff: noqa: E501 - tables and statements read better in one line
"""Finding a condition or a sign in the whole catalogue, and people with signs like one's own among thousands."""
from __future__ import annotations

import asyncio
import os
import random
import statistics
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from models import Actor, Community, ConsentRecord, Member, ProfileLine, ProfileValue, Q, clock
from models.catalogue.catalogue import Catalogue
from models.catalogue.search import Kind
from models.consent import Purpose
from models.database import open_database
from models.migration import migrate
from models.reach import Reach
from moderation import consent
from server.members.likeness import Likeness
from tests.bench.scene import Place

ORIGIN = "http://localhost:8080"
QUESTIONS = [("leukemia chronic myel", Kind.CONDITION, "ORPHA:521"), ("maladie de fabry", Kind.CONDITION, "ORPHA:324"),
             ("fabri", Kind.CONDITION, "ORPHA:324"), ("spider fingers", Kind.SIGN, "HP:0001166"), ("syndrome", Kind.CONDITION, ""),
             ("abnormal", Kind.SIGN, ""), ("hereditary musculer dystrofy with early onset", Kind.CONDITION, ""), ("a", Kind.SIGN, ""),
             ("douleurs articulaires", Kind.SIGN, ""), ("mucoviscidoze", Kind.CONDITION, "")]


def rss_mib() -> float:
    """Memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


async def search(place: Place, rounds: int) -> dict[str, Any]:
    """The index is made once and then lies on the disk; every question opens it anew, in a thread, as the pages do."""
    catalogue, before = Catalogue(place.folder), rss_mib()
    began = time.perf_counter()
    await asyncio.to_thread(catalogue.releases)
    made = time.perf_counter() - began
    began = time.perf_counter()
    await asyncio.to_thread(catalogue.search, "fabry", Kind.CONDITION, "en")
    opened, times, cpu = time.perf_counter() - began, list[float](), time.process_time()
    for _ in range(rounds):
        for words, kind, code in QUESTIONS:
            began = time.perf_counter()
            found = await asyncio.to_thread(catalogue.search, words, kind, "en")
            times.append((time.perf_counter() - began) * 1000)
            assert not code or code in [one.code for one in found[:5]], (words, found)
    return {"case": "catalogue", "index_seconds": made, "open_ms": opened * 1000, "more_mib": rss_mib() - before,
            "cpu_ms": (time.process_time() - cpu) * 1000 / len(times), **_spread(times)}


async def alike(place: Place, people: int) -> dict[str, Any]:
    """So many members, each with signs of a disease as Orphanet tells them: who of them is most like one."""
    url = await place.new_database("alike")
    await migrate(url)
    catalogue, dice = Catalogue(place.folder), random.Random(1)  # noqa: S311 - no secret
    async with open_database(url):
        await Community.current()
        await asyncio.to_thread(catalogue.releases)
        actors = await _people(catalogue, people, dice)
        likeness, before = Likeness(catalogue), rss_mib()
        began = time.perf_counter()
        await likeness.people(actors[0], Q(), 20, 5)
        first, pages, ranked, cpu = time.perf_counter() - began, list[float](), list[float](), list[float]()
        for me in dice.sample(actors, 60):
            spent = time.process_time()
            pages.append(await _timed(lambda me=me: likeness.people(me, Q(), 20, 5)))  # type: ignore[misc]
            cpu.append((time.process_time() - spent) * 1000)
            terms = [int(row.code[3:]) for row in await ProfileValue.filter(actor_id=me.id)]
            wanted = frozenset().union(*(fact.above for fact in catalogue.signs(terms).values()))
            began = time.perf_counter()
            assert likeness.crowd and likeness.crowd.ranked(wanted, 60)
            ranked.append((time.perf_counter() - began) * 1000)
    return {"case": f"alike {people:,}", "first_ms": first * 1000, "more_mib": rss_mib() - before, "cpu_ms": statistics.median(cpu), "rank_p50_ms": statistics.median(ranked),
            "rank_p99_ms": sorted(ranked)[int(len(ranked) * 0.99)], **_spread(pages)}


async def _people(catalogue: Catalogue, count: int, dice: random.Random) -> list[Actor]:
    words = {purpose: [kind, consent.PURPOSES[purpose].version] for purpose, kind in ((Purpose.HEALTH_PROFILE, "kept"),)}
    shown = {str(purpose): word for purpose, word in words.items()} | {"signs": [Reach.COMMUNITY.value, consent.PURPOSES[Purpose.FIELD].version]}
    actors = [Actor(uri=f"{ORIGIN}/actors/{number}", name=f"person{number}", inbox_uri=f"{ORIGIN}/inbox", discoverable=True, line_words=shown)
              for number in range(count)]
    await Actor.bulk_create(actors, batch_size=500)
    await Member.bulk_create([Member(actor_id=actor.id) for actor in actors], batch_size=500)
    await ConsentRecord.bulk_create([ConsentRecord(actor_id=actor.id, purpose=Purpose.FOUND_HERE, granted=True, language="en", text_digest="",
                                                   wording=consent.PURPOSES[Purpose.FOUND_HERE].version, created_at=clock.now())
                                     for actor in actors], batch_size=500)
    diseases = [signs for code in ("ORPHA:558", "ORPHA:521", "ORPHA:324", "ORPHA:355", "ORPHA:98896", "ORPHA:286", "ORPHA:586", "ORPHA:232")
                if (signs := [sign for sign, _ in catalogue.signs_of(code)])]
    values = []
    for actor in actors:
        own = dice.choice(diseases)
        values += [ProfileValue(actor_id=actor.id, line=ProfileLine.SIGNS, code=code) for code in dice.sample(own, min(len(own), dice.randint(3, 10)))]
    await ProfileValue.bulk_create(values, batch_size=500)
    return actors


async def _timed(act: Callable[[], Coroutine[Any, Any, object]]) -> float:
    began = time.perf_counter()
    await act()
    return (time.perf_counter() - began) * 1000


def _spread(times: list[float]) -> dict[str, float]:
    return {"p50_ms": statistics.median(times), "p99_ms": sorted(times)[int(len(times) * 0.99)]}
