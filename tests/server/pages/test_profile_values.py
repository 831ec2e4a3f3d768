"""Lines of a profile that hold values: picked without JavaScript, kept under C1 and C13, shown line by line, erased."""
from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

from models import Actor, Community, DailyNumber, Member, ProfileLine, ProfileValue
from models.consent import Purpose
from models.member import Role
from models.profile import Value
from models.reach import Reach
from moderation.counts import Thresholds
from server.actions import profile_lines, sharing
from server.keys import COMMUNITY
from server.members import rarity
from tests import catalogue
from tests.browser import Browser
from tests.live import LiveServer
from tests.peer import Peer
from tests.server.api.client import Api


async def _open(alpha: LiveServer) -> None:
    await (await Community.current()).change(ceiling=Reach.WEB, treatments=["Lumelor"])
    await alpha.app[COMMUNITY].load()


async def _values(actor: Actor) -> list[tuple[str, str, str]]:
    return [(str(row.line), row.code, row.text) for row in await ProfileValue.of(actor.id)]


def _path(line: str) -> str:
    return f"/settings/lines/{line}"


async def test_a_profile_is_filled_in_line_by_line_and_read_by_those_it_is_for(alpha: LiveServer, peer: Peer) -> None:
    await peer.become(alpha)
    reader = peer.actor("reader")
    camille, other = [await alpha.member(name) for name in ("camille", "other")]
    await alpha.run(_open(alpha))
    catalogue.lay(Path(alpha.settings.var_dir))
    async with Browser(alpha, camille) as me, Browser(alpha, other) as near, Browser(alpha) as out:
        # the picker: search, tick, add words of one's own, all in one form and without JavaScript
        asked = {"q": "maladie de fabri", "search": "1", "own": "Something\nrare", "reach": "community"}
        page = await me.post(_path("condition"), asked)
        assert 'value="ORPHA:324"' in page and "\nSomething\nrare</textarea>" in page and "Fabry disease" in page, page
        assert "Human Phenotype Ontology" in page and "2025-01-16" in page and "CC BY 4.0" in page
        typed = {"code": "ORPHA:324", "own": "Something rare", "reach": "partners"}
        page = await me.post(_path("condition"), typed)
        assert me.status == 422 and "only if you agree" in page and "ORPHA:324" in page
        assert await alpha.run(_values(camille)) == []
        await me.post(_path("condition"), typed | {"agrees": "1"})
        assert me.path.endswith("saved=1"), me.page
        await me.post(_path("ask-me"), {"own": "Flying with <b>needles</b>\nWork", "reach": "web"})
        await me.post(_path("place"), {"code": "FR", "region": "Rhône", "reach": "community"})
        await me.post(_path("treatments"), {"picked": "Lumelor", "own": "Rest", "reach": "circle"})
        await me.post(_path("diagnosed"), {"code": "2014", "reach": "community"})
        await me.post(_path("role"), {"code": "living", "reach": "me"})
        assert me.path.endswith("saved=1"), me.page
        assert await alpha.run(_values(camille)) == [
            ("ask-me", "", "Flying with <b>needles</b>"), ("ask-me", "", "Work"), ("condition", "ORPHA:324", "Fabry disease"),
            ("condition", "", "Something rare"), ("diagnosed", "2014", ""), ("place", "FR", "Rhône"), ("role", "living", ""),
            ("treatments", "", "Lumelor"), ("treatments", "", "Rest")]
        # for a member of the community, a visitor and a partner's server: each the lines that are for them
        await alpha.write(camille, "Hello web", Reach.WEB)
        there, web = await near.get("/@camille"), await out.get("/@camille")
        for words, in_community, on_web in (("Fabry disease, Something rare", True, False), ("2014", True, False),
                                            ("Rhône, France", True, False), ("Lumelor", False, False),
                                            ("Lives with the condition", False, False), ("&lt;b&gt;needles", True, True)):
            assert ((words in there), (words in web)) == (in_community, on_web), words
        await out.post("/look", {"language": "fr"})  # each reader gets the names of the lines in their own language
        assert "Ask me about" in web and "Ask me about" not in await out.get("/@camille") and "On peut me parler de" in out.page
        _, body = await peer.get(alpha, f"/actors/{camille.key}", reader)
        document = json.loads(body)
        assert [one["name"] for one in document["attachment"]] == ["Ask me about", "Condition"]
        # what the page for looking through others' eyes shows is what they get, byte for byte
        seen = await me.get("/data/view-as?as=partner")
        data = re.search(r"<textarea[^>]*readonly>(.*?)</textarea>", seen, re.DOTALL)
        assert data and unescape(data.group(1)) == body.decode()
        async with Api(alpha, other) as app:
            told = (await app.get("/api/v1/accounts/lookup", acct="camille")).json
            assert {one["name"] for one in told["fields"]} == {"Ask me about", "Condition", "Diagnosed in", "Lives in"}
        # an app that changes the free lines leaves these as they are, and so does the page with the free lines
        await me.post("/settings/profile", {"display_name": "Camille", "about": "", "writes_in": "en"})
        assert "Fabry disease" in await near.get("/@camille")
        # taking C1 back erases what was kept under it, here and there
        await me.post("/data", {"on-C2": "1", "on-C5": "1"})
        assert {line for line, _, _ in await alpha.run(_values(camille))} == {"ask-me", "place"}
        assert "Fabry" not in await near.get("/@camille") and "Rhône" in await near.get("/@camille")
        assert b"Fabry" not in (await peer.get(alpha, f"/actors/{camille.key}", reader))[1]


