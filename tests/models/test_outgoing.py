# ruff: noqa: E501 - rows read better in one line
"""The hot path of what goes out says the same on both databases."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from tortoise.context import TortoiseContext

from models import Actor, Delivery, Disclosure, Host, OutgoingActivity, clock, outgoing
from models.database import dialect, tuples
from models.delivery import DeliveryState
from models.ids import new_key
from models.outgoing import Told


async def sent(number: int = 1) -> OutgoingActivity:
    """An activity of somebody."""
    actor, _ = await Actor.get_or_create({"name": "alice", "inbox_uri": "https://a.example/inbox"}, uri="https://a.example/alice")
    return await OutgoingActivity.create(key=new_key(), uri=f"https://a.example/{number}", actor=actor, kind="Create",
                                         object_uri=f"https://a.example/posts/{number}", body="{}")


async def write(activity: OutgoingActivity, about: str, hosts: Sequence[str], now: datetime) -> None:
    """A delivery of it for each of these hosts."""
    await Delivery.bulk_create([Delivery(activity=activity, host=host, inbox_uri=f"https://{host}/inbox", object_uri=about, due_at=now)
                                for host in hosts])


async def test_a_claim_does_not_look_at_what_waits_for_others(db: TortoiseContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 300,000 deliveries to a server that takes none, each claim of another held the writer for 50 ms."""
    if dialect() == "postgres":
        return  # it knows how many of each there are
    asked = list[tuple[str, list[object]]]()

    async def ask(sql: str, values: list[object]) -> list[dict[str, object]]:
        asked.append((sql, values))
        return []
    monkeypatch.setattr(outgoing, "rows", ask)
    await outgoing.claim([1])
    assert all("(id=?)" in str(row[-1]) for row in await tuples(f"EXPLAIN QUERY PLAN {asked[0][0]}", asked[0][1])
               if " delivery " in str(row[-1]))


async def test_who_is_owed_much(db: TortoiseContext) -> None:
    await write(await sent(), "x", ["b.example", "c.example"], clock.now())
    await write(await sent(2), "x", ["b.example"], clock.now())
    assert await outgoing.indebted(1) == {"b.example"} and not await outgoing.indebted(2)


async def test_a_delivery_waits_for_an_earlier_one_about_the_same_thing(db: TortoiseContext) -> None:
    """Also when many hosts are asked about together, and each for a few only."""
    now = clock.now()
    create, other, delete = await sent(1), await sent(2), await sent(3)
    for activity, about in ((create, "x"), (other, "y"), (delete, "x")):
        await write(activity, about, ("b.example", "c.example"), now)
    await Delivery.filter(activity_id=create.id, host="b.example").update(due_at=now + timedelta(hours=1))
    due = await outgoing.due_deliveries(["b.example", "c.example"], clock.now(), 2)
    assert [(one.host, one.activity_id) for one in due if one.host == "b.example"] == [("b.example", other.id)]
    assert [one.activity_id for one in due if one.host == "c.example"] == [create.id, other.id]
    assert due[0].created_at.tzinfo is not None and due[0].attempts == 0


async def test_what_was_called_back_is_not_claimed(db: TortoiseContext) -> None:
    activity = await sent()
    await write(activity, "x", ("b.example", "c.example"), clock.now())
    kept, called_back = await Delivery.all().order_by("id")
    await Delivery.filter(id=called_back.id).update(state=DeliveryState.FAILED)
    assert await outgoing.claim([kept.id, called_back.id]) == {kept.id}
    await outgoing.end([kept.id], DeliveryState.DONE, 202, clock.now())
    await kept.refresh_from_db()
    assert (kept.attempts, kept.state, kept.status) == (1, DeliveryState.DONE, 202)


async def test_what_was_told_is_kept_once_and_counts_again_after_an_erasure(db: TortoiseContext) -> None:
    actor = (await sent()).actor
    told = [Told("https://a.example/x", "b.example", actor.id, "Create", None)] * 2
    start = clock.now()
    await outgoing.disclose(told, start, start - timedelta(hours=1))
    await outgoing.disclose(told, clock.now(), start - timedelta(hours=1))
    assert (await Disclosure.get()).last_at == start
    await Disclosure.all().update(ended_at=clock.now())
    await outgoing.disclose(told, clock.now(), start - timedelta(hours=1))
    row = await Disclosure.get()
    assert row.ended_at is None and row.last_at > start and row.created_at == start


async def test_one_worker_has_a_host(db: TortoiseContext) -> None:
    host, now = await Host.create(name="b.example"), clock.now()
    until = now + timedelta(minutes=1)
    assert await outgoing.lease_hosts([host.id], "one", now, until) == {host.id}
    assert await outgoing.lease_hosts([host.id], "two", now, until) == set()
    await outgoing.release_hosts([host.id], "two")
    assert await outgoing.lease_hosts([host.id], "two", now, until) == set()
    await outgoing.release_hosts([host.id], "one")
    assert await outgoing.lease_hosts([host.id], "two", now, until) == {host.id}
    await outgoing.hosts_live([host.id], now, True, "rfc9421")
    await host.refresh_from_db()
    assert (host.is_slow, host.signature, host.reached_at) == (True, "rfc9421", now)
