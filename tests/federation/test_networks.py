"""Who is a fellow: listed by the network of both, for as long as its list counts."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from federation import networks
from models import Actor, Community, Roster, clock

NETWORK = "https://network.example/network"
US, THEM = "https://here.example/actor", "https://there.example/actor"


async def test_a_fellow_is_listed_beside_us_by_the_network_that_both_name(db: object) -> None:
    us, them = Actor(uri=US), Actor(uri=THEM, host="there.example")
    community = await Community.current()
    await community.change(network=NETWORK, network_opens=True)

    async def opens(charter: dict[str, Any] | None = None, **roster: Any) -> bool:
        """Whether they become partners unasked, with this roster."""
        await Roster.all().delete()
        columns = {"host": "network.example", "members": [US, THEM], "ends_at": clock.now() + timedelta(days=1)} | roster
        await Roster.create(version=1, uri=f"{NETWORK}/1", **columns)
        return await networks.opens_to(us, them, {"network": NETWORK} if charter is None else charter)
    assert await opens() and not await networks.opens_to(us, them, None)
    assert not await opens({"network": "https://other.example/network"}) and not await opens({})
    assert not await opens(members=[US]) and not await opens(members=[THEM]) and not await opens(host="other.example")
    assert not await opens(ends_at=clock.now() - timedelta(minutes=1))
    for change in ({"network_opens": False}, {"network_opens": True, "network": ""}):
        await community.change(**change)
        assert not await opens()
