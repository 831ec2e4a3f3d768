"""Meeting somebody of a directory: asked under a pseudonym, answered in peace, and nobody's address is told before two yeses.

    Offer{Relationship}   the directory of who asks -> the other's: somebody (a pseudonym) would like to meet this listing
    Accept{Offer}         -> back: the one who was asked said yes; no address yet
    Accept{Offer} result  -> there: who asked, by address. The other's server looks whether that one is blocked
    Accept{Offer} result  -> back: who was asked, by address

A no is never sent, and looks like no answer: both are over after fourteen days.
"""
from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from federation import directories, listing_alarms, listing_documents, values
from federation.addresses import origin_of, same_origin
from federation.errors import Malformed, Refused
from federation.incoming import Incoming
from federation.listing_news import check, say
from federation.render import instant
from models import Actor, Block, DirectoryPeer, Host, HostBlock, Introduction, Notification, OfferedListing, clock
from models.actor import ActorKind
from models.directory import IntroductionState
from models.notification import Notice
from models.turns import take_turn
from moderation import consent

RELATIONSHIP = "introduction"  # relative to the terms of who asks, `{origin}/ns#`
LIFETIME = timedelta(days=14)
NEVER_AGAIN = timedelta(days=365)  # somebody who was declined does not get through to the same person sooner
TEXT_LIMIT = 300
WAITING_LIMIT = 20  # that one member has to answer; what is more is not put before them
OFFERS_A_DAY = 200  # of one partner


def pseudonym_of(us: Actor, peer: DirectoryPeer, asker: Actor, listing_uri: str) -> str:
    """Who asks, as the other side is told: the same each time for the same two, another one for everybody else."""
    return f"{us.uri}/introductions/{directories.pairwise(peer, 'introduction', asker.key, listing_uri)}"


async def offer(us: Actor, them: Actor, asked: Introduction) -> None:
    """Ask. Inside the act's transaction."""
    relationship = {"type": "Relationship", "subject": asked.pseudonym_uri, "object": asked.listing_uri,
                    "relationship": f"{origin_of(us.uri)}/ns#{RELATIONSHIP}"}
    more = {"content": asked.text} if asked.text else {}
    await say("Offer", us, them, relationship, about=asked.offer_uri, uri=asked.offer_uri,
              extra=more | {"endTime": instant(asked.ends_at)})


async def accept(us: Actor, them: Actor, asked: Introduction, result: str = "") -> None:
    """Say yes, and by `result` who it is that we speak for. Inside the act's transaction."""
    asker, other = (us, them) if asked.is_asker else (them, us)
    inner = {"id": asked.offer_uri, "type": "Offer", "actor": asker.uri, "object": {
        "type": "Relationship", "subject": asked.pseudonym_uri, "object": asked.listing_uri,
        "relationship": f"{origin_of(asker.uri)}/ns#{RELATIONSHIP}"}, "to": [other.uri]}
    await say("Accept", us, them, inner, about=asked.offer_uri, extra={"result": result} if result else None)


def is_offer(incoming: Incoming) -> bool:
    """Whether a directory asks for an introduction."""
    thing = incoming.activity.object
    return (incoming.sender.kind is ActorKind.SERVICE and isinstance(thing, dict) and thing.get("type") == "Relationship"
            and str(thing.get("relationship", "")).endswith(f"/ns#{RELATIONSHIP}"))


async def receive(incoming: Incoming) -> None:
    """Put it before the member, if it may be. Nothing tells the other side whether it was."""
    host, us = await _heard(incoming), await directories.ours()
    thing, said = incoming.activity.object, json.loads(incoming.body)
    pseudonym, uri = values.link(thing.get("subject")), values.link(thing.get("object"))
    if us is None or not pseudonym or not uri or not same_origin(pseudonym, incoming.sender.uri):
        raise Malformed("an introduction without somebody to meet", host=host.name)
    listing = await OfferedListing.get_or_none(key=listing_documents.key_in(uri, us)).select_related("actor")
    if listing is not None and listing.host != host.name:
        await listing_alarms.leaked(listing.host, host.name)
        return
    until = values.instant(said.get("endTime"), LIFETIME) or clock.now()
    if listing is not None and listing.actor is not None and until > clock.now():
        text = values.text(said.get("content"), TEXT_LIMIT) or ""
        await _put_before(listing.actor, incoming.activity.id, {"host": host.name, "is_asker": False, "listing_uri": uri,
                                                                "pseudonym_uri": pseudonym, "text": text, "ends_at": until})


