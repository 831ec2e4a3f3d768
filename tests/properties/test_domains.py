"""A domain that is limited, suspended or refused for its images covers whatever is below it, as its rows say at any moment."""
from __future__ import annotations

import asyncio
import random

import pytest
from tortoise.context import TortoiseContext

from models import Host
from models.database import in_transaction
from models.host import HARSHNESS, RESTRICTED, Rule, Standing, domains_above
from moderation import hosts

LABELS = ("a", "b", "c_d")
HARSH = (Standing.SUSPENDED, Standing.LIMITED)


def any_name(chance: random.Random) -> str:
    """One to four labels deep, so that many are above each other; "xa.example" is not below "a.example"."""
    return ".".join([*chance.choices((*LABELS, "xa"), k=chance.randint(0, 3)), "example"])


def asked(own: dict[str, Rule], name: str) -> Rule:
    """The rule, asked the slow way: one's own and those of all domains above; trust is never inherited."""
    mine = own.get(name, Rule(Standing.UNKNOWN))
    above = [own[one] for one in domains_above(name) if one in own]
    harshest = max((one.standing for one in above if one.standing in RESTRICTED), key=lambda how: HARSHNESS[how], default=None)
    standing = harshest if harshest and HARSHNESS[harshest] > HARSHNESS.get(mine.standing, 0) else mine.standing
    return Rule(standing, any(one.rejects_media for one in (mine, *above)), any(one.rejects_reports for one in (mine, *above)))


async def step(chance: random.Random, own: dict[str, Rule], stale: dict[str, Host]) -> None:
    """One change, by one of the doors that changes come through; also of a row that was read long ago."""
    name = any_name(chance)
    standing = chance.choice((*Standing, *HARSH, *HARSH))
    match chance.randint(0, 4):
        case 0 if name not in own:
            stale[name] = await Host.create(name=name, standing=standing)
            own[name] = Rule(standing)
        case 1:
            rule = Rule(standing, chance.random() < 0.3, chance.random() < 0.3)
            await (await Host.called(name)).decide(rule)
            own[name] = rule
        case 2 if name in own:
            host = await Host.get(name=name)
            await host.change(standing=standing, title="Changed")
            own[name] = own[name]._replace(standing=standing)
            assert host.standing is asked(own, name).standing
        case 3 if name in stale and name in own:
            rule = Rule(standing)
            await stale[name].decide(rule)
            own[name] = rule
        case _:
            stale[name] = await Host.called(name)
            own.setdefault(name, Rule(Standing.UNKNOWN))


@pytest.mark.parametrize("seed", range(3))
async def test_rows_say_what_the_rules_say_in_whatever_order_they_change(db: TortoiseContext, seed: int) -> None:
    chance, own, stale = random.Random(seed), dict[str, Rule](), dict[str, Host]()
    covered = 0
    for _ in range(30):
        await step(chance, own, stale)
        for row in await Host.all():
            whole = asked(own, row.name)
            assert (row.standing, row.rejects_media, row.rejects_reports) == whole and row.own == own[row.name], row.name
            assert (row.ruled_by == "") == (whole == own[row.name])
            covered += bool(row.ruled_by)
    names = [*own, *(any_name(chance) for _ in range(20)), "else.where"]
    assert await Host.standings(names) == {name: asked(own, name).standing for name in names}
    assert await hosts.standings(names) == {name: await hosts.standing(name) for name in names}
    assert covered


@pytest.mark.parametrize("child_first", [True, False])
async def test_a_host_made_at_the_same_moment_is_covered_too(db: TortoiseContext, child_first: bool) -> None:
    """Two transactions that do not see each other's rows."""
    began = asyncio.Event()

    async def first() -> None:
        async with in_transaction():
            await (Host.called("a.example") if child_first else _suspend("example"))
            began.set()
            await asyncio.sleep(0.05)

    async def second() -> None:
        await began.wait()
        async with in_transaction():
            await (_suspend("example") if child_first else Host.called("a.example"))
    await asyncio.gather(first(), second())
    assert (await Host.get(name="a.example")).standing is Standing.SUSPENDED


async def _suspend(name: str) -> None:
    await (await Host.called(name)).decide(Rule(Standing.SUSPENDED))


async def test_a_partnership_that_narrows_or_ends_below_a_rule_does_not_come_back_with_its_end(db: TortoiseContext) -> None:
    partner = await Host.create(name="a.example", standing=Standing.PARTNER)
    above = await Host.called("example")
    await above.decide(Rule(Standing.UNKNOWN, rejects_media=True))
    await partner.refresh_from_db()
    await partner.change(standing=Standing.NARROWED)  # its new charter promises less
    await above.decide(Rule(Standing.UNKNOWN))
    await partner.refresh_from_db()
    assert partner.own == Rule(Standing.NARROWED) and partner.standing is Standing.NARROWED
