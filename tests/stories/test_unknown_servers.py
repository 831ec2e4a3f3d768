"""A server that nobody decided about knocks, and waits; what is refused of a server, and what is limited, is."""
from __future__ import annotations

from models import Actor, Attachment, AuditEntry, Host, Knock, Post, Report, memory
from models.host import Rule, Standing
from models.knock import NEW_A_DAY, NEW_OF_A_PARENT_A_DAY
from models.member import Role
from moderation import hosts
from server.actions import closures, domains
from server.actions.domains import Restriction, Severity
from server.keys import MEDIA
from server.pictures.media import fetch_wanted
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.peer import Peer
from tests.stories.scene import deliver, follow, sees


async def knocked(name: str) -> None:
    """Somebody of this name knocked."""
    await Knock.create(name=name, parent=name, software="Mastodon/4.4")


async def test_it_is_counted_shown_with_whom_it_looks_like_and_decided_on_by_a_person(alpha: LiveServer) -> None:
    odile = await alpha.member("odile", role=Role.HOST)
    async with Peer() as peer, Browser(alpha, odile) as browser:
        bea = peer.actor("bea")
        for _ in range(3):
            assert await peer.send(alpha, bea.does("Create", bea.note()), bea) == 403
        knock = await alpha.ask(lambda: Knock.get())
        assert (knock.name, knock.kind, knock.count) == (peer.host, "Create", 1), "once a minute"
        assert peer.fetched == peer.looked_up == [], "nothing of a stranger is fetched for this"

        # a flood of names fills nothing: neither under one domain nor under many
        async def flood() -> None:
            for number in range(NEW_OF_A_PARENT_A_DAY + 5):
                await Knock.heard(f"a{number}.flood.example", "flood.example", "Create", "")
            for number in range(NEW_A_DAY + 20):
                await Knock.heard(f"b{number}.test", f"b{number}.test", "Create", "")
            memory.current().knocks.clear()
            await Knock.heard("one.more.test", "more.test", "Create", "")
        await alpha.run(flood())
        assert await alpha.ask(lambda: Knock.filter(parent="flood.example").count()) == NEW_OF_A_PARENT_A_DAY
        assert await alpha.ask(lambda: Knock.all().count()) == NEW_A_DAY
        await alpha.ask(lambda: Knock.exclude(name=peer.host).delete())

        await alpha.ask(lambda: Host.create(name="melorin.example", standing=Standing.PARTNER))
        await alpha.ask(lambda: Host.create(name="trolls.example", standing=Standing.SUSPENDED))
        for name in ("rnelorin.example", "trolls.test", "quiet.test"):
            await alpha.run(knocked(name))
        await browser.get("/admin/knocks")
        for words in ("taken for that of melorin.example, which you know", "the same name as trolls.example, which you restrict",
                      "calls itself Mastodon/4.4", peer.host):
            assert words in browser.page, words
        await browser.get("/admin/servers?name=https://Never.Met.example/about")
        assert browser.path == "/admin/partners/never.met.example" and browser.status == 200
        await browser.post(browser.path, {"do": "rule", "severity": "suspend", "rejects_media": "1"})
        assert browser.status == 422 and "Write a reason" in browser.page
        assert not await alpha.ask(lambda: Host.exists(name="never.met.example"))
        await browser.post(browser.path, {"do": "rule", "severity": "suspend", "team_reason": "harm"})
        assert await alpha.ask(lambda: hosts.standing("never.met.example")) is Standing.SUSPENDED
        await browser.post("/admin/partners/never.met.example", {"do": "lift"})
        assert await alpha.ask(lambda: hosts.standing("never.met.example")) is Standing.UNKNOWN
        await browser.post("/admin/knocks/trolls.test", {"do": "suspend"})
        await browser.post("/admin/knocks/quiet.test", {"do": "ignore"})
        await browser.post("/admin/knocks/rnelorin.example", {"do": "limit"})
        assert browser.status == 422, "nothing is exchanged with it: nothing to limit"
        for addresses, said in (("trolls.example", "Take that back first"), ("no domain", "Write the domain as in an address")):
            await browser.post(f"/admin/knocks/{peer.host}", {"do": "open", "addresses": addresses})
            assert browser.status == 422 and said in browser.page
            assert await alpha.ask(lambda: hosts.standing(peer.host)) is Standing.UNKNOWN
        await browser.post(f"/admin/knocks/{peer.host}", {"do": "open", "addresses": "Names.example"})
        assert await alpha.ask(lambda: hosts.standing("names.example")) is Standing.OPEN, "their addresses are there"
        left = await alpha.ask(lambda: Knock.filter(ignored_at__isnull=True))
        assert [one.name for one in left] == ["rnelorin.example"]
        assert await peer.send(alpha, bea.does("Create", bea.note()), bea) == 202
    assert await alpha.ask(lambda: hosts.standing("deep.trolls.test")) is Standing.SUSPENDED
    assert await alpha.ask(lambda: AuditEntry.exists(action="host.ignore"))


async def test_images_and_reports_of_a_server_can_be_refused_and_a_limited_one_is_for_its_followers(alpha: LiveServer) -> None:
    alice, camille = await alpha.member("alice"), await alpha.member("camille")
    async with Peer() as peer:
        bea = peer.actor("bea")
        await peer.become(alpha)
        await follow(alpha, alice, bea)
        note = bea.note("With an image", attachment=[{"type": "Image", "url": f"{peer.origin}/1.png", "mediaType": "image/png"}])
        report = bea.does("Flag", [alice.uri], content="rude")
        refused = Restriction(Severity.NOOP, rejects_media=True, rejects_reports=True)
        await alpha.run(domains.restrict(alpha.instance, peer.host, None, refused))
        assert await alpha.ask(lambda: hosts.standing(peer.host)) is Standing.PARTNER, "what is refused changes nothing else"
        await deliver(alpha, peer, bea, bea.does("Create", note), report)
        await alpha.run(fetch_wanted(alpha.instance, alpha.app[MEDIA]))
        assert "/1.png" not in peer.fetched and not await alpha.ask(lambda: Report.exists())
        image = await alpha.ask(lambda: Attachment.get(remote_uri__contains="/1.png"))
        assert (image.stored_at, image.fetch_attempts) == (None, 0)

        await alpha.run(domains.restrict(alpha.instance, peer.host, None, Restriction(Severity.NOOP)))
        await alpha.run(fetch_wanted(alpha.instance, alpha.app[MEDIA]))
        assert "/1.png" in peer.fetched, "it comes when it is wanted again"

        # limited: who follows the writer reads it, and nobody else
        assert await sees(alpha, camille, note["id"])
        await alpha.run(domains.restrict(alpha.instance, peer.host, None, Restriction(Severity.SILENCE, reason="loud")))
        assert await sees(alpha, alice, note["id"]) and not await sees(alpha, camille, note["id"])
        async with Browser(alpha, camille) as reader:
            await reader.get(f"/m/{(await alpha.ask(lambda: Post.get(uri=note['id']))).key}")
            assert reader.status == 404
        # somebody new below its domain is limited too
        await alpha.ask(lambda: Host.called("near.by.example"))

        async def limit() -> None:
            await closures.follow_through(await (await Host.called("by.example")).decide(Rule(Standing.LIMITED)))
        await alpha.run(limit())
        assert (await alpha.ask(lambda: Host.get(name="near.by.example"))).standing is Standing.LIMITED
        assert (await alpha.ask(lambda: Host.called("new.by.example"))).ruled_by == "by.example"
    await settle(alpha)
    assert await alpha.ask(lambda: Actor.filter(host=peer.host, suspended_at__isnull=True).exists())
