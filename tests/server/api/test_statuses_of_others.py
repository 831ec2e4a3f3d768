"""What other programs send, as apps of our members see it; and what our apps' choices say on the wire."""
from __future__ import annotations

import asyncio
import json

from aiohttp import web

from federation.contexts import PUBLIC
from models import Community, Emoji, Post
from models.reach import Reach
from server.keys import COMMUNITY
from tests.browser import picture
from tests.live import LiveServer
from tests.peer import Peer
from tests.server.api.client import Api
from tests.server.api.test_statuses import quick, said
from tests.stories.scene import deliver, follow


async def test_apps_show_what_pages_show_of_messages_of_other_programs(alpha: LiveServer, peer: Peer) -> None:
    alice, otto = await alpha.member("alice"), peer.actor("otto")
    await follow(alpha, alice, otto)

    async def blob(_request: web.Request) -> web.Response:
        return web.Response(body=picture(), content_type="image/png")
    peer.pages["/blob.png"] = blob
    place = {"type": "Place", "name": "Town <b>hall</b>"}
    event = otto.note("Come", type="Event", name="Meeting & day", startTime="2026-12-05T09:00:00+01:00", location=place)
    several = otto.note("Hello :blob:", contentMap={"fr": "<p>Bonjour :blob:</p>", "en": "<p>Hello :blob:</p>"}, tag=[
        {"type": "Emoji", "name": ":blob:", "icon": {"type": "Image", "url": f"{peer.origin}/blob.png"}}])
    answers = [{"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": 12}} for name in ("Yes", "No")]
    asked = otto.note("Do you sleep?", type="Question", endTime="2036-01-01T00:00:00Z", oneOf=answers)
    quoting = otto.note("As I said", quote=several["id"])
    hidden = otto.note("Quoting what is not yours", quote=f"{peer.origin}/notes/unknown")
    await deliver(alpha, peer, otto, *(otto.does("Create", note) for note in (event, several, asked, quoting, hidden)))
    for _ in range(200):
        if await alpha.ask(lambda: Emoji.filter(stored_at__isnull=False).exists()):
            break
        await asyncio.sleep(0.05)
    async with Api(alpha, alice) as app, Api(alpha) as nobody:
        home = {one["uri"]: one for one in await app.good("GET", "/api/v1/timelines/home")}
        shown = home[event["id"]]["content"]
        assert "<strong>Meeting &amp; day</strong>" in shown and "5 December 2026" in shown
        assert "Town" in shown and "<b>hall" not in shown
        told = home[several["id"]]
        assert [one["shortcode"] for one in told["emojis"]] == ["blob"]
        assert told["language"] == "en" and ":blob:" in told["content"]
        small = await nobody.get(told["emojis"][0]["url"].removeprefix(alpha.origin))
        assert small.status == 200 and small.headers["Content-Type"] == "image/webp"
        poll = home[asked["id"]]["poll"]
        assert [one["votes_count"] for one in poll["options"]] == [None, None] and not poll["voted"]
        voted = await app.good("POST", f"/api/v1/polls/{poll['id']}/votes", json={"choices": [0]})
        assert voted["own_votes"] == [0] and voted["options"][1]["votes_count"] == 10, "counts go down to a step of five"
        quote = home[quoting["id"]]["quote"]
        assert quote["state"] == "accepted" and quote["quoted_status"]["id"] == told["id"]
        assert (home[hidden["id"]]["quote"] or {"quoted_status": None})["quoted_status"] is None
        assert [one["uri"] for one in await app.good("GET", f"/api/v1/statuses/{told['id']}/quotes")] == [quoting["id"]]


async def test_unlisted_stays_out_of_lists_here_and_elsewhere(alpha: LiveServer, peer: Peer) -> None:
    alice, loup = await alpha.member("alice"), await alpha.member("loup")
    otto = peer.actor("otto")
    await quick(alpha, alice, default_reach=Reach.WEB)
    await alpha.ask(lambda: Community.all().update(ceiling=Reach.WEB))
    await alpha.run(alpha.app[COMMUNITY].load())
    async with Api(alpha, alice) as app, Api(alpha, loup) as other:
        posts = [await said(app, "à tous", visibility=visibility) for visibility in ("public", "unlisted")]
        assert [one["id"] for one in await other.good("GET", "/api/v1/timelines/public")] == [posts[0]["id"]]
        addressed = []
        for one in posts:
            row = await alpha.ask(lambda id_=one["id"]: Post.get(id=id_))  # type: ignore[misc]
            addressed.append(json.loads((await peer.get(alpha, f"/posts/{row.key}", otto))[1]))
        assert [PUBLIC in note["to"] for note in addressed] == [True, False]
        assert PUBLIC in addressed[1]["cc"] and addressed[1]["to"] == [alice.followers_uri]
