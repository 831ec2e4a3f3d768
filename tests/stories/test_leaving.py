"""Somebody leaves: hidden at once, back within two weeks, and gone everywhere after it."""
from __future__ import annotations

from datetime import timedelta

from aiohttp import ClientSession

from models import Actor, ActorKey, ConsentRecord, Departure, Disclosure, Like, Member, OutgoingMail, Post, Session, clock
from models.mail import Letter
from models.member import MemberState, Role
from models.reach import Reach
from moderation import consent
from server.actions import departures, links, names, reactions
from server.actions.departures import Kind
from server.keys import MEDIA
from server.words.language import gettext_for
from tests.live import LiveServer, settle
from tests.stories.scene import befriend, known, sees


async def _member(actor: Actor) -> Member:
    return await Member.get(actor_id=actor.id).select_related("actor")


async def test_hidden_at_once_and_back_after_signing_in(alpha: LiveServer) -> None:
    alice, carol = await alpha.member("alice", email="a@example.org", confirmed=True), await alpha.member("carol")
    post = await alpha.write(alice, "Mine", Reach.COMMUNITY)
    assert await sees(alpha, carol, post.uri)

    async def leave() -> str:
        member = await _member(alice)
        await Session.create(member=member, token_digest="x", expires_at=clock.now() + timedelta(days=1))
        departure = await departures.leave(member, [])
        assert timedelta(days=13) < departure.ends_at - clock.now() <= timedelta(days=14)
        assert not await Session.exists() and await OutgoingMail.exists(kind=Letter.CLOSING)
        assert await departures.end_due(alpha.app[MEDIA]) == 0  # its time has not come
        return await departures.way_back(await _member(alice))
    token = await alpha.run(leave())
    assert not await sees(alpha, carol, post.uri)

    async with ClientSession() as http:  # whoever has signed in is asked, and a button brings everything back
        async with http.get(f"{alpha.origin}/return/{token}") as page:
            assert page.status == 200 and f"/return/{token}" in await page.text()
        async with http.post(f"{alpha.origin}/return/{token}", allow_redirects=False) as answer:
            assert answer.status == 303 and answer.headers["Location"] == "/home"
        async with http.post(f"{alpha.origin}/return/{token}") as again:
            assert again.status == links.LinkSpent.status
    assert await sees(alpha, carol, post.uri)
    assert (await alpha.run(_member(alice))).state is MemberState.ACTIVE


async def test_the_end_erases_here_and_at_those_who_have_a_copy(alpha: LiveServer, beta: LiveServer) -> None:
    alice, carol = await alpha.member("alice", email="a@example.org", confirmed=True), await alpha.member("carol")
    bea = await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    began = await alpha.write(carol, "Hers", Reach.COMMUNITY)
    answer = await alpha.write(alice, "An answer that stays", Reach.COMMUNITY, parent=began)
    mine = await alpha.write(alice, "Mine", Reach.PARTNERS)
    note = await alpha.write(alice, "For me", Reach.ME)
    await alpha.run(reactions.thank(alice, began))
    await settle(alpha, beta)
    assert await known(beta, mine)

    async def end() -> list[str]:
        await departures.leave(await _member(alice), [Kind.ANSWERS, Kind.REACTIONS])
        await Departure.all().update(ends_at=clock.now())
        while await departures.end_due(alpha.app[MEDIA]):
            if await Departure.exists(ended_at__isnull=False):
                break
        return await departures.recipients(alice.id)
    assert await alpha.run(end()) == [beta.host]
    await settle(alpha, beta)

    left = await alpha.ask(lambda: Actor.get(id=alice.id))
    assert left.deleted_at and "alice" not in left.name and not left.display_name
    assert not await alpha.ask(lambda: Member.filter(actor_id=alice.id).exists())
    assert not await alpha.ask(lambda: Actor.filter(name="alice", host="").exists())
    assert await alpha.run(names.fault("alice", gettext_for("en")))  # the name is never given again
    for gone in (mine, note):
        assert (row := await known(alpha, gone)) and row.deleted_at and not row.text
    kept = await known(alpha, answer)
    assert kept and "stays" in kept.html and kept.author.name == departures.FORMER
    assert await sees(alpha, carol, answer.uri) and await alpha.ask(lambda: Like.filter(post_id=began.id).count()) == 1
    assert not [row for row in await alpha.run(ConsentRecord.last_words(alice.id)) if consent.is_in_force(row)]
    letter = await alpha.ask(lambda: OutgoingMail.get_or_none(kind=Letter.CLOSED))
    assert letter is None or beta.host in letter.details["hosts"]

    # the other server: nothing of her is left, and her address says that she is gone
    assert await known(beta, mine) is None
    there = await beta.ask(lambda: Actor.get(uri=alice.uri))
    assert there.deleted_at and not there.display_name
    assert not await alpha.ask(lambda: Disclosure.filter(actor_id=alice.id, ended_at__isnull=True).exists())
    assert (await beta.fetch(alice.uri))[0] == 410 and (await beta.fetch(answer.uri))[0] == 404

    async def keys() -> int:
        await departures.end_due(alpha.app[MEDIA])
        return await ActorKey.filter(actor_id=alice.id).count()
    assert await alpha.run(keys()) == 0


async def test_the_last_host_cannot_leave(alpha: LiveServer) -> None:
    odile = await alpha.member("odile", role=Role.HOST)

    async def leave() -> int:
        try:
            await departures.leave(await _member(odile), [])
        except departures.accounts.LastHost:
            return await Departure.all().count() + await Post.all().count()
        return -1
    assert await alpha.run(leave()) == 0
