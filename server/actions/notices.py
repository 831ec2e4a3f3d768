"""What a member does with notices: read, put away, let in whom the policy keeps apart."""
from __future__ import annotations

from collections.abc import Collection, Mapping

from models import Actor, Notification, NotificationPolicy, NotificationSender, Q, clock
from models.database import in_transaction
from models.notification import Notice


async def read_up_to(owner: Actor, newest: int) -> None:
    """They have read everything up to this notice."""
    await Notification.filter(recipient_id=owner.id, id__lte=newest, read_at__isnull=True).update(read_at=clock.now())


async def put_away(owner: Actor, ids: Collection[int]) -> int:
    """These are not wanted any more; how many there were."""
    return await Notification.filter(recipient_id=owner.id, id__in=list(ids)).delete()


async def put_all_away(owner: Actor, kinds: Collection[Notice]) -> None:
    """All of these kinds are not wanted any more."""
    await Notification.filter(recipient_id=owner.id, kind__in=list(kinds)).delete()


async def choose(owner: Actor, policy: Mapping[str, str]) -> None:
    """Change what is kept apart: columns of NotificationPolicy."""
    async with in_transaction():
        chosen, _ = await NotificationPolicy.get_or_create(owner_id=owner.id)
        await chosen.update_from_dict(dict(policy)).save(update_fields=list(policy))


async def let_in(owner: Actor, senders: Collection[int]) -> None:
    """The notices of these people are always shown."""
    await _judge(owner, senders, is_accepted=True)


async def put_requests_away(owner: Actor, senders: Mapping[int, int]) -> None:
    """What was kept apart of these people, up to a notice each, needs no answer."""
    for sender, newest in senders.items():
        await _judge(owner, [sender], dismissed_id=newest)


async def _judge(owner: Actor, senders: Collection[int], **said: object) -> None:
    async with in_transaction():
        for actor in await Actor.filter(Q(id__in=list(senders))):
            row, _ = await NotificationSender.get_or_create(owner_id=owner.id, sender_id=actor.id)
            await row.update_from_dict(dict(said)).save(update_fields=list(said))
