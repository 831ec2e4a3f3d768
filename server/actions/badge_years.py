"""What becomes of badges while nobody acts: evidence goes, years end, and servers stop being partners."""
from __future__ import annotations

from datetime import timedelta

from models import Actor, AuditEntry, Badge, Host, Subquery, clock
from models.badge import BadgeState
from models.database import in_transaction
from models.host import PARTNERS
from server.actions import badges

AHEAD = timedelta(days=30)
KEEP_EVIDENCE = timedelta(days=29)  # after the decision: within thirty days, a day for the job
UNANSWERED = timedelta(days=180)
AT_ONCE = 100


async def settle() -> int:
    """A job: evidence that has served its time, years that are over or soon will be, what nobody answered, and badges from
    servers that are no partners any more. How many.
    """
    return await _erase_evidence() + await _remind() + await _lapse() + await _forget_elsewhere()


async def _erase_evidence() -> int:
    old = await Badge.filter(decided_at__lt=clock.now() - KEEP_EVIDENCE, evidence_erased_at__isnull=True).limit(AT_ONCE)
    for badge in old:
        await badges.erase(badge)
    return len(old)


async def _remind() -> int:
    soon = await Badge.filter(state=BadgeState.GIVEN, ends_at__lt=clock.now() + AHEAD, reminded_at__isnull=True
                              ).select_related("owner").limit(AT_ONCE)
    for badge in soon:
        async with in_transaction():
            await badge.change(reminded_at=clock.now())
            await badges.tell(badge.owner)
    return len(soon)


async def _lapse() -> int:
    over = await Badge.filter(state=BadgeState.GIVEN, ends_at__lt=clock.now()).select_related("owner").limit(AT_ONCE)
    unanswered = await Badge.filter(state=BadgeState.ASKED, created_at__lt=clock.now() - UNANSWERED
                                    ).select_related("owner").limit(AT_ONCE)
    for badge in (*over, *unanswered):
        async with in_transaction():
            was_given = badge.state is BadgeState.GIVEN
            await badges.erase(badge, state=BadgeState.LAPSED, decided_at=badge.decided_at or clock.now())
            if was_given:
                await badges.show(badge.owner, None)
            await badges.withdraw_notices(badge.owner)
            await badges.tell(badge.owner)
            await AuditEntry.create(action="badge.lapse", target=f"badge:{badge.key}")
    return len(over) + len(unanswered)


async def _forget_elsewhere() -> int:
    """What a server says of its people counts for as long as it is a partner."""
    partners = Host.filter(standing__in=list(PARTNERS)).values("name")
    theirs = Actor.filter(badge__not="").exclude(host="").exclude(host__in=Subquery(partners))
    return await theirs.update(badge="", profession="", badge_checks=0)
