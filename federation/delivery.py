"""Sends what waits, host by host, so that a slow or dead host delays nobody else.

Each host has its own lane, one delivery at a time, in order; good hosts and slow ones have slots of their own. What
fails comes back later and later, for a week; a breaker a host spares both sides. After a crash the rows are still
there: whatever was not marked done is sent again, and a repeat is harmless because its id is known there.
"""
from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from federation import negotiation
from federation.answers import Answer
from federation.disclosure import Permit, Waiting
from federation.dockets import BATCH, LEASE_SECONDS, Dockets, Ended, Turn, sealed
from federation.errors import FederationError, Gone, Unreachable
from federation.instance import Instance, Network
from federation.negotiation import Wish
from federation.requests import CONTENT_TYPE, Manner
from models import Delivery, Host, Q, Subquery, clock
from models.actor import KeyKind
from models.delivery import DeliveryState
from models.queues import Due, is_due

BREAKER_AFTER = 3  # failures in a row
RETRY_LIMIT_SECONDS = 6 * 3600.0
SLOW_SECONDS = 2.0
NOTHING = timedelta(0)
TOO_LARGE = 413  # RFC 9110 §15.5.14: no other signature makes it smaller
log = structlog.get_logger()


async def due_hosts(limit: int) -> list[Host]:
    """Hosts that have something due, are not resting and are nobody's at the moment."""
    if not await is_due(Due.DELIVERIES):
        return []
    now = clock.now()
    due = Subquery(Delivery.filter(state=DeliveryState.WAITING, due_at__lte=now).values("host"))
    free = (Q(retry_at__isnull=True) | Q(retry_at__lte=now)) & (Q(leased_until__isnull=True) | Q(leased_until__lt=now))
    return await Host.filter(free, name__in=due).order_by("is_slow", "id").limit(limit)


async def renew(host: Host, worker: str) -> bool:
    """Keep a host for longer, once half of the time is over. False if another worker has it meanwhile, as ours took too long."""
    now = clock.now()
    if host.leased_until and host.leased_until >= now + timedelta(seconds=LEASE_SECONDS / 2):
        return True
    host.leased_until = now + timedelta(seconds=LEASE_SECONDS)
    return bool(await Host.filter(id=host.id, leased_by=worker).update(leased_until=host.leased_until))


async def release_all(worker: str = "") -> None:
    """Give back every lease of a worker, or of everybody: when a process starts and no other one is there."""
    await (Host.filter(leased_by=worker) if worker else Host.exclude(leased_by="")).update(leased_by="", leased_until=None)


async def send_to_host(instance: Instance, dockets: Dockets, host: Host, worker: str, waiting: Sequence[Waiting]) -> bool:
    """Send these to a host, in order, and whatever else is due to it, until a failure or the end; returns whether the host was
    given back with the last entry.
    """
    ended = None
    try:
        while waiting:
            for delivery in waiting:
                if not await renew(host, worker):
                    return False
                permit, ended = await dockets.turn(Turn(host, ended, delivery)), None
                if permit:
                    ended, may_go_on = await _attempt(instance, dockets, host, delivery, permit)
                    if not may_go_on:
                        return False
            if len(waiting) < BATCH:
                break
            if ended:
                await dockets.turn(Turn(host, ended))
                ended = None
            waiting = await dockets.load(host)
        await dockets.turn(Turn(host, ended, is_last=True))
        ended = None
        return True
    finally:
        if ended:
            await dockets.turn(Turn(host, ended))


async def _attempt(instance: Instance, dockets: Dockets, host: Host, delivery: Waiting,
                   permit: Permit) -> tuple[Ended | None, bool]:
    """One try: what there is to write down of it, and whether the lane may go on, as it arrived, or was refused for good."""
    started = asyncio.get_running_loop().time()
    try:
        answer, signature = await _post(instance, dockets, host, delivery)
    except Unreachable as error:
        await _failed(instance, host, delivery, error)
        return None, False
    except Gone as error:
        await _end(delivery, error.http_status or 0)
        return None, True
    except FederationError as error:  # our own guard refuses the address: it will not get better
        log.warning("delivery refused by our guard", host=host.name, reason=error.detail)
        await _end(delivery, 0)
        return None, True
    seconds = asyncio.get_running_loop().time() - started
    return Ended(delivery, host, answer.status, permit.given, seconds > SLOW_SECONDS, signature), True


