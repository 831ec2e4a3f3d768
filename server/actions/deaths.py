"""Somebody has died: told by those who knew them, checked by the team, and then quiet.

Nothing that was confirmed by mistake is lost: copies elsewhere are asked back only when the time of the lock is over.
"""
from __future__ import annotations

from models import (
    Actor,
    AuditEntry,
    ConsentRecord,
    DeathReport,
    Departure,
    Member,
    Notification,
    OutgoingMail,
    ScheduledPost,
    Session,
    SignInLink,
    clock,
)
from models.consent import Capacity, ConsentEvent, ConsentState, Purpose
from models.database import in_transaction
from models.errors import CommunityError, NotHere
from models.member import MemberState
from models.notification import Notice
from models.turns import take_turn
from moderation import consent, deaths
from moderation.deaths import Told
from server.actions import accounts, apps, consents, sharing, unguarded
from server.actions.consents import Voice

BY_THE_COMMUNITY = Voice(None, Capacity.COMMUNITY)


class NotYet(CommunityError):
    """Nobody confirms alone, nor what they told themselves."""

    status = 409
    safe = "Two members or an executor have to tell it, and somebody else of the team has to check it."


async def report(subject: Actor, reporter: Member, is_executor: bool, words: str) -> None:
    """A member tells that somebody here has died; saying it twice is saying it once. NotHere for people of elsewhere."""
    if not subject.is_local or subject.id == reporter.actor_id:
        raise NotHere("nobody here")
    async with in_transaction():
        await take_turn("death", subject.id)  # of two who tell it at once, the second knows of the first
        if not await _active(subject):
            raise NotHere("nobody here")
        told, is_new = await DeathReport.get_or_create(subject_id=subject.id, reporter_id=reporter.actor_id, defaults={
            "is_executor": is_executor, "words": words[:500]})
        if not is_new:
            changed = {"is_executor": is_executor, "words": words[:500], "decided_at": None, "is_confirmed": False}
            await told.update_from_dict(changed).save(update_fields=list(changed))
        if deaths.is_ripe(await told_of(subject)):
            for colleague in [one for one in await accounts.team() if one.actor_id != subject.id]:
                await Notification.tell(colleague.actor, Notice.DEATH, subject)


async def told_of(subject: Actor) -> list[Told]:
    """The reports that wait for a decision."""
    rows = await DeathReport.filter(subject_id=subject.id, decided_at__isnull=True).order_by("id")
    return [Told(row.reporter_id, row.is_executor) for row in rows]


async def confirm(subject: Member, by: Member) -> None:
    """The team has checked it. What stops, stops at once; with a yes to C17 the page stays, else it is locked. Raises NotYet,
    accounts.LastHost.
    """
    actor = subject.actor
    async with in_transaction():
        await take_turn("death", actor.id)  # what somebody else of the team has just refused is told no more
        if subject.state is not MemberState.ACTIVE or not deaths.may_confirm(await told_of(actor), by.actor_id, actor.id):
            raise NotYet("check")
        stays = await consent.permits(actor.id, Purpose.MEMORIAL)
        await accounts.keep_a_host(subject)
        now = clock.now()
        alive = Member.filter(id=subject.id, state=MemberState.ACTIVE)
        if not await alive.update(state=MemberState.DECEASED, deceased_at=now):
            raise NotYet("check")  # somebody else of the team was quicker
        for record in await ConsentRecord.last_words(actor.id):
            if record.purpose in deaths.STOPS and consent.is_in_force(record):
                await consents.end(record, ConsentEvent.EXPIRED, ConsentState.EXPIRED, BY_THE_COMMUNITY)
        await _silence(subject)
        await unguarded.tell_of(actor)
        await sharing.show_as_agreed(actor)
        if not stays:
            await actor.change(suspended_at=clock.now())
            await Departure.update_or_create(actor=actor, defaults={
                "ends_at": clock.now() + deaths.LOCKED_FOR, "keeps": subject.after_death or [], "ended_at": None})
        await _decide(actor, by, True)
        await AuditEntry.create(actor_id=by.actor_id, action="member.deceased", target=f"member:{subject.id}")


async def refuse(subject: Member, by: Member, reason: str) -> None:
    """It is not so, or cannot be known: everything stays as it is."""
    async with in_transaction():
        await take_turn("death", subject.actor_id)
        if not await _decide(subject.actor, by, False):
            raise NotHere("no report")
        await AuditEntry.create(actor_id=by.actor_id, action="member.not_deceased", target=f"member:{subject.id}",
                                reason=reason[:500])


async def undo(subject: Member, by: Actor, reason: str) -> None:
    """It was a mistake: the account is theirs again. What had stopped needs a new yes. NotHere once erasing has begun."""
    async with in_transaction():
        departure = Departure.filter(actor_id=subject.actor_id)
        await departure.filter(told_at__isnull=True).delete()  # waits for the job, if that begins just now
        dead = Member.filter(id=subject.id, state=MemberState.DECEASED)
        if await departure.exists() or not await dead.update(state=MemberState.ACTIVE, deceased_at=None):
            raise NotHere("not to be undone")
        await subject.actor.change(suspended_at=None)
        await AuditEntry.create(actor_id=by.id, action="member.restore", target=f"member:{subject.id}", reason=reason[:500])


async def wish(member: Member, keeps: list[str]) -> None:
    """What a member wants kept without their name after their death; the rest is erased."""
    member.after_death = keeps
    await member.save(update_fields=["after_death"])


async def is_in_memory(actor: Actor) -> bool:
    """Whether this page is a memorial: its member has died, and had agreed to it (C17)."""
    return actor.is_local and await Member.filter(actor_id=actor.id, state=MemberState.DECEASED).exists()


async def _active(subject: Actor) -> bool:
    return await Member.filter(actor_id=subject.id, state=MemberState.ACTIVE).exists()


async def _silence(subject: Member) -> None:
    """Nobody is signed in, and no mail, notice or message written ahead goes out in their name or to them."""
    await Session.filter(member_id=subject.id).delete()
    await SignInLink.filter(member_id=subject.id).delete()
    await apps.show_all_out(subject)
    await OutgoingMail.filter(member_id=subject.id).delete()
    await ScheduledPost.filter(owner_id=subject.actor_id).delete()
    await Notification.filter(recipient_id=subject.actor_id, read_at__isnull=True).delete()


async def _decide(actor: Actor, by: Member, is_confirmed: bool) -> int:
    await Notification.withdraw(Notice.DEATH, actor)
    waiting = DeathReport.filter(subject_id=actor.id, decided_at__isnull=True)
    return await waiting.update(decided_at=clock.now(), decided_by_id=by.actor_id, is_confirmed=is_confirmed)
