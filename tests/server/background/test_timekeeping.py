"""A clock that is set, or wrong: what does not come back waits, hosts are told, what slept goes on."""
from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web
from tortoise.context import TortoiseContext

from federation.clocks import Clocks
from models import InboxItem, clock
from server import worker
from server.background import timekeeping
from server.background.timekeeping import REST_AT_MOST_SECONDS, REST_SECONDS, Timekeeper, read
from server.keys import TIMEKEEPER

HOUR = 3600.0
Setting = Callable[..., None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Setting:
    """Let time pass, and put the clock forward."""
    really, shift = (time.time, time.monotonic), {"passed": 0.0, "forward": 0.0}

    def put(forward: float = 0.0, passed: float = 0.0) -> None:
        shift["forward"] += forward
        shift["passed"] += passed

    class Shifted:
        """The module `time`, for the one that looks."""

        @staticmethod
        def time() -> float:
            return really[0]() + shift["passed"] + shift["forward"]

        @staticmethod
        def monotonic() -> float:
            return really[1]() + shift["passed"]
    monkeypatch.setattr(timekeeping, "time", Shifted)
    return put


def say(clocks: Clocks, ahead: float, who: tuple[str, ...] = ("b.example", "c.example")) -> None:
    """Other servers answer, by whose clocks ours is so far ahead."""
    now = clock.now()
    clocks.forget()
    for host in who:
        clocks.hear(host, {"Date": format_datetime(now - timedelta(seconds=ahead), usegmt=True)}, now)


def test_nothing_is_ended_for_good_while_a_clock_that_was_put_forward_may_be_wrong(set_clock: Setting, tmp_path: Path) -> None:
    clocks = Clocks()
    keeper = Timekeeper(clocks, tmp_path)
    for forward, waits in [(0.0, False), (1.0, False), (HOUR / 4, True), (-10.0, True), (-HOUR / 4, False)]:
        set_clock(forward=forward)
        assert keeper.may_be_wrong() is waits, forward
    set_clock(forward=2 * 86_400)
    assert keeper.may_be_wrong()
    say(clocks, 1, ("b.example",))
    assert keeper.may_be_wrong(), "one alone may be as wrong"
    say(clocks, 1)
    assert not keeper.may_be_wrong(), "others say that it is right now: it was wrong before"
    set_clock(forward=2 * 86_400)
    assert keeper.may_be_wrong()
    set_clock(passed=REST_SECONDS + 1)
    assert not keeper.may_be_wrong(), "nobody says anything"
    set_clock(forward=2 * 86_400)
    assert keeper.may_be_wrong()
    say(clocks, 2 * 86_400)
    set_clock(passed=REST_SECONDS + 1)
    assert keeper.may_be_wrong(), "others say that it is wrong"
    set_clock(passed=REST_AT_MOST_SECONDS)
    assert not keeper.may_be_wrong(), "nobody outside can keep us from erasing"


def test_one_that_others_call_wrong_without_a_step_stops_nothing(tmp_path: Path) -> None:
    clocks = Clocks()
    keeper = Timekeeper(clocks, tmp_path)
    say(clocks, -5 * HOUR, ("b.example",))
    assert not keeper.fault, "it is the clock of one partner that is wrong"
    say(clocks, -5 * HOUR)
    assert keeper.fault and not keeper.may_be_wrong()


async def test_what_sleeps_after_a_step_back_goes_on_and_hosts_can_read_what_is_wrong(
        db: TortoiseContext, set_clock: Setting, tmp_path: Path) -> None:
    clocks = Clocks()
    keeper = Timekeeper(clocks, tmp_path)
    later = clock.now() + timedelta(minutes=4)
    await InboxItem.create(activity_uri="https://b.example/x", sender_uri="https://b.example/b", body="{}", due_at=later)
    await keeper.settle()
    assert read(tmp_path) == {} and await InboxItem.filter(due_at=later).exists()
    set_clock(forward=-HOUR)
    say(clocks, -HOUR)  # forgotten: it was said before
    await keeper.settle()
    assert not await InboxItem.filter(due_at__gt=clock.now()).exists() and read(tmp_path) == {}
    say(clocks, -HOUR)
    await keeper.settle()
    assert abs(read(tmp_path)["ahead_seconds"] + HOUR) <= 1 and read(tmp_path)["servers"] == 2
    say(clocks, 0)
    await keeper.settle()
    assert read(tmp_path) == {}


async def test_a_job_that_cannot_be_undone_waits(monkeypatch: pytest.MonkeyPatch, set_clock: Setting, tmp_path: Path) -> None:
    done: list[str] = []
    app = web.Application()
    app[TIMEKEEPER] = Timekeeper(Clocks(), tmp_path)

    async def run(_: web.Application) -> int:
        done.append("once")
        return 1
    set_clock(forward=HOUR)
    assert [await worker.done(app, worker.Job(run, 1, is_final=is_final)) for is_final in (True, False)] == [0, 1]
    set_clock(forward=-HOUR)
    assert await worker.done(app, worker.Job(run, 1, is_final=True)) == 1 and len(done) == 2
    final = {name for name, job in worker.JOBS.items() if job.is_final}
    assert final >= {"end_departures", "erase_expired", "keep_sealed", "prune", "publish_scheduled"}
