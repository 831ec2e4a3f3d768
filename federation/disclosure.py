"""What left, and where to: written when it has arrived, asked before it goes."""
from __future__ import annotations

from datetime import timedelta

from models import Actor, Delivery, Disclosure, Host, OutgoingActivity, Q, clock
from models.actor import ActorKind
from models.host import Standing
from moderation import consent, hosts

#: Taking back needs no yes, and goes also to a suspended host, but only where there is something to take back.
TAKES_BACK = frozenset({"Delete", "Undo", "Reject"})
FETCHED = "fetch"
SAME_TIME = timedelta(hours=1)  # what is read again within it is not written down again


async def may_go(delivery: Delivery, host: Host) -> bool:
    """Whether this delivery may still leave: the member's yes (C5) is in force, and the host is one that we exchange with.

    Asked right before sending: a yes taken back, or a host suspended, stops also what was written down before.
    """
    activity, standing = delivery.activity, await hosts.standing(host.name)
    if activity.actor.kind is ActorKind.APPLICATION:
        return standing is not Standing.SUSPENDED or activity.kind in TAKES_BACK  # the community's own voice: becoming partners
    if activity.kind == "Reject":
        return hosts.is_heard(standing)
    if activity.kind in TAKES_BACK:
        return await may_be_there(activity.object_uri, host.name)
    if not hosts.is_heard(standing):
        return False
    return not activity.actor.is_gone and await consent.may_leave(activity.actor_id) is not None


async def may_be_there(object_uri: str, host: str) -> bool:
    """Whether a host has this thing of ours, or was sent it without our learning whether it came."""
    tried = Delivery.filter(object_uri=object_uri, host=host, attempts__gt=0)
    return (await Disclosure.exists(object_uri=object_uri, host=host)
            or await tried.filter(Q(status=0) | Q(status__gte=500), done_at__isnull=False).exists())


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
    now = clock.now()
    if not is_new and (row.ended_at or row.last_at < now - SAME_TIME):
        await Disclosure.filter(id=row.id).update(last_at=now, ended_at=None)
