"""No connection goes where none may go, whatever is sent: what the process really connects to is written down by Python itself.

Every special range, every spelling, names that DNS leads there, redirects: through each thing of others that makes us fetch.
"""
from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from federation import resolve
from federation.contexts import PUBLIC
from federation.signatures import Key
from models import Attachment, Community, Emoji, InboxItem, Post
from models.delivery import ItemState
from models.errors import CommunityError
from server.actions import partners
from server.keys import LIMITS
from tests.conftest import NewDatabase
from tests.federation.test_addresses import MALFORMED, NOT_PUBLIC
from tests.live import LiveServer
from tests.peer import Peer, PeerActor, rsa_key
from tests.stories.scene import follow

_log: list[Any] | None = None


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if _log is not None and event == "socket.connect":
        _log.append(arguments[1])


sys.addaudithook(_audit)  # such hooks stay for ever; it does nothing but while a test listens


@pytest.fixture
def database_kind() -> str:
    """One database."""
    return "sqlite"


@pytest.fixture
def connected() -> Iterator[list[Any]]:
    """The addresses that this process connected to."""
    global _log
    _log = []
    yield _log
    _log = None


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that DNS was asked for. Those under "leads.example" lead to each special address in turn."""
    names: list[str] = []
    real = socket.getaddrinfo

    def answer(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if not name.endswith(".leads.example"):
            return real(host, port, *rest, **more)
        names.append(name)
        first = int(name.partition(".")[0].removeprefix("n"))
        found = [NOT_PUBLIC[first], NOT_PUBLIC[(first + 1) % len(NOT_PUBLIC)]]
        return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (one, int(port), 0, 0)) if ":" in one
                else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, int(port))) for one in found]
    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return names


@pytest.fixture
async def stage(new_database: NewDatabase, tmp_path: Path) -> AsyncIterator[tuple[LiveServer, Peer, PeerActor]]:
    """A server open to all, that may reach one peer on loopback and nothing else there; alice follows otto of that peer."""
    async with Peer() as peer, LiveServer(await new_database(), tmp_path, dev_peers=(peer.host,)) as server:
        await peer.become(server)
        await server.run(_open())
        otto = peer.actor("otto")
        await follow(server, await server.member("alice"), otto)
        yield server, peer, otto


async def _open() -> None:
    await (await Community.current()).change(is_open_federation=True)


def places() -> list[str]:
    """Beginnings of URLs that lead where nothing may go."""
    literals = [f"[{address}]" if ":" in address else address for address in NOT_PUBLIC]
    named = [f"https://n{number}.leads.example" for number in range(0, len(NOT_PUBLIC), 2)]
    odd = [url.rstrip("/") for url in MALFORMED[::2] if "//" in url and len(url) < 200 and "\n" not in url and "\t" not in url]
    more = ["http://127.0.0.1:22", "http://localhost", "https://localhost:443", "https://host.localhost", "https://db.internal",
            "https://printer.local", "https://①②⑦.0.0.1", "https://127.0.0.1.", "https://[::ffff:7f00:1]", "https://127.0.0.1:8443"]
    return [*(f"https://{one}" for one in literals), *(f"http://{one}:8080" for one in literals[::10]), *named, *odd, *more]


async def test_no_connection_goes_where_none_may_go(
        stage: tuple[LiveServer, Peer, PeerActor], connected: list[Any], asked: list[str]) -> None:
    server, peer, otto = stage
    for number, place in enumerate(places()):
        await _through_the_door(server, peer, place)
        for activity in _activities(peer, otto, place, number):
            assert await peer.send(server, activity, otto) < 500
        await server.run(_by_members(server, peer, place, number))
    await _all_tried(server)
    allowed = {int(peer.host.rpartition(":")[2]), int(server.host.rpartition(":")[2])}
    assert {tuple(address)[:2] for address in connected} == {("127.0.0.1", port) for port in allowed}
    assert len(set(asked)) == (len(NOT_PUBLIC) + 1) // 2, "the names were looked up, so that it was the socket that was refused"
    assert await server.ask(lambda: Post.filter(author__host=peer.host).count()) > len(NOT_PUBLIC)


async def _through_the_door(server: LiveServer, peer: Peer, place: str) -> None:
    """Somebody says that their key is there."""
    stranger = PeerActor(f"{place}/users/x", Key(f"{place}/users/x#main-key", rsa_key(1)), {})
    server.app[LIMITS]._buckets.clear()  # each as if it came alone
    if place.isascii() and place.isprintable():
        assert await peer.send(server, stranger.does("Follow", f"{server.origin}/actor"), stranger) in (400, 401, 403, 503)


def _activities(peer: Peer, otto: PeerActor, place: str, number: int) -> list[dict[str, Any]]:
    """What names the place, and what is redirected there."""
    there, here = f"{place}/notes/1", f"{peer.origin}/moved/{number}"
    peer.pages[f"/moved/{number}"] = _redirect(there)
    picture = {"type": "Image", "mediaType": "image/png", "url": f"{place}/p.png"}
    emoji = {"type": "Emoji", "name": f":e{number}:", "icon": picture}
    note = otto.note(f"Look :e{number}:", inReplyTo=there, quoteUrl=there, attachment=[picture], tag=[emoji],
                     replies=f"{place}/replies", context=f"{place}/context", url=there)
    moved = otto.note("Moved", inReplyTo=here, attachment=[picture | {"url": here}])
    announced = here if number % 2 else there
    said = [otto.does("Create", note), otto.does("Create", moved), otto.does("Announce", announced, to=[PUBLIC])]
    if number % 5 == 0:
        profile = otto.document | {"icon": picture, "featured": f"{place}/featured", "endpoints": {"sharedInbox": there}}
        said += [otto.does("Update", profile), otto.does("Move", otto.uri, target=there)]
    return said


def _redirect(there: str) -> Any:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": there.encode("ascii", "ignore").decode()})
    return answer


async def _by_members(server: LiveServer, peer: Peer, place: str, number: int) -> None:
    """What members and hosts type."""
    bare = place.partition("//")[2]
    peer.show(f"{peer.origin}/.well-known/webfinger?resource=acct:x{number}@{peer.host}", {
        "links": [{"rel": "self", "type": "application/activity+json", "href": f"{place}/users/x"}]}, "application/jrd+json")
    tries = [resolve.actor_at(server.instance, f"@x@{bare}"), resolve.actor_at(server.instance, f"@x{number}@{peer.host}"),
             resolve.post(server.instance, f"{place}/notes/2"), partners.ask(server.instance, bare, None)]
    for one in tries:
        with pytest.raises(CommunityError):
            await one


async def _all_tried(server: LiveServer) -> None:
    """What can be had nowhere is tried again later; once is enough here."""
    async def left() -> int:
        return (await Attachment.filter(fetch_attempts=0).count() + await Emoji.filter(fetch_attempts=0).count()
                + await InboxItem.filter(state=ItemState.NEW, attempts=0).count())
    async with asyncio.timeout(60):
        while await server.run(left()):
            await asyncio.sleep(0.1)
