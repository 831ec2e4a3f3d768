"""Who is a fellow: listed by the network that both communities name, as we name it ourselves."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from federation.addresses import host_of
from models import Actor, Community, Roster


async def is_fellow(us: Actor, them: Actor, charter: Mapping[str, Any] | None) -> bool:
    """Whether the roster of our network lists us and them, and their charter names the same network. It counts until it ends."""
    network = (await Community.current()).network
    roster = await Roster.newest(host_of(network)) if network else None
    if roster is None or charter is None or charter.get("network") != network:
        return False
    return roster.lists(us.uri) and roster.lists(them.uri)


async def opens_to(us: Actor, them: Actor, charter: Mapping[str, Any] | None) -> bool:
    """Whether our host lets fellows become partners without deciding about each."""
    return (await Community.current()).network_opens and await is_fellow(us, them, charter)
