"""How a person stands here: what their rulings in force amount to. Inside the transaction of the ruling.

Nobody is signed in to a suspended account, nobody sees it, nothing leaves in its name, and nothing of it is erased as long as the
ruling can be undone. Of a person elsewhere the follows end both ways, and do not come back.
"""
from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from federation import outbox
from models import Actor, Departure, Follow, Member, Q, Ruling, Session, Subquery, clock
from models.member import MemberState
from models.ruling import Act
from moderation import consent
from server.actions import accounts, apps, follows, sharing
from server.actions.remedies import Decided, Files, NotForThat

STANDING = (Act.LIMIT, Act.FREEZE, Act.SUSPEND, Act.BAN)
AWAY = frozenset({Act.SUSPEND, Act.BAN})  # nobody sees the person
COLUMNS = {Act.LIMIT: "limited_at", Act.FREEZE: "frozen_at"}  # of Actor
UNDO = timedelta(days=30)  # in which a suspension can be undone; then everything is erased


async def follow_up(decided: Decided) -> Files:
    """Bring the person's columns in line with their rulings, of which this one is written already."""
    if decided.act is Act.FREEZE and not decided.subject.is_local:
        raise NotForThat("writes elsewhere")
    await settle(decided.subject, decided.act)
    return ()


async def in_force(subject_id: int, acts: Collection[Act]) -> list[Ruling]:
    """The rulings of these kinds about a person that were not taken back, oldest first."""
    return await Ruling.filter(stands(acts), subject_id=subject_id).order_by("id")


def stands(acts: Collection[Act]) -> Q:
    """Rulings of these kinds that were not taken back, as a condition on Ruling."""
    undone = Subquery(Ruling.filter(undoes_id__isnull=False, act__in=[*acts]).values("undoes_id"))
    return Q(act__in=[*acts], undoes_id__isnull=True) & ~Q(id__in=undone)


def undo_until(act: Act, until: datetime | None) -> datetime | None:
    """When a limit or a freeze ends by itself, as it was said; until when a suspension or a ban can be undone."""
    if act in AWAY:
        return clock.now() + UNDO
    return until if act in STANDING else None


async def settle(subject: Actor, act: Act) -> None:
    """What is in force of such acts, in the columns that are asked. Raises accounts.LastHost, NotForThat."""
    if act in AWAY:
        await _settle_away(subject, bool(await in_force(subject.id, AWAY)))
    else:
        column = COLUMNS[act]
        await subject.change(**{column: _since(getattr(subject, column), bool(await in_force(subject.id, [act])))})
    if subject.is_local:
        await sharing.show_as_agreed(subject)  # directories forget who is limited or away, also those of partners


async def _settle_away(subject: Actor, is_away: bool) -> None:
    if member := await Member.get_or_none(actor_id=subject.id):
        member.actor = subject
        await (_send_off(member) if is_away else _take_in(member))
    elif is_away and (subject.suspended_at is None or subject.is_suspended_there):
        await _shut_out(subject)
    elif not is_away:
        await subject.change(suspended_at=None)


def _since(before: datetime | None, is_so: bool) -> datetime | None:
    return (before or clock.now()) if is_so else None


async def _send_off(member: Member) -> None:
    """Out of everybody's sight, and signed out. Raises accounts.LastHost."""
    if member.state is MemberState.SUSPENDED:
        return
    if member.state not in (MemberState.ACTIVE, MemberState.CLOSING):
        raise NotForThat("no member yet, or no more")
    await accounts.keep_a_host(member)
    await _state(member, MemberState.SUSPENDED)
    await member.actor.change(suspended_at=clock.now())
    await Session.filter(member_id=member.id).delete()
    await apps.show_all_out(member)
    await outbox.suspend_actor(member.actor)


async def _take_in(member: Member) -> None:
    """As before; who was leaving goes on leaving."""
    if member.state is not MemberState.SUSPENDED:
        return
    await Departure.filter(actor_id=member.actor_id, told_at__isnull=True).exclude(reason="").delete()  # of the suspension
    leaves = await Departure.exists(actor_id=member.actor_id, ended_at__isnull=True)
    await _state(member, MemberState.CLOSING if leaves else MemberState.ACTIVE)
    if not leaves:
        await member.actor.change(suspended_at=None)
        if await consent.may_leave(member.actor_id):
            await outbox.update_actor(member.actor)


async def _state(member: Member, state: MemberState) -> None:
    member.state = state
    await member.save(update_fields=["state"])


async def _shut_out(stranger: Actor) -> None:
    """Nothing that they wrote is shown, nothing more is taken from them, and follows end both ways."""
    await stranger.change(suspended_at=clock.now(), is_suspended_there=False)
    both = Follow.all().select_related("follower", "target")
    for follow in await both.filter(target_id=stranger.id):
        await follows.end(follow)
    for follow in await both.filter(follower_id=stranger.id):
        await follows.send_away(follow)
