"""The pages of the directory: what is found and what is not told, asking, reading too much, and what hosts see and choose."""
from __future__ import annotations

import re
from datetime import timedelta

import pytest

from federation import directories
from models import (
    Actor,
    AuditEntry,
    Community,
    DirectoryPeer,
    Follow,
    Host,
    Introduction,
    Listing,
    Notification,
    OfferedListing,
    clock,
    listings,
)
from models.community import DirectoryMode
from models.database import in_transaction
from models.host import Standing
from models.ids import new_key
from models.listings import Told
from models.member import Role
from models.notification import Notice
from server.actions import introductions
from server.actions.introductions import AskedEnough
from server.actions.listings import place_due
from server.entrance import limits
from server.entrance.limits import Rate
from server.keys import INSTANCE
from tests.browser import Browser
from tests.live import LiveServer

HOST = "there.example"


@pytest.fixture
def database_kind() -> str:
    """Pages do not depend on the database."""
    return "sqlite"


async def people(server: LiveServer, count: int, country: str) -> None:
    """So many people elsewhere who care for somebody in this country, as far as is known here."""
    async def put() -> None:
        until = clock.now() + timedelta(days=14)
        async with in_transaction():
            told = ("", "carer", country, " fr ", "")
            await listings.put([Told(f"https://{HOST}/{country}/{number}", HOST, told, clock.now(), until)
                                for number in range(count)], 11)
        await place_due()
    await server.run(put())


async def test_enough_alike_are_found_and_too_few_are_not(alpha: LiveServer) -> None:
    camille = await alpha.member("camille")
    await people(alpha, 25, "FR")
    await people(alpha, 12, "BE")
    await people(alpha, 4, "CH")  # whom nobody may find by subtraction, so that the Belgians are not shown as such either
    async with Browser(alpha, camille) as browser:
        first = await browser.get("/people/directory")
        assert first.count('class="card person"') == 20 and "More people" in first
        second = await browser.post("/people/directory", {"place": browser.hidden("place")[0]})
        assert second.count('class="card person"') == 20
        french = await browser.post("/people/directory", {"country": "FR", "role": "carer"})
        assert french.count('class="card person"') == 20 and "Cares for somebody who has it · France · French" in french
        for country in ("BE", "CH", "JP"):
            few = await browser.post("/people/directory", {"country": country})
            assert "Fewer than 11 people, or nobody" in few and 'class="card person"' not in few, country
        for odd in ({"country": "'; --"}, {"place": "9" * 30}, {"role": "%"}, {"language": "_"}, {"q": "x" * 500}):
            assert "<h1>" in await browser.post("/people/directory", odd)


async def test_who_reads_on_and_on_is_stopped_and_hosts_hear_of_it(alpha: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    camille, odile = await alpha.member("camille"), await alpha.member("odile", role=Role.HOST)
    monkeypatch.setitem(limits.RATES, "directory", Rate(2, 600))
    async with Browser(alpha, camille) as browser:
        for _ in range(2):
            await browser.get("/people/directory")
        async with browser.http.get("/people/directory") as refused:
            assert refused.status == 429
    assert await alpha.ask(lambda: AuditEntry.filter(action="directory.read").count()) == 1
    assert await alpha.ask(lambda: Notification.filter(recipient_id=odile.id, kind=Notice.SCRAPED).count()) == 1
    async with Browser(alpha, odile) as browser:
        assert "reads more of the directory" in await browser.get("/admin/directory")
        await alpha.run(_partners(alpha, [await alpha.member(f"m{number}") for number in range(6)]))
        page = await browser.get("/admin/directory")
        said = {name: text for name, text in re.findall(r"<br><span[^>]*>(\w+)\.example</span>(.*?)</li>", page, re.S)}
        assert "Reads our list." in said["reads"] and re.search(r"About .?5 members", said["reads"])
        assert "Asks to read our list." in said["asks"] and "We read theirs. Compared" in said["asks"]
        assert "Stopped by a host" in said["stopped"] and "Few members" not in said["stopped"]
        assert "Does not read our list. We do not read theirs." in said["new"]
        await browser.post("/admin/directory", {"mode": "off"})
    assert (await alpha.ask(Community.current)).directory is DirectoryMode.OFF


async def _partners(alpha: LiveServer, members: list[Actor]) -> None:
    """One that reads our list, one that asks to, one that our host stopped, one that is new."""
    us = await directories.ensure(alpha.app[INSTANCE])
    for name in ("reads", "asks", "stopped", "new"):
        await (await Host.called(f"{name}.example")).change(standing=Standing.PARTNER)
    uris = [f"https://{name}.example/directory" for name in ("reads", "asks")]
    reads, asks = [await Actor.create(uri=uri, name="directory", host=uri.split("/")[2], inbox_uri=uri) for uri in uris]
    for one, other, since in ((reads, us, clock.now()), (asks, us, None), (us, asks, clock.now())):
        await Follow.create(uri=f"{one.uri}/f/{other.id}", follower=one, target=other, accepted_at=since)
    await DirectoryPeer.create(host="asks.example", read_at=clock.now())
    await DirectoryPeer.create(host="stopped.example", stopped_at=clock.now())
    for member in members:
        await OfferedListing.create(actor=member, host="reads.example", key=new_key(), stamp_key=new_key())


async def test_five_people_a_day_and_no_more(alpha: LiveServer, beta: LiveServer) -> None:
    camille = await alpha.member("camille")
    await people(alpha, 1, "FR")

    async def ask() -> None:
        found = await Listing.get(host=HOST)
        for number in range(5):
            await Introduction.create(actor=camille, host=HOST, is_asker=True, offer_uri=f"x{number}", listing_uri=f"y{number}",
                                      pseudonym_uri="z", ends_at=clock.now())
        await known(found)
        with pytest.raises(AskedEnough):
            await introductions.ask(camille, found.key, "")

    async def known(found: Listing) -> None:
        """The partner of whom it was told has a directory that can be asked."""
        us = await directories.ensure(alpha.instance)
        uri = f"http://{HOST}/directory"
        them = await Actor.create(uri=uri, name="directory", host=HOST, kind=us.kind, inbox_uri=f"{uri}/inbox")
        await (await Host.called(HOST)).change(standing="partner", directory_uri=them.uri)
        await DirectoryPeer.of(found.host)
    await alpha.run(ask())
