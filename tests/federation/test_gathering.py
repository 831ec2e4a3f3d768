"""Pieces of work done together: nobody is forgotten, and an error is its own group's."""
from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from federation.gathering import Gathering


async def double(pieces: Sequence[int]) -> Sequence[int | Exception]:
    """Work that is over at once."""
    return [ValueError("no") if piece < 0 else piece * 2 for piece in pieces]


async def test_whoever_comes_again_at_once_is_served() -> None:
    """The result of one piece wakes its owner before the task that made it has ended."""
    gathering: Gathering[int, int] = Gathering(double, 10)
    async with asyncio.timeout(10):
        assert [await gathering.do(number) for number in range(20)] == [number * 2 for number in range(20)]


async def test_those_who_come_together_are_done_together_each_with_their_own_result() -> None:
    gathering: Gathering[int, int] = Gathering(double, 3)
    async with asyncio.timeout(10):
        results = await asyncio.gather(*(gathering.do(number) for number in (1, -1, 2, 3, 4)), return_exceptions=True)
        assert [result for result in results if not isinstance(result, ValueError)] == [2, 4, 6, 8]
        with pytest.raises(ValueError, match="no"):
            await gathering.do(-5)
        assert await gathering.do(5) == 10
