"""How the client API writes what it answers."""
from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TypedDict

import orjson
from aiohttp import web


class Nothing(TypedDict):
    """An empty object: done."""


def answer(data: object, status: int = 200) -> web.Response:
    """A JSON answer. A value and not an exception, also for errors."""
    return web.Response(body=orjson.dumps(data), status=status, content_type="application/json", charset="utf-8")


def instant(when: datetime) -> str:
    """ "2026-11-22T00:29:40.123Z": what every client can read."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"


def instant_or_none(when: datetime | None) -> str | None:
    """The same, and null for what never happened."""
    return instant(when) if when else None


def midnight(day: date) -> str:
    """The beginning of a day, where the hour is nobody's business."""
    return f"{day.isoformat()}T00:00:00.000Z"
