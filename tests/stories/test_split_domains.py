"""People whose address is on another domain than the host of their id, as Mastodon has it with LOCAL_DOMAIN and WEB_DOMAIN."""
from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import product

import pytest
from aiohttp import web

from federation import handles, resolve
from federation.actor_document import ActorDocument
from federation.errors import FederationError
from models import Actor, Follow, Post, Report, acts
from models.reach import Reach
from models.relation import HostBlock
from moderation.visibility import Viewer
from server.actions import domains, host_blocks, host_mutes, people
from server.actions.domains import Restriction, Severity
from server.display import timelines
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.peer import ACTIVITY, Peer, PeerActor
from tests.stories import scene

ASKED = "/.well-known/webfinger?resource=acct:"


@pytest.fixture
async def domain(alpha: LiveServer) -> AsyncIterator[Peer]:
    """example.org: it has the addresses, and we exchange with it."""
    async with Peer() as peer:
        await peer.become(alpha)
        yield peer


@pytest.fixture
async def alice(alpha: LiveServer) -> Actor:
    """Our member, who lets everyone follow."""
    return await alpha.member("alice")


def address(peer: Peer, domain: Peer, name: str, uri: str = "", *, back: bool = True) -> None:
    """Both servers say that somebody of `peer` has an address on `domain`; `back`: the domain agrees."""
    link = {"rel": "self", "type": ACTIVITY, "href": uri or f"{peer.origin}/users/{name}"}
    peer.finger(f"acct:{name}@{peer.host}", f"acct:{name}@{domain.host}", link)
    if back:
        domain.finger(f"acct:{name}@{domain.host}", f"acct:{name}@{domain.host}", link)


def looked_up(*peers: Peer) -> int:
    """How many names were asked for."""
    return sum(path.startswith(ASKED) for peer in peers for path in peer.looked_up)


async def seen(alpha: LiveServer, one: PeerActor) -> Actor:
    """How somebody is known now, read anew."""
    return await alpha.run(resolve.actor(alpha.instance, one.uri, fresh=True))


async def test_somebody_is_shown_found_named_and_written_to_under_the_domain(
        alpha: LiveServer, peer: Peer, domain: Peer, alice: Actor) -> None:
    bea = peer.actor("bea")
    address(peer, domain, "bea")
    await scene.deliver(alpha, peer, bea, bea.does("Follow", alice.uri))  # the door reads the name with the key
    known = await alpha.ask(lambda: Actor.get(uri=bea.uri))
    assert (known.host, known.domain, known.address) == (peer.host, domain.host, f"@bea@{domain.host}")
    asked = looked_up(peer, domain)
    for typed in (f"@bea@{domain.host}", f"bea@{peer.host}"):
        assert (await alpha.run(resolve.actor_at(alpha.instance, typed))).id == known.id
        assert (await alpha.run(people.known([typed], alpha.origin)))[typed].id == known.id
    assert looked_up(peer, domain) == asked == 2, "it is known"

    await scene.follow(alpha, alice, bea)
    post = await alpha.write(alice, f"Hello @bea@{domain.host}")
    sent = (await peer.wait_for("Create"))[0]["object"]
    assert {"type": "Mention", "href": bea.uri, "name": f"@bea@{domain.host}"} in sent["tag"] and sent["id"] == post.uri
    async with Browser(alpha, alice) as browser:
        page = await browser.get(f"/@bea@{domain.host}")
        assert f"@bea@{domain.host}" in page and f"@bea@{peer.host}" not in page

    # a stranger is found by the typed address: the domain leads to the host of the id
    cleo = peer.actor("cleo")
    address(peer, domain, "cleo")
    found = await alpha.run(resolve.actor_at(alpha.instance, f"@cleo@{domain.host}"))
    assert (found.uri, found.address) == (cleo.uri, f"@cleo@{domain.host}")


