"""Whether a server that was silent for long is still the same one, and what becomes of dead ones (security.md R13, R21).

Domains lapse. Whoever buys one gets what is sent there, and can make its people anew with keys of their own. So a partner that
speaks again after a silence has to do it with a key from before; else nothing is taken from it or sent to it until a person of
our team has looked, and those who followed from there have to be let in again.
"""
from __future__ import annotations

from datetime import datetime, timedelta

from federation import resolve
from federation.errors import FederationError, Refused
from federation.instance import Instance
from models import Actor, ActorKey, Delivery, Follow, Host, Notification, Q, Subquery, clock
from models.database import in_transaction
from models.delivery import DeliveryState
from models.host import PARTNERS, Standing
from models.notification import Notice

SILENCE = timedelta(days=30)
DEAD_AFTER = timedelta(days=30)  # of tries that failed
GONE_AFTER = timedelta(days=3)  # of answers that an inbox is gone
GONE_ANSWERS = 3
AT_ONCE = 100
REASON = ("It was silent for more than 30 days and came back with other keys. "
          "Ask its people in another way before you let it in again.")


async def check(instance: Instance, key_uri: str, signer: Actor) -> None:
    """Raise Refused for a partner that comes back as somebody else. `key_uri`: the key that proved what `signer` sent."""
    if not await instance.continuous.get(signer.host, lambda: _is_same(instance, key_uri, signer)):
        instance.continuous.forget(signer.host)
        raise Refused("quarantine", host=signer.host)


async def _is_same(instance: Instance, key_uri: str, signer: Actor) -> bool:
    host = await Host.get_or_none(name=signer.host)
    since = await _silent_since(host) if host else None
    if host is None or since is None or await _unchanged(since, uri=key_uri):
        return True
    if await _is_newcomer(instance, host, signer, since):
        return True
    await quarantine(host)
    return False


async def _silent_since(host: Host) -> datetime | None:
    """When a partner was last heard, or let in again, if that was long ago."""
    if host.standing not in PARTNERS or host.heard_at is None:
        return None
    last = max(host.heard_at, host.decided_at or host.heard_at)
    return last if last < clock.now() - SILENCE else None


async def _is_newcomer(instance: Instance, host: Host, signer: Actor, since: datetime) -> bool:
    """Somebody whom we did not know before, while their server still shows its own old key."""
    if signer.created_at <= since or signer.uri == host.instance_uri or not host.instance_uri:
        return False
    try:
        witness = await resolve.fetch_actor(instance, host.instance_uri)
    except FederationError:
        return False
    return await _unchanged(since, actor_id=witness.id)


async def _unchanged(since: datetime, **which: object) -> bool:
    return await ActorKey.filter(_before(since), **which).exists()


def _before(since: datetime) -> Q:
    """Keys that are the same as then."""
    return Q(changed_at__isnull=True, created_at__lte=since) | Q(changed_at__lte=since)


async def quarantine(host: Host) -> None:
    """Close the door, let nobody there follow until they are let in anew, and tell our hosts."""
    async with in_transaction():
        await host.change(standing=Standing.SUSPENDED, quarantined_at=clock.now(), reason=REASON)
        await Follow.filter(follower__host=host.name, target__host="").update(accepted_at=None)
        await _tell(host)


async def _tell(host: Host) -> None:
    await Notification.tell_hosts(Notice.QUARANTINE, host.name)


async def let_go() -> int:
    """A job: people on servers that are dead, and people whose inbox is gone, follow nobody here any more. Returns how many."""
    then = clock.now() - DEAD_AFTER
    unheard, unreached = Q(heard_at__isnull=True) | Q(heard_at__lt=then), Q(reached_at__isnull=True) | Q(reached_at__lt=then)
    dead = Subquery(Host.filter(unheard, unreached, failures__gt=0, created_at__lt=then).values("name"))
    lost = Q(follower__host__in=dead) | Q(follower__inbox_uri__in=await _gone_inboxes() or [""])
    ids = await Follow.filter(lost, target__host="").limit(AT_ONCE).values_list("id", flat=True)
    return await Follow.filter(id__in=[int(str(id_)) for id_ in ids]).delete() if ids else 0


async def _gone_inboxes() -> list[str]:
    """Inboxes of single people who follow here that have answered for days that they are not there, and nothing else since."""
    old = clock.now() - GONE_AFTER
    readers = Subquery(Follow.filter(target__host="").values("follower__inbox_uri"))
    gone = Delivery.filter(state=DeliveryState.FAILED, status__in=[404, 410], inbox_uri__in=readers)
    found: list[str] = []
    for inbox in await gone.filter(done_at__lt=old).distinct().limit(AT_ONCE).values_list("inbox_uri", flat=True):
        took = await Delivery.filter(inbox_uri=inbox, state=DeliveryState.DONE, done_at__gt=old).exists()
        if not took and await gone.filter(inbox_uri=inbox).count() >= GONE_ANSWERS:
            found.append(str(inbox))
    return found
