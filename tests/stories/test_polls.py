"""A question with answers to choose, between servers: asked, answered, over."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from federation import ended_polls, resolve
from models import Actor, Draft, Poll, Post, Vote, clock
from models.notification import Notice
from models.reach import Reach
from server.actions import held, polls, removal, votes
from server.actions.polls import BadEnd, BadPoll, LongOption, PollDraft, SameOption
from server.keys import MEDIA
from tests.browser import Browser
from tests.live import LiveServer, settle
from tests.peer import Peer, PeerActor
from tests.stories.scene import befriend, deliver, follow, known, notices

ASKED = PollDraft(("Well", "Badly ", "Not at all"), ends_in=timedelta(hours=1))


async def poll_of(server: LiveServer, post: Post) -> Poll:
    """The answers of a message, as a server knows them."""
    return await server.ask(lambda: Poll.get(post__uri=post.uri))


async def numbers(server: LiveServer, post: Post) -> list[int | None]:
    """How many chose what, as a server knows it; of a question of its own, as it counts tomorrow."""
    async def tomorrow() -> None:
        poll = await Poll.get(post__uri=post.uri)
        await Vote.filter(poll_id=poll.id).update(created_at=clock.now() - timedelta(days=1))
        await poll.recount()
    if post.uri.startswith(server.origin):
        await server.run(tomorrow())
    return [one["count"] for one in (await poll_of(server, post)).options]


async def over(server: LiveServer, post: Post) -> None:
    """Time passes."""
    await server.ask(lambda: Poll.filter(post__uri=post.uri).update(closes_at=clock.now() - timedelta(seconds=1)))
    await server.run(polls.end_due())


def chosen(by: PeerActor, post: Post, name: str, **more: Any) -> dict[str, Any]:
    """An answer as other programs send it."""
    return {"id": f"{by.uri}#votes/{name}", "type": "Note", "attributedTo": by.uri, "to": [post.author.uri], "name": name,
            "inReplyTo": post.uri, **more}


async def test_a_question_goes_from_server_to_server_and_comes_back_answered(alpha: LiveServer, beta: LiveServer) -> None:
    """Seven people on beta and one at home answer Alice; numbers travel when it is over, those of few people never."""
    alice, dora = await alpha.member("alice"), await alpha.member("dora")
    readers = [await beta.member(f"reader{number}") for number in range(7)]
    await befriend(beta, readers[0], alice, alpha)
    post = await alpha.write(alice, "How do you sleep?", poll=ASKED)
    await settle(alpha, beta)
    copy = await known(beta, post)
    assert copy is not None and copy.kind == "Question"
    there = await poll_of(beta, post)
    assert [one["name"] for one in there.options] == ["Well", "Badly", "Not at all"]
    assert there.closes_at is not None and not there.is_closed and await numbers(beta, post) == [None] * 3

    for number, reader in enumerate(readers):
        await beta.run(votes.choose(reader, copy, [1 if number else 0]))
        await beta.run(votes.choose(reader, copy, [2]))  # who has chosen has chosen
    await alpha.run(votes.choose(dora, post, [1]))
    with pytest.raises(votes.Own):
        await alpha.run(votes.choose(alice, post, [1]))
    await settle(alpha, beta)
    assert [one["count"] for one in (await poll_of(alpha, post)).options] == [0, 0, 0], "one number a day, while it is open"
    assert await numbers(alpha, post) == [1, 7, 0] and (await poll_of(alpha, post)).voters == 8
    assert await numbers(beta, post) == [None] * 3, "nothing is told before the end"

    await over(alpha, post)
    await settle(alpha, beta)
    there = await poll_of(beta, post)
    assert there.is_closed and [one["count"] for one in there.options] == [None] * 3 and there.voters is None, "7 of 8"
    assert (Notice.POLL, post.uri) in await notices(alpha, alice) and (Notice.POLL, post.uri) in await notices(alpha, dora)
    await over(beta, post)
    assert (Notice.POLL, post.uri) in await notices(beta, readers[3])
    await alpha.run(polls.end_due())
    assert [kind for kind, _ in await notices(alpha, alice)].count(Notice.POLL) == 1
    with pytest.raises(votes.Over):
        await beta.run(votes.choose(await beta.member("late"), copy, [0]))


async def test_answers_that_come_in_are_counted_once_and_only_from_those_who_may(alpha: LiveServer, peer: Peer) -> None:
    """Twice, two where one is asked, in another's name, out of sight, unknown words, too late, taken back, gone."""
    alice, (otto, mallory) = await alpha.member("alice"), (peer.actor("otto"), peer.actor("mallory"))
    await follow(alpha, alice, otto)
    post = await alpha.write(alice, "How do you sleep?", poll=ASKED)
    hidden = await alpha.write(alice, "Among us", Reach.COMMUNITY, poll=ASKED)
    vote = chosen(otto, post, "Badly")
    said = (vote, vote, chosen(otto, post, "Well"), chosen(otto, post, "Sometimes"), chosen(otto, hidden, "Well"),
            chosen(mallory, post, "Badly"))
    await deliver(alpha, peer, otto, *(otto.does("Create", one) for one in said))
    assert await numbers(alpha, post) == [0, 1, 0] and await numbers(alpha, hidden) == [0, 0, 0]
    await deliver(alpha, peer, mallory, mallory.does("Delete", vote["id"]))
    assert await numbers(alpha, post) == [0, 1, 0], "nobody takes back what another chose"
    await deliver(alpha, peer, otto, otto.does("Delete", {"id": vote["id"], "type": "Tombstone"}), otto.does("Create", vote))
    assert await numbers(alpha, post) == [0, 0, 0], "taken back is taken back"

    several = await alpha.write(alice, "What helps?", poll=PollDraft(("Heat", "Cold", "Rest"), is_multiple=True))
    both = [chosen(mallory, several, "Heat"), chosen(mallory, several, "Rest"), chosen(otto, several, "Cold"), "odd", {"id": 1},
            chosen(mallory, several, "Cold") | {"id": "https://elsewhere.example/votes/1"}]
    await deliver(alpha, peer, mallory, mallory.does("Create", both), mallory.does("Create", chosen(otto, several, "Cold")))
    assert await numbers(alpha, several) == [1, 0, 1] and (await poll_of(alpha, several)).voters == 1
    await deliver(alpha, peer, mallory, mallory.does("Delete", mallory.uri))
    assert await numbers(alpha, several) == [0, 0, 0] and await alpha.ask(lambda: Vote.all().count()) == 0

    await over(alpha, several)
    await deliver(alpha, peer, otto, otto.does("Create", chosen(otto, several, "Cold")))
    assert await numbers(alpha, several) == [0, 0, 0]


