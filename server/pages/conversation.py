"""A message in its conversation."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from federation.addresses import host_of, same_origin
from models import Host, Post
from server.actions import posts
from server.actions.drafts import Typed
from server.actions.filters import Context
from server.appearance import indexing
from server.display import audiences, cards, composer, threads
from server.display.cards import Entry
from server.keys import COMMUNITY, INSTANCE, LANGUAGE, MEMBER, SETTINGS
from server.pages import crisis, lookups
from server.pages.compose import form_for
from server.views import Pager
from server.words.language import gettext_for

REPLIES_ON_A_PAGE = 40


async def show(request: web.Request) -> web.Response:
    """GET /m/{key}: what it answers, the message, its answers in the order of their writing, and a form to answer."""
    post, member, _ = await lookups.post(request), request.get(MEMBER), gettext_for(request[LANGUAGE])
    missing = await _missing(request, post)  # first: what comes meanwhile is better shown and counted than neither
    thread = await threads.around(post, cards.viewer_of(request.get(MEMBER)))
    before, replies = threads.above(post, thread), threads.below(post, thread)
    page, more = _cut(replies, request.query.get("after", ""))
    shown = await cards.posts([Entry(one) for one in (*before, post, *page)], member, _, with_hidden=True, place=Context.THREAD)
    main = shown[len(before)]
    may_index = member is None and await indexing.allowed(one.author for one in (*before, post, *page))
    return indexing.marked(
        request, "conversation.html", may_index, before=shown[:len(before)], post=main, replies=shown[len(before) + 1:],
        missing=missing, care=await crisis.care(request, post), said=request.query.get("said", "") if main.is_mine else "",
        hole=_is_cut_off((before or [post])[0], thread),
        limit=posts.TEXT_LIMIT_CHARACTERS, pager=Pager(older_url=f"/m/{post.key}?after={more}" if more else ""),
        compose=await _answer_form(request, post) if main.may_reply else None)


def _cut(replies: Sequence[Post], typed: str) -> tuple[Sequence[Post], int]:
    """One page of the answers, from the place that the address names, and where the next begins; 0 at the end."""
    start = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
    end = start + REPLIES_ON_A_PAGE
    return replies[start:end], end if end < len(replies) else 0


def _is_cut_off(first: Post, thread: Sequence[Post]) -> bool:
    """Whether the first message that is shown answers one that is not."""
    return bool(first.parent_uri) and first.parent_id not in {one.id for one in thread}


@dataclass(frozen=True, slots=True)
class Missing:
    """Answers that are elsewhere and not here: how many, on whose server, and where they can be read."""

    count: int
    host_name: str
    url: str


async def _missing(request: web.Request, post: Post) -> Missing | None:
    """What is known to be missing of a conversation that began elsewhere; that a member reads it makes us look."""
    gaps, host = request.app[INSTANCE].gaps, host_of(post.conversation)
    if MEMBER not in request or same_origin(post.conversation, request.app[SETTINGS].origin):
        return None
    gaps.want(post.conversation)
    if not (count := gaps.missing(post.conversation)):
        return None
    first, row = await Post.kept(post.conversation), await Host.get_or_none(name=host)
    return Missing(count, row.title if row and row.title else host, first.url if first and first.url else post.conversation)


async def _answer_form(request: web.Request, post: Post) -> object:
    """The composer under the message, with the audience of the message or less."""
    reach = audiences.suggested(request[MEMBER], request.app[COMMUNITY].row, post)
    typed = Typed(reply=post.key, reach=reach, language=request[LANGUAGE])
    checked = await composer.check(request, typed)
    return await form_for(request, typed, replace(checked, errors=()))
