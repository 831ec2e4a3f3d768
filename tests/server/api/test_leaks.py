"""What an app, a visitor or one of the team could learn or do here that the pages would not let them."""
from __future__ import annotations

import time

from models import Actor, Announce, AuditEntry, Community, Member, Recipient
from models.filter import InForce
from models.member import Role
from models.reach import Reach
from server.actions import apps, reactions, relations
from server.api.client_to_server.markdown_of import markdown_of
from server.display.sieve import Sieve
from server.keys import COMMUNITY
from tests.live import LiveServer
from tests.server.api.client import Answer, Api
from tests.server.api.test_statuses import quick, said
from tests.stories.scene import withdraw


async def test_a_private_answer_goes_to_those_whom_it_names_and_to_nobody_else(alpha: LiveServer) -> None:
    ourse, loup, lynx = await alpha.member("ourse"), await alpha.member("loup"), await alpha.member("lynx")
    for actor in (ourse, loup, lynx):
        await quick(alpha, actor)

    async def readers(id_: str) -> set[str]:
        rows = await alpha.ask(lambda: Recipient.filter(post_id=int(id_)).select_related("actor"))
        return {row.actor.name for row in rows}
    async with Api(alpha, ourse) as app, Api(alpha, loup) as second:
        open_ = await said(app, "pour tous", dazzle_reach="community")
        aside = await said(second, "@lynx tu as vu ?", visibility="direct", in_reply_to_id=open_["id"])
        assert await readers(aside["id"]) == {"lynx"}, "the writer of what is answered was left out"
        assert await readers((await said(second, "merci", visibility="direct", in_reply_to_id=open_["id"]))["id"]) == {"ourse"}
        three = await said(app, "@loup @lynx à trois", visibility="direct")
        narrow = await said(second, "@ourse entre nous", visibility="direct", in_reply_to_id=three["id"])
        assert await readers(narrow["id"]) == {"ourse"}, "lynx was taken out of the names"
        assert await readers((await said(second, "à tous", visibility="direct", in_reply_to_id=three["id"]))["id"]) == {
            "ourse", "lynx"}
        note = {"type": "Note", "content": "seulement lynx", "to": [lynx.uri], "inReplyTo": open_["uri"]}
        made = await second.ask("POST", f"/actors/{loup.key}/outbox", json=note,
                                headers={"Content-Type": "application/activity+json"})
        assert made.status == 201
        assert [one["acct"] for one in (await second.good("GET", "/api/v1/conversations"))[0]["accounts"]] == ["lynx"]


async def test_nothing_goes_further_than_an_app_asks(alpha: LiveServer) -> None:
    ourse, loup = await alpha.member("ourse"), await alpha.member("loup")
    await alpha.ask(lambda: Community.all().update(ceiling=Reach.WEB))
    await alpha.run(alpha.app[COMMUNITY].load())
    await quick(alpha, loup, default_reach=Reach.PARTNERS)
    posts = [await alpha.write(ourse, "pour le web", Reach.WEB) for _ in range(6)]
    activity = {"type": "Announce", "object": posts[4].uri, "to": [loup.followers_uri], "cc": [ourse.uri]}
    async with Api(alpha, loup) as app:
        for post, visibility in zip(posts, ("public", "private"), strict=False):
            await app.good("POST", f"/api/v1/statuses/{post.id}/reblog", json={"visibility": visibility})
        await app.good("POST", f"/api/v1/statuses/{posts[2].id}/reblog")
        assert (await app.post(f"/api/v1/statuses/{posts[3].id}/reblog", {"visibility": "direct"})).status == 422
        kind = {"Content-Type": "application/activity+json"}
        assert (await app.post(f"/actors/{loup.key}/outbox", activity, headers=kind)).status == 201
        alone = activity | {"object": posts[5].uri, "to": [ourse.uri], "cc": []}
        assert (await app.post(f"/actors/{loup.key}/outbox", alone, headers=kind)).status == 422
        passed = dict(await alpha.ask(lambda: Announce.all().values_list("post_id", "reach")))
        assert passed == {posts[0].id: "web", posts[1].id: "partners", posts[2].id: "web", posts[4].id: "partners"}
        await quick(alpha, loup, default_reach=Reach.COMMUNITY)
        await app.good("POST", f"/api/v1/statuses/{posts[3].id}/reblog", json={"visibility": "private"})
        assert (await alpha.ask(lambda: Announce.get(post_id=posts[3].id))).reach is Reach.COMMUNITY
        await quick(alpha, loup, default_reach=Reach.WEB)
        await alpha.ask(lambda: Actor.filter(id=loup.id).update(allows_quotes=True))
        assert (await app.post("/api/v1/statuses", {"status": "a", "visibility": "public", "quote_approval_policy": "nobody"})
                ).status == 422, "everybody could quote it all the same"
        assert (await said(app, "ici", visibility="public", local_only=True))["dazzle"]["reach"] == "community"