async def test_what_peers_read_of_a_question(alpha: LiveServer, peer: Peer) -> None:
    """Mastodon's shape: oneOf or anyOf, endTime, closed; edits leave the answers alone, an erased question takes them along."""
    alice, otto = await alpha.member("alice"), peer.actor("otto")
    them = await alpha.run(resolve.actor(alpha.instance, otto.uri))
    await deliver(alpha, peer, otto, otto.does("Follow", alice.uri))
    post = await alpha.write(alice, "What helps?", poll=PollDraft(("Heat", "Cold"), is_multiple=True))
    (create,) = await peer.wait_for("Create")
    question = create["object"]
    assert question["type"] == "Question" and question["content"] and "oneOf" not in question
    assert question["anyOf"] == [{"type": "Note", "name": name, "replies": {"type": "Collection"}} for name in ("Heat", "Cold")]
    assert question["endTime"] and "closed" not in question and "votersCount" not in question
    for number in range(13):
        voter = await alpha.run(_somebody(them, number))
        await alpha.run(votes.choose(voter, post, [0]))
    await over(alpha, post)
    (update,) = await peer.wait_for("Update")
    assert update["object"]["anyOf"][0]["replies"] == {"type": "Collection", "totalItems": 10}
    assert update["object"]["closed"] == update["object"]["endTime"] and update["object"]["votersCount"] == 10
    assert "updated" not in update["object"]
    await alpha.run(removal.delete(post, alpha.app[MEDIA]))
    assert await alpha.ask(lambda: Poll.filter(post_id=post.id).count()) == 0


async def _somebody(them: Actor, number: int) -> Actor:
    """One more person of another server, made here by hand."""
    return await Actor.create(uri=f"{them.uri}{number}", name=f"one{number}", host=them.host, inbox_uri=them.inbox_uri)




@pytest.mark.parametrize(("draft", "error"), [
    (PollDraft(("Only",)), BadPoll), (PollDraft(("A", " ")), BadPoll), (PollDraft(tuple("abcdefghi")), BadPoll),
    (PollDraft(("A", "x" * 101)), LongOption), (PollDraft(("Yes", "yes ")), SameOption),
    (PollDraft(("A", "B"), ends_in=timedelta(0)), BadEnd), (PollDraft(("A", "B"), ends_in=timedelta(days=32)), BadEnd)])
