"""What left, and where to: written when it has arrived, asked before it goes."""
from __future__ import annotations

from models import Actor, Delivery, Disclosure, Host, OutgoingActivity, clock
from models.actor import ActorKind
from moderation import consent, hosts

#: Taking back is always allowed: it only ever makes less known.
TAKES_BACK = frozenset({"Delete", "Undo", "Reject"})
FETCHED = "fetch"


async def may_go(delivery: Delivery, host: Host) -> bool:
    """Whether this delivery may still leave: the member's yes (C5) is in force, and the host is one that we exchange with.

    Asked right before sending: a yes taken back, or a host suspended, stops also what was written down before.
    """
    activity = delivery.activity
    if activity.actor.kind is ActorKind.APPLICATION:
        return True  # the community's own voice: becoming partners
    if activity.kind in TAKES_BACK:
        return True
    if not hosts.is_heard(await hosts.standing(host.name)):
        return False
    return not activity.actor.is_gone and await consent.may_leave(activity.actor_id) is not None


async def record(activity: OutgoingActivity, host: str) -> None:
    """An activity arrived at a host: it now knows the thing, and the member."""
    if activity.actor.kind is ActorKind.APPLICATION:
        return
    if activity.kind in TAKES_BACK:
        await Disclosure.filter(object_uri=activity.object_uri, host=host).update(ended_at=clock.now())
        return
    await told(activity.actor, activity.object_uri, host, activity.kind)
    if activity.object_uri != activity.actor.uri:
        await told(activity.actor, activity.actor.uri, host, activity.kind)


async def told(actor: Actor, object_uri: str, host: str, kind: str) -> None:
    """Keep that a host has got something of this member, under which yes."""
    given = await consent.may_leave(actor.id)
    columns = {"kind": kind, "actor": actor, "consent_id": given.id if given else None}
    row, is_new = await Disclosure.get_or_create(columns, object_uri=object_uri, host=host)
    if not is_new:
        await Disclosure.filter(id=row.id).update(last_at=clock.now(), ended_at=None)
