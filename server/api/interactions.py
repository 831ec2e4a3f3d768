"""What a member does with a message: think of its writer, pass it on, keep it, pin it, hear no more of it."""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from models import Actor, Announce, Like, Post, Q
from models.errors import NotHere
from models.reach import Reach
from moderation.visibility import visible_to
from server.actions import bookmarks, pins, reactions
from server.actions import quotes as quoting
from server.api import lookups, writing
from server.api.answers import answer
from server.api.arguments import BadInput, Takes
from server.api.door import number
from server.api.entities.account import accounts_of
from server.api.entities.status import status, statuses
from server.api.paging import AccountsWindow, Window, listed, rows_of
from server.api.readers import reader_of
from server.api.visibility import Visibility
from server.display.cards import Entry
from server.errors import Refused
from server.keys import LIMITS, MEMBER

PRESENT = Q(actor__suspended_at__isnull=True, actor__deleted_at__isnull=True)
Act = Callable[[Actor, Post], Awaitable[None]]


class PassOn(Takes):
    """How far a message is passed on, at most."""

    visibility: Visibility | None = None


async def _do(request: web.Request, act: Act) -> web.Response:
    """Do something with the message {id}, and show it as it now is. Doing it twice is doing it once."""
    post, member = await lookups.post(request), request[MEMBER]
    request.app[LIMITS].take("act", member.actor.key)
    try:
        await act(member.actor, post)
    except Refused as refused:
        raise writing.explained(refused, member, request.app) from refused
    return answer(await status(post, reader_of(request)))


async def favourite(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/statuses/{id}/favourite: "thinking of you", which its writer alone hears."""
    return await _do(request, reactions.thank)


async def unfavourite(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/statuses/{id}/unfavourite."""
    return await _do(request, reactions.take_thanks_back)


async def reblog(request: web.Request, given: PassOn) -> web.Response:
    """POST /api/v1/statuses/{id}/reblog: pass it on, as far as it went itself, as the member reaches, and as is asked for."""
    post, member = await lookups.post(request), request[MEMBER]
    if given.visibility == "direct":
        raise BadInput("visibility: nothing is passed on to named people")
    request.app[LIMITS].take("act", member.actor.key)
    try:
        await reactions.pass_on(member.actor, post, writing.meant_by(given.visibility, member) if given.visibility else Reach.WEB)
    except Refused as refused:
        raise writing.explained(refused, member, request.app) from refused
    announce = await Announce.get_or_none(actor=member.actor, post=post).select_related("actor")  # not while its author is asked
    return answer((await statuses([Entry(post, announce)], reader_of(request)))[0])


async def unreblog(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/statuses/{id}/unreblog."""
    return await _do(request, reactions.take_back)


async def bookmark(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/statuses/{id}/bookmark."""
    return await _do(request, bookmarks.keep)


async def unbookmark(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/statuses/{id}/unbookmark."""
    return await _do(request, bookmarks.let_go)


async def pin(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/statuses/{id}/pin: on top of one's own page."""
    return await _do(request, pins.pin)


async def unpin(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/statuses/{id}/unpin."""
    return await _do(request, pins.unpin)


async def mute(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/statuses/{id}/mute: no more notices of this conversation."""
    return await _do(request, bookmarks.quieten)


async def unmute(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/statuses/{id}/unmute."""
    return await _do(request, bookmarks.listen_again)


async def favourited_by(request: web.Request, given: AccountsWindow) -> web.Response:
    """GET /api/v1/statuses/{id}/favourited_by: for its writer alone, who was told of each; nobody for anybody else."""
    post = await lookups.post(request)
    rows = await rows_of(Like.filter(PRESENT, post=post).select_related("actor"), given)
    return await _people(request, given, post, rows)


async def reblogged_by(request: web.Request, given: AccountsWindow) -> web.Response:
    """GET /api/v1/statuses/{id}/reblogged_by: the same."""
    post = await lookups.post(request)
    rows = await rows_of(Announce.filter(PRESENT, post=post).select_related("actor"), given)
    return await _people(request, given, post, rows)


async def _people(request: web.Request, given: AccountsWindow, post: Post, rows: Sequence[Like | Announce]) -> web.Response:
    reader = reader_of(request)
    if post.author_id != reader.actor_id:
        return answer([])
    return listed(request, given, [row.id for row in rows], await accounts_of([row.actor for row in rows], reader))


async def revoke_quote(request: web.Request, _given: Takes) -> web.Response:
    """POST /api/v1/statuses/{id}/quotes/{quoting_id}/revoke: one's own message is quoted there no longer; answers what
    quoted it.
    """
    post = await lookups.own_post(request)
    found = await lookups.entries(request, [number(request, "quoting_id")])
    if not found:
        raise NotHere("no such quote")
    await quoting.revoke(post, found[0].post)
    return answer(await status(await Post.get(id=found[0].post.id).select_related("author"), reader_of(request)))


async def quotes(request: web.Request, given: Window) -> web.Response:
    """GET /api/v1/statuses/{id}/quotes: the messages that quote it with its author's leave, as far as the reader sees them."""
    post, reader = await lookups.post(request), reader_of(request)
    there = Post.filter(visible_to(reader.viewer), quote_uri=post.uri, shows_quote=True).select_related("author")
    rows = await rows_of(there, given)
    return listed(request, given, [row.id for row in rows], await statuses([Entry(row) for row in rows], reader, "thread"))
