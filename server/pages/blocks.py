"""Settings: whom and which servers one keeps away."""
from __future__ import annotations

from aiohttp import web

from models import HostBlock
from models.errors import CommunityError
from server import cards, render
from server.actions import host_blocks, profiles
from server.doors import see
from server.keys import FORM, INSTANCE, LANGUAGE, LIMITS, MEMBER
from server.language import gettext_for
from server.views import FieldError

NAME_LIMIT_CHARACTERS = 255


async def show(request: web.Request) -> web.Response:
    """GET /settings/blocks, with the name of a server from a profile (`?server=`)."""
    return await _page(request, request.query.get("server", "")[:NAME_LIMIT_CHARACTERS])


async def block_server(request: web.Request) -> web.Response:
    """POST /settings/blocks/servers: keep a whole server away."""
    typed = request[FORM].text("server", NAME_LIMIT_CHARACTERS)
    request.app[LIMITS].take("act", request[MEMBER].actor.key)
    try:
        await host_blocks.block(request.app[INSTANCE], request[MEMBER].actor, typed)
    except host_blocks.TooManyBlocks:
        raise
    except CommunityError:
        wrong = gettext_for(request[LANGUAGE])("Write the address of another server, like example.org.")
        return await _page(request, typed, (FieldError("server", wrong),))
    return see("/settings/blocks")


async def unblock_server(request: web.Request) -> web.Response:
    """POST /settings/blocks/servers/remove."""
    await host_blocks.unblock(request[MEMBER].actor, request[FORM].text("server", NAME_LIMIT_CHARACTERS))
    return see("/settings/blocks")


async def _page(request: web.Request, typed: str, errors: tuple[FieldError, ...] = ()) -> web.Response:
    blocked, muted = await profiles.kept_away(request[MEMBER])
    return render.page(
        request, "settings_blocks.html", status=422 if errors else 200, here="settings", errors=errors, typed=typed,
        servers=sorted(await HostBlock.of(request[MEMBER].actor_id)),
        blocked=await cards.people([row.target for row in blocked]), muted=await cards.people([row.target for row in muted]))
