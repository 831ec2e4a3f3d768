"""Finding the Follow of ours that someone answers."""
from __future__ import annotations

from federation.errors import Refused
from federation.incoming import Incoming
from models import Follow


async def asked_of(incoming: Incoming) -> Follow:
    """Our Follow that the sender answers, with both actors: by its id, or by who follows whom where the id was lost.

    Raises Refused if the sender was not asked.
    """
    activity, sender = incoming.activity, incoming.sender
    ours = Follow.filter(target_id=sender.id, follower__host="").select_related("follower", "target")
    follow = await ours.filter(uri=activity.object_id).first() if activity.object_id else None
    if follow is None and isinstance(activity.object, dict) and isinstance(actor := activity.object.get("actor"), str):
        follow = await ours.filter(follower__uri=actor).first()
    if follow is None:
        raise Refused("answers a follow that it was not asked for", host=sender.host)
    return follow
