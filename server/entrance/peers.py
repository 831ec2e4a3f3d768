"""What other servers ask of us: inboxes, documents, discovery. Handlers behind `doors.peer`."""
from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

from aiohttp import web

from federation import (
    censuses,
    charters,
    collections,
    continuity,
    disclosure,
    discovery,
    inbox,
    keyring,
    listing_documents,
    render,
    signatures,
    stamps,
)
from federation.addresses import host_of
from federation.errors import Malformed, Refused, Unproven
from federation.signatures import Request
from models import Actor, ActorKey, Post, Stamp, clock
from models.errors import CommunityError, NotHere
from models.member import MemberState
from models.parts import END_OF_TIME
from models.reach import Reach
from moderation import consent, hosts, lines
from moderation.visibility import VISITOR, Viewer, may_see
from server.entrance.limits import TooOften
from server.entrance.proxies import bucket, client_address
from server.errors import BadRequest
from server.keys import COMMUNITY, INSTANCE, LIMITS, PRECEDENCE, RELAY, SETTINGS

ACTIVITY_TYPE = "application/activity+json"
INBOXES = ("/inbox", "/actor/inbox", "/actors/{key}/inbox", "/directory/inbox")
ID_DIGITS = 19  # of a row's id, in these decades
CHUNK_BYTES = 64 * 1024
BODY_SECONDS = 20.0
AP_ACCEPT = ("application/activity+json", "application/ld+json", "application/json")


class TooLarge(CommunityError):
    """More bytes than an activity may have."""

    status = 413
    safe = "error.too_much"


class TooSlow(CommunityError):
    """The body did not come in time: a peer that drips must not hold a connection for ever."""

    status = 408
    safe = "error.bad_request"


async def receive(request: web.Request) -> web.Response:
    """POST to one of INBOXES: 202 once it is proven and stored, and not before (fediverse.md §8.1)."""
    received_at = clock.now()
    body = await _body(request)
    if RELAY in request.app:
        return await request.app[RELAY].pass_on(request, body, client_address(request, request.app[SETTINGS].trusted_proxies))
    await request.app[PRECEDENCE].give_way()
    signed = Request(request.method, _url(request), request.headers, body)
    await _limit_strangers(request, signed)
    async with await _limited_reading(request, signed):
        await inbox.accept(request.app[INSTANCE], signed, received_at)
    return web.Response(status=202)


async def actor(request: web.Request) -> web.Response:
    """GET /actors/{key}: a member's document, for servers that we exchange with, once the member has agreed to be known there."""
    host = await caller(request)
    if gone := await Actor.get_or_none(key=request.match_info["key"], host="", deleted_at__isnull=False):
        if await disclosure.may_be_there(gone.uri, host):
            return activity(collections.tombstone(gone), status=410)
    if away := await Actor.get_or_none(key=request.match_info["key"], member__state=MemberState.SUSPENDED):
        if await disclosure.may_be_there(away.uri, host):
            return activity(render.suspended_document(away, await ActorKey.shown(away.id), _origin(request)))
    found = await _member(request)
    await disclosure.told(found, found.uri, host, disclosure.FETCHED)
    readers = await lines.readers_of(await Viewer.peer(host), found)
    return await actor_answer(found, readers, _origin(request))


async def actor_answer(found: Actor, readers: Reach, origin: str) -> web.Response:
    """A member's document, with the lines that reach these readers."""
    return activity(render.actor_document(found, await ActorKey.shown(found.id), origin, readers))


async def instance(request: web.Request) -> web.Response:
    """GET /actor: who signs for this community. Anybody may read it, or two careful servers wait for each other for ever."""
    found = request.app[INSTANCE].actor
    keys = await ActorKey.shown(found.id)
    return activity(render.instance_document(found, keys, _origin(request), request.app[COMMUNITY].row.name))


async def post(request: web.Request) -> web.Response:
    """GET /posts/{key}: a message, for a server whose people may see it. A browser is sent to the page."""
    if wants_page(request):
        return web.Response(status=303, headers={"Location": f"/m/{request.match_info['key']}"})
    host = await caller(request)
    found = await Post.get_or_none(key=request.match_info["key"], author__host="").select_related("author")
    if found is None:
        raise NotHere("no such post")
    if found.deleted_at and await disclosure.may_be_there(found.uri, host):
        return activity(collections.tombstone(found), status=410)
    if not await may_see(await Viewer.peer(host), found):
        raise NotHere("not for this host")
    await disclosure.told(found.author, found.uri, host, disclosure.FETCHED)
    return activity(await collections.note_document(found, await Viewer.peer(host)))


