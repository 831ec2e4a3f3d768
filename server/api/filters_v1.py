"""Filters, first version: to older apps each keyword is a filter of its own."""
from __future__ import annotations

from aiohttp import web
from pydantic import Field

from models import FilterKeyword
from server.actions import filters
from server.actions.filters import Context, Keyword, Treatment
from server.api.answers import answer
from server.api.arguments import BadInput, Takes
from server.api.door import number
from server.api.entities.filter import v1_filter
from server.api.filters import LONGEST_SECONDS, WORD_LIMIT_CHARACTERS, expiry
from server.keys import MEMBER


class MakeV1Filter(Takes):
    """A keyword and where it works. What an edit does not name stays."""

    phrase: str | None = Field(None, max_length=WORD_LIMIT_CHARACTERS)
    context: list[Context] = []
    irreversible: bool | None = None
    whole_word: bool | None = None
    expires_in: int | None = Field(None, le=LONGEST_SECONDS)


async def show_all(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/filters."""
    rows = await FilterKeyword.filter(rule__owner=request[MEMBER].actor).order_by("id").select_related("rule")
    return answer([v1_filter(row) for row in rows])


async def show(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v1/filters/{id}."""
    return answer(v1_filter(await filters.find_keyword(request[MEMBER].actor, number(request))))


async def make(request: web.Request, given: MakeV1Filter) -> web.Response:
    """POST /api/v1/filters."""
    phrase = (given.phrase or "").strip()
    if not phrase:
        raise BadInput("phrase: can't be blank")
    if not given.context:
        raise BadInput("context: at least one")
    action = Treatment.HIDE if given.irreversible else Treatment.WARN
    rule = await filters.make(request[MEMBER].actor, phrase, given.context, action, expiry(given.expires_in),
                              [Keyword(keyword=phrase, whole_word=bool(given.whole_word))])
    return answer(v1_filter(await FilterKeyword.get(rule=rule).select_related("rule")))


async def change(request: web.Request, given: MakeV1Filter) -> web.Response:
    """PUT /api/v1/filters/{id}."""
    row = await filters.find_keyword(request[MEMBER].actor, number(request))
    rule, phrase = row.rule, row.keyword if given.phrase is None else given.phrase.strip()
    if not phrase:
        raise BadInput("phrase: can't be blank")
    action = Treatment(rule.action) if given.irreversible is None else Treatment.HIDE if given.irreversible else Treatment.WARN
    whole = row.whole_word if given.whole_word is None else given.whole_word
    await filters.change(rule, title=rule.title, contexts=given.context or [Context(one) for one in rule.contexts], action=action,
                         expires_at=rule.expires_at if given.expires_in is None else expiry(given.expires_in),
                         keywords=[Keyword(id=row.id, keyword=phrase, whole_word=whole)])
    return answer(v1_filter(await filters.find_keyword(request[MEMBER].actor, row.id)))


async def delete(request: web.Request, _given: Takes) -> web.Response:
    """DELETE /api/v1/filters/{id}: the keyword, and its filter when nothing else is in it."""
    row = await filters.find_keyword(request[MEMBER].actor, number(request))
    await filters.drop_keyword(row)
    return answer({})
