"""Notices that are not answered: asked again each day, failed after a week, and then the server is trusted no longer."""
from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from federation import instances, resolve
from federation.instance import Instance
from federation.withdrawal_notices import uri_of
from models import Actor, AuditEntry, Delivery, Host, Notification, Q, Withdrawal, clock
from models.actor import ActorKind
from models.database import in_transaction
from models.delivery import DeliveryState
from models.errors import CommunityError
from models.host import PARTNERS, Standing
from models.notification import Notice
from models.withdrawal import WithdrawalState
from moderation import charters, hosts, withdrawals
from moderation.withdrawals import Asking

AGAIN_AFTER = timedelta(days=1)
READ_AGAIN_AFTER = timedelta(days=1)
BETWEEN_READS_SECONDS = 0.2  # thousands of partners are due at the same moment, and nobody waits for it
PAGE = 200
REASON = ("It has not confirmed that it erased what a member took back, for longer than agreed. "
          "Ask its people in another way before you let it in again.")
log = structlog.get_logger()


async def chase() -> int:
    """A job: look after every notice without an answer, and every server that owes one. Returns how many changed."""
    us, after, changed = await Actor.instance(), 0, 0
    while page := await Withdrawal.filter(state=WithdrawalState.PENDING, id__gt=after).order_by("id").limit(PAGE):
        for asked in page:
            async with in_transaction():
                changed += await _look_at(asked, us)
        after = page[-1].id
    return changed + await _cut_off()


async def _look_at(asked: Withdrawal, us: Actor) -> bool:
    """Whether a notice is no longer on its way as it was."""
    now = clock.now()
    sent = Delivery.filter(activity__uri=uri_of(asked.key, us), host=asked.host)
    delivery = await sent.first()
    refused = delivery is not None and delivery.state is DeliveryState.FAILED
    asking = Asking(answers=True, delivered=asked.delivered_at is not None, asked_at=asked.asked_at, given_up=refused)
    if withdrawals.state(asking, now) is WithdrawalState.FAILED:
        await Withdrawal.filter(id=asked.id, state=WithdrawalState.PENDING).update(state=WithdrawalState.FAILED)
        await _mark(asked)
        return True
    if delivery and delivery.state is DeliveryState.DONE and delivery.done_at and delivery.done_at < now - AGAIN_AFTER:
        await Delivery.filter(id=delivery.id).update(state=DeliveryState.WAITING, attempts=0, due_at=now, done_at=None)
        return True
    return False


async def _mark(asked: Withdrawal) -> None:
    """The server owes an answer from now on, and our hosts hear of it."""
    host = await Host.called(asked.host)
    if host.silent_at is None:
        await host.change(silent_at=clock.now())
    await _tell(Notice.SILENT, host)


async def _cut_off() -> int:
    """Servers that stayed silent too long are kept out, until a person of our team decides otherwise."""
    count = 0
    for host in await Host.filter(silent_at__isnull=False).exclude(standing=Standing.SUSPENDED):
        oldest = await Withdrawal.filter(host=host.name, state=WithdrawalState.FAILED).order_by("asked_at").first()
        limit = await charters.silence_limit(host.name)
        if oldest and withdrawals.is_cut_off(oldest.asked_at, host.decided_at, clock.now(), limit):
            async with in_transaction():
                await host.change(standing=Standing.SUSPENDED, reason=REASON, decided_at=clock.now())
                await AuditEntry.create(actor_id=None, action="host.suspended", target=f"host:{host.name}", reason=REASON)
                await _tell(Notice.CUT_OFF, host)
            count += 1
    return count


async def _tell(kind: Notice, host: Host) -> None:
    await Notification.tell_hosts(kind, host.name)


async def learn_slowly(instance: Instance) -> int:
    """A job: `learn_due`, and then a rest, so that what is due of thousands takes no core and no network from anybody."""
    learnt = await learn_due(instance)
    await asyncio.sleep(BETWEEN_READS_SECONDS if learnt else 0)
    return learnt


async def learn_due(instance: Instance) -> int:
    """Read once a day what the instance actor of a partner announces, so that an update of its software is known here. Of other
    servers that we exchange with, find out who that is. Returns 1 if there was one to ask.
    """
    now = clock.now()
    unread = Q(read_at__isnull=True) | Q(read_at__lt=now - READ_AGAIN_AFTER)
    partner = await Host.filter(unread, standing__in=list(PARTNERS)).order_by("read_at").first()
    host = partner or await _unrecognised(unread)
    if host is None:
        return 0
    await host.change(read_at=now)  # also if it fails: once a day is enough
    try:
        if host.instance_uri:
            await resolve.fetch_actor(instance, host.instance_uri)
        else:
            await instances.instance_actor(instance, host.name)
    except CommunityError as error:
        log.info("a server does not say what it understands", host=host.name, reason=type(error).__name__)
    return 1


async def _unrecognised(unread: Q) -> Host | None:
    """A server on which there is a program that may be its instance actor. The others are asked nothing."""
    rows = await Host.filter(unread, instance_uri="").exclude(standing__in=[*PARTNERS, Standing.SUSPENDED]).limit(PAGE)
    theirs = Actor.filter(Actor.present(), kind=ActorKind.APPLICATION, host__in=[row.name for row in rows] or ["-"])
    programs = {str(name) for name in await theirs.values_list("host", flat=True)}
    for row in rows:
        if row.name in programs and hosts.is_heard(await hosts.standing(row.name)):
            return row
    await Host.filter(id__in=[row.id for row in rows] or [0]).update(read_at=clock.now())  # `actors.save` takes it back
    return None
