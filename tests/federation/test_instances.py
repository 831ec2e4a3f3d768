"""Who speaks for another server: as it says itself, in each of three ways; and nobody who only says so."""
from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web

from federation import instances, webfinger, withdrawal_watch
from federation.errors import FederationError, Refused
from models import Actor, Charter, Community, Host, InboxItem
from models.errors import NotHere
from models.host import Standing
from server.actions import partners
from tests.conftest import NewDatabase
from tests.live import LiveServer, settle
from tests.peer import ACTIVITY, Document, Peer, PeerActor
from tests.stories import scene

WEBFINGER = "/.well-known/webfinger"
NODEINFO = "/.well-known/nodeinfo"


@pytest.fixture
async def other() -> AsyncIterator[Peer]:
    """A server that says nothing of who speaks for it, and is unknown."""
    async with Peer() as peer:
        del peer.pages[f"{WEBFINGER}?resource={peer.origin}/"]
        yield peer


def offer(alpha: LiveServer, peer: Peer, by: PeerActor) -> Document:
    """Somebody asks us to become partners."""
    return by.does("Offer", {"type": "Relationship", "subject": by.uri, "object": f"{alpha.origin}/actor",
                             "relationship": f"{peer.origin}/ns#partner"})


async def known(alpha: LiveServer, peer: Peer) -> Host:
    """What is known of a server."""
    return await alpha.ask(lambda: Host.called(peer.host))


async def found(alpha: LiveServer, peer: Peer, *, anew: bool = False) -> str:
    """Whom we find to speak for a server, or why nobody is."""
    try:
        return (await alpha.run(instances.instance_actor(alpha.instance, peer.host, anew=anew))).uri
    except (FederationError, NotHere) as error:
        return type(error).__name__


def refused(alpha: LiveServer, by: PeerActor) -> Any:
    """What became of what somebody sent."""
    return alpha.ask(lambda: InboxItem.filter(sender_uri=by.uri).order_by("id").values_list("outcome", flat=True))


async def test_the_first_program_of_a_server_does_not_speak_for_it(alpha: LiveServer, other: Peer) -> None:
    """Neither before nor after the one is known whom the server names; nor does it answer, promise or end in its name."""
    program = other.actor("program", kind="Application")
    await scene.deliver(alpha, other, program, offer(alpha, other, program))
    assert await refused(alpha, program) == ["does not speak for its server"]
    assert (await known(alpha, other)).instance_uri == "" and not (await known(alpha, other)).asked_us_at

    other.names(other.instance)
    await alpha.ask(lambda: alpha.instance.client._failures._failures.clear() or settle(alpha))
    asked = offer(alpha, other, program)
    await scene.deliver(alpha, other, program, asked)
    assert (await known(alpha, other)).instance_uri == other.instance.uri, "as the server says now"
    assert not (await known(alpha, other)).asked_us_at
    await alpha.run(partners.ask(alpha.instance, other.origin, None))
    await settle(alpha)
    ours = other.of_kind("Offer")[0]
    charter = {"type": "Charter", "id": f"{other.origin}/charter/1", "attributedTo": program.uri}
    held = {"id": f"{alpha.origin}/activities/made-up", "type": "Offer", "actor": f"{alpha.origin}/actor",
            "object": {"type": "Relationship", "subject": f"{alpha.origin}/actor", "object": program.uri,
                       "relationship": f"{alpha.origin}/ns#partner"}}
    await scene.deliver(alpha, other, program, *(program.does(kind, thing) for kind in ("Accept", "Undo", "Reject")
                                                 for thing in (ours["id"], held)))
    await other.become(alpha)
    await scene.deliver(alpha, other, program, program.does("Update", charter), program.does("Withdraw", [f"{other.origin}/1"]),
                        program.does("Undo", held))
    host = await known(alpha, other)
    assert (host.standing, host.instance_uri) == (Standing.PARTNER, other.instance.uri)
    assert host.asked_them_at and not await alpha.ask(lambda: Charter.exists(host=other.host))

    await scene.deliver(alpha, other, other.instance, other.instance.does("Undo", ours["id"]))
    assert (await known(alpha, other)).standing is Standing.UNKNOWN, "its own actor ends it"


