# ruff: noqa: E501 - tables and statements read better in one line
"""The measurements. Each returns rows of the table."""
from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from federation import keys
from models import Delivery, InboxItem, Post
from models.delivery import DeliveryState, ItemState
from tests.bench import scene, stored
from tests.bench.child import Child, child, dazzle
from tests.bench.scene import Place

PATIENCE_SECONDS = 300.0
POLL_SECONDS = 0.1
MESSAGES = 3
FOLLOWS = 1_000
READERS = 6
Row = dict[str, Any]


async def inbox(place: Place, count: int, connections: int = 32) -> Row:
    """Activities per second from the first byte to the last effect, beside the bound under the same load."""
    origin = scene.free_origin()
    async with scene.prepared(place, "inbox", origin) as (url, alice):
        people, public = await scene.people(alice)
        order: dict[str, Any] = {"origin": origin, "people": people, "connections": connections}
        async with dazzle(origin, url, place.folder / "var") as server:
            await load(order | {"count": 200, "first": 10_000_000})  # warm
            await until(lambda: InboxItem.filter(state=ItemState.NEW).count())
            before, cpu = await Post.filter(author__host__contains="friends").count(), server.cpu_seconds
            said = await load(order | {"count": count}, begun := [])
            accepted = time.perf_counter() - begun[0]
            await until(lambda: InboxItem.filter(state=ItemState.NEW).count())
            seconds = time.perf_counter() - begun[0]
            stored = await Post.filter(author__host__contains="friends").count() - before
            assert said["answers"] == {"202": count} and stored == count, (said, stored)
            row = {"case": "inbox", "rate": count / seconds, "unit": "activities/s", "cpu_ms": (server.cpu_seconds - cpu) / count * 1000,
                   "peak_mib": server.peak_mib, "door_rate": count / accepted, "p99_ms": said["p99_ms"]}
    return compared(row, *await _bound_inbox(place, order, public, count))


def compared(row: Row, rate: float, cpu_ms: float) -> Row:
    """A row with the bound of the same run; on a busy computer the ratio of CPU tells more than that of rates."""
    return row | {"bound_rate": rate, "ratio": row["rate"] / rate, "bound_cpu_ms": cpu_ms, "cpu_ratio": cpu_ms / row["cpu_ms"]}


async def _bound_inbox(place: Place, order: dict[str, Any], public: dict[str, str], count: int) -> tuple[float, float]:
    file = place.folder / "keys.json"
    file.write_text(json.dumps(public))
    told = {"keys": str(file), "database_url": await place.new_database("bound_inbox"), "port": int(order["origin"].rpartition(":")[2])}
    async with child("tests.bench.bound_inbox", json.dumps(told)) as bound:
        await bound.told()
        await load(order | {"count": 200, "first": 10_000_000})
        cpu, said = bound.cpu_seconds, await load(order | {"count": count})
        assert said["answers"] == {"202": count}, said
        return count / float(said["seconds"]), (bound.cpu_seconds - cpu) / count * 1000


async def load(order: dict[str, Any], begun: list[float] | None = None) -> dict[str, Any]:
    async with child("tests.bench.load") as sender:
        await sender.ask(**order)
        if begun is not None:
            begun.append(time.perf_counter())
        return await sender.ask(go=True)


async def until(count: Any, seconds: float = PATIENCE_SECONDS) -> None:
    """Return when a count is nothing."""
    async with asyncio.timeout(seconds):
        while await count():
            await asyncio.sleep(POLL_SECONDS)


async def fan_out(place: Place, hosts: int, messages: int = MESSAGES, *, bad: bool = False, against_bound: bool = True,
                  name: str = "fan-out") -> Row:
    """Deliveries per second out of a durable queue to so many hosts; with `bad`, a fifth of them hang, fail or take ten seconds."""
    origin = scene.free_origin()
    async with child("tests.bench.sinks") as sinks:
        port = (await sinks.told())["port"]
        async with scene.prepared(place, f"fanout{hosts}{'bad' if bad else ''}", origin) as (url, alice):
            inboxes = await scene.followers(alice, hosts, port)
            began = time.perf_counter()
            await scene.write_held(alice, origin, messages)
            enqueued = time.perf_counter() - began
            async with dazzle(origin, url, place.folder / "var") as server:
                await asyncio.sleep(0.5)
                if bad:
                    await sinks.ask(**manners(hosts))
                row = await _deliver(server, sinks, hosts * messages, good=healthy(hosts, bad) * messages)
                if not bad:
                    await until(lambda: Delivery.filter(state=DeliveryState.WAITING).count())
                row |= {"case": name, "unit": "deliveries/s", "cpu_ms": (server.cpu_seconds - row.pop("cpu")) / (hosts * messages) * 1000,
                        "peak_mib": server.peak_mib, "enqueue_ms": enqueued / messages * 1000}
        if not against_bound:
            return row
        return compared(row, *await _bound_fan_out(place, sinks, inboxes, messages, f"bound_fanout{hosts}"))


