"""`dazzle member limit`, `freeze` and `lift`: rulings about how far a member is seen and may write."""
from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer

from models import Member, clock
from models.ruling import Act
from server.actions import rulings
from server.actions.rulings import Decided
from server.commands.output import Output
from server.commands.rooms import community, member_named
from server.pictures.media import MediaStore
from server.settings import Settings

DAYS_LIMIT = 366
Name = Annotated[str, typer.Argument(help="The member's name, without @.", show_default=False)]
Reason = Annotated[str, typer.Option(help="Why; the member reads it.")]
Days = Annotated[int, typer.Option(min=0, max=DAYS_LIMIT, help="After so many days it ends by itself; 0: when it is lifted.")]


async def limit(settings: Settings, out: Output, name: Name, reason: Reason, days: Days = 0) -> None:
    """Let only those who follow a member see what they write. JSON: {"name", "limited", "frozen"}."""
    row = await _rule(settings, name, Act.LIMIT, reason, days)
    out.show(row, f"Only those who follow {row['name']} see what they write.")


async def freeze(settings: Settings, out: Output, name: Name, reason: Reason, days: Days = 0) -> None:
    """Let a member read, and write nothing. JSON: {"name", "limited", "frozen"}."""
    row = await _rule(settings, name, Act.FREEZE, reason, days)
    out.show(row, f"{row['name']} reads, and writes nothing.")


async def lift(settings: Settings, out: Output, name: Name, reason: Reason = "") -> None:
    """Take limits and freezes of a member back. JSON: {"name", "limited", "frozen"}."""
    async with community(settings):
        member = await member_named(name)
        await rulings.lift(member.actor, (Act.LIMIT, Act.FREEZE), None, reason)
        row = await _row(member)
    out.show(row, f"{row['name']} is seen and writes like everybody else.")


async def _rule(settings: Settings, name: str, act: Act, reason: str, days: int) -> dict[str, Any]:
    async with community(settings):
        member = await member_named(name)
        until = clock.now() + timedelta(days=days) if days else None
        decided = Decided(act=act, subject=member.actor, by=None, facts=reason, until=until)
        await rulings.rule(decided, MediaStore(settings.var_dir / "media"))
        return await _row(member)


async def _row(member: Member) -> dict[str, Any]:
    await member.actor.refresh_from_db(fields=["limited_at", "frozen_at"])
    return {"name": member.actor.name, "limited": member.actor.limited_at is not None,
            "frozen": member.actor.frozen_at is not None}