async def test_a_server_says_it_in_one_of_three_ways(alpha: LiveServer, other: Peer) -> None:
    """FEP-d556 as it is written and as Mastodon does it, FEP-2677, and the account that has the server's own name."""
    async def forget() -> None:
        alpha.instance.client._failures._failures.clear()
        await Host.filter(name=other.host).delete()
    vera, account = other.actor("vera"), f"acct:127.0.0.1@{other.host}"
    to_instance = {"type": ACTIVITY, "href": other.instance.uri}
    to_vera = {"type": ACTIVITY, "href": vera.uri}
    other.finger(account, account, to_instance | {"rel": "self"})
    assert await found(alpha, other) == other.instance.uri
    other.finger(account, f"acct:vera@{other.host}", to_instance | {"rel": "self"})
    await alpha.run(forget())
    assert await found(alpha, other) == "NotHere", "it is about somebody else"

    other.show(f"{other.origin}{NODEINFO}", {"links": [{"rel": instances.APPLICATION, "href": other.instance.uri}]},
               "application/json; charset=utf-8")
    await alpha.run(forget())
    assert await found(alpha, other) == other.instance.uri
    other.pages.pop(NODEINFO)

    for links in ([to_vera | {"rel": "self"}, to_instance | {"rel": instances.SERVICE}],
                  [to_vera | {"rel": instances.SERVICE, "properties": {"http://schema.org/roleName": "moderation"}},
                   to_instance | {"rel": instances.SERVICE}], [{"rel": "self", "href": vera.uri}, to_instance | {"rel": "self"}]):
        other.finger(f"{other.origin}/", other.origin, *links)
        await alpha.run(forget())
        other.looked_up.clear()
        assert await found(alpha, other) == other.instance.uri
        assert other.looked_up == [f"{WEBFINGER}?resource={other.origin}/", "/users/instance"], "one question, one answer"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_software_that_names_none_of_these_but_keeps_a_name_for_itself(alpha: LiveServer, other: Peer) -> None:
    """Misskey, its forks and Pleroma, which say in NodeInfo that they are it; the same name elsewhere is a person's to choose.
    And who is named and is no program, as WordPress names its blog, does not stand in the way of who is.
    """
    account, schema = f"acct:instance.actor@{other.host}", "http://nodeinfo.diaspora.software/ns/schema/2.0"
    to_instance = {"type": ACTIVITY, "href": other.instance.uri, "rel": "self"}
    blog, vera = other.actor("blog", kind="Group"), other.actor("vera")

    def runs(software: Any, at: str = "") -> None:
        other.show(f"{other.origin}{NODEINFO}", {"links": [{"rel": schema, "href": f"{at or other.origin}/nodeinfo/2.0"}]},
                   "application/json")
        other.show(f"{other.origin}/nodeinfo/2.0", {"version": "2.0", "software": software, "metadata": {"x": "y" * 99_000}},
                   "application/json")
    other.finger(account, account, to_instance)
    for software in ({"name": "mastodon"}, {"name": "WordPress"}, {"name": ["misskey"]}, "misskey", None, {"name": "pleroma"}):
        runs(software)
        assert await found(alpha, other, anew=True) == "NotHere", software
    runs({"name": "misskey"}, at="http://127.0.0.1:1")
    assert await found(alpha, other, anew=True) == "NotHere", "said by somebody else"
    runs({"name": "Misskey"})
    other.finger(account, f"acct:vera@{other.host}", to_instance)
    assert await found(alpha, other, anew=True) == "NotHere", "about somebody else"
    other.finger(account, account, to_instance | {"href": vera.uri})
    assert await found(alpha, other, anew=True) == "NoApplication"
    other.finger(account, account, to_instance)
    assert await found(alpha, other, anew=True) == other.instance.uri
    other.pages.pop(f"{WEBFINGER}?resource={account}")
    for name, software in (("system.actor", "misskey"), ("system.actor", "sharkey"), ("instance.actor", "Iceshrimp.NET"),
                           ("internal.fetch", "pleroma"), ("internal.fetch", "akkoma"), ("127.0.0.1", "gotosocial")):
        await alpha.ask(lambda: Host.filter(name=other.host).delete())
        runs({"name": software})
        account = f"acct:{name}@{other.host}"
        for subject, speaker in ((f"acct:vera@{name}", "NotHere"), (f"acct:{name}@people.example", other.instance.uri)):
            other.finger(account, subject, to_instance)  # addresses may be on another domain, and never somebody else's
            assert await found(alpha, other, anew=True) == speaker, (software, subject)
        runs({"name": "mastodon"})
        await alpha.ask(lambda: Host.filter(name=other.host).delete())
        assert await found(alpha, other, anew=True) == "NotHere", "there it is a name that a person may have"
        other.pages.pop(f"{WEBFINGER}?resource={account}")

    other.finger(f"{other.origin}/", other.origin, to_instance | {"href": blog.uri})
    other.show(f"{other.origin}{NODEINFO}", {"links": [{"rel": instances.APPLICATION, "href": other.instance.uri}]},
               "application/json")
    for is_known in (True, False):
        assert await found(alpha, other, anew=not is_known) == other.instance.uri
    assert not await alpha.ask(lambda: Actor.exists(uri=blog.uri))


@pytest.fixture
async def third() -> AsyncIterator[Peer]:
    """A server that nobody asked anything."""
    async with Peer() as peer:
        yield peer


