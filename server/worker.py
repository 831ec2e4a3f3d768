"""Work that nobody waits for. Queues are tables: what is written down there survives any crash."""
from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog
from aiohttp import web

from federation import (
    censuses,
    continuity,
    conversations,
    copies,
    delivery,
    ended_polls,
    listing_sync,
    moves,
    pins,
    rotation,
    synchronisation,
    unanswered_wishes,
    withdrawal_watch,
)
from federation.dispatcher import Dispatcher
from federation.intake import Intake
from models import (
    AccessToken,
    DailyNumber,
    Delivery,
    ErasureRequest,
    InboxItem,
    Knock,
    OutgoingActivity,
    Session,
    SignInLink,
    Subquery,
    Tombstone,
    Unanswered,
    clock,
    newest,
    pruning,
    sealing,
    set_back,
    vault,
)
from models.delivery import DeliveryState, ItemState
from models.ids import id_of
from models.migration import forget_copies
from models.presence import presence
from models.queues import Due, is_due
from server.actions import (
    apps,
    badge_years,
    brought,
    case_keeping,
    departures,
    elsewhere,
    erasures,
    handovers,
    held,
    host_lists,
    host_mutes,
    introductions,
    list_entries,
    listings,
    mentors,
    network,
    once,
    outside_reports,
    polls,
    relations,
    terms,
    waiting,
    waiting_exchange,
    withdrawal,
)
from server.api import pushes, scheduled
from server.archives import making
from server.background import kept_head, reminders
from server.background.failures import Failures
from server.background.tasks import beside, repeat
from server.background.timekeeping import Timekeeper
from server.keys import INSTANCE, MAIL, MEDIA, RELAY, SETTINGS, TIMEKEEPER
from server.pictures import emojis, media, uploads

