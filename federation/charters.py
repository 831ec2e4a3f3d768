"""Charters on the wire: a document of the community, signed by its instance actor, numbered from 1 on.

    {"id": "https://a.example/charter/2", "type": "Charter", "attributedTo": "https://a.example/actor", "version": 2, …}
"""
from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import rfc8785

from federation import audience, keyring, outbox, proofs, values
from federation.addresses import origin_of, same_origin
from federation.contexts import AS, note_context
from federation.errors import Gone, Malformed, Refused, Unproven
from federation.instance import Instance
from federation.keys import load_public
from federation.render import Document, instant
from models import Actor, Charter, Community, Host, Q, Subquery, clock
from models.community import Minors
from models.host import PARTNERS
from models.turns import take_turn
from moderation import charters
from moderation.charters import Terms

TYPE: Final = "Charter"
TEXT_LIMIT = 200  # characters
FUNDERS_LIMIT = 20
DAYS_LIMIT = 36_500
VERSIONS_LIMIT = 1_000_000
KEPT = 20  # versions of one partner
_MINORS = [str(one) for one in Minors]  # a list: what is asked about may be anything
_COUNTRY = re.compile(r"[A-Z]{2}")
_WORDS = ("Charter", "charter", "agreedTo", "version", "digest", "legalOwner", "country", "moderationContact", "retentionDays",
          "minimumAge", "minors", "withdrawalDays", "leastOutside", "leastInside",
          "network")


def terms(origin: str) -> dict[str, Any]:
    """The words of charters as JSON-LD, in the namespace of the instance that serves them."""
    named: dict[str, Any] = {word: f"dazzle:{word}" for word in _WORDS}
    return {"dazzle": f"{origin}/ns#"} | named | {"fundedBy": {"@id": "dazzle:fundedBy", "@container": "@set"}}


def context(origin: str) -> list[Any]:
    """The `@context` of an activity that speaks of charters."""
    return [*note_context(origin), terms(origin)]


def document(us: Actor, version: int, promised: Terms, when: datetime) -> Document:
    """A charter of ours without its proof."""
    origin = origin_of(us.uri)
    return {
        "@context": [AS, terms(origin)], "id": f"{origin}/charter/{version}", "type": TYPE, "attributedTo": us.uri,
        "version": version, "published": instant(when), "legalOwner": promised.owner, "fundedBy": list(promised.funding),
        "country": promised.country, "moderationContact": promised.contact, "retentionDays": promised.retention_days,
        "minimumAge": promised.minimum_age, "minors": str(promised.minors), "withdrawalDays": promised.withdrawal_days,
        "leastOutside": promised.least_outside, "leastInside": promised.least_inside,
        **({"network": promised.network} if promised.network else {})}


def digest(given: Mapping[str, Any]) -> str:
    """SHA-256 of a charter without its proof and contexts, in canonical form (RFC 8785), in hexadecimal."""
    bare = {name: value for name, value in given.items() if name not in ("proof", "@context")}
    try:
        return hashlib.sha256(rfc8785.dumps(bare)).hexdigest()
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        raise Malformed("a charter without canonical form") from error


def reference(row: Charter) -> Document:
    """Which version of a charter somebody speaks of."""
    return {"id": row.uri, "version": row.version, "digest": row.digest}


async def ours(us: Actor) -> Charter | None:
    """The charter that we promise today; the first version is made when it is first asked for. None as long as nobody has said
    who runs this community. Inside a transaction.
    """
    return await Charter.newest() or await publish(us)


async def publish(us: Actor) -> Charter | None:
    """Sign what the row of the community says now as a new version, and send it to partners. The old one if nothing changed.

    Inside a transaction.
    """
    await take_turn("charter")
    newest, promised = await Charter.newest(), charters.of_community(await Community.current())
    if not promised.owner:
        return newest
    if newest and charters.of_row(newest) == promised:
        return newest
    now, version = clock.now(), newest.version + 1 if newest else 1
    bare = document(us, version, promised, now)
    row = await Charter.create(version=version, uri=bare["id"], digest=digest(bare), received_at=now, agreed_at=now,
                               document=await proofs.attested(bare, us, now))
    await _tell_partners(us, row)
    return row


async def _tell_partners(us: Actor, row: Charter) -> None:
    """Those that gave us a charter, or announce that they know our words: other software takes no type that it never heard of
    (Fedify answers 400), and nothing is lost there.
    """
    ours = Q(takes_withdrawals=True) | Q(name__in=Subquery(Charter.exclude(host="").values("host")))
    known = await Host.filter(ours, standing__in=list(PARTNERS)).exclude(instance_uri="").values_list("instance_uri", flat=True)
    theirs = await Actor.filter(Actor.present(), uri__in=[str(uri) for uri in known] or [""]).exclude(host="")
    await send(us, row, theirs)


