"""Two live communities that promise each other something, and one that promises less later."""
from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from federation import charters, copies, instances
from federation.errors import Malformed, Unproven
from models import Actor, Charter, Community, ConsentRecord, Host, Notification, Post, clock
from models.consent import ConsentEvent, Purpose
from models.host import Standing
from models.member import Role
from models.notification import Notice
from models.reach import Reach
from moderation import consent
from moderation.charters import silence_limit
from server.actions import charter, partners, removal
from server.keys import MEDIA
from tests.browser import Browser
from tests.conftest import NewDatabase
from tests.live import LiveServer, settle
from tests.peer import Peer
from tests.stories.scene import befriend, known


@pytest.fixture
async def far(new_database: NewDatabase, tmp_path: Path, alpha: LiveServer) -> AsyncIterator[LiveServer]:
    """A community that alpha has never heard of; both say who runs them."""
    async with LiveServer(await new_database(), tmp_path / "far") as server:
        for one, name in ((alpha, "Association A"), (server, "Association F")):
            await one.run(opened(one, name))
        yield server


async def opened(server: LiveServer, owner: str) -> None:
    await (await Community.current()).change(association=owner, opened_at=clock.now(), contact="team@example.org")
    await charter.ensure(server.instance)


async def host(server: LiveServer, other: LiveServer) -> Host:
    return await server.ask(lambda: Host.get(name=other.host))


async def shake_hands(alpha: LiveServer, far: LiveServer) -> None:
    await alpha.run(partners.ask(alpha.instance, far.origin, None))
    await settle(alpha, far)
    await far.run(partners.accept(far.instance, await host(far, alpha), None))
    await settle(alpha, far)


async def promise(server: LiveServer, other: LiveServer, *, is_sure: bool = False, **columns: Any) -> None:
    """Publish another version, and wait until the partner has it."""
    await server.run(charter.change(server.instance, columns, None, is_sure=is_sure))
    await settle(server, other)


async def arrives(one: LiveServer, other: LiveServer, author: Actor, reach: Reach) -> bool:
    post = await one.write(author, f"A message for {reach}", reach)
    await settle(one, other)
    return await known(other, post) is not None


async def test_partners_hold_charters_and_less_narrows_until_somebody_agrees(alpha: LiveServer, far: LiveServer) -> None:
    hana, alice = await alpha.member("hana", role=Role.HOST), await alpha.member("alice")
    await alpha.run(charter.change(alpha.instance, {"ceiling": Reach.WEB}, None))
    await shake_hands(alpha, far)
    for one, other, owner in ((alpha, far, "Association F"), (far, alpha, "Association A")):
        kept = await one.ask(lambda: Charter.agreed(other.host))  # noqa: B023 - asked at once
        theirs = await other.ask(Charter.newest)
        assert kept and theirs and (kept.version, kept.digest) == (theirs.version, theirs.digest) == (1, theirs.digest)
        assert kept.document["legalOwner"] == owner and kept.document["proof"]["cryptosuite"] == "eddsa-jcs-2022"
        assert (await host(one, other)).standing is Standing.PARTNER
    assert (await alpha.run(silence_limit(far.host))).days == 7
    fred = await far.member("fred")
    await befriend(far, fred, alice, alpha)
    assert await arrives(alpha, far, alice, Reach.PARTNERS)

    await promise(far, alpha, withdrawal_days=5, minimum_age=18)  # more: nobody has to decide
    assert (await host(alpha, far)).standing is Standing.PARTNER
    assert (await alpha.run(silence_limit(far.host))).days == 5

    await promise(far, alpha, withdrawal_days=10)  # less
    assert (await host(alpha, far)).standing is Standing.NARROWED
    assert (await alpha.ask(lambda: Notification.get(recipient_id=hana.id, kind=Notice.CHARTER))).host == far.host
    assert (await alpha.run(silence_limit(far.host))).days == 5  # what was agreed
    assert not await arrives(alpha, far, alice, Reach.PARTNERS)
    assert await arrives(alpha, far, alice, Reach.WEB)
    await befriend(alpha, alice, fred, far)
    assert await arrives(far, alpha, fred, Reach.PARTNERS)  # their people are still heard

    async with Browser(alpha, hana) as browser:
        page = await browser.get(f"/admin/partners/{far.host}")
        assert "Within 5 days" in page and "Within 10 days" in page
        version = (await alpha.ask(lambda: Charter.newest(far.host))).version  # type: ignore[union-attr]
        await browser.post(f"/admin/partners/{far.host}", {"do": "agree", "version": str(version - 1)})
        assert browser.status == 404 and (await host(alpha, far)).standing is Standing.NARROWED
        await browser.post(f"/admin/partners/{far.host}", {"do": "agree", "version": str(version)})
    assert (await host(alpha, far)).standing is Standing.PARTNER
    assert not await alpha.ask(lambda: Notification.filter(kind=Notice.CHARTER).exists())
    assert await arrives(alpha, far, alice, Reach.PARTNERS)

    await promise(far, alpha, withdrawal_days=12)
    await promise(far, alpha, withdrawal_days=10)  # taken back before anybody decided
    assert (await host(alpha, far)).standing is Standing.PARTNER


