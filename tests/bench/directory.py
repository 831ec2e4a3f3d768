# ruff: noqa: E501 - tables and statements read better in one line
"""The directory across communities: a page of results among a million people of 7,000 hosts, and agreeing with a partner of 10,000."""
from __future__ import annotations

import random
import resource
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tortoise.context import require_context

from federation import directories, listing_sync, resolve
from models import Actor, Community, DirectoryPeer, Follow, Host, Listing, OfferedListing, clock, listings
from models.database import dialect, in_transaction, open_database, rows, tuples
from models.ids import new_id, new_key
from models.listings import END, Told, Wanted
from models.migration import migrate
from server.actions.listings import place_due
from tests.bench.scene import Place
from tests.live import LiveServer

HOSTS = 7_000
CONDITIONS = 6_000
COUNTRIES = ("FR", "GB", "DE", "IT", "ES", "PL", "NL", "BE", "CH", "AT", "SE", "US", "CA", "BR", "MA", "TN", "SN", "IN", "JP", "AU")
LANGUAGES = (" fr ", " en ", " de ", " it ", " es ", " en fr ", " ar fr ", " nl ", " pl ", " de en ")
ROLES = ("living", "living", "living", "carer", "carer", "relative", "looking", "professional", "")
AGES = ("18-29", "30-39", "40-49", "50-59", "60-69", "70-79", "80+", "")
SEARCHES = 400
RECONCILED = 10_000
CHUNK = 5_000


def people(count: int, chance: random.Random) -> Iterator[Told]:
    """Invented people; conditions, countries and languages are as uneven as in life."""
    now = clock.now().replace(microsecond=0)
    for number in range(count):
        host = f"c{number % HOSTS}.example"
        condition = f"ORPHA:{min(CONDITIONS, int(chance.paretovariate(0.6)))}"
        country = COUNTRIES[min(len(COUNTRIES) - 1, int(chance.expovariate(0.35)))]
        yield Told(f"https://{host}/directory/listings/{number:044x}", host,
                   (condition, chance.choice(ROLES), country, chance.choice(LANGUAGES), chance.choice(AGES)), now, now + timedelta(days=14),
                   f"https://{host}/directory/stamps/{number:044x}")


async def fill(count: int) -> float:
    """Store them; seconds."""
    chance, began, waiting = random.Random(7), time.perf_counter(), list[Told]()
    for one in people(count, chance):
        waiting.append(one)
        if len(waiting) == CHUNK:
            await _store(waiting)
            waiting = []
    await _store(waiting)
    return time.perf_counter() - began


async def _store(told: list[Told]) -> None:
    async with in_transaction():
        await listings.put(told, 11)


async def directory(place: Place, count: int) -> dict[str, Any]:
    """Fill, work out what may be shown, search, and agree with a partner."""
    url = await place.new_database("directory")
    await migrate(url)
    async with open_database(url):
        filled = await fill(count)
        began = time.perf_counter()
        while await listings.unplaced():
            await place_due()
        placed = time.perf_counter() - began
        await rows("ANALYZE") if dialect() == "sqlite" else await rows("ANALYZE listing")
        if dialect() == "postgres":
            await _vacuum()
        took, before = list[float](), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found, chance = 0, random.Random(11)
        for wanted in await _questions(chance):
            start = chance.randrange(END)
            began = time.perf_counter()
            page = await listings.search(wanted, start, END, 20)
            await listings.at(page.places)
            took.append((time.perf_counter() - began) * 1000)
            found += len(page.places)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    took.sort()
    seconds, disclosed = await reconcile(place)
    return {"case": "directory", "rate": len(took) / sum(took) * 1000, "unit": "searches/s", "p50_ms": statistics.median(took),
            "p99_ms": took[int(len(took) * 0.99)], "worst_ms": took[-1], "grown_mib": grown, "listings": count, "hosts": min(HOSTS, count),
            "found_a_page": found / len(took), "fill_seconds": filled, "place_seconds": placed, "reconcile_seconds": seconds,
            "reconciled": disclosed}


async def _vacuum() -> None:
    async with require_context().db().acquire_connection() as held:
        await held.execute("VACUUM listing")


async def _questions(chance: random.Random) -> list[Wanted]:
    """What people look for: mostly a condition with something else, and each other filter alone and together."""
    shown = [str(row[0]) for row in await tuples("SELECT shown_condition FROM listing WHERE shown_condition <> '' LIMIT 2000")]
    found = []
    for _ in range(SEARCHES):
        condition = chance.choice(shown) if chance.random() < 0.7 else ""
        found.append(Wanted(condition, chance.choice(("", *ROLES)), chance.choice(("", *COUNTRIES)), chance.choice(("", "", "fr", "en", "ar")),
                            chance.choice(("", "", *AGES))))
    return found


async def reconcile(place: Place, count: int = RECONCILED) -> tuple[float, int]:
    """Two live servers: one has so many listings, the other reads all of them; seconds, and how many it has then."""
    urls = [await place.new_database(name) for name in ("origin", "reader")]
    for url in urls:
        await migrate(url)
    async with LiveServer(urls[0], place.folder / "origin") as origin, LiveServer(urls[1], place.folder / "reader") as reader:
        await origin.allow(reader)
        await reader.allow(origin)
        us, them = await origin.run(directories.ensure(origin.instance)), await reader.run(directories.ensure(reader.instance))
        known = await origin.run(_meet(origin, reader, them.uri))
        await reader.run(_meet(reader, origin, us.uri))
        await origin.run(_offer(reader.host, count))
        await origin.run(_subscribed(known, us))

        async def read() -> tuple[float, int]:
            peer, directory_ = await DirectoryPeer.of(origin.host), await Actor.get(uri=us.uri)
            began = time.perf_counter()
            await listing_sync.compare(reader.instance, peer, directory_)
            return time.perf_counter() - began, await Listing.filter(host=origin.host).count()
        return await reader.run(read())


async def _meet(server: LiveServer, other: LiveServer, uri: str) -> Actor:
    await (await Host.called(other.host)).change(directory_uri=uri)
    await (await Community.current()).change(directory_opened_at=clock.now(), directory="ask")
    return await resolve.actor(server.instance, uri, fresh=True)


async def _subscribed(them: Actor, us: Actor) -> None:
    await (await Follow.request(f"{them.uri}/follows/1", them, us)).accept()


async def _offer(host: str, count: int) -> None:
    chance = random.Random(3)
    for at in range(0, count, CHUNK):
        actors = [Actor(id=new_id(), key=(key := new_key()), uri=f"https://x.example/{key}", name=f"p{at + number}", inbox_uri="https://x.example/i")
                  for number in range(min(CHUNK, count - at))]
        await Actor.bulk_create(actors)
        await OfferedListing.bulk_create([
            OfferedListing(actor_id=one.id, host=host, key=f"{one.id:044x}", stamp_key=f"{one.id:x}", version=one.id,
                           updated_at=clock.now().replace(microsecond=0),
                           facets={"condition": f"ORPHA:{chance.randrange(40)}", "role": "living", "country": "FR"}) for one in actors])