async def test_an_address_counts_when_both_sides_say_it_and_costs_little(
        alpha: LiveServer, peer: Peer, domain: Peer, alice: Actor) -> None:
    """Whatever one side claims alone, or leads to somebody else, to another name, to us or to a stranger is shown as before."""
    async with Peer() as stranger:
        bea, dora, eve, our = (peer.actor(name) for name in ("bea", "dora", "eve", "our"))
        address(peer, domain, "bea", back=False)
        address(peer, domain, "dora")
        domain.finger(f"acct:dora@{domain.host}", f"acct:dora@{domain.host}", {"rel": "self", "type": ACTIVITY, "href": bea.uri})
        address(peer, stranger, "eve")
        peer.finger(f"acct:our@{peer.host}", f"acct:our@{alpha.host}", {"rel": "self", "type": ACTIVITY, "href": our.uri})
        for one in (bea, dora, eve, our):
            assert (await seen(alpha, one)).domain == ""
        assert stranger.looked_up == stranger.fetched == [], "who may not be asked is not asked"

    fay, gus = peer.actor("fay"), peer.actor("gus")
    peer.show(fay.uri, fay.document | {"webfinger": f"fay@{domain.host}"})
    domain.finger(f"acct:fay@{domain.host}", f"acct:fay@{domain.host}", {"rel": "self", "type": ACTIVITY, "href": fay.uri})
    peer.show(gus.uri, gus.document | {"webfinger": f"gus@{peer.host}"})
    for one, domain_of in ((fay, domain.host), (gus, "")):
        peer.looked_up.clear()
        assert (await seen(alpha, one)).domain == domain_of
        assert looked_up(peer) == 0, "the document said it"
    for said in (f"other@{domain.host}", "no address", f"fay@{domain.host}@x", "fay@[", "", "fay@\u0000"):
        document = ActorDocument.parse(fay.document | {"webfinger": said})
        assert await alpha.run(handles.domain_of(alpha.instance, document)) == ""

    # another comes to have the address: the domain says whose it is, and it has one owner
    heir = peer.actor("heir")
    peer.show(heir.uri, heir.document | {"preferredUsername": "fay", "webfinger": f"fay@{domain.host}"})
    domain.finger(f"acct:fay@{domain.host}", f"acct:fay@{domain.host}", {"rel": "self", "type": ACTIVITY, "href": heir.uri})
    assert (await seen(alpha, heir)).address == f"@fay@{domain.host}"
    assert (await alpha.ask(lambda: Actor.get(uri=fay.uri))).address == f"@fay@{peer.host}"

    # a server without WebFinger is asked once an hour, and what is known of somebody stays while nobody answers
    async with Peer() as plain:
        await plain.become(alpha)
        for name in ("none", "some"):
            await seen(alpha, plain.actor(name))
        assert looked_up(plain) == 1
    async def broken(_: web.Request) -> web.Response:
        return web.Response(status=503)
    domain.pages[f"{ASKED}fay@{domain.host}"] = broken
    assert (await seen(alpha, heir)).address == f"@fay@{domain.host}"


async def test_a_profile_that_is_sent_is_looked_up_where_the_name_changed(
        alpha: LiveServer, peer: Peer, domain: Peer, alice: Actor) -> None:
    """Else somebody with one good address could take any other there."""
    bea = peer.actor("bea")
    peer.show(bea.uri, bea.document | {"webfinger": f"bea@{domain.host}"})
    domain.finger(f"acct:bea@{domain.host}", f"acct:bea@{domain.host}", {"rel": "self", "type": ACTIVITY, "href": bea.uri})
    assert (await seen(alpha, bea)).address == f"@bea@{domain.host}"
    domain.looked_up.clear()
    await scene.deliver(alpha, peer, bea, bea.does("Update", bea.document | {"name": "Bea"}))
    assert (await alpha.ask(lambda: Actor.get(uri=bea.uri))).address == f"@bea@{domain.host}"
    assert looked_up(domain) == 0
    taken = bea.document | {"preferredUsername": "admin", "webfinger": f"admin@{domain.host}"}
    await scene.deliver(alpha, peer, bea, bea.does("Update", taken))
    assert (await alpha.ask(lambda: Actor.get(uri=bea.uri))).address == f"@admin@{peer.host}"


