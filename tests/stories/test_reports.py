"""A report from one community reaches the team of another."""
from __future__ import annotations

from federation import reports
from models import Actor, Post, Report
from tests.live import LiveServer, settle
from tests.stories.scene import befriend, known


async def test_a_report_says_what_and_never_who(alpha: LiveServer, beta: LiveServer) -> None:
    """Bea reads Alice's message; the community of beta reports it, and alpha learns nothing of Bea."""
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    post = await alpha.write(alice, "This tea cures everything")
    await settle(alpha, beta)
    copy = await known(beta, post)
    assert copy

    async def report() -> None:
        target = await Actor.get(uri=alice.uri)
        await reports.flag(beta.instance.actor, target, [await Post.get(id=copy.id)], "It promises a cure")
    await beta.run(report())
    await settle(alpha, beta)

    reported = await alpha.ask(lambda: Report.get())
    assert (reported.sender_host, reported.target_id, reported.post_uris) == (beta.host, alice.id, [post.uri])
    assert reported.text == "It promises a cure" and "bea" not in repr(dict(reported))