async def _post(instance: Instance, dockets: Dockets, host: Host, delivery: Waiting) -> tuple[Answer, str]:
    """Send in the manner that the host understood last, or announces, at first draft-cavage; before taking a no, sign as the
    answer wishes, and then in another manner.

    With the answer comes the manner to remember.
    """
    first = Manner(host.signature or Manner.CAVAGE)
    answer = await _send(instance, dockets, delivery, first)
    wish = negotiation.wish_in(answer.headers)
    if 400 <= answer.status < 500 and answer.status != TOO_LARGE:  # programs say it in many ways (fediverse.md §8.2)
        for manner, wished in [*await _wished(instance, delivery, wish), (first.second, None)]:
            again = await _send(instance, dockets, delivery, manner, wished)
            if 200 <= again.status < 300:
                return again, str(manner)
    if answer.status == 401:
        raise Unreachable("not recognised", host=host.name, http_status=401)  # their copy of our key may be old: later
    if not 200 <= answer.status < 300:
        return answer, host.signature
    return answer, str(wish.manner if wish and wish.kind is KeyKind.ED25519 and first is Manner.CAVAGE else first)


async def _send(instance: Instance, dockets: Dockets, delivery: Waiting, manner: Manner, wish: Wish | None = None) -> Answer:
    headers = await instance.digests.header(delivery.activity, delivery.host) | {"Content-Type": CONTENT_TYPE}
    kind = KeyKind.ED25519 if manner is Manner.ED25519 else KeyKind.RSA
    headers |= await (_as_wished(instance, delivery, wish) if wish else dockets.sign(delivery, manner.scheme, kind))
    seconds = instance.network.delivery_timeout_seconds
    return await instance.client.post(delivery.inbox_uri, sealed(delivery.activity.body), headers, seconds)


async def _wished(instance: Instance, delivery: Waiting, wish: Wish | None) -> list[tuple[Manner, Wish | None]]:
    """The way that somebody wishes for, if the key that it names is ours."""
    if wish is None or not wish.may_use((await instance.key(delivery.activity.actor_id, wish.kind)).id):
        return []
    return [(wish.manner, wish)]


async def _as_wished(instance: Instance, delivery: Waiting, wish: Wish) -> dict[str, str]:
    key = await instance.key(delivery.activity.actor_id, wish.kind)
    body = sealed(delivery.activity.body)
    return await asyncio.to_thread(negotiation.sign, wish, "POST", delivery.inbox_uri, body, key, clock.now())


async def _failed(instance: Instance, host: Host, delivery: Waiting, error: Unreachable) -> None:
    """Try again later; after a few failures in a row leave the whole host alone for a while. While our clock is wrong nothing is
    given up: it is that which everybody refuses.
    """
    now, network = clock.now(), instance.network
    left = delivery.created_at + timedelta(seconds=network.give_up_seconds) - now
    if left <= NOTHING and not instance.client.clocks.fault():
        await _end(delivery, error.http_status or 0)
    else:
        wait = timedelta(seconds=pause(delivery.attempts, network.first_retry_seconds))
        await Delivery.filter(id=delivery.id).update(due_at=now + (min(wait, left) if left > NOTHING else wait),
                                                     status=error.http_status or 0)
    host.failures += 1
    resting = _resting_until(host, network, error, now)
    await host.change(failures=host.failures, retry_at=resting, is_slow=True)


def _resting_until(host: Host, network: Network, error: Unreachable, now: datetime) -> datetime | None:
    if error.retry_after_seconds:
        return now + timedelta(seconds=error.retry_after_seconds)
    if host.failures < BREAKER_AFTER:
        return None
    return now + timedelta(seconds=pause(host.failures - BREAKER_AFTER, network.first_retry_seconds))


def pause(attempts: int, first_seconds: float) -> float:
    """Seconds before the next try: three times as long each time, with a third of jitter, six hours at most."""
    longest = min(first_seconds * 3.0 ** min(attempts, 20), RETRY_LIMIT_SECONDS)
    return longest * random.uniform(0.67, 1.0)  # noqa: S311 - spreads load, guards nothing


async def _end(delivery: Waiting, status: int) -> None:
    """It will never arrive."""
    await Delivery.filter(id=delivery.id).update(state=DeliveryState.FAILED, status=status, done_at=clock.now())
