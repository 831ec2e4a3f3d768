"""Messages for later. What may be published is decided when their hour comes, not when they were written."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from models import Actor, ScheduledPost, clock
from models.database import in_transaction
from models.errors import CommunityError, NotHere
from server.actions import once

LIMIT = 100
SOONEST = timedelta(minutes=5)
LATEST = timedelta(days=366)


class TooSoon(CommunityError):
    """The time is too near, past or too far."""

    status = 422
    safe = "Choose a time at least five minutes from now, and at most a year."


class TooManyScheduled(CommunityError):
    """As many messages wait as may."""

    status = 422
    safe = "As many messages wait as fit. Remove one first."


def check_time(due_at: datetime) -> None:
    """Raises TooSoon."""
    now = clock.now()
    if not now + SOONEST <= due_at <= now + LATEST:
        raise TooSoon("due_at")


async def schedule(owner: Actor, due_at: datetime, given: Mapping[str, Any], key: str = "") -> ScheduledPost:
    """Keep a message for later; `key`: see `once`. Raises TooSoon, TooManyScheduled, Repeated."""
    check_time(due_at)
    async with in_transaction():
        if await ScheduledPost.filter(owner=owner).count() >= LIMIT:
            raise TooManyScheduled("limit")
        row = await ScheduledPost.create(owner=owner, due_at=due_at, given=dict(given))
        await once.remember(owner, key, row.id)
    return row


async def find(owner: Actor, id_: int) -> ScheduledPost:
    """What waits, of this member; NotHere for anybody else's."""
    if row := await ScheduledPost.get_or_none(id=id_, owner=owner).select_related("owner"):
        return row
    raise NotHere("nothing of theirs waits there")


async def move(row: ScheduledPost, due_at: datetime) -> None:
    """Another time. Raises TooSoon."""
    check_time(due_at)
    row.due_at = due_at
    await row.save(update_fields=["due_at"])
