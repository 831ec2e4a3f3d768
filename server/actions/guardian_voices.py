"""Two guardians of one person: whether they agree about a purpose, and that the team hears of it when they do not."""
from __future__ import annotations

from models import Actor, ConsentRecord, Guardianship, Member, Notification
from models.consent import Capacity, ConsentEvent, ConsentState, Purpose
from models.member import MemberState, Role
from models.notification import Notice
from moderation import guardians


async def counts(subject: Actor, purpose: Purpose, scope: str, wanted: bool, guardian_id: int) -> bool:
    """Whether this guardian's word takes effect. Where another one has said the opposite, the team is told, in the same
    transaction.
    """
    others = [word for word in await _words_of_others(subject, purpose, scope, guardian_id) if word]
    noes = [guardians.says_no(word.state, word.event) for word in others]
    if any(no is wanted for no in noes):
        await _tell_the_team(subject)
    return guardians.counts(wanted, noes)


async def _words_of_others(subject: Actor, purpose: Purpose, scope: str, guardian_id: int) -> list[ConsentRecord | None]:
    """The last word of each other guardian who may speak; one whose yes did not count has said nothing."""
    ties = Guardianship.filter(Guardianship.running(), subject_id=subject.id, may_consent=True).exclude(guardian_id=guardian_id)
    said = ConsentRecord.filter(actor_id=subject.id, purpose=purpose, scope=scope, capacity=Capacity.GUARDIAN,
                                event__not_in=[ConsentEvent.INVALIDATED]).exclude(state=ConsentState.INVALIDATED)
    return [await said.filter(acted_by_id=tie.guardian_id).order_by("-id").first() for tie in await ties]


async def _tell_the_team(subject: Actor) -> None:
    await Notification.withdraw(Notice.GUARDIANS, subject)  # so that a new one is new
    team = Member.filter(role__in=[Role.MODERATOR, Role.HOST], state=MemberState.ACTIVE).select_related("actor")
    for colleague in await team:
        await Notification.tell(colleague.actor, Notice.GUARDIANS, subject)
