"""What partners read of our directory. To everybody else there is nothing at any of these addresses, signed or not."""
from __future__ import annotations

from typing import Any

from aiohttp import web

from federation import directories, listing_alarms, listing_documents, listing_views
from federation.directories import subscriber
from models import Actor, ActorKey, DirectoryPeer, OfferedListing
from models.community import DirectoryMode
from models.database import in_transaction
from models.errors import NotHere
from models.host import Standing
from moderation import hosts
from server.entrance import peers
from server.entrance.limits import TooOften
from server.keys import COMMUNITY, INSTANCE, LIMITS


async def actor(request: web.Request) -> web.Response:
    """GET /directory: the actor itself, for partners."""
    await _partner(request)
    if request.app[COMMUNITY].row.directory is DirectoryMode.OFF:
        raise NotHere("no directory")
    us = await directories.ensure(request.app[INSTANCE])
    return peers.activity(directories.document(us, await ActorKey.shown(us.id), request.app[COMMUNITY].row.name))


async def nothing(request: web.Request) -> web.Response:
    """GET /directory/outbox, /directory/followers: what is said here goes to one partner at a time, and who subscribes is told
    to nobody.
    """
    await _partner(request)
    return await peers.nothing(request)


async def listings(request: web.Request) -> web.Response:
    """GET /directory/listings: the list as this partner may read it, or a page of it."""
    us, them = await _subscribed(request)
    peer = await DirectoryPeer.of(them.host)
    if not (cursor := request.query.get("page", "")):
        await _count(request, peer, pages=False)
        return _collection(request, await listing_views.collection(us, them.host))
    await _count(request, peer)
    document, rows = await listing_views.page(us, peer, cursor)
    async with in_transaction():
        await listing_views.told(us, rows)
    return peers.activity(document)


async def listing(request: web.Request) -> web.Response:
    """GET /directory/listings/{listing}: one of them."""
    us, row, _ = await _row(request, "key", request.match_info["listing"])
    async with in_transaction():
        await listing_views.told(us, [row])
    context = {"@context": listing_documents.context(request.app[INSTANCE].origin)}
    return peers.activity(context | listing_documents.document(row, us))


async def stamp(request: web.Request) -> web.Response:
    """GET /directory/stamps/{stamp}: that the member agreed to being on this partner's list."""
    us, row, them = await _row(request, "stamp_key", request.match_info["stamp"])
    return peers.activity(listing_documents.stamp(row, us, them))


def _collection(request: web.Request, document: dict[str, Any]) -> web.Response:
    tag = f'"{document["digest"]}"'
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers={"ETag": tag, "Vary": "Signature, Accept"})
    answer = peers.activity(document)
    answer.headers["ETag"] = tag
    return answer


async def _row(request: web.Request, column: str, key: str) -> tuple[Actor, OfferedListing, Actor]:
    """What one name of a listing names, for the partner who was told it. Whoever else asks has it from there."""
    us, them = await _subscribed(request)
    row = await OfferedListing.filter(**{column: key}).first()
    if row is not None and row.host != them.host:
        await listing_alarms.leaked(row.host, them.host)
        row = None
    if row is None:
        raise NotHere("no such listing")
    await _count(request, await DirectoryPeer.of(them.host), pages=False)
    return us, row, them


async def _count(request: web.Request, peer: DirectoryPeer, *, pages: bool = True) -> None:
    """Not faster than a server needs, and not the whole list a hundred times a day."""
    try:
        request.app[LIMITS].take("directory_peer", peer.host)
        if pages and not await listing_views.count_page(peer):
            raise TooOften("directory pages", 3600)
    except TooOften:
        await listing_alarms.reads_on(f"host:{peer.host}", peer.host)
        raise


async def _subscribed(request: web.Request) -> tuple[Actor, Actor]:
    host, us = await _partner(request), await directories.ours()
    them = await subscriber(us, host) if us and await directories.is_open() else None
    if us is None or them is None:
        raise NotHere("not subscribed")
    return us, them


async def _partner(request: web.Request) -> str:
    host = await peers.caller(request)
    if await hosts.standing(host) is not Standing.PARTNER:
        raise NotHere("not for this host")
    return host
