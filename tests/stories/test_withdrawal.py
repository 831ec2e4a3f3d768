"""Alice takes back her yes to being copied to other servers (C5): they are asked to erase, and she stays at home."""
from __future__ import annotations

from models import Community, Disclosure, Follow, Like, Member
from models.consent import Purpose
from models.reach import Reach
from server.actions import reactions, sharing
from tests.live import LiveServer, settle
from tests.stories.scene import befriend, known
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
