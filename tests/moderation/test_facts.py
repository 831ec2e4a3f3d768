"""What the rules are told: each fact here hangs on one thing alone, which the case before it lacks."""
from __future__ import annotations

from typing import Any

import pytest

from federation.instance import ensure_actor
from models import Actor, Block, Community, Follow, Host, Post, Recipient, clock
from models.actor import Organisation
from models.host import Standing
from models.ids import new_key
from models.post import IN_REVIEW, AskedState, Permitted, Quotable
from models.reach import Reach
from moderation import facts
from moderation.facts import Asked
from tests.moderation.test_visibility import ORIGIN, follow, ours, theirs

FROM_HERE, FROM_THERE = Reach.COMMUNITY, Reach.PARTNERS


@pytest.fixture
async def alice(db: object) -> Actor:
    """Our member."""
    await ensure_actor(ORIGIN)
    for name, standing in (("p.example", Standing.PARTNER), ("q.example", Standing.PARTNER), ("quiet.example", Standing.LIMITED)):
        await (await Host.called(name)).change(standing=standing)
    return await ours("alice")


async def wrote(author: Actor, reach: Reach = FROM_THERE, **columns: Any) -> Post:
    """A message."""
    uri = f"{author.uri}/posts/{new_key()}"
    return await Post.create(**{"uri": uri, "author": author, "reach": reach, "conversation": uri, "html": "x"} | columns)


async def known(what: str, doer: Actor, target: Actor, **more: Any) -> Any:
    """One fact."""
    return getattr(await facts.between(doer, target, **more), what)


async def test_who_they_are_and_where(alice: Actor) -> None:
    now, vera = clock.now(), await theirs("vera")
    frozen, gone, away = [await ours(name, **{f"{name}_at": now}) for name in ("frozen", "deleted", "suspended")]
    moved, near = await theirs("moved", moved_to_uri="https://q.example/new"), await theirs("near", domain="quiet.example")
    plain = await facts.between(alice, vera)
    assert (plain.doer_writes, plain.doer_present, plain.target_present, plain.target_moved, plain.crosses) == (
        True, True, True, False, True)
    assert not await known("doer_writes", frozen, vera)
    assert [await known("doer_present", one, vera) for one in (gone, away)] == [False, False]
    assert [await known("target_present", vera, one) for one in (gone, away)] == [False, False]
    assert await known("target_moved", alice, moved) and not await known("crosses", moved, vera)
    for one, standing in ((alice, Standing.PARTNER), (vera, Standing.PARTNER), (near, Standing.LIMITED)):
        assert await known("doer_standing", one, vera) is await known("target_standing", vera, one) is standing
    await (await Community.current()).change(ceiling=Reach.COMMUNITY)
    assert [await known("ceiling", one, vera) for one in (alice, vera)] == [Reach.COMMUNITY, Reach.WEB]


async def test_the_yes_of_each_of_ours(alice: Actor) -> None:
    shy, vera, fay = await ours("shy", shares=False), await theirs("vera"), await theirs("fay")
    cases = ((alice, vera, FROM_HERE, True), (shy, vera, FROM_HERE, False), (vera, shy, FROM_HERE, False),
             (shy, alice, FROM_HERE, True), (shy, alice, FROM_THERE, False), (alice, shy, FROM_THERE, False),
             (vera, fay, FROM_THERE, True))
    for doer, target, reach, agreed in cases:
        assert await known("consents", doer, target, reach=reach) is agreed, (doer.name, target.name, reach)
    for author, reach, agreed in ((shy, FROM_HERE, True), (shy, FROM_THERE, False), (alice, FROM_THERE, True)):
        assert (await facts.about_publishing(author, reach)).consents is agreed


async def test_what_is_asked_together_is_told_apart(alice: Actor) -> None:
    """One message, which one server may read and the other may not; one of two conversations that is closed; one block."""
    bob, vera, fay = await ours("bob"), await theirs("vera"), await theirs("fay", "quiet.example")
    post, closed = await wrote(alice), await wrote(alice, settled_at=clock.now())
    await Block.create(blocker=alice, target=vera)
    told = await facts.of_all([Asked(vera, bob, FROM_HERE, post), Asked(fay, bob, FROM_HERE, post),
                               Asked(fay, bob, FROM_HERE, closed), Asked(vera, alice), Asked(bob, alice, FROM_HERE, closed)])
    assert [(one.sees_post, one.is_settled, one.blocked, one.parent_reach) for one in told] == [
        (True, False, False, FROM_THERE), (False, False, False, FROM_THERE), (False, True, False, FROM_THERE),
        (True, False, True, Reach.WEB), (True, True, False, FROM_THERE)]
    assert await facts.of_all([]) == []
    assert await known("is_own", bob, bob) and not await known("is_own", bob, alice)


