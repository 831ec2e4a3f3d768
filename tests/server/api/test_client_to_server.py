"""ActivityPub from client to server: the same acts and limits as the pages, said in activities."""
from __future__ import annotations

from typing import Any

import pytest

from federation.contexts import PUBLIC
from models import Actor, Announce, Block, Community, Follow, Like, Member, Pin, Poll, Post, Recipient
from models.reach import Reach
from server.api.client_to_server.markdown_of import markdown_of
from server.words.markdown import render
from tests.live import LiveServer, settle
from tests.server.api.client import Answer, Api
from tests.stories.scene import befriend, known, sees

AP = {"Content-Type": "application/activity+json"}


async def send(app: Api, actor: Actor, document: dict[str, Any]) -> Answer:
    """Post to the actor's outbox."""
    return await app.ask("POST", actor.outbox_uri, json=document, headers=AP)


async def done(app: Api, actor: Actor, document: dict[str, Any]) -> str:
    """The same, which must work; the activity's id."""
    answer = await send(app, actor, document)
    assert answer.status == 201, (answer.status, answer.json)
    return answer.headers["Location"]


async def test_a_day_in_activities(alpha: LiveServer, beta: LiveServer) -> None:
    """Camille's client follows, writes, answers, likes, passes on, edits, takes back and erases; Bea at beta sees all of it."""
    camille, bea = await alpha.member("camille"), await beta.member("bea")
    await alpha.ask(lambda: _choose(camille, Reach.PARTNERS))
    async with Api(alpha, camille) as app:
        await befriend(beta, bea, camille, alpha)
        there = bea.uri
        follow = await done(app, camille, {"type": "Follow", "object": there})
        await settle(alpha, beta)
        assert await alpha.ask(lambda: Follow.exists(uri=follow, accepted_at__isnull=False))
        note = {"type": "Note", "content": "<p>Hello <b>everybody</b>, see #rest</p>", "summary": "calm",
                "to": [camille.followers_uri]}
        created = (await done(app, camille, {"type": "Create", "object": note, "to": note["to"]})).removesuffix("#create")
        await settle(alpha, beta)
        assert await sees(beta, bea, created)
        mine = await alpha.ask(lambda: Post.get(uri=created))
        assert (mine.reach, mine.text, mine.warning) == (Reach.PARTNERS, "Hello **everybody**, see #rest", "calm")

        answer = await beta.write(bea, "Good morning", parent=await known(beta, mine))
        await settle(alpha, beta)
        like = await done(app, camille, {"type": "Like", "object": answer.uri})
        await done(app, camille, {"type": "Announce", "object": answer.uri, "to": camille.followers_uri})
        copy = {"type": "Note", "id": created, "content": "Hello again"}
        await done(app, camille, {"type": "Update", "object": copy})
        await settle(alpha, beta)
        edited = await known(beta, mine)
        assert edited and "Hello again" in edited.html
        for table in (Like, Announce):
            assert await beta.ask(lambda table=table: table.exists(post_id=answer.id))

        items = (await inbox(app, camille))["orderedItems"]
        assert [(item["type"], item["actor"]) for item in items] == [("Create", bea.uri), ("Follow", bea.uri)]
        assert items[0]["object"]["content"] == "<p>Good morning</p>" and items[1]["object"] == camille.uri

        for verb, number in (("Add", 1), ("Remove", 0)):
            await done(app, camille, {"type": verb, "object": created, "target": camille.featured_uri})
            assert await alpha.ask(lambda: Pin.all().count()) == number
        assert (await send(app, camille, {"type": "Add", "object": created, "target": bea.featured_uri})).status == 422
        await done(app, camille, {"type": "Undo", "object": like})
        await done(app, camille, {"type": "Undo", "object": {"type": "Announce", "object": answer.uri}})
        await done(app, camille, {"type": "Undo", "object": {"type": "Follow", "object": there}})
        await done(app, camille, {"type": "Delete", "object": created})
        await settle(alpha, beta)
        assert not await beta.ask(lambda: Like.exists()) and not await beta.ask(lambda: Announce.exists())
        assert not await beta.ask(lambda: Follow.exists(target_id=bea.id)) and not await sees(beta, bea, created)
        await done(app, camille, {"type": "Block", "object": there})
        assert await alpha.ask(lambda: Block.exists(blocker_id=camille.id))
        assert (await inbox(app, camille))["orderedItems"] == []
        await done(app, camille, {"type": "Undo", "object": {"type": "Block", "object": there}})
        assert not await alpha.ask(lambda: Block.exists())


async def inbox(app: Api, actor: Actor) -> dict[str, Any]:
    """The first page of the inbox."""
    async with app.http.get(f"{actor.inbox_uri}?page=first") as answer:
        assert answer.status == 200 and answer.content_type == "application/activity+json"
        page: dict[str, Any] = await answer.json(content_type=None)
        return page


async def _choose(actor: Actor, reach: Reach) -> None:
    await Member.filter(actor_id=actor.id).update(default_reach=reach, undo_seconds=0)


