"""Small pieces of work done together: whoever comes while a group is being worked on is in the next one.

So a quiet server does each piece at once, and a busy one pays for a commit, or for a thread, once for many.
"""
from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Gathering(Generic[T, R]):
    """`work` takes up to `limit` pieces and returns a result, or an exception, for each, in the same order.

    It runs in the context in which the gathering was made: never inside the transaction of whoever came first.
    `lanes`: how many groups may be under way at once. Who waits is bounded by whoever bounds the requests.
    """

    def __init__(self, work: Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]], limit: int, lanes: int = 1) -> None:
        self._work, self._limit, self._lanes = work, limit, lanes
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._context = contextvars.copy_context()

    async def do(self, piece: T) -> R:
        """The result for this piece, once its group is done; its exception is raised."""
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((piece, done))
        if len(self._under_way) < self._lanes:
            task = asyncio.get_running_loop().create_task(self._run(), context=self._context.copy())
            self._under_way.add(task)
        return await done

    async def _run(self) -> None:
        """Groups until nobody waits. It is off the list before it ends: whoever its last result wakes may come again at once,
        and would wait for ever for a task that is already over.
        """
        try:
            await asyncio.sleep(0)  # those who come in the same moment come along
            while self._waiting:
                await self._work_on_some()
        finally:
            self._under_way.discard(asyncio.current_task())

    async def _work_on_some(self) -> None:
        group, self._waiting = self._waiting[:self._limit], self._waiting[self._limit:]
        try:
            results = await self._work([piece for piece, _ in group])
        except Exception as error:
            results = [error] * len(group)
        except BaseException:
            for _, done in group:
                done.cancel()
            raise
        for (_, done), result in zip(group, results, strict=True):
            _settle(done, result)


def _settle(done: asyncio.Future[R], result: R | Exception) -> None:
    if done.done():
        return  # whoever asked has gone
    if isinstance(result, Exception):
        done.set_exception(result)
    else:
        done.set_result(result)
