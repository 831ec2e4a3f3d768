"""What other servers send twice, too late, in the wrong order, or in a form of their own."""
from __future__ import annotations

import asyncio
from typing import Any

import pytest

from federation import notes, resolve
from federation.contexts import PUBLIC
from models import Actor, Announce, Follow, InboxItem, Like, Notification, Post
from models.delivery import ItemState
from models.notification import Notice
from models.reach import Reach
from server.actions import follows
from tests.live import LiveServer, settle
from tests.peer import Document, Peer, PeerActor


@pytest.fixture
async def otto(peer: Peer) -> PeerActor:
    """Somebody elsewhere."""
    return peer.actor("otto")


async def deliver(alpha: LiveServer, peer: Peer, by: PeerActor, *activities: Document) -> None:
    """Send one after the other, each accepted, each carried out before the next."""
    for activity in activities:
        assert await peer.send(alpha, activity, by) == 202
        await settle(alpha)


async def count(alpha: LiveServer, table: Any, **which: Any) -> int:
    """How many rows alpha has."""
    number: int = await alpha.ask(lambda: table.filter(**which).count())
    return number


async def follow_them(alpha: LiveServer, alice: Actor, peer: Peer, otto: PeerActor, *, accepted: bool = True) -> Document:
    """Alice follows otto, who says yes; returns the Follow as it came."""
    async def ask() -> None:
        await follows.follow(alice, await resolve.actor(alpha.instance, otto.uri))
    await alpha.run(ask())
    follow = (await peer.wait_for("Follow"))[-1]
    await settle(alpha)
    if accepted:
        await deliver(alpha, peer, otto, otto.does("Accept", follow))
        assert await count(alpha, Follow, accepted_at__not_isnull=True) == 1
    return follow