async def test_another_owner_pauses_there_and_freezes_here(alpha: LiveServer, far: LiveServer) -> None:
    await shake_hands(alpha, far)
    alice, fred = await alpha.member("alice"), await far.member("fred")
    await befriend(far, fred, alice, alpha)
    await befriend(alpha, alice, fred, far)
    post = await alpha.write(alice, "Before", Reach.PARTNERS)
    theirs = await far.write(fred, "Mine, before", Reach.PARTNERS)
    await settle(alpha, far)

    with pytest.raises(charter.NeedsCare):
        await far.run(charter.change(far.instance, {"association": "Pharma AG"}, None))
    assert await far.run(consent.may_leave(fred.id))
    await promise(far, alpha, is_sure=True, association="Pharma AG")
    newest = await far.ask(lambda: ConsentRecord.newest(fred.id, Purpose.SHARED_OUT))
    assert newest and newest.event is ConsentEvent.FROZEN
    assert await far.run(consent.may_leave(fred.id)) is None
    assert await far.ask(lambda: Notification.filter(recipient_id=fred.id, kind=Notice.OWNER).exists())

    assert (await host(alpha, far)).standing is Standing.PAUSED
    assert not await arrives(alpha, far, alice, Reach.PARTNERS)
    async with Browser(alpha, alice) as browser:
        assert "Run by Pharma AG now, before by Association F" in await browser.get("/data/copies")
    status, _ = await far.fetch(post.uri)
    assert status == 403
    await far.run(removal.delete(theirs, far.app[MEDIA]))
    await settle(alpha, far)
    gone = await known(alpha, theirs)
    assert gone is None or gone.deleted_at  # what its people take back is still heard

    version = (await alpha.ask(lambda: Charter.newest(far.host))).version  # type: ignore[union-attr]
    await alpha.run(partners.agree(await host(alpha, far), version, None))
    assert (await host(alpha, far)).standing is Standing.PARTNER
    assert await arrives(alpha, far, alice, Reach.PARTNERS)
    async with Browser(alpha, alice) as browser:
        assert "Run by Pharma AG since" in await browser.get("/data/copies")


async def test_charters_are_served_signed_and_nobody_elses_counts(alpha: LiveServer, far: LiveServer) -> None:
    status, body = await far.fetch(f"{alpha.origin}/charter")
    served = json.loads(body)
    assert status == 200 and served["id"] == f"{alpha.origin}/charter/1" and served["version"] == 1
    assert (await far.fetch(f"{alpha.origin}/charter/1"))[1] == body
    assert (await far.fetch(f"{alpha.origin}/charter/2"))[0] == 404
    told = json.loads((await far.fetch(f"{alpha.origin}/nodeinfo/2.1", "application/json"))[1])["metadata"]["dazzle"]
    assert told == {"withdrawalNotices": f"{alpha.origin}/ns#Withdraw", "charter": f"{alpha.origin}/charter"}
    await shake_hands(alpha, far)
    them = await far.ask(lambda: Actor.get(uri=f"{alpha.origin}/actor"))
    assert await far.run(charters.proven(far.instance, served, them)) == served
    for change, fault in (({"withdrawalDays": 1}, Unproven), ({"proof": {}}, Unproven), ({"minors": "any"}, Malformed),
                          ({"fundedBy": ["x"] * 21}, Malformed), ({"country": "France"}, Malformed),
                          ({"version": 10**9}, Malformed), ({"attributedTo": f"{far.origin}/actor"}, Malformed)):
        with pytest.raises(fault):
            await far.run(charters.proven(far.instance, served | change, them))


