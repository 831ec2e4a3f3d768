"""Search: people, tags, and among messages those that the member has to do with."""
from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypedDict

from aiohttp import web
from pydantic import Field

from federation import resolve
from models import Actor, FollowedTag, Post, Q, searching
from models.errors import CommunityError
from moderation.visibility import seen_by, visible_to
from server.actions.people import may_search
from server.api import account_search
from server.api.answers import answer
from server.api.arguments import Id
from server.api.entities.account import Account, accounts_of
from server.api.entities.status import Status, statuses
from server.api.entities.tag import Tag as TagEntity
from server.api.entities.tag import tag
from server.api.paging import Window
from server.api.readers import reader_of
from server.display.cards import Entry
from server.keys import INSTANCE, LIMITS, MEMBER
from server.words.markdown import is_tag

WORDS_LIMIT_CHARACTERS = 500
OFFSET_LIMIT = 1000
SEALED_LIMIT = 500  # of the newest private messages are opened: some ten milliseconds
_URL = re.compile(r"https?://\S{1,500}")


class SearchFor(Window):
    """What is looked for. Windows are of messages only."""

    q: str = Field("", max_length=WORDS_LIMIT_CHARACTERS)
    type: str = ""
    resolve: bool = False
    following: bool = False
    account_id: Id | None = None
    offset: int = Field(0, ge=0, le=OFFSET_LIMIT)


class SearchResult(TypedDict):
    """What was found."""

    accounts: list[Account]
    statuses: list[Status]
    hashtags: list[TagEntity]


async def show(request: web.Request, given: SearchFor) -> web.Response:
    """GET /api/v2/search. With `resolve`, addresses and pages of partners are asked for there, in our community's name."""
    words, reader = given.q.strip(), reader_of(request)
    people = await _people(request, words, given)
    posts: list[Post] = []
    names: list[str] = []
    if words and _wants(given, "statuses"):
        posts = await _posts(request, words, given)
    if words and _wants(given, "hashtags") and not _URL.fullmatch(words):
        names = await _tags(request, words, given)
    followed = {row.name for row in await FollowedTag.filter(owner=request[MEMBER].actor, name__in=names)} if names else set()
    found: SearchResult = {
        "accounts": await accounts_of(people, reader), "statuses": await statuses([Entry(post) for post in posts], reader),
        "hashtags": [tag(name, reader.origin, following=name in followed) for name in names]}
    return answer(found)


async def _people(request: web.Request, words: str, given: SearchFor) -> list[Actor]:
    """None for an organisation, which may look for nobody; one that asks for people alone is told so (Refused)."""
    if not words or not _wants(given, "accounts") or not (given.type or may_search(request[MEMBER].actor)):
        return []
    return await account_search.found(request, words, resolves=given.resolve, limit=given.size, offset=given.offset,
                                      following=given.following)


def _wants(given: SearchFor, kind: str) -> bool:
    return given.type in ("", kind)


async def _posts(request: web.Request, words: str, given: SearchFor) -> list[Post]:
    """By address, or by words in what the member wrote, was written to, kept or thought of: never in what others see."""
    reader = reader_of(request)
    if _URL.fullmatch(words):
        return await _at(request, words, given)
    near = await searching.near(request[MEMBER].actor_id)
    named = Q(html__icontains=words) | Q(warning__icontains=words) | Q(title__icontains=words)
    theirs = Post.filter(visible_to(reader.viewer), id__in=near or [0]).filter(**given.bounds())
    if given.account_id is not None:
        theirs = theirs.filter(author_id=given.account_id)
    newest, wanted = theirs.order_by("-id").select_related("author"), given.offset + given.size
    found = [*await newest.filter(named, sealed__isnull=True).limit(wanted),
             *_with(words, await newest.filter(sealed__isnull=False).limit(SEALED_LIMIT))]
    return sorted(found, key=lambda post: post.id, reverse=True)[given.offset:wanted]


def _with(words: str, posts: Sequence[Post]) -> list[Post]:
    """Those that hold the words: what is sealed is nothing that the database could look through."""
    wanted = words.casefold()
    return [post for post in posts if any(wanted in text.casefold() for text in (post.html, post.warning, post.title))]


async def _at(request: web.Request, url: str, given: SearchFor) -> list[Post]:
    """The message with this id or page, read from its server if that is wanted and may be."""
    visible = visible_to(reader_of(request).viewer)
    known = await Post.filter(visible, Q(uri=url) | Q(url=url)).select_related("author").limit(1)
    if known or not given.resolve:
        return list(known)
    request.app[LIMITS].take("look_up", request[MEMBER].actor.key)
    try:
        post = await resolve.post(request.app[INSTANCE], url)
    except CommunityError:  # of theirs or of the network: to the one who looks both mean that nothing is there
        return []
    return list(await Post.filter(visible, id=post.id).select_related("author"))


async def _tags(request: web.Request, words: str, given: SearchFor) -> list[str]:
    """Tags that begin so, of messages that the reader may see: that a tag exists can tell of a message."""
    start = words.removeprefix("#").lower()
    if not is_tag(start):
        return []
    names = await searching.tags(start, seen_by(reader_of(request).viewer))
    return names[given.offset:given.offset + given.size]
