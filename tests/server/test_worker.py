"""Jobs go on when they fail, and somebody hears of it."""
from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web

from models import InboxItem, OutgoingMail
from models.delivery import ItemState
from models.mail import Letter
from server import worker
from server.background import failures
from server.commands import check
from server.commands.output import Output
from server.keys import MAIL
from tests.live import LiveServer


@pytest.fixture
def database_kind() -> str:
    """One database: a job that fails does so on any."""
    return "sqlite"


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


async def test_what_costs_much_rests_also_when_there_is_more() -> None:
    async def done() -> int:
        return 200
    at_once, resting = (worker.Job(worker.plain(done), 2, always_rests=rests) for rests in (False, True))
    assert [await worker.done(web.Application(), job) for job in (at_once, resting)] == [200, 0]
