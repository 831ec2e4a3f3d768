"""A server of another make, by hand: it shows what it is told to, records what it gets, signs as it likes, and can lie."""
from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import count
from typing import Any, Self
from urllib.parse import unquote

from aiohttp import ClientSession, TCPConnector, web

from federation import keys, signatures
from federation.contexts import PUBLIC
from federation.keys import PrivateKey
from federation.signatures import Key
from models import Host, clock
from models.host import Standing
from tests import keyring
from tests.live import PATIENCE_SECONDS, LiveServer

ACTIVITY = "application/activity+json"
Document = dict[str, Any]
_numbers = count(1)


@cache
def rsa_key(number: int) -> PrivateKey:
    """The keys of others in tests: made once, and none of ours has them."""
    return keyring.make_anew()


@dataclass
class PeerActor:
    """Somebody on a peer: uri, key, and the document that is shown."""

    uri: str
    key: Key
    document: Document

    def note(self, text: str = "Hello", *, to: list[str] | None = None, **more: Any) -> Document:
        """A public Note of theirs, with an id of its own."""
        return {"id": f"{self.uri}/notes/{next(_numbers)}", "type": "Note", "attributedTo": self.uri,
                "content": f"<p>{text}</p>", "to": [PUBLIC] if to is None else to, "published": "2026-05-05T07:30:00Z", **more}

    def does(self, kind: str, thing: object, **more: Any) -> Document:
        """An activity of theirs."""
        return {"@context": "https://www.w3.org/ns/activitystreams", "id": f"{self.uri}/activities/{next(_numbers)}",
                "type": kind, "actor": self.uri, "object": thing, **more}


@dataclass
class Peer:
    """Use as `async with Peer() as peer`. `pages`: path -> (status, content type, body) or a function of the request."""

    pages: dict[str, Any] = field(default_factory=dict)
    received: list[Document] = field(default_factory=list)
    schemes: list[str] = field(default_factory=list)  # of what was received
    fetched: list[str] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)  # who speaks for this server, and who has which name
    on_post: Callable[[web.Request], Awaitable[web.Response | None]] | None = None

    def __post_init__(self) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.origin = f"http://{self.host}"
        self._keys = count(1)
        self.instance = self.actor("instance", kind="Application")
        self.names(self.instance)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._get)
        app.router.add_post("/{path:.*}", self._post)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()
        self._http = ClientSession(connector=TCPConnector(force_close=True))  # servers of tests come and go
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()
        await self._runner.cleanup()

    def actor(self, name: str, *, kind: str = "Person", key_path: str = "", shared_inbox: bool = True) -> PeerActor:
        """A new actor with a document and a key; `key_path`: the key's id is a page of its own (GoToSocial)."""
        uri = f"{self.origin}/users/{name}"
        key = Key(f"{self.origin}{key_path}" if key_path else f"{uri}#main-key", rsa_key(next(self._keys)))
        public = {"id": key.id, "owner": uri, "publicKeyPem": keys.public_pem(key.private.public_key())}
        document: Document = {
            "@context": "https://www.w3.org/ns/activitystreams", "id": uri, "type": kind, "preferredUsername": name,
            "name": name.title(), "inbox": f"{uri}/inbox", "outbox": f"{uri}/outbox", "followers": f"{uri}/followers",
            "publicKey": public}
        if shared_inbox:
            document["endpoints"] = {"sharedInbox": f"{self.origin}/inbox"}
        self.show(uri, document)
        if key_path:
            self.show(f"{self.origin}{key_path}", {"id": uri, "type": kind, "publicKey": public})
        return PeerActor(uri, key, document)

    def show(self, uri: str, document: Document | str, content_type: str = ACTIVITY, status: int = 200) -> None:
        """Answer a GET of this uri with a document."""
        body = document if isinstance(document, str) else json.dumps(document)
        self.pages[uri.removeprefix(self.origin)] = (status, content_type, body)

    def names(self, speaker: PeerActor, rel: str = "https://www.w3.org/ns/activitystreams#Service") -> None:
        """Say that this actor speaks for the whole server (FEP-d556)."""
        self.finger(f"{self.origin}/", self.origin, {"rel": rel, "type": ACTIVITY, "href": speaker.uri})

    def finger(self, resource: str, subject: str, *links: Document) -> None:
        """What WebFinger says of a resource."""
        self.show(f"{self.origin}/.well-known/webfinger?resource={resource}", {"subject": subject, "links": links},
                  "application/jrd+json")

    async def send(self, server: LiveServer, activity: Document | bytes, by: PeerActor, *, path: str = "/inbox",
                   scheme: str = "cavage", now: datetime | None = None,
                   change: Callable[[dict[str, str]], None] | None = None, to: str = "") -> int:
        """Post an activity, signed by somebody. `change` may spoil the headers, `to` is another place than it was signed for."""
        body = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
        sign = signatures.sign_rfc9421 if scheme == "rfc9421" else signatures.sign_cavage
        url = server.origin + path
        headers = dict(await asyncio.to_thread(sign, "POST", url, body, by.key, now or clock.now())) | {"Content-Type": ACTIVITY}
        if change:
            change(headers)
        async with self._http.post(to or url, data=body, headers=headers) as answer:
            await answer.read()
            return answer.status

    async def get(self, server: LiveServer, path: str, by: PeerActor | None = None) -> tuple[int, bytes]:
        """Read a page, signed by somebody or by nobody."""
        url = path if path.startswith("http") else server.origin + path
        headers = await asyncio.to_thread(signatures.sign_cavage, "GET", url, None, by.key, clock.now()) if by else {}
        async with self._http.get(url, headers={"Accept": ACTIVITY} | headers) as answer:
            return answer.status, await answer.read()

    async def become(self, server: LiveServer, standing: Standing = Standing.PARTNER) -> None:
        """Have a server stand like this with us."""
        async def change() -> None:
            await (await Host.called(self.host)).change(standing=standing)
        await server.run(change())

    def of_kind(self, kind: str) -> list[Document]:
        """What was received, of one type."""
        return [activity for activity in self.received if activity["type"] == kind]

    async def wait_for(self, kind: str, number: int = 1, seconds: float = PATIENCE_SECONDS) -> list[Document]:
        """The activities of a type, once so many have come."""
        async with asyncio.timeout(seconds):
            while len(found := self.of_kind(kind)) < number:
                await asyncio.sleep(0.02)
        return found

    async def _get(self, request: web.Request) -> web.StreamResponse:
        is_about_us = request.path.startswith("/.well-known/") or request.path == self.instance.uri.removeprefix(self.origin)
        (self.looked_up if is_about_us else self.fetched).append(unquote(request.path_qs))
        page = self.pages.get(unquote(request.path_qs)) or self.pages.get(request.path)
        if callable(page):
            answer: web.StreamResponse = await page(request)
            return answer
        if page is None:
            raise web.HTTPNotFound
        status, content_type, body = page
        return web.Response(status=status, body=body.encode(), headers={"Content-Type": content_type})

    async def _post(self, request: web.Request) -> web.Response:
        body = await request.read()
        if self.on_post and (answer := await self.on_post(request)) is not None:
            return answer
        self.received.append(json.loads(body))
        self.schemes.append("rfc9421" if "Signature-Input" in request.headers else "cavage")
        return web.Response(status=202)
