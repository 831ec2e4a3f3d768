"""Mentors: members whom the team asks to welcome newcomers, and who said yes; and newcomers who ask to be welcomed.

A mentor is told who asked, and sees of them what everybody of the community sees: nothing else goes with it. Either ends it at
any time and says nothing why; a newcomer whose mentor ended it is first on the list for another.
"""
from __future__ import annotations

from collections import Counter
from datetime import timedelta

from models import Actor, AuditEntry, Block, Member, Mentoring, Notification, clock
from models.database import in_transaction
from models.errors import CommunityError
from models.member import MemberState, Role
from models.notification import Notice
from models.turns import take_turn

NEWCOMERS_MOST = 10  # of one mentor at the same time
AT_ONCE = 50  # of those who wait, in one go
KEEP_ENDED = timedelta(days=365)
ADULT_YEARS = 18


class NotForThem(CommunityError):
    """A mentor is a stranger: those under age meet adults through somebody who acts for them."""

    status = 403
    safe = "A profile that somebody else looks after has no mentor."


class NotToBeAsked(CommunityError):
    """The member cannot act, or is not of age."""

    status = 422
    safe = "This member cannot be a mentor."


def may_have_mentor(member: Member) -> bool:
    """Whether a member can be welcomed by a mentor: nobody under age, as far as we know it."""
    is_young = member.birth_year is not None and clock.now().year - member.birth_year <= ADULT_YEARS
    return member.role is not Role.MANAGED and not is_young


async def ask(member: Member, by: Actor) -> None:
    """The team would like this member to be a mentor; nothing happens before they say yes. Raises NotToBeAsked."""
    if member.state is not MemberState.ACTIVE or not may_have_mentor(member):
        raise NotToBeAsked("mentor")
    if member.mentor_since is not None:
        return
    async with in_transaction():
        await Member.filter(id=member.id).update(mentor_asked_at=clock.now())
        await Notification.withdraw(Notice.MENTOR_ASKED, by, recipient=member.actor)
        await Notification.tell(member.actor, Notice.MENTOR_ASKED, by)
        await AuditEntry.create(actor_id=by.id, action="mentor.ask", target=f"member:{member.id}")


async def agree(member: Member, newcomers: int) -> None:
    """A member who was asked says yes, for at most so many newcomers at the same time; or changes that number."""
    if member.mentor_asked_at is None and member.mentor_since is None:
        raise NotToBeAsked("not asked")
    limit = max(1, min(newcomers, NEWCOMERS_MOST))
    await Member.filter(id=member.id).update(mentor_since=member.mentor_since or clock.now(), mentor_asked_at=None,
                                             newcomers_limit=limit)
    await assign()


async def step_down(member: Member, by: Actor | None = None) -> None:
    """No mentor any more, or not one at all. `by`: somebody of the team ends it. Their newcomers wait for another."""
    async with in_transaction():
        await Member.filter(id=member.id).update(mentor_since=None, mentor_asked_at=None)
        for mentoring in await Mentoring.filter(mentor_id=member.actor_id, ended_at__isnull=True):
            await _end(mentoring, again=True)
        if by:
            await AuditEntry.create(actor_id=by.id, action="mentor.end", target=f"member:{member.id}")
    await assign()


async def of_newcomer(actor: Actor) -> Mentoring | None:
    """The mentoring of a newcomer, with its mentor; without one, they wait."""
    return await Mentoring.filter(newcomer_id=actor.id, ended_at__isnull=True).select_related("mentor").first()


async def of_mentor(actor: Actor) -> list[Mentoring]:
    """Those whom a mentor welcomes now, with the newcomers."""
    found = Mentoring.filter(mentor_id=actor.id, ended_at__isnull=True)
    return await found.select_related("newcomer").order_by("id").limit(NEWCOMERS_MOST)


async def place_of(mentoring: Mentoring) -> int:
    """Which one in the list of those who wait, from 1."""
    return 1 + await Mentoring.filter(mentor_id__isnull=True, ended_at__isnull=True, id__lt=mentoring.id).count()


