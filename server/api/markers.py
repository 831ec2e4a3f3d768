"""How far a member has read, kept between their apps (docs.joinmastodon.org/methods/markers)."""
from __future__ import annotations

from typing import Literal, TypedDict

from aiohttp import web

from models import Actor, Marker, clock
from models.database import in_transaction
from models.errors import CommunityError
from server.actions import notices
from server.api.answers import answer, instant
from server.api.arguments import Id, Takes
from server.keys import MEMBER

HOME, NOTIFICATIONS = "home", "notifications"


class Changed(CommunityError):
    """Another app has moved it at the same time."""

    status = 409
    safe = "Conflict during update, please try again"


class Asked(Takes):
    """Of which lists."""

    timeline: list[Literal["home", "notifications"]] = []


class Place(Takes):
    """The newest thing that was read."""

    last_read_id: Id


class Places(Takes):
    """How far each list has been read."""

    home: Place | None = None
    notifications: Place | None = None


class ShownMarker(TypedDict):
    """How far a list has been read."""

    last_read_id: str
    version: int
    updated_at: str


class Markers(TypedDict, total=False):
    """By list."""

    home: ShownMarker
    notifications: ShownMarker


async def show(request: web.Request, given: Asked) -> web.Response:
    """GET /api/v1/markers."""
    rows = await Marker.filter(owner_id=request[MEMBER].actor_id, timeline__in=given.timeline) if given.timeline else []
    return answer({row.timeline: _marker(row) for row in rows})


async def save(request: web.Request, given: Places) -> web.Response:
    """POST /api/v1/markers. What an app says it has read of the notices is read on the pages too. Raises: Changed."""
    actor, moved = request[MEMBER].actor, {}
    for timeline, place in ((HOME, given.home), (NOTIFICATIONS, given.notifications)):
        if place:
            moved[timeline] = _marker(await _move(actor, timeline, place.last_read_id))
    if given.notifications:
        await notices.read_up_to(actor, given.notifications.last_read_id)
    return answer(moved)


async def _move(owner: Actor, timeline: str, newest: int) -> Marker:
    async with in_transaction():
        marker, is_new = await Marker.get_or_create(owner_id=owner.id, timeline=timeline, defaults={"last_read_id": newest})
        if is_new:
            return marker
        known = marker.version
        marker.last_read_id, marker.version, marker.updated_at = newest, known + 1, clock.now()
        unchanged = Marker.filter(id=marker.id, version=known)
        if not await unchanged.update(last_read_id=newest, version=known + 1, updated_at=marker.updated_at):
            raise Changed(timeline)
    return marker


def _marker(row: Marker) -> ShownMarker:
    return {"last_read_id": str(row.last_read_id), "version": row.version, "updated_at": instant(row.updated_at)}
