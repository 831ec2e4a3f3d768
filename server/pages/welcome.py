"""The first day."""
from __future__ import annotations

from aiohttp import web

from server.appearance import render
from server.keys import MEMBER
from server.pages import mentors, settings


async def show(request: web.Request) -> web.Response:
    """GET /welcome: three things to do, each a link; none of them is a must."""
    member = request[MEMBER]
    return render.page(request, "welcome.html", here="home", name=member.actor.shown_name, waits_for_mail=bool(member.new_email),
                       month=await settings.month(request), own=await mentors.of_newcomer(member),
                       address=member.new_email)
