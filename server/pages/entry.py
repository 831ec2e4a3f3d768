"""What the pages share through which people come in."""
from __future__ import annotations

from aiohttp import web

from models import Member, Session
from models.member import MemberState
from server import render, sessions
from server.doors import see
from server.keys import SESSION, SETTINGS
from server.proxies import bucket, client_address


def client(request: web.Request) -> str:
    """What rate limits count by, for people who are not signed in."""
    return bucket(client_address(request, [str(network) for network in request.app[SETTINGS].trusted_proxies]))


async def let_in(request: web.Request, member: Member, path: str = "/home") -> web.Response:
    """Sign an active member in on this browser and go on; tell anybody else, who has proven to be it, how things stand."""
    if member.state is not MemberState.ACTIVE:
        return render.page(request, "standing.html", status=403, standing=member.state.value)
    if session := request.get(SESSION):
        await Session.filter(id=session.id).delete()
    answer = see(path)
    await sessions.start(answer, request.app[SETTINGS], member, sessions.device_of(request.headers.get("User-Agent", "")))
    return answer
