"""Who may say what of whose, handler by handler and without a network: each line here is kept out, or let in, by one thing."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from federation.contexts import PUBLIC
from federation.errors import Malformed, Refused
from federation.wire import Note
from models import (
    Actor,
    Announce,
    Block,
    Follow,
    HostBlock,
    Like,
    Notification,
    OutgoingActivity,
    Poll,
    Post,
    Tombstone,
    Vote,
    clock,
)
from models.actor import ActorKind
from models.notification import Notice
from models.post import server_of
from models.reach import Reach
from tests.federation.alone import (
    ORIGIN,
    WEB,
    Q,
    community,
    follow,
    incoming,
    note,
    ours,
    prepare,
    said,
    take,
    take_all,
    theirs,
    told,
    wrote,
)
from tests.peer import Document


@pytest.fixture
def database_kind() -> str:
    """One database: the statements are tried on both elsewhere."""
    return "sqlite"


@pytest.fixture
async def alice(db: object) -> Actor:
    """Our member, known elsewhere; two partners."""
    return await community()


async def test_a_block_ends_what_is_between_two_alone(alice: Actor) -> None:
    bob, vera, mallory = await ours("bob"), await theirs("vera"), await theirs("mallory")
    pairs = [(alice, vera), (vera, alice), (bob, vera), (vera, bob), (alice, mallory), (mallory, alice)]
    for one, other in pairs:
        await follow(one, other)
    block = said(vera, "Block", alice.uri)
    assert await take(vera, block) == await take(vera, said(vera, "Block", alice.uri)) == "done"
    assert await take(vera, said(vera, "Block", mallory.uri)) == "NotHere"
    assert {(one.follower_id, one.target_id) for one in await Follow.all()} == {(a.id, b.id) for a, b in pairs[2:]}
    kept = await Block.get()
    assert (kept.uri, kept.blocker_id, kept.target_id) == (block["id"], vera.id, alice.id)
    over = said(vera, "Block", bob.uri)
    await Tombstone.bury(over["id"], mallory.uri)
    await Tombstone.bury(block["id"], vera.uri)
    assert await take(vera, over) == "done" and await Block.all().count() == 2, "who ended it was somebody else"
    await Block.all().delete()
    assert await take(vera, block) == "done" and not await Block.exists()


async def test_only_its_author_deletes_a_message(alice: Actor) -> None:
    vera, mallory, dan = await theirs("vera"), await theirs("mallory"), await theirs("dan", Q)
    mine, hers, more = await wrote(alice), await wrote(vera), await wrote(vera)
    for by, uri, outcome in ((mallory, hers.uri, "Alone"), (dan, hers.uri, "Alone"), (vera, mine.uri, "Alone"),
                             (dan, f"{vera.uri}/never", "Refused"), (vera, vera.uri, "Alone"),
                             (vera, f"{vera.uri}/never", "done"), (vera, hers.uri, "done")):
        assert await take(by, said(by, "Delete", uri)) == outcome, (by.name, uri)
    for by, uri, outcome in ((mallory, more.uri, "Refused"), (dan, more.uri, "Refused"), (dan, vera.uri, "Refused"),
                             (mallory, vera.uri, "done"), (vera, mine.uri, "Refused")):
        assert await take(by, said(by, "Delete", uri), is_alone=True) == outcome, (by.name, uri)
    assert {one.id for one in await Post.filter(deleted_at__isnull=True)} == {mine.id, more.id}
    assert {(one.uri, one.actor_uri) for one in await Tombstone.all()} == {
        (f"{vera.uri}/never", vera.uri), (hers.uri, vera.uri), (vera.uri, mallory.uri)}
    assert not (await Actor.get(id=vera.id)).is_gone
    assert await take(mallory, said(mallory, "Delete", more.uri), is_alone=True, known=more) == "done", "its origin said so"
    assert not await Tombstone.filter(uri=more.uri).exists()
    assert await take(vera, said(vera, "Delete", vera.uri), is_alone=True) == "done" and (await Actor.get(id=vera.id)).is_gone


async def test_whose_message_is_said_to_be_gone_is_asked_there_of_neighbours_alone(alice: Actor) -> None:
    vera, mallory, dan = await theirs("vera"), await theirs("mallory"), await theirs("dan", Q)
    mine, hers, his = await wrote(alice), await wrote(vera), await wrote(dan)
    squat = await wrote(mallory, uri=vera.uri)
    assert await prepare(mallory, said(mallory, "Delete", hers.uri)) is None
    for thing in (mine.uri, hers.uri, his.uri, f"{vera.uri}/never", [mine.uri, hers.uri], vera.uri):
        given = said(vera, "Delete", thing)
        assert await prepare(vera, given) == await incoming(vera, given), thing
    assert await take(vera, said(vera, "Delete", vera.uri), is_alone=True) == "done" and (await Actor.get(id=vera.id)).is_gone
    assert await Post.filter(id=squat.id, deleted_at__isnull=True).exists(), "whatever a neighbour has written under her id"


async def test_of_several_only_those_are_carried_out_that_may_be(alice: Actor) -> None:
    vera, mallory, dan = await theirs("vera"), await theirs("mallory"), await theirs("dan", Q)
    await follow(alice, mallory)
    hers = await wrote(vera, Reach.WEB)
    assert await take_all("Announce", (dan, said(dan, "Announce", hers.uri, **WEB)), (mallory, said(
        mallory, "Announce", hers.uri, announceAuthorization=f"{vera.uri}/1", **WEB))) == ["done", "Alone"]
    assert not await Announce.exists()
    assert await take_all("Delete", *((by, said(by, "Delete", hers.uri)) for by in (dan, mallory)),
                          (dan, said(dan, "Delete", f"{vera.uri}/never"))) == ["Alone", "Alone", "Refused"]
    assert not await Tombstone.exists() and not await Post.filter(deleted_at__isnull=False).exists()


async def test_thanks_are_for_what_is_ours_and_seen(alice: Actor) -> None:
    bob, vera, mallory, dan = await ours("bob"), await theirs("vera"), await theirs("mallory"), await theirs("dan", Q)
    post, hers = await wrote(alice), await wrote(vera, Reach.WEB)
    kept_here, gone = await wrote(alice, Reach.COMMUNITY), await wrote(alice, deleted_at=clock.now())
    blocking, unshown = await wrote(bob), await wrote(await ours("shy", shares=False))
    await Block.create(blocker=bob, target=mallory)
    await HostBlock.create(owner=bob, host=Q)
    like = said(vera, "Like", post.uri)
    for by, thing in ((vera, post), (vera, hers), (mallory, hers), (vera, kept_here), (vera, gone), (mallory, blocking),
                      (dan, blocking), (vera, unshown)):
        assert await take(by, like if thing is post else said(by, "Like", thing.uri)) == "done"
    assert await take(vera, said(vera, "EmojiReact", post.uri)) == "done", "twice is once"
    assert [(one.uri, one.actor_id, one.post_id) for one in await Like.all()] == [(like["id"], vera.id, post.id)]
    assert await told() == {("alice", Notice.THANKS, post.id)}
    first, second = said(mallory, "Like", post.uri), said(dan, "Like", post.uri)
    await Tombstone.bury(first["id"], vera.uri)
    await Tombstone.bury(second["id"], dan.uri)
    assert await take(mallory, first) == await take(dan, second) == "done"
    assert {one.actor_id for one in await Like.all()} == {vera.id, mallory.id}, "who ended the one was somebody else"
    assert await take(vera, said(vera, "Like", [post.uri, hers.uri])) == "Malformed"


async def test_what_is_passed_on_is_seen_let_and_followed(alice: Actor) -> None:
    bob, vera, mallory, dan = await ours("bob"), await theirs("vera"), await theirs("mallory"), await theirs("dan", Q)
    group, cy = await theirs("group", Q, kind=ActorKind.GROUP), await theirs("cy", Q)
    for one in (mallory, group):
        await follow(alice, one)
    await follow(alice, cy, is_let=False)
    await follow(vera, dan)
    mine, kept_here = await wrote(alice, Reach.WEB), await wrote(alice, Reach.COMMUNITY)
    narrow, blocking = await wrote(alice), await wrote(bob, Reach.WEB)
    hers, asks = await wrote(vera, Reach.WEB), await wrote(vera, Reach.WEB, asks={"canAnnounce": {"named": []}})
    named = await wrote(vera, Reach.WEB, asks={"canAnnounce": {"named": [group.uri]}})
    await Block.create(blocker=bob, target=mallory)
    at = "2026-05-05T07:30:00Z"
    lines = [  # who, what, whether it counts, and how wide
        (mallory, mine, WEB, Reach.WEB), (group, mine, {}, Reach.PARTNERS), (cy, mine, {"cc": [PUBLIC]}, Reach.WEB),
        (mallory, narrow, WEB, Reach.PARTNERS), (mallory, kept_here, WEB, None), (mallory, blocking, WEB, None),
        (mallory, hers, WEB, Reach.WEB), (dan, hers, WEB, None), (cy, hers, WEB, None),
        (mallory, asks, WEB, Reach.WEB), (group, asks, WEB, None), (group, named, WEB, Reach.WEB)]
    for by, post, more, _ in lines:
        assert await take(by, said(by, "Announce", post.uri, published=at, **more)) == "done"
    counted = {(by.id, post.id, reach) for by, post, _, reach in lines if reach}
    found = await Announce.all()
    assert {(one.actor_id, one.post_id, one.reach) for one in found} == counted
    assert {one.published_at for one in found} == {datetime.fromisoformat(at)}
    assert await told() == {("alice", Notice.PASSED_ON, mine.id), ("alice", Notice.PASSED_ON, narrow.id)}, "none by a group"
    assert {one.actor_id for one in await Notification.filter(post_id=mine.id)} == {mallory.id, cy.id}
    await Announce.all().delete()
    stamped = said(group, "Announce", asks.uri, announceAuthorization=f"{vera.uri}/stamps/1")
    assert await take(group, stamped) == "Alone" and await take(group, stamped, is_alone=True) == "done"
    assert not await Announce.exists(), "a stamp that nobody looked at"
    assert await take(group, stamped, is_alone=True, stamp_uri=f"{vera.uri}/stamps/1") == "done"
    assert await Announce.filter(published_at__gt=clock.now() - timedelta(hours=1)).count() == 1
    over, others = said(mallory, "Announce", mine.uri), said(cy, "Announce", mine.uri)
    for gone in (over, others):
        await Tombstone.bury(gone["id"], server_of(mallory.uri))
    assert await take(mallory, over) == await take(cy, others) == "done"
    assert {one.actor_id for one in await Announce.all()} == {group.id, cy.id}
    await Announce.all().delete()
    inner = said(vera, "Create", hers.uri)
    assert await take(group, said(group, "Announce", inner), is_alone=True, post=hers) == "done" and await Announce.get()
    unknown = f"{dan.uri}/notes/unknown"
    assert await take(mallory, said(mallory, "Announce", unknown)) == "Alone"
    assert await take(mallory, said(mallory, "Announce", unknown), is_alone=True) == "done"


async def test_what_is_passed_on_is_asked_for_where_somebody_here_is_to_see_it(alice: Actor) -> None:
    vera, mallory, group = await theirs("vera"), await theirs("mallory"), await theirs("group", Q, kind=ActorKind.GROUP)
    mine, hers = await wrote(alice), await wrote(vera, Reach.WEB)
    asks = await wrote(vera, Reach.WEB, asks={"canAnnounce": {"named": []}})
    unknown, stamp = f"{vera.uri}/notes/unknown", {"announceAuthorization": f"{vera.uri}/stamps/1"}
    deleted = said(vera, "Delete", hers.uri)
    free: list[tuple[Actor, object, Document, Post | None]] = [  # by whom, of what, and what is found
        (mallory, unknown, {}, None), (mallory, hers.uri, {}, None), (mallory, mine.uri, {}, mine),
        (mallory, mine.uri, stamp, mine), (mallory, deleted, {}, None), (group, said(vera, "Delete", mine.uri), {}, None),
        (group, said(vera, "Update", unknown), {}, None), (group, said(vera, "Like", hers.uri), {}, None),
        (group, said(vera, "Create", {"type": "Note"}), {}, None), (group, said(vera, "Create", mine.uri), {}, mine)]
    for by, thing, more, found in free:
        done = await prepare(by, said(by, "Announce", thing, **more))
        assert done is not None and (done.post, done.known, done.stamp_uri) == (found, None, ""), thing
    for each in (deleted, [deleted]):
        assert await prepare(group, said(group, "Announce", each)) is None
    await follow(alice, mallory)
    await follow(alice, group)
    done = await prepare(mallory, said(mallory, "Announce", hers.uri, **stamp))
    assert done and done.post == hers, "she asks for no permission"
    done = await prepare(group, said(group, "Announce", asks.uri))
    assert done and done.post == asks
    assert await prepare(group, said(group, "Announce", asks.uri, **stamp)) is None
    assert await prepare(mallory, said(mallory, "Announce", unknown)) is None


async def test_what_names_nothing_is_refused(alice: Actor) -> None:
    """Two objects where there can be one, or one without an id."""
    vera = await theirs("vera")
    two, nameless = [f"{vera.uri}/1", f"{vera.uri}/2"], {"type": "Note", "content": "Hello"}
    for kind in ("Block", "Delete", "FeatureRequest", "Follow", "Like", "Undo"):
        assert await take(vera, said(vera, kind, two)) == "Malformed", kind
    for kind, thing in ((kind, thing) for kind in ("Announce", "Create") for thing in (two, nameless)):
        with pytest.raises(Malformed):
            await prepare(vera, said(vera, kind, thing))
    for thing in (two, nameless):
        with pytest.raises(Refused):
            await prepare(vera, said(vera, "Update", thing))
    assert await take(vera, said(vera, "QuoteRequest", two, instrument=two[0])) == "Malformed"


async def test_what_is_undone_is_the_senders_own(alice: Actor) -> None:
    """By its id or, of follows and thanks, by what it was about; what was told of it goes, and nothing else."""
    bob, vera, mallory = await ours("bob"), await theirs("vera"), await theirs("mallory")
    post, other = await wrote(alice, Reach.WEB), await wrote(alice, Reach.WEB)
    made: dict[tuple[str, str], Document] = {}
    for by in (vera, mallory):
        for kind, thing in (("Like", post), ("Announce", post), ("Follow", alice), ("Follow", bob), ("Block", bob),
                            ("Like", other)):
            made[by.name, f"{kind} {thing.uri}"] = one = said(by, kind, thing.uri, **WEB)
            assert await take(by, one) == "done"
    everything = 2 * 6 - 2  # whom somebody blocks, they do not follow

    async def left() -> int:
        return await Like.all().count() + await Announce.all().count() + await Follow.all().count() + await Block.all().count()
    assert await left() == everything and len(await told()) == 5
    for one in [one for (name, _), one in made.items() if name == vera.name]:
        assert await take(mallory, said(mallory, "Undo", one["id"])) == "done"
        assert await take(mallory, said(mallory, "Undo", {"id": one["id"], "type": "Flag", "object": one["object"]})) == "done"
    assert await left() == everything and await Tombstone.filter(actor_uri=mallory.uri).count() == 6
    assert await take(vera, said(vera, "Undo", {"type": "Announce", "object": post.uri})) == "done", "no kind that is named so"
    assert await take(vera, said(vera, "Undo", {"type": "Like", "object": alice.uri})) == "done"
    assert await left() == everything
    likes = [made[name, f"Like {post.uri}"]["id"] for name in ("vera", "mallory")]
    assert await take_all("Undo", (vera, said(vera, "Undo", likes[1])), (mallory, said(mallory, "Undo", likes[0])), (
        vera, said(vera, "Undo", [f"{vera.uri}/1", f"{vera.uri}/2"]))) == ["done", "done", "Malformed"]
    assert await left() == everything, "of several senders, each their own"
    by_name = {"type": "Like", "object": post.uri, "id": f"{vera.uri}/made-up"}
    assert await take(vera, said(vera, "Undo", by_name)) == "done"
    assert {(one.actor_id, one.post_id) for one in await Like.all()} == {
        (vera.id, other.id), (mallory.id, post.id), (mallory.id, other.id)}
    wrong = {"type": "Like", "object": other.uri, "id": made["mallory", f"Like {post.uri}"]["id"]}
    assert await take(mallory, said(mallory, "Undo", wrong)) == "done"
    assert {(one.actor_id, one.post_id) for one in await Like.all()} == {(vera.id, other.id), (mallory.id, other.id)}
    for kind, thing in (("Announce", post), ("Follow", alice), ("Block", bob)):
        assert await take(vera, said(vera, "Undo", made["vera", f"{kind} {thing.uri}"]["id"])) == "done"
    hers = [one["id"] for (name, _), one in made.items() if name == "vera"]
    assert await left() == 5 and not await Tombstone.filter(uri__in=hers, actor_uri=vera.uri).exists()
    rows = await Notification.all()
    assert {(one.recipient_id, one.actor_id, one.kind, one.post_id) for one in rows} == {
        (alice.id, mallory.id, Notice.PASSED_ON, post.id), (alice.id, mallory.id, Notice.FOLLOW, None),
        *((bob.id, one.id, Notice.FOLLOW, None) for one in (vera, mallory)),
        *((alice.id, one.id, Notice.THANKS, other.id) for one in (vera, mallory))}
    again = said(vera, "Undo", made["vera", f"Like {post.uri}"]["id"])
    assert await take(vera, again, is_repeat=True) == "done" and not await Tombstone.filter(actor_uri=vera.uri, uri=again[
        "object"]).exists(), "it may have been said anew since"


async def test_who_may_follow_whom(alice: Actor) -> None:
    vera, mallory, us = await theirs("vera"), await theirs("mallory"), await Actor.instance()
    shy, careful, bob = await ours("shy", shares=False), await ours("careful", approves_followers=True), await ours("bob")
    await Block.create(blocker=bob, target=mallory)
    first, asked = said(vera, "Follow", alice.uri), said(vera, "Follow", careful.uri)
    lines = [
        (vera, first, "done", True), (vera, asked, "done", False), (vera, said(vera, "Follow", shy.uri), "NotHere", None),
        (vera, said(vera, "Follow", f"{ORIGIN}/actors/none"), "NotHere", None),
        (vera, said(vera, "Follow", us.uri), "done", None), (mallory, said(mallory, "Follow", bob.uri), "done", None),
        (vera, said(vera, "Follow", mallory.uri), "NotHere", None)]
    for by, one, outcome, _ in lines:
        assert await take(by, one) == outcome, one
    assert {(one.uri, one.accepted_at is not None) for one in await Follow.all()} == {
        (one["id"], is_let) for _, one, _, is_let in lines if is_let is not None}
    answers = await OutgoingActivity.all().order_by("id").values_list("kind", "actor_id")
    assert list(answers) == [("Accept", alice.id), ("Reject", us.id), ("Reject", bob.id)]
    assert await told() == {("alice", Notice.FOLLOW, None), ("careful", Notice.FOLLOW_REQUEST, None)}
    over = said(mallory, "Follow", alice.uri)
    await Tombstone.bury(over["id"], mallory.uri)
    await Tombstone.bury(over["id"], vera.uri)
    assert await take(mallory, over) == "done" and not await Follow.filter(follower=mallory).exists()
    assert (await Tombstone.get(uri=over["id"])).actor_uri == vera.uri
    assert await take(mallory, over) == "done" and await Follow.filter(follower=mallory).exists(), "once only"
    await (await Follow.get(uri=asked["id"])).accept()
    assert await take(vera, asked) == "done"
    assert await OutgoingActivity.filter(kind="Accept", actor_id=careful.id).count() == 1, "asked again, answered again"


async def test_whose_words_are_taken(alice: Actor) -> None:
    """A new message, or a newer version of one: of their author alone, and from where it lives."""
    vera, mallory, dan = await theirs("vera"), await theirs("mallory"), await theirs("dan", Q)
    for one in (vera, mallory, dan):
        await follow(alice, one)
    first, newer = note(vera), {"updated": "2026-06-01T00:00:00Z", "content": "<p>newer</p>"}
    assert await take(vera, said(vera, "Create", first)) == "done"
    for by, thing, outcome in (
            (mallory, note(vera), "Alone"), (dan, note(vera), "Alone"), (mallory, first | {"attributedTo": mallory.uri}, "Alone"),
            (vera, f"{vera.uri}/notes/unread", "Alone"), (vera, first, "done"),
            (vera, {"id": vera.uri, "type": "Person"}, "Alone")):
        assert await take(by, said(by, "Create", thing)) == outcome, (by.name, thing)
    lie = Note.parse(note(vera))
    assert await take(mallory, said(mallory, "Create", lie.id), is_alone=True, note=lie) == "Refused"
    assert await take(mallory, said(mallory, "Update", lie.id), is_alone=True, note=lie) == "Refused"
    for by, thing, outcome in (
            (mallory, first | newer, "Refused"), (mallory, first | newer | {"attributedTo": mallory.uri}, "Refused"),
            (dan, first | newer, "Alone"), (vera, note(vera, **newer), "Alone"), (vera, vera.uri, "Alone")):
        assert await take(by, said(by, "Update", thing)) == outcome, (by.name, thing)
    squat = Note.parse(first | newer | {"attributedTo": mallory.uri})
    assert await take(mallory, said(mallory, "Update", first["id"]), is_alone=True, note=squat) == "Refused"
    post = await Post.get()
    assert (post.author_id, post.html) == (vera.id, "<p>new</p>")
    assert await take_all("Update", (mallory, said(mallory, "Update", first | newer)), (vera, said(vera, "Update", first | newer))
                          ) == ["Refused", "done"]
    assert (await Post.get()).html == "<p>newer</p>"
    new, other = note(vera), note(dan)
    assert await take_all("Create", (vera, said(vera, "Create", new)), (mallory, said(mallory, "Create", new | {
        "attributedTo": mallory.uri})), (dan, said(dan, "Create", other))) == ["done", "Alone", "done"]
    assert {(post.uri, post.author_id) for post in await Post.exclude(id=post.id)} == {
        (new["id"], vera.id), (other["id"], dan.id)}
    eve, poll = await theirs("eve"), await wrote(alice, Reach.WEB)
    unread = note(eve)
    assert await take(eve, said(eve, "Create", unread)) == "done" and not await Post.filter(uri=unread["id"]).exists()
    squatted = await wrote(mallory, uri=unread["id"])
    read = {"is_alone": True, "is_read_at_origin": True, "note": Note.parse(unread)}
    assert await take(eve, said(eve, "Create", unread["id"]), **read) == "done"
    assert await Post.filter(id=squatted.id).exists(), "nobody is to read it: nothing is thrown away for it"
    await Poll.create(post=poll, options=[{"name": "yes", "count": 0}, {"name": "no", "count": 0}], is_multiple=True)
    votes = [Note.parse(note(vera, inReplyTo=poll.uri, name=name, content=None)) for name in ("yes", "no", "yes")]
    assert await take(vera, said(vera, "Create", votes[0].id), is_alone=True, note=votes[0]) == "done"
    assert (await Vote.get()).option == "yes"
    assert await take(vera, said(vera, "Create", "https://x.example/1"), is_alone=True, votes=tuple(votes[1:])) == "done"
    assert sorted([one.option for one in await Vote.filter(actor=vera)]) == ["no", "yes"]
    assert not await Post.filter(uri__in=[vote.id for vote in votes]).exists()
    unknown = {"inReplyTo": f"{dan.uri}/unknown"}
    for by, result in ((eve, "done"), (vera, "Alone")):
        assert await take(by, said(by, "Create", note(by, **unknown))) == result, "what it answers is read if it is wanted"
    await Follow.filter(target_id=dan.id).update(tells_posts=True)
    assert await take(dan, said(dan, "Create", note(dan))) == "Alone", "somebody wants to be told of each"
    gone = await wrote(mallory, deleted_at=clock.now())
    assert await take(vera, said(vera, "Create", note(vera, gone.uri))) == "Alone", "erased by whoever was not its author"
    early = Note.parse(note(vera, **newer))
    assert await take(vera, said(vera, "Update", early.id), is_alone=True, note=early) == "done", "it comes before its Create"
    assert await Post.filter(uri=early.id).exists()
    await Post.filter(uri=early.id).update(author_id=mallory.id)
    for is_read in (False, True):
        assert await take(vera, said(vera, "Create", early.id), is_alone=True, note=early, is_read_at_origin=is_read) == "done"
        assert (await Post.get(uri=early.id)).author_id == (vera.id if is_read else mallory.id), "its origin says whose it is"


async def test_what_changes_is_the_senders_own(alice: Actor) -> None:
    """A message, one that was put away, or a profile, each carried out by itself."""
    vera, mallory, eve = await theirs("vera"), await theirs("mallory"), await theirs("eve")
    directory = await theirs("directory", kind=ActorKind.SERVICE)
    for one in (vera, mallory, directory):
        await follow(alice, one)
    newer = {"updated": "2026-06-01T00:00:00Z", "content": "<p>newer</p>"}

    async def change(by: Actor, thing: Document, **prepared: Any) -> str:
        words = {"note": Note.parse(thing)} if thing["type"] == "Note" else {}
        return await take(by, said(by, "Update", thing), is_alone=True, **words | prepared)
    hers = await wrote(vera, Reach.WEB)
    await hers.change(published_at=clock.now() - timedelta(days=300))
    listed = await wrote(directory, Reach.WEB)
    assert await take(directory, said(directory, "Update", note(directory, listed.uri))) == "Alone"
    await listed.delete()
    assert await change(vera, note(vera, hers.uri, **newer)) == "done" and (await Post.get()).html == "<p>newer</p>"
    assert await change(eve, note(eve, **newer)) == "done" and await Post.all().count() == 1, "nobody is to read it"
    gone = await wrote(mallory, deleted_at=clock.now())
    assert await change(vera, note(vera, gone.uri, **newer)) == "Refused", "it was another's"
    for by, result in ((mallory, "Refused"), (vera, "done")):
        assert await change(by, {"id": hers.uri, "type": "Tombstone"}) == result
        assert await Post.filter(id=hers.id, deleted_at__isnull=False).exists() == (by is vera)
    profile = {"id": vera.uri, "type": "Person", "preferredUsername": vera.name, "inbox": vera.inbox_uri, "name": "New"}
    for by, thing in ((mallory, profile), (vera, profile | {"type": "Mystery"}), (vera, vera.uri)):
        assert await take(by, said(by, "Update", thing), is_alone=True) == "done"
        assert (await Actor.get(id=vera.id)).display_name == ""
    assert await change(vera, profile) == "done" and (await Actor.get(id=vera.id)).display_name == "New"


async def test_for_whose_words_others_are_asked(alice: Actor) -> None:
    """Of whom somebody here follows, or whose message is here: what it answers or quotes, and what it names alone."""
    vera, mallory, dan = await theirs("vera"), await theirs("mallory"), await theirs("dan", Q)
    await follow(alice, vera)
    hers, his, bare = await wrote(vera), await wrote(mallory), f"{vera.uri}/notes/bare"
    far = {"inReplyTo": f"{dan.uri}/1"}
    quotes = {"quoteUrl": f"{dan.uri}/2"}
    profile = {"id": vera.uri, "type": "Person", "preferredUsername": vera.name, "inbox": vera.inbox_uri}
    free: list[tuple[Actor, str, object]] = [
        (vera, "Create", note(vera)), (vera, "Create", hers.uri), (mallory, "Create", note(mallory, **far)),
        (mallory, "Create", note(mallory, **quotes)), (mallory, "Update", note(mallory, **quotes)), (vera, "Update", note(vera)),
        (vera, "Create", {"id": f"{vera.uri}/9", "type": "Person"}), (vera, "Update", {"id": bare, "type": "Person"})]
    for by, kind, thing in free:
        done = await prepare(by, said(by, kind, thing))
        assert done and (done.note is not None) == (isinstance(thing, dict) and thing["type"] == "Note"), thing
    asked: list[tuple[Actor, str, object]] = [
        (vera, "Create", bare), (vera, "Create", [bare]), (vera, "Create", note(vera, **far)),
        (vera, "Create", note(vera, **quotes)), (mallory, "Create", note(mallory, hers.uri)), (vera, "Update", bare),
        (vera, "Update", note(vera, **quotes)),
        (mallory, "Update", note(mallory, his.uri, **quotes)), (vera, "Update", vera.uri)]
    for by, kind, thing in asked:
        assert await prepare(by, said(by, kind, thing)) is None, (by.name, kind, thing)
    for by, thing in ((mallory, note(dan)), (mallory, dan.uri), (vera, f"{dan.uri}/1")):
        for kind in ("Create", "Update"):
            with pytest.raises(Refused):
                await prepare(by, said(by, kind, thing))
    given: list[tuple[Actor, Actor, Document]] = [
        (vera, vera, {}), (vera, mallory, {}), (dan, vera, {}), (vera, vera, {"content": "no vote"}), (vera, vera, {"id": 7}),
        (vera, vera, {})]
    chosen = [{"id": f"{by.uri}/votes/{place}", "type": "Note", "attributedTo": whose.uri, "name": "yes", "inReplyTo": hers.uri}
              | more for place, (by, whose, more) in enumerate(given)]
    done = await prepare(vera, said(vera, "Create", chosen))
    assert done and [one.id for one in done.votes] == [chosen[0]["id"], chosen[5]["id"]]
    with pytest.raises(Malformed):
        await prepare(vera, said(vera, "Create", chosen[1:3]))
    done = await prepare(vera, said(vera, "Update", profile))
    assert done and (done.note, done.domain) == (None, None)
