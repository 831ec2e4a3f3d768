"""Jobs go on when they fail, and somebody hears of it."""
from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web
from tortoise.context import TortoiseContext

from models import Actor, Delivery, InboxItem, OutgoingActivity, OutgoingMail, Tombstone, pruning
from models.delivery import DeliveryState, ItemState
from models.ids import id_of, new_key
from models.mail import Letter
from server import worker
from server.background import failures
from server.commands import check
from server.commands.output import Output
from server.keys import MAIL
from tests.live import LiveServer


@pytest.mark.parametrize("database_kind", ["sqlite"])  # a job that fails does so on any
async def test_a_failing_job_is_counted_and_named_by_check(alpha: LiveServer, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(alpha.settings.var_dir)
    assert failures.read(folder) == {}

    async def break_and_wait() -> None:
        names = {"activity_uri": "https://b.example/1", "sender_uri": "https://b.example/u"}
        await InboxItem.create(**names, body="", state=ItemState.BROKEN)
        alpha.app._state[MAIL] = None  # the post office is gone
        await OutgoingMail.create(kind=Letter.CLOSED, recipient="a@a.example")
        async with asyncio.timeout(10):
            while not failures.read(folder):
                await asyncio.sleep(0.1)
    await alpha.run(break_and_wait())
    assert failures.read(folder)["send_mail"]["AttributeError"] >= 1
    capsys.readouterr()
    await alpha.run(check.check(alpha.settings, Output(is_json=True)))
    report = {row["check"]: row for row in json.loads(capsys.readouterr().out.splitlines()[-1])}
    assert report["jobs"]["verdict"] == report["queues"]["verdict"] == "warn"
    assert "send_mail" in report["jobs"]["text"] and "1 activities" in report["queues"]["text"]


def test_a_file_that_was_not_ours_is_no_failure(tmp_path: Path) -> None:
    for text in ("", "[1]", "{"):
        (tmp_path / failures.FILE).write_text(text)
        assert failures.read(tmp_path) == {}


async def test_what_is_old_goes_in_steps_and_others_write_meanwhile(
        db: TortoiseContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """One DELETE of the million that a busy partner sent two weeks ago kept everybody from writing for seconds."""
    monkeypatch.setattr(pruning, "STEP", 2)
    old, new = id_of(worker.KEEP_ITEMS * 7), InboxItem(activity_uri="https://b.example/new", sender_uri="u", body="")
    items = [InboxItem(id=old + number, activity_uri=f"https://b.example/{number}", sender_uri="u", body="",
                       state=ItemState.NEW if number == 3 else ItemState.DONE) for number in range(20)]
    await InboxItem.bulk_create([*items, new])
    await Tombstone.bulk_create([Tombstone(id=old + number, uri=str(number), actor_uri="u") for number in range(3)])
    actor = await Actor.create(name="alice", uri="https://a.example/alice", inbox_uri="https://a.example/inbox")
    for number, state in enumerate([DeliveryState.DONE, DeliveryState.WAITING]):
        sent = await OutgoingActivity.create(id=old + number, key=new_key(), uri=f"https://a.example/{number}", actor=actor,
                                             kind="Create", object_uri="", body="{}")
        await Delivery.create(id=old + number, activity=sent, host="b.example", inbox_uri="", object_uri="", state=state)

    left = list[int]()
    pruning_ = asyncio.create_task(worker.prune_queues())
    while not pruning_.done():
        await Tombstone.create(uri=new_key(), actor_uri="u")
        left.append(await InboxItem.all().count())
    await pruning_
    assert any(2 < count < 21 for count in left)
    assert {item.id for item in await InboxItem.all()} == {items[3].id, new.id}  # what waits is never lost
    assert not await Tombstone.filter(actor_uri="u", id__lte=old + 3).exists()
    assert [one.id for one in await OutgoingActivity.all()] == [old + 1] == [one.id for one in await Delivery.all()]


async def test_what_costs_much_rests_also_when_there_is_more() -> None:
    async def done() -> int:
        return 200
    at_once, resting = (worker.Job(worker.plain(done), 2, always_rests=rests) for rests in (False, True))
    assert [await worker.done(web.Application(), job) for job in (at_once, resting)] == [200, 0]
