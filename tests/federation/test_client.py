"""The client reaches what it may, within its limits, and nothing else, whatever a URL, DNS or a redirect says."""
import asyncio
import gzip
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from federation.addresses import DevPeers
from federation.answers import ACTIVITY, JRD, NODEINFO
from federation.client import Client, Limits
from federation.errors import FederationError, Gone, Malformed, Refused, Unreachable
from federation.negotiation import Wish

AS_JSON = "application/activity+json"
LOOPBACK = DevPeers.parse(["127.0.0.0/8"])
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Peer:
    """A server that answers as a test wants, and counts."""

    url = ""

    def __init__(self) -> None:
        self.seen: list[web.BaseRequest] = []
        self.bodies: list[bytes] = []
        self.answer: Callable[[web.BaseRequest], Any] = lambda request: web.json_response({}, content_type=AS_JSON)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.seen.append(request)
        self.bodies.append(await request.read())
        answer = self.answer(request)
        response: web.StreamResponse = await answer if asyncio.iscoroutine(answer) else answer
        return response


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    peer = Peer()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", peer.handle)
    async with TestServer(app, host="127.0.0.1") as server:
        peer.url = str(server.make_url("/"))
        yield peer


@asynccontextmanager
async def client(dev: DevPeers = LOOPBACK, **limits: Any) -> AsyncIterator[Client]:
    async with Client(user_agent="test/1", dev=dev, limits=Limits(**limits)) as it:
        yield it


def respond(status: int = 200, body: bytes = b"{}", **headers: str) -> Callable[[web.BaseRequest], web.Response]:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return lambda request: web.Response(status=status, body=body, headers={"Content-Type": AS_JSON} | named)


class TestDocuments:
    async def test_a_document(self, peer: Peer) -> None:
        peer.answer = respond(body=b'{"id":"x"}')
        async with client() as it:
            assert await it.get_document(f"{peer.url}a?b=%20c#main-key") == (f"{peer.url}a?b=%20c", {"id": "x"})
        request, = peer.seen
        assert request.headers["Accept"] == ACTIVITY.accept and request.headers["User-Agent"] == "test/1"
        assert request.raw_path == "/a?b=%20c" and "Cookie" not in request.headers

    async def test_other_types_are_no_documents(self, peer: Peer) -> None:
        """CVE-2024-25623: what members of that host upload is not what the host says; `test_answers.py` has more of them."""
        peer.answer = respond(Content_Type="application/octet-stream")
        async with client() as it:
            with pytest.raises(Malformed):
                await it.get_document(peer.url)

    async def test_other_kinds(self, peer: Peer) -> None:
        async with client() as it:
            for kind, content_type in ((JRD, "application/jrd+json"), (JRD, "application/json"),
                                       (NODEINFO, 'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"')):
                peer.answer = respond(Content_Type=content_type)
                assert (await it.get_document(peer.url, kind=kind))[1] == {}
            peer.answer = respond(Content_Type="text/html")
            with pytest.raises(Malformed):
                await it.get_document(peer.url, kind=JRD)

    @pytest.mark.parametrize("body", [b"", b"[]", b'{"a":NaN}', b"\xff", b'{"a":1,"a":2}'])
    async def test_bad_json(self, peer: Peer, body: bytes) -> None:
        peer.answer = respond(body=body)
        async with client() as it:
            with pytest.raises(Malformed):
                await it.get_document(peer.url)


class TestSize:
    async def test_too_large(self, peer: Peer) -> None:
        peer.answer = respond(body=b"{" + b" " * 5000 + b"}")
        async with client(document_bytes=1000) as it:
            with pytest.raises(Malformed, match="too large"):
                await it.get_document(peer.url)
            with pytest.raises(Malformed, match="too large"):
                await it.get_document(f"{peer.url}list", limit_bytes=4000)
            assert await it.get_document(f"{peer.url}longer", limit_bytes=6000), "who asks knows better"

    async def test_decompressed_bytes_count(self, peer: Peer) -> None:
        bomb = gzip.compress(b" " * 50_000_000)
        peer.answer = respond(body=bomb, Content_Encoding="gzip")
        async with client(document_bytes=100_000) as it:
            with pytest.raises(Malformed, match="too large"):
                await it.get_document(peer.url)

    async def test_small_compressed_documents_are_read(self, peer: Peer) -> None:
        peer.answer = respond(body=gzip.compress(b'{"a":"b"}'), Content_Encoding="gzip")
        async with client() as it:
            assert (await it.get_document(peer.url))[1] == {"a": "b"}

    async def test_broken_compression(self, peer: Peer) -> None:
        peer.answer = respond(body=b"not gzip", Content_Encoding="gzip")
        async with client() as it:
            with pytest.raises(Unreachable):
                await it.get_document(peer.url)

    async def test_of_the_answer_to_a_post_the_beginning_is_kept(self, peer: Peer) -> None:
        peer.answer = respond(202, body=b"x" * 100_000)
        async with client() as it:
            assert len((await it.post(peer.url, b"{}", {})).body) == 16_384


