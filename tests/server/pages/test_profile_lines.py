"""Lines of a profile: each for those whom its owner chose, everywhere, and what others see, shown to its owner."""
from __future__ import annotations

import json
import re
from html import unescape

import pytest

from models import Actor, Block, Community, ConsentRecord, Disclosure, Follow, Member, Post, clock
from models.consent import Capacity, ConsentState, Purpose
from models.reach import Reach
from moderation import lines
from server.actions import follows, reactions, sharing
from server.keys import COMMUNITY
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.peer import Peer
from tests.server.api.client import Api

FORM = {"display_name": "Camille", "about": "Likes tea", "writes_in": "en", "reach-about": "partners",
        "line-1-name": "City", "line-1": "Lyon", "reach-line-1": "web",
        "line-2-name": "Hobby", "line-2": "Chess", "reach-line-2": "community",
        "line-3-name": "Child", "line-3": "Ada", "reach-line-3": "circle",
        "line-4-name": "Note", "line-4": "Tired", "reach-line-4": "me"}
TELLING = {Reach.PARTNERS: "Likes tea", Reach.WEB: "Lyon", Reach.COMMUNITY: "Chess", Reach.CIRCLE: "Ada", Reach.ME: "Tired"}


def _reads(text: str) -> set[Reach]:
    return {reach for reach, words in TELLING.items() if words in text}


def _from(readers: Reach) -> set[Reach]:
    return {reach for reach in Reach if reach.level >= readers.level}


async def _open(alpha: LiveServer) -> None:
    await (await Community.current()).change(ceiling=Reach.WEB)
    await alpha.app[COMMUNITY].load()


async def _befriend(one: Actor, other: Actor) -> None:
    for follower, target in ((one, other), (other, one)):
        await Follow.create(uri=f"{follower.uri}/f/{target.id}", follower=follower, target=target, accepted_at=clock.now())


async def test_each_line_reaches_those_it_is_for(alpha: LiveServer, peer: Peer) -> None:
    await peer.become(alpha)
    reader = peer.actor("reader")
    camille, friend, other = [await alpha.member(name) for name in ("camille", "friend", "other")]
    await alpha.run(_open(alpha))
    await alpha.run(_befriend(camille, friend))
    written = [await alpha.write(camille, reach.value, reach, recipients=(friend,) if reach is Reach.CIRCLE else ())
               for reach in reversed(Reach)]
    document = f"/actors/{camille.key}"
    async with Browser(alpha, camille) as me, Browser(alpha, friend) as near, Browser(alpha, other) as far, Browser(alpha) as out:
        await me.post("/settings/profile", FORM)
        assert me.path.endswith("saved=1"), me.page
        seen = {"circle": near, "community": far, "visitor": out}
        readers = {"circle": Reach.CIRCLE, "community": Reach.COMMUNITY, "partner": Reach.PARTNERS, "visitor": Reach.WEB}
        for word, who in seen.items():
            page = await who.get("/@camille")
            assert _reads(page) == _from(readers[word]), word
            mirror = await me.get(f"/data/view-as?as={word}")
            lead = re.search(r'<div class="lead.*?</div>', page)
            shown = re.search(r'<section class="card stack" aria-labelledby="details">.*?</section>', page, re.S)
            assert shown and shown[0] in mirror and (lead is None or lead[0] in mirror), "the same, byte for byte"
            data = re.search(r"readonly>(.*?)</textarea>", mirror, re.S)
            async with Api(alpha, who.actor) as app, app.http.get("/api/v1/accounts/lookup?acct=camille") as answer:
                assert data and unescape(data[1]) == await answer.text(), word
            await _same_messages(mirror, page, Api(alpha, who.actor), camille, written[0])
        assert _reads(await far.get("/people")) <= {Reach.PARTNERS}

        status, body = await peer.get(alpha, document, reader)
        data = re.search(r"readonly>(.*?)</textarea>", await me.get("/data/view-as?as=partner"), re.S)
        assert status == 200 and _reads(body.decode()) == {Reach.PARTNERS, Reach.WEB}
        assert data and unescape(data[1]) == body.decode(), "the same, byte for byte"
        mirror = await me.get("/data/view-as?as=partner")
        assert [post.text for post in written if f'id="m-{post.key}"' in mirror] == ["web", "partners"]
        for post in written[:2]:
            assert (await peer.get(alpha, f"/posts/{post.key}", reader))[1].decode() in unescape(mirror)
        await _take_back(alpha, peer, me, camille)
        assert _reads(await me.get("/@camille")) == set(Reach), "the member reads all of it"


ARTICLE = re.compile(r"<article.*?</article>", re.S)


async def _same_messages(mirror: str, page: str, app: Api, author: Actor, public: Post) -> None:
    """The messages on somebody's page about me, but for what they can do with each; and what their programs get: visitors one by
    one.
    """
    theirs = [re.sub(r"<footer>.*?</footer>", "", one, flags=re.S) for one in ARTICLE.findall(page)]
    assert theirs and theirs == ARTICLE.findall(mirror)
    data = re.findall(r"readonly>(.*?)</textarea>", mirror, re.S)
    path = f"/api/v1/accounts/{author.id}/statuses" if app.actor else f"/api/v1/statuses/{public.id}"
    async with app, app.http.get(path) as answer:
        assert unescape(data[1]) == await answer.text()