async def test_nobody_comes_to_speak_for_a_server_by_a_lie_or_an_accident(alpha: LiveServer, other: Peer, third: Peer) -> None:
    """A person, somebody elsewhere (who is not asked), another id than was named, detours, circles, what is huge or broken."""
    answers = {"leads": 0}
    async def away(_: web.Request) -> web.Response:
        answers["leads"] += 1
        raise web.HTTPFound(f"{third.origin}{WEBFINGER}?resource={third.origin}/")
    async def circle(request: web.Request) -> web.Response:
        answers["leads"] += 1
        raise web.HTTPFound(f"{request.path}?resource={answers['leads']}")
    vera, resource = other.actor("vera"), f"{WEBFINGER}?resource={other.origin}/"
    moved = other.actor("moved", kind="Application")
    other.pages["/users/moved"] = (200, ACTIVITY, json.dumps(moved.document | {"id": f"{other.origin}/users/elsewhere"}))

    posing, real = f"{other.origin}/users/posing", other.actor("real", kind="Application")
    other.show(posing, real.document)

    async def hop(_: web.Request) -> web.Response:
        raise web.HTTPFound(real.uri)
    other.pages["/users/hop"] = hop

    def names(uri: Any) -> None:
        other.finger(f"{other.origin}/", other.origin, {"rel": instances.SERVICE, "type": ACTIVITY, "href": uri})
    for uri, error in ((vera.uri, "NoApplication"), (third.instance.uri, "Malformed"), (moved.uri, "NotHere"),
                       (posing, "Malformed"), (f"{other.origin}/users/hop", "Malformed"),
                       ("https://127.0.0.1/\x00", "NotHere"), ("javascript:alert(1)", "Malformed"), (["x"], "NotHere")):
        names(uri)
        assert await found(alpha, other, anew=True) == error, uri
        assert (await known(alpha, other)).instance_uri == "", uri
    assert third.fetched == third.looked_up == [], "no request goes where somebody else sends it"
    for page in (away, circle):
        other.pages[WEBFINGER], other.pages[resource] = page, page
        assert await found(alpha, other, anew=True) == "Refused"
    assert answers["leads"] < 10 and third.looked_up == []

    other.pages.pop(WEBFINGER)
    other.show(f"{other.origin}{NODEINFO}", {"links": [{"rel": instances.APPLICATION, "href": vera.uri}] * 3}, "application/json")
    for body, kind in (("{" + " " * webfinger.ANSWER_LIMIT_BYTES + "}", "application/jrd+json"), ("<html>", "text/html"),
                       ("[" * 5000, "application/jrd+json"), ('{"links": {"rel": "self"}}', "application/jrd+json")):
        other.show(f"{other.origin}{resource}", body, kind)
        assert await found(alpha, other, anew=True) == "NoApplication", "then NodeInfo is read, which names a person"
    for status, error in ((500, "Unreachable"), (429, "Unreachable"), (403, "Refused"), (401, "Refused")):
        other.show(f"{other.origin}{resource}", "", status=status)
        other.looked_up.clear()
        assert await found(alpha, other, anew=True) == error
        assert NODEINFO not in other.looked_up, "who is slow or unwilling is not asked in another way"
    assert (await known(alpha, other)).instance_uri == ""


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_nor_by_what_is_asked_for_somebody_else_at_the_same_time(alpha: LiveServer, other: Peer, third: Peer) -> None:
    """Who looks up an address follows it to another server that we exchange with, and they share one request: this may not."""
    mallory, account = other.actor("mallory", kind="Application"), f"acct:127.0.0.1@{other.host}"
    asked, go_on = asyncio.Event(), asyncio.Event()
    for one in (other, third):
        await one.become(alpha)
    third.finger(account, account, {"rel": "self", "type": ACTIVITY, "href": mallory.uri})

    async def away(_: web.Request) -> web.Response:
        asked.set()
        await go_on.wait()
        raise web.HTTPFound(f"{third.origin}{WEBFINGER}?resource={account}")
    other.pages[WEBFINGER] = away

    async def both() -> Any:
        looking = asyncio.create_task(webfinger.account(alpha.instance, "127.0.0.1", other.host))
        await asked.wait()
        asking = asyncio.create_task(instances._of_account(alpha.instance, other.origin, "127.0.0.1", fresh=False))
        await asyncio.sleep(0.01)
        go_on.set()
        return await asyncio.gather(looking, asking, return_exceptions=True)
    seen, refusal = await alpha.run(both())
    assert seen["links"][0]["href"] == mallory.uri, "a lookup may lead to another server that we exchange with"
    assert isinstance(refusal, Refused)
    assert third.looked_up.count(f"{WEBFINGER}?resource={account}") == 1


