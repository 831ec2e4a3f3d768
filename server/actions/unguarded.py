"""Managed profiles whose guardian goes: the other guardians and the team hear of it, and where none is left the team decides."""
from __future__ import annotations

from models import Actor, Guardianship, Member, Notification, Subquery
from models.member import MemberState, Role
from models.notification import Notice
from server.actions import accounts

PAGE = 50


async def tell_of(guardian: Actor) -> None:
    """This guardian leaves, has died or was stopped. Inside the transaction of that act; nobody is told who it was."""
    for tie in await Guardianship.filter(Guardianship.running(), guardian_id=guardian.id).select_related("subject"):
        others = await _present(tie.subject_id, guardian.id)
        for other in others:
            await Notification.tell(other, Notice.GUARDIAN_LEFT, tie.subject)
        for colleague in await accounts.team():
            if colleague.actor_id != guardian.id:
                await Notification.tell(colleague.actor, Notice.GUARDIAN_LEFT if others else Notice.UNGUARDED, tie.subject)


async def profiles() -> list[Member]:
    """Managed profiles for whom nobody acts who is here; at most PAGE, with their actors."""
    guarding = Guardianship.filter(Guardianship.running(), guardian__member__state=MemberState.ACTIVE)
    guarded = Subquery(guarding.values("subject_id"))
    alone = Member.filter(role=Role.MANAGED, state=MemberState.ACTIVE).exclude(actor_id__in=guarded)
    return await alone.order_by("id").limit(PAGE).select_related("actor")


async def _present(subject_id: int, but: int) -> list[Actor]:
    ties = Guardianship.filter(Guardianship.running(), subject_id=subject_id, guardian__member__state=MemberState.ACTIVE)
    return [tie.guardian for tie in await ties.exclude(guardian_id=but).select_related("guardian")]
