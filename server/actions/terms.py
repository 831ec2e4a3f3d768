"""What ends by itself: limits and freezes whose day has come, and accounts whose suspension can no longer be undone."""
from __future__ import annotations

from federation import erasure
from models import Departure, Member, Post, Q, Ruling, Statement, Subquery, clock
from models.database import in_transaction
from models.member import MemberState
from models.ruling import AppealState
from server.actions import rulings, standing
from server.words.language import LANGUAGES, gettext_for

AT_ONCE = 20
COPIES_AT_ONCE = 100


async def end_due() -> int:
    """A job: one step of each kind; how much was done."""
    return await _lift() + await _begin_erasing() + await _erase_copies()


async def _lift() -> int:
    over = await Ruling.filter(standing.stands(tuple(standing.COLUMNS)), until__lte=clock.now()).order_by("id").limit(AT_ONCE)
    for ruling in over:
        await rulings.take_back(ruling, None)
    return len(over)


def _over() -> Subquery:
    """Those whom no ruling that can still be undone keeps away."""
    return Subquery(Ruling.filter(standing.stands(tuple(standing.AWAY)), until__lte=clock.now()).values("subject_id"))


async def _begin_erasing() -> int:
    """Their data go as those of somebody who leaves do (`departures`). Whoever waits to be heard is waited for."""
    heard = Subquery(Statement.filter(state=AppealState.ASKED).values("owner_id"))
    leaving = Subquery(Departure.filter(ends_at__lte=clock.now()).values("actor_id"))
    due = Member.filter(Q(actor_id__in=_over()) & ~Q(actor_id__in=heard) & ~Q(actor_id__in=leaving), state=MemberState.SUSPENDED)
    members = await due.order_by("id").limit(AT_ONCE)
    for member in members:
        _ = gettext_for(member.language if member.language in LANGUAGES else LANGUAGES[0])
        async with in_transaction():
            await Departure.update_or_create(actor_id=member.actor_id, defaults={
                "ends_at": clock.now(), "keeps": [], "reason": _("Your account was suspended 30 days ago."), "told_at": None,
                "ended_at": None})
    return len(members)


async def _erase_copies() -> int:
    """What people of other servers wrote, of whom nothing was shown for as long. It may come again if they are let in again."""
    page = await Post.filter(author_id__in=_over(), deleted_at__isnull=True).exclude(author__host="").limit(COPIES_AT_ONCE)
    async with in_transaction():
        await erasure.erase(page)
    return len(page)
