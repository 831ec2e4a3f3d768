"""A server is suspended: 403 everywhere to it, its people and their messages are gone; undone, what was not erased is back."""
from __future__ import annotations

from typing import Any

from models import Actor, Attachment, CutFollow, Delivery, Follow, Host, Notification, Post, clock
from models.delivery import DeliveryState
from models.host import Standing
from models.notification import Notice
from models.reach import Reach
from moderation import hosts
from server.actions import cut_follows, partners
from server.keys import MEDIA
from server.pictures.media import forget_rejected
from server.routes import ROUTES
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.server.api.client import Api
from tests.stories.scene import befriend, sees

#: Whatever another server may fetch, with the names of what is there.
PEER_ROUTES = [route.path for route in ROUTES if route.method == "GET" and "peer" in route.handler.__qualname__]
KEYS = {"{collection:outbox|followers|following|featured}": "outbox", "{version:[0-9]{1,6}}": "1", "{version}": "2.1",
        "{listing}": "x", "{stamp}": "x"}


def address(path: str, member: Actor, post: Post) -> str:
    """An address of this kind, of something that is there."""
    for key, value in KEYS.items():
        path = path.replace(key, value)
    return path.replace("{key}", post.key if path.startswith("/posts") else member.key)


async def suspended(server: LiveServer, host: str) -> Host:
    """Suspend a host, as a person of the team does."""
    return await server.run(partners.suspend(server.instance, host, None, "they insult people"))


async def here_of(server: LiveServer, member: Actor, theirs: Actor, uri: str) -> dict[str, Any]:
    """Where somebody of another server, and a message of theirs, are to be found here."""
    row = await server.ask(lambda: Actor.get(uri=theirs.uri))
    async with Browser(server, member) as browser, Api(server, member) as app:
        found = await app.good("GET", f"/api/v2/search?q=@{row.name}@{row.host}&resolve=false")
        home = await app.good("GET", "/api/v1/timelines/home")
        await browser.get(f"/@{row.name}@{row.host}")
        profile = browser.status == 200 and uri.rpartition("/")[2] != ""
        return {"search": bool(found["accounts"]), "home": any(one["uri"] == uri for one in home), "profile": profile,
                "messages": await sees(server, member, uri)}


async def test_it_is_gone_at_once_and_what_was_not_erased_comes_back(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea, camille = await alpha.member("alice"), await beta.member("bea"), await alpha.member("camille")
    await befriend(alpha, alice, bea, beta)
    await befriend(beta, bea, alice, alpha)
    await befriend(beta, bea, camille, alpha)
    ours, theirs = await alpha.write(alice, "Before", Reach.PARTNERS), await beta.write(bea, "Theirs", Reach.PARTNERS)
    await settle(alpha, beta)
    there = await here_of(alpha, alice, bea, theirs.uri)
    assert all(there.values()), there
    await alpha.ask(lambda: _image(alpha, theirs.uri))

    await suspended(alpha, beta.origin)
    await settle(alpha, beta)
    # 403 everywhere: every address, whatever it answers to others, but for the key with which we ask to erase
    for path in PEER_ROUTES:
        status, _ = await beta.fetch(alpha.origin + address(path, alice, ours))
        assert status == (200 if path == "/actor" else 403), path
    assert len(PEER_ROUTES) > 20
    gone = await here_of(alpha, alice, bea, theirs.uri)
    assert not any(gone.values()), gone
    assert await alpha.ask(lambda: Follow.all().count()) == 0
    assert not await beta.ask(lambda: Follow.filter(follower__uri=alice.uri).exists()), "they were told who follows no longer"
    assert await alpha.ask(lambda: Delivery.filter(host=beta.host, state=DeliveryState.WAITING).count()) == 0
    # the image is shown no longer, and its file goes: by the job, unless that has looked already
    image = await alpha.ask(lambda: Attachment.get(owner__uri=bea.uri))
    was_there = alpha.app[MEDIA].path(image.key).exists()
    assert image.stored_at is None and await alpha.run(forget_rejected(alpha.app[MEDIA])) == was_there
    assert not alpha.app[MEDIA].path(image.key).exists()

    # both members are told, and see whom they lost
    cut = await alpha.ask(lambda: CutFollow.all().order_by("id"))
    ends = {(row.owner_id, row.is_follower) for row in cut}
    assert len(cut) == 3 and ends == {(alice.id, False), (alice.id, True), (camille.id, True)}
    told = await alpha.ask(lambda: Notification.filter(kind=Notice.CUT_FOLLOWS))
    assert {(one.recipient_id, one.host) for one in told} == {(alice.id, beta.host), (camille.id, beta.host)}
    event = next(one.id for one in told if one.recipient_id == alice.id)
    async with Browser(alpha, alice) as browser, Api(alpha, alice) as app:
        await browser.get("/notices")
        assert "your follows with people there have ended" in browser.page and "2 people" in browser.page
        assert "/follows/cut" in await browser.get("/follows") and "/about/servers" in await browser.get("/about")
        assert "bea" in await browser.get("/follows/cut")
        async with browser.http.get(f"/follows/cut/{event}/following.csv") as answer:
            assert (await answer.text()).splitlines() == [
                "Account address,Show boosts,Notify on new posts,Languages", f"bea@{beta.host},true,false,"]
        [notice] = await app.good("GET", "/api/v1/notifications?types[]=severed_relationships")
        assert notice["event"] == {
            "id": str(event), "type": "domain_block", "purged": False, "target_name": beta.host, "followers_count": 1,
            "following_count": 1, "relationships_count": 2, "created_at": notice["event"]["created_at"]}
        await browser.post(f"/follows/cut/{event}/ask")
        assert browser.status == 403 and await alpha.ask(lambda: Follow.all().count()) == 0
    async with Browser(alpha, camille) as browser:
        await browser.get(f"/follows/cut/{event}/following.csv")
        assert browser.status == 404

    # undone: we stand as before, and what was not erased is there; follows only when their member asks
    await alpha.run(partners.lift(alpha.instance, await alpha.ask(lambda: Host.get(name=beta.host)), None))
    assert await alpha.ask(lambda: hosts.standing(beta.host)) is Standing.PARTNER
    back = await here_of(alpha, alice, bea, theirs.uri)
    assert back["search"] and back["messages"] and back["profile"] and not back["home"]
    assert await alpha.ask(lambda: Follow.all().count()) == 0
    async with Browser(alpha, alice) as browser:
        await browser.get("/follows/cut")
        await browser.post(f"/follows/cut/{event}/ask")
        assert browser.status == 200
    await settle(alpha, beta)
    assert await alpha.ask(lambda: Follow.filter(follower_id=alice.id, accepted_at__isnull=False).count()) == 1
    assert await alpha.run(cut_follows.ask_again(alice, event)) == 0, "asked already"
    assert (await beta.fetch(ours.uri))[0] == 200


async def _image(server: LiveServer, uri: str) -> None:
    """An image in a message from elsewhere, as if it had been fetched."""
    post = await Post.get(uri=uri).select_related("author")
    image = await Attachment.create(post=post, owner=post.author, media_type="image/webp", stored_at=clock.now(),
                                    remote_uri="https://nowhere.example/1.webp")
    path = server.app[MEDIA].path(image.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"image")