async def send(us: Actor, row: Charter, theirs: list[Actor]) -> None:
    """A version of our charter to these communities."""
    await outbox.send("Update", us, row.document, about=f"{origin_of(us.uri)}/charter", to=[one.uri for one in theirs],
                      goes_to=audience.people(*theirs), extra={"@context": context(origin_of(us.uri))})


def is_charter(thing: object) -> bool:
    """Whether this is a charter, good or bad."""
    return isinstance(thing, dict) and thing.get("type") == TYPE


async def proven(instance: Instance, given: object, owner: Actor) -> Document:
    """A charter that its community has signed, checked. Network. Raises Malformed, Unproven, Unreachable."""
    if not isinstance(given, dict) or not is_charter(given):
        raise Malformed("not a charter", host=owner.host)
    read(given, owner)
    key_id = proofs.key_id(given) or ""
    if not same_origin(key_id, owner.uri):
        raise Unproven("the charter is signed by nobody of this community", host=owner.host)
    key = await keyring.find(key_id) or await keyring.fetch(instance, key_id)
    if key.actor.id != owner.id:
        raise Unproven("the charter is signed by somebody else", host=owner.host)
    proofs.verify(given, load_public(key.public_pem))
    return given


async def fetch(instance: Instance, owner: Actor) -> Document | None:
    """The charter that a community serves today; None if it has none yet. Network. Raises Malformed, Unproven, Unreachable."""
    url = f"{origin_of(owner.uri)}/charter"
    try:
        _, given = await instance.client.get_document(url, headers_for=instance.sign_there(url), fresh=True)
    except (Gone, Refused):
        return None
    return await proven(instance, given, owner)


def read(given: Mapping[str, Any], owner: Actor) -> Terms:
    """What a charter promises. Malformed if a promise is missing or makes no sense: half a charter is none."""
    if values.link(given.get("attributedTo")) != owner.uri or not same_origin(values.own_id(dict(given)), owner.uri):
        raise Malformed("somebody else's charter", host=owner.host)
    number(given, "version", 1, VERSIONS_LIMIT)
    country, minors, funded = given.get("country"), given.get("minors"), given.get("fundedBy")
    if not isinstance(country, str) or not _COUNTRY.fullmatch(country) or minors not in _MINORS:
        raise Malformed("a charter without country or rule for minors", host=owner.host)
    if not isinstance(funded, list) or len(funded) > FUNDERS_LIMIT:
        raise Malformed("a charter that does not say who pays", host=owner.host)
    return Terms(
        owner=_words(given.get("legalOwner"), 1), country=country, contact=_words(given.get("moderationContact"), 0),
        funding=tuple(_words(one, 1) for one in funded), minors=Minors(minors),
        retention_days=None if given.get("retentionDays") is None else number(given, "retentionDays", 1, DAYS_LIMIT),
        minimum_age=number(given, "minimumAge", 0, 100), withdrawal_days=number(given, "withdrawalDays", 1, DAYS_LIMIT),
        least_outside=number(given, "leastOutside", 1, 10_000), least_inside=number(given, "leastInside", 1, 10_000),
        network=_words(given.get("network", ""), 0))


async def keep(host: str, given: Mapping[str, Any]) -> Charter | None:
    """Keep a proven charter of another community if it is newer than what we have; None if it is not. Inside a transaction."""
    await take_turn("charter", host)
    newest = await Charter.newest(host)
    if newest and given["version"] <= newest.version:
        return None
    await _forget_oldest(host)
    return await Charter.create(host=host, version=given["version"], uri=given["id"], digest=digest(given), document=dict(given))


async def _forget_oldest(host: str) -> None:
    agreed = await Charter.agreed(host)
    kept = await Charter.filter(host=host).order_by("-version").limit(KEPT - 1).values_list("id", flat=True)
    await Charter.filter(host=host).exclude(id__in=[*(int(str(id_)) for id_ in kept), agreed.id if agreed else 0]).delete()


def _words(value: object, least: int) -> str:
    if not isinstance(value, str) or not least <= len(value.strip()) <= TEXT_LIMIT:
        raise Malformed("a text of the charter is missing or too long")
    return value


def number(given: Mapping[str, Any], name: str, least: int, most: int) -> int:
    """A whole number of a charter or a roster. Malformed if it is none, or out of bounds."""
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Malformed(f"{name} makes no sense")
    return value
