"""A member moves to another community, and those who follow come along; and one who arrives (FEP-7628)."""
from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from federation import moves, resolve
from models import Actor, Follow, Notification, clock
from models.database import in_transaction
from models.notification import Notice
from server.actions import follows, moving
from server.actions.moving import ALIASES_LIMIT, NoAccount, NotNamed, TooMany, TooSoon
from server.errors import Refused
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.peer import Peer
from tests.stories.scene import befriend, follow, see


async def again(server: LiveServer, actor: Actor) -> Actor:
    """A member as they stand now."""
    return await server.ask(lambda: Actor.get(id=actor.id))


async def followers(server: LiveServer, uri: str) -> set[str]:
    """Who follows somebody, as a server knows it."""
    rows = await server.ask(lambda: Follow.filter(target__uri=uri, accepted_at__isnull=False).select_related("follower"))
    return {row.follower.name for row in rows}


async def test_those_who_follow_come_along_when_both_accounts_say_so(alpha: LiveServer, beta: LiveServer) -> None:
    """By the pages of both communities: named there, then moved here, with the password; all who follow come along."""
    old, new = await alpha.member("alice"), await beta.member("alicia")
    dora, bea = await alpha.member("dora"), await beta.member("bea")
    await befriend(beta, bea, old, alpha)
    await alpha.run(follows.follow(dora, old))
    host = beta.origin.partition("//")[2]

    async with Browser(alpha, old) as browser, Browser(beta, new) as there:
        assert "where you go" in await browser.get("/settings/moving")
        await browser.post("/settings/moving", {"new": f"@alicia@{host}"})
        assert browser.status == 422 and "Tick that you have read" in browser.page
        await browser.post("/settings/moving", {"new": f"@alicia@{host}", "sure": "1"})
        assert browser.status == 422 and "does not name this one yet" in browser.page and f"@alicia@{host}" in browser.page
        await there.get("/settings/moving")
        await there.post("/settings/moving/old", {"old": f"@alice@{alpha.origin.partition('//')[2]}"})
        assert there.path.endswith("saved=old") and (await again(beta, new)).aliases == [old.uri]
        await browser.post("/settings/moving", {"new": f"@alicia@{host}", "sure": "1"})
        assert browser.path.endswith("saved=moved") and f"@alicia@{host}" in browser.page
        await settle(alpha, beta)

        assert await followers(beta, new.uri) == {"bea", "dora"} and await followers(alpha, old.uri) == set()
        assert await alpha.ask(lambda: Notification.filter(recipient_id=dora.id, kind=Notice.MOVED).count()) == 1
        assert await beta.ask(lambda: Notification.filter(recipient_id=bea.id, kind=Notice.MOVED).count()) == 1
        async with Browser(alpha, dora) as reader, Browser(alpha) as visitor:
            page = await reader.get("/@alice")
            assert "alice has a new account." in page and "Go to the new account" in page and "/@alice/follow" not in page
            assert "new account" not in await visitor.get("/@alice")
            assert "Follow that one." in await reader.get("/@alice/follow") and reader.status == 403
        for server, actor in ((alpha, dora), (beta, bea)):
            with pytest.raises(Refused, match="moved"):
                await server.run(follows.follow(actor, await see(server, old)))
        document = json.loads((await beta.fetch(old.uri))[1])
        assert document["movedTo"] == new.uri

        target = await alpha.run(moving.find(alpha.instance, old, f"@alicia@{host}"))
        with pytest.raises(TooSoon):
            await alpha.run(moving.move(await again(alpha, old), target))
        await browser.post("/settings/moving/stay")
        assert (await again(alpha, old)).moved_to_uri == "" and await followers(alpha, old.uri) == set()
        with pytest.raises(TooSoon):
            await alpha.run(moving.move(await again(alpha, old), target))
        await there.post("/settings/moving/old/remove", {"account": old.uri})
        assert (await again(beta, new)).aliases == []
    await settle(alpha, beta)
    assert "movedTo" not in json.loads((await beta.fetch(old.uri))[1])


