"""How long a copy below the whole web may be kept elsewhere: half a year, and longer only if its origin says so in time.

So a copy goes although its origin is gone, its keys lost, its domain sold. What still stands is renewed at half of the time by
an Update, to the servers that have it and obey: about two of them a year for each message and server (DECISIONS).
"""
from __future__ import annotations

from datetime import datetime, timedelta

from federation import erasure, outbox
from models import Community, Post, Q, Tombstone, clock
from models.consent import Purpose
from models.database import in_transaction
from models.reach import Reach
from moderation import consent

KEPT_FOR = timedelta(days=180)
RENEWED_BEFORE = KEPT_FOR / 2
AT_ONCE = 50


def kept_until(reach: Reach, since: datetime) -> datetime | None:
    """When other servers are to erase a message of ours, unless they hear of it again; None for what no copy of is bounded."""
    return (since + KEPT_FOR).replace(microsecond=0) if reach in (Reach.CIRCLE, Reach.PARTNERS) else None


async def renew_due() -> int:
    """A job: messages of ours that half of their time has passed for, and that are still agreed to, may be kept for longer.
    Returns how many were looked at.
    """
    now = clock.now()
    alive = Q(deleted_at__isnull=True, held_until__isnull=True)
    alive &= Q(author__deleted_at__isnull=True, author__suspended_at__isnull=True)
    ours = Post.filter(alive, consent.authors_who_allow(Purpose.SHARED_OUT), author__host="", expires_at__lt=now + RENEWED_BEFORE)
    due = await ours.order_by("expires_at").limit(AT_ONCE).select_related("author")
    for post in due:
        async with in_transaction():
            await post.change(expires_at=kept_until(post.reach, now))
            await outbox.renew(post)
    return len(due)


async def erase_due() -> int:
    """A job: copies of others' messages whose time is over go, whether or not their origin is there. Returns how many."""
    theirs = Post.filter(deleted_at__isnull=True).exclude(author__host="")
    over, kept = theirs.filter(expires_at__lt=clock.now()).order_by("expires_at"), (await Community.current()).retention_days
    async with in_transaction():
        due = await over.limit(AT_ONCE).select_related("author")
        if kept and not due:  # what our charter promises, where it is shorter
            old = theirs.filter(created_at__lt=clock.now() - timedelta(days=kept), reach__in=[Reach.CIRCLE, Reach.PARTNERS])
            due = await old.order_by("id").limit(AT_ONCE).select_related("author")
        for post in due:
            await Tombstone.bury(post.uri, post.author.uri)
        await erasure.erase(due)
    return len(due)
