"""The one outbound HTTP client: every request this server makes goes through here (spec: security rule 3).

Where a request may go is decided twice: by the text of the URL on each hop (`addresses.check_url`), and by the
address when the socket is made, after any resolver and for IP literals too, which never reach a resolver.
"""
from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from federation import json_gate
from federation.addresses import DevPeers, canonical, check_url, host_of, is_public
from federation.answers import (
    ACTIVITY,
    REDIRECTS,
    Answer,
    Kind,
    check_content_type,
    check_found,
    check_status,
)
from federation.budgets import FetchBudget, RecentFailures
from federation.clocks import Clocks
from federation.errors import FederationError, Malformed, Refused, Unreachable
from federation.flights import Flights
from federation.negotiation import PLAIN, Wish, wish_in
from models.clock import now
from models.memory import Recent

#: Signs one hop: method, URL, and what its host wants of the signature, to headers. It is asked again for every redirect.
HeadersFor = Callable[[str, str, Wish | None], Awaitable[dict[str, str]]]

POST_ANSWER_BYTES = 16_384
UNPROVEN = 401  # RFC 9110 §15.5.2
WISHES_SECONDS = 3600.0
WISHES_LIMIT = 10_000  # hosts
TARGETS_LIMIT = 4096  # URLs that were judged: the inboxes that we send to are the same each time
#: Of the budget of a host: whoever names documents there, one after the other, does not keep us from reading keys.
FOR_KEYS = 0.2
_CHUNK_BYTES = 16_384
_NO_ADDRESS = "refused: not a public address"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what one request and one host can cost."""

    total_seconds: float = 20.0  # DNS, connecting, headers, body and every redirect together
    connect_seconds: float = 5.0
    document_bytes: int = 1_000_000  # after decompression
    connections: int = 100
    connections_per_host: int = 8
    keep_alive_seconds: float = 60.0
    dns_seconds: int = 60
    fetches_per_minute: float = 300.0  # per host


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes, in its canonical spelling."""

    text: str
    url: URL
    host: str


