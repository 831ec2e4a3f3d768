"""What somebody of the team reads about members is written down, and those members can read it (page "Who looked")."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from models import Actor, AuditEntry, Member, clock

#: Who goes back and forth between pages has looked once.
ONCE_IN = timedelta(hours=1)


async def note(by: Actor, actor_ids: Iterable[int | None], action: str) -> None:
    """Write down that `by` has these people's data in front of them: of our members only, and not of oneself."""
    wanted = {id_ for id_ in actor_ids if id_ is not None and id_ != by.id}
    if not wanted:
        return
    members = await Member.filter(actor_id__in=wanted).values_list("id", flat=True)
    targets = {f"member:{id_}" for id_ in members}
    recent = AuditEntry.filter(actor_id=by.id, action=action, created_at__gt=clock.now() - ONCE_IN)
    known = set(await recent.filter(target__in=targets or {""}).values_list("target", flat=True))
    await AuditEntry.bulk_create([AuditEntry(actor_id=by.id, action=action, target=target) for target in sorted(targets - known)])