BAD: tuple[tuple[str, dict[str, str]], ...] = (
    ("condition", {"code": "ORPHA:9999999", "agrees": "1"}), ("condition", {"code": "HP:0001166", "agrees": "1"}),
    ("signs", {"code": "'; DROP TABLE", "agrees": "1"}), ("diagnosed", {"code": "3014", "agrees": "1"}),
    ("diagnosed", {"code": "soon", "agrees": "1"}), ("first-signs", {"code": "1899", "agrees": "1"}), ("age", {"code": "12-17"}),
    ("role", {"code": "host", "agrees": "1"}), ("place", {"code": "ZZZ"}), ("place", {"code": "FR", "region": "x" * 300}),
    ("ask-me", {"own": "\n".join(f"thing {n}" for n in range(11))}), ("ask-me", {"own": "x" * 201}), ("gene", {"own": "GLA"}),
    ("languages", {"own": "Klingon"}), ("place", {"code": "FR", "reach": "partners"}))


async def test_what_a_line_cannot_hold_is_refused_and_loses_nothing_typed(alpha: LiveServer) -> None:
    camille = await alpha.member("camille", shares=False)
    catalogue.lay(Path(alpha.settings.var_dir))
    async with Browser(alpha, camille) as me:
        for line, fields in BAD:
            page = await me.post(_path(line), fields)
            assert me.status == 422 and 'id="errors"' in page, (line, fields, me.status)
            assert "own" not in fields or line == "languages" or fields["own"][:9] in page
        assert await alpha.run(_values(camille)) == []
        await me.get(_path("nothing"))
        assert me.status == 404


async def test_rarity_is_told_as_fewer_than_and_never_as_a_number(alpha: LiveServer) -> None:
    await alpha.run(_open(alpha))
    community = alpha.app[COMMUNITY].row

    async def say(name: str, code: str, reach: Reach) -> None:
        actor = await alpha.member(name)
        member = await Member.get(actor_id=actor.id).select_related("actor")
        await profile_lines.say(member, ProfileLine.CONDITION, [Value(code, "Fabry")], ("Condition", "Fabry"), reach, "en",
                                community, year=2026, agrees=True)

    async def ask(*pairs: tuple[ProfileLine, str]) -> bool:
        await DailyNumber.filter().delete()
        return await rarity.is_rare(pairs, Thresholds(5, 11))
    pair = (ProfileLine.CONDITION, "ORPHA:324")
    for number in range(10):
        await alpha.run(say(f"m{number}", "ORPHA:324", Reach.COMMUNITY))
    assert await alpha.run(ask(pair))
    await alpha.run(say("hidden", "ORPHA:324", Reach.ME))
    assert await alpha.run(ask(pair)), "a line that nobody reads is not counted"
    await alpha.run(say("last", "ORPHA:324", Reach.COMMUNITY))
    assert not await alpha.run(ask(pair)) and await alpha.run(ask(pair, (ProfileLine.PLACE, "FR")))
    catalogue.lay(Path(alpha.settings.var_dir))
    async with Browser(alpha, await alpha.member("reader")) as reader:
        page = await reader.post(_path("place"), {"code": "FR", "check": "1"})
        assert "one of fewer than 11 people" in page and "place" not in str(await alpha.run(_values(reader.actor)))


