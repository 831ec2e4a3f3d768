"""Puts inputs together, and keeps those that break something."""
from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz import guided
from tests.fuzz.kept import CORPUS, keep
from tests.fuzz.targets import TARGETS, Target

EXAMPLES_A_ROUND = 1500


def inputs(target: Target, seeds: list[bytes]) -> st.SearchStrategy[bytes]:
    """Words that the target knows, any bytes, pieces of seeds, and long repeats of one word."""
    word = st.sampled_from(target.words)
    piece = st.one_of(word, word, word, st.binary(max_size=6))
    if seeds:
        cut = st.tuples(st.sampled_from(seeds), st.integers(0, 400), st.integers(0, 400))
        piece = st.one_of(piece, piece, cut.map(lambda one: one[0][min(one[1:]):max(one[1:])]))
    joined = st.lists(piece, max_size=40).map(b"".join)
    repeated = st.tuples(word, st.integers(1, 300), joined).map(lambda one: one[0] * one[1] + one[2])
    return st.one_of(joined, joined, joined, repeated)


def seeds_of(name: str) -> dict[str, bytes]:
    """What is kept for a target: something ordinary, and whatever once broke it."""
    return {path.name: path.read_bytes() for path in sorted((CORPUS / name).glob("*"))}


def attempts(name: str, examples: int, number: int = 0, *, smaller: bool = True,
             more: Sequence[bytes] = ()) -> Callable[[], None]:
    """A function that tries so many inputs; it raises what the first bad one broke. `more`: seeds beside those that are kept."""
    target, phases = TARGETS[name], (Phase.generate, Phase.shrink) if smaller else (Phase.generate,)

    @seed(number)
    @settings(max_examples=examples, deadline=None, database=None, phases=phases, suppress_health_check=list(HealthCheck))
    @given(inputs(target, [*seeds_of(name).values(), *more]))
    def attempt(data: bytes) -> None:
        last[0] = data
        target.check(data)

    last = [b""]
    attempt.last = last  # type: ignore[attr-defined]
    return attempt


def hunt(name: str, seconds: float) -> Iterator[Path]:
    """Try inputs for a while, each file of one that breaks something: half of the time changing what reaches new lines, then
    putting together what was found.
    """
    target, number = TARGETS[name], time.time_ns() % 1_000_000
    found = list(seeds_of(name).values())
    for data in guided.breaking(target.check, target.words, found, seconds / 2, random.Random(number)):
        if file := keep(name, data):
            yield file
    end = time.monotonic() + seconds / 2
    while time.monotonic() < end:
        attempt, number = attempts(name, EXAMPLES_A_ROUND, number, more=found), number + 1
        try:
            attempt()
        except Exception:
            if not (file := keep(name, attempt.last[0])):  # type: ignore[attr-defined]
                return
            yield file
