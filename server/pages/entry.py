"""What the pages share through which people come in."""
from __future__ import annotations

from urllib.parse import unquote

from aiohttp import web

from models import Member, Session
from models.member import MemberState
from server.actions import departures, statements
from server.appearance import render
from server.appearance.look import local_path
from server.doors import see
from server.entrance import sessions
from server.entrance.proxies import bucket, client_address
from server.keys import SESSION, SETTINGS

WAY_COOKIE = "way"  # where somebody was going who had to sign in first


def client(request: web.Request) -> str:
    """What rate limits count by, for people who are not signed in."""
    return bucket(client_address(request, [str(network) for network in request.app[SETTINGS].trusted_proxies]))


def _way(request: web.Request) -> str:
    """Home, or back to the question of the app that sent somebody here: a mailed link does not carry the way itself."""
    path = local_path(unquote(request.cookies.get(sessions.cookie_name(request.app[SETTINGS], WAY_COOKIE), "")), "/home")
    return path if path.startswith("/oauth/authorize?") else "/home"


async def let_in(request: web.Request, member: Member, path: str = "/home") -> web.Response:
    """Sign an active member in on this browser and go on; tell anybody else, who has proven to be it, how things stand."""
    if member.state is MemberState.CLOSING:
        return see(f"/return/{await departures.way_back(member)}")
    if await statements.reads_by_link(member):
        return see(f"/statements/{await statements.way_in(member)}")
    if member.state is not MemberState.ACTIVE:
        return render.page(request, "standing.html", status=403, standing=member.state.value)
    if session := request.get(SESSION):
        await Session.filter(id=session.id).delete()
    answer = see(_way(request) if path == "/home" else path)
    sessions.set_cookie(answer, request.app[SETTINGS], WAY_COOKIE, "", 0)
    await sessions.start(answer, request.app[SETTINGS], member, sessions.device_of(request.headers.get("User-Agent", "")))
    return answer
