"""Accept: yes to a Follow of ours (ActivityPub §7.6), or to our asking to become partners."""
from __future__ import annotations

from federation import followings, partnership_answers
from federation.incoming import Incoming
from models.notification import Notice, Notification


async def receive(incoming: Incoming) -> None:
    """Mark our request as accepted; only the one who was asked can say so."""
    if await partnership_answers.accepted(incoming):
        return
    follow = await followings.asked_of(incoming)
    if follow.accepted_at is None:
        await follow.accept()
        await Notification.tell(follow.follower, Notice.FOLLOW_ACCEPTED, incoming.sender)
