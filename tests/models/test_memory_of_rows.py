"""What is remembered for a moment is forgotten when it changes, and never asked for twice in between."""
from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tortoise.context import TortoiseContext

from models import Community, Host, memory
from models.host import Standing
from models.memory import Recent
from moderation import hosts


async def test_an_answer_is_kept_for_its_time_and_no_longer() -> None:
    recent, asked = Recent[str, int](0.05, 10), 0

    async def ask() -> int:
        nonlocal asked
        asked += 1
        return asked
    assert [await recent.get("x", ask), await recent.get("x", ask)] == [1, 1]
    recent.forget("x")
    assert await recent.get("x", ask) == 2
    await asyncio.sleep(0.06)
    assert await recent.get("x", ask) == 3


async def test_nothing_is_kept_while_a_change_may_not_be_committed_yet() -> None:
    recent = Recent[str, str](0.05, 10)

    async def ask(answer: str) -> str:
        return answer
    recent.clear()  # in a transaction
    assert await recent.get("x", lambda: ask("old")) == "old"
    assert await recent.get("x", lambda: ask("new")) == "new"
    await asyncio.sleep(0.06)
    assert [await recent.get("x", lambda: ask("one")), await recent.get("x", lambda: ask("two"))] == ["one", "one"]


async def test_what_changes_while_it_is_asked_for_is_not_kept() -> None:
    recent = Recent[str, str](60, 10)

    async def ask() -> str:
        recent.clear()  # somebody writes meanwhile
        return "old"

    async def ask_again() -> str:
        return "new"
    assert await recent.get("x", ask) == "old"
    assert await recent.get("x", ask_again) == "new"


async def test_it_is_bounded() -> None:
    recent = Recent[int, int](60, 3)
    for number in range(10):
        recent.put(number, number)
    assert len(recent) == 3 and recent.has(9) and not recent.has(0)


async def test_a_changed_standing_counts_at_once_and_below_its_domain_too(db: TortoiseContext) -> None:
    host = await Host.create(name="sub.bad.example", standing=Standing.PARTNER)
    assert await hosts.standing(host.name) is Standing.PARTNER
    parent = await Host.create(name="bad.example", standing=Standing.SUSPENDED)
    assert await hosts.standing(host.name) is Standing.SUSPENDED
    await parent.change(standing=Standing.UNKNOWN)
    await host.change(standing=Standing.OPEN)
    assert await hosts.standing(host.name) is Standing.OPEN
    assert await hosts.standing("stranger.example") is Standing.UNKNOWN
    await (await Community.current()).change(is_open_federation=True)
    assert await hosts.standing("stranger.example") is Standing.OPEN


async def test_many_standings_are_what_each_would_be(db: TortoiseContext) -> None:
    for name, standing in (("a.example", Standing.PARTNER), ("b.example", Standing.SUSPENDED), ("c.b.example", Standing.PARTNER),
                           ("d.example", Standing.LIMITED), ("e.d.example", Standing.PARTNER), ("f.example", Standing.UNKNOWN)):
        await Host.create(name=name, standing=standing)
    names = ["a.example", "b.example", "c.b.example", "d.example", "e.d.example", "f.example", "g.example"]
    many = await hosts.standings(names)
    await Host.filter(name="a.example").first()
    for name in names:
        await (await Host.called("a.example")).change(standing=Standing.PARTNER)  # forgets everything
        assert many[name] is await hosts.standing(name)


async def test_standings_of_many_are_one_question_also_while_nothing_is_remembered(
        db: TortoiseContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """They were asked for one by one, 16 s for 7,000, once the first of them had been known for a second."""
    names = [f"h{number}.example" for number in range(60)]
    await Host.bulk_create([Host(name=name, standing=Standing.PARTNER) for name in names[:40]])
    memory.current().standings.clear()
    asked, client = list[str](), db.db()
    for kind in ("execute_query", "execute_query_dict"):
        real = getattr(client, kind)

        async def counted(query: str, *more: object, real: Any = real) -> Any:
            asked.append(query)
            return await real(query, *more)
        monkeypatch.setattr(client, kind, counted)
    found = await hosts.standings(names)
    assert [found[name] for name in names] == [Standing.PARTNER] * 40 + [Standing.UNKNOWN] * 20
    assert len(asked) <= 3
