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
    `lanes`: how many groups may be under way at once. `apart_seconds`: no group of a lane begins sooner after the one before,
    so that more come along; who comes after a silence waits for nothing. Who waits is bounded by whoever bounds the requests.
    """

    def __init__(self, work: Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]], limit: int, lanes: int = 1,
                 apart_seconds: float = 0.0) -> None:
        self._work, self._limit, self._lanes, self._apart_seconds = work, limit, lanes, apart_seconds
        self._next_at = 0.0  # on the clock of the loop
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
        time = asyncio.get_running_loop().time
        try:
            while self._waiting:
                await asyncio.sleep(max(0.0, self._next_at - time()))  # those who come meanwhile come along
                self._next_at = time() + self._apart_seconds
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
