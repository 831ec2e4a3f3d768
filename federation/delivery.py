"""Sends what waits, host by host, so that a slow or dead host delays nobody else.

Each host has its own lane, one delivery at a time, in order; good hosts and slow ones have slots of their own. What
fails comes back later and later, for a week; a breaker a host spares both sides. After a crash the rows are still
there: whatever was not marked done is sent again, and a repeat is harmless because its id is known there.
"""
from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta

import structlog

from federation import disclosure, signatures
from federation.answers import Answer
from federation.errors import FederationError, Gone, Unreachable
from federation.instance import Instance, Network
from federation.requests import CONTENT_TYPE, Scheme
from models import Delivery, Host, Q, Subquery, clock
from models.actor import KeyKind
from models.delivery import DeliveryState

BATCH = 20
LEASE_SECONDS = 60
BREAKER_AFTER = 3  # failures in a row
RETRY_LIMIT_SECONDS = 6 * 3600.0
SLOW_SECONDS = 2.0
REFUSED_AS_UNPROVEN = (401, 403)
log = structlog.get_logger()


async def due_hosts(limit: int) -> list[Host]:
    """Hosts that have something due, are not resting and are nobody's at the moment."""
    now = clock.now()
    due = Subquery(Delivery.filter(state=DeliveryState.WAITING, due_at__lte=now).values("host"))
    free = (Q(retry_at__isnull=True) | Q(retry_at__lte=now)) & (Q(leased_until__isnull=True) | Q(leased_until__lt=now))
    return await Host.filter(free, name__in=due).order_by("is_slow", "id").limit(limit)


async def lease(host: Host, worker: str) -> bool:
    """Take a host for this worker alone; False if another was faster."""
    now = clock.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    host.leased_until = now + timedelta(seconds=LEASE_SECONDS)
    return await Host.filter(free, id=host.id).update(leased_by=worker, leased_until=host.leased_until) == 1


async def renew(host: Host, worker: str) -> None:
    """Keep a host for longer, once half of the time is over."""
    now = clock.now()
    if host.leased_until is None or host.leased_until < now + timedelta(seconds=LEASE_SECONDS / 2):
        host.leased_until = now + timedelta(seconds=LEASE_SECONDS)
        await Host.filter(id=host.id, leased_by=worker).update(leased_until=host.leased_until)


async def release(host: Host, worker: str) -> None:
    """Give a host back."""
    await Host.filter(id=host.id, leased_by=worker).update(leased_by="", leased_until=None)


async def release_all(worker: str = "") -> None:
    """Give back every lease of a worker, or of everybody: at the start of the only process on an SQLite file."""
    await (Host.filter(leased_by=worker) if worker else Host.exclude(leased_by="")).update(leased_by="", leased_until=None)


async def send_to_host(instance: Instance, host: Host, worker: str) -> int:
    """Send what is due to one host, in order, until a failure or the end of the batch; returns how many arrived."""
    sent = 0
    for delivery in await _batch(host.name):
        await renew(host, worker)
        if not await disclosure.may_go(delivery, host):
            await _end(delivery, DeliveryState.FAILED, 0)
            continue
        if await _claim(delivery) and not await _attempt(instance, host, delivery):
            break
        sent += 1
    return sent


async def _claim(delivery: Delivery) -> bool:
    """Count the try, before it is made. False if the delivery was called back since the batch was read."""
    waiting = Delivery.filter(id=delivery.id, state=DeliveryState.WAITING)
    return await waiting.update(attempts=delivery.attempts + 1) == 1


async def _batch(host: str) -> list[Delivery]:
    """The next deliveries in order of writing. One that follows another about the same thing, not due yet, has to wait:
    a Delete never overtakes its Create.
    """
    now = clock.now()
    waiting = Delivery.filter(host=host, state=DeliveryState.WAITING)
    batch = await waiting.filter(due_at__lte=now).order_by("id").limit(BATCH).select_related("activity__actor")
    later = await waiting.filter(due_at__gt=now, object_uri__in=[one.object_uri for one in batch]).values_list("object_uri", "id")
    first = {str(uri): int(id_) for uri, id_ in sorted(later, key=lambda row: -row[1])}
    return [one for one in batch if one.id < first.get(one.object_uri, one.id + 1)]