async def test_people_with_signs_like_mine_are_found_for_reasons_that_point_at_nobody(alpha: LiveServer) -> None:
    await alpha.run(_open(alpha))
    community = alpha.app[COMMUNITY].row
    spider, rare, tired = "HP:0001166", "HP:0002705", "HP:0012378"

    async def someone(name: str, signs: list[str], reach: Reach = Reach.COMMUNITY, found: bool = True) -> Actor:
        actor = await alpha._member(name, True, False, {})
        member = await Member.get(actor_id=actor.id).select_related("actor")
        values = [Value(code, code) for code in signs]
        await profile_lines.say(member, ProfileLine.SIGNS, values, ("Signs", "…"), reach, "en", community, year=2026, agrees=True)
        await sharing.say(member, Purpose.FOUND_HERE, found, "en", community)
        return actor
    catalogue.lay(Path(alpha.settings.var_dir))
    me = await alpha.run(someone("me", [spider, rare, tired], Reach.ME, found=False))
    twin = await alpha.run(someone("twin", [spider, rare]))
    await alpha.run(someone("shy", [spider, rare, tired], found=False))
    await alpha.run(someone("closed", [spider, rare, tired], Reach.ME))
    for number in range(4):
        await alpha.run(someone(f"near{number}", [spider, tired]))
    await alpha.run(someone("far", ["HP:0000365"]))
    async with Browser(alpha, me) as browser:
        page = await browser.get("/people/like-me")
        order = re.findall(r'<h2 class="h4 flat"><a href="/@(\w+)"', page)
        assert order[0] == "twin" and set(order[1:]) >= {f"near{number}" for number in range(4)}, order
        assert not {"me", "shy", "closed"} & set(order), "only those who said yes, and who show it"
        assert "You share: Arachnodactyly" in page and "Human Phenotype Ontology" in page
        high_palate = "High, narrow palate"
        assert high_palate not in page, "a sign that two people share names nobody: fewer than five have it"
        await alpha.run(_leave_the_list(twin))
        assert "twin" not in await browser.get("/people/like-me"), "gone at once, whatever is remembered"
    async with Browser(alpha, twin) as other:
        assert "me" not in re.findall(r'<a href="/@(\w+)"><bdi', await other.get("/people/like-me"))
    async with Browser(alpha, await alpha.member("new")) as new:
        assert "First choose your signs" in await new.get("/people/like-me")


async def _leave_the_list(actor: Actor) -> None:
    member = await Member.get(actor_id=actor.id).select_related("actor")
    await sharing.say(member, Purpose.FOUND_HERE, False, "en", await Community.current())


async def test_the_host_says_which_conditions_the_community_is_for(alpha: LiveServer) -> None:
    host = await alpha.member("host", role=Role.HOST)
    catalogue.lay(Path(alpha.settings.var_dir))
    async with Browser(alpha, host) as browser, Api(alpha) as app:
        page = await browser.post("/admin/conditions", {"q": "fabri", "search": "1", "treatments": "Lumelor"})
        assert 'value="ORPHA:324"' in page and "Lumelor" in page
        await browser.post("/admin/conditions", {"code": ["ORPHA:324", "ORPHA:616874"], "treatments": "Lumelor\nRest"})
        assert browser.path.endswith("saved=1")
        assert (await app.get("/api/v2/instance")).json["conditions"] == ["ORPHA:324", "ORPHA:616874"]
        for bad in ({"code": "ORPHA:9999999"}, {"code": "HP:0001166"}, {"treatments": "x" * 101}, {"code": "x"}):
            await browser.post("/admin/conditions", bad)
            assert browser.status == 422, bad
        page = await browser.get("/settings/lines/treatments")
        assert 'value="Lumelor"' in page and 'value="Rest"' in page
    async with Browser(alpha, await alpha.member("camille")) as member:
        await member.get("/admin/conditions")
        assert member.status in (403, 404)
