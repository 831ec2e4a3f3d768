"""Messages between servers: who gets them, how they hang together, and what never leaves."""
from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from models import Delivery, Disclosure, OutgoingActivity, Post, Recipient, Revision, clock
from models.notification import Notice
from models.post import Voice
from models.reach import Reach
from server.actions import held, posts
from server.actions.posts import Composition
from server.errors import Refused
from tests.live import LiveServer, promised, settle
from tests.stories.scene import befriend, known, notices, see, sees, withdraw


async def test_a_partners_message_reaches_followers_and_shows(alpha: LiveServer, beta: LiveServer) -> None:
    """With its voice, words, tags, language and content note, within two seconds."""
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)

    post = await alpha.write(alice, "A good *day* #walking", voice=Voice.EXPERIENCE, language="en", warning="Feet")
    async with asyncio.timeout(promised(2)):
        while (copy := await known(beta, post)) is None:
            await asyncio.sleep(0.02)

    assert (copy.reach, copy.voice, copy.language, copy.warning) == (Reach.PARTNERS, Voice.EXPERIENCE, "en", "Feet")
    assert "<em>day</em>" in copy.html
    assert await sees(beta, bea, post.uri)


async def test_what_is_for_the_community_or_oneself_leaves_no_trace_in_the_queues(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    before = await alpha.ask(lambda: OutgoingActivity.all().count())

    for reach in (Reach.ME, Reach.COMMUNITY):
        post = await alpha.write(alice, f"Between us, @bea@{beta.host}", reach)
        assert (await beta.fetch(post.uri))[0] == 404
    await settle(alpha, beta)

    assert await alpha.ask(lambda: OutgoingActivity.all().count()) == before
    assert await beta.ask(lambda: Post.all().count()) == 0


async def test_a_circle_goes_to_the_hosts_of_its_people_alone(alpha: LiveServer, beta: LiveServer, gamma: LiveServer) -> None:
    """Gil on gamma follows Alice too, and gets nothing."""
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    ben, gil = await beta.member("ben"), await gamma.member("gil")
    await befriend(beta, bea, alice, alpha)
    await befriend(gamma, gil, alice, alpha)

    post = await alpha.write(alice, "For you", Reach.CIRCLE, recipients=(await see(alpha, bea),))
    await settle(alpha, beta, gamma)

    assert await sees(beta, bea, post.uri)
    assert not await sees(beta, ben, post.uri)
    assert await known(gamma, post) is None
    assert (await gamma.fetch(post.uri))[0] == 404
    assert (await beta.fetch(post.uri))[0] == 200
    assert await notices(beta, bea) == [(Notice.FOLLOW_ACCEPTED, ""), (Notice.MENTION, post.uri)]


async def test_an_answer_reaches_the_author_and_hangs_in_the_same_conversation_on_both_sides(
        alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    question = await alpha.write(alice, "Does anybody swim?")
    await settle(alpha, beta)

    copy = await known(beta, question)
    assert copy
    answer = await beta.write(bea, "Every week", parent=copy)
    await settle(alpha, beta)

    arrived = await known(alpha, answer)
    assert arrived and arrived.parent and arrived.parent.uri == question.uri
    assert arrived.conversation == answer.conversation == question.uri
    assert await notices(alpha, alice) == [(Notice.FOLLOW, ""), (Notice.REPLY, answer.uri)]


async def test_someone_named_on_a_third_server_is_told_and_gets_the_whole_thread(
        alpha: LiveServer, beta: LiveServer, gamma: LiveServer) -> None:
    """Bea answers Alice and names Gil, whose server has never heard of the question: it reads it where it is."""
    alice, bea, gil = await alpha.member("alice"), await beta.member("bea"), await gamma.member("gil")
    await befriend(beta, bea, alice, alpha)
    question = await alpha.write(alice, "Does anybody swim?")
    await settle(alpha, beta)

    await see(beta, gil)
    answer = await beta.write(bea, f"Ask @gil@{gamma.host}", parent=await known(beta, question))
    await settle(alpha, beta, gamma)

    assert await notices(gamma, gil) == [(Notice.MENTION, answer.uri)]
    arrived = await known(gamma, answer)
    assert arrived and arrived.parent and arrived.parent.uri == question.uri and arrived.conversation == question.uri


async def test_a_message_for_the_web_goes_also_to_partners_and_can_be_read_by_all(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    post = await alpha.write(alice, "For everyone", Reach.PARTNERS)
    await settle(alpha, beta)
    assert (copy := await known(beta, post)) and copy.reach is Reach.PARTNERS
    with pytest.raises(Refused):  # wider than the community's host allows
        await alpha.write(alice, "For everyone", Reach.WEB)


async def test_an_edit_arrives_and_the_older_version_is_kept(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    post = await alpha.write(alice, "First")
    await settle(alpha, beta)

    await alpha.run(posts.edit(post, Composition(text="Second", reach=post.reach), {}, alpha.origin))
    await settle(alpha, beta)

    copy = await known(beta, post)
    assert copy and "Second" in copy.html and copy.edited_at
    assert "First" in (await beta.ask(lambda: Revision.get(post_id=copy.id))).html


async def test_a_held_message_does_not_leave_before_its_time(alpha: LiveServer, beta: LiveServer) -> None:
    """And not at all when it is undone; when let go, it leaves at once."""
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    waiting = [await alpha.run(posts.publish(alice, Composition(text=text, reach=Reach.PARTNERS, undo_seconds=600), alpha.origin))
               for text in ("undone", "sent")]
    await asyncio.sleep(0.6)
    assert await beta.ask(lambda: Post.all().count()) == 0
    assert (await beta.fetch(waiting[1].uri))[0] == 404

    await alpha.run(held.undo(waiting[0]))
    await alpha.run(held.send_now(waiting[1]))
    await settle(alpha, beta)

    assert await known(beta, waiting[0]) is None
    assert await known(beta, waiting[1])
    assert await alpha.ask(lambda: OutgoingActivity.filter(object_uri=waiting[0].uri).count()) == 0


async def test_what_is_written_is_told_to_the_ledger_once_it_has_arrived(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    post = await alpha.write(alice, "Hello")
    await settle(alpha, beta)
    row = await alpha.ask(lambda: Disclosure.get(object_uri=post.uri))
    assert (row.host, row.actor_id, row.kind) == (beta.host, alice.id, "Create")
    assert row.consent_id


async def test_nothing_that_waits_leaves_once_the_yes_is_taken_back(alpha: LiveServer, beta: LiveServer) -> None:
    """The message was written while Alice agreed; then she no longer does."""
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    post = await alpha.run(posts.publish(alice, Composition(text="Soon", reach=Reach.PARTNERS, undo_seconds=600), alpha.origin))

    await alpha.run(withdraw(alice))
    await alpha.run(held.send_now(post))
    await settle(alpha, beta)

    assert await known(beta, post) is None
    assert await alpha.ask(lambda: Disclosure.filter(object_uri=post.uri).count()) == 0
    assert (await beta.fetch(post.uri))[0] == 404


async def test_a_late_delivery_is_not_made_early(alpha: LiveServer, beta: LiveServer) -> None:
    """An Update written while the Create still waits keeps its place behind it."""
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)
    post = await alpha.run(posts.publish(alice, Composition(text="one", reach=Reach.PARTNERS, undo_seconds=1), alpha.origin))

    async def delay_create() -> None:
        await Delivery.filter(object_uri=post.uri).update(due_at=clock.now() + timedelta(hours=1))
        await Post.filter(id=post.id).update(held_until=None)
        written = await Post.get(id=post.id).select_related("author")
        await posts.edit(written, Composition(text="two", reach=post.reach), {}, alpha.origin)
    await alpha.run(delay_create())
    await asyncio.sleep(0.5)
    assert await known(beta, post) is None

    await alpha.ask(lambda: Delivery.filter(object_uri=post.uri).update(due_at=clock.now()))
    await settle(alpha, beta)
    copy = await known(beta, post)
    assert copy and "two" in copy.html


async def test_recipients_of_a_copy_are_those_named(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await see(alpha, bea)
    post = await alpha.write(alice, f"Hello @bea@{beta.host}")
    await settle(alpha, beta)
    copy = await known(beta, post)
    assert copy
    row = await beta.ask(lambda: Recipient.get(post_id=copy.id))
    assert (row.actor_id, row.mentioned) == (bea.id, True)
