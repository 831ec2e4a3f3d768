"""The desk of the team: who is there, and who hears of a new case."""
from __future__ import annotations

from collections.abc import Sequence

from models.actor import Actor
from models.case import Case, CaseSource, Matter, Urgency
from models.member import Member, MemberState, Role
from models.notification import Notice, Notification

AT_LEAST = 2  # nobody is alone with danger


async def team(about_id: int | None = None) -> list[Member]:
    """The moderators and hosts who can act, with their actors, those who take a break last; not the one it is about."""
    found = await Member.filter(role__in=[Role.MODERATOR, Role.HOST], state=MemberState.ACTIVE).exclude(
        actor_id=about_id or 0).select_related("actor").order_by("id")
    return sorted(found, key=lambda member: member.is_on_break)


async def open_case(about: Actor | None, matter: Matter, source: CaseSource, uris: Sequence[str] = ()) -> Case:
    """Open a case, or join the open one (`Case.open_`), for the caller's transaction. Of danger the team hears at once: all
    who are there, and two of them even if they take a break.
    """
    case = await Case.open_(about.id if about else None, matter, source, uris)
    if case.urgency == Urgency.DANGER:
        colleagues = await team(case.about_id)
        present = sum(not colleague.is_on_break for colleague in colleagues)
        for colleague in colleagues[:max(present, AT_LEAST)]:
            await Notification.tell(colleague.actor, Notice.DANGER, about)
    return case
