# ruff: noqa: E501 - tables and statements read better in one line
"""A server that has been running for years: so many authors, messages and follows, written by plain SQL in a minute or two."""
from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from tortoise.context import require_context

from models import Actor, Announce, Community, Follow, Host, Like, clock, memory, newest
from models.database import dialect, rows
from models.host import Standing
from models.ids import RANDOM_BITS, new_id, new_key

AUTHORS = 20_000
HOSTS = 200
OURS_EVERY = 20  # one author of so many is a member of ours
ANSWERS_SHARE = 0.3
BATCH = 5_000
HTML = "<p>" + "The mornings are better since the new dose, and I slept. " * 8 + "</p>"
COLUMNS = ("id", "created_at", "key", "uri", "url", "author_id", "reach", "voice", "html", "text", "note", "language", "conversation",
           "parent_id", "parent_uri", "published_at", "to_followers")


async def fill(readers: Sequence[Actor], origin: str, messages: int, follows: int, *, seed: int = 1) -> None:
    """So many messages, the newest of a minute ago, one each 30 seconds; each reader follows some of the authors."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    authors = await _authors(origin)
    for reader in readers:
        await Follow.bulk_create([Follow(uri=f"{origin}/follows/{reader.key}/{one.id}", follower_id=reader.id, target_id=one.id, accepted_at=clock.now())
                                  for one in dice.sample(authors, min(follows, len(authors)))], batch_size=500)
    batch: list[tuple[object, ...]] = []
    for row in _messages(authors, messages, dice):
        batch.append(row)
        if len(batch) == BATCH:
            await _write(batch)
            batch = []
    await _write(batch)
    last = [int(row["id"]) for row in await rows("SELECT id FROM post ORDER BY id DESC LIMIT 3000")]
    await Announce.bulk_create([Announce(id=id_ + 5, uri=f"{origin}/announces/{id_}", actor_id=dice.choice(authors).id, post_id=id_,
                                         reach="web") for id_ in last], batch_size=500)
    await Like.bulk_create([Like(uri=f"{origin}/likes/{id_}", actor_id=readers[0].id, post_id=id_) for id_ in last[:100:7]])
    await Community.all().update(looked_over_id=new_id())  # the rules have seen all of it when it came
    for reader in readers:
        memory.current().unsettled.put(reader.id, True)
    while await newest.settle():
        pass
    await rows("VACUUM ANALYZE" if dialect() == "postgres" else "ANALYZE")  # as PostgreSQL's autovacuum and SQLite's own housekeeping do in time


async def _authors(origin: str) -> list[Actor]:
    hosts = [f"stored{number}.example" for number in range(HOSTS)]
    await Host.bulk_create([Host(name=host, standing=Standing.PARTNER, title=host.title()) for host in hosts], batch_size=500)
    authors = []
    for number in range(AUTHORS):
        host = "" if number % OURS_EVERY == 0 else hosts[number % HOSTS]
        uri = f"https://{host}/users/{number}" if host else f"{origin}/users/stored{number}"
        authors.append(Actor(uri=uri, name=f"stored{number}", host=host, display_name=f"Person {number}", inbox_uri=f"{uri}/inbox",
                             followers_uri=f"{uri}/followers", fetched_at=clock.now()))
    await Actor.bulk_create(authors, batch_size=500)
    return authors


def _messages(authors: list[Actor], count: int, dice: random.Random) -> Iterator[tuple[object, ...]]:
    """Rows of COLUMNS. A third of the messages are by few people, who write much."""
    lite, began, recent = dialect() == "sqlite", int(time.time() * 1000) - (count + 2) * 30_000, list[tuple[int, str]]()
    for number in range(count):
        busy = dice.random() < 0.3
        author = authors[min(int(dice.paretovariate(1.2) * 7), AUTHORS - 1)] if busy else dice.choice(authors)
        id_ = (began + number * 30_000 << RANDOM_BITS) + dice.getrandbits(RANDOM_BITS)
        at = datetime.fromtimestamp((id_ >> RANDOM_BITS) / 1000, UTC)
        when = str(at) if lite else at
        uri = f"{author.uri}/posts/{number}"
        parent = dice.choice(recent) if recent and dice.random() < ANSWERS_SHARE else None
        reach = dice.choice(("partners", "web") if author.host else ("community", "partners", "web"))
        yield (id_, when, new_key(), uri, uri, author.id, reach, "", HTML, "" if author.host else "x", "", "en", parent[1] if parent else uri,
               parent[0] if parent else None, parent[1] if parent else "", when, bool(author.host) and reach == "partners")
        recent = [*recent[-199:], (id_, uri)]


async def _write(batch: list[tuple[object, ...]]) -> None:
    connection = require_context().db()
    if dialect() == "postgres":
        async with connection.acquire_connection() as held:
            await held.copy_records_to_table("post", records=batch, columns=COLUMNS)
    elif batch:
        places = ", ".join("?" * len(COLUMNS))
        await connection.execute_many(f"INSERT INTO post ({', '.join(COLUMNS)}) VALUES ({places})", [list(row) for row in batch])  # noqa: S608
