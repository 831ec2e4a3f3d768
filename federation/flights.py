"""Many who need one thing at the same time wait for one request (security.md, R28)."""
from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Flights(Generic[T]):
    """What is under way, by name. It is bounded by whoever bounds the requests: a flight ends with its deadline."""

    def __init__(self) -> None:
        self._under_way: dict[str, asyncio.Task[T]] = {}

    async def share(self, name: str, start: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result of the flight of that name, started by `start` unless it is under way; its error is everybody's.

        Who stops waiting does not stop it for the others.
        """
        task = self._under_way.get(name)
        if task is None:
            task = self._under_way[name] = asyncio.create_task(start())
            task.add_done_callback(lambda done: self._landed(name, done))
        return await asyncio.shield(task)

    def _landed(self, name: str, task: asyncio.Task[T]) -> None:
        del self._under_way[name]
        if not task.cancelled():
            task.exception()  # looked at, so that an error nobody waited for is not reported as forgotten