async def seek(member: Member) -> None:
    """A newcomer asks for a mentor; asking twice is asking once. Raises NotForThem."""
    if not may_have_mentor(member):
        raise NotForThem("mentor")
    async with in_transaction():
        await take_turn("mentor", member.actor_id)
        if await of_newcomer(member.actor) is None:
            await Mentoring.create(newcomer=member.actor)
    await assign()


async def end(mentoring: Mentoring, by: Actor) -> None:
    """One of the two ends it, or a newcomer waits no longer. If it is the mentor, the newcomer waits for another."""
    async with in_transaction():
        await _end(mentoring, again=mentoring.mentor_id == by.id)
    await assign()


async def assign() -> int:
    """Bring those who wait longest to mentors who have room, of their language first; how many. Also a job."""
    waiting = await Mentoring.filter(mentor_id__isnull=True, ended_at__isnull=True).order_by("id").limit(AT_ONCE)
    if not waiting:
        return 0
    mentors, count = await _free(), 0
    for mentoring in waiting:
        if not mentors:
            break
        newcomer = await Member.get_or_none(actor_id=mentoring.newcomer_id, state=MemberState.ACTIVE).select_related("actor")
        if newcomer and (mentor := await _fitting(newcomer, mentors)):
            count += await _begin(mentoring, newcomer, mentor)
            mentors = await _free()
    return count


async def forget_old() -> int:
    """Those that ended long ago; how many."""
    return await Mentoring.filter(ended_at__lt=clock.now() - KEEP_ENDED).delete()


async def _free() -> list[Member]:
    """The mentors with room, those with the fewest newcomers first."""
    mentors = Member.filter(mentor_since__isnull=False, state=MemberState.ACTIVE)
    rows = await mentors.select_related("actor").order_by("id").limit(500)
    current = await Mentoring.filter(mentor_id__in=[row.actor_id for row in rows] or [0], ended_at__isnull=True)
    taken = Counter(one.mentor_id for one in current)
    free = [row for row in rows if taken[row.actor_id] < row.newcomers_limit and not row.is_on_break]
    return sorted(free, key=lambda row: taken[row.actor_id])


async def _fitting(newcomer: Member, mentors: list[Member]) -> Member | None:
    """A mentor for this newcomer: nobody with whom it ended, and no block between them."""
    ended = {one.mentor_id for one in await Mentoring.filter(newcomer_id=newcomer.actor_id, ended_at__isnull=False)}
    for mentor in sorted(mentors, key=lambda one: one.language != newcomer.language):
        if mentor.actor_id != newcomer.actor_id and mentor.actor_id not in ended \
                and not await Block.either_way(mentor.actor_id, newcomer.actor_id):
            return mentor
    return None


async def _begin(mentoring: Mentoring, newcomer: Member, mentor: Member) -> int:
    """Unless somebody was faster, or the mentor has no room any more."""
    async with in_transaction():
        await Member.filter(id=mentor.id).select_for_update()
        taken = await Mentoring.filter(mentor_id=mentor.actor_id, ended_at__isnull=True).count()
        waits = Mentoring.filter(id=mentoring.id, mentor_id__isnull=True, ended_at__isnull=True)
        if taken >= mentor.newcomers_limit or not await waits.update(mentor_id=mentor.actor_id, began_at=clock.now()):
            return 0
        await Notification.tell(newcomer.actor, Notice.MENTOR, mentor.actor)
        await Notification.tell(mentor.actor, Notice.NEWCOMER, newcomer.actor)
    return 1


async def _end(mentoring: Mentoring, *, again: bool) -> None:
    if not await Mentoring.filter(id=mentoring.id, ended_at__isnull=True).update(ended_at=clock.now()):
        return
    if again:
        await Mentoring.create(id=mentoring.id - 1, newcomer_id=mentoring.newcomer_id)  # before all who asked since
