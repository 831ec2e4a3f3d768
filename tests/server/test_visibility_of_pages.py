"""One message of each reach, looked for on every page by everybody who must not find it."""
from __future__ import annotations

import asyncio

import pytest

from models import Attachment, Community, clock
from models.reach import Reach
from server.actions import follows, reactions, relations
from server.keys import MEDIA
from tests.browser import Browser, picture
from tests.live import LiveServer, settle

MARKER = "MarkerOfThisTest"
#: Who may read which reach: a stranger to the net, any other member, one named in the circle, one who is blocked.
READERS = {
    Reach.ME: set(),
    Reach.CIRCLE: {"named"},
    Reach.COMMUNITY: {"named", "member"},
    Reach.PARTNERS: {"named", "member"},
    Reach.WEB: {"named", "member", "visitor"},
}


@pytest.mark.parametrize("reach", list(Reach))
async def test_a_message_is_on_no_page_of_those_it_is_not_for(alpha: LiveServer, reach: Reach) -> None:
    author, named, member, blocked = [await alpha.member(name) for name in ("author", "named", "member", "blocked")]
    circle = {"recipients": (named,)} if reach is Reach.CIRCLE else {}

    async def prepare() -> None:
        await (await Community.current()).change(ceiling=Reach.WEB)
        for other in (named, member, blocked):
            await follows.follow(other, author)
    await alpha.run(prepare())
    post = await alpha.write(author, f"{MARKER} @named @member @blocked #{MARKER}", reach, **circle)

    async def illustrate() -> str:
        image = await Attachment.create(owner=author, post_id=post.id, description=MARKER, stored_at=clock.now())
        path = alpha.app[MEDIA].path(image.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"RIFF")
        if "member" in READERS[reach]:
            await reactions.pass_on(member, post)
        await relations.block(author, blocked)
        return image.key
    image = await alpha.run(illustrate())

    pages = (f"/m/{post.key}", f"/m/{post.key}/history", "/home", "/home/follows", "/@author", "/@member", "/people", "/notices",
             f"/tags/{MARKER.lower()}", f"/compose?reply={post.key}", f"/m/{post.key}/copies", f"/m/{post.key}/edit", "/drafts")
    for name, actor in {"visitor": None, "member": member, "named": named, "blocked": blocked}.items():
        async with Browser(alpha, actor) as browser:
            found = [path for path in pages if f"{MARKER} " in await browser.get(path)]
            await browser.get(f"/media/{image}")
            assert bool(found) == (name in READERS[reach]), (name, found)
            assert (browser.status == 200) == (name in READERS[reach]), (name, "media", browser.status)
            if actor and not found:
                for act in ("thanks", "pass-on", "undo", "send-now", "edit", "delete"):
                    await browser.post(f"/m/{post.key}/{act}", {"text": "x"})
                    assert browser.status == 404, (name, act, browser.status)


async def test_an_image_crosses_to_a_partner_by_signature_and_to_nobody_else(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    async with Browser(alpha, alice) as browser, Browser(beta, bea) as reader:
        await reader.post("/people", {"q": f"@alice@{alpha.host}"})
        await reader.post(f"/@alice@{alpha.host}/follow")
        await settle(alpha, beta)
        await browser.post("/compose", {"text": MARKER, "reach": "partners", "alt-new": "A hand"}, {"a.jpg": picture()})
        await browser.post(f"/m/{browser.key()}/send-now")
        image = browser.page.split('src="/media/')[1].split('"')[0]
        await settle(alpha, beta)
        status, body = await beta.fetch(f"{alpha.origin}/media/{image}", "image/webp")
        assert status == 200 and body[8:12] == b"WEBP"
        async with Browser(alpha) as visitor:
            await visitor.get(f"/media/{image}")
            assert visitor.status == 404
        for _ in range(60):
            await reader.get("/home")
            if 'src="/media/' in reader.page:
                break
            await asyncio.sleep(0.2)
        assert 'alt="A hand"' in reader.page and alpha.origin + "/media" not in reader.page
