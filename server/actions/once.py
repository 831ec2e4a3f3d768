"""Requests that count once however often they are sent: an app whose line broke asks again with the same key."""
from __future__ import annotations

from datetime import timedelta

from tortoise.exceptions import IntegrityError

from models import Actor, SentOnce, clock
from models.errors import CommunityError
from models.ids import digest

KEPT = timedelta(hours=1)


class Repeated(CommunityError):
    """Another request with this key was quicker; what it made is the answer."""

    status = 409
    safe = "This has already been sent."


async def made_by(owner: Actor, key: str) -> int | None:
    """The id of what a request with this key has made, or None if there was none within KEPT."""
    found = await SentOnce.get_or_none(owner=owner, digest=digest(key), created_at__gt=clock.now() - KEPT)
    return found.made_id if found else None


async def remember(owner: Actor, key: str, made_id: int) -> None:
    """Write down what a request made, inside the transaction that makes it. Raises Repeated."""
    if not key:
        return
    await SentOnce.filter(owner=owner, digest=digest(key), created_at__lte=clock.now() - KEPT).delete()
    try:
        await SentOnce.create(owner=owner, digest=digest(key), made_id=made_id)
    except IntegrityError as error:
        raise Repeated("key") from error


async def forget_old() -> None:
    """Keys of requests that nobody repeats any more."""
    await SentOnce.filter(created_at__lte=clock.now() - KEPT).delete()