def manners(hosts: int) -> dict[str, list[str]]:
    """Of every twenty hosts two answer after ten seconds, one never, one with 503."""
    names = scene.addresses(hosts)
    return {"slow": [*names[3::20], *names[8::20]], "hang": names[13::20], "fail": names[18::20]}


def healthy(hosts: int, bad: bool) -> int:
    """How many hosts behave."""
    return hosts - (sum(map(len, manners(hosts).values())) if bad else 0)


async def _deliver(server: Child, sinks: Child, count: int, *, good: int) -> Row:
    cpu, began = server.cpu_seconds, time.time()
    await scene.let_go()
    said: dict[str, Any] = {"good": 0}
    async with asyncio.timeout(PATIENCE_SECONDS):
        while said["good"] < good:
            await asyncio.sleep(POLL_SECONDS)
            said = await sinks.ask()
    seconds = said["last_good"] - began
    return {"rate": good / seconds, "seconds": seconds, "cpu": cpu, "twice": said["twice"], "schemes": said["schemes"]}


async def _bound_fan_out(place: Place, sinks: Child, inboxes: list[str], messages: int, name: str) -> tuple[float, float]:
    await sinks.ask(forget=True)
    order = {"database_url": await place.new_database(name), "inboxes": inboxes, "messages": messages,
             "key_id": "https://bound.example/actor#main-key", "pem": keys.private_pem(await asyncio.to_thread(keys.make_rsa)),
             "body": json.dumps({"id": "BOUND", "type": "Create", "text": "x" * 2000}, separators=(",", ":"))}
    async with child("tests.bench.bound_fanout") as bound:
        await bound.ask(**order)
        assert bound.process.stdin
        began, cpu = time.time(), bound.cpu_seconds
        bound.process.stdin.write(b"{}\n")
        await bound.process.stdin.drain()
        said: dict[str, Any] = {"arrived": 0}
        async with asyncio.timeout(PATIENCE_SECONDS):
            while said["arrived"] < len(inboxes) * messages:
                await asyncio.sleep(POLL_SECONDS)
                said = await sinks.ask()
        count = len(inboxes) * messages
        return count / (said["last"] - began), (bound.cpu_seconds - cpu) / count * 1000


async def bad_hosts(place: Place, hosts: int, messages: int = MESSAGES) -> Row:
    """How long healthy hosts wait when a fifth of the others hang, fail or take ten seconds."""
    without = await fan_out(place, hosts, messages, against_bound=False)
    row = await fan_out(place, hosts, messages, bad=True, against_bound=False, name="bad hosts")
    healthy_alone = without["seconds"] * healthy(hosts, True) / hosts
    return row | {"unit": "deliveries/s to healthy hosts", "without_seconds": healthy_alone, "times_slower": row["seconds"] / healthy_alone}


async def killed_fan_out(place: Place, hosts: int, kills: int) -> Row:
    """kill -9 again and again while a message goes to many hosts: what is lost, what comes twice."""
    origin = scene.free_origin()
    async with child("tests.bench.sinks") as sinks:
        port = (await sinks.told())["port"]
        async with scene.prepared(place, "killed_fan_out", origin) as (url, alice):
            await scene.followers(alice, hosts, port)
            await scene.write_held(alice, origin, MESSAGES)
            await scene.let_go()
            count, arrived = hosts * MESSAGES, 0
            for kill in range(kills):
                async with dazzle(origin, url, place.folder / "var"):
                    goal = count * (kill + 1) // (kills + 1)
                    async with asyncio.timeout(PATIENCE_SECONDS):
                        while arrived < goal:
                            await asyncio.sleep(0.01)
                            arrived = (await sinks.ask())["arrived"]
            async with dazzle(origin, url, place.folder / "var"):
                await until(lambda: Delivery.filter(state=DeliveryState.WAITING).count())
            said = await sinks.ask()
            return {"case": "killed fan-out", "kills": kills, "sent": count, "lost": count - said["arrived"], "twice": said["twice"]}


