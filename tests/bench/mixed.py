# ruff: noqa: E501 - tables and statements read better in one line
"""The inbox with what servers really send (`tests.bench.mix`)."""
from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import asdict
from typing import Any

from models import Actor, Announce, InboxItem, Like, Notification, Post, Tombstone
from models.delivery import ItemState
from models.reach import Reach
from server.actions import posts
from tests.bench import mix, scene
from tests.bench.cases import Row, compared, load, until
from tests.bench.child import child, dazzle
from tests.bench.mix import Mix
from tests.bench.scene import Place

WARM_FIRST, WARM = 10_000_000, 400


async def inbox_mixed(place: Place, count: int, connections: int = 32) -> Row:
    """Activities of all the usual kinds per second, from the first byte to the last effect, beside the bound under the same load."""
    origin = scene.free_origin()
    async with scene.prepared(place, "inbox_mixed", origin) as (url, alice):
        people, public = await scene.people(alice)
        about = await _messages(alice, origin, (count + WARM) // len(people) + 2)
        warm_rounds = WARM // len(people)
        warm = Mix(about[:warm_rounds], alice.uri, len(people), WARM_FIRST)
        mixed = Mix(about[warm_rounds:], alice.uri, len(people))
        order: dict[str, Any] = {"origin": origin, "people": people, "connections": connections}
        heating = order | {"count": WARM, "first": WARM_FIRST, "mix": asdict(warm)}
        measured = order | {"count": count, "mix": asdict(mixed)}
        async with dazzle(origin, url, place.folder / "var") as server:
            await load(heating)
            await until(_waiting)
            before, cpu, begun = await _state(), server.cpu_seconds, list[float]()
            said = await load(measured, begun)
            accepted = time.perf_counter() - begun[0]
            await until(_waiting)
            seconds = time.perf_counter() - begun[0]
            done = {name: number - before[name] for name, number in (await _state()).items()}
            assert said["answers"] == {"202": count} and done == expected(mixed.counts(count)), (said, done, mixed.counts(count))
            row = {"case": "inbox, mixed", "rate": count / seconds, "unit": "activities/s", "peak_mib": server.peak_mib,
                   "cpu_ms": (server.cpu_seconds - cpu) / count * 1000, "door_rate": count / accepted, "p99_ms": said["p99_ms"]}
    return compared(row, *await _bound(place, measured, heating, public, about))


async def _messages(alice: Actor, origin: str, count: int) -> list[str]:
    """Ids of so many messages of hers."""
    written = [await posts.publish(alice, posts.Composition(text=f"Message {number}", reach=Reach.PARTNERS, undo_seconds=0), origin)
               for number in range(count)]
    return [post.uri for post in written]


async def _waiting() -> int:
    return await InboxItem.filter(state=ItemState.NEW).count()


async def _state() -> dict[str, int]:
    theirs = Post.filter(author__host__contains="friends")
    return {"messages": await theirs.filter(deleted_at__isnull=True).count(), "answers": await theirs.exclude(parent_id=None).count(),
            "edited": await theirs.exclude(edited_at=None).count(), "gone": await Tombstone.all().count(),
            "likes": await Like.all().count(), "announces": await Announce.all().count(), "told": await Notification.all().count()}


def expected(said: Counter[str]) -> dict[str, int]:
    """What is there after all of it."""
    signs = said[mix.LIKE] + said[mix.REACT] - said[mix.UNDO]
    return {"messages": said[mix.ORDINARY] + said[mix.ANSWER] - said[mix.DELETE], "answers": said[mix.ANSWER], "edited": said[mix.UPDATE],
            "gone": said[mix.DELETE], "likes": signs, "announces": said[mix.ANNOUNCE], "told": signs + said[mix.ANNOUNCE] + said[mix.ANSWER]}


async def _bound(place: Place, measured: Row, heating: Row, public: dict[str, str], about: list[str]) -> tuple[float, float]:
    file = place.folder / "known.json"
    file.write_text(json.dumps({"keys": public, "about": about, "member": measured["mix"]["member"]}))
    told = {"keys": str(file), "database_url": await place.new_database("bound_mixed"), "port": int(measured["origin"].rpartition(":")[2])}
    async with child("tests.bench.bound_mixed", json.dumps(told)) as bound:
        await bound.told()
        await load(heating)
        cpu, said = bound.cpu_seconds, await load(measured)
        assert said["answers"] == {"202": measured["count"]}, said
        return measured["count"] / float(said["seconds"]), (bound.cpu_seconds - cpu) / measured["count"] * 1000