async def test_a_known_one_is_replaced_when_a_person_asks_anew_and_never_of_a_partner(alpha: LiveServer, other: Peer) -> None:
    """Whoever comes to answer at that address later takes over no trust that was given to somebody else."""
    heir = other.actor("heir", kind="Application")
    other.names(other.instance)
    assert await found(alpha, other) == other.instance.uri
    other.names(heir)
    assert await found(alpha, other) == "Supplanted" and (await known(alpha, other)).instance_uri == other.instance.uri
    await scene.deliver(alpha, other, heir, offer(alpha, other, heir))
    assert await refused(alpha, heir) == ["does not speak for its server"]
    await other.become(alpha)
    assert await found(alpha, other, anew=True) == "Supplanted" and (await known(alpha, other)).title == "Instance"
    await other.become(alpha, Standing.UNKNOWN)
    with pytest.raises(FederationError):
        await alpha.run(partners.ask(alpha.instance, "127.0.0.1:1", None))
    await alpha.run(partners.ask(alpha.instance, other.host, None))
    assert ((host := await known(alpha, other)).instance_uri, host.title) == (heir.uri, "Heir")


async def test_one_that_is_seen_is_asked_after_while_we_exchange(alpha: LiveServer, other: Peer, alice: Actor) -> None:
    """With open federation nobody shakes hands: whose program we meet is asked who speaks for it, and others are not."""
    await alpha.ask(lambda: Community.all().update(is_open_federation=True))
    other.names(other.instance)
    vera = other.actor("vera")

    async def learn() -> int:
        return await withdrawal_watch.learn_due(alpha.instance)
    await alpha.run(other_standing(other))
    await scene.deliver(alpha, other, vera, vera.does("Follow", alice.uri))
    await alpha.run(learn())
    assert f"{WEBFINGER}?resource={other.origin}/" not in other.looked_up
    await scene.deliver(alpha, other, other.instance, other.instance.does("Flag", [alice.uri]))
    async with asyncio.timeout(10):
        while not (await known(alpha, other)).instance_uri:
            await alpha.run(learn())
    assert (await known(alpha, other)).title == "Instance"


async def other_standing(other: Peer) -> None:
    """Its host let it in by itself."""
    await (await Host.called(other.host)).change(standing=Standing.OPEN)


async def test_a_server_that_never_answers_is_given_up_in_time(new_database: NewDatabase, tmp_path: Path, other: Peer) -> None:
    """One deadline over all that is asked; then nobody is asked in a weaker way, and what waits is tried again."""
    release = asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        await release.wait()
        return web.Response()
    async with LiveServer(await new_database(), tmp_path / "quick", fetch_timeout_seconds=0.4) as quick:
        other.pages[WEBFINGER] = slow
        assert await found(quick, other) == "Unreachable"
        instance = other.instance
        assert await other.send(quick, offer(quick, other, instance), instance) == 202
        async with asyncio.timeout(10):
            while not await quick.ask(lambda: InboxItem.exists(sender_uri=instance.uri, attempts__gt=0)):
                await asyncio.sleep(0.05)
        assert NODEINFO not in other.looked_up and (await known(quick, other)).instance_uri == ""
        release.set()


async def test_what_we_say_of_ourselves_is_what_the_proposals_want(alpha: LiveServer, peer: Peer) -> None:
    """FEP-d556 with and without the slash, with filters (RFC 7033 §4.3), and FEP-2677; the actor can be read by anybody."""
    actor = f"{alpha.origin}/actor"
    for resource in (f"{alpha.origin}/", alpha.origin):
        status, body = await peer.get(alpha, f"{WEBFINGER}?resource={resource}")
        answer = json.loads(body)
        links = [(link["rel"], link["href"]) for link in answer["links"] if link["type"] == ACTIVITY]
        assert status == 200 and answer["subject"] == actor and links == [(instances.SERVICE, actor), ("self", actor)]
    rels = [json.loads((await peer.get(alpha, f"{WEBFINGER}?resource={alpha.origin}/{more}"))[1])["links"]
            for more in (f"&rel={quote(instances.SERVICE, safe='')}", "&rel=self&rel=nothing", "&rel=nothing")]
    assert [[link["rel"] for link in links] for links in rels] == [[instances.SERVICE], ["self", "self"], []]
    account = json.loads((await peer.get(alpha, f"{WEBFINGER}?resource=acct:127.0.0.1@{alpha.host}"))[1])
    assert account["subject"] == f"acct:127.0.0.1@{alpha.host}", "as Mastodon looks for the name in the document"
    assert instances.SERVICE not in [link["rel"] for link in account["links"]]
    links = json.loads((await peer.get(alpha, NODEINFO))[1])["links"]
    assert [link["href"] for link in links if link["rel"] == instances.APPLICATION] == [actor]
    status, body = await peer.get(alpha, "/actor")
    assert status == 200 and json.loads(body)["type"] == "Application" and json.loads(body)["id"] == actor
