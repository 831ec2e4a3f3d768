"""Accept: yes to a Follow of ours (ActivityPub §7.6), or to our asking to become partners, or for a permission (FEP-044f)."""
from __future__ import annotations

from federation import approvals, charter_changes, followings, introductions, listing_news, partnership_answers, waiting_lists
from federation.incoming import Incoming
from federation.instance import Instance
from models.notification import Notice, Notification


async def prepare(instance: Instance, incoming: Incoming) -> Incoming:
    """The charter that comes with a yes to partners, proven; the stamp that one to something asked for names, read."""
    return await approvals.prepare(instance, await charter_changes.prepare(instance, incoming))


async def receive(incoming: Incoming) -> None:
    """Mark our request as accepted; only the one who was asked can say so."""
    if await partnership_answers.accepted(incoming) or await approvals.accepted(incoming):
        return
    if await listing_news.is_receipt(incoming) or await introductions.is_answer(incoming):
        return
    if await waiting_lists.is_answer(incoming):
        return
    follow = await followings.asked_of(incoming)
    if follow.accepted_at is None:
        await follow.accept()
        await Notification.tell(follow.follower, Notice.FOLLOW_ACCEPTED, incoming.sender)
