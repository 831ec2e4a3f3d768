"""Alice takes back her yes to being copied to other servers (C5): they are asked to erase, and she stays at home."""
from __future__ import annotations

from models import Actor, Community, Delivery, Disclosure, Follow, Like, Member, OutgoingActivity, Post, Recall
from models.consent import Purpose
from models.database import in_transaction
from models.reach import Reach
from models.withdrawal import WithdrawalState
from server.actions import copies, reactions, sharing, withdrawal
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.peer import Peer
from tests.stories.scene import befriend, deliver, known
from tests.stories.test_withdrawal_notices import confirmed as until_confirmed


async def test_a_no_after_a_yes_asks_every_server_to_erase(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    await befriend(alpha, alice, bea, beta)
    mine, hers = await alpha.write(alice, "Mine", Reach.PARTNERS), await beta.write(bea, "Hers", Reach.PARTNERS)
    await settle(alpha, beta)
    copy = await known(alpha, hers)
    assert copy
    await alpha.run(reactions.thank(alice, copy))
    await settle(alpha, beta)
    assert await beta.ask(lambda: Like.all().count()) == 1

    async def say_no() -> None:
        member = await Member.get(actor_id=alice.id).select_related("actor")
        await sharing.say(member, Purpose.SHARED_OUT, False, "en", await Community.current())
    await alpha.run(say_no())
    await until_confirmed(alpha, beta)
    await settle(alpha, beta)

    gone = await known(beta, mine)
    assert gone and gone.deleted_at and not gone.html
    assert await beta.ask(lambda: Like.all().count()) == await beta.ask(lambda: Follow.all().count()) == 0
    assert await alpha.ask(lambda: Follow.all().count()) == 0
    assert (kept := await known(alpha, mine)) and "Mine" in kept.html  # at home nothing changes
    assert (await alpha.ask(lambda: Disclosure.get(object_uri=mine.uri))).ended_at
    assert (await beta.fetch(alice.uri))[0] == 404


async def test_a_thousand_messages_are_asked_back_outside_the_request_from_exactly_who_has_them(
        alpha: LiveServer, beta: LiveServer, peer: Peer) -> None:
    """The peer's software answers no notices: it gets a Delete for each, from a job; beta, which has nothing, hears nothing."""
    alice, otto = await alpha.member("alice"), peer.actor("otto")
    await befriend(beta, await beta.member("bea"), await alpha.member("amy"), alpha)
    await deliver(alpha, peer, otto, otto.does("Follow", alice.uri))
    count = 2 * withdrawal.AT_ONCE + 5

    async def have_written() -> list[str]:
        posts = [Post(uri=f"{alice.uri}/posts/{number}", author=alice, text="x", html="x", reach=Reach.PARTNERS,
                      conversation=f"{alice.uri}/posts/{number}") for number in range(count)]
        await Post.bulk_create(posts)
        await Disclosure.bulk_create([Disclosure(object_uri=post.uri, host=peer.host, actor=alice, kind="Create")
                                      for post in posts])
        return [post.uri for post in posts]
    uris = await alpha.run(have_written())

    async def take_back() -> tuple[int, list[copies.ServerCopies]]:
        """Without the job in between: both run in one transaction."""
        member = await Member.get(actor_id=alice.id).select_related("actor")
        async with in_transaction():
            await sharing.say(member, Purpose.SHARED_OUT, False, "en", await Community.current())
            return await OutgoingActivity.filter(kind="Delete").count(), await copies.servers(alice)
    written, [server] = await alpha.run(take_back())
    assert (written, server.state) == (0, WithdrawalState.PENDING) and server.has >= count
    async with Browser(alpha, alice) as browser:
        await say_yes_and_write(alpha, alice)
        await settle(alpha, beta)
        page = await browser.get("/data/copies")
    assert "Asked to erase. It confirms nothing" in page
    erased = [activity["object"]["id"] for activity in peer.of_kind("Delete")]
    assert sorted(erased) == sorted(uris), "each once, and nothing that was written after a new yes"
    there = await alpha.ask(lambda: Delivery.filter(activity__kind="Delete").values_list("host", flat=True))
    assert set(there) == {peer.host} and await alpha.ask(lambda: Recall.all().count()) == 0


async def say_yes_and_write(server: LiveServer, actor: Actor) -> None:
    """A new yes, and a message under it."""
    async def say() -> None:
        member = await Member.get(actor_id=actor.id).select_related("actor")
        await sharing.say(member, Purpose.SHARED_OUT, True, "en", await Community.current())
    await server.run(say())
    await server.write(actor, "After the new yes", Reach.PARTNERS)
