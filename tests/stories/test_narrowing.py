"""A message is narrowed after it left: who may no longer have it is asked to erase it, and nobody else."""
from __future__ import annotations

import asyncio

import pytest

from models import Actor, Delivery, Host, Post
from models.database import rows
from models.errors import NotHere
from models.reach import Reach
from server.actions import narrowing, posts, removal
from server.actions.posts import Composition
from server.keys import MEDIA
from tests.browser import Browser
from tests.live import PATIENCE_SECONDS, LiveServer, settle
from tests.server.api.client import Api
from tests.stories.scene import befriend, known, see, sees


async def test_exactly_those_who_may_no_longer_have_it_erase_it(alpha: LiveServer, beta: LiveServer, gamma: LiveServer) -> None:
    """Beta's Bea is named, and keeps it for herself; Gil of gamma only followed."""
    alice, bea, gil = await alpha.member("alice"), await beta.member("bea"), await gamma.member("gil")
    ben, cleo = await beta.member("ben"), await alpha.member("cleo")
    for server, reader in ((beta, bea), (beta, ben), (gamma, gil)):
        await befriend(server, reader, alice, alpha)
    await see(alpha, bea)
    for server in (beta, gamma):
        await alpha.ask(lambda server=server: Host.filter(name=server.host).update(
            takes_withdrawals=True, instance_uri=f"{server.origin}/actor"))
        await server.ask(lambda: Host.filter(name=alpha.host).update(
            takes_withdrawals=True, instance_uri=f"{alpha.origin}/actor"))
        await see(alpha, await server.ask(Actor.instance))
    post = await alpha.write(alice, f"Dear @bea@{beta.host}, zebrafin", Reach.PARTNERS)
    other = await alpha.write(alice, "Stays", Reach.PARTNERS)
    await settle(alpha, beta, gamma)
    assert await sees(beta, ben, post.uri) and await sees(gamma, gil, post.uri)

    async def narrow(to: Reach) -> None:
        await narrowing.narrow(await Post.get(id=post.id).select_related("author"), to)
    for wider in (Reach.WEB, Reach.PARTNERS):
        with pytest.raises(narrowing.Wider):
            await alpha.run(narrow(wider))
    sent = await alpha.ask(lambda: Delivery.all().count())
    await alpha.run(narrow(Reach.CIRCLE))
    assert not await sees(alpha, cleo, post.uri) and await sees(alpha, alice, post.uri)
    assert (await alpha.ask(lambda: Post.get(id=post.id))).sealed
    await settle(alpha, beta, gamma)

    assert await sees(beta, bea, post.uri) and not await sees(beta, ben, post.uri)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (copy := await known(gamma, post)) is not None and copy.deleted_at is None:
            await asyncio.sleep(0.05)
    kept = await known(beta, post)
    assert kept is not None and kept.reach is Reach.CIRCLE and kept.sealed and "zebrafin" in kept.html
    told = await alpha.ask(lambda: Delivery.filter(id__gt=0).order_by("id").offset(sent).limit(100).select_related("activity"))
    assert {(one.host, one.activity.kind) for one in told} == {
        (gamma.host, "Withdraw"), (gamma.host, "Delete"), (beta.host, "Update")}
    assert await sees(gamma, gil, other.uri)

    await alpha.run(narrow(Reach.ME))
    await settle(alpha, beta, gamma)
    assert not await sees(beta, bea, post.uri)
    assert await alpha.run(_left(post.id)) == []


async def test_pages_and_apps_narrow_and_never_widen(alpha: LiveServer) -> None:
    alice, cleo = await alpha.member("alice"), await alpha.member("cleo")
    post = await alpha.write(alice, "For all of us", Reach.COMMUNITY)
    other = await alpha.write(alice, "From an app", Reach.COMMUNITY)
    async with Browser(alpha, alice) as mine, Browser(alpha, cleo) as hers:
        assert f"/m/{post.key}/reach" in await mine.get(f"/m/{post.key}")
        await hers.get(f"/m/{post.key}/reach")
        assert hers.status == 404, "only its author"
        page = await mine.get(f"/m/{post.key}/reach")
        assert "It cannot be made wider again" in page and 'value="me"' in page and 'value="web"' not in page
        assert 'value="circle"' not in page, "nobody is named in it"
        assert "Choose who may still read" in await mine.post(f"/m/{post.key}/reach") and mine.status == 422
        assert "can only be made narrower" in await mine.post(f"/m/{post.key}/reach", {"reach": "web"})
        await hers.get(f"/m/{post.key}")
        assert hers.status == 200
        await mine.post(f"/m/{post.key}/reach", {"reach": "me"})
        assert mine.path == f"/m/{post.key}?said=narrowed" and "For all of us" in mine.page
        await hers.get(f"/m/{post.key}")
        assert hers.status == 404
    async with Api(alpha, alice) as app:
        path = f"/api/v1/statuses/{other.id}"
        narrowed = await app.good("PUT", path, json={"dazzle_reach": "me"})
        assert narrowed["dazzle"]["reach"] == "me" and narrowed["edited_at"] is None
        assert "From an app" in narrowed["content"]
        assert (await app.ask("PUT", path, json={"dazzle_reach": "community"})).status == 422


async def _left(id_: int) -> list[Reach]:
    return await narrowing.choices(await Post.get(id=id_))


async def test_two_at_once_never_make_it_wider_nor_bring_it_back(alpha: LiveServer) -> None:
    """Each decided by what it had read; what counts is what stands there when it is its turn."""
    alice, cleo = await alpha.member("alice"), await alpha.member("cleo")
    post = await alpha.write(alice, "For @cleo, zebrafin", Reach.COMMUNITY)

    async def read() -> Post:
        return await Post.get(id=post.id).select_related("author")
    before = [await alpha.run(read()) for _ in range(2)]
    await alpha.run(narrowing.narrow(await alpha.run(read()), Reach.ME))
    with pytest.raises(narrowing.Wider):
        await alpha.run(narrowing.narrow(before[0], Reach.CIRCLE))
    assert not await sees(alpha, cleo, post.uri)
    with pytest.raises(NotHere):
        await alpha.run(posts.edit(before[0], Composition(text="zebrafin again", reach=Reach.COMMUNITY), {}, alpha.origin))
    row, = await alpha.run(rows("SELECT text, html FROM post WHERE id = ?", [post.id]))
    assert "zebrafin" not in f"{row['text']}{row['html']}", "it is kept sealed"
    await alpha.run(removal.delete(await alpha.run(read()), alpha.app[MEDIA]))
    with pytest.raises(NotHere):
        await alpha.run(narrowing.narrow(before[1], Reach.ME))
    assert (await alpha.ask(lambda: Post.get(id=post.id))).text == ""