async def replies(request: web.Request) -> web.Response:
    """GET /posts/{key}/replies: which answers there are, of those that the caller's server may know of."""
    found, viewer = await _shown(request)
    return activity(await collections.replies(found, viewer, _page_after(request)))


async def context(request: web.Request) -> web.Response:
    """GET /posts/{key}/context: the whole conversation that a message of ours began, as far as the caller may know of it."""
    found, viewer = await _shown(request)
    if found.conversation != found.uri:
        raise NotHere("begins no conversation")
    return activity(await collections.context(found, viewer, _page_after(request)))


async def _shown(request: web.Request) -> tuple[Post, Viewer]:
    """A message of ours that the caller's server may see."""
    viewer = await Viewer.peer(await caller(request))
    found = await Post.get_or_none(key=request.match_info["key"], author__host="").select_related("author")
    if found is None or not await may_see(viewer, found):
        raise NotHere("no such post")
    return found, viewer


def _page_after(request: web.Request) -> int | None:
    page = request.query.get("page")
    if page is not None and not (page.isascii() and page.isdigit() and len(page) <= ID_DIGITS):
        raise BadRequest("page")
    return min(int(page), END_OF_TIME) if page is not None else None


async def stamp(request: web.Request) -> web.Response:
    """GET /stamps/{key}: what a member allowed somebody, for servers whose people may see the message."""
    host = await caller(request)
    found = await Stamp.get_or_none(key=request.match_info["key"]).select_related("post__author", "asker")
    if found is None or not await may_see(await Viewer.peer(host), found.post):
        raise NotHere("no such stamp")
    await disclosure.told(found.post.author, stamps.uri_of(found), host, disclosure.FETCHED)  # so that its end is told there
    return activity(stamps.document(found))


async def outbox(request: web.Request) -> web.Response:
    """GET /actors/{key}/outbox: messages for the whole web."""
    host = await caller(request)
    found = await _member(request)
    page = request.query.get("page")
    if not page:
        return activity(collections.outbox_index(found))
    before = None if page == "first" else _page_after(request)
    return activity(await collections.outbox_page(found, await Viewer.peer(host), before))


async def followers(request: web.Request) -> web.Response:
    """GET /actors/{key}/followers: those of the caller's own server."""
    host = await caller(request)
    return activity(await collections.followers(await _member(request), host))


async def following(request: web.Request) -> web.Response:
    """GET /actors/{key}/following: those of the caller's own server."""
    host = await caller(request)
    return activity(await collections.following(await _member(request), host))


async def featured(request: web.Request) -> web.Response:
    """GET /actors/{key}/featured: what a member keeps on top, of what the caller's people may see."""
    host = await caller(request)
    return activity(await collections.featured(await _member(request), await Viewer.peer(host)))


async def featured_tags(request: web.Request) -> web.Response:
    """GET /actors/{key}/tags: the topics that a member shows on top, of messages which the caller's people may see."""
    host = await caller(request)
    return activity(await collections.featured_tags(await _member(request), await Viewer.peer(host), _origin(request)))


async def nothing(request: web.Request) -> web.Response:
    """GET /actor/outbox, followers, following, featured: the instance actor says and follows nothing of its own."""
    return activity(collections.empty(_origin(request) + request.path))


async def webfinger(request: web.Request) -> web.Response:
    """GET /.well-known/webfinger."""
    request.app[LIMITS].take("webfinger", _client(request))
    resource = request.query.get("resource", "")
    if not resource or len(resource) > 1000:
        raise BadRequest("resource")
    found = await discovery.find(_origin(request), resource)
    body = json.dumps(discovery.jrd(found, _origin(request), resource, request.query.getall("rel", ())))
    return web.Response(text=body, content_type="application/jrd+json", headers={"Access-Control-Allow-Origin": "*"})


async def host_meta(request: web.Request) -> web.Response:
    """GET /.well-known/host-meta."""
    return web.Response(text=discovery.host_meta(_origin(request)), content_type="application/xrd+xml")


async def nodeinfo_links(request: web.Request) -> web.Response:
    """GET /.well-known/nodeinfo."""
    return web.json_response(discovery.nodeinfo_links(_origin(request), request.app[INSTANCE].actor),
                             headers={"Access-Control-Allow-Origin": "*"})


