"""/admin/directory: with which partners it is shared, how much each was told, and what looks like collecting people."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from federation import directories, listing_alarms, listing_subscriptions
from models import AuditEntry, Community, DirectoryPeer, Follow, Host, OfferedListing, clock
from models.community import DirectoryMode
from models.database import in_transaction
from models.host import Standing
from moderation import counts
from server.appearance import render
from server.doors import see
from server.errors import BadRequest
from server.keys import FORM, MEMBER

HERE = "/admin/directory"
PEERS_ON_A_PAGE = 200
ALARMS_ON_A_PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerView:
    """One partner. `told`: how many people it was told of, as far as it may be said; None for few or none."""

    name: str
    title: str
    reads_us: bool
    asks: bool
    we_read: bool
    read_at: datetime | None
    is_stopped: bool
    told: int | None
    alarmed_at: datetime | None


async def show(request: web.Request) -> web.Response:
    """GET /admin/directory."""
    community, us = await Community.current(), await directories.ours()
    hosts = await Host.filter(standing=Standing.PARTNER).order_by("title", "name").limit(PEERS_ON_A_PAGE)
    kinds = [listing_alarms.LEAKED, listing_alarms.READS_ON, listing_alarms.TRIES]
    alarms = await AuditEntry.filter(action__in=kinds).order_by("-id").limit(ALARMS_ON_A_PAGE)
    return render.page(
        request, "admin_directory.html", here="directory", peers=await _peers(us.id if us else 0, hosts),
        mode=str(community.directory), is_open=community.directory_opened_at is not None, done=request.query.get("done", ""),
        alarms=[(one.action, one.target.partition(":")[2], one.reason, one.created_at) for one in alarms])


async def save(request: web.Request) -> web.Response:
    """POST /admin/directory: with whom it is shared."""
    typed = request[FORM].get("mode") or ""
    if typed not in set(DirectoryMode):
        raise BadRequest("mode")
    mode = DirectoryMode(typed)
    async with in_transaction():
        await (await Community.current()).change(directory=mode)
        await AuditEntry.create(actor_id=request[MEMBER].actor_id, action="directory.mode", target=f"directory:{mode}")
        if mode is DirectoryMode.OFF:
            for peer in await DirectoryPeer.all():
                await listing_subscriptions.end(peer.host)
    return see(f"{HERE}?done=saved")


async def decide(request: web.Request) -> web.Response:
    """POST /admin/directory/{host}: let a partner read, or stop."""
    host, wanted = request.match_info["host"], request[FORM].get("do")
    if not await Host.exists(name=host) or wanted not in ("allow", "stop"):
        raise BadRequest("host")
    peer = await DirectoryPeer.of(host)
    async with in_transaction():
        await AuditEntry.create(actor_id=request[MEMBER].actor_id, action=f"directory.{wanted}", target=f"host:{host}")
        if wanted == "stop":
            await listing_subscriptions.end(host)
            await peer.change(stopped_at=clock.now())
        else:
            await peer.change(stopped_at=None, asked_at=None, alarmed_at=None)
            us = await directories.ours()
            if us and await Follow.exists(target_id=us.id, follower__host=host, accepted_at__isnull=True):
                await listing_subscriptions.allow(host)
    return see(f"{HERE}?done={wanted}")


async def _peers(us: int, hosts: Sequence[Host]) -> list[PeerView]:
    """All of them, by one question of each kind."""
    names, least = [host.name for host in hosts] or [""], (await counts.thresholds()).inside
    known = {peer.host: peer for peer in await DirectoryPeer.filter(host__in=names)}
    reading = {follow.follower.host: follow for follow in await Follow.filter(
        target_id=us, follower__host__in=names).select_related("follower")}
    read = {str(name) for name in await Follow.filter(
        follower_id=us, target__host__in=names, accepted_at__isnull=False).values_list("target__host", flat=True)}
    told = await OfferedListing.people(names)
    return [_peer(host, known.get(host.name), reading.get(host.name), we_read=host.name in read,
                  told=counts.inside(told.get(host.name, 0), least)) for host in hosts]


def _peer(host: Host, peer: DirectoryPeer | None, follows: Follow | None, *, we_read: bool, told: int | None) -> PeerView:
    return PeerView(
        name=host.name, title=host.title or host.name, reads_us=bool(follows and follows.accepted_at),
        asks=bool(follows and not follows.accepted_at), we_read=we_read,
        read_at=peer.read_at if peer else None, is_stopped=bool(peer and peer.stopped_at), told=told,
        alarmed_at=peer.alarmed_at if peer else None)
