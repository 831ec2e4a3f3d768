"""/admin: everything that the team does, on one page, with how much waits."""
from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from federation.clocks import Difference
from models import waiting_work
from server.appearance import render
from server.keys import LANGUAGE, MEMBER, TIMEKEEPER
from server.words.language import gettext_for, lasting


async def show(request: web.Request) -> web.Response:
    """GET /admin."""
    fault = request.app[TIMEKEEPER].fault
    return render.page(request, "admin.html", here="admin", waiting=await waiting_work.counts(request[MEMBER].actor_id),
                       clock_fault=_told(fault, request[LANGUAGE]) if fault else "")


def _told(fault: Difference, lang: str) -> str:
    """How far the clock is off."""
    _, time = gettext_for(lang), lasting(timedelta(seconds=abs(round(fault.seconds))), lang)
    if fault.seconds > 0:
        return _.ngettext("It is %(time)s ahead of that of %(num)d other server.",
                          "It is %(time)s ahead of those of %(num)d other servers.", fault.servers, time=time)
    return _.ngettext("It is %(time)s behind that of %(num)d other server.",
                      "It is %(time)s behind those of %(num)d other servers.", fault.servers, time=time)
