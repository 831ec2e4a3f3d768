"""Pieces of work done together: each has its own result, and nobody waits for somebody else's."""
from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from federation.gathering import Gathering


async def test_those_who_come_together_are_done_together_and_each_gets_its_own() -> None:
    groups: list[list[int]] = []

    async def work(group: Sequence[int]) -> list[int | Exception]:
        groups.append(list(group))
        await asyncio.sleep(0.01)
        return [ValueError(number) if number == 3 else number * 10 for number in group]
    gathering = Gathering(work, 4)
    results = await asyncio.gather(*(gathering.do(number) for number in range(10)), return_exceptions=True)
    assert [result for result in results if not isinstance(result, ValueError)] == [0, 10, 20, 40, 50, 60, 70, 80, 90]
    assert isinstance(results[3], ValueError)
    assert groups == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


async def test_groups_begin_apart_and_who_comes_after_a_silence_waits_for_nothing() -> None:
    begun: list[tuple[float, int]] = []

    async def work(group: Sequence[int]) -> list[int | Exception]:
        begun.append((asyncio.get_running_loop().time(), len(group)))
        return list(group)
    gathering = Gathering(work, 100, apart_seconds=0.5)
    started = asyncio.get_running_loop().time()
    assert await gathering.do(0) == 0
    late = [asyncio.create_task(gathering.do(number)) for number in (1, 2)]
    await asyncio.sleep(0.05)
    late.append(asyncio.create_task(gathering.do(3)))
    assert await asyncio.gather(*late) == [1, 2, 3]
    (first, alone), (second, together) = begun
    assert (alone, together) == (1, 3) and first - started < 0.5 <= second - first + 0.01


async def test_a_failure_is_that_of_its_group_alone() -> None:
    async def work(group: Sequence[int]) -> list[int | Exception]:
        if 0 in group:
            raise OSError
        return list(group)
    gathering = Gathering(work, 2)
    results = await asyncio.gather(*(gathering.do(number) for number in range(4)), return_exceptions=True)
    assert [type(result) for result in results] == [OSError, OSError, int, int]
    assert await gathering.do(7) == 7


async def test_whoever_stops_waiting_stops_nobody_else() -> None:
    async def work(group: Sequence[int]) -> list[int | Exception]:
        await asyncio.sleep(0.05)
        return list(group)
    gathering = Gathering(work, 10)
    leaving, staying = (asyncio.create_task(gathering.do(number)) for number in (1, 2))
    await asyncio.sleep(0.01)
    leaving.cancel()
    assert await staying == 2
    with pytest.raises(asyncio.CancelledError):
        await leaving
