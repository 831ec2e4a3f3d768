"""Settings: whom and which servers one keeps away."""
from __future__ import annotations

from collections.abc import Awaitable

from aiohttp import web

from models import HostBlock, HostMute, clock
from models.errors import CommunityError
from server.actions import host_blocks, host_mutes, profiles
from server.appearance import render
from server.display import cards
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import FORM, INSTANCE, LANGUAGE, LIMITS, MEMBER
from server.pages.profile import MUTE_DAYS
from server.views import FieldError, Option
from server.words.language import gettext_for

NAME_LIMIT_CHARACTERS = 255


async def show(request: web.Request) -> web.Response:
    """GET /settings/blocks, with the name of a server from a profile (`?server=`)."""
    return await _page(request, request.query.get("server", "")[:NAME_LIMIT_CHARACTERS])


async def block_server(request: web.Request) -> web.Response:
    """POST /settings/blocks/servers: keep a whole server away."""
    typed = request[FORM].text("server", NAME_LIMIT_CHARACTERS)
    request.app[LIMITS].take("act", request[MEMBER].actor.key)
    return await _done(request, typed, host_blocks.block(request.app[INSTANCE], request[MEMBER].actor, typed))


async def mute_server(request: web.Request) -> web.Response:
    """POST /settings/blocks/servers/mute: no longer read a whole server, for some days or until `unmute`."""
    form, me = request[FORM], request[MEMBER].actor
    typed, days = form.text("server", NAME_LIMIT_CHARACTERS), whole_number(form.get("days"))
    if form.has("unmute"):
        await host_mutes.unmute(me, typed)
        return see("/settings/blocks")
    request.app[LIMITS].take("act", me.key)
    muting = host_mutes.mute(request.app[INSTANCE], me, typed, days=days if days in MUTE_DAYS else 0)
    return await _done(request, typed, muting)


async def _done(request: web.Request, typed: str, act: Awaitable[str]) -> web.Response:
    """Back to the page; with what was typed, where it is no name of another server."""
    try:
        await act
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
    _ = gettext_for(request[LANGUAGE])
    mutes = HostMute.filter(owner_id=request[MEMBER].actor_id).order_by("host").limit(host_blocks.BLOCKS_LIMIT)
    quiet = [row for row in await mutes
             if row.ends_at is None or row.ends_at > clock.now()]
    times = [Option(value="0", title=_("Until I end it")),
             *(Option(value=str(days), title=_.ngettext("%(num)d day", "%(num)d days", days)) for days in MUTE_DAYS)]
    return render.page(
        request, "settings_blocks.html", status=422 if errors else 200, here="settings", errors=errors, typed=typed,
        said=request.query.get("said", ""),
        times=tuple(times), quiet=[(row.host, row.ends_at) for row in quiet],
        ends={row.target.address: row.ends_at for row in muted if row.ends_at},
        servers=sorted(await HostBlock.of(request[MEMBER].actor_id)),
        blocked=await cards.people([row.target for row in blocked]), muted=await cards.people([row.target for row in muted]))