async def killed_inbox(place: Place, count: int, kills: int) -> Row:
    """kill -9 again and again while activities come in: of those answered with 202, none may be missing afterwards."""
    origin = scene.free_origin()
    async with scene.prepared(place, "killed_inbox", origin) as (url, alice):
        people, _ = await scene.people(alice)
        accepted = 0
        for kill in range(kills):
            async with dazzle(origin, url, place.folder / "var") as server:
                order = {"origin": origin, "people": people, "connections": 16, "count": count, "first": kill * count}
                async with child("tests.bench.load") as sender:
                    await sender.ask(**order)
                    running = asyncio.create_task(sender.ask(go=True))
                    await asyncio.sleep(0.5 + 0.1 * kill)
                    server.process.kill()
                    accepted += (await running)["answers"].get("202", 0)
        async with dazzle(origin, url, place.folder / "var"):
            await until(lambda: InboxItem.filter(state=ItemState.NEW).count())
        stored = await Post.filter(author__host__contains="friends").count()  # none of them twice: their addresses are unique
        return {"case": "killed inbox", "kills": kills, "sent": accepted, "lost": max(0, accepted - stored)}


async def memory(place: Place, count: int) -> Row:
    """What the server holds at the start, after so many activities, and after a message to 7,000 hosts."""
    origin = scene.free_origin()
    async with child("tests.bench.sinks") as sinks:
        port = (await sinks.told())["port"]
        async with scene.prepared(place, "memory", origin) as (url, alice):
            people, _ = await scene.people(alice)
            async with dazzle(origin, url, place.folder / "var") as server:
                await asyncio.sleep(2)
                idle = server.now_mib  # before there are partners: the server begins at once to ask new ones what they understand
            await scene.followers(alice, 7000, port)
            await scene.write_held(alice, origin, 1)
            async with dazzle(origin, url, place.folder / "var") as server:
                for first in range(0, count, 10_000):
                    await load({"origin": origin, "people": people, "connections": 32, "count": 10_000, "first": first})
                await until(lambda: InboxItem.filter(state=ItemState.NEW).count())
                fed = server.now_mib
                await _deliver(server, sinks, 7000, good=7000)
                return {"case": "memory", "sent": count, "idle_mib": idle, "fed_mib": fed, "after_mib": server.now_mib,
                        "peak_mib": server.peak_mib}


async def pages(place: Place, seconds: int, posts: int, a_second: int, activities: int, *, json: bool = False, two: bool = False) -> Row:
    """The home of some members in turn, as a page or as an app asks for it, so many times a second, while so many activities a second come in.

    `two`: the inbox is a process of its own. Who reads and who sends are programs of their own; everything is asked once before the clock starts.
    """
    origin = scene.free_origin()
    async with scene.prepared(place, "pages", origin) as (url, alice):
        people, _ = await scene.people(alice)
        readers = [alice, *await scene.more_members(origin, READERS - 1)]
        await stored.fill(readers, origin, posts, FOLLOWS)
        headers = [{"Authorization": f"Bearer {await scene.token(one)}"} if json else {"Cookie": await scene.session(one, origin)} for one in readers]
        asked = {"origin": origin, "path": "/api/v1/timelines/home" if json else "/home", "headers": headers}
        more = {"DAZZLE_INBOX_PORT": scene.free_origin().rpartition(":")[2]} if two else {}
        async with dazzle(origin, url, place.folder / "var", **more) as server, child("tests.bench.load") as sender, \
                child("tests.bench.reader") as warm, child("tests.bench.reader") as alone, child("tests.bench.reader") as reader:
            await load({"origin": origin, "people": people, "connections": 32, "count": 200, "first": 10_000_000})
            await _read(warm, asked | {"rate": 10, "count": 5 * READERS})
            await until(lambda: InboxItem.filter(state=ItemState.NEW).count())
            cpu, count = server.cpu_seconds, a_second * 4
            quiet = await _read(alone, asked | {"rate": a_second, "count": count})
            cpu_ms = (server.cpu_seconds - cpu) / count * 1000
            await sender.ask(origin=origin, people=people, connections=32, count=activities * seconds, rate=activities)
            sent, read = await asyncio.gather(sender.ask(go=True), _read(reader, asked | {"rate": a_second, "count": a_second * (seconds - 1)}))
            peak = server.peak_mib
        name = "home for apps under load" if json else "home page under load"
        return {"case": f"{name}, two processes" if two else name, "messages": posts, "wanted": a_second, "rate": read["rate"],
                "unit": "pages/s", "cpu_ms": cpu_ms, "p50_ms": read["p50_ms"], "p99_ms": read["p99_ms"], "quiet_p50_ms": quiet["p50_ms"], "quiet_p99_ms": quiet["p99_ms"],
                "inbox_rate": activities * seconds / sent["seconds"], "inbox_p99_ms": sent["p99_ms"], "peak_mib": peak}


async def _read(reader: Child, order: Row) -> Row:
    """What a reader of pages was answered; every answer was one."""
    await reader.ask(**order)
    read = await reader.ask(go=True)
    assert set(read["answers"]) == {"200"}, read
    return read
