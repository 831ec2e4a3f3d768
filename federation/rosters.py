"""Rosters on the wire: which communities an umbrella association counts as its network, signed, numbered, with an end.

    {"id": "https://alliance.example/network/3", "type": "OrderedCollection", "attributedTo": "https://alliance.example/actor",
     "version": 3, "published": …, "endTime": …, "orderedItems": ["https://a.example/actor", …], "proof": {…}}

Being in a network takes two: the roster lists the community, and the community's charter names the roster (fediverse.md §3).
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from federation import instances, keyring, proofs, values
from federation.addresses import origin_of, same_origin
from federation.charters import VERSIONS_LIMIT, number
from federation.contexts import AS
from federation.errors import Malformed, Unproven
from federation.instance import Instance
from federation.keys import load_public
from federation.render import Document, instant
from models import Actor, Roster, clock
from models.turns import take_turn

TYPE: Final = "OrderedCollection"
MEMBERS_LIMIT = 500
LASTS = timedelta(days=30)
RENEWED_BEFORE = timedelta(days=15)
LONGEST = timedelta(days=400)  # for which we believe a roster of others


def address_of(actor: Actor) -> str:
    """Where the roster of a community's actor is read: what charters name."""
    return f"{origin_of(actor.uri)}/network"


def document(us: Actor, version: int, members: Sequence[str], when: datetime) -> Document:
    """A roster of ours without its proof."""
    address = address_of(us)
    words = {"dazzle": f"{origin_of(us.uri)}/ns#", "version": "dazzle:version"}
    return {
        "@context": [AS, words], "id": f"{address}/{version}", "type": TYPE, "attributedTo": us.uri, "version": version,
        "published": instant(when), "endTime": instant(when + LASTS), "totalItems": len(members), "orderedItems": list(members)}


async def publish(us: Actor, members: Sequence[str]) -> Roster:
    """Sign a new version of our roster. Inside a transaction."""
    await take_turn("roster")
    newest, now = await Roster.newest(), clock.now()
    version = newest.version + 1 if newest else 1
    bare = document(us, version, members, now)
    return await Roster.create(version=version, uri=bare["id"], document=await proofs.attested(bare, us, now),
                               members=list(members), ends_at=now + LASTS)


async def fetch(instance: Instance, host: str) -> Document:
    """The roster that an association serves today, proven. Network. Raises NotHere, Malformed, Unproven, Unreachable, Gone."""
    owner = await instances.instance_actor(instance, host)
    _, given = await instance.client.get_document(address_of(owner), headers_for=instance.sign_there(owner.uri), fresh=True)
    return await proven(instance, given, owner)


async def proven(instance: Instance, given: Mapping[str, Any], owner: Actor) -> Document:
    """A roster that this community has signed itself. Raises Malformed, Unproven, Unreachable."""
    read(given, owner)
    key_id = proofs.key_id(given) or ""
    if not same_origin(key_id, owner.uri):
        raise Unproven("the roster is signed by nobody of this association", host=owner.host)
    key = await keyring.find(key_id) or await keyring.fetch(instance, key_id)
    if key.actor.id != owner.id:
        raise Unproven("the roster is signed by somebody else", host=owner.host)
    proofs.verify(given, load_public(key.public_pem))
    return dict(given)


def read(given: Mapping[str, Any], owner: Actor) -> tuple[list[str], datetime]:
    """The communities that a roster lists, and when it ends. Malformed if anything makes no sense."""
    if given.get("type") != TYPE or values.link(given.get("attributedTo")) != owner.uri:
        raise Malformed("somebody else's roster", host=owner.host)
    if not same_origin(values.own_id(dict(given)), owner.uri):
        raise Malformed("a roster under another id", host=owner.host)
    number(given, "version", 1, VERSIONS_LIMIT)
    listed, ends = given.get("orderedItems"), values.instant(given.get("endTime"), LONGEST)
    if not isinstance(listed, list) or len(listed) > MEMBERS_LIMIT or ends is None:
        raise Malformed("a roster without members, or without end", host=owner.host)
    members = [values.link(one) or "" for one in listed]
    if not all(members):
        raise Malformed("a roster that lists something else", host=owner.host)
    return members, ends


async def keep(owner: Actor, given: Mapping[str, Any]) -> Roster | None:
    """Keep a proven roster in place of the one that we have, if it is newer: an older one brings nobody back. None if it is not.

    Inside a transaction.
    """
    members, ends = read(given, owner)
    await take_turn("roster", owner.host)
    newest = await Roster.newest(owner.host)
    if newest and given["version"] <= newest.version:
        return None
    await Roster.filter(host=owner.host).delete()
    return await Roster.create(host=owner.host, version=given["version"], uri=given["id"], document=dict(given), members=members,
                               ends_at=ends)
