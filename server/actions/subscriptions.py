"""Where the apps of members want to be woken."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models import AccessToken, Member, PushSubscription
from models.database import in_transaction
from models.turns import take_turn

SUBSCRIPTIONS_LIMIT = 10  # of one member; the oldest goes when there are more


async def subscribe(token: AccessToken, member: Member, wanted: Mapping[str, Any]) -> PushSubscription:
    """Wake the app of this token from now on, in place of what it wanted before. `wanted`: columns of PushSubscription."""
    async with in_transaction():
        await take_turn("push", member.actor_id)
        await PushSubscription.filter(token_id=token.id).delete()
        others = PushSubscription.filter(owner_id=member.actor_id).order_by("-id")
        spare = [one.id for one in await others.offset(SUBSCRIPTIONS_LIMIT - 1).limit(SUBSCRIPTIONS_LIMIT)]
        await PushSubscription.filter(id__in=spare).delete()
        return await PushSubscription.create(token_id=token.id, owner_id=member.actor_id, **wanted)


async def change(subscription: PushSubscription, alerts: Mapping[str, bool], policy: str) -> None:
    """It wants to be woken for other things."""
    subscription.alerts, subscription.policy = dict(alerts), policy
    await subscription.save(update_fields=["alerts", "policy"])


async def unsubscribe(token: AccessToken) -> None:
    """The app of this token is not woken any more."""
    await PushSubscription.filter(token_id=token.id).delete()
