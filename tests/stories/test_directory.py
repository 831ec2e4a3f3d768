"""Members who agreed are found on partners' servers, under names that tell nothing, and no longer than they agree."""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from federation import listing_documents, listing_sync
from models import (
    Actor,
    Community,
    DirectoryPeer,
    Disclosure,
    Host,
    Listing,
    Member,
    OfferedListing,
    ProfileValue,
    Withdrawal,
    clock,
)
from models.consent import Purpose
from models.profile import ProfileLine
from models.reach import Reach
from models.withdrawal import WithdrawalState
from server.actions import listings, sharing
from tests.live import LiveServer, settle

CONDITION = "ORPHA:558"
LINES = {ProfileLine.CONDITION: CONDITION, ProfileLine.ROLE: "living", ProfileLine.PLACE: "FR", ProfileLine.AGE: "40-49"}


async def until(question: Callable[[], Awaitable[Any]], seconds: float = 20) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(seconds):
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
    gone = await alpha.ask(lambda: Disclosure.get(object_uri=found.uri, host=beta.host))
    assert gone.ended_at

    await say(alpha, alice, Purpose.FOUND_BY_PARTNERS, True)
    await until(lambda: listed(beta, alpha))
    [anew] = await listed(beta, alpha)
    assert anew.uri != found.uri, "a new yes has a new name"
    await settle(alpha, beta)


_ = (DirectoryPeer, OfferedListing, listing_sync, listings)
