"""Every seed, and a few inputs that nobody thought of, on every target; and that the time grows with the length, not faster."""
from __future__ import annotations

import random
import time

import pytest

from federation import json_gate
from federation.errors import Malformed
from tests.fuzz import guided
from tests.fuzz.machine import attempts, seeds_of
from tests.fuzz.targets import TARGETS

EXAMPLES = 60
SMALL, TIMES = 4_000, 4  # bytes, and how many times as many
GROWTH = 2.5  # times the length: linear, with room for a machine that does something else
SLACK_SECONDS = 0.05


@pytest.mark.parametrize("name", TARGETS)
def test_target(name: str) -> None:
    seeds = seeds_of(name)
    assert seeds, "every target has something ordinary to start from"
    for data in seeds.values():
        TARGETS[name].check(data)
    attempts(name, EXAMPLES, smaller=False)()


@pytest.mark.parametrize("name", TARGETS)
def test_time(name: str) -> None:
    for word in TARGETS[name].words:
        short, long = word * (SMALL // len(word)), word * (TIMES * SMALL // len(word))
        if (taken := cost(name, long)) > SLACK_SECONDS:
            assert taken < TIMES * GROWTH * cost(name, short) + SLACK_SECONDS, (name, word, taken)


def test_what_reaches_something_new_is_kept_and_leads_further() -> None:
    """A text that is refused for its depth is found from nothing, and so is what breaks only behind that refusal."""
    def check(data: bytes) -> None:
        try:
            json_gate.loads(data, max_bytes=1000)
        except Malformed as refused:
            assert "deep" not in str(refused)
    reached = guided.Reached()
    assert reached.by(check, b"{}") and not reached.by(check, b"{}") and reached.by(check, b"{")
    kept = list[bytes]()
    found = next(guided.breaking(check, (b"[", b"]", b"1"), kept, 20, random.Random(1)))
    with pytest.raises(AssertionError):
        check(found)
    assert kept


def cost(name: str, data: bytes) -> float:
    """Seconds of the processor, the least of three."""
    times = []
    for _ in range(3):
        started = time.process_time()
        TARGETS[name].check(data)
        times.append(time.process_time() - started)
    return min(times)
