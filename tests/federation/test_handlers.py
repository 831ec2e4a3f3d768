"""What guards each handler, whether an activity is carried out with others or by itself (security.md §1)."""
from __future__ import annotations

import pytest

from federation import resolve
from models import Actor, Block, Community, Follow, HostBlock, Notification, Post, clock
from models.reach import Reach
from tests.federation.test_lies import told
from tests.live import LiveServer
from tests.peer import Document, Peer, PeerActor
from tests.stories import scene

#: What makes a message go by itself: pictures in names.
EMOJI: Document = {"type": "Emoji", "name": ":x:", "icon": {"type": "Image", "url": "https://elsewhere.example/x.png"}}


@pytest.fixture
def database_kind() -> str:
    """One database: lies end before it matters which."""
    return "sqlite"


async def test_who_quotes_our_messages_asks_us(alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """However it is said: programs that know no permissions quote without asking, and with a stamp of their own making."""
    await scene.follow(alpha, alice, vera)
    post = await alpha.write(alice, "ours", Reach.PARTNERS)
    stamp = f"{peer.origin}/stamps/1"
    ways: list[Document] = [{"quoteUrl": post.uri}, {"_misskey_quote": post.uri}, {"quote": post.uri},
                            {"quote": post.uri, "quoteAuthorization": stamp}]
    for way in ways:
        note = vera.note("look", **way)
        peer.show(stamp, {"id": stamp, "type": "QuoteAuthorization", "attributedTo": alice.uri, "interactingObject": note["id"],
                          "interactionTarget": post.uri})
        await scene.deliver(alpha, peer, vera, vera.does("Create", note))
    quoting = await alpha.ask(lambda: Post.filter(quote_uri=post.uri))
    assert [one.shows_quote for one in quoting] == [False] * 4


async def test_a_permission_shows_the_quote_that_it_is_about(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """Not another of the same message, and not that of somebody else's message in what was asked for."""
    bob = await alpha.member("bob")

    async def open_up() -> None:
        await (await Community.current()).change(ceiling=Reach.WEB)
        await (await Actor.get(id=alice.id)).change(allows_quotes=True)
    await alpha.run(open_up())
    await scene.follow(alpha, alice, vera)
    ours, bobs = await alpha.write(alice, "ours", Reach.WEB), await alpha.write(bob, "Bobs", Reach.WEB)
    notes = [vera.note("look", quote=post.uri) for post in (ours, ours, bobs)]
    for note in notes:
        peer.show(note["id"], note)
    asked = [vera.does("QuoteRequest", ours.uri, instrument=notes[place]["id"]) for place in (0, 2)]
    await scene.deliver(alpha, peer, vera, *(vera.does("Create", note) for note in notes), *asked)
    quoting = await alpha.ask(lambda: Post.filter(author__host=peer.host).order_by("id"))
    assert [(post.uri, post.shows_quote) for post in quoting] == [
        (note["id"], shown) for note, shown in zip(notes, (True, False, False), strict=True)]


async def test_nobody_moves_to_whom_they_want_nothing_to_do_with(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """Whoever blocks the new account stays where they are; so does the one whom a follower calls their own new account."""
    bob, new = await alpha.member("bob"), peer.actor("vera2")
    for member in (alice, bob):
        await scene.follow(alpha, member, vera)
    known = await alpha.run(resolve.actor(alpha.instance, new.uri))
    await alpha.ask(lambda: Block.create(blocker=bob, target=known))
    peer.show(new.uri, new.document | {"alsoKnownAs": vera.uri})
    peer.show(vera.uri, vera.document | {"movedTo": new.uri})
    assert await told(alpha, peer, vera, vera.does("Move", vera.uri, target=new.uri)) == ["done"]
    follows = await alpha.ask(lambda: Follow.all().select_related("follower", "target"))
    assert {(one.follower.uri, one.target.uri) for one in follows} == {(alice.uri, new.uri), (bob.uri, vera.uri)}


@pytest.mark.parametrize("tags", [[], [EMOJI]], ids=["with others", "by itself"])
async def test_what_nobody_here_is_to_read_is_not_kept(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor, tags: list[Document]) -> None:
    """Whoever writes is followed, or answers what they were shown, or names somebody of ours (fediverse.md §8.13)."""
    await scene.follow(alpha, alice, mallory)
    hers = mallory.note("hers")
    await scene.deliver(alpha, peer, mallory, mallory.does("Create", hers))
    known = await alpha.run(resolve.actor(alpha.instance, vera.uri))
    await alpha.ask(lambda: Follow.request(f"{alice.uri}/follows/9", alice, known))
    ours = {reach: await alpha.write(alice, "ours", reach) for reach in (Reach.ME, Reach.COMMUNITY, Reach.PARTNERS)}
    gone = await alpha.write(alice, "erased", Reach.PARTNERS)
    await alpha.ask(lambda: Post.filter(id=gone.id).update(deleted_at=clock.now()))
    answered = [hers["id"], gone.uri, ours[Reach.ME].uri, ours[Reach.COMMUNITY].uri, f"{alpha.origin}/posts/none", None]
    unwanted = [vera.note("an answer", inReplyTo=uri, tag=tags, cc=[mallory.uri]) for uri in answered]
    await told(alpha, peer, vera, *(vera.does("Create", note) for note in unwanted))
    assert await alpha.ask(lambda: Post.filter(author_id=known.id).count()) == 0
    wanted = [vera.note("an answer", inReplyTo=ours[Reach.PARTNERS].uri, tag=tags), vera.note("you", cc=[alice.uri], tag=tags)]
    await told(alpha, peer, vera, *(vera.does("Create", note) for note in wanted))
    assert await alpha.ask(lambda: Post.filter(author_id=known.id).count()) == 2


@pytest.mark.parametrize("tags", [[], [EMOJI]], ids=["with others", "by itself"])
async def test_nobody_hears_of_whom_they_block(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, tags: list[Document]) -> None:
    """Where others are named too: a person who blocks the author, or the author's server, is not told."""
    bob, carl = await alpha.member("bob"), await alpha.member("carl")
    known = await alpha.run(resolve.actor(alpha.instance, vera.uri))
    await alpha.ask(lambda: Block.create(blocker=alice, target=known))
    await alpha.ask(lambda: HostBlock.create(owner=bob, host=peer.host))
    named = [{"type": "Mention", "href": one.uri} for one in (alice, bob, carl)]
    await scene.deliver(alpha, peer, vera, vera.does("Create", vera.note("you", tag=[*named, *tags])))
    assert await alpha.ask(lambda: Notification.all().values_list("recipient_id", flat=True)) == [carl.id]
