"""Inputs found by what they reach: one that runs a line of ours which none before it ran is kept, and changed further."""
from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from types import CodeType, FrameType
from typing import Any

from tests.test_layers import ROOT

OURS = tuple(f"{ROOT}/{layer}/" for layer in ("federation", "models", "moderation", "server"))
LIMIT_BYTES = 20_000  # of one input: longer ones reach nothing new and cost time
KEPT_LIMIT = 2000

Line = tuple[CodeType, int]


class Reached:
    """The lines of ours that inputs have run so far."""

    def __init__(self) -> None:
        self.lines: set[Line] = set()
        self._ours: dict[CodeType, bool] = {}

    def by(self, check: Callable[[bytes], None], data: bytes) -> bool:
        """Try an input; whether it ran a line that none before it ran. What the target raises goes through."""
        before, debugger = len(self.lines), sys.gettrace()
        sys.settrace(self._enter)
        try:
            check(data)
        finally:
            sys.settrace(debugger)
        return len(self.lines) > before

    def _enter(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        code = frame.f_code
        if code not in self._ours:
            self._ours[code] = code.co_filename.startswith(OURS)
        return self._step if self._ours[code] else None

    def _step(self, frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line":
            self.lines.add((frame.f_code, frame.f_lineno))
        return self._step


def breaking(check: Callable[[bytes], None], words: Sequence[bytes], kept: list[bytes], seconds: float,
             chance: random.Random) -> Iterator[bytes]:
    """Change what is `kept` for a while; each input that breaks something. `kept` grows by those that reach something new."""
    reached, end = Reached(), time.monotonic() + seconds
    for data in kept:
        with suppress(Exception):  # `tests/fuzz/test_targets.py` says what is wrong with a seed
            reached.by(check, data)
    while time.monotonic() < end:
        data = changed(chance.choice(kept) if kept else b"", words, kept, chance)
        try:
            is_new = reached.by(check, data)
        except Exception:
            yield data
            continue
        if is_new and len(kept) < KEPT_LIMIT:
            kept.append(data)


def changed(data: bytes, words: Sequence[bytes], kept: Sequence[bytes], chance: random.Random) -> bytes:
    """The input with one change to five."""
    for _ in range(chance.randint(1, 5)):
        start = chance.randint(0, len(data))
        end = min(len(data), start + chance.choice((0, 0, 1, 1, 2, 4, 8, 30, 200)))
        data = data[:start] + _instead(data[start:end], words, kept, chance) + data[end:]
    return data[:LIMIT_BYTES]


def _instead(piece: bytes, words: Sequence[bytes], kept: Sequence[bytes], chance: random.Random) -> bytes:
    """What stands there now: nothing, a word, any bytes, the same many times, or a piece of another input."""
    match chance.randrange(6):
        case 0:
            return b""
        case 1 | 2:
            return chance.choice(words)
        case 3:
            return bytes(chance.randrange(256) for _ in range(chance.randint(1, 4)))
        case 4:
            return (piece or chance.choice(words)) * chance.choice((2, 3, 20, 300))
        case _:
            other = chance.choice(kept) if kept else b""
            start = chance.randint(0, len(other))
            return piece + other[start:start + chance.choice((1, 4, 16, 100))]
