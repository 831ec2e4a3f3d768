"""Notices in groups (docs.joinmastodon.org/methods/grouped_notifications)."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from aiohttp import web

from models import Notification, Q
from models.errors import NotHere
from moderation import notices
from server.actions import notices as acts
from server.api.answers import Nothing, answer
from server.api.arguments import Takes
from server.api.entities.account import accounts_of
from server.api.entities.notification import (
    GROUP_SECONDS,
    GROUPED,
    TYPES,
    group_key,
    groups,
    notices_of,
    standing,
    teller,
)
from server.api.notifications import Count, Counting, Wanted, condition
from server.api.paging import listed
from server.api.readers import reader_of
from server.entrance.forms import LARGEST_NUMBER
from server.keys import MEMBER

ROWS_LIMIT = 400  # looked through for one page of groups
UNREAD_DEFAULT, UNREAD_CAP = 100, 1000


class WantedGroups(Wanted):
    """Which notices, which of them in groups, and how much of everybody in a group."""

    grouped_types: list[str] = list(GROUPED)
    expand_accounts: Literal["full", "partial_avatars"] = "full"


class CountingGroups(Counting):
    """What to count."""

    grouped_types: list[str] = list(GROUPED)


async def show(request: web.Request, wanted: WantedGroups) -> web.Response:
    """GET /api/v2/notifications: the group with the newest notice first. A page ends where its last group would be cut."""
    found = Notification.filter(await condition(request, wanted)).select_related("actor")
    longer = wanted.model_copy(update={"limit": ROWS_LIMIT})
    bounds, upwards = longer.bounds(), wanted.min_id is not None
    rows = await found.filter(**bounds).order_by("id" if upwards else "-id").limit(ROWS_LIMIT)
    rows = cut(rows, wanted.size, wanted.grouped_types)
    rows = rows[::-1] if upwards else rows
    data = await groups(rows, reader_of(request), wanted.grouped_types, partial=wanted.expand_accounts != "full")
    response = listed(request, wanted, [row.id for row in rows], [])
    whole = answer(data)
    if "Link" in response.headers:
        whole.headers["Link"] = response.headers["Link"]
    return whole


def cut(rows: Sequence[Notification], size: int, grouped: Sequence[str]) -> list[Notification]:
    """The first rows, as many as make `size` groups."""
    keys: set[str] = set()
    for place, row in enumerate(rows):
        keys.add(group_key(row, grouped))
        if len(keys) > size:
            return list(rows[:place])
    return list(rows)


async def show_one(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v2/notifications/{group_key}."""
    rows = await _members(request)
    return answer(await groups(rows, reader_of(request), paged=False))


async def accounts(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v2/notifications/{group_key}/accounts: whom its notices are about."""
    reader = reader_of(request)
    rows, posts = await standing(await _members(request), reader)
    people = {actor.id: actor for actor in (teller(row, posts) for row in rows)}
    return answer(await accounts_of(list(people.values()), reader))


async def dismiss(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v2/notifications/{group_key}/dismiss: none of it is wanted any more."""
    await acts.put_away(request[MEMBER].actor, [row.id for row in await _members(request)])
    return answer(Nothing())


async def unread_count(request: web.Request, given: CountingGroups) -> web.Response:
    """GET /api/v2/notifications/unread_count: how many groups hold something unread."""
    limit = max(1, min(given.limit or UNREAD_DEFAULT, UNREAD_CAP))
    rows = await Notification.filter(await condition(request, given), read_at__isnull=True).order_by("-id").limit(UNREAD_CAP)
    return answer(Count(count=min(limit, len({group_key(row, given.grouped_types) for row in rows}))))


async def _members(request: web.Request) -> list[Notification]:
    """The notices of the group that the address names. Raises: NotHere."""
    owner_id, key = request[MEMBER].actor_id, request.match_info["group_key"]
    kind, *parts = key.split("-")
    numbers = all(part.isascii() and part.isdecimal() and int(part[:20]) <= LARGEST_NUMBER for part in parts)
    if not numbers or not 1 <= len(parts) <= 2:
        raise NotHere("no such group")
    found = Q(recipient_id=owner_id, kind__in=list(TYPES))
    if kind == "ungrouped":
        found &= Q(id=int(parts[0]))
    elif kind in GROUPED:
        found &= _within(kind, [int(part) for part in parts])
    else:
        raise NotHere("no such group")
    rows = await Notification.filter(found, await notices.wanted(owner_id, with_apart=True)
                                     ).order_by("-id").limit(ROWS_LIMIT).select_related("actor")
    if not rows:
        raise NotHere("no such group")
    return list(rows)


def _within(kind: str, parts: Sequence[int]) -> Q:
    """One kind, about one message if there are two parts, within the half day that the last part numbers."""
    try:
        start, end = (datetime.fromtimestamp((parts[-1] + more) * GROUP_SECONDS, UTC) for more in (0, 1))
    except (ValueError, OverflowError, OSError) as error:
        raise NotHere("no such group") from error
    found = Q(kind__in=notices_of([kind]), created_at__gte=start, created_at__lt=end)
    return found & (Q(post_id=parts[0]) if len(parts) == 2 else Q(post_id__isnull=True))
