"""People who came without an invitation: their first messages wait until the team knows them."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from models import Actor, AuditEntry, Community, Member, Q, clock
from models.database import in_transaction
from models.member import MemberState
from moderation.signals import joining
from moderation.signals.joining import Asking, Clue
from server.actions import bars, signals

HOUR = timedelta(hours=1)
TIMES_LIMIT = 1000  # of others who came meanwhile


async def trust(member: Member, by: Actor | None) -> None:
    """From now on this member writes like everybody else."""
    async with in_transaction():
        await _set(member, by, is_new=False)


async def doubt(member: Member, by: Actor | None) -> None:
    """The team wants to read the next messages of this member first. What was let go before counts no more."""
    async with in_transaction():
        await _set(member, by, is_new=True)


async def read(actor_id: int, by: Actor | None, *, trusts: bool) -> None:
    """The team has let a message of somebody go. Inside the transaction."""
    member = await Member.get_or_none(actor_id=actor_id)
    if member is None or member.newcomer_since is None:
        return
    enough = (await Community.current()).first_held
    if trusts or 0 < enough <= await signals.let_go_count(actor_id, member.newcomer_since):
        await _set(member, by, is_new=False)


async def _set(member: Member, by: Actor | None, *, is_new: bool) -> None:
    if (member.newcomer_since is not None) == is_new:
        return
    member.newcomer_since = clock.now() if is_new else None
    await member.save(update_fields=["newcomer_since"])
    await AuditEntry.create(actor_id=by.id if by else None, action="member.doubt" if is_new else "member.trust",
                            target=f"member:{member.id}")


async def clues(waiting: Sequence[Member]) -> dict[int, tuple[Clue, ...]]:
    """What there is to know of each of these who ask to join, by their id."""
    if not waiting:
        return {}
    first, last = min(one.created_at for one in waiting) - HOUR, max(one.created_at for one in waiting) + HOUR
    by_themselves = Q(newcomer_since__isnull=False) | Q(state__in=[MemberState.WAITING, MemberState.REFUSED])
    came = Member.filter(by_themselves, created_at__gte=first, created_at__lte=last).order_by("-id").limit(TIMES_LIMIT)
    times = await came.values_list("created_at", flat=True)
    return {one.id: await _clues(one, [cast(datetime, time) for time in times]) for one in waiting}


async def _clues(member: Member, times: Sequence[datetime]) -> tuple[Clue, ...]:
    email = member.email or member.new_email
    within = sum(abs(time - member.created_at) <= HOUR / 2 for time in times)
    return joining.clues(Asking(email=email, answer=member.answer, within_an_hour=within,
                                is_barred=bool(email) and await bars.covers(address=email)))
