"""What members would rather not read: words, subjects, people and servers, for a time; and what newcomers are spared."""
from __future__ import annotations

import re
from datetime import timedelta

from models import Community, Filter, HostMute, Member, Mute, clock
from models.member import Role
from models.reach import Reach
from server.actions import host_mutes
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.server.api.client import Api
from tests.stories.scene import befriend

ALL = {"places": "home", "treatment": "warn", "days": "0"}


async def test_words_are_folded_or_left_out_on_pages_and_in_apps(alpha: LiveServer) -> None:
    """The writer always sees their own; whoever opens a conversation finds it folded, and can open it."""
    anna, ben = await alpha.member("anna"), await alpha.member("ben")
    tea = await alpha.write(ben, "Camomile #sleep", Reach.COMMUNITY)
    await alpha.write(ben, "Sleepless again", Reach.COMMUNITY)
    await alpha.write(ben, "@anna camomile helps", Reach.COMMUNITY)
    await alpha.write(anna, "My camomile", Reach.COMMUNITY)
    async with Browser(alpha, anna) as browser, Api(alpha, anna) as app:
        for wrong in ({"words": ""}, {"words": "a"}, {"places": "nowhere"}, {"treatment": "burn"}, {"days": "3"}):
            await browser.post("/settings/filters", {"words": "camomile", **ALL, **wrong})
            assert browser.status == 422, wrong
        assert not await alpha.ask(lambda: Filter.all().count())
        assert "#sleep" in await browser.get("/settings/filters?words=%23sleep")
        await browser.post("/settings/filters", {"words": "#sleep", **ALL})
        page = await browser.get("/home")
        assert "Filtered: #sleep" in page and page.count('<details class="veil">') == 1 and "Sleepless again" in page
        assert "Filtered" not in await browser.get(f"/m/{tea.key}"), "it works where it was asked for"
        found = (await app.ask("GET", "/api/v1/timelines/home")).json
        assert [one["filtered"][0]["filter"]["title"] for one in found if one["filtered"]] == ["#sleep"]
        number = re.search(r"/settings/filters/(\d+)/remove", await browser.get("/settings/filters"))
        assert number
        await browser.post(f"/settings/filters/{number[1]}/remove")
        await browser.post(f"/settings/filters/{number[1]}/remove")
        assert browser.status == 404

        hiding = {"words": "camomile", "treatment": "hide", "days": "1"}
        for place in ("home", "thread", "notifications"):
            await browser.post("/settings/filters", {**hiding, "places": place})
        page = await browser.get("/home")
        assert "Camomile" not in page and "My camomile" in page and "Sleepless" in page
        assert "Filtered: camomile" in await browser.get(f"/m/{tea.key}")
        assert "camomile helps" not in await browser.get("/notices")
        await alpha.ask(lambda: Filter.all().update(expires_at=clock.now() - timedelta(seconds=1)))
        assert "Camomile" in await browser.get("/home") and "camomile helps" in await browser.get("/notices")


async def test_a_person_and_a_server_are_muted_for_a_time(alpha: LiveServer, beta: LiveServer) -> None:
    await alpha.allow(beta)
    await beta.allow(alpha)
    anna, ben, bea = await alpha.member("anna"), await alpha.member("ben"), await beta.member("bea")
    await befriend(alpha, anna, bea, beta)
    await alpha.write(ben, "From here", Reach.COMMUNITY)
    await beta.write(bea, "From there", Reach.PARTNERS)
    await settle(alpha, beta)
    async with Browser(alpha, anna) as browser:
        assert "For how long" in await browser.get("/@ben/mute")
        await browser.post("/@ben/mute", {"days": "7", "notices": "1"})
        mute = await alpha.ask(lambda: Mute.get())
        assert mute.ends_at and mute.ends_at > clock.now() + timedelta(days=6) and not mute.hides_notices
        page = await browser.get("/home")
        assert "From there" in page and "From here" not in page
        await browser.post("/settings/blocks/servers/mute", {"server": "no server", "days": "1"})
        assert browser.status == 422
        await browser.post("/settings/blocks/servers/mute", {"server": beta.host, "days": "1"})
        assert beta.host in browser.page and "From there" not in await browser.get("/home")
        assert "From there" in await browser.get(f"/@bea@{beta.host}")
        await alpha.ask(lambda: HostMute.all().update(ends_at=clock.now() - timedelta(seconds=1)))
        assert "From there" in await browser.get("/home")
        await alpha.run(host_mutes.end_due())
        assert not await alpha.ask(lambda: HostMute.all().count())
        await browser.post("/settings/blocks/servers/mute", {"server": beta.host})
        await browser.post("/settings/blocks/servers/mute", {"server": beta.host, "unmute": "1"})
        assert "From there" in await browser.get("/home")


async def test_newcomers_are_spared_what_the_host_names(alpha: LiveServer) -> None:
    """Folded where they open it, gone from lists, told so on the first page, and over after the days or with one press."""
    anna, ben = await alpha.member("anna"), await alpha.member("ben")
    host = await alpha.member("host", role=Role.HOST)
    async with Browser(alpha, host) as desk, Browser(alpha, anna) as browser:
        assert "Death and grief" in await desk.get("/admin/first-weeks")
        await desk.post("/admin/first-weeks", {"notes": "weight", "tags": "#Deuil\n", "days": "10"})
        row = await alpha.ask(lambda: Community.get())
        assert (row.hard_notes, row.hard_tags, row.spared_days) == (["weight"], ["deuil"], 10)
        hard = await alpha.write(ben, "Six ans #deuil", Reach.COMMUNITY)
        await alpha.write(ben, "Sixty kilos", Reach.COMMUNITY, note="weight")
        await alpha.write(ben, "A soft day", Reach.COMMUNITY)
        page = await browser.get("/home")
        assert "A soft day" in page and "Six ans" not in page and "Sixty kilos" not in page
        assert '<details class="veil">' in await browser.get(f"/m/{hard.key}")
        assert "#deuil" in await browser.get("/welcome") and "#deuil" in await browser.get("/settings/reading")
        await browser.post("/settings/spared", {"spared": "no", "back": "/welcome"})
        assert browser.path == "/welcome" and "You read everything" in browser.page
        assert "Six ans" in await browser.get("/home")
        await browser.post("/settings/spared", {"spared": "yes"})
        assert "Six ans" not in await browser.get("/home")
        await alpha.ask(lambda: Member.filter(actor_id=anna.id).update(created_at=clock.now() - timedelta(days=11)))
        assert "Six ans" in await browser.get("/home") and "#deuil" not in await browser.get("/welcome")
