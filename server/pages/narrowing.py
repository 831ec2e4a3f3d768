"""Showing a message to fewer people."""
from __future__ import annotations

from aiohttp import web

from models.reach import Reach
from server.actions import narrowing
from server.appearance import render
from server.display import cards
from server.doors import see
from server.errors import BadRequest
from server.keys import FORM, LANGUAGE, LIMITS, MEMBER
from server.pages import lookups, messages
from server.views import FieldError
from server.words.language import gettext_for
from server.words.wording import reach_name


async def show(request: web.Request) -> web.Response:
    """GET /m/{key}/reach: to whom it can be narrowed, and who has a copy."""
    return await _page(request)


async def narrow(request: web.Request) -> web.Response:
    """POST /m/{key}/reach."""
    post = await lookups.own_post(request)
    typed = request[FORM].text("reach", 16)
    _ = gettext_for(request[LANGUAGE])
    if not typed:
        return await _page(request, (FieldError("reach", _("Choose who may still read this message.")),))
    if typed not in set(Reach):
        raise BadRequest("reach")
    request.app[LIMITS].take("post", request[MEMBER].actor.key)
    try:
        await narrowing.narrow(post, Reach(typed))
    except (narrowing.Wider, narrowing.NotLeft) as error:
        return await _page(request, (FieldError("reach", _(error.safe)),))
    return see(f"/m/{post.key}?said=narrowed")


async def _page(request: web.Request, errors: tuple[FieldError, ...] = ()) -> web.Response:
    post, _ = await lookups.own_post(request), gettext_for(request[LANGUAGE])
    card = await cards.posts([cards.Entry(post)], request[MEMBER], _, with_hidden=True)
    return render.page(
        request, "reach.html", status=422 if errors else 200, errors=errors, post=card[0],
        copies=await messages.copies_of(post, _), now=reach_name(post.reach, _),
        choices=[(reach.value, reach_name(reach, _)) for reach in await narrowing.choices(post)])
