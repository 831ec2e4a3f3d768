"""Follows of ours: finding the one that someone answers, and asking anew."""
from __future__ import annotations

from federation import outbox, values
from federation.errors import Refused
from federation.incoming import Incoming
from models import Actor, Follow
from models.ids import new_key
from models.notification import Notice, Notification


async def asked_of(incoming: Incoming) -> Follow:
    """Our Follow that the sender answers, with both actors: by its id, or by who follows whom where the id was lost.

    Raises Refused if the sender was not asked, and for an answer to something else, as to a request to reply (GoToSocial).
    """
    activity, sender = incoming.activity, incoming.sender
    ours = Follow.filter(target_id=sender.id, follower__host="").select_related("follower", "target")
    follow = await ours.filter(uri=activity.object_id).first() if activity.object_id else None
    if follow is None and isinstance(activity.object, dict) and activity.object_type in (None, "Follow"):
        follow = await ours.filter(follower__uri=values.link(activity.object.get("actor")) or "").first()
    if follow is None:
        raise Refused("answers a follow that it was not asked for", host=sender.host)
    return follow


async def ask(follower: Actor, target: Actor) -> None:
    """Have a member of ours follow somebody, who answers later unless they are ours and let everybody. Inside a transaction."""
    if await Follow.between(follower, target):
        return
    follow = await Follow.request(f"{follower.uri}/follows/{new_key()}", follower, target)
    if not target.is_local:
        await outbox.follow(follow)
    elif target.approves_followers:
        await Notification.tell(target, Notice.FOLLOW_REQUEST, follower)
    else:
        await follow.accept()
        await Notification.tell(target, Notice.FOLLOW, follower)
