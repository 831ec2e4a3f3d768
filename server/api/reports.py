"""POST /api/v1/reports: a member tells the team about somebody."""
from __future__ import annotations

from aiohttp import web

from models import Actor, Post
from models.errors import NotHere
from server.actions import reports
from server.actions.reports import POSTS_LIMIT, TEXT_LIMIT_CHARACTERS, Told
from server.api.answers import answer
from server.api.arguments import BadInput, Id, Takes
from server.api.entities.account import account_for
from server.api.entities.report import Category, matter_of
from server.api.entities.report import report as entity
from server.api.readers import reader_of
from server.keys import INSTANCE, LIMITS, MEMBER


class Telling(Takes):
    """Whom and what a report is about. `forward`: also to the server of the person, in the name of the community."""

    account_id: Id
    status_ids: list[Id] = []
    comment: str = ""
    forward: bool = False
    category: Category | None = None
    rule_ids: list[Id] = []


async def report(request: web.Request, given: Telling) -> web.Response:
    """POST /api/v1/reports."""
    if len(given.comment) > TEXT_LIMIT_CHARACTERS:
        raise BadInput(f"comment: at most {TEXT_LIMIT_CHARACTERS} characters")
    target = await Actor.get_or_none(Actor.present(), id=given.account_id)
    if target is None:
        raise NotHere("no such account")
    request.app[LIMITS].take("act", request[MEMBER].actor.key)
    told = Told(text=given.comment, post_ids=tuple(given.status_ids[:POSTS_LIMIT]), forward=given.forward,
                matter=matter_of(given.category), rules=tuple(given.rule_ids))
    kept = await reports.report(request.app[INSTANCE].actor, request[MEMBER].actor, target, told)
    posts = await Post.filter(uri__in=kept.post_uris or [""]).order_by("id").values_list("id", flat=True)
    return answer(entity(kept, await account_for(target, reader_of(request)), [int(str(id_)) for id_ in posts]))
