"""How a community opens: a link that the server prints once, for the first host."""
from __future__ import annotations

from models import Community
from models.member import LinkPurpose
from server.actions import links
from server.settings import Settings

OPENING_SECONDS = 7 * links.DAY_SECONDS


async def opening_link(settings: Settings) -> str | None:
    """The address at which the first host opens the community; a new one ends the last. None once it is open."""
    if (await Community.current()).opened_at is not None:
        return None
    token = await links.make(LinkPurpose.OPEN, OPENING_SECONDS)
    return f"{settings.origin}/open/{token}"
