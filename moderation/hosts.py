"""How we stand with another server, and what follows from it (product.md, Standing of another host)."""
from __future__ import annotations

from collections.abc import Collection

from models import Actor, Community, Host, memory
from models.host import HARSHNESS, Standing
from models.reach import Reach

#: Which reach may be copied to a host of which standing. `community` and `me` are in no row: they never leave.
MAY_RECEIVE: dict[Standing, frozenset[Reach]] = {
    Standing.UNKNOWN: frozenset(),
    Standing.PARTNER: frozenset({Reach.CIRCLE, Reach.PARTNERS, Reach.WEB}),
    Standing.NARROWED: frozenset({Reach.WEB}),
    Standing.PAUSED: frozenset(),
    Standing.OPEN: frozenset({Reach.WEB}),
    Standing.LIMITED: frozenset({Reach.WEB}),
    Standing.SUSPENDED: frozenset(),
}

#: Which reach is taken from a host. A partner that promises less than before gets less, and is still listened to.
MAY_BRING = MAY_RECEIVE | {Standing.NARROWED: MAY_RECEIVE[Standing.PARTNER]}

#: Hosts whose activities are taken at the door.
HEARD = frozenset({Standing.PARTNER, Standing.NARROWED, Standing.OPEN, Standing.LIMITED})


async def standing(name: str) -> Standing:
    """The standing of a host by its canonical name. A stranger is `open` only where the host opened federation.

    Remembered for a second; a change in this process counts at once.
    """
    return (await standings((name,)))[name]


async def standings(names: Collection[str]) -> dict[str, Standing]:
    """The same for many hosts, with one query for most of them."""
    kept = memory.current().standings
    found = {name: Standing(how) for name in names if (how := kept.known(name))}
    if unknown := [name for name in names if name not in found]:
        asked = await Host.standings(unknown)
        strangers = await of_strangers() if Standing.UNKNOWN in asked.values() else Standing.UNKNOWN
        for name, how in asked.items():
            found[name] = strangers if how is Standing.UNKNOWN else how
            kept.put(name, found[name])
    return found


async def of(actor: Actor) -> Standing:
    """How we stand with somebody elsewhere: as with the host of their id, or more harshly if their address is on a domain that is
    restricted. No trust comes with an address.
    """
    how = await standing(actor.host)
    return max(how, await standing(actor.domain), key=lambda one: HARSHNESS.get(one, 0)) if actor.domain else how


async def of_strangers() -> Standing:
    """The standing of hosts without a rule: `open` where the host opened federation."""
    return Standing.OPEN if (await Community.current()).is_open_federation else Standing.UNKNOWN


async def receiving(reach: Reach) -> list[Standing]:
    """The standings, as rows of hosts say them, of hosts that something of this reach may be copied to."""
    strangers = await of_strangers()
    return [how for how in Standing if may_receive(strangers if how is Standing.UNKNOWN else how, reach)]


def may_receive(how: Standing, reach: Reach) -> bool:
    """Whether something of this reach may be copied to a host of this standing."""
    return reach in MAY_RECEIVE[how]


def may_bring(how: Standing, reach: Reach) -> bool:
    """Whether something of this reach is taken from a host of this standing."""
    return reach in MAY_BRING[how]


def is_heard(how: Standing) -> bool:
    """Whether a host of this standing may send us activities and read what it may see."""
    return how in HEARD
