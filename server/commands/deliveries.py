"""`dazzle deliveries`: what is on its way to other servers."""
from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from models import Delivery, Host, clock
from models.delivery import DeliveryState
from server.commands.output import Output, table
from server.commands.rooms import community
from server.settings import Settings

LIST_LIMIT = 200


class Act(StrEnum):
    """What to do with them."""

    LIST = "list"
    RETRY = "retry"


async def deliveries(
    settings: Settings, out: Output,
    act: Annotated[Act, typer.Argument(help="list, or retry: send again at once.")] = Act.LIST,
    host: Annotated[str, typer.Option(help="Only those to this server.")] = "",
    failed: Annotated[bool, typer.Option("--failed", help="Those that failed, instead of those that wait.")] = False,
) -> None:
    """Show what waits to be delivered, oldest first, or send it again at once.

    JSON: [{"id", "host", "kind", "state", "attempts", "status", "due"}], at most 200; with retry {"retried": number}.
    """
    state = DeliveryState.FAILED if failed else DeliveryState.WAITING
    async with community(settings):
        chosen = Delivery.filter(state=state, **({"host": host} if host else {}))
        if act is Act.RETRY:
            count = await chosen.update(state=DeliveryState.WAITING, due_at=clock.now())
            await (Host.filter(name=host) if host else Host.all()).update(retry_at=None)
            out.show({"retried": count}, f"{count} deliveries will be tried again now.")
            return
        rows = await chosen.order_by("id").limit(LIST_LIMIT).select_related("activity")
    data = [{"id": row.id, "host": row.host, "kind": row.activity.kind, "state": str(row.state), "attempts": row.attempts,
             "status": row.status, "due": row.due_at.isoformat(timespec="seconds")} for row in rows]
    heads = ("id", "host", "kind", "state", "attempts", "status", "due")
    out.show(data, *table(heads, [tuple(row.values()) for row in data]))
