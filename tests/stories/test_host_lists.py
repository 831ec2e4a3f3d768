"""Rules for servers come in and go out as files, and from lists that others keep; partners and decisions of people stay."""
from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import web

from federation import domain_lists
from federation.domain_lists import Line, TooLong
from models import Host, HostList, HostListEntry, Notification, clock
from models.host import Standing
from models.host_list import EntryState
from models.member import Role
from models.notification import Notice
from moderation import hosts
from server.actions import domains, host_lists, list_entries, partners
from server.actions.domains import Restriction, Severity
from tests.browser import Browser
from tests.live import LiveServer
from tests.peer import Peer
from tests.server.api.client import Api

MASTODON = """#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
bad.example,suspend,true,true,"Insults, and worse",true
images.example,noop,true,false,,false
not a domain,suspend,false,false,,false
loud.example,shout,false,false,,false
"""


def test_files_of_mastodon_old_ones_and_bare_names_are_read_and_written() -> None:
    found = domain_lists.parse(MASTODON)
    bad = Line("bad.example", "suspend", True, True, "Insults, and worse", True)
    assert found.lines == (bad, Line("images.example", "noop", True))
    assert [number for number, _ in found.bad] == [4, 5] and found.bad_count == 2
    assert domain_lists.parse(domain_lists.written(found.lines)).lines == found.lines
    assert domain_lists.written(found.lines).splitlines()[1] == 'bad.example,suspend,true,true,"Insults, and worse",true'
    old = domain_lists.parse("domain,severity,reject_media\r\nA.Example.,silence,True\n*.b.example,,\n# a remark\n")
    assert old.lines == (Line("a.example", "silence", True), Line("b.example", "suspend"))
    bare = domain_lists.parse("\ufeff# names\nc.example\n\nxn--bcher-kva.example\nbücher.example\nb**.example\n")
    assert [line.name for line in bare.lines] == ["c.example", "xn--bcher-kva.example"]
    assert [text for _, text in bare.bad] == ["b**.example"]
    quoted = domain_lists.parse(
        'domain,severity,public_comment\na.example,silence,"two\nlines"\nb.example,suspend,"never closed\nc.example,,\n')
    assert [(line.name, line.public_comment) for line in quoted.lines] == [
        ("a.example", "two lines"), ("b.example", "never closed"), ("c.example", "")], "no line swallows another"
    for line in ("a.example\n", "\n", "#\n"):
        with pytest.raises(TooLong):
            domain_lists.parse(line * (domain_lists.LINES_LIMIT + 1))


async def applied(server: LiveServer) -> None:
    """What was said yes to holds."""
    while await server.run(list_entries.apply_due(server.instance)):
        pass


async def how(server: LiveServer, name: str) -> Standing:
    """How a server stands with a host."""
    return await server.ask(lambda: hosts.standing(name))


