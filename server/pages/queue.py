"""The queue of the team: what there is to look at, how much each has open, and breaks."""
from __future__ import annotations

from contextlib import suppress

from aiohttp import web

from models.case_lists import Tab
from server.actions import colleagues
from server.appearance import render
from server.display import desk_views
from server.doors import see
from server.entrance.forms import whole_number
from server.keys import FORM, LANGUAGE, MEMBER
from server.views import Option
from server.words.language import gettext_for


async def show(request: web.Request) -> web.Response:
    """GET /admin/queue: danger first, then scam, then age."""
    _, tab = gettext_for(request[LANGUAGE]), Tab.TODO
    with suppress(ValueError):
        tab = Tab(request.query.get("list", Tab.TODO))
    queue = await desk_views.queue(tab, request[MEMBER], desk_views.place(request.query.get("after", "")), _)
    me = next((one for one in queue.team if one.is_me), None)
    days = [Option(value=str(number), title=_.ngettext("%(num)d day", "%(num)d days", number)) for number in colleagues.BREAKS]
    return render.page(request, "admin_queue.html", here="queue", queue=queue, tab=tab.value, days=days,
                       done=request.query.get("done", ""),
                       break_until=me.break_until if me else None)


async def rest(request: web.Request) -> web.Response:
    """POST /admin/queue/break: for some days, or, with 0, no longer."""
    await colleagues.take_break(request[MEMBER], whole_number(request[FORM].get("days")))
    return see("/admin/queue")
