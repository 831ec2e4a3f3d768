"""Questions with answers to choose from."""
from __future__ import annotations

from aiohttp import web

from models import Poll, Post, Vote
from models.errors import NotHere
from moderation import counts
from moderation.visibility import visible_to
from server.actions import votes
from server.api import writing
from server.api.answers import answer
from server.api.arguments import BadInput, Takes
from server.api.door import number
from server.api.entities.poll import poll
from server.api.readers import reader_of
from server.errors import Refused
from server.keys import COMMUNITY, LIMITS, MEMBER


class CastVotes(Takes):
    """The answers that were chosen, counted from 0."""

    choices: list[int] = []


async def show(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/polls/{id}."""
    row, _ = await _poll(request)
    return answer(poll(row, await _chosen(request, row), _least(request)))


async def vote(request: web.Request, given: CastVotes) -> web.Response:
    """POST /api/v1/polls/{id}/votes: told to its author alone; who has chosen has chosen."""
    row, post = await _poll(request)
    if any(not 0 <= place < len(row.options) for place in given.choices):
        raise BadInput("choices: there is no such answer")
    if await _chosen(request, row):
        raise BadInput("choices: you have already voted on this poll")
    request.app[LIMITS].take("act", request[MEMBER].actor.key)
    try:
        await votes.choose(request[MEMBER].actor, post, given.choices)
    except Refused as refused:
        raise writing.explained(refused, request[MEMBER], request.app) from refused
    await row.refresh_from_db()
    return answer(poll(row, await _chosen(request, row), _least(request)))


def _least(request: web.Request) -> int:
    """An app without a member reads what anybody may."""
    least = counts.Thresholds.of(request.app[COMMUNITY].row)
    return least.inside if MEMBER in request else least.outside


async def _poll(request: web.Request) -> tuple[Poll, Post]:
    """The question {id} and its message, if the reader may see that."""
    row = await Poll.get_or_none(id=number(request))
    visible = visible_to(reader_of(request).viewer)
    post = await Post.filter(visible, id=row.post_id).select_related("author").first() if row else None
    if row is None or post is None:
        raise NotHere("no such question, or not for them")
    return row, post


async def _chosen(request: web.Request, row: Poll) -> set[str]:
    if MEMBER not in request:
        return set()
    return {one.option for one in await Vote.filter(poll=row, actor=request[MEMBER].actor)}
