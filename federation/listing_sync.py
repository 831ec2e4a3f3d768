"""Keeping our copy of a partner's list the same as the list: compared once a day by one number, read whole where it differs.

What cannot be compared for fourteen days is over by itself: no server has to be there when something is taken back.
"""
from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

import structlog

from federation import directories, instances, listing_documents, listing_news, outbox, resolve, values
from federation.addresses import same_origin
from federation.directories import view_of
from federation.errors import Malformed
from federation.instance import Instance
from federation.listing_news import LISTINGS_LIMIT
from models import Actor, DirectoryPeer, Follow, Host, Listing, Q, Subquery, Tombstone, clock, listings
from models.community import Community, DirectoryMode
from models.database import in_transaction
from models.errors import CommunityError
from models.host import Standing
from models.ids import new_key
from models.listings import Told
from moderation import counts

COMPARE_AFTER = timedelta(days=1)
FULL_AFTER = timedelta(hours=1)  # a list that never fits is read whole no more often than this
ASK_AGAIN_AFTER = timedelta(days=1)
RETRY_AFTER = timedelta(minutes=5)
PAGE_LIMIT = 100
PAGES_LIMIT = LISTINGS_LIMIT // PAGE_LIMIT + 1
PAGE_BYTES = 128 * 1024
AT_ONCE = 20  # partners that are looked at
SPOT_CHECKS = 3  # stamps that are asked for after each comparison
DOUBTED_FOR = timedelta(hours=1)
log = structlog.get_logger()


async def subscribe_due(instance: Instance) -> int:
    """A job: ask the directory of a partner that we have not asked yet; how many were asked."""
    if not await directories.is_open() or (await Community.current()).directory is not DirectoryMode.AUTOMATIC:
        return 0
    us = await directories.ensure(instance)
    over = Q(stopped_at__isnull=False) | Q(asked_at__gt=clock.now() - ASK_AGAIN_AFTER)
    asked = Subquery(DirectoryPeer.filter(over).values("host"))
    for host in await Host.filter(standing=Standing.PARTNER).exclude(name__in=asked).order_by("id").limit(AT_ONCE):
        if await subscribe(instance, us, host, await DirectoryPeer.of(host.name)):
            return 1
    return 0


async def subscribe(instance: Instance, us: Actor, host: Host, peer: DirectoryPeer) -> bool:
    """Ask one directory, unless we have its yes; whether it was asked. Network."""
    try:
        if not host.directory_uri:
            await instances.instance_actor(instance, host.name)
            host = await Host.get(id=host.id)
        them = await resolve.actor(instance, host.directory_uri, fresh=True) if host.directory_uri else None
    except CommunityError as error:
        log.info("a partner shows no directory", host=host.name, reason=type(error).__name__)
        them = None
    async with in_transaction():
        await peer.change(asked_at=clock.now() if them else clock.now() - ASK_AGAIN_AFTER + RETRY_AFTER)
        if them is None or await directories.subscription(us, them):
            return False
        known = await Follow.between(us, them)
        await outbox.follow(await Follow.request(known.uri if known else f"{us.uri}/follows/{new_key()}", us, them))
    return True


async def read_due(instance: Instance) -> int:
    """A job: compare one list that is due; 1 if there was one."""
    us, now = await directories.ours(), clock.now()
    if us is None:
        return 0
    yes = Follow.filter(follower_id=us.id, accepted_at__isnull=False).select_related("target")
    subscribed = {follow.target.host: follow.target for follow in await yes}
    due = Q(wanted_at__lte=now) | Q(wanted_at__isnull=True, read_at__isnull=True) | Q(read_at__lt=now - COMPARE_AFTER)
    peer = await DirectoryPeer.filter(due, host__in=list(subscribed) or [""], stopped_at__isnull=True).order_by("read_at").first()
    if peer is None:
        return 0
    try:
        await compare(instance, peer, subscribed[peer.host])
    except CommunityError as error:
        log.info("the list of a partner cannot be read", host=peer.host, reason=type(error).__name__)
        await peer.change(wanted_at=now + RETRY_AFTER, read_at=peer.read_at or now - COMPARE_AFTER)
    return 1


async def compare(instance: Instance, peer: DirectoryPeer, them: Actor) -> None:
    """Find out whether we know the list as it is, and read it whole if not. Network. Raises Malformed, Refused, Unreachable."""
    if await directories.host_of_directory(them) is None:
        raise Malformed("no longer the directory of a partner", host=them.host)
    said, until, digest = await _said(instance, peer, them)
    known = await listings.versions(them.host)
    if listing_documents.digest(known.items()) != digest:
        if peer.full_at and peer.full_at > clock.now() - FULL_AFTER:
            await peer.change(wanted_at=peer.full_at + FULL_AFTER)
            return
        await _read_all(instance, peer, them)
        known = await listings.versions(them.host)
    fits = listing_documents.digest(known.items()) == digest
    async with in_transaction():
        if fits:
            await listings.renew(them.host, until)
        await peer.change(read_at=clock.now(), view_updated_at=said, wanted_at=None, full_at=None if fits else peer.full_at)
    await _check_stamps(instance, peer, them)


