"""Countries on the map: only of those who agreed, in bands, added up with what partners tell, and gone when taken back."""
from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from federation import censuses, withdrawal_watch
from federation.errors import Malformed, Unproven
from models import Actor, Census, Community, Host, Member, ProfileLine, ProfileValue, clock
from models.consent import Purpose
from models.host import Standing
from moderation.counts import Band
from server.actions import accounts, sharing
from server.community import atlas
from tests.browser import Browser
from tests.live import PATIENCE_SECONDS, LiveServer

PEOPLE = 15  # enough for a country to be shown, whatever its secret
BOTH = (Purpose.MEMBERSHIP, Purpose.MAP, Purpose.STATISTICS)


async def crowd(server: LiveServer, country: str, people: int, *purposes: Purpose) -> list[Actor]:
    """So many members there, who agreed to these."""
    async def join() -> list[Actor]:
        found = []
        for number in range(people):
            newcomer = accounts.Newcomer(name=f"{country.lower()}{number}", language="en", consents=purposes or BOTH)
            found.append((await accounts.create(server.origin, newcomer)).actor)
        await ProfileValue.bulk_create([ProfileValue(actor_id=one.id, line=ProfileLine.PLACE, code=country) for one in found])
        return found
    return await server.run(join())


async def say(server: LiveServer, actor: Actor, wanted: bool) -> None:
    async def speak() -> None:
        member = await Member.get(actor_id=actor.id).select_related("actor")
        await sharing.say(member, Purpose.MAP, wanted, "en", await Community.current())
    await server.run(speak())


async def learn(server: LiveServer, other: LiveServer) -> None:
    """Both have to know which software the other is; after a handshake they do."""
    while not await server.ask(lambda: Host.exists(name=other.host, takes_withdrawals=True)):
        await server.run(withdrawal_watch.learn_due(server.instance))
        await asyncio.sleep(0.02)


async def next_day(server: LiveServer) -> None:
    """What was counted and read was so yesterday."""
    before = clock.now() - timedelta(days=1, minutes=1)
    await server.ask(lambda: Census.filter(host="").update(published_at=before))
    await server.ask(lambda: Census.exclude(host="").update(asked_at=before))


async def counts(server: LiveServer, other: LiveServer, bands: dict[str, str]) -> None:
    """Once a day has passed, it has these numbers of the other. Its own job may have asked too early, or be asking just now."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        known = None
        while known is None or known.bands != bands:
            await next_day(server)
            while await server.run(censuses.read_due(server.instance)):
                pass
            known = await server.run(Census.of(other.host))


async def test_who_agreed_counts_until_they_take_it_back(alpha: LiveServer, beta: LiveServer, gamma: LiveServer) -> None:
    await alpha.ask(lambda: Host.filter(name=gamma.host).delete())  # gamma is nobody's partner
    french = await crowd(alpha, "FR", PEOPLE)
    await crowd(alpha, "BE", 4)
    await crowd(alpha, "DE", PEOPLE, Purpose.MEMBERSHIP, Purpose.MAP)  # who said nothing about being counted
    bea = await beta.member("bea")
    await learn(beta, alpha)
    await next_day(alpha)  # when servers begin they ask each other, and are told that there is nobody
    await next_day(beta)
    async with Browser(alpha) as visitor, Browser(beta, bea) as reader, Browser(beta) as other:
        page = await visitor.get("/map")
        assert '<th scope="row">France</th><td>11–25</td>' in page and page.count('<path class="m') == 2
        assert "Belgium" not in page and "Germany" not in page and 'src="http' not in page and len(page) < 80_000

        await counts(beta, alpha, {"FR": "11–25"})
        assert '<th scope="row">France</th><td>11–25</td>' in await reader.get("/map")
        assert '<th scope="row">' not in await other.get("/map")  # a visitor sees those of this community alone
        for server in (gamma, alpha):
            assert (await server.fetch(f"{alpha.origin}/census"))[0] in (401, 403, 404)
        assert (await visitor.http.get("/census")).status == 401

        for one in french[:PEOPLE - 10]:
            await say(alpha, one, False)
        assert '<th scope="row">' not in await visitor.get("/map")  # in the next answer
        for one in french[:PEOPLE - 10]:
            await say(alpha, one, True)
        assert (await alpha.run(atlas.ours()))[0] == {"FR": Band.TENS}  # as was counted today

        asked_at = (await beta.run(Census.of(alpha.host))).asked_at
        while await beta.run(censuses.read_due(beta.instance)):  # others, whom it has learned of meanwhile
            pass
        assert (await beta.run(Census.of(alpha.host))).asked_at == asked_at  # once a day
        await alpha.ask(lambda: Actor.filter(id__in=[one.id for one in french]).update(suspended_at=clock.now()))
        await next_day(alpha)
        await counts(beta, alpha, {})


async def test_a_census_counts_for_some_days_and_of_partners_alone(alpha: LiveServer, beta: LiveServer) -> None:
    row = {"bands": {"FR": "26–100", "CH": "11–25"}, "ends_at": clock.now() + timedelta(days=1), "published_at": clock.now()}
    await alpha.ask(lambda: Census.create(host=beta.host, **row))
    await alpha.ask(lambda: Census.create(host="third.example", **row))
    await alpha.ask(lambda: Host.create(name="third.example", standing=Standing.PARTNER))
    assert await alpha.run(atlas.everybody()) == {"CH": Band.TENS, "FR": Band.DOZENS}  # 26 and 26 at least
    await alpha.ask(lambda: Host.filter(name="third.example").update(standing=Standing.SUSPENDED))
    await alpha.ask(lambda: Census.filter(host=beta.host).update(bands={"CH": "11–25"}))
    assert await alpha.run(atlas.everybody()) == {"CH": Band.TENS}
    await alpha.ask(lambda: Census.filter(host=beta.host).update(ends_at=clock.now() - timedelta(seconds=1)))
    assert await alpha.run(atlas.everybody()) == {}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_census_that_lies_is_not_believed(alpha: LiveServer, beta: LiveServer) -> None:
    await learn(alpha, beta)
    status, body = await alpha.fetch(f"{beta.origin}/census")
    given = json.loads(body)
    owner = await alpha.ask(lambda: Actor.get(uri=given["attributedTo"]))
    assert status == 200 and (await alpha.run(censuses.proven(alpha.instance, given, owner)))[0] == {}
    for lie in ({"bands": {"FR": 12}}, {"bands": {"FR": "<11"}}, {"bands": {"France": "11–25"}}, {"bands": {"FR": ["11–25"]}},
                {"bands": []}, {"endTime": None}, {"published": 7}, {"type": "Note"}, {"attributedTo": f"{alpha.origin}/actor"},
                {"id": f"{alpha.origin}/census"}, {"bands": dict.fromkeys([f"A{n}" for n in range(400)], "11–25")}):
        with pytest.raises(Malformed):
            censuses.read(given | lie, owner)
    with pytest.raises(Unproven):
        await alpha.run(censuses.proven(alpha.instance, given | {"bands": {"FR": ">500"}}, owner))
    with pytest.raises(Unproven):
        await alpha.run(censuses.proven(alpha.instance, {name: value for name, value in given.items() if name != "proof"}, owner))
