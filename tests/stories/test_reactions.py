""""Thinking of you" and passing on, across servers."""
from __future__ import annotations

from models import Announce, Follow, Like, OutgoingActivity
from models.notification import Notice
from models.reach import Reach
from server.actions import follows, reactions, relations
from tests.live import LiveServer, settle
from tests.stories.scene import befriend, known, notices, see


async def test_thinking_of_you_tells_the_author_and_can_be_taken_back(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    post = await alpha.write(alice, "A hard day")
    await settle(alpha, beta)
    copy = await known(beta, post)
    assert copy

    await beta.run(reactions.thank(bea, copy))
    await settle(alpha, beta)
    assert (Notice.THANKS, post.uri) in await notices(alpha, alice)

    await beta.run(reactions.take_thanks_back(bea, copy))
    await settle(alpha, beta)
    assert (Notice.THANKS, post.uri) not in await notices(alpha, alice)
    assert await alpha.ask(lambda: Like.all().count()) == 0


async def test_a_message_passed_on_is_read_at_its_origin_by_a_third_server(
        alpha: LiveServer, beta: LiveServer, gamma: LiveServer) -> None:
    """Alice writes on alpha, Bea on beta passes it on, Gil on gamma follows Bea alone."""
    alice, bea, gil = await alpha.member("alice"), await beta.member("bea"), await gamma.member("gil")
    await befriend(beta, bea, alice, alpha)
    await befriend(gamma, gil, bea, beta)
    post = await alpha.write(alice, "Worth reading")
    await settle(alpha, beta)
    copy = await known(beta, post)
    assert copy and await known(gamma, post) is None

    await beta.run(reactions.pass_on(bea, copy))
    await settle(alpha, beta, gamma)
    third = await known(gamma, post)
    assert third and third.author.uri == alice.uri and third.reach is Reach.PARTNERS
    assert await gamma.ask(lambda: Announce.filter(actor__uri=bea.uri, post__uri=post.uri).count()) == 1
    assert (Notice.PASSED_ON, post.uri) in await notices(alpha, alice)

    await beta.run(reactions.take_back(bea, copy))
    await settle(alpha, beta, gamma)
    assert await gamma.ask(lambda: Announce.all().count()) == 0
    assert (Notice.PASSED_ON, post.uri) not in await notices(alpha, alice)


async def test_a_block_ends_both_follows_and_is_never_sent(alpha: LiveServer, beta: LiveServer) -> None:
    """Beta learns that the follows have ended, and of no Block; what Bea writes to Alice then is dropped."""
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    await befriend(alpha, alice, bea, beta)
    post = await alpha.write(alice, "Before")
    await settle(alpha, beta)

    await alpha.run(relations.block(alice, await see(alpha, bea)))
    await settle(alpha, beta)

    async def rest() -> tuple[int, int]:
        return await OutgoingActivity.filter(kind="Block").count(), await follow_count()
    assert await alpha.run(rest()) == (0, 0)
    assert await beta.run(follow_count()) == 0

    copy = await known(beta, post)
    assert copy
    answer = await beta.write(bea, "Why?", parent=copy)
    await beta.run(reactions.thank(bea, copy))
    await settle(alpha, beta)
    assert await known(alpha, answer) is None
    assert await notices(alpha, alice) == []


async def follow_count() -> int:
    """Follows and requests that a server knows."""
    return await Follow.all().count()


async def test_a_request_of_someone_blocked_is_refused(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    bea_on_alpha, alice_on_beta = await see(alpha, bea), await see(beta, alice)
    await alpha.run(relations.block(alice, bea_on_alpha))

    await beta.run(follows.follow(bea, alice_on_beta))
    await settle(alpha, beta)

    assert await beta.run(follow_count()) == 0
    assert await alpha.run(follow_count()) == 0
