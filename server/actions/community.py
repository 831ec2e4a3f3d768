"""What a host sets for the community, beside what the charter promises (`charter`)."""
from __future__ import annotations

from typing import Any

from models import Actor, AuditEntry, Community
from models.database import in_transaction


async def change(by: Actor, action: str, **columns: Any) -> None:
    """Set these columns of the one row; the log says who did it, by the name of the action."""
    async with in_transaction():
        row = await Community.current()
        await row.change(**columns)
        await AuditEntry.create(actor_id=by.id, action=action[:40], target=f"community:{row.id}")