async def test_an_undo_that_overtakes_its_follow_wins(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    follow = otto.does("Follow", alice.uri)
    await deliver(alpha, peer, otto, otto.does("Undo", follow), follow)
    assert await count(alpha, Follow) == 0
    assert peer.of_kind("Accept") == []


async def test_the_same_follow_id_after_an_undo_follows_again(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """snac does that (fediverse.md §8.7); also when the Undo itself was repeated in between."""
    follow = otto.does("Follow", alice.uri)
    undo = otto.does("Undo", follow)
    await deliver(alpha, peer, otto, follow, undo, undo, follow)
    assert await count(alpha, Follow, accepted_at__not_isnull=True) == 1
    await deliver(alpha, peer, otto, undo)
    assert await count(alpha, Follow) == 0


async def test_a_repeated_follow_is_accepted_again(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    follow = otto.does("Follow", alice.uri)
    await deliver(alpha, peer, otto, follow, follow)
    accepts = await peer.wait_for("Accept", 2)
    assert all(accept["object"]["id"] == follow["id"] and accept["actor"] == alice.uri for accept in accepts)
    assert await count(alpha, Notification, kind=Notice.FOLLOW) == 1


@pytest.mark.parametrize("form", ["bare", "embedded", "twice embedded", "without id"])
async def test_undo_in_every_form(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor, form: str) -> None:
    follow = otto.does("Follow", alice.uri)
    named: Any = {"bare": follow["id"], "embedded": follow,
                  "twice embedded": follow | {"object": {"id": alice.uri, "type": "Person"}},
                  "without id": {"type": "Follow", "actor": otto.uri, "object": alice.uri}}[form]
    await deliver(alpha, peer, otto, follow, otto.does("Undo", named))
    assert await count(alpha, Follow) == 0


async def test_a_delete_that_overtakes_its_create_wins(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    note = otto.note(to=[alice.uri])
    await deliver(alpha, peer, otto, otto.does("Delete", {"id": note["id"], "type": "Tombstone"}), otto.does("Create", note),
                  otto.does("Update", note | {"updated": "2026-06-01T00:00:00Z"}))
    assert await count(alpha, Post) == 0


async def test_an_update_of_something_unknown_brings_it_and_a_late_create_changes_nothing(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    note = otto.note("first", to=[alice.uri])
    newer = note | {"content": "second", "updated": "2026-06-01T00:00:00Z"}
    await deliver(alpha, peer, otto, otto.does("Update", newer), otto.does("Create", note))
    assert (await alpha.ask(lambda: Post.get(uri=note["id"]))).html == "second"


async def test_the_newest_version_stays_whatever_comes_last(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """A time in the future counts as now, so that it cannot shut out every later version."""
    note = otto.note("first", to=[alice.uri])
    second = note | {"content": "second", "updated": "2026-06-01T00:00:00Z"}
    third = note | {"content": "third", "updated": "2026-06-02T00:00:00Z"}
    await deliver(alpha, peer, otto, otto.does("Create", note), otto.does("Update", third), otto.does("Update", second))
    assert (await alpha.ask(lambda: Post.get(uri=note["id"]))).html == "third"
    await deliver(alpha, peer, otto, otto.does("Update", note | {"content": "2099", "updated": "2099-01-01T00:00:00Z"}),
                  otto.does("Update", note | {"content": "last", "updated": "2099-01-01T00:00:00Z"}))
    assert (await alpha.ask(lambda: Post.get(uri=note["id"]))).html == "last"


@pytest.mark.parametrize("published", ["2099-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "soon"])
async def test_impossible_dates_are_bounded(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor, published: str) -> None:
    note = otto.note(to=[alice.uri], published=published)
    await deliver(alpha, peer, otto, otto.does("Create", note))
    post = await alpha.ask(lambda: Post.get(uri=note["id"]))
    assert 1990 <= post.published_at.year and post.published_at <= post.created_at


async def test_duplicates_at_the_same_time_are_one(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    create = otto.does("Create", otto.note(to=[alice.uri]))
    answers = await asyncio.gather(*(peer.send(alpha, create, otto) for _ in range(12)))
    await settle(alpha)
    assert set(answers) == {202}
    assert await count(alpha, Post) == await count(alpha, InboxItem) == await count(alpha, Notification) == 1


async def test_the_first_content_of_an_id_stays(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    note = otto.note("first", to=[alice.uri])
    await deliver(alpha, peer, otto, otto.does("Create", note), otto.does("Create", note | {"content": "other"}))
    assert "first" in (await alpha.ask(lambda: Post.get(uri=note["id"]))).html


@pytest.mark.parametrize("form", ["embedded", "bare", "without id", "other id"])
async def test_accept_in_every_form(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor, form: str) -> None:
    follow = await follow_them(alpha, alice, peer, otto, accepted=False)
    lost = {"type": "Follow", "actor": alice.uri, "object": otto.uri}
    named: Any = {"embedded": follow, "bare": follow["id"], "without id": lost,
                  "other id": lost | {"id": f"{peer.origin}/1"}}[form]
    await deliver(alpha, peer, otto, otto.does("Accept", named))
    assert await count(alpha, Follow, accepted_at__not_isnull=True) == 1


async def test_a_reject_clears_what_was_asked_or_had(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    follow = await follow_them(alpha, alice, peer, otto)
    await deliver(alpha, peer, otto, otto.does("Reject", follow))
    assert await count(alpha, Follow) == 0


async def test_what_is_addressed_to_public_alone_or_to_nobody_reaches_followers_and_owners(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """Takahe: `as:Public` and nothing else, Likes without `to` (fediverse.md §8.3, §8.13)."""
    await follow_them(alpha, alice, peer, otto)
    post = await alpha.write(alice, "Ours", Reach.PARTNERS)
    await deliver(alpha, peer, otto, otto.does("Create", otto.note(to=["as:Public"])), otto.does("Like", post.uri))
    assert (await alpha.ask(lambda: Post.get(author__uri=otto.uri))).reach is Reach.WEB
    assert await count(alpha, Like, post_id=post.id) == 1


@pytest.mark.parametrize("kind", ["Dislike", "View", "Join", "https://example.org/ns#Wave"])
async def test_what_we_do_not_know_is_taken_and_left(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor, kind: str) -> None:
    await deliver(alpha, peer, otto, otto.does(kind, f"{peer.origin}/things/1"))
    item = await alpha.ask(lambda: InboxItem.get())
    assert (item.state, item.outcome, item.body) == (ItemState.DONE, "unknown type", "")


async def test_a_note_passed_on_whole_is_read_at_its_origin(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """The copy inside an Announce is nobody's word but the announcer's."""
    await follow_them(alpha, alice, peer, otto)
    vera = peer.actor("vera")
    note = vera.note("what vera wrote")
    peer.show(note["id"], note)
    await deliver(alpha, peer, otto, otto.does("Announce", note | {"content": "what vera never wrote"}, to=[PUBLIC]))
    post = await alpha.ask(lambda: Post.get(uri=note["id"]).select_related("author"))
    assert "what vera wrote" in post.html and post.author.uri == vera.uri
    assert await count(alpha, Announce) == 1


async def test_an_undone_announce_or_like_that_comes_late_stays_undone(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    post = await alpha.write(alice, "Ours", Reach.PARTNERS)
    for kind in ("Like", "Announce"):
        activity = otto.does(kind, post.uri)
        await deliver(alpha, peer, otto, otto.does("Undo", activity), activity)
    assert await count(alpha, Like) == await count(alpha, Announce) == await count(alpha, Notification) == 0


async def test_an_answer_that_comes_before_what_it_answers_finds_it(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    await follow_them(alpha, alice, peer, otto)
    first = otto.note("first")
    second = otto.note("second", inReplyTo=first["id"])
    third = otto.note("third", inReplyTo=second["id"])
    await deliver(alpha, peer, otto, *(otto.does("Create", note) for note in (third, second, first)))
    posts = {post.uri: post for post in await alpha.ask(lambda: Post.all())}
    assert {post.conversation for post in posts.values()} == {first["id"]}
    assert posts[third["id"]].parent_id == posts[second["id"]].id and posts[second["id"]].parent_id == posts[first["id"]].id


async def test_a_key_with_an_id_of_its_own_is_followed_to_its_owner(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """GoToSocial: `/users/gina/main-key`, answered by a stub of the actor (fediverse.md §8.4)."""
    gina = peer.actor("gina", key_path="/users/gina/main-key", shared_inbox=False)
    await deliver(alpha, peer, gina, gina.does("Follow", alice.uri))
    assert await count(alpha, Follow, follower__uri=gina.uri) == 1
    accept = (await peer.wait_for("Accept"))[0]
    assert accept["to"] == [gina.uri]


@pytest.mark.parametrize("path", ["/inbox", "actor", "/actor/inbox"])
async def test_every_inbox_takes_the_same(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor, path: str) -> None:
    where = f"{alice.uri}/inbox".removeprefix(alpha.origin) if path == "actor" else path
    assert await peer.send(alpha, otto.does("Follow", alice.uri), otto, path=where, scheme="rfc9421") == 202
    await settle(alpha)
    assert await count(alpha, Follow) == 1


async def test_an_account_that_is_gone_takes_everything_along(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    await follow_them(alpha, alice, peer, otto)
    await deliver(alpha, peer, otto, otto.does("Create", otto.note()), otto.does("Follow", alice.uri))
    await deliver(alpha, peer, otto, otto.does("Delete", otto.uri))
    assert await count(alpha, Post, author__uri=otto.uri) == await count(alpha, Follow) == 0
    assert await peer.send(alpha, otto.does("Create", otto.note(to=[alice.uri])), otto) == 401  # it does not come back


async def test_an_item_that_breaks_does_not_stop_the_others(alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """A row that cannot be read is tried later, and set aside in the end (security.md, R30)."""
    async def poison() -> None:
        await InboxItem.create(activity_uri=f"{peer.origin}/poison", sender_uri=otto.uri, body="no JSON", attempts=7)
    await alpha.run(poison())
    await deliver(alpha, peer, otto, otto.does("Follow", alice.uri))
    assert await count(alpha, Follow) == 1
    assert await count(alpha, InboxItem, state=ItemState.BROKEN) == 1


async def test_a_message_without_addressees_is_for_those_of_its_create(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor) -> None:
    """ActivityPub §6.2, as some send it; where neither names anybody, it is for nobody."""
    await follow_them(alpha, alice, peer, otto)
    spoken, silent, said = otto.note(), otto.note(), otto.note(to=[alice.uri])
    del spoken["to"], silent["to"]
    for note, to in ((spoken, [PUBLIC]), (silent, []), (said, [PUBLIC])):
        await deliver(alpha, peer, otto, otto.does("Create", note, to=to))
    rows = await alpha.ask(lambda: Post.filter(author__host=peer.host).order_by("id"))
    assert [(row.uri, row.reach) for row in rows] == [
        (spoken["id"], Reach.WEB), (silent["id"], Reach.CIRCLE), (said["id"], Reach.CIRCLE)]


@pytest.mark.parametrize("kind", ["ReplyRequest", "Note"])
async def test_an_answer_about_something_else_is_none_to_a_follow(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor, kind: str) -> None:
    """GoToSocial answers requests for permission, too, and repeats who asked: it is no yes to a follow, and no end of one."""
    follow = await follow_them(alpha, alice, peer, otto, accepted=False)
    thing = {"type": kind, "actor": alice.uri, "object": f"{otto.uri}/notes/x", "id": f"{alpha.origin}/activities/x"}
    await deliver(alpha, peer, otto, otto.does("Accept", thing))
    assert await count(alpha, Follow, accepted_at__isnull=True) == 1
    await deliver(alpha, peer, otto, otto.does("Accept", follow), otto.does("Reject", thing))
    assert await count(alpha, Follow, accepted_at__isnull=False) == 1


async def test_what_comes_before_a_long_conversation_again_and_again_moves_few_messages(
        alpha: LiveServer, peer: Peer, alice: Actor, otto: PeerActor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each would rename all that came after it: thousands, in a transaction that everybody waits for."""
    await follow_them(alpha, alice, peer, otto)
    monkeypatch.setattr(notes, "EARLY_LIMIT", 3)
    monkeypatch.setattr(notes, "JOINED_LIMIT", 4)
    first, second, third = (otto.note(f"{number}") for number in range(3))
    second["inReplyTo"], third["inReplyTo"] = first["id"], second["id"]
    answers = [otto.note(f"An answer {number}") | {"inReplyTo": third["id"]} for number in range(6)]
    await deliver(alpha, peer, otto, *(otto.does("Create", note) for note in (*answers, third, second, first)))

    async def seen() -> dict[str, tuple[str, bool]]:
        found = await Post.filter(author__uri=otto.uri)
        return {post.uri: (post.conversation, post.parent_id is not None) for post in found}
    found = await alpha.ask(seen)
    assert {found[note["id"]][0] for note in (*answers, third)} == {third["id"]}, "it stays whole"
    assert [found[note["id"]] for note in (second, first)] == [(first["id"], True), (first["id"], False)]
    assert sum(has_place for _, has_place in (found[note["id"]] for note in answers)) == 3
