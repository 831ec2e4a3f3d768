"""Work that nobody waits for. Queues are tables: what is written down there survives any crash."""
from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

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
    pins,
    rotation,
    synchronisation,
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
    clock,
    sealing,
    vault,
)
from models.delivery import DeliveryState, ItemState
from models.migration import forget_copies
from models.presence import presence
from models.queues import Due, is_due
from server import emojis, kept_head, media, pushes, reminders, uploads
from server.actions import (
    apps,
    badges,
    brought,
    case_keeping,
    departures,
    erasures,
    handovers,
    held,
    host_lists,
    host_mutes,
    introductions,
    list_entries,
    listings,
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
from server.api import scheduled
from server.archives import making
from server.failures import Failures
from server.keys import INSTANCE, MAIL, MEDIA, RELAY, SETTINGS
from server.tasks import beside, repeat

KEEP_ITEMS = timedelta(days=14)  # as long as a peer may still repeat an activity
KEEP_TOMBSTONES = timedelta(days=90)
KEEP_COPIES = timedelta(days=30)  # of an SQLite file as it was before a migration
KEEP_REQUESTS = timedelta(days=365)  # that we erased for another server: digests, no names
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """Something done again and again. `run` returns how much it did; when it was nothing, it rests for `every_seconds`. `due`:
    the question whether there may be anything to do, where there is a cheap one.
    """

    run: Callable[[web.Application], Awaitable[int]]
    every_seconds: float
    due: Due | None = None


async def send_mail(app: web.Application) -> int:
    """Send the mails that are owed."""
    return await app[MAIL].send_due()


async def release_held(app: web.Application) -> int:
    """Let go of messages whose time for undoing is over."""
    return await held.release_due()


async def end_polls(_app: web.Application) -> int:
    """Tell of questions that are over."""
    return await polls.end_due()


async def store_uploads(app: web.Application) -> int:
    """Make images of what apps have uploaded."""
    return await uploads.store_waiting(Path(app[SETTINGS].var_dir), app[MEDIA])


async def publish_scheduled(app: web.Application) -> int:
    """Publish messages whose hour has come."""
    return await scheduled.publish_due(app)


async def fetch_images(app: web.Application) -> int:
    """Bring in images of messages from elsewhere, and the small ones in their text."""
    return await media.fetch_wanted(app[INSTANCE], app[MEDIA]) + await emojis.fetch_wanted(app[INSTANCE], app[MEDIA])


async def forget_rejected(app: web.Application) -> int:
    """Erase the files of images whose server is suspended, or wanted without images."""
    return await media.forget_rejected(app[MEDIA])


async def apply_lists(app: web.Application) -> int:
    """Set the rules that lists of servers bring."""
    return await list_entries.apply_due(app[INSTANCE])


async def read_lists(app: web.Application) -> int:
    """Read the lists of servers that others keep."""
    return await host_lists.read_due(app[INSTANCE])


async def complete_conversations(app: web.Application) -> int:
    """Bring in what is missing of conversations that somebody reads."""
    return await conversations.complete_due(app[INSTANCE])


async def read_ended_polls(app: web.Application) -> int:
    """Read how questions of others ended."""
    return await ended_polls.read_due(app[INSTANCE])


async def read_profiles(app: web.Application) -> int:
    """Read what stands on top of pages elsewhere that somebody looks at."""
    return await pins.read_due(app[INSTANCE])


async def end_mutes(app: web.Application) -> int:
    """Lift the mutes whose time is over."""
    return await relations.end_mutes() + await host_mutes.end_due()


async def settle_cases(_app: web.Application) -> int:
    """Give reports of an earlier version their cases, and forget old notes."""
    return await case_keeping.settle()


async def forget_notifiers(app: web.Application) -> int:
    """Erase who people without an account were, half a year after the team has answered what they reported."""
    return await outside_reports.forget_notifiers()


async def settle_followers(app: web.Application) -> int:
    """Agree again with other servers on who follows whom."""
    return await synchronisation.settle_due(app[INSTANCE])


async def settle_consents(app: web.Application) -> int:
    """End agreements whose time is over, and remind of those that end soon."""
    return await reminders.settle() + await handovers.settle()


async def settle_badges(_app: web.Application) -> int:
    """Erase what proved badges, and end those whose year is over."""
    return await badges.settle()


async def keep_ledger_head(app: web.Application) -> int:
    """Keep outside the database how far the ledger of consent reaches."""
    return await kept_head.keep(Path(app[SETTINGS].var_dir))


async def answer_withdrawals(app: web.Application) -> int:
    """Sign that what other servers took back is erased."""
    return await erasures.settle(app)


async def erase_expired(app: web.Application) -> int:
    """Erase copies of what others wrote whose time is over."""
    return await erasures.expire(app)


async def renew_copies(_app: web.Application) -> int:
    """Let other servers keep for longer what still stands."""
    return await copies.renew_due()


async def ask_back(_app: web.Application) -> int:
    """Ask servers that answer no notices to erase what a member took back, some things at a time."""
    return await withdrawal.go_on()


async def chase_withdrawals(_app: web.Application) -> int:
    """Look after servers that do not answer to what was taken back."""
    return await withdrawal_watch.chase()


async def settle_network(app: web.Application) -> int:
    """Read the roster of our network again, and keep ours alive."""
    return await network.settle(app[INSTANCE])


async def learn_partners(app: web.Application) -> int:
    """Ask partners what they understand."""
    return await withdrawal_watch.learn_due(app[INSTANCE])


async def end_rulings(_app: web.Application) -> int:
    """What ends by itself: limits, freezes, and accounts whose suspension can no longer be undone."""
    return await terms.end_due()


async def end_departures(app: web.Application) -> int:
    """Erase those whose time for coming back is over, a step at a time."""
    return await departures.end_due(app[MEDIA])


async def keep_sealed(app: web.Application) -> int:
    """Seal what is older than the keys, erase again who is gone, and end the keys of days that are over."""
    await departures.again()
    vault.end_passages(KEEP_ITEMS.days + 1)
    forget_copies(app[SETTINGS].database_url, clock.now() - KEEP_COPIES)
    return await sealing.old()


async def make_archives(app: web.Application) -> int:
    """Make the copies of their data that members asked for."""
    return await making.make_due(app)


async def carry_out_brought(app: web.Application) -> int:
    """Bring in what members took along from other servers."""
    return await brought.carry_out(app[INSTANCE])


async def subscribe_directories(app: web.Application) -> int:
    """Ask the directories of partners to tell us of people who can be found."""
    return await listing_sync.subscribe_due(app[INSTANCE])


async def read_directories(app: web.Application) -> int:
    """Compare what partners tell of their people with what we know."""
    return await listing_sync.read_due(app[INSTANCE])


async def greet_directories(_app: web.Application) -> int:
    """Tell a partner that has just subscribed of all who agreed."""
    return await listings.greet()


async def settle_directory(_app: web.Application) -> int:
    """Tell partners what members agreed to, and take back what they no longer agree to."""
    return await listings.settle()


async def look_over_directory(_app: web.Application) -> int:
    """See that what is told of everybody in the directory is what they agreed to."""
    return await listings.look_over()


async def read_censuses(app: web.Application) -> int:
    """Ask partners in which countries their people are."""
    return await censuses.read_due(app[INSTANCE])


async def bring_together(app: web.Application) -> int:
    """Have those who said yes to each other follow each other."""
    return await introductions.bring_together(app[INSTANCE])


async def publish_waiting(app: web.Application) -> int:
    """Send partners the blinded list of those who wait, where it changed."""
    return await waiting_exchange.publish_due(Path(app[SETTINGS].var_dir))


async def compare_waiting(_app: web.Application) -> int:
    """Look whether somebody elsewhere waits with the same."""
    return await waiting_exchange.compare_due()


async def tell_waiting(_app: web.Application) -> int:
    """Tell members that somebody waits with the same."""
    return await waiting.tell_due()


async def settle_waiting(_app: web.Application) -> int:
    """Forget who no longer waits, and go on with those who said yes."""
    return await waiting_exchange.settle()


async def place_listings(_app: web.Application) -> int:
    """Work out what may be shown of those who can be found."""
    return await listings.place_due()


async def let_go(_app: web.Application) -> int:
    """Forget followers on servers that are dead."""
    return await continuity.let_go()


async def prune(app: web.Application) -> int:
    """Forget what has served its time: old ids, spent links, ended sessions, delivered texts."""
    now = clock.now()
    await InboxItem.filter(created_at__lt=now - KEEP_ITEMS).exclude(state=ItemState.NEW).delete()
    await DailyNumber.forget_old()
    await Knock.forget_old()
    await Tombstone.filter(created_at__lt=now - KEEP_TOMBSTONES).delete()
    await SignInLink.filter(expires_at__lt=now).delete()
    await Session.filter(expires_at__lt=now).delete()
    await AccessToken.forget_unused(now - apps.UNUSED)
    await ErasureRequest.filter(answered_at__lt=now - KEEP_REQUESTS).delete()
    await introductions.forget_old()
    await once.forget_old()
    await rotation.retire_due()
    await media.forget_unused(app[MEDIA])
    await media.forget_orphans(app[MEDIA])
    waiting = Subquery(Delivery.filter(state=DeliveryState.WAITING).values("activity_id"))
    await OutgoingActivity.filter(created_at__lt=now - KEEP_ITEMS).exclude(id__in=waiting).delete()
    return 0


async def send_pushes(app: web.Application) -> int:
    """Wake the apps of members who have news."""
    return await pushes.send_due(app)


JOBS: dict[str, Job] = {
    "send_mail": Job(send_mail, 1, Due.MAIL),
    "send_pushes": Job(send_pushes, 1, Due.PUSHES),
    "settle_badges": Job(settle_badges, 60),
    "keep_ledger_head": Job(keep_ledger_head, 5),
    "release_held": Job(release_held, 0.5, Due.HELD),
    "publish_scheduled": Job(publish_scheduled, 2, Due.SCHEDULED),
    "store_uploads": Job(store_uploads, 0.2),
    "end_polls": Job(end_polls, 1, Due.POLLS),
    "fetch_images": Job(fetch_images, 2, Due.IMAGES),
    "forget_rejected": Job(forget_rejected, 10),
    "apply_lists": Job(apply_lists, 2),
    "read_lists": Job(read_lists, 60),
    "complete_conversations": Job(complete_conversations, 0.5),
    "read_profiles": Job(read_profiles, 1),
    "read_ended_polls": Job(read_ended_polls, 5),
    "settle_followers": Job(settle_followers, 1),
    "end_mutes": Job(end_mutes, 10),
    "settle_cases": Job(settle_cases, 3600),
    "forget_notifiers": Job(forget_notifiers, 3600),
    "settle_consents": Job(settle_consents, 60),
    "answer_withdrawals": Job(answer_withdrawals, 0.5, Due.ERASURES),
    "ask_back": Job(ask_back, 0.5, Due.RECALLS),
    "chase_withdrawals": Job(chase_withdrawals, 60),
    "erase_expired": Job(erase_expired, 60),
    "renew_copies": Job(renew_copies, 60),
    "settle_network": Job(settle_network, 60),
    "learn_partners": Job(learn_partners, 300),
    "end_departures": Job(end_departures, 30),
    "end_rulings": Job(end_rulings, 60),
    "keep_sealed": Job(keep_sealed, 600),
    "make_archives": Job(make_archives, 2),
    "carry_out_brought": Job(carry_out_brought, 2, Due.BROUGHT),
    "subscribe_directories": Job(subscribe_directories, 1, Due.SUBSCRIBING),
    "read_directories": Job(read_directories, 1, Due.DIRECTORY),
    "greet_directories": Job(greet_directories, 1, Due.DIRECTORY),
    "settle_directory": Job(settle_directory, 30),
    "look_over_directory": Job(look_over_directory, 3600),
    "read_censuses": Job(read_censuses, 30),
    "bring_together": Job(bring_together, 1, Due.MEETINGS),
    "publish_waiting": Job(publish_waiting, 1, Due.WAITING_LISTS),
    "compare_waiting": Job(compare_waiting, 1, Due.WAITING_NEWS),
    "tell_waiting": Job(tell_waiting, 1, Due.WAITING_MATCHES),
    "settle_waiting": Job(settle_waiting, 60),
    "place_listings": Job(place_listings, 1),
    "let_go": Job(let_go, 3600),
    "prune": Job(prune, 3600),
}


#: Done by the process of the inbox where there is one: it alone has heard what they need.
OF_THE_INBOX = frozenset({"settle_followers"})


@asynccontextmanager
async def running(app: web.Application) -> AsyncIterator[None]:
    """All jobs, the inbox and the deliveries, for as long as the block lasts."""
    async with presence() as alone:
        if alone:
            await delivery.release_all()  # leases that are there are of the dead
        failures = Failures(Path(app[SETTINGS].var_dir))
        inbox = [] if RELAY in app else [Intake(app[INSTANCE]).run()]
        async with beside([*inbox, Dispatcher(app[INSTANCE]).run(),
                           *(repeat(name, partial(_done, app, job), job.every_seconds, failures.add) for name, job in JOBS.items()
                             if RELAY not in app or name not in OF_THE_INBOX)]):
            yield


async def _done(app: web.Application, job: Job) -> int:
    """How much there was to do."""
    return await job.run(app) if job.due is None or await is_due(job.due) else 0
