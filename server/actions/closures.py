"""What follows when a server is suspended, or no longer wanted for its images, and what comes back when that is undone."""
from __future__ import annotations

from collections.abc import Sequence

from federation.disclosure import ALWAYS_SAID
from models import (
    Actor,
    Attachment,
    Delivery,
    Emoji,
    Host,
    Introduction,
    Listing,
    Notification,
    OutgoingActivity,
    Subquery,
    clock,
    memory,
)
from models.actor import ActorKind
from models.delivery import DeliveryState
from models.directory import IntroductionState
from models.host import Standing
from models.notification import Notice
from server.actions import cut_follows
from server.pictures.media import TO_FORGET


async def follow_through(rows: Sequence[Host]) -> None:
    """Bring in line what is known of these hosts with how we stand with them now. For the caller's transaction.

    `rows`: what `Host.decide` returns. Suspended: their people are gone from every page at once, follows are cut, what waits for
    them is cancelled, their images are forgotten. No longer: whatever was not erased is there again, but for the follows.
    """
    shut = [row for row in rows if row.standing is Standing.SUSPENDED and row.shut_at is None]
    freed = [row for row in rows if row.standing is not Standing.SUSPENDED and row.shut_at is not None]
    if shut:
        await _shut(shut, min((row.name for row in rows), key=len))
    for row in freed:
        await _free(row)
        await row.change(shut_at=None)
    memory.current().keys.clear()
    await _images(rows)


async def _free(row: Host) -> None:
    """Their people are there again, but for those whose address or id is on another server that is still suspended."""
    theirs = Actor.filter(Actor.of_servers(row.name), suspended_at=row.shut_at)
    names = {str(name) for pair in await theirs.distinct().values_list("host", "domain") for name in pair} - {row.name}
    for other in await Host.filter(name__in=list(names) or ["-"], standing=Standing.SUSPENDED, shut_at__isnull=False):
        await theirs.filter(Actor.of_servers(other.name)).update(suspended_at=other.shut_at)
    await theirs.update(suspended_at=None)


async def _shut(rows: Sequence[Host], domain: str) -> None:
    now, names = clock.now(), [row.name for row in rows]
    theirs = Actor.filter(Actor.of_servers(*names))
    # the instance actor still speaks: of what it has erased
    await theirs.filter(suspended_at__isnull=True).exclude(kind=ActorKind.APPLICATION).update(suspended_at=now)
    await Host.filter(name__in=names).update(shut_at=now)
    stays = Subquery(OutgoingActivity.filter(kind__in=list(ALWAYS_SAID)).values("id"))
    waiting = Delivery.filter(host__in=names, state=DeliveryState.WAITING).exclude(activity_id__in=stays)
    await waiting.update(state=DeliveryState.FAILED, done_at=now)
    await cut_follows.cut(names, domain)
    asking = Introduction.filter(host__in=names, is_asker=False, state=IntroductionState.ASKED)
    await Introduction.end(asking, IntroductionState.DECLINED)
    await Notification.filter(kind=Notice.INTRODUCTION, host__in=names).delete()
    await Listing.filter(host__in=names).delete()


async def _images(rows: Sequence[Host]) -> None:
    """What is no longer to be shown of images is dark at once, and the worker erases its file; later it may fetch it again."""
    if dark := [row.name for row in rows if row.shows_no_media]:
        owners = Subquery(Actor.filter(Actor.of_servers(*dark)).values("id"))
        await Attachment.filter(owner_id__in=owners, stored_at__isnull=False).update(stored_at=None, fetch_attempts=TO_FORGET)
        await Emoji.filter(host__in=dark, stored_at__isnull=False).update(stored_at=None, fetch_attempts=TO_FORGET)
