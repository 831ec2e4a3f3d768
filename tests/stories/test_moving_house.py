"""Alice takes her data from one community to another: everybody is asked anew, and no consent comes along."""
from __future__ import annotations

import asyncio
import io

from models import Actor, Archive, Block, Bookmark, Brought, ConsentRecord, Follow, Member, Mute, PeopleList, Post, vault
from models.consent import Purpose
from models.reach import Reach
from models.rights import BroughtKind, Outcome
from moderation import consent
from server.actions import archives, brought, follows, lists, relations
from server.actions.lists import Replies
from server.archives import locked, making
from server.members import takeout
from tests.live import LiveServer, settle
from tests.stories.scene import befriend, known


async def _take(server: LiveServer, actor: Actor) -> bytes:
    """The whole archive of a member."""
    await archives.ask(await Member.get(actor_id=actor.id).select_related("actor"))
    await making.make_due(server.app)
    archive = await Archive.get(owner_id=actor.id)
    path = making.path(server.settings.var_dir, archive)
    with path.open("rb") as file:
        return b"".join(locked.pieces(file, path.stem, vault.current()))


async def _bring(server: LiveServer, actor: Actor, data: bytes) -> list[tuple[BroughtKind, Outcome]]:
    """What becomes of each line."""
    lines = await asyncio.to_thread(takeout.read, io.BytesIO(data), None, messages=True)
    await brought.bring(actor, lines)
    async with asyncio.timeout(30):
        while await Brought.filter(owner=actor, outcome=Outcome.WAITING).exists():
            await brought.carry_out(server.instance)  # beside the server's own job, as a second process would
            await asyncio.sleep(0.01)
    return [(line.kind, line.outcome) for line in await Brought.filter(owner=actor).order_by("id")]


async def test_from_one_community_to_another(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice", display_name="Alice"), await beta.member("bea")
    carol, dora = await alpha.member("carol"), await alpha.member("dora")
    await befriend(alpha, alice, bea, beta)
    hers = await beta.write(bea, "Kept words")
    await settle(alpha, beta)
    copy = await known(alpha, hers)
    assert copy
    await alpha.write(alice, "My *own* words", Reach.COMMUNITY)

    async def fill() -> bytes:
        await follows.follow(alice, carol)
        await relations.block(alice, dora)
        await relations.mute(alice, carol)
        await Bookmark.create(owner=alice, post=copy)
        await lists.add(await lists.make(alice, "Friends", Replies.LIST, is_exclusive=False), [copy.author_id])
        return await _take(alpha, alice)
    data = await alpha.run(fill())

    # without a yes to being known elsewhere, only what is here already is done
    shy = await beta.member("shy", shares=False)
    outcomes = await beta.run(_bring(beta, shy, data))
    done = {kind for kind, outcome in outcomes if outcome is Outcome.DONE}
    assert (BroughtKind.FOLLOW, Outcome.CONSENT) in outcomes and (BroughtKind.BLOCK, Outcome.CONSENT) in outcomes
    assert (BroughtKind.FOLLOW, Outcome.DONE) in outcomes and BroughtKind.MESSAGE in done  # bea lives here
    assert not await beta.ask(lambda: consent.may_leave(shy.id))

    again = await beta.member("alice")
    before = await beta.ask(lambda: ConsentRecord.filter(actor_id=again.id).count())
    outcomes = await beta.run(_bring(beta, again, data))
    await settle(alpha, beta)
    assert not [one for one in outcomes if one[1] in (Outcome.BROKEN, Outcome.WAITING, Outcome.CONSENT)], outcomes

    async def look() -> None:
        assert sorted([row.target.name for row in await Follow.filter(follower_id=again.id).select_related("target")]) == [
            "bea", "carol"]
        assert (await Block.get(blocker_id=again.id).select_related("target")).target.name == "dora"
        assert (await Mute.get(owner_id=again.id).select_related("target")).target.name == "carol"
        assert (await Bookmark.get(owner_id=again.id)).post_id == hers.id
        assert (await PeopleList.get(owner_id=again.id)).title == "Friends"
        mine = await Post.get(author_id=again.id)
        assert mine.reach is Reach.ME and "My *own* words" in mine.text
        assert "Alice" in (await Brought.get(owner_id=again.id, kind=BroughtKind.PROFILE)).details["text"]
        assert not (await Actor.get(id=again.id)).display_name  # a draft, not shown
        assert await ConsentRecord.filter(actor_id=again.id).count() == before
        assert {row.purpose for row in await ConsentRecord.last_words(again.id)} == {Purpose.MEMBERSHIP, Purpose.SHARED_OUT}
        assert not await Follow.filter(target_id=again.id).exists()  # readers do not come along
    await beta.run(look())