async def _take_back(alpha: LiveServer, peer: Peer, me: Browser, camille: Actor) -> None:
    """One line is taken back from the list of receipts: those who have it are told, and nobody else reads it."""
    record = await alpha.ask(lambda: ConsentRecord.newest(camille.id, Purpose.FIELD, lines.ABOUT))
    assert record and (record.audience, record.capacity, record.state) == ("partners", Capacity.SELF, ConsentState.GIVEN)
    assert "A line of my profile: About me" in await me.get("/data")
    assert await alpha.ask(lambda: Disclosure.filter(object_uri=camille.uri, host=peer.host).exists())
    peer.received.clear()
    await me.post(f"/data/withdraw/{record.key}")
    await settle(alpha)
    told = [one["object"] for one in peer.received if one["type"] == "Update"]
    assert told and _reads(json.dumps(told[-1])) == {Reach.WEB} and told[-1]["summary"] == ""


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_nothing_widens_by_itself(alpha: LiveServer, peer: Peer) -> None:
    """What was written before lines had readers is for the community; a pause and a lower ceiling narrow at once."""
    await peer.become(alpha)
    reader = peer.actor("reader")
    camille, other = await alpha.member("camille"), await alpha.member("other")

    async def as_before() -> None:
        await (await Actor.get(id=camille.id)).change(summary="<p>Likes tea</p>")
        await Member.filter(actor_id=camille.id).update(about="Likes tea")
    await alpha.run(as_before())
    await alpha.run(_open(alpha))

    async def seen() -> tuple[set[Reach], set[Reach]]:
        async with Browser(alpha, other) as far:
            page = await far.get("/@camille")
        return _reads(page), _reads((await peer.get(alpha, f"/actors/{camille.key}", reader))[1].decode())
    assert await seen() == ({Reach.PARTNERS}, set()), "about is for the community"
    async with Browser(alpha, camille) as me:
        await me.post("/settings/profile", FORM | {"reach-about": "web", "reach-line-2": "partners"})
        assert (await seen())[1] == {Reach.PARTNERS, Reach.WEB, Reach.COMMUNITY}
        await alpha.run(_lower())
        assert (await seen())[1] == {Reach.PARTNERS, Reach.WEB, Reach.COMMUNITY}, "now for partners"
        async with Browser(alpha) as out:
            assert "Lyon" not in await out.get("/@camille")
        await me.post("/data/pause")
        assert await seen() == (set(), set())
        await me.post("/data/resume")
        assert (await seen())[0] == {Reach.PARTNERS, Reach.WEB, Reach.COMMUNITY}
        await me.post("/settings/profile", FORM | {"line-1-name": "", "line-1": ""})
        assert (await alpha.ask(lambda: Actor.get(id=camille.id))).line_words["line-1"][0] == "", "its yes went with the line"
        await me.post("/settings/profile", FORM | {"line-2": "", "reach-line-4": "nonsense"})
        assert me.status == 422 and "Tired" in me.page


async def _lower() -> None:
    await (await Community.current()).change(ceiling=Reach.PARTNERS)
    await sharing.narrow_lines()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_apps_keep_readers_with_their_line(alpha: LiveServer) -> None:
    """What an app moves or adds never gets the readers of another line."""
    camille, other = await alpha.member("camille"), await alpha.member("other")
    await alpha.run(_open(alpha))
    async with Browser(alpha, camille) as me:
        await me.post("/settings/profile", FORM)
    async with Api(alpha, camille) as app, Api(alpha, other) as reader:
        fields = [{"name": "Note", "value": "Tired"}, {"name": "Hobby", "value": "Chess, go"}, {"name": "New", "value": "Secret"}]
        mine = await app.good("PATCH", "/api/v1/accounts/update_credentials", json={"fields_attributes": fields})
        assert {one["name"] for one in mine["fields"]} == {"Note", "Hobby", "New"} and mine["source"]["note"] == "Likes tea"
        theirs = await reader.good("GET", f"/api/v1/accounts/{camille.id}")
        assert [one["name"] for one in theirs["fields"]] == ["Hobby"] and "Likes tea" in theirs["note"]


async def test_the_eyes_of_others_show_me_nothing_of_third_people(alpha: LiveServer) -> None:
    """What I passed on once, and may not see any more, is not shown to me as what others see."""
    camille, other, friend_1 = await alpha.member("camille"), await alpha.member("other"), await alpha.member("friend_1")
    for doer, target in ((camille, friend_1), (friend_1, camille)):
        await alpha.run(follows.follow(doer, target))
    post = await alpha.write(other, "zebrafin", Reach.COMMUNITY)
    await alpha.run(reactions.pass_on(camille, post))
    async with Browser(alpha, camille) as me:
        assert "zebrafin" in await me.get("/data/view-as?as=community")
        await alpha.ask(lambda: Block.create(blocker=other, target=camille))
        for words in ("as=community", "as=circle&who=friend_1"):
            assert "zebrafin" not in await me.get(f"/data/view-as?{words}"), words
