"""/people/waiting: waiting for somebody with the same condition, where there is no community for it yet."""
from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web

from models import Waiting
from moderation import findable
from server.actions import waiting, waiting_exchange
from server.actions.people import check_search
from server.appearance import render
from server.doors import see
from server.errors import BadRequest
from server.keys import CATALOGUE, FORM, LANGUAGE, MEMBER

HERE = "/people/waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionView:
    """A condition of the member, and whether they wait with it."""

    code: str
    name: str
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundView:
    """Somebody who waits with the same: nothing is known of them. `state`: told, yes, no or met."""

    key: str
    condition: str
    state: str


async def show(request: web.Request) -> web.Response:
    """GET /people/waiting."""
    actor = request[MEMBER].actor
    waits = {one.code for one in await Waiting.filter(actor_id=actor.id)}
    found, codes = await waiting.found(actor), await waiting.conditions(actor)
    catalogue = request.app[CATALOGUE]
    names = await asyncio.to_thread(catalogue.labels, waits | set(codes), request[LANGUAGE]) if codes else {}
    return render.page(
        request, "waiting.html", here="people", done=request.query.get("done", ""), partners=await waiting_exchange.partners(),
        may=await findable.permit_elsewhere(actor) is not None,
        conditions=[ConditionView(code=code, name=names.get(code, code), waits=code in waits) for code in codes],
        found=[FoundView(key=one.key, condition=names.get(one.waiting.code, one.waiting.code), state=str(one.state))
               for one in found], releases=await asyncio.to_thread(catalogue.releases) if codes else ())


async def change(request: web.Request) -> web.Response:
    """POST /people/waiting: begin to wait, or stop."""
    do, code = request[FORM].get("do"), request[FORM].text("code", 40)
    if do not in ("join", "leave"):
        raise BadRequest("do")
    check_search(request[MEMBER].actor)
    await (waiting.join if do == "join" else waiting.leave)(request[MEMBER].actor, code)
    return see(f"{HERE}?done={do}")


async def answer(request: web.Request) -> web.Response:
    """POST /people/waiting/{key}: yes or no to meeting them."""
    wanted = request[FORM].get("do") == "yes"
    await waiting.answer(request[MEMBER].actor, request.match_info["key"], wanted)
    return see(f"{HERE}?done={'yes' if wanted else 'no'}")
