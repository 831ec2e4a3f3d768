"""Becoming partners: a handshake between the instance actors of two communities (product.md, Standing).

    Offer{Relationship}  we ask          Accept{Offer}  they say yes
    Reject{Offer}        they say no     Undo{Offer}    either side ends it

The Offer carries the charter of the asker, the Accept that of the one asked, and which version of the other's it says yes to.
"""
from __future__ import annotations

from typing import Any

from federation import audience, charters, outbox
from federation.addresses import origin_of
from models import Actor, Charter, Host
from models.ids import new_key

PARTNER = "partner"  # relative to our own terms, `{origin}/ns#`


def relationship(ours: str, theirs: str, origin: str) -> dict[str, Any]:
    """What is offered (ActivityStreams Vocabulary, Relationship)."""
    return {"type": "Relationship", "subject": ours, "relationship": f"{origin}/ns#{PARTNER}", "object": theirs}


def is_partnership(thing: object, ours: str, theirs: str) -> bool:
    """Whether an offered object is a partnership between exactly these two instance actors."""
    return (isinstance(thing, dict) and thing.get("type") == "Relationship" and thing.get("subject") == theirs
            and thing.get("object") == ours and str(thing.get("relationship", "")).endswith(f"/ns#{PARTNER}"))


async def offer(us: Actor, them: Actor, host: Host) -> None:
    """Ask the community of `them` to become partners."""
    uri = f"{origin_of(us.uri)}/activities/{new_key()}"
    await host.change(offer_uri=uri, instance_uri=them.uri)
    await outbox.send("Offer", us, relationship(us.uri, them.uri, origin_of(us.uri)), about=uri, uri=uri,
                      goes_to=audience.people(them), to=[them.uri], extra=await _charter(us))


async def answer(kind: str, us: Actor, them: Actor, host: Host) -> None:
    """Accept, Reject or Undo the Offer that `host.offer_uri` names."""
    asked_us = not host.offer_uri.startswith(f"{origin_of(us.uri)}/")
    asker, asked = (them, us) if asked_us else (us, them)
    inner = {"id": host.offer_uri, "type": "Offer", "actor": asker.uri,
             "object": relationship(asker.uri, asked.uri, origin_of(asker.uri))}
    extra = await _charter(us) if kind == "Accept" else {}
    if kind == "Accept" and (theirs := await Charter.newest(host.name)):
        extra["agreedTo"] = charters.reference(theirs)
    await outbox.send(kind, us, inner, about=host.offer_uri, goes_to=audience.people(them), to=[them.uri], extra=extra)


async def _charter(us: Actor) -> dict[str, Any]:
    """What tells of our charter, if we have one."""
    ours = await charters.ours(us)
    return {"@context": charters.context(origin_of(us.uri)), "charter": ours.document} if ours else {}
