"""Notices, one by one (docs.joinmastodon.org/methods/notifications)."""
from __future__ import annotations

from typing import ClassVar, TypedDict

from aiohttp import web

from models import Notification, Q
from models.errors import NotHere
from moderation import notices
from server.actions import notices as acts
from server.api.answers import Nothing, answer
from server.api.arguments import Id, Takes
from server.api.door import number
from server.api.entities.notification import KINDS, TYPES, notices_of, notifications
from server.api.paging import Window, listed, rows_of
from server.api.readers import reader_of
from server.keys import MEMBER

UNREAD_DEFAULT, UNREAD_CAP = 100, 1000
NONE = Q(id=0)


class Wanted(Window):
    """Which notices, and which part of them."""

    default_limit: ClassVar[int] = 40
    limit_cap: ClassVar[int] = 80

    types: list[str] = []
    exclude_types: list[str] = []
    account_id: Id | None = None
    include_filtered: bool = False


class Counting(Takes):
    """What to count: unread ones, up to a limit."""

    limit: int | None = None
    types: list[str] = []
    exclude_types: list[str] = []
    account_id: Id | None = None
    include_filtered: bool = False


class Dismissed(Takes):
    """Which notice is not wanted any more."""

    id: Id


class Count(TypedDict):
    """How many are unread."""

    count: int


async def show(request: web.Request, wanted: Wanted) -> web.Response:
    """GET /api/v1/notifications: newest first."""
    rows = await rows_of(Notification.filter(await condition(request, wanted)).select_related("actor"), wanted)
    return listed(request, wanted, [row.id for row in rows], await notifications(rows, reader_of(request)))


async def show_one(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/notifications/{id}."""
    rows = await Notification.filter(id=number(request), recipient_id=request[MEMBER].actor_id, kind__in=list(TYPES)
                                     ).select_related("actor")
    if not (found := await notifications(rows, reader_of(request))):
        raise NotHere("no such notice")
    return answer(found[0])


async def dismiss(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/notifications/{id}/dismiss."""
    await acts.put_away(request[MEMBER].actor, [number(request)])
    return answer(Nothing())


async def dismiss_named(request: web.Request, given: Dismissed) -> web.Response:
    """POST /api/v1/notifications/dismiss: the same, as older apps ask."""
    await acts.put_away(request[MEMBER].actor, [given.id])
    return answer(Nothing())


async def clear(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/notifications/clear: all that apps see."""
    await acts.put_all_away(request[MEMBER].actor, list(TYPES))
    return answer(Nothing())


async def unread_count(request: web.Request, given: Counting) -> web.Response:
    """GET /api/v1/notifications/unread_count."""
    limit = min(given.limit or UNREAD_DEFAULT, UNREAD_CAP)
    unread = Notification.filter(await condition(request, given), read_at__isnull=True)
    return answer(Count(count=await unread.limit(max(limit, 1)).count()))


async def condition(request: web.Request, wanted: Wanted | Counting) -> Q:
    """The notices of the member that are asked for."""
    owner_id = request[MEMBER].actor_id
    names = [name for name in wanted.types or KINDS if name not in wanted.exclude_types]
    shown = await notices.wanted(owner_id, with_apart=wanted.include_filtered)
    kinds = notices_of(names)
    asked = Q(recipient_id=owner_id, kind__in=kinds) & shown if kinds else NONE
    return asked & Q(actor_id=wanted.account_id) if wanted.account_id is not None else asked