KEEP_ITEMS = timedelta(days=14)  # as long as a peer may still repeat an activity
KEEP_TOMBSTONES = timedelta(days=90)
KEEP_UNANSWERED = timedelta(days=90)  # in the list of what nobody has answered
KEEP_COPIES = timedelta(days=30)  # of an SQLite file as it was before a migration
KEEP_REQUESTS = timedelta(days=365)  # that we erased for another server: digests, no names
log = structlog.get_logger()
Given = TypeVar("Given")
Run = Callable[[web.Application], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Job:
    """Something done again and again. `run` returns how much it did; when it was nothing, it rests for `every_seconds`, where it
    `always_rests` in any case. `due`: the question whether there may be anything to do, where there is a cheap one.
    """

    run: Run
    every_seconds: float
    due: Due | None = None
    always_rests: bool = False  # it costs much and nobody waits for it
    is_final: bool = False  # what it does cannot be undone: not while the clock may be wrong


async def send_mail(app: web.Application) -> int:
    """Send the mails that are owed."""
    return await app[MAIL].send_due()


async def store_uploads(app: web.Application) -> int:
    """Make images of what apps have uploaded."""
    return await uploads.store_waiting(Path(app[SETTINGS].var_dir), app[MEDIA])


async def fetch_images(app: web.Application) -> int:
    """Bring in images of messages from elsewhere."""
    return await media.fetch_wanted(app[INSTANCE], app[MEDIA])


async def fetch_emojis(app: web.Application) -> int:
    """Bring in the small ones in their text."""
    return await emojis.fetch_wanted(app[INSTANCE], app[MEDIA])


async def end_mutes(app: web.Application) -> int:
    """Lift the mutes whose time is over."""
    return await relations.end_mutes() + await host_mutes.end_due()


async def settle_consents(app: web.Application) -> int:
    """End agreements whose time is over, and remind of those that end soon."""
    return await reminders.settle() + await handovers.settle()


async def keep_ledger_head(app: web.Application) -> int:
    """Keep outside the database how far the ledger of consent reaches."""
    return await kept_head.keep(Path(app[SETTINGS].var_dir))


async def keep_sealed(app: web.Application) -> int:
    """Seal what is older than the keys, erase again who is gone, and end the keys of days that are over."""
    await departures.again()
    vault.end_passages(KEEP_ITEMS.days + 1)
    forget_copies(app[SETTINGS].database_url, clock.now() - KEEP_COPIES)
    return await sealing.old()


async def publish_waiting(app: web.Application) -> int:
    """Send partners the blinded list of those who wait, where it changed."""
    return await waiting_exchange.publish_due(Path(app[SETTINGS].var_dir))


async def prune(app: web.Application) -> int:
    """Forget what has served its time: old ids, spent links, ended sessions, delivered texts."""
    now = clock.now()
    await prune_queues()
    await DailyNumber.forget_old()
    await Knock.forget_old()
    await SignInLink.filter(expires_at__lt=now).delete()
    await Session.filter(expires_at__lt=now).delete()
    await AccessToken.forget_unused(now - apps.UNUSED)
    await ErasureRequest.filter(answered_at__lt=now - KEEP_REQUESTS).delete()
    await introductions.forget_old()
    await mentors.forget_old()
    await Unanswered.forget(now - KEEP_UNANSWERED)
    await once.forget_old()
    await rotation.retire_due()
    await media.forget_unused(app[MEDIA])
    await media.forget_orphans(app[MEDIA])
    return 0


async def prune_queues() -> None:
    """Forget what came in and went out long ago, of which there may be millions; what was sent goes after its deliveries."""
    await pruning.forget(InboxItem.filter(id__lt=id_of(KEEP_ITEMS)).exclude(state=ItemState.NEW))
    await pruning.forget(Tombstone.filter(id__lt=id_of(KEEP_TOMBSTONES)))
    old = Delivery.filter(id__lt=id_of(KEEP_ITEMS))
    await pruning.forget(old.exclude(state=DeliveryState.WAITING))
    waiting = Subquery(old.values("activity_id"))
    await pruning.forget(OutgoingActivity.filter(id__lt=id_of(KEEP_ITEMS)).exclude(id__in=waiting))


def plain(run: Callable[[], Awaitable[int]]) -> Run:
    """What needs nothing but the database."""
    return lambda _: run()


def given(key: web.AppKey[Given], run: Callable[[Given], Awaitable[int]]) -> Run:
    """What needs one thing of the application."""
    return lambda app: run(app[key])


JOBS: dict[str, Job] = {
    "send_mail": Job(send_mail, 1, Due.MAIL),
    "send_pushes": Job(pushes.send_due, 1, Due.PUSHES),
    "settle_badges": Job(plain(badge_years.settle), 3600, is_final=True),
    "watch_clock": Job(given(TIMEKEEPER, Timekeeper.settle), 1),
    "keep_ledger_head": Job(keep_ledger_head, 5),
    "release_held": Job(plain(held.release_due), 0.5, Due.HELD),
    "publish_scheduled": Job(scheduled.publish_due, 2, Due.SCHEDULED, is_final=True),
    "store_uploads": Job(store_uploads, 0.2),
    "end_polls": Job(plain(polls.end_due), 1, Due.POLLS, is_final=True),
    "fetch_images": Job(fetch_images, 2, Due.IMAGES),
    "fetch_emojis": Job(fetch_emojis, 2, Due.IMAGES),
    "forget_rejected": Job(given(MEDIA, media.forget_rejected), 10),
    "apply_lists": Job(given(INSTANCE, list_entries.apply_due), 2),
    "read_lists": Job(given(INSTANCE, host_lists.read_due), 60),
    "complete_conversations": Job(given(INSTANCE, conversations.complete_due), 0.5),
    "read_profiles": Job(given(INSTANCE, pins.read_due), 1),
    "end_wishes": Job(plain(unanswered_wishes.end_due), 3600),
    "read_ended_polls": Job(given(INSTANCE, ended_polls.read_due), 5),
    "settle_followers": Job(given(INSTANCE, synchronisation.settle_due), 1),
    "carry_along": Job(plain(moves.go_on), 0.5, Due.MOVES),
    "end_mutes": Job(end_mutes, 10),
    "assign_mentors": Job(plain(mentors.assign), 60),
    "look_over_others": Job(plain(elsewhere.look_over), 2, Due.LOOKING_OVER, always_rests=True),
    "settle_cases": Job(plain(case_keeping.settle), 3600, is_final=True),
    "forget_notifiers": Job(plain(outside_reports.forget_notifiers), 3600, is_final=True),
    "settle_consents": Job(settle_consents, 60, is_final=True),
    "answer_withdrawals": Job(erasures.settle, 0.5, Due.ERASURES),
    "ask_back": Job(plain(withdrawal.go_on), 0.5, Due.RECALLS),
    "chase_withdrawals": Job(plain(withdrawal_watch.chase), 60, is_final=True),
    "erase_expired": Job(erasures.expire, 60, is_final=True),
    "renew_copies": Job(plain(copies.renew_due), 60),
    "settle_network": Job(given(INSTANCE, network.settle), 60),
    "learn_partners": Job(given(INSTANCE, withdrawal_watch.learn_slowly), 2),
    "end_departures": Job(given(MEDIA, departures.end_due), 30, is_final=True),
    "end_rulings": Job(plain(terms.end_due), 60, is_final=True),
    "keep_sealed": Job(keep_sealed, 600, is_final=True),
    "make_archives": Job(making.make_due, 2),
    "carry_out_brought": Job(given(INSTANCE, brought.carry_out), 2, Due.BROUGHT),
    "subscribe_directories": Job(given(INSTANCE, listing_sync.subscribe_due), 1, Due.SUBSCRIBING),
    "read_directories": Job(given(INSTANCE, listing_sync.read_due), 1, Due.DIRECTORY),
    "greet_directories": Job(plain(listings.greet), 1, Due.DIRECTORY),
    "settle_directory": Job(plain(listings.settle), 30),
    "look_over_directory": Job(plain(listings.look_over), 3600),
    "read_censuses": Job(given(INSTANCE, censuses.read_due), 30),
    "bring_together": Job(given(INSTANCE, introductions.bring_together), 1, Due.MEETINGS),
    "publish_waiting": Job(publish_waiting, 1, Due.WAITING_LISTS),
    "compare_waiting": Job(plain(waiting_exchange.compare_due), 1, Due.WAITING_NEWS),
    "tell_waiting": Job(plain(waiting.tell_due), 1, Due.WAITING_MATCHES),
    "settle_waiting": Job(plain(waiting_exchange.settle), 60),
    "place_listings": Job(plain(listings.place_due), 1),
    "let_go": Job(plain(continuity.let_go), 3600, is_final=True),
    "settle_newest": Job(plain(newest.settle), 5),
    "prune": Job(prune, 3600, is_final=True),
}


#: Done by the process of the inbox where there is one: it alone has heard what they need.
OF_THE_INBOX = frozenset({"settle_followers"})


@asynccontextmanager
async def running(app: web.Application) -> AsyncIterator[None]:
    """All jobs, the inbox and the deliveries, for as long as the block lasts."""
    async with presence() as alone:
        if alone:
            await delivery.release_all()  # leases that are there are of the dead
            await set_back.wake(clock.now())
            uploads.release_all(Path(app[SETTINGS].var_dir))
        failures = Failures(Path(app[SETTINGS].var_dir))
        inbox = [] if RELAY in app else [Intake(app[INSTANCE]).run()]
        async with beside([*inbox, Dispatcher(app[INSTANCE]).run(),
                           *(repeat(name, partial(done, app, job), job.every_seconds, failures.add) for name, job in JOBS.items()
                             if RELAY not in app or name not in OF_THE_INBOX)]):
            yield


async def done(app: web.Application, job: Job) -> int:
    """Do a job once, if there is anything to do; how much, or nothing if it is to rest now."""
    if job.due is not None and not await is_due(job.due) or job.is_final and app[TIMEKEEPER].may_be_wrong():
        return 0
    count = await job.run(app)
    return 0 if job.always_rests else count