async def _heard(incoming: Incoming) -> Host:
    """The partner that asks or answers. Raises Refused where our host has stopped its directory."""
    host = await check(incoming)
    if (await DirectoryPeer.of(host.name)).stopped_at:
        raise Refused("of a directory that we have stopped", host=host.name)
    return host


async def _put_before(actor: Actor, offer_uri: str, columns: dict[str, Any]) -> None:
    await take_turn("introduction", actor.id)  # whoever answers the last one takes the notice away
    if await _is_welcome(actor, columns["host"], columns["pseudonym_uri"]):
        _, is_new = await Introduction.get_or_create({"actor": actor} | columns, offer_uri=offer_uri)
        if is_new:
            await Notification.tell(actor, Notice.INTRODUCTION, host=columns["host"])


async def _is_welcome(actor: Actor, host: str, pseudonym: str) -> bool:
    """Not from a server that the member blocks, not the same one twice, not more than somebody can answer, and not more than a
    server can honestly ask.
    """
    now = clock.now()
    if await HostBlock.exists(owner_id=actor.id, host=host):
        return False
    if await Introduction.exists(actor_id=actor.id, pseudonym_uri=pseudonym, created_at__gt=now - NEVER_AGAIN):
        return False
    waiting = Introduction.filter(actor_id=actor.id, is_asker=False, state=IntroductionState.ASKED, ends_at__gt=now)
    of_today = Introduction.filter(host=host, is_asker=False, created_at__gt=now - timedelta(days=1))
    return await waiting.count() < WAITING_LIMIT and await of_today.count() < OFFERS_A_DAY


async def is_answer(incoming: Incoming) -> bool:
    """Accept of an introduction, ours or theirs. False if this is about something else."""
    if incoming.activity.object_type != "Offer" or incoming.sender.kind is not ActorKind.SERVICE:
        return False
    host, us = await _heard(incoming), await directories.ours()
    known = await Introduction.get_or_none(offer_uri=incoming.activity.object_id, host=host.name).select_related("actor")
    if us is None or known is None:
        return True
    result = values.link(json.loads(incoming.body).get("result"))
    if result is not None and not same_origin(result, incoming.sender.uri):
        raise Malformed("somebody of another server", host=host.name)
    await _go_on(us, incoming.sender, known, result or "")
    return True


async def _go_on(us: Actor, them: Actor, known: Introduction, result: str) -> None:
    """The next step, once for each."""
    if not await _may_be_named(known):
        return
    if known.is_asker and known.state is IntroductionState.ASKED and known.ends_at > clock.now():
        await _change(known, state=IntroductionState.AGREED)
        await accept(us, them, known, known.actor.uri)
    elif known.is_asker and known.state is IntroductionState.AGREED and result:
        await _meet(known, result)
    elif not known.is_asker and known.state is IntroductionState.AGREED and result and not await _is_blocked(known, result):
        await accept(us, them, known, known.actor.uri)
        await _meet(known, result)


async def _may_be_named(known: Introduction) -> bool:
    """Whether ours still wants to be known there: who has taken back the yes to copies elsewhere (C5) meanwhile, has left, or
    blocks that server is named to nobody, and for the other side that is no answer.
    """
    if known.actor.is_gone or await HostBlock.exists(owner_id=known.actor_id, host=known.host):
        return False
    return await consent.may_leave(known.actor_id) is not None


async def _meet(known: Introduction, uri: str) -> None:
    """Both have said yes: each side knows the other, and the server's next job brings them together."""
    if known.is_asker and await _is_blocked(known, uri):
        return
    await _change(known, state=IntroductionState.MET, met_uri=uri, text="")


async def _is_blocked(known: Introduction, uri: str) -> bool:
    other = await Actor.get_or_none(uri=uri)
    return other is not None and await Block.either_way(known.actor_id, other.id)


async def _change(known: Introduction, **columns: Any) -> None:
    known.update_from_dict(columns)
    await known.save(update_fields=list(columns))


async def have_met(ours: Actor, other: Actor) -> bool:
    """Whether these two have been introduced, so that a Follow between them needs no further yes."""
    return await Introduction.exists(actor_id=ours.id, met_uri=other.uri,
                                     state__in=[IntroductionState.MET, IntroductionState.TIED])
