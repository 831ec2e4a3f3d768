"""Every seed, and a few inputs that nobody thought of, on every target; and that the time grows with the length, not faster."""
from __future__ import annotations

import time

import pytest

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


def cost(name: str, data: bytes) -> float:
    """Seconds of the processor, the least of three."""
    times = []
    for _ in range(3):
        started = time.process_time()
        TARGETS[name].check(data)
        times.append(time.process_time() - started)
    return min(times)