async def test_what_waits_for_a_yes_is_kept_back(alice: Actor) -> None:
    cases: tuple[tuple[dict[str, Any], bool], ...] = (
        ({}, False), ({"held_until": IN_REVIEW}, True), ({"hidden_at": clock.now()}, True),
        ({"answer_state": AskedState.ASKED}, True), ({"answer_state": AskedState.SHOWN}, False))
    assert [await known("is_kept_back", alice, alice, post=await wrote(alice, **columns)) for columns, _ in cases] == [
        kept for _, kept in cases]


async def test_whom_an_author_elsewhere_lets_quote_and_answer(alice: Actor) -> None:
    """Nobody, those who follow, or everybody: a follow that is asked for is none, nor is that of others or of others' pages."""
    bob, vera, fay = await ours("bob"), await theirs("vera"), await theirs("fay")
    no_one, anyone, asked, readers = [await wrote(vera, quotable=who) for who in (
        Quotable.NOBODY, Quotable.ANYONE, Quotable.ASKED, Quotable.FOLLOWERS)]
    said = await wrote(vera, withheld={"canReply": Permitted.FOLLOWERS, "canLike": Permitted.NOBODY})

    async def may(post: Post | None = readers, reach: Reach = FROM_THERE, doer: Actor = alice, target: Actor = vera) -> Any:
        return await known("allows_quotes", doer, target, post=post, reach=reach)

    async def withheld() -> set[str]:
        return set(await known("withheld", alice, vera, post=said))
    assert [await may(post) for post in (no_one, anyone, asked)] == [False, True, True]
    assert [await may(post, FROM_HERE) for post in (anyone, asked)] == [True, False]
    await follow(bob, vera)
    await follow(alice, fay)
    await follow(alice, vera, is_let=False)
    assert not await may() and await withheld() == {"canReply", "canLike"}
    await Follow.filter(follower_id=alice.id).update(accepted_at=clock.now())
    assert await may() and not await may(reach=FROM_HERE) and await withheld() == {"canLike"}
    assert not await known("withheld", fay, vera, post=said), "what others do with it is between them"
    assert not await known("withheld", alice, bob, post=await wrote(bob, withheld={"canReply": Permitted.NOBODY}))
    assert not await known("withheld", alice, vera) and not await known("withheld", alice, vera, post=anyone)
    for willing in (True, False):
        await bob.change(allows_quotes=willing)
        await fay.change(allows_quotes=willing)
        assert await may(await wrote(bob), target=bob) is await may(None, target=fay) is willing


async def test_whom_an_organisation_may_speak_to(alice: Actor) -> None:
    """Who follows it, has written to it, or is one too; where it is asked, and named."""
    lab, bob = await ours("lab", organisation=Organisation.LAB), await ours("bob")
    clinic = await ours("clinic", organisation=Organisation.HOSPITAL)
    question, own, letter = await wrote(alice), await wrote(lab), await wrote(bob, Reach.CIRCLE)

    async def is_known(*people: Actor) -> list[Any]:
        return [await known("is_known_to_target", lab, one) for one in people]

    async def is_named(doer: Actor = lab, post: Post | None = question) -> Any:
        return await known("addresses_doer", doer, alice, post=post)
    await follow(alice, lab, is_let=False)
    await follow(alice, clinic)
    await Recipient.create(post=question, actor=clinic)
    assert await is_known(alice, bob, lab, clinic) == [False, False, True, True]
    assert await known("is_known_to_target", alice, bob) and await known("organisation", clinic, bob) is Organisation.HOSPITAL
    assert [await is_named(), await is_named(post=own), await is_named(post=None)] == [False, True, False]
    assert not await is_named(clinic), "it has nothing to sell"
    await Recipient.create(post=letter, actor=lab)
    assert await is_known(alice, bob) == [False, True] and not await is_named()
    await letter.change(deleted_at=clock.now())
    await Follow.filter(follower_id=alice.id).update(accepted_at=clock.now())
    assert await is_known(alice, bob) == [True, False]
    await Recipient.create(post=question, actor=lab)
    assert await is_named()
