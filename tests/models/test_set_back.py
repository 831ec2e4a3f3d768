"""A clock that is set back: ids stay unique and in order, and nothing sleeps until the time that it was."""
from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from tortoise.context import TortoiseContext

from models import Actor, Delivery, Host, InboxItem, OutgoingActivity, OutgoingMail, Post, clock, ids, set_back
from models.delivery import DeliveryState
from models.mail import Letter
from models.post import IN_REVIEW

DAYS = timedelta(days=2)


def test_ids_stay_unique_and_in_order_when_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    clock_says = [1_800_000_000.0]
    monkeypatch.setattr(ids, "time", SimpleNamespace(time=lambda: clock_says[0]))
    monkeypatch.setattr(ids, "_last", 0)
    monkeypatch.setattr(ids, "_ahead_ms", 0)
    made = [ids.new_id()]
    for step in (172_800, -172_800, 1, -3600, 7200, -86_400, 2):
        clock_says[0] += step
        made += [ids.new_id() for _ in range(50)]
        block = ids.new_block()
        made += [block + 1, block + 5]
    assert made == sorted(set(made))
    before = made[-1]
    clock_says[0] += 10
    passed = (ids.new_id() - before) >> ids.RANDOM_BITS
    assert 9_900 < passed < 10_200, "they go on at the pace of the clock: two processes that step by one would meet"
    assert made[-1] < ids.id_of(timedelta(seconds=5)) < ids.new_id(), "what is a moment old is known by its id"
    monkeypatch.setattr(ids, "_last", 0)  # a new process
    monkeypatch.setattr(ids, "_ahead_ms", 0)
    ids.go_on_from(before)
    assert ids.new_id() > before and ids.new_id() - before < 1 << 22


def test_a_version_is_later_than_the_one_before_it() -> None:
    ahead = clock.now() + DAYS
    assert clock.after(ahead) > ahead and clock.after(clock.now() - DAYS) > clock.now() - timedelta(seconds=5)


async def test_a_process_goes_on_from_the_highest_id_that_is_there(db: TortoiseContext, monkeypatch: pytest.MonkeyPatch) -> None:
    await set_back.read_ids()
    author = await Actor.create(uri="https://a.example/1", name="a", host="", inbox_uri="https://a.example/1/inbox")
    ahead = ids.first_id(clock.now() + DAYS)
    post = {"author": author, "url": "", "reach": "community", "html": "", "conversation": "x"}
    await Post.create(id=ahead, uri="https://a.example/p", **post)
    monkeypatch.setattr(ids, "_last", 0)
    monkeypatch.setattr(ids, "_ahead_ms", 0)
    await set_back.read_ids()
    assert (await Post.create(uri="https://a.example/q", **post)).id > ahead


async def test_what_was_written_down_while_the_clock_was_ahead_goes_on(db: TortoiseContext) -> None:
    now = clock.now()
    ahead, soon = now + DAYS, now + timedelta(minutes=3)
    author = await Actor.create(uri="https://a.example/1", name="a", host="", inbox_uri="https://a.example/1/inbox")
    post = {"author": author, "url": "", "reach": "partners", "html": "", "conversation": "x"}
    held, read = [await Post.create(uri=f"https://a.example/{n}", held_until=until, **post)
                  for n, until in enumerate((ahead, IN_REVIEW))]
    item = await InboxItem.create(activity_uri="https://b.example/x", sender_uri="https://b.example/b", body="{}",
                                  created_at=ahead, due_at=ahead)
    activity = await OutgoingActivity.create(key="k", uri="https://a.example/c", actor=author, kind="Create", object_uri="x",
                                             body="{}")
    failed, young, new, waits = [
        await Delivery.create(activity=activity, host="b.example", inbox_uri=f"https://b.example/{n}", object_uri="x",
                              attempts=attempts, created_at=born, due_at=due)
        for n, (attempts, born, due) in enumerate([(3, now, ahead), (1, now, soon), (0, ahead, ahead), (0, now, IN_REVIEW)])]
    resting = await Host.create(name="b.example", retry_at=ahead, leased_by="w", leased_until=ahead)
    mail = await OutgoingMail.create(kind=Letter.SIGN_IN, recipient="a@mail.example", created_at=now, due_at=ahead)

    async def sleeps() -> list[bool]:
        for one in (item, failed, young, new, waits, mail):
            await one.refresh_from_db(fields=["due_at"])
        return [one.due_at > now + timedelta(seconds=1) for one in (item, failed, young, new, waits, mail)]
    assert await set_back.wake(now) == 7  # at the start of a server, which knows of no step
    assert await sleeps() == [False, False, True, True, True, False]
    undo = now + set_back.LONGEST_UNDO
    assert (await Post.get(id=held.id)).held_until == undo, "who wrote it can still undo it"
    assert (await Post.get(id=read.id)).held_until == IN_REVIEW and (await Delivery.get(id=waits.id)).due_at == IN_REVIEW
    assert (await Delivery.get(id=new.id)).due_at == undo
    host = await Host.get(id=resting.id)
    assert host.retry_at is None and host.leased_until == now + set_back.LONGEST_LEASE
    assert await set_back.wake(now, set_back.NOTHING) == 1 and await sleeps() == [False, False, False, True, True, False]
    assert await set_back.wake(now, set_back.NOTHING) == 0
    assert await Delivery.filter(state=DeliveryState.WAITING).count() == 4
