"""Reject: no to a Follow of ours, the end of one that was accepted, or no to becoming partners or to what was asked for."""
from __future__ import annotations

from federation import approvals, followings, partnership_answers
from federation.incoming import Incoming


async def receive(incoming: Incoming) -> None:
    """Clear our request or our follow; only the one who was asked can say so."""
    if await partnership_answers.refused(incoming) or await approvals.refused(incoming):
        return
    follow = await followings.asked_of(incoming)
    await follow.delete()
