"""What left, and where to: written when it has arrived, asked before it goes."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models import Actor, Delivery, Disclosure, Host, OutgoingActivity, Post, Q, Withdrawal, clock, outgoing
from models.consent import LastWord
from models.delivery import TELLING
from models.host import Standing
from moderation import consent, hosts

#: Taking back needs no yes, and goes also to a suspended host, but only where there is something to take back.
TAKES_BACK = frozenset({"Delete", "Undo", "Reject"})
#: Of the community's own voice, what goes also to a suspended host: what is taken back there, and that we have erased.
ALWAYS_SAID = TAKES_BACK | {"Withdraw", "Acknowledge", "Remove"}
FETCHED = "fetch"
SAME_TIME = timedelta(hours=1)  # what is read again within it is not written down again


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery on its way: its row, and the activity with its actor."""

    id: int
    created_at: datetime
    activity: OutgoingActivity
    host: str
    inbox_uri: str
    object_uri: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Permit:
    """It may leave, under this yes where it needs one."""

    given: LastWord | None = None


@dataclass(slots=True)
class Asked:
    """What was asked for one group of deliveries. `present`: the actors that are neither suspended nor deleted; how we stand with
    each host.
    """

    present: set[int]
    standings: dict[str, Standing]
    yes: dict[int, LastWord | None] = field(default_factory=dict)

    async def may_leave(self, actor_id: int) -> LastWord | None:
        """The member's yes (C5), asked once for the group."""
        if actor_id not in self.yes:
            self.yes[actor_id] = await consent.may_leave(actor_id)
        return self.yes[actor_id]


async def may_go(delivery: Waiting, host: Host, asked: Asked) -> Permit | None:
    """Whether this delivery may still leave: the member's yes (C5) is in force, and the host is one that we exchange with.

    Asked right before sending: a yes taken back, or a host suspended, stops also what was written down before.
    """
    activity, standing = delivery.activity, asked.standings[host.name]
    given = None
    if activity.actor.speaks_for_all:  # the community's own voice: becoming partners, its directory
        may = standing is not Standing.SUSPENDED or activity.kind in ALWAYS_SAID
    elif activity.kind == "Reject":
        may = hosts.is_heard(standing)
    elif activity.kind in TAKES_BACK or _says_that_it_is_away(activity, asked):
        may = await may_be_there(activity.object_uri, host.name)
    else:
        given = await asked.may_leave(activity.actor_id)
        may = (hosts.is_heard(standing) and activity.actor_id in asked.present and given is not None
               and await _still_reaches(activity, standing))
    return Permit(given) if may else None


def _says_that_it_is_away(activity: OutgoingActivity, asked: Asked) -> bool:
    """That a member is suspended, to those who know them (`outbox.suspend_actor`): all else about the profile was called back."""
    return activity.kind == "Update" and activity.object_uri == activity.actor.uri and activity.actor_id not in asked.present


async def _still_reaches(activity: OutgoingActivity, standing: Standing) -> bool:
    """Whether a message that was written down for a partner may go there now: the standing may have sunk since."""
    if standing is Standing.PARTNER or activity.kind not in TELLING:  # a partner may have all that leaves: nothing to look up
        return True
    post = await Post.get_or_none(uri=activity.object_uri)
    return post is None or hosts.may_receive(standing, post.reach)


async def may_be_there(object_uri: str, host: str) -> bool:
    """Whether a host has this thing of ours, or was sent it without our learning whether it came."""
    tried = Delivery.filter(object_uri=object_uri, host=host, attempts__gt=0)
    return (await Disclosure.exists(object_uri=object_uri, host=host)
            or await tried.filter(Q(status=0) | Q(status__gte=500), done_at__isnull=False).exists())


async def record(arrived: Sequence[tuple[Waiting, LastWord | None]]) -> None:
    """Activities have arrived: each host now knows the thing, and the member. Inside a transaction."""
    now, told = clock.now(), list[outgoing.Told]()
    for delivery, given in arrived:
        activity, host = delivery.activity, delivery.host
        if activity.actor.speaks_for_all:
            if activity.kind in ("Withdraw", "Remove"):
                await Withdrawal.delivered(activity.uri.rpartition("/")[2], host, now)
            continue
        if activity.kind in TAKES_BACK:
            ended = Disclosure.filter(object_uri=activity.object_uri, host=host)
            if activity.object_uri == activity.actor.uri and activity.kind == "Delete":  # everything of theirs goes with them
                ended = Disclosure.filter(actor_id=activity.actor_id, host=host)
            await ended.update(ended_at=now)
            continue
        for uri in {activity.object_uri, activity.actor.uri}:
            told.append(outgoing.Told(uri, host, activity.actor_id, activity.kind, given.id if given else None))
    await outgoing.disclose(told, now, now - SAME_TIME)


async def told(actor: Actor, object_uri: str, host: str, kind: str) -> None:
    """Keep that a host has got something of this member, under which yes."""
    given = await consent.may_leave(actor.id)
    columns = {"kind": kind, "actor": actor, "consent_id": given.id if given else None}
    row, _ = await Disclosure.get_or_create(columns, object_uri=object_uri, host=host)
    now = clock.now()
    if row.ended_at or row.last_at < now - SAME_TIME:
        await Disclosure.filter(id=row.id).update(last_at=now, ended_at=None)
