# ruff: noqa: E501 - tables and statements read better in one line
"""The directory across communities: a page of results among a million people of 7,000 hosts, and agreeing with a partner of 10,000."""
from __future__ import annotations

import gc
import random
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from tortoise.context import require_context

from federation import directories, listing_sync, resolve
from models import Actor, Community, ConsentRecord, DirectoryPeer, Follow, Host, Listing, OfferedListing, clock, listings
from models.consent import Purpose
from models.database import dialect, in_transaction, open_database, rows, tuples, write_rows
from models.directory import FACETS
from models.ids import new_id, new_key
from models.listings import END, SHOWN, Told, Wanted, place_of
from models.migration import migrate
from models.queues import marks
from moderation import cells, consent
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
NEW = 500
LEAST = 11


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
    """Store them as a server has them that has known them for long: what may be shown is worked out. Without the indexes, which are
    made again afterwards; seconds.
    """
    began, cells_ = time.perf_counter(), Counter(one.facets for one in people(count, random.Random(7)))
    shown = cells.shown(cells_, LEAST)
    indexes = await _indexes()
    for name, _ in indexes:
        await rows(f'DROP INDEX "{name}"')  # noqa: S608
    columns = ("id", "created_at", "uri", "key", "host", "stamp_uri", *FACETS, *SHOWN, "is_placed", "place", "updated_at", "ends_at")
    insert = f"INSERT INTO listing ({', '.join(columns)}) VALUES ({marks(len(columns))})"  # noqa: S608
    for part in batched(people(count, random.Random(7)), CHUNK):
        async with in_transaction():
            await write_rows(insert, [(new_id(), one.updated_at, one.uri, new_key(), one.host, one.stamp_uri, *one.facets, *shown[one.facets],
                                       True, place_of(one.uri), one.updated_at, one.ends_at) for one in part])
    for _, statement in indexes:
        await rows(statement)
    return time.perf_counter() - began


def batched(all_: Iterator[Told], size: int) -> Iterator[list[Told]]:
    """In lists of this length."""
    while part := list(islice(all_, size)):
        yield part


async def _indexes() -> list[tuple[str, str]]:
    """Those of the table that belong to no key, with what makes them."""
    if dialect() == "sqlite":
        found = await tuples("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'listing' AND sql IS NOT NULL")
    else:
        found = await tuples("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'listing' AND indexname NOT IN"
                             " (SELECT conname FROM pg_constraint)")
    return [(str(row[0]), str(row[1])) for row in found]


async def arrive(count: int) -> float:
    """So many new people of one day, and what may be shown of all who are like them; seconds."""
    new = [Told(f"{one.uri}-new", one.host, one.facets, one.updated_at, one.ends_at, one.stamp_uri) for one in people(count, random.Random(8))]
    async with in_transaction():
        await listings.put(new, LEAST)
    began = time.perf_counter()
    while await listings.unplaced():
        await place_due()
    return time.perf_counter() - began


async def directory(place: Place, count: int) -> dict[str, Any]:
    """Fill, work out what may be shown, search, and agree with a partner."""
    url = await place.new_database("directory")
    await migrate(url)
    async with open_database(url):
        filled = await fill(count)
        await _look_after()
        placed = await arrive(NEW)
        await _look_after()
        gc.collect()
        took, before = list[float](), resident_mib()
        found, chance = 0, random.Random(11)
        for wanted in await _questions(chance):
            start = chance.randrange(END)
            began = time.perf_counter()
            page = await listings.search(wanted, start, END, 20)
            await listings.at(page.places)
            took.append((time.perf_counter() - began) * 1000)
            found += len(page.places)
        grown = resident_mib() - before
    took.sort()
    seconds, disclosed = await reconcile(place)
    return {"case": "directory", "rate": len(took) / sum(took) * 1000, "unit": "searches/s", "p50_ms": statistics.median(took),
            "p99_ms": took[int(len(took) * 0.99)], "worst_ms": took[-1], "grown_mib": grown, "listings": count, "hosts": min(HOSTS, count),
            "found_a_page": found / len(took), "fill_seconds": filled, "place_seconds": placed, "reconcile_seconds": seconds,
            "reconciled": disclosed}


def resident_mib() -> float:
    """What this process has in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 / 1024


async def _look_after() -> None:
    """What PostgreSQL does by itself within minutes of so many new rows; without it, nothing is read from an index alone."""
    if dialect() == "sqlite":
        await rows("ANALYZE")
        return
    async with require_context().db().acquire_connection() as held:
        await held.execute("VACUUM ANALYZE listing")


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
    """So many who agreed, or a job would take them back while they are read; with the canary that each partner's list has."""
    chance = random.Random(3)
    await OfferedListing.create(actor=None, host=host, key="canary", stamp_key="canary", facets={}, updated_at=clock.now().replace(microsecond=0))
    for at in range(0, count, CHUNK):
        actors = [Actor(id=new_id(), key=(key := new_key()), uri=f"https://x.example/{key}", name=f"p{at + number}", inbox_uri="https://x.example/i")
                  for number in range(min(CHUNK, count - at))]
        await Actor.bulk_create(actors)
        await ConsentRecord.bulk_create([ConsentRecord(actor_id=one.id, purpose=purpose, granted=True, language="en", text_digest="",
                                                       wording=consent.PURPOSES[purpose].version, created_at=clock.now())
                                         for purpose in (Purpose.FOUND_BY_PARTNERS, Purpose.SHARED_OUT) for one in actors], batch_size=500)
        await OfferedListing.bulk_create([
            OfferedListing(actor_id=one.id, host=host, key=f"{one.id:044x}", stamp_key=f"{one.id:x}", version=one.id,
                           updated_at=clock.now().replace(microsecond=0),
                           facets={"condition": f"ORPHA:{chance.randrange(40)}", "role": "living", "country": "FR"}) for one in actors])