async def test_a_mute_a_block_and_no_reports_hold_for_either(alpha: LiveServer, peer: Peer, domain: Peer, alice: Actor) -> None:
    """In lists, for what is passed on, and at the desk of the team."""
    bea, cleo = peer.actor("bea"), peer.actor("cleo")
    address(peer, domain, "bea")
    notes = [one.note("to all") for one in (bea, cleo)]
    for one, note in zip((bea, cleo), notes, strict=True):
        await scene.follow(alpha, alice, one)
        await scene.deliver(alpha, peer, one, one.does("Create", note))
    await scene.deliver(alpha, peer, bea, bea.does("Announce", notes[1]["id"], to=["https://www.w3.org/ns/activitystreams#Public"]))
    known = await seen(alpha, bea)
    assert known.domain == domain.host

    async def listed(found: Callable[[], Awaitable[timelines.Page]]) -> list[tuple[str, str]]:
        entries = (await alpha.ask(found)).entries
        return [(entry.passed_on_by.name if entry.passed_on_by else "", entry.post.author.name) for entry in entries
                if not entry.post.author.is_local]

    ids = [(await alpha.ask(lambda one=one: Actor.get(uri=one.uri))).id for one in (bea, cleo)]  # type: ignore[misc]

    async def of_both() -> list[tuple[str, str]]:
        return await listed(lambda: timelines.of_people(ids, alice))
    assert {("", "bea"), ("bea", "cleo")} <= {*await of_both()}
    for server, left in ((domain, [("", "cleo")]), (peer, [])):
        await alpha.run(host_mutes.mute(alpha.instance, alice, server.host))
        assert await of_both() == left, server
        await alpha.run(host_mutes.unmute(alice, server.host))
    dan = await alpha.member("dan")

    async def page_of_bea() -> list[tuple[str, str]]:
        return await listed(lambda: timelines.of_person(known, Viewer.member(dan)))
    assert ("bea", "cleo") in await page_of_bea()
    await alpha.run(host_blocks.block(alpha.instance, dan, domain.host))
    assert await page_of_bea() == []

    async def reported(by: PeerActor) -> bool:
        before = await alpha.ask(lambda: Report.all().count())
        await scene.deliver(alpha, peer, by, by.does("Flag", [alice.uri], content="Look"))
        return await alpha.ask(lambda: Report.all().count()) > before
    await alpha.run(domains.restrict(alpha.instance, domain.host, None, Restriction(Severity.NOOP, rejects_reports=True)))
    assert not await reported(bea) and await reported(cleo)
    await alpha.run(domains.restrict(alpha.instance, peer.host, None, Restriction(Severity.NOOP, rejects_reports=True)))
    assert not await reported(cleo)