async def test_a_file_shows_what_it_would_change_and_asks_about_partners(alpha: LiveServer, beta: LiveServer) -> None:
    odile, camille = await alpha.member("odile", role=Role.HOST), await alpha.member("camille")
    await alpha.ask(lambda: Host.called("deep.bad.example"))
    await alpha.ask(lambda: Host.create(name="dear.friend.example", standing=Standing.PARTNER))
    text = MASTODON + f"{beta.host},suspend,false,false,,false\n{alpha.host},suspend,,,,\nquiet.example,silence,,,,\n"
    text += "friend.example,,,,,\n"
    async with Browser(alpha, odile) as browser:
        await browser.post("/admin/lists", {"do": "bring", "text": "no list at all", "kind": "blocks"}, {})
        assert browser.status == 422 and "no list at all" in browser.page
        await browser.post("/admin/lists", {"do": "bring", "kind": "blocks", "title": "Friends"}, {"list.csv": text.encode()})
        here = browser.path
        assert browser.status == 200 and here.startswith("/admin/lists/")
        for word in ("Concerns a partner", "This is your own server", "nothing to limit", "New rule", "Line 4"):
            assert word in browser.page, word
        assert await how(alpha, "bad.example") is Standing.UNKNOWN, "nothing has changed yet"
        await browser.post(here, {"do": "accept"})
        assert "Nothing was ticked" in browser.page
        await browser.post(here, {"do": "accept_all"})
        await applied(alpha)
        assert await how(alpha, beta.host) is Standing.PARTNER and await how(alpha, "bad.example") is Standing.SUSPENDED
        assert await how(alpha, "dear.friend.example") is Standing.PARTNER, "a line about what is above is about them"
        rows = {row.name: row for row in await alpha.ask(lambda: Host.all())}
        assert (rows["bad.example"].public_comment, rows["bad.example"].reason) == ("Insults, and worse", "Friends")
        deep = rows["deep.bad.example"]
        assert (deep.standing, deep.rejects_media, deep.ruled_by) == (Standing.SUSPENDED, True, "bad.example")
        assert rows["images.example"].rejects_media and rows["images.example"].standing is Standing.UNKNOWN
        assert alpha.host not in rows and "quiet.example" not in rows
        left = await alpha.ask(lambda: HostListEntry.filter(state=EntryState.DRAFT))
        assert sorted(entry.name for entry in left) == sorted([beta.host, alpha.host, "quiet.example", "friend.example"])

        # the same file again changes nothing; what goes out comes in again
        async with browser.http.get("/admin/lists/blocks.csv") as answer:
            out = await answer.text()
        assert domain_lists.parse(out).lines == domain_lists.parse(MASTODON).lines
        await browser.post("/admin/lists", {"do": "bring", "kind": "blocks", "text": out, "title": "Again"})
        assert await alpha.ask(lambda: HostListEntry.filter(list__title="Again", state=EntryState.HOLDS).count()) == 2
        async with browser.http.get("/admin/lists/allows.csv") as answer:
            assert (await answer.text()).splitlines() == ["#domain", beta.host, "dear.friend.example"]

    # what others may read of it: page and app say the same, with stars
    async with Browser(alpha, camille) as browser, Browser(alpha) as visitor, Api(alpha, camille) as app, Api(alpha) as nobody:
        [rule] = await app.good("GET", "/api/v1/instance/domain_blocks")
        assert (rule["domain"], rule["severity"], rule["comment"]) == ("bad.*****le", "suspend", "Insults, and worse")
        assert "bad.*****le" in await browser.get("/about/servers") and "Friends" not in browser.page
        assert (await nobody.get("/api/v1/instance/domain_blocks")).status == 401
        await visitor.get("/about/servers")
        assert "bad.*****le" not in visitor.page
        async with Browser(alpha, odile) as host:
            await host.post("/admin/lists", {"do": "shown", "restrictions_shown": "nobody"})
        assert (await app.get("/api/v1/instance/domain_blocks")).status == 404

    # lifted, the domain below it is free again too
    await alpha.run(partners.lift(alpha.instance, await alpha.ask(lambda: Host.get(name="bad.example")), None))
    deep = await alpha.ask(lambda: Host.get(name="deep.bad.example"))
    assert (deep.standing, deep.rejects_media, deep.ruled_by) == (Standing.UNKNOWN, False, "")


async def test_a_subscribed_list_holds_and_takes_back_and_when_it_is_gone_nothing_changes(alpha: LiveServer) -> None:
    odile = await alpha.member("odile", role=Role.HOST)
    names = ("one", "two", "ours", "spared")
    content = {"text": "#domain,#severity\n" + "".join(f"{name}.example,suspend\n" for name in names)}
    mine = Restriction(Severity.NOOP, rejects_media=True, reason="ours")
    await alpha.run(domains.restrict(alpha.instance, "ours.example", odile, mine))
    await alpha.run(host_lists.exclude(["spared.example"]))
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.headers.get("If-None-Match", ""))
        etag = f'"{len(content["text"])}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        return web.Response(text=content["text"], content_type="text/csv", headers={"ETag": etag})

    async def again() -> HostList:
        await alpha.run(host_lists.read(alpha.instance, await alpha.ask(lambda: HostList.get())))
        await applied(alpha)
        return await alpha.ask(lambda: HostList.get())

    async with Peer() as peer, Browser(alpha, odile) as browser:
        peer.pages["/list.csv"] = answer
        await browser.post("/admin/lists", {"do": "subscribe", "url": "ftp://x.example/list", "kind": "blocks"})
        assert browser.status == 422
        await browser.post("/admin/lists", {"do": "subscribe", "url": f"{peer.origin}/list.csv", "kind": "blocks",
                                            "applies": "1", "takes_back": "1", "title": "Iftas"})
        await applied(alpha)
        # what the team decided waits, and what is spared stays
        assert [await how(alpha, f"{name}.example") for name in names] == [
            Standing.SUSPENDED, Standing.SUSPENDED, Standing.UNKNOWN, Standing.UNKNOWN]
        assert (await again()).etag and asked[-1] != "", "the second time only what has changed is sent"

        content["text"] = "one.example\n"
        await again()
        assert await how(alpha, "one.example") is Standing.SUSPENDED and await how(alpha, "two.example") is Standing.UNKNOWN
        assert await alpha.ask(lambda: Host.get(name="ours.example").values_list("rejects_media", flat=True))

        for gone in ("", "<html>"):
            content["text"] = gone
            list_ = await again()
            assert await how(alpha, "one.example") is Standing.SUSPENDED and list_.failing_since
        await alpha.ask(lambda: HostList.all().update(failing_since=clock.now() - timedelta(days=4)))
        await again()
        await again()
        assert await alpha.ask(lambda: Notification.filter(recipient_id=odile.id, kind=Notice.LIST_GONE).count()) == 1

        # away with the list: its rules go with it, or stay as the team's own
        await browser.post(f"/admin/lists/{list_.key}", {"do": "remove"})
        assert await how(alpha, "one.example") is Standing.UNKNOWN and not await alpha.ask(lambda: HostListEntry.exists())
