"""A message about somebody else's health: held, read by the team, let go or sent back, and nothing of it lost."""
from __future__ import annotations

import re

from models import Delivery, Notification, OutgoingActivity, Post, Review, Revision
from models.member import Role
from models.notification import Notice
from models.reach import Reach
from models.review import ReviewState
from server.actions import posts
from server.actions.posts import Composition
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.server.api.client import Api
from tests.stories.scene import befriend, known

TEXT = "My neighbour is in hospital"
ABOUT = {"text": TEXT, "reach": Reach.PARTNERS, "about": "someone_else", "send": "1"}


async def test_held_sent_back_changed_and_let_go(alpha: LiveServer, beta: LiveServer) -> None:
    """Nobody but the writer sees it, here or elsewhere, until the team has said yes."""
    await alpha.allow(beta)
    await beta.allow(alpha)
    anna, mod = await alpha.member("anna"), await alpha.member("mod", role=Role.MODERATOR)
    other, bea = await alpha.member("other"), await beta.member("bea")
    await befriend(beta, bea, anna, alpha)
    async with Browser(alpha, anna) as writer, Browser(alpha, mod) as team, Browser(alpha, other) as reader:
        await writer.post("/compose", ABOUT)
        key = writer.key()
        assert "before the team has read it" in writer.page and "Send now" not in writer.page
        await writer.post(f"/m/{key}/send-now")
        assert TEXT not in await reader.get("/home") and TEXT not in await team.get("/home")
        await reader.get(f"/m/{key}")
        assert reader.status == 404
        assert not await alpha.ask(lambda: Delivery.filter(activity__kind="Create").exists())

        assert "waits until the team has read it" in await team.get("/notices")
        page = await team.get("/admin/reviews")
        assert TEXT in page and "<b dir=\"auto\">hospital</b>" in page
        number = re.search(r"/admin/reviews/(\d+)/send-back", page)
        assert number
        await team.post(f"/admin/reviews/{number[1]}/send-back")
        assert team.status == 422 and TEXT in team.page and "Write the reason." in team.page
        await team.post(f"/admin/reviews/{number[1]}/send-back", {f"reason-{number[1]}": "Would she like it?"})
        assert TEXT not in team.page and not await alpha.ask(lambda: Notification.filter(kind=Notice.REVIEW).exists())
        assert "sends you a message back" in await writer.get("/notices")
        assert "Would she like it?" in await writer.get(f"/m/{key}/held")
        await reader.get(f"/m/{key}")
        assert reader.status == 404

        await writer.post(f"/m/{key}/edit", {"text": TEXT + ", she told me to say so"})
        assert "she told me" in await team.get("/admin/reviews")
        [seen] = re.findall(r'name="seen" value="(\w{64})"', team.page)
        await writer.post(f"/m/{key}/edit", {"text": TEXT + ", she told me, and the address of the hospital"})
        await team.post(f"/admin/reviews/{number[1]}/let-go", {"seen": seen})
        assert team.status == 409 and "Read it again before it goes" in team.page, "nobody of the team has read these words"
        assert "the address" in await team.get("/admin/reviews")
        await team.post(f"/admin/reviews/{number[1]}/let-go", {"seen": re.findall(r'name="seen" value="(\w{64})"', team.page)[0]})
        assert "she told me" in await reader.get(f"/m/{key}") and "has left" in await writer.get("/notices")
        await team.post(f"/admin/reviews/{number[1]}/let-go")
        assert team.status == 409
    await settle(alpha, beta)
    post = await alpha.ask(lambda: Post.get(key=key))
    assert await known(beta, post) and not await alpha.ask(lambda: Revision.filter(post=post).exists())
    sent = await alpha.ask(lambda: OutgoingActivity.filter(kind="Create").order_by("-id").first())
    assert sent and "someone_else" not in str(sent.body) and "about_agrees" not in str(sent.body)


