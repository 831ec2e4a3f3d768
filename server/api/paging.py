"""Lists in pages, by ids that sort by time, in the way of the Mastodon API: max_id, since_id, min_id, and a Link header."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlencode

from aiohttp import web
from tortoise.queryset import QuerySet

from models.base import Record
from server.api.answers import answer
from server.api.arguments import Id, Takes
from server.keys import SETTINGS

M = TypeVar("M", bound=Record)
CURSORS = ("max_id", "since_id", "min_id")


class Window(Takes):
    """Which part of a list is wanted. A list with other sizes has a subclass with other constants."""

    default_limit: ClassVar[int] = 20
    limit_cap: ClassVar[int] = 40

    max_id: Id | None = None  # older than this
    since_id: Id | None = None  # newer than this, the newest first
    min_id: Id | None = None  # newer than this, those that follow it directly
    limit: int | None = None

    @property
    def size(self) -> int:
        """How many at most."""
        wanted = self.default_limit if self.limit is None or self.limit < 1 else self.limit
        return min(wanted, self.limit_cap)

    def bounds(self, column: str = "id") -> dict[str, int]:
        """The window as conditions on an id column, for `filter(**bounds)`."""
        found: dict[str, int] = {}
        if self.max_id is not None:
            found[f"{column}__lt"] = self.max_id
        if lows := [low for low in (self.since_id, self.min_id) if low is not None]:
            found[f"{column}__gt"] = max(lows)
        return found


class AccountsWindow(Window):
    """The window of lists of people."""

    default_limit: ClassVar[int] = 40
    limit_cap: ClassVar[int] = 80


async def rows_of(query: QuerySet[M], window: Window, column: str = "id") -> list[M]:
    """The rows of a query that lie in the window, newest first."""
    found = query.filter(**window.bounds(column)).limit(window.size)
    if window.min_id is not None:
        return list(await found.order_by(column))[::-1]
    return list(await found.order_by(f"-{column}"))


def listed(request: web.Request, window: Window, ids: Sequence[int], data: Sequence[Any]) -> web.Response:
    """A list with its Link header. `ids`: of the rows that were looked through, newest first, which may be more than `data`
    shows; another page follows when there were as many as the window holds.
    """
    return linked(request, data, newer=max(ids, default=0), older=min(ids) if ids and len(ids) >= window.size else 0)


def linked(request: web.Request, data: Sequence[Any], *, newer: int, older: int) -> web.Response:
    """A list whose next pages are known: what is above `newer`, and what is below `older`; 0 for none."""
    response = answer(list(data))
    links = [("next", "max_id", older), ("prev", "min_id", newer)]
    if links := [link for link in links if link[2]]:
        response.headers["Link"] = ", ".join(f'<{_url(request, name, id_)}>; rel="{rel}"' for rel, name, id_ in links)
    return response


def _url(request: web.Request, name: str, id_: int) -> str:
    kept = [(key, value) for key, value in request.query.items() if key not in CURSORS and key != "access_token"]
    return f"{request.app[SETTINGS].origin}{request.path}?{urlencode([*kept, (name, str(id_))])}"
