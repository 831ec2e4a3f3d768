"""Members who agreed are found on partners' servers, under names that tell nothing, and no longer than they agree."""
from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from federation import listing_documents
from models import (
    Actor,
    Community,
    Disclosure,
    Follow,
    Host,
    InboxItem,
    Introduction,
    Listing,
    Member,
    Notification,
    OfferedListing,
    OutgoingActivity,
    ProfileValue,
    Withdrawal,
    clock,
)
from models.consent import Purpose
from models.database import tuples
from models.errors import NotHere
from models.notification import Notice
from models.profile import ProfileLine
from models.reach import Reach
from models.withdrawal import WithdrawalState
from server.actions import departures, host_blocks, introductions, listings, sharing
from server.keys import INSTANCE, MEDIA
from tests.browser import Browser
from tests.live import PATIENCE_SECONDS, LiveServer, settle

TOKEN = re.compile(r'name="csrf" value="[^"]*"')
CONDITION = "ORPHA:558"
LINES = {ProfileLine.CONDITION: CONDITION, ProfileLine.ROLE: "living", ProfileLine.PLACE: "FR", ProfileLine.AGE: "40-49"}


async def until(question: Callable[[], Awaitable[Any]]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await question():
            await asyncio.sleep(0.05)


async def say(server: LiveServer, actor: Actor, purpose: Purpose, wanted: bool) -> None:
    """A yes or a no, as the page does it."""
    async def speak() -> None:
        member = await Member.get(actor_id=actor.id).select_related("actor")
        await sharing.say(member, purpose, wanted, "en", await Community.current())
    await server.run(speak())


async def findable(server: LiveServer, name: str, **told: str) -> Actor:
    """A member who tells partners some lines, and agreed to being found there."""
    actor = await server.member(name)

    async def tell() -> None:
        community = await Community.current()
        member = await Member.get(actor_id=actor.id).select_related("actor")
        await sharing.say(member, Purpose.HEALTH_PROFILE, True, "en", community)
        for line, code in (LINES | {ProfileLine(line): code for line, code in told.items()}).items():
            await ProfileValue.create(actor=actor, line=line, code=code, text="")
        await sharing.show_lines(member.actor, dict.fromkeys(LINES, Reach.PARTNERS), "en", community)
    await server.run(tell())
    await say(server, actor, Purpose.FOUND_BY_PARTNERS, True)
    return actor


async def listed(server: LiveServer, host: LiveServer) -> list[Listing]:
    """Whom a server knows of another's list, without its canary."""
    return await server.ask(lambda: Listing.filter(host=host.host).exclude(condition="").order_by("place"))


async def test_found_where_agreed_and_gone_when_taken_back(alpha: LiveServer, beta: LiveServer, gamma: LiveServer) -> None:
    await alpha.ask(lambda: Host.filter(name=gamma.host).delete())  # gamma is nobody's partner
    await beta.ask(lambda: Host.filter(name=gamma.host).delete())
    alice = await findable(alpha, "alice")
    await until(lambda: listed(beta, alpha))
    [found] = await listed(beta, alpha)
    assert (found.condition, found.role, found.country, found.age) == (CONDITION, "living", "FR", "40-49")
    assert alice.key not in found.uri + found.stamp_uri and alice.name not in found.uri
    assert found.ends_at and found.ends_at > clock.now() + listing_documents.LIFETIME / 2

    status, stamp = await beta.fetch(found.stamp_uri)
    assert status == 200 and b'"FeatureAuthorization"' in stamp and alice.uri.encode() not in stamp
    paths = ("", "/listings", "/listings?page=first", "/outbox", "/followers")
    for url in (found.uri, found.stamp_uri, *(f"{alpha.origin}/directory{path}" for path in paths)):
        assert (await gamma.fetch(url))[0] in (403, 404), url
        assert (await beta.fetch(url))[0] == 200, url
    known = await alpha.ask(lambda: Disclosure.get(object_uri=found.uri, host=beta.host))
    assert known.actor_id == alice.id and known.consent_id

    await say(alpha, alice, Purpose.FOUND_BY_PARTNERS, False)
    assert (await beta.fetch(found.uri))[0] == (await beta.fetch(found.stamp_uri))[0] == 404

    async def confirmed() -> bool:
        return await Withdrawal.filter(actor_id=alice.id, state=WithdrawalState.CONFIRMED).exists()
    await until(lambda: alpha.ask(confirmed))
    assert not await listed(beta, alpha)
    for url in (found.uri, found.stamp_uri, *(f"{alpha.origin}/directory{path}" for path in paths)):
        assert await unsigned(url) in (401, 403, 404), url
    gone = await alpha.ask(lambda: Disclosure.get(object_uri=found.uri, host=beta.host))
    assert gone.ended_at

    await say(alpha, alice, Purpose.FOUND_BY_PARTNERS, True)
    await until(lambda: listed(beta, alpha))
    [anew] = await listed(beta, alpha)
    assert anew.uri != found.uri, "a new yes has a new name"
    await settle(alpha, beta)



async def test_no_two_partners_are_told_a_name_in_common(alpha: LiveServer, beta: LiveServer, gamma: LiveServer) -> None:
    alice = await findable(alpha, "alice")
    told = []
    for partner in (beta, gamma):
        await until(lambda partner=partner: listed(partner, alpha))  # type: ignore[misc]
        told += await listed(partner, alpha)
    one, other = told
    own = await alpha.ask(lambda: Listing.filter(actor_id=alice.id).values_list("uri", flat=True))
    names = [one.uri, other.uri, one.stamp_uri, other.stamp_uri, alice.uri, *map(str, own)]
    keys = [name.rpartition("/")[2] for name in names]
    assert len(set(names)) == len(set(keys)) == len(names), "nor one of its own"
    for partner, theirs in ((beta, other), (gamma, one)):
        for url in (theirs.uri, theirs.stamp_uri):
            assert (await partner.fetch(url))[0] == 404 and await unsigned(url) in (401, 403, 404), url
    pages = [(await partner.fetch(f"{alpha.origin}/directory/listings?page=first"))[1].decode() for partner in (beta, gamma)]
    assert one.uri in pages[0] and one.uri not in pages[1] and other.uri in pages[1] and other.uri not in pages[0]


async def unsigned(url: str) -> int:
    """What somebody without a signature is answered."""
    async with ClientSession() as http, http.get(url, headers={"Accept": "application/activity+json"}) as answer:
        return answer.status


async def introduced(alpha: LiveServer, beta: LiveServer) -> tuple[Actor, Actor, Listing]:
    """Alice of alpha is listed, and Bea of beta has asked to meet her."""
    alice, bea = await findable(alpha, "alice"), await beta.member("bea", approves=True)
    await alpha.run(approving(alice))
    await until(lambda: listed(beta, alpha))
    [found] = await listed(beta, alpha)
    async with Browser(beta, bea) as browser:
        for words in ("Help me: paypal.me/bea", "Call me at 06 12 34 56 78"):
            await browser.post(f"/people/directory/{found.key}", {"text": words})
            assert browser.status == 422 and "no link to pay" in browser.page and words in browser.page
    assert not await beta.ask(lambda: Introduction.exists())
    await beta.run(introductions.ask(bea, found.key, "I would like to talk about school."))
    await until(lambda: alpha.run(introductions.waiting(alice)))
    return alice, bea, found


async def approving(actor: Actor) -> None:
    await actor.change(approves_followers=True)


async def test_two_yeses_and_they_follow_each_other(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea, found = await introduced(alpha, beta)
    [asking] = await alpha.run(introductions.waiting(alice))
    assert asking.text == "I would like to talk about school."
    for server in (alpha, beta):
        assert [row[0] for row in await server.run(tuples("SELECT text FROM introduction"))] == [""], "sealed"
    told = await alpha.ask(lambda: InboxItem.filter(activity_uri=asking.offer_uri).first())
    assert told and bea.key not in asking.pseudonym_uri + asking.text and f"/{bea.name}" not in asking.pseudonym_uri
    assert await alpha.ask(lambda: Actor.filter(uri=bea.uri).count()) == 0, "nobody's address is known before two yeses"
    await beta.run(introductions.ask(bea, found.key, "Again"))
    await settle(alpha, beta)
    assert len(await alpha.run(introductions.waiting(alice))) == 1
    async with Browser(alpha, alice) as browser:
        assert "I would like to talk about school." in await browser.get("/people/introductions")
        await browser.post(f"/people/introductions/{asking.key}", {"do": "yes"})

    async def follow_each_other(server: LiveServer) -> bool:
        both = await server.ask(lambda: Follow.filter(accepted_at__isnull=False).select_related("follower", "target"))
        pairs = {(one.follower.uri, one.target.uri) for one in both}
        return {(alice.uri, bea.uri), (bea.uri, alice.uri)} <= pairs
    await until(lambda: follow_each_other(alpha))
    await until(lambda: follow_each_other(beta))


async def test_a_no_looks_like_silence(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea, found = await introduced(alpha, beta)
    [asking] = await alpha.run(introductions.waiting(alice))
    async with Browser(beta, bea) as browser:
        path = f"/people/directory/{found.key}"
        before = TOKEN.sub("", await browser.get(path))
        heard = await beta.ask(lambda: InboxItem.all().count())
        await alpha.ask(lambda: Introduction.create(actor=alice, host=beta.host, is_asker=False, offer_uri="x", listing_uri="y",
                                                    pseudonym_uri="z", ends_at=asking.ends_at))
        await alpha.run(introductions.answer(alice, asking.key, False))

        async def notices() -> int:
            return await Notification.filter(kind=Notice.INTRODUCTION, recipient_id=alice.id).count()
        assert await alpha.run(notices()) == 1, "somebody else still waits"
        await alpha.run(introductions.answer(alice, (await alpha.run(introductions.waiting(alice)))[0].key, False))
        assert await alpha.run(notices()) == 0
        await settle(alpha, beta)
        assert await beta.ask(lambda: InboxItem.all().count()) == heard, "a no is sent to nobody"
        assert TOKEN.sub("", await browser.get(path)) == before
    kept = await alpha.ask(lambda: Introduction.get(id=asking.id))
    assert (kept.text, kept.state) == ("", "declined")

    async def anew() -> None:
        await Introduction.all().delete()
        await introductions.ask(bea, found.key, "Please")
    await beta.run(anew())
    await settle(alpha, beta)
    assert not await alpha.run(introductions.waiting(alice)), "whoever was declined does not get through again"


async def test_a_server_that_is_gone_is_forgotten_after_two_weeks(alpha: LiveServer, beta: LiveServer,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    await findable(alpha, "alice")
    await until(lambda: listed(beta, alpha))
    await alpha.__aexit__()
    later = clock.now() + timedelta(days=15)
    monkeypatch.setattr(clock, "now", lambda: later)
    await beta.run(listings.settle())
    assert not await listed(beta, alpha)


async def test_who_took_the_yes_to_copies_back_is_named_to_nobody(alpha: LiveServer, beta: LiveServer) -> None:
    """Between asking and the answer: the address of the one who asked goes nowhere, although the other said yes."""
    alice, bea, _ = await introduced(alpha, beta)
    [asking] = await alpha.run(introductions.waiting(alice))
    await say(beta, bea, Purpose.SHARED_OUT, False)
    await alpha.run(introductions.answer(alice, asking.key, True))
    await settle(alpha, beta)
    assert await alpha.ask(lambda: InboxItem.filter(body__contains=bea.uri).count()) == 0
    assert await alpha.ask(lambda: Introduction.exclude(met_uri="").count()) == 0
    assert await alpha.ask(lambda: Actor.filter(uri=bea.uri).count()) == 0


async def test_a_server_that_a_member_blocks_gets_and_brings_nothing(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea, found = await introduced(alpha, beta)
    alice = await alpha.ask(lambda: Actor.get(id=alice.id))
    await alpha.run(host_blocks.block(alpha.app[INSTANCE], alice, beta.host))
    await until(lambda: _nobody(beta, alpha))
    assert not await alpha.ask(lambda: Notification.filter(kind=Notice.INTRODUCTION).count())
    await alpha.run(host_blocks.unblock(alice, beta.host))
    await until(lambda: listed(beta, alpha))
    [anew] = await listed(beta, alpha)
    assert anew.uri != found.uri, "a name that was taken back stays dead"

    await beta.run(host_blocks.block(beta.app[INSTANCE], bea, alpha.host))
    with pytest.raises(NotHere):
        await beta.run(introductions.ask(bea, anew.key, "Again"))
    async with Browser(beta, bea) as browser:
        assert anew.key not in await browser.get("/people/directory")
        async with browser.http.get(f"/people/directory/{anew.key}") as answer:
            assert answer.status == 404


async def _nobody(server: LiveServer, host: LiveServer) -> bool:
    return not await listed(server, host)


async def test_who_is_erased_at_once_is_taken_off_the_lists_of_partners(alpha: LiveServer, beta: LiveServer) -> None:
    """The rows go with the member; that they are to be removed elsewhere is said before."""
    alice = await findable(alpha, "alice")
    await until(lambda: listed(beta, alpha))

    async def erase() -> None:
        member = await Member.get(actor_id=alice.id).select_related("actor")
        await departures.erase(member, [], "asked by letter", alpha.app[MEDIA])
    await alpha.run(erase())
    assert not await alpha.ask(lambda: OfferedListing.filter(actor_id=alice.id).count())
    await until(lambda: _nobody(beta, alpha))
    assert await alpha.ask(lambda: OutgoingActivity.filter(kind="Remove").exists())
