"""/api/v1/admin/reports: what members and other servers told the team."""
from __future__ import annotations

from typing import ClassVar

from aiohttp import web

from models import Post, Q, Report
from models.errors import NotHere
from moderation.visibility import Viewer, visible_to
from server.actions import cases, looks, reports
from server.api.answers import answer
from server.api.arguments import Id, Takes
from server.api.door import number
from server.api.entities.admin import AdminReport, admin_reports_of
from server.api.entities.report import Category, matter_of
from server.api.entities.status import Status, statuses
from server.api.paging import Window, listed, rows_of
from server.api.readers import reader_of
from server.display.cards import Entry
from server.keys import COMMUNITY, LANGUAGE, MEMBER


class Listing(Window):
    """Those that wait, unless asked for others."""

    default_limit: ClassVar[int] = 100
    limit_cap: ClassVar[int] = 200

    resolved: bool = False
    account_id: Id | None = None
    target_account_id: Id | None = None


class Sorting(Takes):
    """What a report is about, said anew."""

    category: Category | None = None
    rule_ids: list[Id] = []


async def list_(request: web.Request, given: Listing) -> web.Response:
    """GET /api/v1/admin/reports, without those about the reader. Of the messages, those that the reader sees anyway."""
    about_others = Q(target_id__isnull=True) | ~Q(target_id=request[MEMBER].actor_id)
    wanted = Report.filter(about_others, closed_at__isnull=not given.resolved)
    if given.account_id is not None:
        wanted = wanted.filter(reporter_id=given.account_id)
    if given.target_account_id is not None:
        wanted = wanted.filter(target_id=given.target_account_id)
    rows = await rows_of(wanted, given)
    await looks.note(request[MEMBER].actor, (id_ for one in rows for id_ in (one.target_id, one.reporter_id)), "report.open")
    uris = {uri for one in rows for uri in one.post_uris}
    posts = await Post.filter(visible_to(Viewer.member(request[MEMBER].actor)), uri__in=uris or [""]).select_related("author")
    return listed(request, given, [one.id for one in rows], await _shown(request, rows, posts))


async def show(request: web.Request, _: Takes) -> web.Response:
    """GET /api/v1/admin/reports/{id}: with all its messages; that those were read is written down."""
    return await _answer(request, await _one(request))


async def change(request: web.Request, given: Sorting) -> web.Response:
    """PUT /api/v1/admin/reports/{id}: what it is about."""
    one = await _one(request)
    rules = given.rule_ids if given.category in (None, Category.VIOLATION) else []
    await reports.sort(one, request[MEMBER].actor, matter_of(given.category, one.matter), rules)
    return await _answer(request, one)


async def assign_to_self(request: web.Request, _: Takes) -> web.Response:
    """POST /api/v1/admin/reports/{id}/assign_to_self."""
    one = await _one(request)
    await reports.assign(one, request[MEMBER].actor, request[MEMBER].actor)
    return await _answer(request, one)


async def unassign(request: web.Request, _: Takes) -> web.Response:
    """POST /api/v1/admin/reports/{id}/unassign."""
    one = await _one(request)
    await reports.assign(one, None, request[MEMBER].actor)
    return await _answer(request, one)


async def resolve(request: web.Request, _: Takes) -> web.Response:
    """POST /api/v1/admin/reports/{id}/resolve."""
    one = await _one(request)
    await reports.close(one, request[MEMBER].actor)
    return await _answer(request, one)


async def reopen(request: web.Request, _: Takes) -> web.Response:
    """POST /api/v1/admin/reports/{id}/reopen."""
    one = await _one(request)
    await reports.reopen(one, request[MEMBER].actor)
    return await _answer(request, one)


async def _one(request: web.Request) -> Report:
    """The report in the address. Who is reported learns nothing of it here, and does not decide about it."""
    found = await Report.get_or_none(id=number(request))
    if found is None:
        raise NotHere("no such report")
    if found.target_id == request[MEMBER].actor_id:
        raise cases.OwnCase("own")
    return found


async def _answer(request: web.Request, one: Report) -> web.Response:
    posts = await reports.look(one, request[MEMBER].actor)
    return answer((await _shown(request, [one], posts))[0])


async def _shown(request: web.Request, rows: list[Report], posts: list[Post]) -> list[AdminReport]:
    reader = reader_of(request)
    shown = {one["uri"]: one for one in await statuses([Entry(post) for post in posts], reader)}
    told: dict[int, list[Status]] = {one.id: [shown[uri] for uri in one.post_uris if uri in shown] for one in rows}
    rules = request.app[COMMUNITY].row.rules.get(request[LANGUAGE], [])
    return await admin_reports_of(rows, reader.origin, told, rules)
