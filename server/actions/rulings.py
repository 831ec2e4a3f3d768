"""Rulings: what the team decides about a message or a person, with its reasons, and how it is taken back.

Nothing else changes how a message or a person stands here. Each ruling is one transaction with what it does, its row in the log
and the statement for the person (Regulation (EU) 2022/2065, article 17). How somebody stands is what their rulings that were not
taken back amount to.
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta

from models import Actor, AuditEntry, Departure, Member, Post, Ruling, clock
from models.database import in_transaction
from models.errors import CommunityError
from models.member import MemberState
from models.ruling import Act
from server.actions import accounts, bars, cases, remedies, standing, statements, team
from server.actions.remedies import Decided as Decided
from server.actions.remedies import Files
from server.actions.remedies import NotForThat as NotForThat
from server.errors import StaffOnly
from server.pictures.media import MediaStore

Remedy = Callable[[Decided], Awaitable[Files]]
Ending = Callable[[Post], Awaitable[None]]

#: What each act does.
ACTS: dict[Act, Remedy] = {
    Act.NOTE: remedies.note,
    Act.LABEL: remedies.label,
    Act.HIDE: remedies.hide,
    Act.HOLD: remedies.hold,
    Act.RESOLVE: remedies.resolve,
    Act.DELETE: remedies.delete,
    Act.WARN: remedies.nothing,
    Act.LIMIT: standing.follow_up,
    Act.FREEZE: standing.follow_up,
    Act.SUSPEND: standing.follow_up,
    Act.BAN: standing.follow_up,
    Act.NOTHING: remedies.nothing,
}
#: How what was done to a message ends. What is erased stays erased: only the words about it are taken back.
ENDINGS: dict[Act, Ending] = {
    Act.NOTE: remedies.end_note,
    Act.LABEL: remedies.end_label,
    Act.HIDE: remedies.end_hide,
    Act.HOLD: remedies.end_hide,
    Act.RESOLVE: remedies.end_resolve,
}
HIDING = (Act.HIDE, Act.HOLD)
TWICE_WITHIN = timedelta(minutes=1)


class NotSecond(CommunityError):
    """It takes two: who proposes does not agree for somebody else."""

    status = 403
    safe = "error.not_second"


class TakenBack(CommunityError):
    """Somebody else of the team was faster, or it is too late: what was erased cannot come back."""

    status = 409
    safe = "error.ruling_over"


async def rule(decided: Decided, store: MediaStore) -> Ruling:
    """Carry out what was decided, write it down, and tell the person why. Whoever presses twice has decided once.

    Raises: accounts.NotOneself; StaffOnly (a moderator about the team); NotForThat; accounts.LastHost.
    """
    await _check(decided)
    async with in_transaction():
        await Actor.filter(id=decided.subject.id).select_for_update(no_key=True)  # a report about them need not wait
        if pressed_twice := await _just_before(decided):
            return pressed_twice
        ruling = await _write(decided)
        files = await ACTS[decided.act](decided)
        await statements.make(ruling, decided)
    for key in files:
        store.forget(key)
    return ruling


async def _just_before(decided: Decided) -> Ruling | None:
    """The same, decided in the same case by the same person a moment ago, and still in force: else one who takes it back would
    wonder why nothing changes.
    """
    if decided.case is None or decided.by is None:
        return None
    uri = decided.post.uri if decided.post else ""
    recent = await standing.in_force(decided.subject.id, [decided.act])
    return next((row for row in recent if row.case_id == decided.case.id and row.by_id == decided.by.id
                 and row.object_uri == uri and row.created_at > clock.now() - TWICE_WITHIN), None)


async def take_back(ruling: Ruling, by: Actor | None, facts: str = "", text: str = "") -> Ruling:
    """Another ruling, which undoes this one. A suspension can be undone for `standing.UNDO`; until then nothing was erased.

    Raises: TakenBack; accounts.NotOneself; StaffOnly.
    """
    post = await Post.get_or_none(uri=ruling.object_uri).select_related("author") if ruling.object_uri else None
    decided = Decided(act=ruling.act, subject=await Actor.get(id=ruling.subject_id), by=by, matter=ruling.matter, post=post,
                      rule=ruling.rule, facts=facts, text=text)
    await _check(decided)
    async with in_transaction():
        await Actor.filter(id=ruling.subject_id).select_for_update(no_key=True)  # two who undo it at once: one is told so
        if await _is_over(ruling):
            raise TakenBack("over")
        undoing = await _write(decided, ruling)
        await _end(ruling, decided)
        await statements.make(undoing, decided)
        await cases.answer_again(ruling.case_id, by)
    return undoing


async def lift(subject: Actor, acts: Collection[Act], by: Actor | None, facts: str = "") -> None:
    """Take back whatever of these kinds is in force about a person."""
    for ruling in await standing.in_force(subject.id, acts):
        if not await Ruling.exists(undoes_id=ruling.id):  # a ban and what a second person said to it go together
            await take_back(ruling, by, facts)


async def give_back(subject: Actor, by: Actor | None, facts: str = "") -> None:
    """End whatever keeps a person away from here, also what is older than rulings are."""
    await lift(subject, standing.AWAY, by, facts)
    await subject.refresh_from_db()
    if subject.suspended_at is None or await standing.in_force(subject.id, standing.AWAY):
        return
    decided = Decided(act=Act.NOTHING, subject=subject, by=by, facts=facts)
    await _check(decided)
    async with in_transaction():
        await _write(decided)
        await standing.settle(subject, Act.SUSPEND)


async def agree(proposal: Ruling, by: Actor) -> Ruling:
    """A second person of the team agrees that somebody is kept out for good: name and address do not come back.

    Raises: NotSecond; TakenBack; accounts.NotOneself; StaffOnly.
    """
    decided = Decided(act=Act.BAN, subject=await Actor.get(id=proposal.subject_id), by=by, matter=proposal.matter,
                      rule=proposal.rule)
    await _check(decided)
    if proposal.by_id == by.id:
        raise NotSecond("own")
    async with in_transaction():
        await Actor.filter(id=proposal.subject_id).select_for_update(no_key=True)
        bans = await standing.in_force(proposal.subject_id, [Act.BAN])
        if proposal.id not in {row.id for row in bans} or any(row.second_id for row in bans):
            raise TakenBack("over")
        ruling = await Ruling.create(
            case_id=proposal.case_id, act=Act.BAN, subject_id=proposal.subject_id, matter=proposal.matter, rule=proposal.rule,
            by_id=proposal.by_id, second_id=by.id, until=standing.undo_until(Act.BAN, None))
        await bars.put(ruling, decided.subject)
        await _log(ruling, decided)
        await statements.make(ruling, decided)
    return ruling


async def _is_over(ruling: Ruling) -> bool:
    """Whether there is nothing to take back, or it is erased already, or others were told to erase it."""
    if ruling.undoes_id or await Ruling.exists(undoes_id=ruling.id):
        return True
    return await Departure.exists(actor_id=ruling.subject_id, told_at__isnull=False)


async def _end(ruling: Ruling, decided: Decided) -> None:
    if ruling.act is Act.BAN:
        await bars.lift(ruling.subject_id)
        for other in await standing.in_force(ruling.subject_id, [Act.BAN]):
            await _write(decided, other)  # the proposal, and what the second person said to it, are one ban
    if ruling.act in standing.STANDING:
        await standing.settle(decided.subject, ruling.act)
    elif ruling.act in ENDINGS and decided.post and not await _still(ruling):
        await ENDINGS[ruling.act](decided.post)


async def _still(ruling: Ruling) -> bool:
    """Whether another ruling does the same to the message."""
    same = HIDING if ruling.act in HIDING else (ruling.act,)
    rows = await standing.in_force(ruling.subject_id, same)
    return any(row.object_uri == ruling.object_uri for row in rows)


async def _check(decided: Decided) -> None:
    by, subject = decided.by, decided.subject
    if decided.post is not None and decided.post.author_id != subject.id:
        raise NotForThat("somebody else's message")
    if by is None:
        return
    if by.id == subject.id:
        raise accounts.NotOneself(decided.act)
    judge = await Member.get_or_none(actor_id=by.id, state=MemberState.ACTIVE)
    if judge is None or not judge.role.is_staff:
        raise StaffOnly("role")
    if member := await Member.get_or_none(actor_id=subject.id):
        team.check_may_decide(judge, member)


async def _write(decided: Decided, undoes: Ruling | None = None, second: Actor | None = None) -> Ruling:
    subject, by = decided.subject, decided.by
    ruling = await Ruling.create(
        case_id=decided.case.id if decided.case else undoes.case_id if undoes else None, act=decided.act, subject_id=subject.id,
        object_uri=decided.post.uri if decided.post else "", matter=decided.matter, rule=decided.rule,
        by_id=by.id if by else None, second_id=second.id if second else None, undoes_id=undoes.id if undoes else None,
        until=None if undoes else standing.undo_until(decided.act, decided.until), automated=decided.automated)
    await _log(ruling, decided)
    return ruling


async def _log(ruling: Ruling, decided: Decided) -> None:
    """What the person can read about who looked at them; of somebody elsewhere, who gets no statement, the facts stay here."""
    member = await Member.get_or_none(actor_id=ruling.subject_id).only("id")
    action = f"ruling.{ruling.act}{'.undone' if ruling.undoes_id else ''}"
    await AuditEntry.create(actor_id=ruling.by_id, action=action, reason="" if member else decided.facts[:500],
                            target=f"member:{member.id}" if member else f"actor:{ruling.subject_id}")