def test_what_cannot_be_asked(draft: PollDraft, error: type[BadPoll]) -> None:
    with pytest.raises(BadPoll) as raised:
        draft.check()
    assert raised.type is error


async def test_the_pages_ask_and_answer(alpha: LiveServer) -> None:
    """The composer without JavaScript: more fields, an error that loses nothing, a draft, then the question and its end."""
    alice, dora = await alpha.member("alice"), await alpha.member("dora")
    async with Browser(alpha, alice) as browser:
        await browser.get("/compose")
        form: dict[str, Any] = {"text": "Well?", "reach": "community", "ends": "week", "several": "1",
                                "choice": ["Well", "", "well "]}
        page = await browser.post("/compose", form | {"more-choices": "1"})
        assert browser.status == 200 and page.count('name="choice"') == 8
        page = await browser.post("/compose", form | {"send": "1"})
        assert browser.status == 422 and "Two of the answers are the same." in page and 'value="Well"' in page
        form["choice"] = ["Well", "Badly <b>", ""]
        await browser.post("/compose", form | {"draft": "1"})
        draft = await alpha.ask(lambda: Draft.get())
        page = await browser.get(f"/compose?draft={draft.key}")
        assert 'value="Badly &lt;b&gt;"' in page and '<option value="week" selected>' in page
        page = await browser.post("/compose", form | {"send": "1"})
        assert browser.path.startswith("/m/") and "You see the answers at the end." in page and "Send my answer" not in page
    post = await alpha.ask(lambda: Post.get(kind="Question").select_related("author"))
    assert (await poll_of(alpha, post)).is_multiple
    await alpha.run(held.send_now(post))
    async with Browser(alpha, dora) as browser:
        page = await browser.get(f"/m/{post.key}")
        assert page.count('type="checkbox"') >= 2 and "No page shows what you choose" in page
        page = await browser.post(f"/m/{post.key}/vote", {"choice": ["0", "1"]})
        assert "You have answered." in page and page.count(">too few to be told<") == 2
        await over(alpha, post)
        assert "A question that you asked or answered is over" in await browser.get("/notices")


async def test_how_a_question_of_others_ended_is_read_once(alpha: LiveServer, peer: Peer) -> None:
    """No server has to tell. A silent one leaves what is known, a lie is not taken, and what is gone goes."""
    alice, otto, eve = await alpha.member("alice"), peer.actor("otto"), peer.actor("eve")
    await follow(alpha, alice, otto)

    def asked(number: int, **more: Any) -> dict[str, Any]:
        return otto.note("How?", type="Question", endTime="2026-05-05T08:30:00Z", votersCount=number,
                         oneOf=[{"type": "Note", "name": "Well", "replies": {"type": "Collection", "totalItems": number}}]) | more
    fine, silent, lied, gone, old = (asked(0) for _ in range(5))
    await deliver(alpha, peer, otto, *(otto.does("Create", one) for one in (fine, silent, lied, gone, old)))
    ended = {one["id"]: clock.now() - (timedelta(days=3) if one is old else timedelta(minutes=2))
             for one in (fine, silent, lied, gone, old)}

    async def end() -> None:
        for uri, when in ended.items():
            await Poll.filter(post__uri=uri).update(closes_at=when)
    await alpha.run(end())
    ends = {"endTime": ended[fine["id"]].isoformat()}
    peer.show(fine["id"], asked(20, id=fine["id"], **ends))
    peer.show(lied["id"], asked(99, id=lied["id"], attributedTo=eve.uri, **ends))
    peer.show(gone["id"], {}, status=410)
    peer.show(old["id"], asked(20, id=old["id"], **ends))
    peer.fetched.clear()
    await alpha.run(ended_polls.read_due(alpha.instance))
    counts = {one["id"]: (await alpha.ask(lambda: Poll.get(post__uri=one["id"]))).options[0]["count"]  # noqa: B023
              for one in (fine, silent, lied, old)}
    assert list(counts.values()) == [20, 0, 0, 0]
    erased = await alpha.ask(lambda: Post.get(uri=gone["id"]))
    assert erased.deleted_at and not await alpha.ask(lambda: Poll.filter(post_id=erased.id).exists())
    seen = len(peer.fetched)
    assert seen >= 4 and await alpha.run(ended_polls.read_due(alpha.instance)) == 0 and len(peer.fetched) == seen
