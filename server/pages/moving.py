"""Moving with those who follow: away to another account, and here from one."""
from __future__ import annotations

from aiohttp import web

from models import Actor
from models.errors import CommunityError
from server.actions import moving
from server.appearance import render
from server.display import cards
from server.doors import see
from server.keys import FORM, INSTANCE, LANGUAGE, LIMITS, MEMBER
from server.pages.security import who_is_there
from server.views import FieldError
from server.words.language import gettext_for

ADDRESS_LIMIT = 320


async def show(request: web.Request) -> web.Response:
    """GET /settings/moving."""
    return await _page(request)


async def name_old(request: web.Request) -> web.Response:
    """POST /settings/moving/old: an account elsewhere that may move here."""
    try:
        old = await _find(request, "old")
        await moving.name_old(request[MEMBER].actor, old)
    except CommunityError as error:
        return await _page(request, (_said(request, "old", error),), status=error.status)
    return see("/settings/moving?saved=old")


async def forget_old(request: web.Request) -> web.Response:
    """POST /settings/moving/old/remove."""
    await moving.forget_old(request[MEMBER].actor, request[FORM].text("account", 500))
    return see("/settings/moving?saved=old")


async def move(request: web.Request) -> web.Response:
    """POST /settings/moving: send those who follow to the new account, after the password and a tick."""
    _ = gettext_for(request[LANGUAGE])
    errors = await who_is_there(request, "proof")
    if not request[FORM].has("sure"):
        errors += (FieldError("sure", _("Tick that you have read what this tells, and to whom.")),)
    if errors:
        return await _page(request, errors)
    try:
        target = await _find(request, "new")
        await moving.move(request[MEMBER].actor, target)
    except CommunityError as error:
        return await _page(request, (_said(request, "new", error),), status=error.status)
    return see("/settings/moving?saved=moved")


async def stay(request: web.Request) -> web.Response:
    """POST /settings/moving/stay: use this account again."""
    await moving.stay(request[MEMBER].actor)
    return see("/settings/moving?saved=stay")


async def _find(request: web.Request, field: str) -> Actor:
    request.app[LIMITS].take("look_up", request[MEMBER].actor.key)
    return await moving.find(request.app[INSTANCE], request[MEMBER].actor, request[FORM].text(field, ADDRESS_LIMIT))


def _said(request: web.Request, field: str, error: CommunityError) -> FieldError:
    return FieldError(field, gettext_for(request[LANGUAGE])(error.safe))


async def _page(request: web.Request, errors: tuple[FieldError, ...] = (), status: int = 422) -> web.Response:
    me, form = request[MEMBER].actor, request.get(FORM)
    known = {actor.uri: actor for actor in await Actor.filter(uri__in=[*me.aliases, me.moved_to_uri])}
    new = known.get(me.moved_to_uri)
    return render.page(
        request, "settings_moving.html", status=status if errors else 200, here="settings", errors=errors,
        saved=request.query.get("saved", ""), has_password=bool(request[MEMBER].password_hash),
        old=[(uri, known[uri].address if uri in known else uri) for uri in me.aliases],
        moved_to=(await cards.people([new]))[0] if new else None, is_moved=bool(me.moved_to_uri),
        typed_old=form.text("old", ADDRESS_LIMIT) if form else "", typed_new=form.text("new", ADDRESS_LIMIT) if form else "")