async def nodeinfo(request: web.Request) -> web.Response:
    """GET /nodeinfo/2.0 and 2.1."""
    version = request.match_info["version"]
    document = discovery.nodeinfo(version, _origin(request), request.app[COMMUNITY].row, request.app[SETTINGS].source_url)
    profile = f'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/{version}#"'
    return web.Response(body=json.dumps(document).encode(), headers={"Content-Type": profile})


async def terms(request: web.Request) -> web.Response:
    """GET /ns: our own words on the wire, as a JSON-LD context that people can read too."""
    words = render.terms_document(_origin(request))["@context"] | charters.terms(_origin(request))
    words |= listing_documents.terms(_origin(request)) | censuses.terms(_origin(request))
    return web.json_response({"@context": words}, content_type="application/ld+json")


async def caller(request: web.Request) -> str:
    """The host that signed this fetch. Unproven (401) without a good signature, Refused (403) for hosts that we do not know."""
    signed = Request(request.method, _url(request), request.headers, b"")
    claim = signatures.parse(signed)
    host = host_of(claim.key_id)
    if not hosts.is_heard(await hosts.standing(host)):
        raise Refused("host", host=host)
    async with await _limited_reading(request, signed):
        signer = await inbox.prove(request.app[INSTANCE], signed, claim, clock.now())
    await continuity.check(request.app[INSTANCE], claim.key_id, signer)
    return signer.host


async def viewer_of(request: web.Request) -> Viewer:
    """Who asks for something that visitors may see too: the host that signed, or a visitor."""
    if "Signature" not in request.headers:
        return VISITOR
    return await Viewer.peer(await caller(request))


async def _member(request: web.Request) -> Actor:
    """The member in the address, if known elsewhere at all: absent, gone and not agreed look the same."""
    found = await Actor.get_or_none(Actor.present(), key=request.match_info["key"], host="")
    if found is None or not await consent.may_leave(found.id):
        raise NotHere("no such actor")
    return found


async def _body(request: web.Request) -> bytes:
    limit = request.app[SETTINGS].inbox_limit_bytes
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise BadRequest("content encoding")
    if request.content.is_eof() and request.content.total_bytes <= limit:  # it came with its headers, as most do
        return request.content.read_nowait()
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_chunked(CHUNK_BYTES):
                body += chunk
                if len(body) > limit:
                    raise TooLarge("inbox")
    except TimeoutError as error:
        raise TooSlow("inbox") from error
    return bytes(body)


async def _limit_strangers(request: web.Request, signed: Request) -> None:
    """What servers that we do not know may make us do is bounded: each first request of theirs costs us a fetch."""
    try:
        host = host_of(signatures.parse(signed).key_id)
    except (Unproven, Malformed):
        host = ""
    if not host or not hosts.is_heard(await hosts.standing(host)):
        try:
            request.app[LIMITS].take("inbox_unknown", _client(request))
        except TooOften:
            if not host:
                raise Unproven("unsigned") from None
            raise


async def _limited_reading(request: web.Request, signed: Request) -> AbstractAsyncContextManager[None]:
    """Somebody who names a key that we have to read is let, as often as it then proves who they are. Else anybody could spend
    the requests that we may make of a partner, with ids of keys that do not exist there.
    """
    try:
        is_known = await keyring.find(signatures.parse(signed).key_id) is not None
    except Unproven:
        is_known = True  # nothing is read for it
    return nullcontext() if is_known else _limited(request)


@asynccontextmanager
async def _limited(request: web.Request) -> AsyncIterator[None]:
    client = _client(request)
    request.app[LIMITS].take("new_key", client)
    yield
    request.app[LIMITS].give_back("new_key", client)


def wants_page(request: web.Request) -> bool:
    """Whether a browser asks, and no server."""
    accept = request.headers.get("Accept", "")
    return "text/html" in accept and not any(kind in accept for kind in AP_ACCEPT)


def _url(request: web.Request) -> str:
    """What the peer must have signed: our own origin, never the Host header, and the target as it was sent."""
    return _origin(request) + request.raw_path


def _origin(request: web.Request) -> str:
    return request.app[SETTINGS].origin


def _client(request: web.Request) -> str:
    return bucket(client_address(request, request.app[SETTINGS].trusted_proxies))


def activity(document: dict[str, Any], status: int = 200) -> web.Response:
    """A document for another server, never to be kept by a cache."""
    headers = {"Vary": "Signature, Accept", "Cache-Control": "private, no-store"}
    return web.Response(text=json.dumps(document, ensure_ascii=False), status=status, content_type=ACTIVITY_TYPE, headers=headers)
