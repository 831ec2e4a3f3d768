"""/admin/network: the network of an umbrella association, whether we are in one, or keep one."""
from __future__ import annotations

from typing import Any

from aiohttp import web

from federation.addresses import host_of
from models import Community, Roster, clock
from models.errors import CommunityError
from server.actions import network
from server.appearance import render
from server.doors import see
from server.entrance.forms import Form
from server.errors import BadRequest
from server.keys import COMMUNITY, FORM, INSTANCE, LANGUAGE, LIMITS, MEMBER
from server.views import FieldError
from server.words.language import gettext_for

HERE = "/admin/network"
TYPED_LIMIT = 60_000  # characters of a list of addresses


async def show(request: web.Request) -> web.Response:
    """GET /admin/network."""
    return await _page(request)


async def save(request: web.Request) -> web.Response:
    """POST /admin/network: enter, leave, or publish a roster of our own."""
    form, instance, me = request[FORM], request.app[INSTANCE], request[MEMBER].actor
    request.app[LIMITS].take("look_up", str(request[MEMBER].id))
    field = {"enter": "network", "publish": "members"}.get(form.get("do") or "", "")
    try:
        match form.get("do"):
            case "enter":
                await network.enter(instance, form.text("network", 300), form.has("opens"), me)
            case "leave":
                await network.leave(instance, me)
            case "publish":
                await network.publish(instance, form.get("members")[:TYPED_LIMIT].splitlines(), me)
            case _:
                raise BadRequest("do")
    except BadRequest:
        raise
    except CommunityError:
        _ = gettext_for(request[LANGUAGE])
        words = {"network": _("No roster that we can trust is served at this address."),
                 "members": _("One of these addresses does not answer, or is no community.")}.get(field, "")
        return await _page(request, form, (FieldError(field, words),))
    await request.app[COMMUNITY].load()
    return see(f"{HERE}?saved=1")


async def _page(request: web.Request, form: Form | None = None, errors: tuple[FieldError, ...] = ()) -> web.Response:
    own = await Roster.newest()
    members = form.get("members") if form else ""
    return render.page(
        request, "admin_network.html", status=422 if errors else 200, here="partners", errors=errors, own=own,
        typed=form.text("network", 300) if form else "", members=members or "\n".join(map(host_of, own.members if own else [])),
        saved="saved" in request.query and not errors, **await _ours(request.app[INSTANCE].actor.uri))


async def _ours(us: str) -> dict[str, Any]:
    """The network that we say we are in, and what its roster says."""
    row = await Community.current()
    roster = await Roster.newest(host_of(row.network)) if row.network else None
    if roster is None:
        return {"network": ""}
    return {"network": row.network, "network_host": host_of(row.network), "opens": row.network_opens, "ends": roster.ends_at,
            "fellows": [host_of(uri) for uri in roster.members if uri != us], "is_listed": roster.lists(us),
            "is_over": roster.ends_at <= clock.now()}
