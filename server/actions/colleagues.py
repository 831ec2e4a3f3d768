"""What the team says and passes on among themselves about a case, and their breaks."""
from __future__ import annotations

from datetime import timedelta

from models import Actor, AuditEntry, Case, CaseNote, Member, Notification, clock, desk
from models.case import Audience
from models.database import in_transaction
from models.errors import CommunityError
from models.notification import Notice
from server.actions import cases, report_answers

#: A case that was handed over is theirs so long before it goes back into the queue.
HANDED_TIME = timedelta(days=1)
BREAKS = (1, 3, 7, 14)  # days


class NobodyElse(CommunityError):
    """There is no such colleague for this case."""

    status = 422
    safe = "Choose a colleague who is not concerned by this case."


class NothingSaid(CommunityError):
    """An empty note, or one for nobody."""

    status = 422
    safe = "Write the note, and choose who reads it."


class NotToThem(CommunityError):
    """The other server has no part in the case, or does not know such words."""

    status = 422
    safe = "This server cannot be written to about this case."


async def at_hand(case: Case, by: Actor) -> list[Member]:
    """The colleagues to whom a case may be handed, with their actors: not its person, and nobody who takes a break."""
    return [one for one in await desk.team(case.about_id) if one.actor_id != by.id and not one.is_on_break]


async def hand_over(case: Case, to_id: int, by: Actor) -> None:
    """A colleague (by the id of their actor) has it now; no reason is asked for. Raises NobodyElse; as cases.own."""
    to = next((one for one in await at_hand(case, by) if one.actor_id == to_id), None)
    if to is None:
        raise NobodyElse("colleague")
    await cases.own(case, by)
    async with in_transaction():
        await case.change(claimed_by_id=to.actor_id, claimed_until=clock.now() + HANDED_TIME)
        await _told(case, "case.hand_over", by, [to])


async def ask_second(case: Case, by: Actor) -> None:
    """`by` wants somebody else to look too, and lets go of it. Raises as cases.own."""
    await cases.own(case, by)
    async with in_transaction():
        await case.change(second_asked_by_id=by.id, claimed_by_id=None, claimed_until=None)
        await _told(case, "case.second", by, await at_hand(case, by))


async def say(case: Case, by: Actor, audience: str, text: str, host: str = "") -> CaseNote:
    """A note about a case. One for the team answers who wants a second opinion. `audience`: an Audience; `host`: of a peer.

    Raises NothingSaid, NotToThem; as cases.own.
    """
    if not text or audience not in set(Audience):
        raise NothingSaid("text")
    await cases.own(case, by)
    async with in_transaction():
        if audience == Audience.TEAM:
            if case.second_asked_by_id not in (None, by.id):
                await case.change(second_asked_by_id=None)
            note: CaseNote | None = await CaseNote.add(case, Audience.TEAM, text, author=by)
        else:
            note = (await report_answers.ask(case, by, text) if audience == Audience.REPORTER
                    else await report_answers.write_to_peer(case, by, host, text))
        if note is None:
            raise NotToThem("peer")
        await AuditEntry.create(actor_id=by.id, action=f"case.note.{audience}", target=f"case:{case.id}")
    return note


async def take_break(member: Member, days: int) -> None:
    """Nothing new comes to somebody of the team for so many days (0: the break is over), and what they have open goes back."""
    until = clock.now() + timedelta(days=days) if days in BREAKS else None
    async with in_transaction():
        await Member.filter(id=member.id).update(break_until=until)
        if until:
            mine = Case.filter(claimed_by_id=member.actor_id, closed_at__isnull=True)
            await mine.update(claimed_by_id=None, claimed_until=None)


async def _told(case: Case, action: str, by: Actor, colleagues: list[Member]) -> None:
    for one in colleagues:
        await Notification.filter(recipient_id=one.actor_id, kind=Notice.CASE, actor_id=by.id).delete()  # of another case
        await Notification.tell(one.actor, Notice.CASE, by)
    await AuditEntry.create(actor_id=by.id, action=action, target=f"case:{case.id}")
