"""An association lists two communities, both name it in their charters: they become partners, as long as both is so."""
from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from federation import rosters
from federation.errors import Malformed, Unproven
from models import Actor, Charter, Community, Host, Notification, Roster, clock
from models.host import Standing
from models.member import Role
from models.notification import Notice
from models.reach import Reach
from server.actions import network, partners
from tests.browser import Browser
from tests.conftest import NewDatabase
from tests.live import LiveServer, settle
from tests.stories.scene import befriend, known
from tests.stories.test_charters import opened

Three = tuple[LiveServer, LiveServer, LiveServer]


@pytest.fixture
async def three(new_database: NewDatabase, tmp_path: Path, alpha: LiveServer) -> AsyncIterator[Three]:
    """Two communities, and the association that lists both; none has heard of another."""
    servers = [LiveServer(await new_database(), tmp_path / name) for name in ("far", "alliance")]
    async with servers[0] as far, servers[1] as alliance:
        for one, name in ((alpha, "Association A"), (far, "Association F"), (alliance, "Alliance")):
            await one.run(opened(one, name))
        yield alpha, far, alliance


async def standing(server: LiveServer, other: LiveServer) -> Standing:
    found = await server.ask(lambda: Host.get_or_none(name=other.host))
    return found.standing if found else Standing.UNKNOWN


async def list_(alliance: LiveServer, *hosts: LiveServer) -> None:
    await alliance.run(network.publish(alliance.instance, [one.host for one in hosts], None))


async def read_again(server: LiveServer) -> None:
    """An hour later."""
    await server.ask(lambda: Community.all().update(network_read_at=clock.now() - timedelta(hours=2)))
    await server.run(network.settle(server.instance))


async def arrives(one: LiveServer, other: LiveServer, author: Actor) -> bool:
    post = await one.write(author, "For partners", Reach.PARTNERS)
    await settle(one, other)
    return await known(other, post) is not None


async def test_who_is_listed_and_says_so_becomes_a_partner_until_the_list_ends_it(three: Three) -> None:
    alpha, far, alliance = three
    hana, alice, fred = await alpha.member("hana", role=Role.HOST), await alpha.member("alice"), await far.member("fred")
    async with Browser(alliance, await alliance.member("boss", role=Role.HOST)) as boss, Browser(alpha, hana) as host:
        await boss.post("/admin/network", {"do": "publish", "members": "no.community.invalid"})
        assert boss.status == 422 and "no.community.invalid" in boss.page
        await boss.post("/admin/network", {"do": "publish", "members": f"{alpha.host}\n\n{far.origin}/\n"})
        assert boss.path.endswith("saved=1") and far.host in boss.page
        async with boss.http.get("/network", headers={"Accept": "text/html"}) as answer:
            page = await answer.text()
            assert answer.url.path == "/about" and f"<li>{far.host}</li>" in page[page.index('id="network"'):]
        await host.post("/admin/network", {"do": "enter", "network": far.host})
        assert host.status == 422, "it serves no roster"
        await host.post("/admin/network", {"do": "enter", "network": alliance.host, "opens": "1"})
        assert host.path.endswith("saved=1") and "It lists you" in host.page and far.host in host.page
    await settle(alpha, far)
    assert await standing(alpha, far) is await standing(far, alpha) is Standing.UNKNOWN, "far does not say that it is in it"
    named = await alpha.ask(Charter.newest)
    assert named and named.document["network"] == f"{alliance.origin}/network" and named.version == 2

    await far.run(network.enter(far.instance, alliance.host, True, None))
    await settle(alpha, far)
    assert await standing(alpha, far) is await standing(far, alpha) is Standing.PARTNER, "nobody had to decide"
    await befriend(far, fred, alice, alpha)
    assert await arrives(alpha, far, alice)

    await alliance.run(partners.ask(alliance.instance, alpha.host, None))  # keeps the list, and does not stand on it
    await settle(alpha, alliance)
    assert await standing(alpha, alliance) is Standing.UNKNOWN

    await read_again(alpha)
    await list_(alliance, alpha)
    await read_again(alpha)
    assert await standing(alpha, far) is Standing.PAUSED and not await arrives(alpha, far, alice)
    assert await alpha.ask(lambda: Notification.filter(recipient_id=hana.id, kind=Notice.LEFT_NETWORK, host=far.host).exists())
    assert (await far.fetch(alice.uri))[0] == 403
    await alliance.ask(lambda: Roster.filter(host="", version=2).delete())  # an older list is served again
    await read_again(alpha)
    assert (await alpha.ask(lambda: Roster.newest(alliance.host))).version == 2  # type: ignore[union-attr]
    assert await standing(alpha, far) is Standing.PAUSED

    await list_(alliance, alpha, far)
    await list_(alliance, alpha, far)
    await read_again(alpha)
    assert await standing(alpha, far) is Standing.PARTNER and await arrives(alpha, far, alice)

    await alpha.ask(lambda: Roster.all().update(ends_at=clock.now() - timedelta(seconds=1)))
    await alpha.run(network.follow_roster(alpha.instance))
    assert await standing(alpha, far) is Standing.PAUSED, "a list that has ended lists nobody"
    version = (await alpha.ask(lambda: Charter.newest(far.host))).version  # type: ignore[union-attr]
    await alpha.run(partners.agree(await alpha.ask(lambda: Host.get(name=far.host)), version, hana))
    await alpha.run(network.follow_roster(alpha.instance))
    assert await standing(alpha, far) is Standing.PARTNER, "a person decided, and that stands"
    await alpha.run(network.leave(alpha.instance, hana))
    assert "network" not in (await alpha.ask(Charter.newest)).document  # type: ignore[union-attr]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_lists_that_lie_are_refused_and_one_of_our_own_lives_on(three: Three) -> None:
    alpha, far, alliance = three
    await list_(alliance, alpha, far)
    given = await alpha.run(rosters.fetch(alpha.instance, alliance.host))
    owner = await alpha.ask(lambda: Actor.get(uri=given["attributedTo"]))
    for unsigned in ({"orderedItems": [f"{alpha.origin}/actor"]}, {"proof": {}}):
        with pytest.raises(Unproven):
            await alpha.run(rosters.proven(alpha.instance, given | unsigned, owner))
    for odd in ({"version": True}, {"endTime": None}, {"endTime": "soon"}, {"type": "Collection"},
                {"orderedItems": [f"{alpha.origin}/{n}" for n in range(501)]}, {"orderedItems": [7]},
                {"attributedTo": f"{far.origin}/actor"}, {"id": f"{far.origin}/network/1"}):
        with pytest.raises(Malformed):
            await alpha.run(rosters.proven(alpha.instance, given | odd, owner))
    assert rosters.read(given, owner)[1] > clock.now() + timedelta(days=29)
    soon = clock.now() + timedelta(days=10)
    await alliance.ask(lambda: Roster.all().update(ends_at=soon))
    await alliance.run(network.settle(alliance.instance))
    newest = await alliance.ask(Roster.newest)
    assert newest and newest.version == 2 and newest.ends_at > soon and newest.members == given["orderedItems"]