async def test_what_is_decided_against_either_holds(alpha: LiveServer, peer: Peer, domain: Peer, alice: Actor) -> None:
    """Suspended, limited and blocked by a member: of the domain as of the host; nobody else of that host is touched."""
    bea, cleo = peer.actor("bea"), peer.actor("cleo")
    address(peer, domain, "bea")
    for one in (bea, cleo):
        await scene.follow(alpha, alice, one)
        await alpha.ask(lambda one=one: Actor.get(uri=one.uri))  # type: ignore[misc]
    notes = {one.uri: one.note("to all") for one in (bea, cleo)}
    for one in (bea, cleo):
        await scene.deliver(alpha, peer, one, one.does("Create", notes[one.uri]))

    async def both_see(who: Actor) -> list[bool]:
        return [await scene.sees(alpha, who, str(notes[one.uri]["id"])) for one in (bea, cleo)]
    dan = await alpha.member("dan")
    assert await both_see(dan) == await both_see(alice) == [True, True]

    await alpha.run(host_blocks.block(alpha.instance, dan, domain.host))
    known = await alpha.ask(lambda: Actor.get(uri=bea.uri))
    assert await both_see(dan) == [False, True]
    assert await alpha.ask(lambda: HostBlock.between(dan, known))
    walls = await alpha.ask(lambda: acts.walls([(dan, known)]))
    assert walls.between(dan, known) and walls.between(known, dan)
    fay = peer.actor("fay")  # who follows, and says only then where her address is
    await scene.deliver(alpha, peer, fay, fay.does("Follow", dan.uri))
    address(peer, domain, "fay")
    peer.show(fay.uri, fay.document | {"webfinger": f"fay@{domain.host}"})
    assert (await seen(alpha, fay)).domain == domain.host
    await alpha.write(dan, "not for her", Reach.PARTNERS)
    await settle(alpha)
    assert not peer.of_kind("Create")
    await alpha.run(host_blocks.unblock(dan, domain.host))
    await alpha.write(dan, "for her", Reach.PARTNERS)
    assert "for her" in (await peer.wait_for("Create"))[0]["object"]["content"]

    await alpha.run(domains.restrict(alpha.instance, domain.host, None, Restriction(Severity.SILENCE)))
    assert await both_see(dan) == [False, True] and await both_see(alice) == [True, True], "followers see her"
    await alpha.run(domains.restrict(alpha.instance, domain.host, None, Restriction(Severity.SUSPEND)))
    assert await both_see(alice) == await both_see(dan) == [False, True]
    assert (await alpha.ask(lambda: Actor.get(uri=bea.uri))).is_gone
    assert await alpha.ask(lambda: Follow.filter(follower_id=alice.id).count()) == 1
    late = bea.note("late")
    await scene.deliver(alpha, peer, bea, bea.does("Create", late))
    assert not await alpha.ask(lambda: Post.exists(uri=late["id"]))

    # she says something else, and others who are new there say the same as she did
    peer.finger(f"acct:bea@{peer.host}", f"acct:bea@{peer.host}", {"rel": "self", "type": ACTIVITY, "href": bea.uri})
    assert (await seen(alpha, bea)).is_gone
    assert (await alpha.run(resolve.fetch_actor(alpha.instance, bea.uri))).is_gone, "as with a new key of hers"
    eve = peer.actor("eve")
    address(peer, domain, "eve")
    with pytest.raises(FederationError):
        await alpha.run(resolve.actor(alpha.instance, eve.uri))
    assert await peer.send(alpha, eve.does("Follow", alice.uri), eve) == 401
    gus = peer.actor("gus")
    assert not (await seen(alpha, gus)).is_gone
    peer.show(gus.uri, gus.document | {"webfinger": f"gus@{domain.host}"})
    assert (await seen(alpha, gus)).is_gone, "who claims it is as suspended, whether or not the domain agrees"

    await alpha.run(domains.restrict(alpha.instance, domain.host, None, Restriction(Severity.NOOP)))
    assert await both_see(dan) == [True, True]
    assert not any([(await alpha.ask(lambda one=one: Actor.get(uri=one.uri))).is_gone for one in (bea, gus)])  # type: ignore[misc]

    peer.show(gus.uri, gus.document | {"webfinger": "gus@sub.evil.example"})
    for severity in (Severity.SUSPEND, Severity.NOOP):
        await alpha.run(domains.restrict(alpha.instance, "evil.example", None, Restriction(severity)))
        await (seen(alpha, gus) if severity is Severity.SUSPEND else settle(alpha))
        assert (await alpha.ask(lambda: Actor.get(uri=gus.uri))).is_gone is (severity is Severity.SUSPEND), "or a name below it"

    # one undoes not the other, and the host counts whatever is thought of the domain
    for first, second in ((peer, domain), (domain, peer)):
        for severity, server in product((Severity.SUSPEND, Severity.NOOP), (first, second)):
            await alpha.run(domains.restrict(alpha.instance, server.host, None, Restriction(severity)))
            is_back = severity is Severity.NOOP and server is second
            assert (await alpha.ask(lambda: Actor.get(uri=bea.uri))).is_gone is not is_back
            assert (await both_see(dan))[0] is is_back