async def test_ways_around_and_ways_out(alpha: LiveServer) -> None:
    """An edit cannot bring words in later; taken back, all is there as typed; who agrees, and what has no words, goes."""
    anna, host = await alpha.member("anna"), await alpha.member("host", role=Role.HOST)
    async with Browser(alpha, anna) as writer, Browser(alpha, host) as team:
        await writer.post("/compose", ABOUT | {"text": "She sings well"})
        key = writer.key()
        assert "before the team has read it" not in writer.page
        await writer.post(f"/m/{key}/send-now")
        await writer.post(f"/m/{key}/edit", {"text": TEXT})
        assert writer.status == 403 and TEXT in writer.page  # shown, to be copied
        assert TEXT not in await writer.get(f"/m/{key}")

        await writer.post("/compose", ABOUT)
        await writer.post(f"/m/{writer.key()}/undo")
        assert writer.path.startswith("/compose?draft=") and TEXT in writer.page
        assert 'value="someone_else" checked' in writer.page
        assert not await alpha.ask(lambda: Review.all().exists())
        await writer.post("/compose", ABOUT | {"agrees": "1"})
        assert "before the team has read it" not in writer.page

        await team.post("/admin/reviews/rule", {"words_en": "sings", "words_fr": ""})
        assert "Saved." in team.page and "Put the words of Dazzle back" in team.page
        await team.post("/admin/reviews/rule", {"on": "1", "words_en": "sings\n.*", "words_fr": ""})
        await writer.post("/compose", ABOUT)
        assert "before the team has read it" not in writer.page
        await writer.post("/compose", ABOUT | {"text": "She sings"})
        assert "before the team has read it" in writer.page
        await writer.post(f"/m/{writer.key()}/edit", {"text": "She is here"})
        assert "before the team has read it" not in writer.page
    assert not await alpha.ask(lambda: Review.filter(state=ReviewState.WAITING).exists())


async def test_one_of_the_team_does_not_decide_about_their_own(alpha: LiveServer) -> None:
    """Unless they are alone."""
    host = await alpha.member("host", role=Role.HOST)
    async with Browser(alpha, host) as browser:
        await browser.post("/compose", ABOUT)
        number = (await alpha.ask(lambda: Review.get(state=ReviewState.WAITING))).id
        other = await alpha.member("mod", role=Role.MODERATOR)
        await browser.post(f"/admin/reviews/{number}/let-go")
        assert browser.status == 403
        async with Browser(alpha, other) as colleague:
            await colleague.post(f"/admin/reviews/{number}/let-go")
            assert colleague.status == 200
    written = Composition(text=TEXT, reach=Reach.COMMUNITY, about=posts.About.SOMEONE_ELSE)
    held = await alpha.run(posts.publish(other, written, alpha.origin))
    assert held.is_in_review


async def test_apps_are_held_to_the_same_rule(alpha: LiveServer) -> None:
    """Where an app says nothing, the words do; one that says so is held, and an edit cannot bring words in later."""
    anna, other = await alpha.member("anna", more={"undo_seconds": 0}), await alpha.member("other")
    async with Api(alpha, anna) as app, Api(alpha, other) as reader:
        own = await app.good("POST", "/api/v1/statuses", json={"status": "I am in hospital", "dazzle_reach": "community"})
        told = {"status": "My sister is in hospital", "dazzle_reach": "community"}
        silent = await app.good("POST", "/api/v1/statuses", json=told)
        assert (await reader.get(f"/api/v1/statuses/{silent['id']}")).status == 404
        agreed = await app.good("POST", "/api/v1/statuses", json={
            "status": "My sister is in hospital", "dazzle_reach": "community", "dazzle_about_agrees": True})
        assert (await reader.get(f"/api/v1/statuses/{agreed['id']}")).status == 200
        about = {"dazzle_reach": "community", "dazzle_about": "someone_else"}
        held = await app.good("POST", "/api/v1/statuses", json=about | {"status": TEXT})
        sung = await app.good("POST", "/api/v1/statuses", json=about | {"status": "She sings"})
        seen = {one["id"] for one in await reader.good("GET", "/api/v1/timelines/public")}
        assert {own["id"], sung["id"]} <= seen and held["id"] not in seen
        assert (await reader.get(f"/api/v1/statuses/{held['id']}")).status == 404
        assert (await app.get(f"/api/v1/statuses/{held['id']}")).status == 200
        assert (await app.post(f"/api/v1/statuses/{held['id']}/reblog", {})).status == 403, "there is no other door"
        assert (await app.post("/api/v1/statuses", about | {"status": "see", "quoted_status_id": held["id"]})).status == 403
        assert (await app.post("/api/v1/statuses", about | {"status": "so", "in_reply_to_id": held["id"]})).status == 403
        assert (await app.ask("PUT", f"/api/v1/statuses/{sung['id']}", json={"status": TEXT})).status == 403