async def _attempt(instance: Instance, host: Host, delivery: Delivery) -> bool:
    """One try. True if the lane may go on: it arrived, or it was refused for good and the next may fare better."""
    started = asyncio.get_running_loop().time()
    try:
        answer = await _post(instance, host, delivery)
    except Unreachable as error:
        await _failed(instance.network, host, delivery, error)
        return False
    except Gone as error:
        await _end(delivery, DeliveryState.FAILED, error.http_status or 0)
        return True
    except FederationError as error:  # our own guard refuses the address: it will not get better
        log.warning("delivery refused by our guard", host=host.name, reason=error.detail)
        await _end(delivery, DeliveryState.FAILED, 0)
        return True
    seconds = asyncio.get_running_loop().time() - started
    await _arrived(host, delivery, answer, seconds)
    return True


async def _post(instance: Instance, host: Host, delivery: Delivery) -> Answer:
    """Send in the scheme that the host understood last, first draft-cavage; knock twice before taking a no."""
    first = Scheme(host.signature) if host.signature else Scheme.CAVAGE
    second = Scheme.RFC9421 if first is Scheme.CAVAGE else Scheme.CAVAGE
    answer = await _send(instance, delivery, first)
    if answer.status in REFUSED_AS_UNPROVEN or answer.status == 400:
        again = await _send(instance, delivery, second)
        if 200 <= again.status < 300:
            await host.change(signature=str(second))
            return again
    if 200 <= answer.status < 300 and host.signature != first:
        await host.change(signature=str(first))
    if answer.status == 401:
        raise Unreachable("not recognised", host=host.name, http_status=401)  # their copy of our key may be old: later
    return answer


async def _send(instance: Instance, delivery: Delivery, scheme: Scheme) -> Answer:
    activity = delivery.activity
    body = activity.body.encode()
    key = await instance.key(activity.actor_id, KeyKind.RSA)
    sign = signatures.sign_rfc9421 if scheme is Scheme.RFC9421 else signatures.sign_cavage
    headers = await instance.digests.header(activity, delivery.host)
    headers |= await asyncio.to_thread(sign, "POST", delivery.inbox_uri, body, key, clock.now())
    try:
        async with asyncio.timeout(instance.network.delivery_timeout_seconds):
            return await instance.client.post(delivery.inbox_uri, body, {"Content-Type": CONTENT_TYPE} | headers)
    except TimeoutError as error:
        raise Unreachable("no answer in time", host=delivery.host) from error


async def _arrived(host: Host, delivery: Delivery, answer: Answer, seconds: float) -> None:
    """An answer came: the host lives. 2xx is done; any other is a no for good."""
    if 200 <= answer.status < 300:
        await _end(delivery, DeliveryState.DONE, answer.status)
        await disclosure.record(delivery.activity, host.name)
    else:
        await _end(delivery, DeliveryState.FAILED, answer.status)
    await host.change(failures=0, retry_at=None, reached_at=clock.now(), is_slow=seconds > SLOW_SECONDS)


async def _failed(network: Network, host: Host, delivery: Delivery, error: Unreachable) -> None:
    """Try again later; after a few failures in a row leave the whole host alone for a while."""
    now = clock.now()
    given_up = delivery.created_at + timedelta(seconds=network.give_up_seconds)
    if now >= given_up:
        await _end(delivery, DeliveryState.FAILED, error.http_status or 0)
    else:
        due_at = now + timedelta(seconds=pause(delivery.attempts, network.first_retry_seconds))
        await Delivery.filter(id=delivery.id).update(due_at=min(due_at, given_up), status=error.http_status or 0)
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


async def _end(delivery: Delivery, state: DeliveryState, status: int) -> None:
    await Delivery.filter(id=delivery.id).update(state=state, status=status, done_at=clock.now())