async def test_addressing_is_reach_and_never_wider_than_the_member_may(alpha: LiveServer) -> None:
    camille, dora = await alpha.member("camille"), await alpha.member("dora")
    await alpha.ask(lambda: _choose(camille, Reach.WEB))
    partners, ours = f"{alpha.origin}/partners", f"{alpha.origin}/actor"

    async def written(app: Api, **addressed: Any) -> Post:
        uri = (await done(app, camille, {"type": "Note", "content": "Hello", **addressed})).removesuffix("#create")
        return await alpha.ask(lambda: Post.get(uri=uri))

    async with Api(alpha, camille) as app:
        # the ceiling of this community is "partners"
        expected = {Reach.PARTNERS: ([PUBLIC], ["as:Public"], [partners], [camille.followers_uri], [PUBLIC, partners]),
                    Reach.COMMUNITY: ([ours],), Reach.ME: ([], [camille.uri])}
        for reach, lists in expected.items():
            for to in lists:
                assert (await written(app, to=to)).reach is reach, to
        circle = await written(app, to=dora.uri)
        assert circle.reach is Reach.CIRCLE
        assert await alpha.ask(lambda: Recipient.exists(post_id=circle.id, actor_id=dora.id))
        named = await written(app, to=[ours], cc=[dora.uri], content="Hello @dora")
        assert named.reach is Reach.COMMUNITY
        for wrong in (["https://elsewhere.example/lists/1"], [PUBLIC, "https://elsewhere.example/u"], ["nobody"], [7],
                      [dora.followers_uri], [PUBLIC, dora.uri], [f"https://x.example/{number}" for number in range(101)]):
            answer = await send(app, camille, {"type": "Note", "content": "Hello", "to": wrong})
            assert answer.status == 422 and answer.json["error"], wrong
        await alpha.ask(lambda: Community.all().update(ceiling=Reach.COMMUNITY))
        assert (await send(app, camille, {"type": "Note", "content": "Hello", "to": [partners]})).status == 403


async def test_what_is_not_theirs_or_not_an_activity_is_refused(alpha: LiveServer) -> None:
    camille, dora = await alpha.member("camille"), await alpha.member("dora")
    secret = await alpha.write(dora, "For nobody else", reach=Reach.ME)
    shown = await alpha.write(dora, "For all", reach=Reach.COMMUNITY)
    async with Api(alpha, camille) as app, Api(alpha, camille, "read") as reader, Api(alpha) as nobody:
        note = {"type": "Note", "content": "Hello"}
        assert (await send(app, dora, note)).status == 404 and (await app.ask("GET", dora.inbox_uri)).status == 404
        assert (await send(reader, camille, note)).status == 403 and (await send(nobody, camille, note)).status == 401
        assert (await nobody.ask("GET", camille.inbox_uri)).status == 401
        cases: list[tuple[dict[str, Any], int]] = [
            ({}, 422), ({"type": "Create"}, 422), ({"type": "Flag", "object": dora.uri}, 422), ({"type": ["x", 1]}, 422),
            ({"type": "Create", "actor": dora.uri, "object": note}, 422),
            ({"type": "Create", "object": note | {"attributedTo": dora.uri}}, 422),
            ({"type": "Create", "object": {"type": "Article", "content": "x"}}, 422),
            ({"type": "Create", "object": {"type": "Note", "content": ""}}, 422),
            ({"type": "Create", "object": {"type": "Note", "content": {"a": 1}}}, 422),
            ({"type": "Create", "object": note | {"inReplyTo": secret.uri}}, 404),
            ({"type": "Create", "object": note | {"attachment": [{"url": f"{alpha.origin}/media/x"}]}}, 422),
            ({"type": "Like", "object": secret.uri}, 404), ({"type": "Announce", "object": secret.uri}, 404),
            ({"type": "Delete", "object": shown.uri}, 404), ({"type": "Update", "object": note | {"id": shown.uri}}, 404),
            ({"type": "Undo", "object": f"{dora.uri}/likes/1"}, 404), ({"type": "Follow", "object": 7}, 422),
            ({"type": "Follow", "object": "https://gone.example/u"}, 404),
            ({"type": "Accept", "object": {"type": "Follow", "actor": dora.uri}}, 404)]
        for document, status in cases:
            answer = await send(app, camille, document)
            assert answer.status == status, (document, answer)
        question = {"type": "Question", "content": "Tea?", "oneOf": [{"type": "Note", "name": name} for name in ("yes", "no")]}
        await done(app, camille, question | {"to": [f"{alpha.origin}/actor"]})
        assert await alpha.ask(lambda: Poll.all().count()) == 1
        await done(app, camille, {"type": "Like", "object": shown.uri})


@pytest.mark.parametrize(("html", "markdown"), [
    ("1 < 2 *stars* & <script>x</script>", "1 \\< 2 \\*stars\\* &"),
    ("<p>one<br>two</p><p>three</p>", "one\ntwo\n\nthree"),
    ('<p><a class="mention" href="https://b.example/bea">@<span>bea</span></a> <a href="https://c.example/">so</a></p>',
     "@bea@b.example [so](https://c.example/)"),
    ('<a class="mention hashtag" href="https://b.example/tags/rest">#<span>rest</span></a>', "#rest"),
    ("<ul><li>a</li><li>b</li></ul><blockquote><p>q<br>r</p></blockquote>", "- a\n- b\n\n> q\n> r"),
    ("<p>- no list</p><p>1. none</p>", "\\- no list\n\n1\\. none")])
def test_html_is_kept_as_markdown(html: str, markdown: str) -> None:
    found = markdown_of(html, {"https://b.example/bea": "@bea@b.example"})
    assert found == markdown
    assert "<script" not in render(found, {}, "https://a.example").html
