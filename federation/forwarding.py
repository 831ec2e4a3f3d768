"""An activity that somebody else passed on: it counts by the proof in it, and by nothing else.

Linked Data signatures give no authority (security.md rule 2; CVE-2022-24307, CVE-2026-42462).
"""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from federation import keyring, proofs
from federation.addresses import host_of, same_origin
from federation.errors import Gone, Refused, Unproven
from federation.instance import Instance
from federation.keys import load_public
from federation.wire import Activity
from models import Actor, ActorKey
from models.actor import KeyKind
from moderation import hosts

#: What servers pass on to the readers of a conversation. Follows, answers and partnerships are between two servers only.
FORWARDED: Final = frozenset({"Create", "Update", "Delete", "Like", "Announce", "Undo"})
#: Shorter than ids are remembered here, so that an old activity cannot be carried out twice.
PROOF_AGE_LIMIT = timedelta(days=7)
CLOCK_SKEW = timedelta(hours=1)


def is_forwarded(document: Mapping[str, Any], activity: Activity) -> bool:
    """Whether this may be somebody else's words, with a proof. Nothing is proven yet.

    A profile is none: one of last week would bring back a key, or a name, that its owner has changed since.
    """
    is_profile = activity.type == "Update" and activity.object_id == activity.actor
    return activity.type in FORWARDED and not is_profile and proofs.key_id(document) is not None


async def check_host(activity: Activity) -> None:
    """Raise Refused unless the actor's server is one that we listen to: nobody brings in its words by a detour."""
    host = host_of(activity.actor)
    if not hosts.is_heard(await hosts.standing(host)):
        raise Refused("host", host=host)


async def author(instance: Instance, document: Mapping[str, Any], activity: Activity, received_at: datetime) -> Actor:
    """The actor of a forwarded activity, if the actor's own key made the proof over it. Raises Unproven, Unreachable."""
    actor, created = await prover(instance, document, activity)
    if not received_at - PROOF_AGE_LIMIT < created < received_at + CLOCK_SKEW:
        raise Unproven("the proof is too old", host=actor.host)
    return actor


async def prover(instance: Instance, document: Mapping[str, Any], activity: Activity) -> tuple[Actor, datetime]:
    """The actor of an activity, if the actor's own key made the proof over it, and when. Raises Unproven, Unreachable."""
    key_id = proofs.key_id(document) or ""
    if not same_origin(key_id, activity.actor) or not same_origin(activity.id, activity.actor):
        raise Unproven("signed by somebody else than the actor", host=host_of(activity.actor))
    try:
        key = await keyring.find(key_id) or await keyring.fetch(instance, key_id)
        try:
            created = _proven(document, activity, key)
        except Unproven:
            if (newer := await keyring.fetch_again(instance, key)) is None:
                raise
            created = _proven(document, activity, newer)
    except (Gone, Refused) as error:
        raise Unproven("the key cannot be read", host=error.host) from error
    return key.actor, created


def _proven(document: Mapping[str, Any], activity: Activity, key: ActorKey) -> datetime:
    """When the actor of the activity proved it with this key."""
    if key.actor.uri != activity.actor or key.kind is not KeyKind.ED25519:
        raise Unproven("the proof is by somebody else than the actor", host=key.actor.host)
    return proofs.verify(document, load_public(key.public_pem))
