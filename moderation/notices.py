"""Which notices a member wants to see, and which they want kept apart: what they said of people, and of kinds of people."""
from __future__ import annotations

from datetime import timedelta

from models import Actor, Follow, Host, Member, Mute, NotificationPolicy, NotificationSender, Q, Subquery, clock
from models.host import Standing
from models.member import Role
from models.notification import Notice
from models.reach import Reach
from moderation.visibility import hosts_blocked_by

OF_THE_TEAM = (Notice.JOIN_REQUEST, Notice.REPORT)
NEW_ACCOUNT = timedelta(days=30)
FILTER, DROP = "filter", "drop"
#: Of these notices the policy speaks; the others are about the community, or the member asked for them.
FROM_PEOPLE = (Notice.MENTION, Notice.REPLY, Notice.QUOTED, Notice.THANKS, Notice.PASSED_ON, Notice.FOLLOW, Notice.FOLLOW_REQUEST)


async def policy_of(owner_id: int) -> NotificationPolicy:
    """What a member has chosen; nothing is kept apart from somebody who has not chosen."""
    return await NotificationPolicy.get_or_none(owner_id=owner_id) or NotificationPolicy(owner_id=owner_id)


async def wanted(owner_id: int, *, with_apart: bool = False) -> Q:
    """The notices to show to a member, as a condition on Notification. `with_apart`: those kept apart too."""
    policy, shown = await policy_of(owner_id), ~_from_muted(owner_id) & ~_from_afar(owner_id) & ~_for_the_team(owner_id)
    for unwanted in (DROP,) if with_apart else (DROP, FILTER):
        if (them := _of_policy(owner_id, policy, unwanted)) is not None:
            shown &= ~them
    return shown


async def apart(owner_id: int) -> Q | None:
    """The notices that a member wants kept apart; None if there can be none."""
    them = _of_policy(owner_id, await policy_of(owner_id), FILTER)
    return None if them is None else them & await wanted(owner_id, with_apart=True)


def _from_muted(owner_id: int) -> Q:
    muted = Mute.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=clock.now()), owner_id=owner_id, hides_notices=True)
    return Q(actor_id__isnull=False) & Q(actor_id__in=Subquery(muted.values("target_id")))


def _for_the_team(owner_id: int) -> Q:
    """Of what only the team is told, and the member is not in it any more."""
    team = Member.filter(actor_id=owner_id, role__in=[Role.MODERATOR, Role.HOST]).values("actor_id")
    return Q(kind__in=OF_THE_TEAM) & ~Q(recipient_id__in=Subquery(team))


def _from_afar(owner_id: int) -> Q:
    """From people of servers that the member blocks."""
    blocked = hosts_blocked_by(owner_id)
    there = Actor.filter(Q(host__in=blocked) | Q(domain__in=blocked)).values("id")
    return Q(actor_id__isnull=False) & Q(actor_id__in=Subquery(there))


def _of_policy(owner_id: int, policy: NotificationPolicy, unwanted: str) -> Q | None:
    """What the policy wants filtered, or dropped. Whom the member follows or has let in is always heard by the last three."""
    followed = Q(actor_id__in=Subquery(Follow.filter(follower_id=owner_id, accepted_at__isnull=False).values("target_id")))
    followers = Q(actor_id__in=Subquery(Follow.filter(target_id=owner_id, accepted_at__isnull=False).values("follower_id")))
    young = Subquery(Actor.filter(created_at__gt=clock.now() - NEW_ACCOUNT).values("id"))
    limited = Subquery(Host.filter(standing=Standing.LIMITED).values("name"))
    conditions = (
        (policy.not_following, ~followed), (policy.not_followers, ~followers),
        (policy.new_accounts, ~followed & Q(actor_id__in=young)),
        (policy.private_mentions, ~followed & Q(kind=Notice.MENTION, post__reach=Reach.CIRCLE)),
        (policy.limited_accounts, ~followed & (Q(actor__limited_at__isnull=False) | Q(actor__host__in=limited)
                                               | Q(actor__domain__in=limited))))
    chosen = [condition for choice, condition in conditions if choice == unwanted]
    if not chosen:
        return None
    let_in = Subquery(NotificationSender.filter(owner_id=owner_id, is_accepted=True).values("sender_id"))
    return Q(kind__in=FROM_PEOPLE, actor_id__isnull=False) & ~Q(actor_id__in=let_in) & Q(*chosen, join_type="OR")
