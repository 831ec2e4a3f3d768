"""Asking the team to put something right that a member cannot change themselves (GDPR article 16)."""
from __future__ import annotations

from models import Actor, AuditEntry, Correction, Member, OutgoingMail, clock
from models.database import in_transaction
from models.errors import CommunityError, NotHere
from models.mail import Letter
from models.turns import take_turn

TEXT_LIMIT_CHARACTERS = 2000
OPEN_LIMIT = 5


class TooManyOpen(CommunityError):
    """As many wait for an answer as one member may have."""

    status = 429
    safe = "The team has not yet answered what you asked before. Wait for that."


async def ask(member: Member, text: str) -> Correction:
    """Tell the team. Raises TooManyOpen."""
    async with in_transaction():
        await take_turn("correction", member.actor_id)
        if await Correction.filter(owner_id=member.actor_id, answered_at__isnull=True).count() >= OPEN_LIMIT:
            raise TooManyOpen("corrections")
        return await Correction.create(owner=member.actor, text=text[:TEXT_LIMIT_CHARACTERS])


async def answer(by: Actor, id_: int, text: str) -> None:
    """What the team did, or why not; the member is told by mail. NotHere if it is answered already."""
    async with in_transaction():
        waiting = Correction.filter(id=id_, answered_at__isnull=True)
        if not await waiting.update(answered_at=clock.now()):
            raise NotHere("no such request")
        correction = await Correction.get(id=id_)
        correction.answer = text[:TEXT_LIMIT_CHARACTERS]
        await correction.save(update_fields=["answer"])
        member = await Member.get_or_none(actor_id=correction.owner_id)
        if member is None:
            return
        await AuditEntry.create(actor_id=by.id, action="member.correction", target=f"member:{member.id}")
        if member.email:
            await OutgoingMail.owe(Letter.CORRECTION, member.email, member=member, language=member.language)
