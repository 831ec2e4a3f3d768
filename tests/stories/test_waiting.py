"""Two people on two servers wait with the same condition: they hear of each other only if both say yes."""
from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from federation import directories
from models import (
    Actor,
    Disclosure,
    Follow,
    Host,
    InboxItem,
    Introduction,
    Notification,
    OfferedListing,
    OutgoingActivity,
    ProfileValue,
    WaitingEntry,
    WaitingMatch,
    WaitingThere,
    Withdrawal,
)
from models.consent import Purpose
from models.notification import Notice
from models.profile import ProfileLine
from models.waiting import MatchState
from models.withdrawal import WithdrawalState
from server.actions import listings, waiting, waiting_exchange
from server.errors import Refused
from tests import catalogue
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.stories.test_directory import say, until

CODE = "ORPHA:324"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Matches are told without the pause."""
    monkeypatch.setattr(waiting, "SETTLED_AFTER", timedelta(0))


async def person(server: LiveServer, name: str, code: str = CODE, *, agrees: bool = True) -> Actor:
    """A member with a condition that nobody is shown."""
    if not (Path(server.settings.var_dir) / "catalogue").exists():
        catalogue.lay(Path(server.settings.var_dir))
    actor = await server.member(name, approves=True)
    await server.ask(lambda: ProfileValue.create(actor=actor, line=ProfileLine.CONDITION, code=code))
    if agrees:
        await say(server, actor, Purpose.FOUND_BY_PARTNERS, True)
    return actor


async def told(server: LiveServer, actor: Actor) -> list[WaitingMatch]:
    """What a member was told of others who wait."""
    return await server.ask(lambda: WaitingMatch.filter(actor_id=actor.id).exclude(state=MatchState.NEW))


async def answer(server: LiveServer, actor: Actor, wanted: bool) -> None:
    """On the page."""
    async with Browser(server, actor) as browser:
        page = await browser.get("/people/waiting")
        assert "Somebody else waits too" in page
        [match] = await told(server, actor)
        await browser.post(f"/people/waiting/{match.key}", {"do": "yes" if wanted else "no"})


async def follow_each_other(server: LiveServer, one: Actor, two: Actor) -> bool:
    """As far as this server knows."""
    both = await server.ask(lambda: Follow.filter(accepted_at__isnull=False).select_related("follower", "target"))
    return {(one.uri, two.uri), (two.uri, one.uri)} <= {(row.follower.uri, row.target.uri) for row in both}


async def matched(alpha: LiveServer, beta: LiveServer) -> tuple[Actor, Actor]:
    """Alice of alpha and Bea of beta wait with the same, and were told of it; Zoe of beta waits with something else."""
    alice, bea, zoe = await person(alpha, "alice"), await person(beta, "bea"), await person(beta, "zoe", "ORPHA:558")
    async with Browser(alpha, alice) as browser:
        await browser.post("/people/waiting", {"do": "join", "code": CODE})
    await beta.run(waiting.join(bea, CODE))
    await beta.run(waiting.join(zoe, "ORPHA:558"))
    await until(lambda: told(alpha, alice))
    await until(lambda: told(beta, bea))
    assert not await told(beta, zoe)
    return alice, bea


async def test_two_yeses_and_they_meet(alpha: LiveServer, beta: LiveServer, gamma: LiveServer) -> None:
    await alpha.ask(lambda: Host.filter(name=gamma.host).delete())  # gamma is nobody's partner
    await beta.ask(lambda: Host.filter(name=gamma.host).delete())
    alice, bea = await matched(alpha, beta)
    rows = await beta.ask(lambda: WaitingThere.filter(host=alpha.host))
    assert len(rows) == 16, "how many wait is not told"
    sent = await alpha.ask(lambda: OutgoingActivity.filter(kind="Update"))
    said = "".join(one.body for one in sent if "WaitingList" in one.body)
    assert said and CODE not in said and alice.key not in said
    assert alice.name not in said and alice.uri not in said
    [entry] = await alpha.ask(lambda: WaitingEntry.filter(actor_id=alice.id))
    known = await alpha.ask(lambda: Disclosure.get(actor_id=alice.id, host=beta.host, kind="WaitingList"))
    assert known.consent_id and known.object_uri.endswith(entry.key)
    assert (await gamma.fetch(known.object_uri))[0] in (401, 403, 404) and not await gamma.ask(lambda: WaitingThere.all().count())
    assert not await gamma.ask(lambda: InboxItem.all().count()), "who is no partner is sent nothing"

    await answer(beta, bea, True)
    await settle(alpha, beta)
    assert not await alpha.ask(lambda: Actor.filter(uri=bea.uri).count()), "one yes tells nothing"
    [match] = await told(alpha, alice)
    assert match.state is MatchState.TOLD and not await alpha.run(_introductions())
    await answer(alpha, alice, True)
    await until(lambda: follow_each_other(alpha, alice, bea))
    await until(lambda: follow_each_other(beta, alice, bea))
    await alpha.run(waiting_exchange.settle())
    assert [one.state for one in await told(alpha, alice)] == [MatchState.MET]


async def _introductions() -> list[Introduction]:
    """Those that any page would show to somebody."""
    return await Introduction.filter(is_asker=False)


async def test_a_no_is_silent_and_who_leaves_is_gone_there(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await matched(alpha, beta)
    us, them = await alpha.run(directories.ours()), await beta.run(directories.ours())
    assert us and them
    (first, asker), (second, asked) = sorted([(alpha, alice), (beta, bea)], key=lambda one: one[0].origin)
    heard = await first.ask(lambda: InboxItem.all().count())
    await answer(second, asked, False)
    await answer(first, asker, True)
    await settle(alpha, beta)
    for server in (alpha, beta):
        await server.run(waiting_exchange.settle())
    await settle(alpha, beta)
    assert await first.ask(lambda: InboxItem.all().count()) == heard, "nothing came back"
    assert not await follow_each_other(first, alice, bea)
    assert not await second.ask(lambda: Introduction.all().count()), "and nothing is shown to who said no"

    [entry] = await alpha.ask(lambda: WaitingEntry.filter(actor_id=alice.id))
    uri = f"{us.uri}/waiting/{entry.key}"
    assert await beta.ask(lambda: WaitingThere.exists(uri=uri))
    await say(alpha, alice, Purpose.FOUND_BY_PARTNERS, False)  # takes the wait back too

    async def confirmed() -> bool:
        return await Withdrawal.filter(actor_id=alice.id, object_uris=[uri], state=WithdrawalState.CONFIRMED).exists()
    await until(lambda: alpha.ask(confirmed))
    assert not await beta.ask(lambda: WaitingThere.exists(uri=uri)) and not await told(beta, bea)
    assert (await alpha.ask(lambda: Disclosure.get(object_uri=uri))).ended_at
    assert not await told(alpha, alice) and not await alpha.ask(lambda: Notification.filter(kind=Notice.WAITING).count())
    with pytest.raises(Refused):
        await alpha.run(waiting.join(alice, CODE))

    listed = await beta.ask(lambda: OfferedListing.get(actor_id=bea.id))
    await beta.run(waiting.leave(bea, CODE))
    for _ in range(2):
        await beta.run(listings.settle())
    assert (await beta.ask(lambda: OfferedListing.get(actor_id=bea.id))).key == listed.key, "her place in the directory stays"


async def test_within_one_community(alpha: LiveServer) -> None:
    alice, ada = await person(alpha, "alice"), await person(alpha, "ada")
    for one in (alice, ada):
        await alpha.run(waiting.join(one, CODE))
    await until(lambda: told(alpha, alice))
    await until(lambda: told(alpha, ada))
    await answer(alpha, alice, True)
    assert not await follow_each_other(alpha, alice, ada)
    await answer(alpha, ada, True)
    assert await follow_each_other(alpha, alice, ada)
    assert await alpha.ask(lambda: Notification.filter(kind=Notice.MET).count()) == 2
