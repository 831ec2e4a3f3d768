"""Ways around the front door: what a peer says about us, about a third server, or through somebody else (security.md §0)."""
from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from federation import (
    actors,
    authorizations,
    censuses,
    charters,
    conversations,
    keys,
    proofs,
    resolve,
    rosters,
    synchronisation,
    values,
)
from federation.answers import ACTIVITY
from federation.contexts import PUBLIC
from federation.errors import FederationError, Gone, Malformed
from federation.handlers import undo
from federation.incoming import Incoming
from federation.signatures import Key
from federation.wire import Activity, ActorDocument
from models import Actor, ActorKey, Census, Community, Follow, Host, InboxItem, Like, Pin, Post, Stamp, Tag, clock
from models.actor import ActorKind
from models.database import in_transaction
from models.errors import NotHere
from models.host import Standing
from models.reach import Reach
from models.ruling import Act
from models.stamp import StampKind
from server.entrance import limits
from tests.live import LiveServer, settle
from tests.peer import Document, Peer, PeerActor
from tests.stories import scene


@pytest.fixture
def database_kind() -> str:
    """One database: lies end before it matters which."""
    return "sqlite"


async def opened(alpha: LiveServer) -> None:
    """From now on any server may talk with us."""
    async def change() -> None:
        await (await Community.current()).change(is_open_federation=True)
    await alpha.run(change())


async def refused(alpha: LiveServer, what: Coroutine[Any, Any, object]) -> bool:
    """Whether something is not taken in when it is tried."""
    try:
        await alpha.run(what)
    except FederationError:
        return True
    return False


async def ours(alpha: LiveServer) -> list[Any]:
    """The people of a server and their keys, as its database has them."""
    async def rows() -> list[Any]:
        people = Actor.filter(uri__startswith=alpha.origin).order_by("id")
        keys = ActorKey.filter(uri__startswith=alpha.origin).order_by("id")
        return [await people.values("uri", "host", "name", "kind", "fetched_at"), await keys.values()]
    return await alpha.ask(rows)


@pytest.mark.parametrize("is_open", [False, True])
async def test_nobody_makes_us_believe_ourselves(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, is_open: bool) -> None:
    """A key id at our own address, and addresses elsewhere that lead back to us: who is ours stays ours. Read as somebody
    elsewhere, the instance actor would be lost to us, and with one unproven request to anybody's inbox everything.
    """
    if is_open:
        await opened(alpha)
    us, before = f"{alpha.origin}/actor", await ours(alpha)
    for key_id in (f"{us}#nope", f"{us}?x#main-key", f"{alice.uri}#nope", f"{us.replace('127.0.0.1', '127.0.0.1.')}#x"):
        liar = PeerActor(us, Key(key_id, vera.key.private), {})
        assert await peer.send(alpha, liar.does("Offer", alice.uri), liar) in (401, 403)
        assert await peer.send(alpha, liar.does("Follow", alice.uri), liar) in (401, 403)
        assert (await peer.get(alpha, alice.uri, liar))[0] in (401, 403)
    for target in (us, alice.uri):
        async def back(_: web.Request, to: str = target) -> web.Response:
            return web.Response(status=302, headers={"Location": to})
        peer.pages["/back"] = back
        for uri in (f"{peer.origin}/back", f"{target}?x", target.replace("http:", "HTTP:")):
            assert await refused(alpha, resolve.actor(alpha.instance, uri))
            assert await refused(alpha, resolve.fetch_actor(alpha.instance, uri))
    assert await ours(alpha) == before


async def test_a_document_of_one_of_ours_is_no_word_from_elsewhere(alpha: LiveServer, alice: Actor) -> None:
    """The second lock: however it was come by, it changes nobody of ours."""
    document = {"id": alice.uri, "type": "Person", "preferredUsername": "mallory", "inbox": f"{alice.uri}/inbox"}
    before = await ours(alpha)
    assert await refused(alpha, actors.save(ActorDocument.parse(document)))
    assert await ours(alpha) == before