async def test_what_is_no_move(alpha: LiveServer, peer: Peer) -> None:
    """Nowhere, to oneself, to one who moved on, without the yes to being known elsewhere; and not more old accounts than fit."""
    alice, quiet = await alpha.member("alice"), await alpha.member("quiet", shares=False)
    gone, home = peer.actor("gone"), peer.actor("home")
    peer.show(gone.uri, gone.document | {"alsoKnownAs": [alice.uri], "movedTo": home.uri})
    peer.show(home.uri, home.document | {"alsoKnownAs": [quiet.uri, f"{alice.uri}x"]})
    for address in ("", "@alice", f"@nobody@{peer.host}", "@a@elsewhere.example", "a b", "@" * 400):
        with pytest.raises(NoAccount):
            await alpha.run(moving.find(alpha.instance, alice, address))
    there = {one.uri: await alpha.run(resolve.actor(alpha.instance, one.uri)) for one in (gone, home)}
    for target in there.values():
        with pytest.raises(NotNamed):
            await alpha.run(moving.move(alice, target))
    for act in (moving.move, moving.name_old):
        with pytest.raises(Refused):
            await alpha.run(act(quiet, there[home.uri]))

    async def name_many() -> None:
        await alice.change(aliases=[f"https://old.example/{number}" for number in range(ALIASES_LIMIT)])
        await moving.name_old(alice, there[home.uri])
    with pytest.raises(TooMany):
        await alpha.run(name_many())
    assert not (await again(alpha, alice)).moved_at and not peer.of_kind("Move")


async def test_servers_of_other_make_are_told_in_their_order(alpha: LiveServer, peer: Peer) -> None:
    """The document first, which names the new account, then the Move; after thirty days once more."""
    alice, otto, new = await alpha.member("alice"), peer.actor("otto"), peer.actor("new")
    peer.show(new.uri, new.document | {"alsoKnownAs": [alice.uri]})
    await follow(alpha, alice, new)
    known = await alpha.run(resolve.actor(alpha.instance, otto.uri))

    async def is_followed() -> None:
        await (await Follow.request(f"{otto.uri}/follows/1", known, alice)).accept()
    await alpha.run(is_followed())
    target = await alpha.run(resolve.actor(alpha.instance, new.uri, fresh=True))
    await alpha.run(moving.move(alice, target))
    sent = (await peer.wait_for("Move"))[0]
    assert (sent["actor"], sent["object"], sent["target"]) == (alice.uri, alice.uri, new.uri)
    assert sent["to"] == [alice.followers_uri] and not sent.keys() & {"cc", "published", "content", "proof"}
    kinds = [one["type"] for one in peer.received]
    assert kinds.index("Update") < kinds.index("Move") and peer.of_kind("Update")[0]["object"]["movedTo"] == new.uri

    async def month_later() -> None:
        await alice.change(moved_at=clock.now() - timedelta(days=31), moved_to_uri="")
        await moving.move(alice, target)
    await alpha.run(month_later())
    assert len(await peer.wait_for("Move", 2)) == 2 and (await see(alpha, alice)).moved_to_uri == new.uri

    assert await peer.send(alpha, otto.does("Follow", alice.uri), otto) == 202  # nobody reads the old account
    assert (await peer.wait_for("Reject"))[0]["object"]["actor"] == otto.uri
    assert not await alpha.ask(lambda: Follow.filter(target=alice).exists())


async def test_many_come_along_some_at_a_time(alpha: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else waits for all of them; and each is told once."""
    monkeypatch.setattr(moves, "STEP", 2)
    old, new = await alpha.member("old"), await alpha.member("new")
    names = {f"reader{number}" for number in range(5)}
    for name in names:
        await alpha.run(follows.follow(await alpha.member(name), old))

    async def move() -> None:
        async with in_transaction():
            await old.change(moved_to_uri=new.uri, moved_at=clock.now())
            await moves.carry_along(old, new)
            assert await Follow.filter(target_id=new.id).count() == 2
    await alpha.run(move())
    async with asyncio.timeout(10):
        while await followers(alpha, new.uri) != names:
            await asyncio.sleep(0.05)
    async with asyncio.timeout(10):
        while (await again(alpha, old)).carried_id is not None:
            await asyncio.sleep(0.05)
    assert await alpha.ask(lambda: Notification.filter(kind=Notice.MOVED).count()) == 5
    assert await followers(alpha, old.uri) == set()
