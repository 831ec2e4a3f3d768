"""Filters, second version: with words and messages in them."""
from __future__ import annotations

from datetime import datetime, timedelta

from aiohttp import web
from pydantic import Field

from models import Filter, FilteredPost, FilterKeyword, Post, clock
from models.errors import NotHere
from moderation.visibility import Viewer, visible_to
from server.actions import filters
from server.actions.filters import TITLE_LIMIT_CHARACTERS, Context, Keyword, Treatment
from server.api.answers import answer
from server.api.arguments import BadInput, Id, Takes
from server.api.door import number
from server.api.entities.filter import filter_status, keyword
from server.api.entities.filter import filters as shown
from server.keys import MEMBER

WORD_LIMIT_CHARACTERS = 200
LONGEST_SECONDS = 10 * 366 * 86_400


class GivenKeyword(Takes):
    """A keyword of a filter: new, changed (`id`), or gone (`_destroy`)."""

    id: Id | None = None
    keyword: str = Field("", max_length=WORD_LIMIT_CHARACTERS)
    whole_word: bool = False
    destroy: bool = Field(False, alias="_destroy")

    def meant(self) -> Keyword:
        """As the action takes it."""
        words = self.keyword.strip()
        if not words and self.id is None:
            raise BadInput("keywords_attributes.keyword: can't be blank")
        return Keyword(keyword=words, whole_word=self.whole_word, id=self.id or 0, is_gone=self.destroy)


class MakeFilter(Takes):
    """A filter. What an edit does not name stays."""

    title: str | None = Field(None, max_length=TITLE_LIMIT_CHARACTERS)
    context: list[Context] = []
    filter_action: Treatment | None = None
    expires_in: int | None = Field(None, le=LONGEST_SECONDS)  # seconds
    keywords_attributes: list[GivenKeyword] = []


class GivenWord(Takes):
    """One keyword."""

    keyword: str | None = Field(None, max_length=WORD_LIMIT_CHARACTERS)
    whole_word: bool | None = None


class GivenPost(Takes):
    """One message."""

    status_id: Id | None = None


async def show_all(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v2/filters."""
    rows = await Filter.filter(owner=request[MEMBER].actor).order_by("id")
    return answer(await shown(rows))


async def show(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v2/filters/{id}."""
    return await _answer(await _own(request))


async def make(request: web.Request, given: MakeFilter) -> web.Response:
    """POST /api/v2/filters."""
    title = (given.title or "").strip()
    if not title:
        raise BadInput("title: can't be blank")
    if not given.context:
        raise BadInput("context: at least one")
    row = await filters.make(request[MEMBER].actor, title, given.context, given.filter_action or Treatment.WARN,
                             expiry(given.expires_in), [word.meant() for word in given.keywords_attributes])
    return await _answer(row)


async def change(request: web.Request, given: MakeFilter) -> web.Response:
    """PUT /api/v2/filters/{id}. Without `expires_in` it stays until when it was."""
    row = await _own(request)
    title = row.title if given.title is None else given.title.strip()
    if not title:
        raise BadInput("title: can't be blank")
    await filters.change(
        row, title=title, contexts=given.context or [Context(one) for one in row.contexts],
        action=given.filter_action or Treatment(row.action),
        expires_at=row.expires_at if given.expires_in is None else expiry(given.expires_in),
        keywords=[word.meant() for word in given.keywords_attributes])
    return await _answer(row)


async def delete(request: web.Request, _given: Takes) -> web.Response:
    """DELETE /api/v2/filters/{id}."""
    await (await _own(request)).delete()
    return answer({})


async def keywords(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v2/filters/{id}/keywords."""
    rows = await FilterKeyword.filter(rule=await _own(request)).order_by("id")
    return answer([keyword(row) for row in rows])


async def add_keyword(request: web.Request, given: GivenWord) -> web.Response:
    """POST /api/v2/filters/{id}/keywords."""
    words = (given.keyword or "").strip()
    if not words:
        raise BadInput("keyword: can't be blank")
    return answer(keyword(await filters.add_keyword(await _own(request), words, whole_word=bool(given.whole_word))))


async def show_keyword(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v2/filters/keywords/{id}."""
    return answer(keyword(await filters.find_keyword(request[MEMBER].actor, number(request))))


async def change_keyword(request: web.Request, given: GivenWord) -> web.Response:
    """PUT /api/v2/filters/keywords/{id}."""
    row = await filters.find_keyword(request[MEMBER].actor, number(request))
    words = row.keyword if given.keyword is None else given.keyword.strip()
    if not words:
        raise BadInput("keyword: can't be blank")
    await filters.change_keyword(row, words, whole_word=row.whole_word if given.whole_word is None else given.whole_word)
    return answer(keyword(row))


async def delete_keyword(request: web.Request, _given: Takes) -> web.Response:
    """DELETE /api/v2/filters/keywords/{id}."""
    await (await filters.find_keyword(request[MEMBER].actor, number(request))).delete()
    return answer({})


async def posts(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v2/filters/{id}/statuses."""
    rows = await FilteredPost.filter(rule=await _own(request)).order_by("id")
    return answer([filter_status(row) for row in rows])


async def add_post(request: web.Request, given: GivenPost) -> web.Response:
    """POST /api/v2/filters/{id}/statuses."""
    row = await _own(request)
    if given.status_id is None:
        raise BadInput("status_id: can't be blank")
    post = await Post.get_or_none(visible_to(Viewer.member(request[MEMBER].actor)), id=given.status_id)
    if post is None:
        raise NotHere("no such message, or not for them")
    return answer(filter_status(await filters.add_post(row, post)))


async def show_post(request: web.Request, _given: Takes) -> web.Response:
    """GET /api/v2/filters/statuses/{id}."""
    return answer(filter_status(await filters.find_post(request[MEMBER].actor, number(request))))


async def delete_post(request: web.Request, _given: Takes) -> web.Response:
    """DELETE /api/v2/filters/statuses/{id}."""
    await (await filters.find_post(request[MEMBER].actor, number(request))).delete()
    return answer({})


def expiry(seconds: int | None) -> datetime | None:
    """When a filter ends; none for none, and for 0 or less."""
    return clock.now() + timedelta(seconds=seconds) if seconds and seconds > 0 else None


async def _own(request: web.Request) -> Filter:
    return await filters.find(request[MEMBER].actor, number(request))


async def _answer(row: Filter) -> web.Response:
    return answer((await shown([row]))[0])
