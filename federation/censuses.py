"""The census of a community on the wire: in which countries how many of its people are, as bands, signed, with an end.

    {"id": "https://a.example/census", "type": "Census", "attributedTo": "https://a.example/actor", "published": …,
     "endTime": …, "bands": {"DE": "11–25", "FR": "26–100"}, "proof": {…}}

Partners alone read it. A country where there are fewer is not in it, and nobody can tell it from one where there is nobody.
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from federation import instances, keyring, proofs, values
from federation.addresses import origin_of, same_origin
from federation.contexts import AS
from federation.errors import Malformed, Unproven
from federation.instance import Instance
from federation.keys import load_public
from federation.render import Document, instant
from models import Actor, Census, Host, Subquery, clock
from models.database import in_transaction
from models.errors import CommunityError
from models.host import Standing
from moderation.counts import Band

TYPE: Final = "Census"
LASTS = timedelta(days=3)
ASK_AFTER = timedelta(days=1)
COUNTRIES_LIMIT = 300
BYTES_LIMIT = 32 * 1024
_COUNTRY = re.compile(r"[A-Z]{2}")
_TOLD = frozenset(str(one) for one in Band) - {str(Band.FEW)}
log = structlog.get_logger()


def terms(origin: str) -> dict[str, Any]:
    """The words of a census as JSON-LD, in the namespace of the instance that serves it."""
    return {"dazzle": f"{origin}/ns#", "Census": "dazzle:Census", "bands": {"@id": "dazzle:bands", "@type": "@json"}}


async def document(us: Actor, bands: Mapping[str, Band], when: datetime) -> Document:
    """Our census of that moment, signed."""
    origin = origin_of(us.uri)
    told = {country: str(band) for country, band in sorted(bands.items()) if band is not Band.FEW}
    return await proofs.attested(
        {"@context": [AS, terms(origin)], "id": f"{origin}/census", "type": TYPE, "attributedTo": us.uri,
         "published": instant(when), "endTime": instant(when + LASTS), "bands": told}, us, when)


def read(given: Mapping[str, Any], owner: Actor) -> tuple[dict[str, str], datetime, datetime]:
    """The bands by country, when they were counted, and until when they hold. Malformed if anything makes no sense."""
    if given.get("type") != TYPE or values.link(given.get("attributedTo")) != owner.uri or not same_origin(
            values.own_id(dict(given)), owner.uri):
        raise Malformed("somebody else's census", host=owner.host)
    said, ends, bands = values.instant(given.get("published")), values.instant(given.get("endTime"), LASTS), given.get("bands")
    if said is None or ends is None or not isinstance(bands, dict) or len(bands) > COUNTRIES_LIMIT:
        raise Malformed("a census without bands, or without end", host=owner.host)
    if not all(isinstance(band, str) and band in _TOLD and _COUNTRY.fullmatch(country) for country, band in bands.items()):
        raise Malformed("a census with numbers instead of bands", host=owner.host)
    return dict(bands), said, min(ends, said + LASTS)


async def proven(instance: Instance, given: Mapping[str, Any], owner: Actor) -> tuple[dict[str, str], datetime, datetime]:
    """What a census says that this community has signed itself. Network. Raises Malformed, Unproven, Unreachable."""
    found = read(given, owner)
    key_id = proofs.key_id(given) or ""
    if not same_origin(key_id, owner.uri):
        raise Unproven("the census is signed by nobody of this community", host=owner.host)
    key = await keyring.find(key_id) or await keyring.fetch(instance, key_id)
    if key.actor.id != owner.id:
        raise Unproven("the census is signed by somebody else", host=owner.host)
    proofs.verify(given, load_public(key.public_pem))
    return found


async def read_due(instance: Instance) -> int:
    """A job: ask one partner that may have a census, and that we have not asked today; 1 if there was one."""
    asked = Subquery(Census.filter(asked_at__gt=clock.now() - ASK_AFTER).values("host"))
    ours = Host.filter(standing=Standing.PARTNER, takes_withdrawals=True)  # its software is one of those that know our words
    host = await ours.exclude(name__in=asked).order_by("id").first()
    if host is None:
        return 0
    row = await Census.of(host.name)
    await row.change(asked_at=clock.now())
    try:
        await _ask(instance, row)
    except CommunityError as error:
        log.info("a partner tells no census", host=host.name, reason=type(error).__name__)
    return 1


async def _ask(instance: Instance, row: Census) -> None:
    """Read it anew; one that is older than what we have changes nothing."""
    owner = await instances.instance_actor(instance, row.host)
    answered, given = await instance.client.get_document(
        f"{origin_of(owner.uri)}/census", headers_for=instance.sign_there(owner.uri), limit_bytes=BYTES_LIMIT, fresh=True)
    if not same_origin(answered, owner.uri):
        raise Malformed("a census on another server", host=row.host)
    bands, said, ends = await proven(instance, given, owner)
    if row.published_at is None or said >= row.published_at:
        async with in_transaction():
            await row.change(bands=bands, published_at=said, ends_at=ends)
