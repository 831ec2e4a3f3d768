"""Accept-Signature (RFC 9421 §5): what is asked for is signed, more than that too, and never less than we sign anyhow."""
from __future__ import annotations

from datetime import UTC, datetime

import pytest
from aiohttp import ClientSession, web

from federation import keys, negotiation, resolve, rfc9421
from federation.errors import Malformed, Unproven
from federation.requests import Key, Manner, Request
from models import ActorKey, clock
from models.actor import KeyKind
from tests import keyring
from tests.live import LiveServer
from tests.peer import Peer

NOW = datetime(2026, 5, 5, 7, 30, tzinfo=UTC)
URL = "https://peer.example/inbox?of=7"
BODY = b'{"type":"Like"}'
RSA, ED25519 = keyring.make_anew(), keys.make_ed25519()
FEDIFY = 'sig1=("@method" "@target-uri" "@authority" "content-digest");created;nonce="c2Fs";tag="fedify"'


@pytest.fixture
def database_kind() -> str:
    """One database: what is not proven never gets to it."""
    return "sqlite"


def wished(header: str) -> negotiation.Wish | None:
    """What a server with this header asks for."""
    return negotiation.wish_in({negotiation.HEADER: header})


@pytest.mark.parametrize("header", [
    FEDIFY, negotiation.WANTED, negotiation.WANTED_OF_A_FETCH, 'a=("@method" "@status"), b=("@query" "@path" "host");expires',
    'x=("@scheme" "@request-target" "content-type");alg="rsa-v1_5-sha256";keyid="https://us.example/actor#main-key"',
    'sig1=("@authority");alg="ed25519"'])
@pytest.mark.parametrize("body", [BODY, None])
def test_what_is_asked_for_is_signed_and_verifies(header: str, body: bytes | None) -> None:
    wish = wished(header)
    assert wish and (wish.manner is Manner.ED25519) is (wish.kind is KeyKind.ED25519)
    private = RSA if wish.kind is KeyKind.RSA else ED25519
    headers = negotiation.sign(wish, "POST" if body else "GET", URL, body, Key("https://us.example/actor#main-key", private), NOW)
    covered = headers["Signature-Input"]
    for name in {*wish.components, "@method", "@target-uri", "content-digest"}:
        assert (f'"{name}"' in covered) is (body is not None or name not in negotiation.OF_A_BODY), name
    assert covered.startswith(f"{wish.label}=(") and ("expires=" in covered) is wish.with_end
    assert all(f'{name}="{text}"' in covered for name, text in wish.words)
    request = Request("POST" if body else "GET", URL, headers, body or b"")
    rfc9421.verify(request, private.public_key(), NOW, 60)
    with pytest.raises(Unproven):
        rfc9421.verify(Request(request.method, URL + "1", headers, body or b""), private.public_key(), NOW, 60)


@pytest.mark.parametrize("header", [
    "", "sig1", "not a (field", 'sig1=("@status")', 'sig1=("@method";req)', 'sig1=("date")', 'sig1=("@method" "@method")',
    'sig1=()', 'sig1=("@method");alg="hmac-sha256"', 'sig1=("@method");alg=7', 'sig1=("@method");nonce=7',
    'sig1=("@method");keyid=7', 'sig1=("@method");tag="' + "x" * 300 + '"', 'sig1=("@method");tag="' + "x" * 3000 + '"',
    'é=("@method")', 'x' + 'y' * 50 + '=("@method")', 'sig1=("@method"),' + ' ' * 2000 + 'b=1',
    'a=1, b=1, c=1, d=1, e=("@method")', 'sig1=("@method");nonce="a\\"b"', "sig1=1", 'sig1=(1 2)'])
def test_what_we_cannot_make_is_not_tried(header: str) -> None:
    assert wished(header) is None


def test_another_key_is_not_lent_nor_signed_with_what_no_header_can_hold() -> None:
    wish = wished('sig1=("@method");keyid="https://us.example/actors/1#main-key"')
    assert wish
    with pytest.raises(Malformed):
        negotiation.sign(wish, "GET", URL, None, Key("https://us.example/actor#main-key", RSA), NOW)
    with pytest.raises(Malformed):
        negotiation.sign(negotiation.PLAIN, "GET", "https://peer.example/é", None, Key("https://us.example/actor", RSA), NOW)


async def test_who_is_not_proven_is_told_how_to_sign(alpha: LiveServer) -> None:
    """And in words that we ourselves could follow."""
    activity = {"id": "https://peer.example/1", "type": "Like", "actor": "https://peer.example/a", "object": alpha.origin}
    async with ClientSession() as http:
        async with http.post(f"{alpha.origin}/inbox", json=activity) as posted:
            assert (posted.status, posted.headers["Accept-Signature"]) == (401, negotiation.WANTED)
        async with http.get(f"{alpha.origin}/actors/x", headers={"Accept": "application/activity+json"}) as fetched:
            assert (fetched.status, fetched.headers["Accept-Signature"]) == (401, negotiation.WANTED_OF_A_FETCH)
            assert fetched.headers["Vary"] == "Signature, Accept"
    assert wished(posted.headers["Accept-Signature"]) and wished(fetched.headers["Accept-Signature"])


async def test_a_server_that_asks_for_ed25519_and_a_word_is_read(alpha: LiveServer, peer: Peer) -> None:
    """Two requests the first time, one after that; the key is the instance actor's, as for every fetch."""
    otto, ours = peer.actor("otto"), await alpha.ask(lambda: ActorKey.get(actor=alpha.instance.actor, kind=KeyKind.ED25519))

    async def strict(request: web.Request) -> web.Response:
        try:
            asked = Request("GET", peer.origin + request.path, request.headers, b"")
            assert 'nonce="c2Fs"' in request.headers["Signature-Input"]
            rfc9421.verify(asked, keys.load_public(ours.public_pem), clock.now(), 60)
        except (KeyError, Unproven):
            asks = 'sig1=("@method" "@authority");alg="ed25519";nonce="c2Fs"'
            return web.Response(status=401, headers={"Accept-Signature": asks})
        return web.json_response(otto.document, content_type="application/activity+json")
    peer.pages["/users/otto"] = strict
    for requests in (2, 3):
        assert (await alpha.run(resolve.fetch_actor(alpha.instance, otto.uri))).uri == otto.uri
        assert len(peer.fetched) == requests
