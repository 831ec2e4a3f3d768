"""Somebody writes of dying: who is told, and what the team has done about it. Nothing is held, hidden or marked for others.

What is for oneself or for a circle stays there: the team is not told of it. Who writes down the darkest hour in a note to
themselves, or tells a friend, must not find a stranger at the door; if they feared it, they would write it nowhere. They
alone see the card with the lines to call, and can ask the team to write to them. What is for the community or wider the
team can read anyway: there it opens a case of danger, as soon as the message can no longer be undone. Messages of other
servers are theirs to look after; here, members report them (health.md §5).
"""
from __future__ import annotations

from collections.abc import Sequence

from models import Actor, AuditEntry, Case, Community, CrisisLine, Escalation, Member, Post, ProfileLine, ProfileValue, Revision
from models.case import CaseSource, Matter
from models.crisis import Alerted
from models.database import in_transaction
from models.reach import Reach
from models.turns import take_turn
from moderation import distress
from server.actions import cases


def speaks_of_danger(post: Post) -> bool:
    """Whether words of distress stand in a message."""
    return distress.speaks_of_danger((post.text, post.warning))


async def noticed(post: Post, *, is_new: bool = True) -> None:
    """A message of ours can be read from now on, or was changed: the team has a case if it speaks of danger. Inside the
    transaction. Said again by an edit, it is no news.
    """
    if not post.author.is_local or post.reach.level < Reach.COMMUNITY.level or not speaks_of_danger(post):
        return
    if not is_new:
        before = await Revision.filter(post=post).order_by("-id").first()
        if before and distress.speaks_of_danger((before.text, before.warning)):
            return
    await cases.open_(post.author, Matter.DANGER, CaseSource.CRISIS, [post])


async def ask_team(member: Member, post: Post) -> None:
    """A member wants the team to write to them. The message goes with it only where the team can read it anyway."""
    shown = [post] if post.reach.level >= Reach.COMMUNITY.level else []
    async with in_transaction():
        await cases.open_(member.actor, Matter.DANGER, CaseSource.CRISIS, shown)


async def is_told(post: Post) -> bool:
    """Whether the team has an open case of danger about the writer."""
    return await Case.exists(about_id=post.author_id, matter=Matter.DANGER, closed_at__isnull=True)


async def country_of(member: Member, community: Community) -> str:
    """The country whose lines a member is shown: theirs where they have said it, else that of the community."""
    if member.country:
        return member.country
    said = await ProfileValue.filter(actor_id=member.actor_id, line=ProfileLine.PLACE).first()
    return said.code if said and len(said.code) == 2 else community.country


async def escalate(case: Case, alerted: Alerted, by: Actor) -> None:
    """Write down whom somebody of the team alerted. It stays. Raises cases.OwnCase."""
    if case.about_id == by.id:
        raise cases.OwnCase("own")
    await Escalation.create(case_id=case.id, by_id=by.id, alerted=alerted)


async def set_lines(country: str, lines: Sequence[CrisisLine], by: Actor) -> None:
    """The numbers to call in a country from now on, in place of all before; none: those of the release."""
    async with in_transaction():
        await take_turn("crisis lines", country)
        await CrisisLine.filter(country=country).delete()
        for line in lines:
            await line.save(force_create=True)
        await AuditEntry.create(actor_id=by.id, action="crisis.lines", target=f"country:{country}")