async def test_nobody_makes_us_ask_a_third_server(alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """What somebody says of a message of somebody else's server is refused before that server hears of it, told or passed on."""
    async with Peer() as evil:
        await evil.become(alpha)
        eve = evil.actor("eve")
        evil.show(eve.uri, eve.document | {"featured": f"{eve.uri}/featured"})
        await scene.follow(alpha, alice, eve)
        note = vera.note("hers", to=[alice.uri])
        peer.show(note["id"], note)
        await scene.deliver(alpha, evil, eve, *(eve.does(kind, thing, target=f"{eve.uri}/featured")
                                                for kind in ("Create", "Update", "Add") for thing in (note, note["id"])))
        async def away(_: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": f"{peer.origin}/nothing"})
        evil.pages["/keys/away"] = away
        liar = PeerActor(eve.uri, Key(f"{evil.origin}/keys/away#1", eve.key.private), {})
        assert await evil.send(alpha, liar.does("Follow", alice.uri), liar) == 401
    assert peer.fetched == []
    assert await alpha.ask(lambda: Post.all().count()) == 0


@pytest.mark.parametrize("standing", [Standing.UNKNOWN, Standing.SUSPENDED])
async def test_a_redirect_makes_no_request_of_a_stranger(
        alpha: LiveServer, peer: Peer, alice: Actor, standing: Standing) -> None:
    """What we read in somebody's name goes to servers that we exchange with, on every hop: a request says who we are."""
    async with Peer() as stranger:
        await stranger.become(alpha, standing)
        gina = stranger.actor("gina")

        async def hop(_: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": gina.uri})
        peer.pages["/hop"] = hop
        for what in (resolve.actor, resolve.post, conversations.read_document):
            assert await refused(alpha, what(alpha.instance, f"{peer.origin}/hop"))
        peer.show(f"{peer.origin}/elsewhere", gina.document)
        for reading in (resolve.actor, resolve.fetch_actor):
            assert await refused(alpha, reading(alpha.instance, f"{peer.origin}/elsewhere"))
        assert stranger.fetched == stranger.looked_up == []


async def test_who_is_gone_for_good_is_forgotten_and_who_may_be_back_is_not(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """A 404 may be an accident of theirs, a 410 is none (RFC 9110 §15.5.11); nobody comes back under the id. Who was never known
    is no row.
    """
    await scene.follow(alpha, alice, vera)
    note = vera.note("hers", to=[alice.uri])
    await scene.deliver(alpha, peer, vera, vera.does("Create", note))
    here = f"{alpha.origin}/posts/none"
    with pytest.raises(NotHere):
        await alpha.run(resolve.post(alpha.instance, here))

    async def left() -> tuple[bool, int, int]:
        row = await Actor.get(uri=vera.uri)
        return row.is_gone, await Follow.filter(target_id=row.id).count(), await Post.filter(author_id=row.id).count()
    async with Peer() as evil:
        await evil.become(alpha)
        evil.show(f"{evil.origin}/tombstone", {"id": vera.uri, "type": "Tombstone"})

        async def away(_: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": f"{evil.origin}/tombstone"})
        peer.show(vera.uri, {"id": f"{vera.uri}/1", "type": "Tombstone"})
        for page in (peer.pages["/users/vera"], away):
            peer.pages["/users/vera"] = page
            with pytest.raises(Malformed):
                await alpha.run(resolve.actor(alpha.instance, vera.uri, fresh=True))
            alpha.instance.client._failures._failures.clear()
        assert await alpha.ask(left) == (False, 1, 1), "a tombstone of another, or shown by another, is none"
    for status, becomes in ((404, (False, 1, 1)), (410, (True, 0, 0))):
        peer.show(vera.uri, "", status=status)
        peer.show(f"{vera.uri}/{status}", "", status=status)
        alpha.instance.client._failures._failures.clear()
        for uri in (vera.uri, f"{vera.uri}/{status}"):
            with pytest.raises(Gone):
                await alpha.run(resolve.actor(alpha.instance, uri, fresh=True))
        assert await alpha.ask(left) == becomes
    asked = list(peer.fetched)
    peer.show(vera.uri, vera.document)
    assert (await alpha.run(resolve.actor(alpha.instance, vera.uri, fresh=True))).is_gone and peer.fetched == asked
    assert await alpha.ask(lambda: Actor.filter(host=peer.host, kind=ActorKind.PERSON).count()) == 1


async def test_what_a_message_answers_comes_with_it_as_far_as_it_may(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """So many steps; what cannot be had, or is ours, is a hole and no error."""
    notes = [vera.note("0", inReplyTo=f"{alpha.origin}/posts/none")]
    for number in range(1, resolve.ANCESTORS_LIMIT + 3):
        notes.append(vera.note(str(number), inReplyTo=notes[-1]["id"]))
    for note in notes:
        peer.show(note["id"], note)

    async def here() -> int:
        return await alpha.ask(lambda: Post.filter(author__host=peer.host).count())
    await alpha.run(resolve.post(alpha.instance, notes[1]["id"], ancestors=0))
    assert await here() == 1
    await alpha.run(resolve.post(alpha.instance, notes[-1]["id"]))
    assert await here() == 1 + resolve.ANCESTORS_LIMIT + 1
    peer.show(notes[3]["id"], "", status=503)
    await alpha.ask(lambda: Post.filter(author__host=peer.host).delete())
    assert (await alpha.run(resolve.post(alpha.instance, notes[4]["id"]))).parent_uri == notes[3]["id"]


async def test_what_a_server_says_of_itself_is_read_there_alone(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """Permissions, charters, rosters and censuses: where they are redirected to another server, that one never hears of us."""
    async with Peer() as other:
        await other.become(alpha, Standing.UNKNOWN)

        async def away(request: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": f"{other.origin}{request.path}"})
        stamp, note = f"{peer.origin}/stamps/1", vera.note("quoted")
        owner = await alpha.run(resolve.actor(alpha.instance, peer.instance.uri))
        for uri in (stamp, f"{peer.origin}/charter", f"{peer.origin}/census", rosters.address_of(owner)):
            peer.pages[uri.removeprefix(peer.origin)] = away
        is_given = authorizations.is_given(alpha.instance, stamp, StampKind.QUOTE, interaction=f"{vera.uri}/1", target=note["id"],
                                           author=None)
        assert not await alpha.run(is_given) and await alpha.run(charters.fetch(alpha.instance, owner)) is None
        assert await refused(alpha, rosters.fetch(alpha.instance, peer.host))
        assert await refused(alpha, censuses._ask(alpha.instance, await alpha.ask(lambda: Census.of(peer.host))))
        assert {uri.rpartition("/")[2] for uri in peer.fetched} >= {"1", "charter", "census"} and other.fetched == []


async def test_a_permission_is_what_it_says_to_the_letter(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """FEP-044f and both older forms of GoToSocial: of its kind, under its id, about these two, by the author of the one; and who
    is a stranger is not asked for one.
    """
    target, interaction = f"{vera.uri}/1", f"{mallory.uri}/2"
    author = await alpha.run(resolve.actor(alpha.instance, vera.uri))
    newest = {"type": "ReplyAuthorization", "attributedTo": vera.uri, "interactingObject": interaction,
              "interactionTarget": target}
    older = {"type": "ReplyApproval", "attributedTo": vera.uri, "object": interaction, "target": target}
    oldest = {"type": "Accept", "actor": vera.uri, "object": interaction}

    async def given(document: Document, kind: StampKind = StampKind.REPLY, by: Actor | None = None, to: str = target) -> bool:
        stamp = f"{peer.origin}/stamps/{len(peer.pages)}"
        peer.show(stamp, {"id": stamp} | document)
        return await alpha.run(authorizations.is_given(
            alpha.instance, stamp, kind, interaction=interaction, target=to, author=by))
    for document in (newest, older, oldest, oldest | {"target": target}):
        assert await given(document) and await given(document, by=author), document
        assert not await given(document, StampKind.LIKE) or document["type"] == "Accept"
        assert not await given(document, to=f"{vera.uri}/3") or document == oldest
        assert not await given(document | {"id": f"{peer.origin}/stamps/other"}), "what is kept under another id is another"
        for name in document:
            for lie in ("https://elsewhere.example/users/x", mallory.uri, None):
                if (name, lie) in (("attributedTo", mallory.uri), ("actor", mallory.uri)):  # where the author is known
                    assert not await given(document | {name: lie}, by=author)
                elif (name, lie) != ("target", None) or document is older:
                    assert not await given(document | {name: lie}), (name, lie)
    assert not await given({"type": "Accept", "actor": vera.uri, "object": interaction}, StampKind.QUOTE), "no quote by an Accept"
    async with Peer() as stranger:
        gina = stranger.actor("gina")
        theirs = f"{stranger.origin}/stamps/1"
        stranger.show(theirs, newest | {"id": theirs, "attributedTo": gina.uri, "interactionTarget": f"{gina.uri}/1"})
        for standing, is_asked in ((Standing.UNKNOWN, False), (Standing.SUSPENDED, False), (Standing.PARTNER, True)):
            await stranger.become(alpha, standing)
            assert await alpha.run(authorizations.is_given(alpha.instance, theirs, StampKind.REPLY, interaction=interaction,
                                                           target=f"{gina.uri}/1", author=None)) is is_asked
            assert (stranger.fetched != []) is is_asked


async def test_what_must_stay_is_not_answered_by_where_somebody_else_was_led(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """Whoever looks up the same address at the same time may follow it to another server that we exchange with, and they share
    one request: a permission, a list of followers or of answers that came so is none.
    """
    async with Peer() as evil:
        await evil.become(alpha)
        for number, reading in enumerate((
                lambda uri: authorizations.is_given(alpha.instance, uri, StampKind.QUOTE, interaction=alice.uri, target=vera.uri,
                                                    author=None),
                lambda uri: synchronisation._page(alpha.instance, uri, f"{peer.origin}/followers"),
                lambda uri: conversations.read_document(alpha.instance, uri))):
            uri, (asked, go_on) = f"{peer.origin}/led/{number}", (asyncio.Event(), asyncio.Event())
            evil.show(f"{evil.origin}/led/{number}", {
                "id": uri, "type": "QuoteAuthorization" if number == 0 else "Collection", "attributedTo": vera.uri,
                "interactingObject": alice.uri, "interactionTarget": vera.uri, "items": []})

            async def away(request: web.Request, asked: asyncio.Event = asked, go_on: asyncio.Event = go_on) -> web.Response:
                asked.set()
                await go_on.wait()
                return web.Response(status=302, headers={"Location": f"{evil.origin}{request.path}"})
            peer.pages[f"/led/{number}"] = away

            async def both(uri: str = uri, reading: Any = reading, asked: asyncio.Event = asked,
                           go_on: asyncio.Event = go_on) -> Any:
                looking = asyncio.create_task(resolve.read_note(alpha.instance, uri))
                await asked.wait()
                staying = asyncio.create_task(reading(uri))
                await asyncio.sleep(0.01)
                go_on.set()
                return (await asyncio.gather(looking, staying, return_exceptions=True))[1]
            outcome = await alpha.run(both())
            assert outcome is False or isinstance(outcome, FederationError), outcome
        assert evil.fetched == [f"/led/{number}" for number in range(3)] == peer.fetched[-3:]


async def test_lists_of_answers_are_read_where_the_message_is(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """A message whose answers are said to be listed on another server makes us ask nothing there."""
    async with Peer() as other:
        await other.become(alpha)
        there = other.actor("ada").note("not asked for")
        other.show(there["id"], there)
        other.show(f"{other.origin}/list", {"type": "Collection", "items": [there["id"]]})
        elsewhere = dict.fromkeys(("replies", "context", "contextHistory"), f"{other.origin}/list")
        note = vera.note("look", to=[PUBLIC, alice.uri], **elsewhere)
        peer.show(note["id"], note)
        await scene.deliver(alpha, peer, vera, vera.does("Create", note))
        visit = conversations.Visit(note["id"], inside={note["id"]})
        await alpha.run(conversations._look(alpha.instance, visit))
        assert visit.listed == [] and f"/users/vera/notes/{note['id'].rpartition('/')[2]}" in peer.fetched and other.fetched == []


async def test_made_up_keys_of_a_partner_do_not_use_up_what_we_may_ask_of_it(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody can name a key at a partner. Those who then prove themselves are not counted."""
    monkeypatch.setitem(limits.RATES, "new_key", limits.Rate(2, 1000))
    for name in ("ada", "bob", "cleo"):
        actor = peer.actor(name)
        assert await peer.send(alpha, actor.does("Follow", alice.uri), actor) == 202

    async def tries(number: int) -> list[int]:
        liar = PeerActor(vera.uri, Key(f"{peer.origin}/made-up/{number}#key", vera.key.private), {})
        return [await peer.send(alpha, liar.does("Follow", alice.uri), liar), (await peer.get(alpha, alice.uri, liar))[0]]
    assert await tries(1) == [401, 401]
    asked = len(peer.fetched)
    assert await tries(2) == [429, 429]
    assert len(peer.fetched) == asked


async def test_a_group_cannot_have_a_private_message_erased(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """FEP-1b12: to our question about a message for one person its server answers 404, as it is not ours to read. Only 410 says
    that it is gone.
    """
    note = vera.note("for alice", to=[alice.uri])
    await scene.deliver(alpha, peer, vera, vera.does("Create", note))
    async with Peer() as evil:
        await evil.become(alpha)
        group = evil.actor("group", kind="Group")
        said = vera.does("Delete", note["id"])
        await scene.deliver(alpha, evil, group, group.does("Announce", said))
        assert await alpha.ask(lambda: Post.filter(uri=note["id"], deleted_at__isnull=True).exists())
        await alpha.ask(lambda: alpha.instance.client._failures.forget(f"signed {ACTIVITY.accept} {note['id']}") or settle(alpha))
        peer.show(note["id"], "", status=410)
        await scene.deliver(alpha, evil, group, group.does("Announce", said))
        assert not await alpha.ask(lambda: Post.filter(uri=note["id"], deleted_at__isnull=True).exists())


async def test_nobody_brings_back_an_old_profile(alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """A proof is good for a week; what somebody said of themselves last week may have been changed because a key was stolen."""
    key = Key(f"{vera.uri}#ed25519", keys.make_ed25519())
    public = keys.multikey(key.private.public_key())
    vera.document["assertionMethod"] = [{"id": key.id, "type": "Multikey", "controller": vera.uri, "publicKeyMultibase": public}]
    peer.show(vera.uri, vera.document)
    await scene.deliver(alpha, peer, vera, vera.does("Follow", alice.uri))
    old = proofs.sign(vera.does("Update", vera.document | {"name": "Of last week"}), key, clock.now() - timedelta(days=6))
    note = proofs.sign(vera.does("Create", vera.note("passed on", to=[alice.uri])), key, clock.now() - timedelta(days=6))
    async with Peer() as evil:
        await evil.become(alpha)
        eve = evil.actor("eve")
        assert await evil.send(alpha, note, eve) == 202
        assert await evil.send(alpha, old, eve) == 401
    await settle(alpha)
    assert await alpha.ask(lambda: Actor.filter(display_name="Of last week").count()) == 0


async def test_a_neighbour_gets_no_permission_for_veras_quote(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """Neither before she asks nor after; hers is hers, as the document at its id says (CVE-2026-33869)."""
    async def everybody() -> None:
        await (await Community.current()).change(ceiling=Reach.WEB)
        await (await Actor.get(id=alice.id)).change(allows_quotes=True)
    await alpha.run(everybody())
    await scene.follow(alpha, alice, vera)
    post = await alpha.write(alice, "quote me", Reach.WEB)
    quote = vera.note("look", quote=post.uri)

    def asks(who: PeerActor) -> Document:
        return who.does("QuoteRequest", post.uri, instrument=quote["id"])
    await scene.deliver(alpha, peer, mallory, asks(mallory), mallory.does("Follow", alice.uri))
    peer.show(quote["id"], quote)
    await scene.deliver(alpha, peer, vera, vera.does("Create", quote))
    assert not (await alpha.ask(lambda: Post.get(uri=quote["id"]))).shows_quote, "mallory was allowed it, and not vera"
    await scene.deliver(alpha, peer, vera, asks(vera))
    stamp = await alpha.ask(lambda: Stamp.get(interaction_uri=quote["id"]).select_related("asker"))
    assert stamp.asker.uri == vera.uri and (await alpha.ask(lambda: Post.get(uri=quote["id"]))).shows_quote
    yes = len(peer.of_kind("Accept"))
    await scene.deliver(alpha, peer, mallory, asks(mallory))
    assert len(peer.of_kind("Accept")) == yes
    peer.show(quote["id"], quote | {"id": f"{mallory.uri}/upload", "attributedTo": mallory.uri})
    await scene.deliver(alpha, peer, mallory, asks(mallory))
    assert len(peer.of_kind("Accept")) == yes, "what stands there under another id says nothing of this one"


async def test_pages_that_are_no_numbers(alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """Digits of other alphabets, and numbers that no column holds."""
    post = await alpha.write(alice, "hello", Reach.PARTNERS)
    assert (await peer.get(alpha, f"{alice.uri}/outbox?page={post.id}", vera))[0] == 200
    assert (await peer.get(alpha, f"{post.uri}/replies?page={post.id}", vera))[0] == 200
    for page in ("%C2%B2", "%D9%A3", "9" * 19, "9" * 18, "-1", "1e3", "first&page=%C2%B2"):
        for path in (f"{alice.uri}/outbox", f"{post.uri}/replies", f"{post.uri}/context"):
            assert (await peer.get(alpha, f"{path}?page={page}", vera))[0] in (200, 400), page


async def test_a_document_behind_a_redirect_speaks_for_itself_alone(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """CVE-2024-23832: an address of her server that leads away (a link that is followed for anybody) lends its name to nobody,
    and neither does a document that says it is to be had at a third address.
    """
    async with Peer() as evil:
        await evil.become(alpha)
        away = f"{peer.origin}/away?to=evil"

        async def hop(_: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": f"{evil.origin}/posing"})
        peer.pages["/away?to=evil"] = hop
        evil.show(f"{evil.origin}/posing", vera.document | {"id": away, "inbox": f"{peer.origin}/inbox"})
        assert await refused(alpha, resolve.actor(alpha.instance, away))
        assert await refused(alpha, resolve.fetch_actor(alpha.instance, away))
        evil.show(f"{evil.origin}/posing", vera.note("posing") | {"id": away})
        assert await refused(alpha, resolve.post(alpha.instance, away))
        chain = {f"{peer.origin}/1": f"{peer.origin}/2", f"{peer.origin}/2": vera.uri}
        for here, there in chain.items():
            peer.show(here, vera.document | {"id": there})
        assert await refused(alpha, resolve.fetch_actor(alpha.instance, f"{peer.origin}/1"))
        assert await alpha.ask(lambda: Actor.filter(host__in=[peer.host, evil.host], kind=ActorKind.PERSON).count()) == 0
        assert (await alpha.run(resolve.fetch_actor(alpha.instance, f"{peer.origin}/2"))).uri == vera.uri, "one step is asked for"
        page, moved = vera.note("behind its page"), vera.note("kept elsewhere")
        for at, note, lead in ((f"{peer.origin}/page", page, page["id"]), (moved["id"], moved, f"{peer.origin}/kept")):
            async def there(_: web.Request, lead: str = lead) -> web.Response:
                return web.Response(status=302, headers={"Location": lead})
            peer.show(lead, note)
            peer.pages[at.removeprefix(peer.origin)] = there
            assert (await alpha.run(resolve.post(alpha.instance, at))).uri == note["id"], "on one server it may lead on"


async def test_nothing_of_somebody_suspended_comes_in_through_others(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """CVE-2026-23961: not as what a group passes on, what somebody answers, quotes or pins, nor from a list of answers."""
    for one in (vera, mallory):
        await scene.follow(alpha, alice, one)
    known = await alpha.ask(lambda: Actor.get(uri=vera.uri))
    await scene.ruled(alpha, Act.SUSPEND, known, facts="She sells cures")
    note = vera.note("a cure")
    peer.show(note["id"], note)
    answer, quote = mallory.note("see", inReplyTo=note["id"]), mallory.note("look", quoteUrl=note["id"])
    await scene.deliver(alpha, peer, mallory, mallory.does("Announce", note["id"]), mallory.does("Create", answer),
                        mallory.does("Create", quote))
    herself = vera.note("herself", to=[alice.uri])
    await scene.deliver(alpha, peer, vera, vera.does("Create", herself), vera.does("Follow", alice.uri))
    assert await refused(alpha, resolve.post(alpha.instance, note["id"]))
    assert await alpha.ask(lambda: Post.filter(author_id=known.id).count()) == 0
    assert await alpha.ask(lambda: Follow.filter(follower_id=known.id).count()) == 0
    assert await alpha.ask(lambda: Post.filter(author__host=peer.host).count()) == 2


async def test_who_only_asked_to_follow_reads_nothing_for_followers(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """CVE-2025-30741: what came because somebody here follows her is for those whom she let in, not for those who asked."""
    bob, carl = await alpha.member("bob"), await alpha.member("carl")
    await scene.follow(alpha, alice, vera)
    known = await alpha.ask(lambda: Actor.get(uri=vera.uri))
    asked_her = await alpha.ask(lambda: Follow.request(f"{bob.uri}/follows/1", bob, known))
    note = vera.note("for followers", to=[f"{vera.uri}/followers"])
    await scene.deliver(alpha, peer, vera, vera.does("Create", note))
    assert [await scene.sees(alpha, one, note["id"]) for one in (alice, bob, carl)] == [True, False, False]
    await scene.deliver(alpha, peer, vera, vera.does("Accept", asked_her.uri))
    assert [await scene.sees(alpha, one, note["id"]) for one in (alice, bob, carl)] == [True, True, False]


async def test_a_server_reads_of_those_somebody_follows_only_its_own(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """CVE-2026-22246: whom a member follows elsewhere is told to no third server, and who only was asked to nobody."""
    async with Peer() as other:
        await other.become(alpha)
        ada, bea = other.actor("ada"), peer.actor("bea")
        for one in (vera, ada):
            await scene.follow(alpha, alice, one)
        known = await alpha.run(resolve.actor(alpha.instance, bea.uri))
        await alpha.ask(lambda: Follow.request(f"{alice.uri}/follows/9", alice, known))
        for server, one in ((peer, vera), (other, ada)):
            status, body = await server.get(alpha, f"{alice.uri}/following", one)
            assert status == 200 and json.loads(body)["orderedItems"] == [one.uri]


async def test_a_program_of_somebody_there_does_not_speak_for_a_partner(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """Where people choose the type of their account, one of them may call it an Application: the actor of their server it is not,
    and neither offers nor takes back in its name.
    """
    def offer(by: PeerActor) -> Document:
        return by.does("Offer", {"type": "Relationship", "subject": by.uri, "object": f"{alpha.origin}/actor",
                                 "relationship": f"{peer.origin}/ns#partner"})
    await scene.deliver(alpha, peer, peer.instance, offer(peer.instance))
    program = peer.actor("program", kind="Application")
    await scene.deliver(alpha, peer, program, offer(program), program.does("Withdraw", [f"{peer.origin}/users/vera"]))
    host = await alpha.ask(lambda: Host.get(name=peer.host))
    assert (host.instance_uri, host.title) == (peer.instance.uri, "Instance")
    outcomes = await alpha.ask(lambda: InboxItem.filter(sender_uri=program.uri).values_list("state", flat=True))
    assert {str(state) for state in outcomes} == {"refused"}


@pytest.mark.parametrize("change", ["deleted_at", "suspended"])
async def test_who_left_or_was_suspended_is_told_to_servers_that_knew_them(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, change: str) -> None:
    """CVE-2025-67500: to any other, they are somebody who never was here."""
    assert (await peer.get(alpha, alice.uri, vera))[0] == 200
    if change == "deleted_at":
        await alpha.ask(lambda: Actor.filter(id=alice.id).update(deleted_at=clock.now()))
    else:
        await scene.ruled(alpha, Act.SUSPEND, alice, facts="Because")
    async with Peer() as other:
        await other.become(alpha)
        ada = other.actor("ada")
        assert (await peer.get(alpha, alice.uri, vera))[0] == (410 if change == "deleted_at" else 200)
        assert await other.get(alpha, alice.uri, ada) == await other.get(alpha, f"{alpha.origin}/actors/{'1' * 22}", ada)
        assert (await other.get(alpha, alice.uri, ada))[0] == 404


async def test_what_is_undone_together_is_everybodys_own(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """Where two are carried out in one transaction, neither undoes what the other did."""
    post = await alpha.write(alice, "ours", Reach.PARTNERS)
    like, follow = vera.does("Like", post.uri), vera.does("Follow", alice.uri)
    await scene.deliver(alpha, peer, vera, like, follow, vera.does("Announce", post.uri))
    await scene.deliver(alpha, peer, mallory, mallory.does("Like", post.uri))

    async def together() -> list[object]:
        said = [(mallory, mallory.does("Undo", like["id"])), (vera, vera.does("Undo", f"{vera.uri}/nothing")),
                (mallory, mallory.does("Undo", follow))]
        us = await Actor.get(uri=f"{alpha.origin}/actor")
        incoming = [Incoming(activity=Activity.parse(activity), sender=await Actor.get(uri=who.uri), us=us)
                    for who, activity in said]
        async with in_transaction():
            return list(await undo.receive_all(incoming))
    assert await alpha.run(together()) == [None] * 3
    assert {one.actor_id for one in await alpha.ask(lambda: Like.all())} == {
        (await alpha.ask(lambda uri=who.uri: Actor.get(uri=uri))).id for who in (vera, mallory)}  # type: ignore[misc]
    assert await alpha.ask(lambda: Follow.filter(follower__uri=vera.uri).count()) == 1


async def test_a_stamp_is_given_by_whoever_is_quoted_on_their_server(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """FEP-044f: not by the one who quotes on a server of their own, not by a neighbour, not about other messages."""
    await scene.follow(alpha, alice, vera)
    note = vera.note("quoted")
    await scene.deliver(alpha, peer, vera, vera.does("Create", note))
    async with Peer() as evil:
        await evil.become(alpha)
        quoting = evil.actor("eve").note("quoting")["id"]

        async def counts(stamp: str, server: Peer, **said: str) -> bool:
            good = {"id": stamp, "type": "QuoteAuthorization", "attributedTo": vera.uri, "interactingObject": quoting,
                    "interactionTarget": note["id"]}
            server.show(stamp, good | said)
            quoted = await Post.kept(note["id"])
            return await authorizations.is_given(alpha.instance, stamp, StampKind.QUOTE, interaction=quoting, target=note["id"],
                                                 author=quoted.author if quoted else None)
        there = f"{peer.origin}/stamps"
        lies: list[tuple[str, Peer, dict[str, str]]] = [
            (f"{evil.origin}/stamps/1", evil, {}), (f"{there}/2", peer, {"attributedTo": mallory.uri}),
            (f"{there}/3", peer, {"interactingObject": f"{quoting}0"}), (f"{there}/4", peer, {"interactionTarget": vera.uri}),
            (f"{there}/5", peer, {"id": f"{there}/1"}), (f"{there}/6", peer, {"type": "LikeAuthorization"})]
        assert [await alpha.run(counts(stamp, server, **said)) for stamp, server, said in lies] == [False] * 6
        assert await alpha.run(counts(f"{there}/7", peer))


async def test_nobody_clears_the_page_of_a_neighbour(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """Add and Remove are about the sender's own collection, and in it about the sender's own messages (fediverse.md §8.9)."""
    for one in (vera, mallory):
        one.document["featured"] = f"{one.uri}/featured"
        peer.show(one.uri, one.document)
        await scene.follow(alpha, alice, one)
    note, top = vera.note("on top"), f"{vera.uri}/featured"
    peer.show(note["id"], note)
    await scene.deliver(alpha, peer, vera, vera.does("Create", note), vera.does("Add", note["id"], target=top))
    await scene.deliver(alpha, peer, mallory, *(mallory.does(kind, note["id"], target=where) for kind in ("Remove", "Add")
                                                for where in (top, f"{mallory.uri}/featured")))
    pins = await alpha.ask(lambda: Pin.all().select_related("actor", "post"))
    assert [(pin.actor.uri, pin.post.uri) for pin in pins] == [(vera.uri, note["id"])]


async def test_a_yes_or_no_counts_from_whoever_was_asked(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """Accept and Reject of a Follow that somebody else was asked, or nobody: by its id, by its two ends, and made up."""
    known = await alpha.run(resolve.actor(alpha.instance, vera.uri))
    asked_vera = await alpha.ask(lambda: Follow.request(f"{alice.uri}/follows/1", alice, known))
    whole = {"type": "Follow", "id": asked_vera.uri, "actor": alice.uri, "object": vera.uri}
    made_up = {"type": "Follow", "id": f"{alice.uri}/follows/2", "actor": alice.uri, "object": mallory.uri}
    things = (asked_vera.uri, whole, made_up, whole | {"id": made_up["id"]})
    await scene.deliver(alpha, peer, mallory, *(mallory.does(kind, thing) for kind in ("Accept", "Reject") for thing in things))
    assert [(one.target_id, one.accepted_at) for one in await alpha.ask(lambda: Follow.all())] == [(known.id, None)]
    await scene.deliver(alpha, peer, vera, vera.does("Accept", whole))
    assert await alpha.ask(lambda: Follow.filter(target_id=known.id, accepted_at__isnull=False).count()) == 1


async def test_names_and_links_say_what_they_are(alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """No name turns what stands beside it round, hides in it or covers it; "read it there" leads to its author's server."""
    name = "Ve\u202era\n\u2066Ad\u200bmin\u00ad" + "o" + "\u0301" * 50
    vera.document |= {"name": name, "url": "https://elsewhere.example/sign-in", "preferredUsername": "ve\u202era",
                      "attachment": [{"type": "PropertyValue", "name": "a\u202eb", "value": "c"}]}
    peer.show(vera.uri, vera.document)
    await scene.follow(alpha, alice, vera)
    tags = [{"type": "Hashtag", "name": "#re\u202etta"}, {"type": "Hashtag", "name": "#\u200b"}]
    there = vera.note("one", url=f"{peer.origin}/@vera/1")
    notes = [vera.note("two", url="https://elsewhere.example/sign-in", tag=tags), there]
    await scene.deliver(alpha, peer, vera, *(vera.does("Create", note) for note in notes))
    row = await alpha.ask(lambda: Actor.get(uri=vera.uri))
    assert (row.display_name, row.name, row.url, row.details[0]["name"]) == (
        "Vera Admino" + "\u0301" * 3, "vera", "", "ab")
    urls = [(await alpha.ask(lambda id_=note["id"]: Post.get(uri=id_))).url for note in notes]  # type: ignore[misc]
    assert urls == [notes[0]["id"], there["url"]]
    assert [tag.name for tag in await alpha.ask(lambda: Tag.filter(post__uri=notes[0]["id"]))] == ["retta"]


@pytest.mark.parametrize("name", ["Zoë", "محمد رضا", "می\u200cخواهم", "👩\u200d👩\u200d👧", "❤\ufe0f", "Nguyễn", "ก็้า"])
def test_names_as_people_have_them_stay(name: str) -> None:
    assert values.line(name) == name