class TestTime:
    async def test_one_deadline_over_all(self, peer: Peer) -> None:
        """Bytes that trickle do not extend it (CVE-2023-36461)."""
        async def trickle(request: web.BaseRequest) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": AS_JSON})
            await response.prepare(request)
            for _ in range(100):
                await response.write(b" ")
                await asyncio.sleep(0.05)
            return response
        peer.answer = trickle
        async with client(total_seconds=0.3) as it:
            start = time.monotonic()
            with pytest.raises(Unreachable, match="time"):
                await it.get_document(peer.url)
            assert time.monotonic() - start < 2

    async def test_silence(self) -> None:
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            for limits, seconds in (({"total_seconds": 0.1}, None), ({}, 0.1)):
                async with client(**limits) as it, asyncio.timeout(5):
                    with pytest.raises(Unreachable):
                        await it.post(f"http://127.0.0.1:{silent.getsockname()[1]}/", b"{}", {}, seconds)

    async def test_nobody_listens(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        async with client() as it:
            with pytest.raises(Unreachable) as caught:
                await it.get_document(f"http://127.0.0.1:{port}/")
            assert caught.value.host == f"127.0.0.1:{port}" and caught.value.retry

    async def test_not_http(self) -> None:
        async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"SSH-2.0-x\r\n\r\n")
            await writer.drain()
            writer.close()
        server = await asyncio.start_server(shout, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with client() as it, server:
            with pytest.raises(Unreachable):
                await it.get_document(f"http://127.0.0.1:{port}/")


class TestStatus:
    @pytest.mark.parametrize(("status", "kind"), [(410, Gone), (503, Unreachable)])
    async def test_get_and_post_alike(self, peer: Peer, status: int, kind: type[FederationError]) -> None:
        peer.answer = respond(status, Retry_After="120")
        async with client() as it:
            for attempt in (it.get(peer.url, accept="*/*"), it.post(peer.url, b"{}", {})):
                with pytest.raises(kind) as caught:
                    await attempt
                assert caught.value.http_status == status
                assert getattr(caught.value, "retry_after_seconds", 120) == 120

    @pytest.mark.parametrize("status", [401, 422])
    async def test_other_refusals(self, peer: Peer, status: int) -> None:
        peer.answer = respond(status, body=b"why")
        async with client() as it:
            with pytest.raises(Refused) as caught:
                await it.get(peer.url, accept="*/*")
            assert caught.value.http_status == status and caught.value.status == 403
            answer = await it.post(peer.url, b"{}", {})
            assert (answer.status, answer.body) == (status, b"why")

    async def test_post(self, peer: Peer) -> None:
        peer.answer = respond(202, body=b"", X_A="b")
        async with client() as it:
            answer = await it.post(f"{peer.url}inbox", b'{"a":1}', {"Content-Type": AS_JSON, "Signature": "x"})
        assert (answer.status, answer.headers["X-A"]) == (202, "b")
        assert peer.bodies == [b'{"a":1}'] and peer.seen[0].headers["Signature"] == "x"


class TestRedirects:
    async def test_followed_and_signed_again(self, peer: Peer) -> None:
        def answer(request: web.BaseRequest) -> web.Response:
            if request.path == "/c":
                return web.json_response({"id": "c"}, content_type=AS_JSON)
            return web.Response(status=301 if request.path == "/a" else 307, headers={
                "Location": "b" if request.path == "/a" else f"{peer.url}c#x"})
        peer.answer = answer
        asked: list[tuple[str, str, Wish | None]] = []

        async def headers_for(method: str, url: str, wish: Wish | None) -> dict[str, str]:
            asked.append((method, url, wish))
            return {"Signature": f"for {url}"}
        async with client() as it:
            assert await it.get_document(f"{peer.url}a", headers_for=headers_for) == (f"{peer.url}c", {"id": "c"})
        assert asked == [("GET", f"{peer.url}{path}", None) for path in "abc"]
        assert [request.headers["Signature"] for request in peer.seen] == [f"for {peer.url}{path}" for path in "abc"]

    async def test_not_for_ever(self, peer: Peer) -> None:
        peer.answer = lambda request: web.Response(status=302, headers={"Location": request.path + "x"})
        async with client() as it:
            with pytest.raises(Refused):
                await it.get(f"{peer.url}a", accept="*/*")
        assert len(peer.seen) == 4, "the request and three redirects"

    @pytest.mark.parametrize("location", ["", "/a", "#x"])
    async def test_not_in_circles(self, peer: Peer, location: str) -> None:
        peer.answer = respond(302, Location=location)
        async with client() as it:
            with pytest.raises(Refused):
                await it.get(f"{peer.url}a", accept="*/*")
        assert len(peer.seen) == 1

    @pytest.mark.parametrize(("location", "kind"), [
        ("https://127.0.0.1:9/", Refused), ("http://10.0.0.1/", Refused), ("http://example.org/", Refused),
        ("http://[::1]:8080/", Refused), ("http://169.254.169.254/latest/meta-data", Refused), ("file:///etc/passwd", Malformed),
        ("http://user@127.0.0.1/", Malformed), ("javascript:1", Malformed), ("http://[", Malformed), ("gopher://x/", Malformed)])
    async def test_not_anywhere(self, peer: Peer, location: str, kind: type[FederationError]) -> None:
        peer.answer = respond(302, Location=location)
        async with client() as it:
            with pytest.raises(kind):
                await it.get(peer.url, accept="*/*")
        assert len(peer.seen) == 1

    async def test_a_post_is_never_redirected(self, peer: Peer) -> None:
        peer.answer = respond(307, Location="/elsewhere")
        async with client() as it:
            assert (await it.post(peer.url, b"private", {})).status == 307
        assert len(peer.seen) == 1


class TestAddresses:
    """No private address is ever connected to; the peer that listens there sees nothing."""

    @pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "0.0.0.0", "①②⑦.0.0.1",  # noqa: S104
                                      "127.0.0.1.", "[::]", "[64:ff9b::7f00:1]"])
    @pytest.mark.parametrize("scheme", ["http", "https"])
    async def test_by_text(self, peer: Peer, host: str, scheme: str) -> None:
        port = peer.url.rsplit(":", 1)[1]
        async with client(DevPeers()) as it:
            for attempt in (it.get(f"{scheme}://{host}:{port}", accept="*/*"), it.post(f"{scheme}://{host}", b"", {})):
                with pytest.raises(Refused):
                    await attempt
        assert not peer.seen

    @pytest.mark.parametrize("addresses", [["127.0.0.1"], ["::1"], ["10.0.0.1", "127.0.0.1"], ["::ffff:127.0.0.1"],
                                           ["64:ff9b::7f00:1"], ["169.254.169.254"]])
    async def test_by_dns(self, monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
        """A public name that resolves to a private address is refused when the socket is made."""
        def resolve(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
            return [(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "",
                     (address, port, 0, 0) if ":" in address else (address, port)) for address in addresses]
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        made: list[Any] = []
        monkeypatch.setattr(socket, "socket", lambda *args: made.append(args))
        async with client(DevPeers.parse(["127.0.0.1:8080"])) as it:
            with pytest.raises(Refused, match="public address"):
                await it.post("https://rebinding.example.org/inbox", b"", {})
        assert not made

    async def test_a_socket_is_made_for_public_addresses_on_the_port_of_https_alone(self) -> None:
        async with client(DevPeers.parse(["127.0.0.1:8080"])) as it:
            for host, port, is_made in (("1.1.1.1", 443, True), ("1.1.1.1", 8443, False), ("10.0.0.1", 443, False),
                                        ("127.0.0.1", 8080, True), ("127.0.0.1", 443, False)):
                info = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))
                if is_made:
                    it._socket(info).close()
                else:
                    with pytest.raises(OSError, match="not a public address"):
                        it._socket(info)

    async def test_nothing_is_asked_of_ourselves(self, peer: Peer) -> None:
        """Neither by an address of ours nor by one that leads there."""
        ours = peer.url.split("/")[2]
        peer.answer = respond(302, Location=peer.url)
        async with Client(user_agent="test/1", dev=LOOPBACK, own_host=ours) as it:
            for attempt in (it.get(peer.url, accept="*/*"), it.post(peer.url, b"", {}),
                            it.get(peer.url.replace("127.0.0.1", "localhost"), accept="*/*")):
                with pytest.raises(Refused):
                    await attempt
        assert len(peer.seen) == 1, "the one that led there"

    async def test_unknown_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def resolve(*args: Any, **kwargs: Any) -> list[Any]:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        async with client(DevPeers()) as it:
            with pytest.raises(Unreachable):
                await it.get("https://nowhere.example.org/", accept="*/*")

    async def test_proxies_of_the_environment_are_ignored(self, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
        async with client() as it:
            assert (await it.get(peer.url, accept="*/*")).status == 200

    async def test_cookies_are_not_kept(self, peer: Peer) -> None:
        peer.answer = respond(Set_Cookie="a=b; Path=/")
        async with client() as it:
            for _ in range(2):
                await it.get(peer.url, accept="*/*")
        assert "Cookie" not in peer.seen[1].headers


class TestMemory:
    async def test_a_failure_is_remembered_unless_told(self, peer: Peer) -> None:
        peer.answer = respond(410)
        async with client() as it:
            for _ in range(3):
                with pytest.raises(Gone) as caught:
                    await it.get_document(peer.url)
                assert caught.value.http_status == 410
            assert len(peer.seen) == 1
            peer.answer = respond()
            assert (await it.get_document(peer.url, fresh=True))[1] == {}
            assert (await it.get_document(peer.url))[1] == {}

    async def test_a_401_may_be_tried_signed_at_once(self, peer: Peer) -> None:
        peer.answer = respond(401)
        async with client() as it:
            for _ in range(2):
                with pytest.raises(Refused):
                    await it.get_document(peer.url)
        assert len(peer.seen) == 2

    async def test_what_is_said_to_anybody_is_not_what_is_said_to_us(self, peer: Peer) -> None:
        """Neither while both are asked for nor after: a signed fetch shares no request and no failure with one that is not."""
        peer.answer = lambda request: web.Response(
            status=200 if "X-Signed" in request.headers else 404, body=b'{"for":"us"}', headers={"Content-Type": AS_JSON})
        async with client() as it:
            for _ in range(2):
                bare, ours = await asyncio.gather(it.get_document(peer.url), it.get_document(peer.url, headers_for=sign),
                                                  return_exceptions=True)
                assert isinstance(bare, Gone) and ours == (peer.url, {"for": "us"})
        assert len(peer.seen) == 3

    async def test_the_last_of_a_budget_is_for_keys(self, peer: Peer) -> None:
        async with client(fetches_per_minute=10) as it:
            for number in range(8):
                await it.get_document(f"{peer.url}{number}")
            with pytest.raises(Unreachable, match="budget"):
                await it.get_document(f"{peer.url}9")
            for number in range(10, 12):
                assert await it.get_document(f"{peer.url}{number}", fresh=True)
            with pytest.raises(Unreachable, match="budget"):
                await it.get_document(f"{peer.url}12", fresh=True)
        assert len(peer.seen) == 10

    async def test_a_budget_for_each_host(self, peer: Peer) -> None:
        async with client(fetches_per_minute=2) as it:
            for number in range(2):
                await it.get(f"{peer.url}{number}", accept="*/*")
            with pytest.raises(Unreachable, match="budget") as caught:
                await it.get(f"{peer.url}3", accept="*/*")
            assert 0 < (caught.value.retry_after_seconds or 0) <= 30
            await it.get(peer.url.replace("127.0.0.1", "localhost"), accept="*/*")
        assert len(peer.seen) == 3


async def sign(_method: str, url: str, wish: Wish | None) -> dict[str, str]:
    """Says what would be signed."""
    return {"X-Signed": url, "X-Wish": wish.label if wish else ""}


async def test_a_server_that_leaves_the_query_out_of_signatures_is_read(peer: Peer) -> None:
    """One more try in another form, and one without the query where there is one (mastodon#18638)."""
    def answer(request: web.BaseRequest) -> web.Response:
        return web.Response(status=200 if request.path == "/old" and "?" not in request.headers["X-Signed"] else 401)
    peer.answer = answer
    async with client() as it:
        assert (await it.get(f"{peer.url}old?page=2", accept=AS_JSON, headers_for=sign)).status == 200
        assert [request.path_qs for request in peer.seen] == ["/old?page=2"] * 3
        for url in ("closed", "closed?page=2"):
            with pytest.raises(Refused):
                await it.get(f"{peer.url}{url}", accept=AS_JSON, headers_for=sign)
        assert len(peer.seen) == 3 + 2 + 3


async def test_a_fetch_is_signed_as_its_host_wishes_and_that_is_remembered(peer: Peer) -> None:
    """Accept-Signature, else RFC 9421 as we write it; for an hour it is the first that is tried."""
    wanted, header = "mine", {"Accept-Signature": 'mine=("@method")'}

    def answer(request: web.BaseRequest) -> web.Response:
        return web.Response(status=200 if request.headers["X-Wish"] == wanted else 401, headers=header)
    peer.answer = answer
    async with client() as it:
        async def attempts() -> list[str]:
            peer.seen.clear()
            await it.get(f"{peer.url}x", accept="*/*", headers_for=sign)
            return [request.headers["X-Wish"] for request in peer.seen]
        assert (await attempts(), await attempts()) == (["", "mine"], ["mine"])
        wanted, header = "", {}
        assert (await attempts(), await attempts()) == (["mine", ""], [""])
        wanted = "sig1"
        assert (await attempts(), await attempts()) == (["", "sig1"], ["sig1"])


async def test_a_closed_client_says_so() -> None:
    with pytest.raises(RuntimeError):
        await Client(user_agent="x", dev=LOOPBACK).get("http://127.0.0.1:1/", accept="*/*")