async def test_an_app_cannot_hide_or_turn_its_name_around(alpha: LiveServer) -> None:
    async with Api(alpha) as app:
        async def named(name: str) -> Answer:
            return await app.post("/api/v1/apps", {"client_name": name, "redirect_uris": apps.NOT_HERE})
        assert (await named("\u202eelzzaD\u202c \u2066de\u200b\u2069\ufeff confiance\x07")).json["name"] == "elzzaD de confiance"
        assert (await named("Élan 🐺 für مرحبا")).json["name"] == "Élan 🐺 für مرحبا"
        for nothing in ("   ", "\u200b\u2060", "\u202e", "\x00\x1b"):
            assert (await named(nothing)).status == 422, repr(nothing)


async def test_whoever_opens_a_members_account_is_written_down_in_apps_too(alpha: LiveServer) -> None:
    ourse, loup = await alpha.member("ourse", role=Role.MODERATOR), await alpha.member("loup")
    async with Api(alpha, ourse, "admin:read") as app:
        await app.good("GET", f"/api/v1/admin/accounts/{loup.id}")
        await app.good("GET", f"/api/v1/admin/accounts/{ourse.id}")
    member = await alpha.ask(lambda: Member.get(actor_id=loup.id))
    looks = await alpha.ask(lambda: AuditEntry.filter(action="member.open").values_list("target", "actor_id"))
    assert [tuple(look) for look in looks] == [(f"member:{member.id}", ourse.id)]


async def test_who_passed_a_message_on_is_shown_to_those_who_may_know(alpha: LiveServer) -> None:
    ourse, loup, lynx = await alpha.member("ourse"), await alpha.member("loup"), await alpha.member("lynx")
    await alpha.ask(lambda: Community.all().update(ceiling=Reach.WEB))
    await alpha.run(alpha.app[COMMUNITY].load())
    post = await alpha.write(ourse, "pour le web", Reach.WEB)
    await alpha.run(reactions.pass_on(loup, post))
    id_ = (await alpha.ask(lambda: Announce.get(actor_id=loup.id))).id
    path = f"/api/v1/statuses/{id_}"
    async with Api(alpha) as visitor, Api(alpha, lynx) as other:
        assert (await visitor.get(path)).status == 200 and (await other.get(path)).status == 200
        await alpha.run(withdraw(loup))
        assert (await visitor.get(path)).status == 404, "loup is known to nobody outside any more"
        assert (await other.get(path)).status == 200
        added = await other.post("/api/v1/lists", {"title": "loups"})
        await other.good("POST", f"/api/v1/lists/{added.json['id']}/accounts", json={"account_ids": [str(loup.id)]})
        assert len(await other.good("GET", f"/api/v1/timelines/list/{added.json['id']}")) == 1
        await alpha.run(relations.block(loup, lynx))
        assert (await other.get(path)).status == 404
        assert await other.good("GET", f"/api/v1/timelines/list/{added.json['id']}") == []
        assert await other.good("GET", f"/api/v1/lists/{added.json['id']}/accounts") == []


def test_looking_for_all_words_of_all_filters_takes_no_time() -> None:
    words = tuple((number, f"mot{number}", True) for number in range(100))
    rules = [InForce(id=number, title="", action="warn", contexts=("home",), expires_at=None, keywords=words)
             for number in range(50)]
    text, start = "la nuit a été longue et calme " * 160, time.process_time()
    sieve = Sieve(rules, "home")
    assert not any(sieve.matches(text, set()) for number in range(40))
    assert time.process_time() - start < 1.0


def test_reading_html_takes_no_longer_for_many_empty_lines() -> None:
    start = time.process_time()
    assert markdown_of("<p>" + "\n" * 19_000 + "- a", {}).endswith("\\- a")
    assert time.process_time() - start < 1.0
