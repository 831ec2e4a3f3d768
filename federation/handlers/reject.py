"""Reject: no to a Follow of ours, the end of one that was accepted, or no to becoming partners or to a quote."""
from __future__ import annotations

from federation import followings, partnership_answers, quoting
from federation.incoming import Incoming


async def receive(incoming: Incoming) -> None:
    """Clear our request or our follow; only the one who was asked can say so."""
    if await partnership_answers.refused(incoming) or await quoting.refused(incoming):
        return
    follow = await followings.asked_of(incoming)
    await follow.delete()
