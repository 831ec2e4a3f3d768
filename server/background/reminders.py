"""Agreements whose time runs out: ended on their day, announced a month before. Silence never renews."""
from __future__ import annotations

from datetime import timedelta

from models import AuditEntry, ConsentRecord, Member, OutgoingMail, clock
from models.consent import Purpose
from models.database import in_transaction
from models.mail import Letter
from moderation import consent
from server.actions import sharing

AHEAD = timedelta(days=30)
AT_ONCE = 100
REMINDED = "consent.remind"


async def settle() -> int:
    """End what is over, and remind of what ends within a month; how many of both."""
    done = 0
    for purpose, question in consent.PURPOSES.items():
        if question.months is not None:
            done += await _end_due(purpose) + await _remind(purpose)
    return done


async def _end_due(purpose: Purpose) -> int:
    over = await ConsentRecord.due(purpose, clock.now(), AT_ONCE)
    for record in over:
        async with in_transaction():
            member = await Member.get_or_none(actor_id=record.actor_id).select_related("actor")
            newest = await ConsentRecord.newest(record.actor_id, record.purpose, record.scope)
            if member is not None and newest is not None and newest.id == record.id:
                await sharing.expire(record, member)
                await _write(member, record, "ended")
    return len(over)


async def _remind(purpose: Purpose) -> int:
    """Once for each record: that it was done stands in the log of acts, as records are never changed."""
    soon = await ConsentRecord.due(purpose, clock.now() + AHEAD, AT_ONCE, untold=REMINDED)
    waiting = [one for one in soon if one.is_given]
    for record in waiting:
        async with in_transaction():
            await AuditEntry.create(action=REMINDED, target=_name(record))
            if member := await Member.get_or_none(actor_id=record.actor_id).select_related("actor"):
                await _write(member, record, "soon")
    return len(waiting)


def _name(record: ConsentRecord) -> str:
    return f"consent:{record.id}"


async def _write(member: Member, record: ConsentRecord, when: str) -> None:
    """A mail without a word about health; what it is about stands there only for those who want that (server.background.mail)."""
    if member.email:
        await OutgoingMail.owe(Letter.CONSENT, member.email, member=member, language=member.language,
                               details={"when": when, "purpose": str(record.purpose)})
