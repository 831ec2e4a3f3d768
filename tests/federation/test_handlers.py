"""What guards each handler, whether an activity is carried out with others or by itself (security.md §1)."""
from __future__ import annotations

import json
from typing import Any

import pytest

from federation import resolve
from federation.errors import Refused
from federation.handlers import HANDLERS, add
from federation.incoming import Incoming
from federation.wire import Activity, Note
from models import Actor, Block, Community, Follow, Host, HostBlock, InboxItem, Notification, Pin, Post, Stamp, clock
from models.database import in_transaction
from models.host import Standing
from models.notification import Notice
from models.reach import Reach
from tests.federation.test_lies import told
from tests.live import LiveServer, settle
from tests.peer import Document, Peer, PeerActor
from tests.stories import scene

#: What makes a message go by itself: pictures in names.
EMOJI: Document = {"type": "Emoji", "name": ":x:", "icon": {"type": "Image", "url": "https://elsewhere.example/x.png"}}


@pytest.fixture
def database_kind() -> str:
    """One database: lies end before it matters which."""
    return "sqlite"


async def test_what_names_nothing_is_refused_at_once(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """Two objects where there can be one, or one without an id: no second try."""
    two, nameless = [f"{vera.uri}/1", f"{vera.uri}/2"], {"type": "Note", "content": "Hello"}
    kinds = ("Announce", "Block", "Create", "Delete", "FeatureRequest", "Follow", "Like", "QuoteRequest", "Undo", "Update")
    said = [vera.does(kind, two) for kind in kinds] + [
        vera.does(kind, nameless) for kind in ("Announce", "Create", "Delete", "Like", "Update")]
    assert set(await told(alpha, peer, vera, *said)) == {"refused"}
    assert await told(alpha, peer, peer.instance, peer.instance.does("Undo", two)) == ["refused"]


async def test_who_is_not_known_elsewhere_gives_no_answer(alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """C5, CVE-2025-67500: a no would say that somebody is there."""
    shy = await alpha.member("shy", shares=False)
    asked = [vera.does(kind, uri) for kind in ("Follow", "FeatureRequest") for uri in (shy.uri, f"{alpha.origin}/actors/nobody")]
    assert await told(alpha, peer, vera, *asked) == ["refused"] * 4
    assert await told(alpha, peer, vera, vera.does("FeatureRequest", alice.uri)) == ["done"]
    assert [no["actor"] for no in await peer.wait_for("Reject")] == [alice.uri] and len(peer.received) == 1
    assert await alpha.ask(lambda: Follow.all().count()) == await alpha.ask(lambda: Notification.all().count()) == 0


async def test_pins_are_read_of_those_who_are_followed_and_not_without_end(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(add, "PINS_LIMIT", 1)
    vera.document["featured"] = top = f"{vera.uri}/featured"
    peer.show(vera.uri, vera.document)
    notes = [vera.note(f"note {number}") for number in range(3)]
    for note in notes:
        peer.show(note["id"], note)
    pins = [vera.does("Add", note["id"], target=top) for note in notes]
    await scene.deliver(alpha, peer, vera, pins[0])
    assert "/users/vera/notes/" not in " ".join(peer.fetched), "nobody here follows her"
    await scene.follow(alpha, alice, vera)
    await scene.deliver(alpha, peer, vera, *pins[1:])
    assert [path for path in peer.fetched if "/notes/" in path] == [notes[1]["id"].removeprefix(peer.origin)]
    assert await alpha.ask(lambda: Pin.all().count()) == 1


async def test_a_move_of_somebody_whom_nobody_follows_is_none_of_our_business(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    new = peer.actor("vera2")
    assert await told(alpha, peer, vera, vera.does("Move", vera.uri, target=new.uri)) == ["done"]
    assert "/users/vera2" not in peer.fetched
    await scene.follow(alpha, alice, vera)
    for nowhere in ({}, {"target": vera.uri}):
        assert await told(alpha, peer, vera, vera.does("Move", vera.uri, **nowhere)) == ["refused"]


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


async def test_a_block_ends_what_is_between_two_and_its_undo_ends_it(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    bob = await alpha.member("bob")
    for member in (alice, bob):
        await scene.follow(alpha, member, vera)
        await scene.follow(alpha, member, mallory)
    for one in (vera, mallory):
        await scene.deliver(alpha, peer, one, one.does("Follow", alice.uri), one.does("Follow", bob.uri))
    block = mallory.does("Block", alice.uri)
    await scene.deliver(alpha, peer, mallory, block)
    left = await alpha.ask(lambda: Follow.all().select_related("follower", "target"))
    pairs = {(one.follower.uri, one.target.uri) for one in left}
    assert len(pairs) == 6 and not {(alice.uri, mallory.uri), (mallory.uri, alice.uri)} & pairs
    await scene.deliver(alpha, peer, mallory, mallory.does("Undo", block["id"]))
    assert await alpha.ask(lambda: Block.all().count()) == 0


async def test_an_edit_is_its_authors(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """Of a message for all, whose edits are carried out with those of others; and one that quotes, which goes by itself."""
    for one in (vera, mallory):
        await scene.follow(alpha, alice, one)
    note = vera.note("hers")
    await scene.deliver(alpha, peer, vera, vera.does("Create", note))
    newer = note | {"content": "changed", "updated": "2026-06-01T00:00:00Z"}
    said = [mallory.does("Update", newer | more | name) for more in ({}, {"quoteUrl": f"{vera.uri}/notes/other"})
            for name in ({}, {"attributedTo": mallory.uri})]
    said.append(mallory.does("Update", vera.note("never written", quoteUrl=note["id"])))
    assert await told(alpha, peer, mallory, *said) == ["refused"] * 5
    [post] = await alpha.ask(lambda: Post.filter(author__host=peer.host))
    assert "hers" in post.html and not post.quote_uri


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


async def test_an_id_that_somebody_takes_meanwhile_stays_its_owners(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """Whose it is was asked before; amid the transaction it is another's by now, and nothing of theirs is thrown away."""
    for one in (vera, mallory):
        await scene.follow(alpha, alice, one)
    note = vera.note("hers")
    await scene.deliver(alpha, peer, vera, vera.does("Create", note))
    squat = Note.parse(note | {"attributedTo": mallory.uri, "content": "Mallorys"})
    await alpha.run(meanwhile(mallory, mallory.does("Create", note), alpha, note=squat))
    [post] = await alpha.ask(lambda: Post.all().select_related("author"))
    assert (post.author.uri, "hers" in post.html) == (vera.uri, True)


async def meanwhile(by: PeerActor, said: Document, server: LiveServer, **prepared: Any) -> None:
    """Carry an activity out that was prepared before something changed."""
    sender, us = await Actor.get(uri=by.uri), await Actor.get(uri=f"{server.origin}/actor")
    async with in_transaction():
        await HANDLERS[said["type"]].carry_out(Incoming(activity=Activity.parse(said), sender=sender, us=us, is_alone=True,
                                                        body=json.dumps(said), **prepared))


async def test_an_offer_is_made_by_a_server_for_itself(alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """Not by one of its people, not in the name of others, not about something else; and a limited server waits for our hosts."""
    def partnership(by: PeerActor, **more: Any) -> Document:
        return {"type": "Relationship", "subject": by.uri, "relationship": f"{peer.origin}/ns#partner",
                "object": f"{alpha.origin}/actor", **more}
    us, them = peer.instance, f"{alpha.origin}/actor"
    lies = [us.does("Offer", partnership(us, **more)) for more in (
        {"type": "Note"}, {"subject": vera.uri}, {"object": alice.uri}, {"relationship": f"{peer.origin}/ns#friend"},
        {"relationship": None})] + [us.does("Offer", them)]
    assert await told(alpha, peer, us, *lies) == ["refused"] * 6
    assert await told(alpha, peer, vera, vera.does("Offer", partnership(vera))) == ["refused"]
    await peer.become(alpha, Standing.LIMITED)
    assert await told(alpha, peer, us, us.does("Offer", partnership(us))) == ["done"]
    host = await alpha.ask(lambda: Host.get(name=peer.host))
    assert (host.standing, host.offer_uri, host.asked_us_at) == (Standing.LIMITED, "", None)
    assert await alpha.ask(lambda: Notification.filter(kind=Notice.PARTNER_REQUEST).count()) == 0 and not peer.received


async def test_permissions_are_given_for_what_is_ours_and_to_whoever_wants_them(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """Of what is here: nobody is answered about a message of somebody elsewhere, and whose the use is, is asked once more amid
    the transaction, as somebody else may have come first meanwhile.
    """
    await scene.follow(alpha, alice, vera)
    hers, post = vera.note("hers"), await alpha.write(alice, "ours", Reach.PARTNERS)
    await scene.deliver(alpha, peer, vera, vera.does("Create", hers))
    used = f"{mallory.uri}/1"
    asked = [mallory.does("LikeRequest", uri, instrument=used) for uri in (hers["id"], f"{alpha.origin}/posts/none")]
    assert await told(alpha, peer, mallory, *asked) == ["refused"] * 2
    theirs = mallory.does("LikeRequest", post.uri, instrument=hers["id"])
    with pytest.raises(Refused, match="somebody else"):
        await alpha.run(meanwhile(mallory, theirs, alpha))
    await settle(alpha)
    assert await alpha.ask(lambda: Stamp.all().count()) == 0 and not peer.received
    assert await alpha.ask(lambda: InboxItem.filter(activity_uri__in=[one["id"] for one in asked]).count()) == 2
