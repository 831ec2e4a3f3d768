"""POST /api/v1/reports: a member tells the team about somebody."""
from __future__ import annotations

from typing import TypedDict

from aiohttp import web

from models import Actor, Post, Report
from models.delivery import Category
from models.errors import NotHere
from models.reach import Reach
from server.actions import reports
from server.actions.reports import POSTS_LIMIT, TEXT_LIMIT_CHARACTERS, Told
from server.api.answers import answer, instant, instant_or_none
from server.api.arguments import BadInput, Id, Takes
from server.api.entities.account import Account, account
from server.keys import INSTANCE, LIMITS, MEMBER, SETTINGS


class Telling(Takes):
    """Whom and what a report is about. `forward`: also to the server of the person, in the name of the community."""

    account_id: Id
    status_ids: list[Id] = []
    comment: str = ""
    forward: bool = False
    category: Category | None = None
    rule_ids: list[Id] = []


class ReportEntity(TypedDict):
    """A report, as its reporter keeps it (docs.joinmastodon.org/entities/Report)."""

    id: str
    action_taken: bool
    action_taken_at: str | None
    category: str
    comment: str
    forwarded: bool
    created_at: str
    status_ids: list[str]
    rule_ids: list[str]
    target_account: Account


async def report(request: web.Request, given: Telling) -> web.Response:
    """POST /api/v1/reports."""
    if len(given.comment) > TEXT_LIMIT_CHARACTERS:
        raise BadInput(f"comment: at most {TEXT_LIMIT_CHARACTERS} characters")
    target = await Actor.get_or_none(Actor.present(), id=given.account_id)
    if target is None:
        raise NotHere("no such account")
    request.app[LIMITS].take("act", request[MEMBER].actor.key)
    told = Told(text=given.comment, post_ids=tuple(given.status_ids[:POSTS_LIMIT]), forward=given.forward,
                category=given.category or Category.OTHER, rules=tuple(given.rule_ids))
    kept = await reports.report(request.app[INSTANCE].actor, request[MEMBER].actor, target, told)
    return answer(await _entity(kept, account(target, request.app[SETTINGS].origin, Reach.COMMUNITY)))


async def _entity(kept: Report, target: Account) -> ReportEntity:
    posts = await Post.filter(uri__in=kept.post_uris or [""]).order_by("id").values_list("id", flat=True)
    return ReportEntity(
        id=str(kept.id), action_taken=kept.closed_at is not None, action_taken_at=instant_or_none(kept.closed_at),
        category=str(kept.category), comment=kept.text, forwarded=kept.forwarded_at is not None,
        created_at=instant(kept.created_at), status_ids=[str(id_) for id_ in posts],
        rule_ids=[str(number) for number in kept.rules or ()], target_account=target)