class Client:
    """Use as `async with Client(…) as client`; it keeps connections and remembers budgets and failures."""

    def __init__(self, *, user_agent: str, dev: DevPeers | None = None, ca_file: Path | None = None,
                 limits: Limits | None = None, own_host: str = "") -> None:
        """`own_host`: nothing is ever asked there, whoever names it: what we say of ourselves is no news from elsewhere."""
        self.dev = dev or DevPeers()
        self._own_host = own_host
        self.limits = limits or Limits()
        self._user_agent = user_agent
        self._ca_file = ca_file
        self._budget = FetchBudget(self.limits.fetches_per_minute)
        self._failures = RecentFailures()
        self.clocks = Clocks()
        self._wishes: Recent[str, Wish | None] = Recent(WISHES_SECONDS, WISHES_LIMIT)  # what was taken after a refusal
        self._flights: Flights[tuple[str, dict[str, Any]]] = Flights()
        self._target = lru_cache(maxsize=TARGETS_LIMIT)(self._judged)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        tls = await asyncio.to_thread(_trust, self._ca_file) if self._ca_file else True  # the system's, which aiohttp has read
        limits = self.limits
        connector = aiohttp.TCPConnector(
            ssl=tls, socket_factory=self._socket, limit=limits.connections, limit_per_host=limits.connections_per_host,
            keepalive_timeout=limits.keep_alive_seconds, ttl_dns_cache=limits.dns_seconds)
        self._session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, auto_decompress=True,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_seconds),  # in all: see _guarded
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip"})
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        traceback: TracebackType | None) -> None:
        if self._session:
            await self._session.close()

    async def get(self, url: str, *, accept: str, headers_for: HeadersFor | None = None,
                  limit_bytes: int | None = None, max_hops: int = 3, fresh: bool = False, asks: str = "signed") -> Answer:
        """The 2xx answer, after at most `max_hops` redirects, each checked and signed anew.

        Raises Gone (404, 410), Unreachable (network, time, 429, 5xx, budget), Refused (our address gate, or
        another status of theirs in `http_status`) and Malformed (bad URL, too large). What failed less than 30 s
        ago fails again without a request, unless `fresh`; so does all else once only FOR_KEYS of the budget of a host is left.
        `asks`: in whose name it is signed; what one is refused another may be shown.
        """
        url = canonical(url)
        memory = f"{asks if headers_for else 'bare'} {accept} {url}"
        if not fresh:
            self._failures.check(memory)
        try:
            async with self._guarded(url, self.limits.total_seconds):
                answer = await self._follow(url, accept, headers_for, limit_bytes or self.limits.document_bytes, max_hops,
                                            0.0 if fresh else FOR_KEYS)
        except FederationError as error:
            self._failures.remember(memory, error)
            raise
        self._failures.forget(memory)
        return answer

    async def get_document(self, url: str, *, kind: Kind = ACTIVITY, headers_for: HeadersFor | None = None, asks: str = "signed",
                           limit_bytes: int | None = None, fresh: bool = False) -> tuple[str, dict[str, Any]]:
        """The URL that answered, and the JSON object there; Malformed also for a wrong content type or bad JSON.

        Those who ask for the same at the same time share one request, and the document: nobody may change it.
        """
        name = f"{asks if headers_for else 'bare'} {fresh} {limit_bytes} {kind.accept} {url}"

        async def read() -> tuple[str, dict[str, Any]]:
            answer = await self.get(url, accept=kind.accept, headers_for=headers_for, limit_bytes=limit_bytes, fresh=fresh,
                                    asks=asks)
            return self._document(answer, kind, limit_bytes)
        return await self._flights.share(name, read)

    def _document(self, answer: Answer, kind: Kind, limit_bytes: int | None) -> tuple[str, dict[str, Any]]:
        check_content_type(answer, kind, host_of(answer.url))
        return answer.url, json_gate.loads(answer.body, max_bytes=limit_bytes or self.limits.document_bytes)

    async def post(self, url: str, body: bytes, headers: dict[str, str], timeout_seconds: float | None = None) -> Answer:
        """Send, and return any answer but those that raise: Gone (404, 410) and Unreachable (network, time, 429, 5xx).

        Redirects are not followed, so that what is private goes nowhere else: a 3xx comes back as it is. Of the
        answer's body at most 16 KiB are kept.
        """
        async with self._guarded(url, timeout_seconds or self.limits.total_seconds):
            answer = await self._request("POST", url, headers, body, POST_ANSWER_BYTES, cut=True)
        check_status(answer.status, answer.headers, self._target(url).host, now())
        return answer

    async def _follow(self, url: str, accept: str, headers_for: HeadersFor | None, limit_bytes: int,
                      max_hops: int, left: float) -> Answer:
        seen = {url}
        while True:
            host = host_of(url)
            answer = await self._knock(url, accept, headers_for, limit_bytes, left)
            check_status(answer.status, answer.headers, host, now())
            if answer.status not in REDIRECTS:
                check_found(answer, host)
                return answer
            target = _redirect_target(url, answer)
            if target in seen or len(seen) > max_hops or target.partition(":")[0] != url.partition(":")[0]:
                raise Refused("redirected too often, in a circle, or to another scheme", host=host)
            seen.add(target)
            url = target

    async def _knock(self, url: str, accept: str, headers_for: HeadersFor | None, limit_bytes: int, left: float) -> Answer:
        """One hop. Who does not take the signature gets one as it wishes, or else of the other kind (RFC 9421); then one without
        the query, as old servers leave it out (mastodon#18638).
        """
        async def attempt(signed_url: str, wish: Wish | None) -> Answer:
            self._budget.spend(host, left=left)
            proof = await headers_for("GET", signed_url, wish) if headers_for else {}
            return await self._request("GET", url, {"Accept": accept} | proof, None, limit_bytes)
        host = host_of(url)
        known = self._wishes.known(host)
        answer = await attempt(url, known)
        if answer.status != UNPROVEN or headers_for is None:
            return answer
        other = wish_in(answer.headers) or (None if known else PLAIN)
        answer = await attempt(url, other)
        if answer.status != UNPROVEN:
            self._wishes.put(host, other)
        elif "?" in url:
            answer = await attempt(url.partition("?")[0], None)
        return answer

    async def _request(self, method: str, url: str, headers: dict[str, str], body: bytes | None,
                       limit_bytes: int, *, cut: bool = False) -> Answer:
        """One hop. `cut` keeps the beginning of a long answer instead of refusing it."""
        target = self._target(url)
        if self._session is None:
            raise RuntimeError("the client is not open")
        async with self._session.request(method, target.url, headers=headers, data=body, allow_redirects=False) as response:
            self.clocks.hear(target.host, response.headers, now())
            kept = bytearray()
            if response.status not in REDIRECTS and not response.content.at_eof():
                async for chunk in response.content.iter_chunked(_CHUNK_BYTES):  # decompressed bytes are counted
                    kept += chunk
                    if len(kept) > limit_bytes:
                        response.close()
                        if not cut:
                            raise Malformed("the answer is too large", host=target.host)
                        break
            return Answer(target.text, response.status, response.headers, bytes(kept[:limit_bytes]))

    def _judged(self, url: str) -> Target:
        """A URL that we may ask something of, as far as its text tells: what is cached is no more than that."""
        check_url(url, self.dev)
        host, text = host_of(url), canonical(url)
        if host == self._own_host:
            raise Refused("our own address", host=self._own_host)
        return Target(text, URL(text, encoded=True), host)

    @asynccontextmanager
    async def _guarded(self, url: str, timeout_seconds: float) -> AsyncIterator[None]:
        """One deadline over everything, and the client library's errors as ours."""
        host = host_of(url)
        try:
            async with asyncio.timeout(timeout_seconds):
                yield
        except TimeoutError as error:
            raise Unreachable("no answer in time", host=host) from error
        except aiohttp.ClientConnectorError as error:
            if _NO_ADDRESS in str(error.os_error):  # of several addresses it joins the texts
                raise Refused(_NO_ADDRESS, host=host) from error
            raise Unreachable("no connection", host=host) from error
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable("the answer broke off or is not HTTP", host=host) from error

    def _socket(self, info: Any) -> socket.socket:
        """Make the socket for one resolved address, unless it is none of ours to reach: the choke point."""
        family, kind, protocol, _, address = info
        ordinary = is_public(address[0]) and address[1] == 443
        if not ordinary and not self.dev.allows(address[0], address[1]):
            raise OSError(errno.EACCES, _NO_ADDRESS)
        return socket.socket(family, kind, protocol)


@lru_cache(maxsize=4)
def _trust(ca_file: Path) -> ssl.SSLContext:
    """The system's certificates, and those of the extra file; read once in the life of the process, as they are many."""
    context = ssl.create_default_context()
    context.load_verify_locations(ca_file)
    return context


def _redirect_target(url: str, answer: Answer) -> str:
    try:
        return canonical(urljoin(url, answer.headers.get("Location", "")))
    except ValueError as error:
        raise Malformed("redirected to something that is no URL", host=host_of(url)) from error