async def _said(instance: Instance, peer: DirectoryPeer, them: Actor) -> tuple[datetime, datetime, str]:
    """What the list says of itself: when it was made, until when it holds, its digest. It never goes back in time."""
    document = await _document(instance, view_of(them.uri), them)
    said = values.instant(document.get("updated"))
    until = values.instant(document.get("endTime"), listing_documents.LIFETIME)
    digest = values.text(document.get("digest"), 64)
    if said is None or until is None or not digest or values.link(document.get("attributedTo")) != them.uri:
        raise Malformed("a list that does not say what it is", host=them.host)
    if peer.view_updated_at and said < peer.view_updated_at:
        raise Malformed("a list of earlier", host=them.host)
    return said, until, digest


async def _read_all(instance: Instance, peer: DirectoryPeer, them: Actor) -> None:
    """Every page; what does not stand there any more goes. Nothing changes unless the end was reached."""
    await peer.change(full_at=clock.now())
    told, url = dict[str, Told](), f"{view_of(them.uri)}?page=first"
    for _ in range(PAGES_LIMIT):
        document = await _document(instance, url, them)
        items = document.get("orderedItems")
        if not isinstance(items, list) or len(items) > PAGE_LIMIT:
            raise Malformed("not a page of a list", host=them.host)
        for item in items:
            one = listing_documents.parse(item, them)
            told[one.uri] = one
        if len(told) > LISTINGS_LIMIT:
            break
        if not document.get("next"):
            await _replace(them, told)
            return
        url = values.required_link(document, "next")
    raise Malformed("a list without an end", host=them.host)


async def _replace(them: Actor, told: dict[str, Told]) -> None:
    """Keep these, and nothing else of that server."""
    known, least = await listings.versions(them.host), (await counts.thresholds()).outside
    gone = [uri for uri in known if uri not in told]
    news = [one for one in told.values() if known.get(one.uri) != one.updated_at]
    async with in_transaction():
        await listings.take_away(gone, them.host, least)
    for at in range(0, len(news), listings.CHUNK):
        async with in_transaction():
            await listing_news.keep(news[at:at + listings.CHUNK], them)


async def _check_stamps(instance: Instance, peer: DirectoryPeer, them: Actor) -> None:
    """Some permissions, others each time, are asked for where they stand. One that is not there is asked for once more an hour
    later: a wrong answer ends nothing, a second one ends its listing for good.
    """
    theirs, now = Listing.filter(host=them.host), clock.now()
    again = await theirs.filter(doubted_at__lte=now - DOUBTED_FOR).limit(SPOT_CHECKS)
    first = secrets.randbelow(max(await theirs.count() - SPOT_CHECKS, 0) + 1)
    some = await theirs.order_by("updated_at").offset(first).limit(SPOT_CHECKS)
    for one in {one.id: one for one in [*again, *some]}.values():
        if await is_permitted(instance, one, them):
            await Listing.filter(id=one.id, doubted_at__isnull=False).update(doubted_at=None)
        elif one.doubted_at is None:
            await Listing.filter(id=one.id).update(doubted_at=now)
        elif one.doubted_at <= now - DOUBTED_FOR:
            async with in_transaction():
                await listings.take_away([one.uri], them.host, (await counts.thresholds()).outside)
                await Tombstone.bury(one.uri, them.uri)
    if await theirs.filter(doubted_at__isnull=False).exists():
        await peer.change(wanted_at=now + DOUBTED_FOR)


async def is_permitted(instance: Instance, listing: Listing, them: Actor) -> bool:
    """Whether the permission for a listing stands where it says, for this listing. Network; True if nobody answers."""
    try:
        document = await _document(instance, listing.stamp_uri, them)
    except CommunityError as error:
        return bool(getattr(error, "retry", False))
    return document.get("type") == "FeatureAuthorization" and document.get("interactionTarget") == listing.uri


async def _document(instance: Instance, url: str, them: Actor) -> dict[str, Any]:
    """A document of the directory's own server."""
    if not same_origin(url, them.uri):
        raise Malformed("a page on another server", host=them.host)
    answered, document = await instance.client.get_document(url, headers_for=instance.sign_there(url), limit_bytes=PAGE_BYTES,
                                                            fresh=True)
    if not same_origin(answered, them.uri):
        raise Malformed("a page on another server", host=them.host)
    return document
