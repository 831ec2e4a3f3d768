"""People of other servers, decided on one by one: nothing of theirs is shown or taken, or it is again."""
from __future__ import annotations

from models import Actor, AuditEntry, Follow, clock
from models.database import in_transaction
from models.errors import NotHere
from server.actions import follows


async def suspend(actor: Actor, by: Actor | None, reason: str) -> None:
    """Hide what somebody of another server wrote, take nothing more from them, and end follows both ways. NotHere for ours."""
    if actor.is_local:
        raise NotHere("a member of ours")
    async with in_transaction():
        await actor.change(suspended_at=actor.suspended_at or clock.now())
        both = Follow.all().select_related("follower", "target")
        for follow in await both.filter(target_id=actor.id):
            await follows.end(follow)
        for follow in await both.filter(follower_id=actor.id):
            await follows.send_away(follow)
        await _log(by, "stranger.suspend", actor, reason)


async def restore(actor: Actor, by: Actor | None, reason: str = "") -> None:
    """Show and hear them again; follows do not come back. NotHere for ours."""
    if actor.is_local:
        raise NotHere("a member of ours")
    async with in_transaction():
        await actor.change(suspended_at=None)
        await _log(by, "stranger.restore", actor, reason)


async def _log(by: Actor | None, action: str, actor: Actor, reason: str) -> None:
    await AuditEntry.create(actor_id=by.id if by else None, action=action, target=f"actor:{actor.id}", reason=reason[:500])