async def test_a_charter_goes_to_those_who_know_the_word(alpha: LiveServer, peer: Peer) -> None:
    """Other software is a partner too, and takes no type that it never heard of: an error of it would be all that comes of it."""
    await alpha.run(opened(alpha, "Association A"))
    await peer.become(alpha)
    await alpha.run(instances.instance_actor(alpha.instance, peer.host))
    for announces, told in ((False, []), (True, [4])):
        await alpha.ask(lambda: Host.filter(name=peer.host).update(takes_withdrawals=announces))  # noqa: B023 - asked at once
        for days in (6, 5) if not announces else (4,):
            await alpha.run(charter.change(alpha.instance, {"withdrawal_days": days}, None))
        await settle(alpha)
        assert [said["object"]["withdrawalDays"] for said in peer.of_kind("Update")] == told


async def test_a_partner_of_before_has_no_charter_yet_and_keeps_working(alpha: LiveServer, beta: LiveServer) -> None:
    hana = await alpha.member("hana", role=Role.HOST)
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    assert await alpha.ask(Charter.newest) is None and await arrives(alpha, beta, alice, Reach.PARTNERS)
    assert (await alpha.run(silence_limit(beta.host))).days == 14
    async with Browser(alpha, hana) as browser:
        assert "No charter yet" in await browser.get(f"/admin/partners/{beta.host}")


async def test_the_host_changes_the_charter_on_a_page_and_everybody_reads_it(alpha: LiveServer, far: LiveServer) -> None:
    hana, theirs = await alpha.member("hana", role=Role.HOST), await far.member("fred")
    alice = await alpha.member("alice")
    await shake_hands(alpha, far)
    await befriend(alpha, alice, theirs, far)
    post = await far.write(theirs, "Long ago", Reach.PARTNERS)
    await settle(alpha, far)
    form = {"association": "Association A", "funding": "Fondation Y\n\nVille de Lyon", "minors": "none", "minimum_age": "18",
            "withdrawal_days": "5", "retention_days": "90", "least_outside": "20", "least_inside": "10"}
    async with Browser(alpha, hana) as browser, Browser(alpha) as visitor:
        for field, wrong in (("least_outside", "10"), ("least_inside", "4"), ("withdrawal_days", "15"), ("minimum_age", "x"),
                             ("retention_days", "1"), ("minors", "all"), ("association", "")):
            page = await browser.post("/admin/charter", form | {field: wrong})
            assert browser.status == 422 and "Ville de Lyon" in page, field
        await browser.post("/admin/charter", form | {"association": "Pharma AG"})
        assert browser.status == 422, "somebody else only with the box ticked"
        await browser.post("/admin/community", {"name": "A", "condition": "c", "association": "Pharma AG", "country": "FR"})
        assert browser.status == 422
        assert (await alpha.ask(Charter.newest)).version == 1  # type: ignore[union-attr]
        await browser.post("/admin/charter", form)
        assert browser.path == "/admin/charter?saved=1"
        page = await visitor.get("/about")
        for words in ("Fondation Y, Ville de Lyon", "None about fewer than 20 people", "For 90 days at most"):
            assert words in page
        async with visitor.http.get("/charter", headers={"Accept": "text/html"}) as answer:
            assert answer.url.path == "/about"
    await settle(alpha, far)
    assert (await far.ask(lambda: Charter.newest(alpha.host))).version == 2  # type: ignore[union-attr]
    assert (await host(far, alpha)).standing is Standing.NARROWED, "somebody new pays"

    assert await alpha.run(copies.erase_due()) == 0
    old = clock.now() - timedelta(days=91)
    await alpha.ask(lambda: Post.filter(uri=post.uri).update(created_at=old))
    assert await alpha.run(copies.erase_due()) == 1
    gone = await known(alpha, post)
    assert gone and gone.deleted_at and not gone.html
