"""What tells our hosts that somebody collects the people of the directory."""
from __future__ import annotations

from datetime import timedelta

from models import AuditEntry, DirectoryPeer, Notification, clock
from models.notification import Notice

AGAIN_AFTER = timedelta(days=1)
LEAKED, READS_ON, TRIES = "directory.leaked", "directory.read", "directory.tries"


async def leaked(host: str, seen_at: str) -> None:
    """A name that only one partner was told has been asked for by another server: the partner passed it on, or was broken into.
    Once a day for each partner. Inside a transaction or not.
    """
    peer = await DirectoryPeer.of(host)
    if peer.alarmed_at and peer.alarmed_at > clock.now() - AGAIN_AFTER:
        return
    await peer.change(alarmed_at=clock.now())
    await _ring(LEAKED, f"host:{host}", f"asked for by {seen_at}", host)


async def reads_on(target: str, host: str = "") -> None:
    """A member ("member:…") or a partner ("host:…") reads more of the directory than anybody who looks for people. Once a day."""
    since = clock.now() - AGAIN_AFTER
    if not await AuditEntry.filter(action=READS_ON, target=target, created_at__gt=since).exists():
        await _ring(READS_ON, target, "", host)


async def tries(host: str) -> None:
    """A partner names conditions on its waiting list as if to find out who has them: more new ones in a day than people come, or
    one that only a guess can hit. Once a day. Inside a transaction.
    """
    since = clock.now() - AGAIN_AFTER
    if not await AuditEntry.filter(action=TRIES, target=f"host:{host}", created_at__gt=since).exists():
        await _ring(TRIES, f"host:{host}", "", host)


async def _ring(action: str, target: str, reason: str, host: str) -> None:
    await AuditEntry.create(actor_id=None, action=action, target=target, reason=reason)
    await Notification.filter(kind=Notice.SCRAPED, host=host).delete()  # so that it is new once more
    await Notification.tell_hosts(Notice.SCRAPED, host)
