"""Every lie about who says what (security.md §1): a peer that we exchange with tries it, and nothing comes of it."""
from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from federation import actors, arrivals, instances, intake, resolve
from federation.contexts import PUBLIC
from federation.errors import FederationError, Unreachable
from models import Actor, ActorKey, Announce, Block, Delivery, Follow, Host, InboxItem, Like, OutgoingActivity, Post, clock
from models.delivery import ItemState
from models.host import Standing
from models.ids import new_key
from models.reach import Reach
from server.entrance import peers
from tests.live import LiveServer, settle
from tests.peer import Document, Peer, PeerActor
from tests.stories import scene


@pytest.fixture
def database_kind() -> str:
    """One database: lies end before it matters which."""
    return "sqlite"


async def told(alpha: LiveServer, peer: Peer, by: PeerActor, *activities: Document) -> list[str]:
    """Send, carry out, and say what became of each: the state of its item, or the status at the door."""
    outcomes = []
    for activity in activities:
        status = await peer.send(alpha, activity, by)
        await settle(alpha)
        item = await alpha.ask(lambda uri=activity["id"]: InboxItem.get_or_none(activity_uri=uri))  # type: ignore[misc]
        outcomes.append(str(item.state) if item else str(status))
    return outcomes


async def text_of(alpha: LiveServer, uri: str) -> str:
    """What a message says here; "" if it is not here or erased."""
    post = await alpha.ask(lambda: Post.get_or_none(uri=uri, deleted_at__isnull=True))
    return post.html if post else ""


async def resolved(alpha: LiveServer, uri: str, what: Any = resolve.post) -> bool:
    """Whether something elsewhere is taken in when it is looked up."""
    try:
        await alpha.run(what(alpha.instance, uri))
    except FederationError:
        return False
    return True


async def test_a_neighbour_changes_deletes_and_undoes_nothing_of_vera(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """The same origin is not the same owner (Hollo 0.8.5, FEP-fe34)."""
    bob = await alpha.member("bob")
    note, follow = vera.note("hers", to=[alice.uri]), vera.does("Follow", alice.uri)
    post = await alpha.write(alice, "ours", Reach.PARTNERS)
    like, announce, block = vera.does("Like", post.uri), vera.does("Announce", post.uri), vera.does("Block", bob.uri)
    assert set(await told(alpha, peer, vera, vera.does("Create", note), follow, like, announce, block)) == {"done"}

    update = mallory.does("Update", note | {"content": "changed", "updated": "2026-06-01T00:00:00Z"})
    own = mallory.does("Update", note | {"attributedTo": mallory.uri, "content": "changed", "updated": "2026-06-02T00:00:00Z"})
    profile = mallory.does("Update", vera.document | {"name": "Mallory was here"})
    outcomes = await told(alpha, peer, mallory, update, own, profile, mallory.does("Delete", note["id"]),
                          mallory.does("Delete", vera.uri), mallory.does("Undo", follow), mallory.does("Undo", like["id"]),
                          mallory.does("Create", vera.note("forged", to=[alice.uri])),
                          mallory.does("Update", vera.note("forged before it came", to=[alice.uri])),
                          mallory.does("Undo", announce["id"]), mallory.does("Undo", block["id"]))

    assert [outcomes[place] for place in (0, 1, 3, 7, 8)] == ["refused"] * 5
    assert "hers" in await text_of(alpha, note["id"])
    assert await alpha.ask(lambda: Follow.filter(follower__uri=vera.uri).count()) == 1
    assert await alpha.ask(lambda: Like.filter(actor__uri=vera.uri).count()) == 1
    assert await alpha.ask(lambda: Announce.filter(actor__uri=vera.uri).count()) == 1
    assert await alpha.ask(lambda: Block.filter(blocker__uri=vera.uri).count()) == 1
    row = await alpha.ask(lambda: Actor.get(uri=vera.uri))
    assert row.display_name == "Vera" and row.deleted_at is None
    assert await alpha.ask(lambda: Post.filter(author__host=peer.host).count()) == 1


async def test_a_good_signature_of_mallory_is_no_word_of_vera(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """CVE-2025-54888: the owner of the key is compared with the actor before anything else."""
    assert await told(alpha, peer, mallory, vera.does("Follow", alice.uri)) == ["401"]
    assert await alpha.ask(lambda: Follow.all().count()) == 0


async def test_a_key_counts_only_if_its_owner_names_it(alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """A page that says "this key is vera's", and vera's document that does not."""
    stranger = peer.actor("stranger", key_path="/keys/1")
    page = json.loads(peer.pages["/keys/1"][2])
    page["id"] = vera.uri
    page["publicKey"]["owner"] = vera.uri
    peer.show(f"{peer.origin}/keys/1", page)
    assert await peer.send(alpha, vera.does("Follow", alice.uri), PeerActor(vera.uri, stranger.key, vera.document)) == 401


async def test_a_neighbour_cannot_sit_on_the_id_of_veras_key(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """Fedify 2.3.5: a key is kept under its own id, and only its own page says whose it is."""
    squat = dict(mallory.document["publicKey"]) | {"id": vera.key.id, "owner": mallory.uri}
    peer.show(mallory.uri, mallory.document | {"publicKey": [mallory.document["publicKey"], squat]})
    assert await told(alpha, peer, mallory, mallory.does("Follow", alice.uri)) == ["done"]
    assert not await alpha.ask(lambda: ActorKey.filter(uri=vera.key.id).exists()), "her own document has not been read"
    assert await told(alpha, peer, vera, vera.does("Follow", alice.uri)) == ["done"]
    peer.show(mallory.uri, mallory.document | {"publicKey": [mallory.document["publicKey"], squat]})
    await alpha.run(resolve.fetch_actor(alpha.instance, mallory.uri))
    assert (await alpha.ask(lambda: ActorKey.get(uri=vera.key.id).select_related("actor"))).actor.uri == vera.uri


async def test_a_new_key_replaces_the_old_one(alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """R19: after the change the new one works at once, the old one no longer, also under another id."""
    assert await told(alpha, peer, vera, vera.does("Follow", alice.uri)) == ["done"]
    old, newer = PeerActor(vera.uri, vera.key, vera.document), peer.actor("vera")
    assert await told(alpha, peer, newer, newer.does("Undo", f"{vera.uri}/x")) == ["done"]
    assert await told(alpha, peer, old, old.does("Follow", alice.uri)) == ["401"]


async def test_a_document_that_claims_an_id_elsewhere_changes_nothing_there(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """CVE-2024-23832, also through a redirect: the id's own server is asked, and its word counts."""
    async with Peer() as evil:
        await evil.become(alpha)
        forged = vera.document | {"name": "Taken over", "publicKey": evil.actor("x").document["publicKey"]}
        evil.show(f"{evil.origin}/users/fake", forged)
        evil.pages["/hop"] = (302, "text/html", "")
        await resolved(alpha, f"{evil.origin}/users/fake", resolve.actor)
        row = await alpha.ask(lambda: Actor.get_or_none(uri=vera.uri))
        assert row is None or row.display_name == "Vera"
        note = vera.note("forged")
        evil.show(f"{evil.origin}/notes/1", note)
        evil.show(f"{evil.origin}/notes/2", note | {"id": f"{evil.origin}/notes/2"})
        assert not await resolved(alpha, f"{evil.origin}/notes/1")
        assert not await resolved(alpha, f"{evil.origin}/notes/2")
        assert await alpha.ask(lambda: Post.all().count()) == 0


async def test_a_redirect_leads_to_no_stranger(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """A partner's address that leads to a server that we do not exchange with brings nothing in from there."""
    async with Peer() as stranger:
        gina = stranger.actor("gina")
        note = gina.note("from far away")
        stranger.show(note["id"], note)

        async def hop(request: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": gina.uri if "actor" in request.path else note["id"]})
        peer.pages["/hop/actor"], peer.pages["/hop/note"] = hop, hop
        assert not await resolved(alpha, f"{peer.origin}/hop/actor", resolve.actor)
        assert not await resolved(alpha, f"{peer.origin}/hop/note")
        assert await alpha.ask(lambda: Actor.filter(host=stranger.host).count()) == 0


@pytest.mark.parametrize("content_type", ["text/plain", "application/json"])
async def test_an_upload_is_no_document(alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, content_type: str) -> None:
    """CVE-2024-25623: only the two media types of ActivityPub."""
    note = vera.note("an upload")
    peer.show(note["id"], note, content_type)
    assert not await resolved(alpha, note["id"])
    upload = vera.document | {"id": f"{peer.origin}/upload.json"}
    peer.show(upload["id"], upload, content_type)
    assert not await resolved(alpha, upload["id"], resolve.actor)


async def test_a_context_cannot_give_words_another_meaning(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """CVE-2022-24307: names are read as they stand; what a context says of them is never looked at."""
    context = {"who": "https://www.w3.org/ns/activitystreams#actor", "actor": "https://example.org/nothing",
               "Wave": "https://www.w3.org/ns/activitystreams#Follow"}
    tricky = mallory.does("Follow", alice.uri) | {"@context": ["https://www.w3.org/ns/activitystreams", context], "who": vera.uri}
    waved = mallory.does("Wave", alice.uri) | {"@context": context}
    graph = {"@context": context, "id": f"{mallory.uri}/9", "type": "View", "actor": mallory.uri, "object": mallory.uri,
             "@graph": [vera.does("Follow", alice.uri)], "@included": [vera.does("Follow", alice.uri)],
             "@reverse": {"actor": vera.uri}}
    await told(alpha, peer, mallory, tricky, waved, graph)
    assert [follow.follower.uri for follow in await alpha.ask(lambda: Follow.all().select_related("follower"))] == [mallory.uri]


async def test_a_signature_inside_the_document_gives_no_authority(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """Linked Data signatures are not read at all: whoever forwards is not the author."""
    forwarded = vera.does("Create", vera.note("forwarded", to=[alice.uri])) | {
        "signature": {"type": "RsaSignature2017", "creator": vera.key.id, "signatureValue": "AAAA"}}
    assert await told(alpha, peer, mallory, forwarded) == ["401"]
    assert await alpha.ask(lambda: Post.all().count()) == 0


async def test_an_embedded_object_of_another_server_is_only_a_hint(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """A Create by evil of a note of vera's server, a Like with a forged note, an Update of a foreign note."""
    async with Peer() as evil:
        await evil.become(alpha)
        eve = evil.actor("eve")
        note = vera.note("never written", to=[alice.uri])
        real = vera.note("written", to=[alice.uri])
        peer.show(real["id"], real)
        outcomes = await told(alpha, evil, eve, eve.does("Create", note), eve.does("Like", note), eve.does("Update", note),
                              eve.does("Create", real | {"content": "forged"}), eve.does("Delete", real["id"]))
        assert outcomes[0] == "refused" and outcomes[3] == outcomes[4] == "refused"
    assert await alpha.ask(lambda: Post.filter(html__contains="never").count()) == 0
    assert await alpha.ask(lambda: Post.filter(html__contains="forged").count()) == 0


async def test_an_activity_has_an_id_on_its_actors_server(alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    activity = vera.does("Follow", alice.uri) | {"id": "https://elsewhere.example/1"}
    assert await peer.send(alpha, activity, vera) == 401


async def test_nobody_widens_the_audience_of_a_message_they_know(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """CVE-2024-37903: neither an Update of another, nor passing on what was for named people."""
    note = vera.note("for alice", to=[alice.uri])
    peer.show(note["id"], note)
    await told(alpha, peer, vera, vera.does("Create", note))
    await told(alpha, peer, vera, vera.does("Update", note | {"to": [PUBLIC], "updated": "2026-06-01T00:00:00Z"}))
    await told(alpha, peer, mallory, mallory.does("Follow", alice.uri), mallory.does("Announce", note["id"], to=[PUBLIC]))
    assert (await alpha.ask(lambda: Post.get(uri=note["id"]))).reach is Reach.CIRCLE
    assert await alpha.ask(lambda: Announce.all().count()) == 0


async def test_nobody_joins_a_conversation_that_their_server_was_never_shown(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """An answer to a message for the community, by someone who guessed its address."""
    post = await alpha.write(alice, "between us", Reach.COMMUNITY)
    note = vera.note("I know", to=[alice.uri], inReplyTo=post.uri)
    await told(alpha, peer, vera, vera.does("Create", note), vera.does("Like", post.uri), vera.does("Announce", post.uri))
    stored = await alpha.ask(lambda: Post.get(uri=note["id"]))
    assert (stored.parent_id, stored.parent_uri, stored.conversation) == (None, "", note["id"])
    for reach, is_wanted in ((Reach.COMMUNITY, False), (Reach.PARTNERS, True)):  # and who is named by nothing else
        ours = await alpha.write(alice, "between us", reach)
        guessed = vera.note("I guess", inReplyTo=ours.uri)
        await told(alpha, peer, vera, vera.does("Create", guessed))
        assert bool(await text_of(alpha, guessed["id"])) is is_wanted
    assert await alpha.ask(lambda: Like.all().count()) == await alpha.ask(lambda: Announce.all().count()) == 0


async def test_a_handle_is_shown_with_the_server_that_serves_it(alpha: LiveServer, peer: Peer, vera: PeerActor) -> None:
    """Fedify 0.13.1: WebFinger of evil says that vera is theirs; she stays vera of her own server."""
    async with Peer() as evil:
        await evil.become(alpha)
        links = [{"rel": "self", "type": "application/activity+json", "href": vera.uri}]
        answer = {"subject": f"acct:vera@{evil.host}", "links": links}
        evil.show(f"{evil.origin}/.well-known/webfinger", answer, "application/jrd+json")
        found = await alpha.run(resolve.actor_at(alpha.instance, f"@vera@{evil.host}"))
    assert found.address == f"@vera@{peer.host}"


async def test_what_we_do_not_trust_at_the_door_is_not_stored(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """Unsigned, unreadable, stale, from the future, without digest, replayed elsewhere: 401 and no row (fediverse.md §8.1)."""
    def activity() -> Document:
        return vera.does("Follow", alice.uri)

    def spoiled(name: str, text: str | None) -> Any:
        def change(headers: dict[str, str]) -> None:
            headers.pop(name)
            if text is not None:
                headers[name] = text
        return change
    now = clock.now()
    other = f"{alpha.origin}/actor/inbox"
    answers = {
        "unsigned": await peer.send(alpha, activity(), vera, change=spoiled("Signature", None)),
        "unreadable": await peer.send(alpha, activity(), vera, change=spoiled("Signature", "keyId=\"")),
        "no digest": await peer.send(alpha, activity(), vera, change=spoiled("Digest", None)),
        "other digest": await peer.send(alpha, activity(), vera, change=spoiled("Digest", "SHA-256=AAAA")),
        "other host": await peer.send(alpha, activity(), vera, change=spoiled("Host", "elsewhere.example")),
        "stale": await peer.send(alpha, activity(), vera, now=now - timedelta(hours=13)),
        "future": await peer.send(alpha, activity(), vera, now=now + timedelta(hours=13)),
        "replayed": await peer.send(alpha, activity(), vera, to=other),
        "replayed, new scheme": await peer.send(alpha, activity(), vera, to=other, scheme="rfc9421"),
    }
    assert set(answers.values()) == {401}, answers
    assert await peer.send(alpha, activity(), vera, now=now - timedelta(minutes=4)) == 202  # R17
    assert await peer.send(alpha, activity(), vera, now=now + timedelta(minutes=4)) == 202
    assert await alpha.ask(lambda: InboxItem.all().count()) == 2


@pytest.mark.parametrize(("body", "status"), [
    (b"{", 400), (b"[]", 400), (b'{"id": NaN}', 400),
    (b'{"id":"https://a/1","id":"https://a/2","type":"Like","actor":"https://a"}', 400),
    (b'{"a":' * 40 + b"1" + b"}" * 40, 400), (b'"' + b"x" * 400_000 + b'"', 413), (b'{"type":"Like","actor":"https://a/"}', 400)])
async def test_bodies_that_are_no_activity(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, body: bytes, status: int) -> None:
    assert await peer.send(alpha, body, vera) == status


async def test_compressed_bodies_are_refused(alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    def compress(headers: dict[str, str]) -> None:
        headers["Content-Encoding"] = "gzip"
    assert await peer.send(alpha, vera.does("Follow", alice.uri), vera, change=compress) == 400


async def test_a_body_that_drips_is_cut_off(alpha: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2023-36461: the deadline is over the whole body, not over each read."""
    monkeypatch.setattr(peers, "BODY_SECONDS", 0.5)
    reader, writer = await asyncio.open_connection(*alpha.host.split(":"))
    writer.write(f"POST /inbox HTTP/1.1\r\nHost: {alpha.host}\r\nContent-Length: 1000\r\n\r\n".encode())

    async def drip() -> None:
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.1)
    dripping = asyncio.create_task(drip())
    async with asyncio.timeout(5):
        assert b" 408 " in await reader.readline()
    dripping.cancel()
    writer.close()


@pytest.mark.parametrize("standing", [Standing.UNKNOWN, Standing.SUSPENDED])
async def test_strangers_and_suspended_servers_get_403_and_cause_no_request(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, standing: Standing) -> None:
    await peer.become(alpha, standing)
    post = await alpha.write(alice, "for partners", Reach.PARTNERS)
    for kind, thing in (("Follow", alice.uri), ("Create", vera.note()), ("Like", post.uri),
                        ("Accept", f"{alpha.origin}/follows/1"), ("Undo", f"{peer.origin}/1"), ("Wave", alice.uri),
                        ("Delete", f"{peer.origin}/1")):
        assert await peer.send(alpha, vera.does(kind, thing), vera) == 403
    for path in (alice.uri, post.uri, f"{alice.uri}/outbox", f"{alice.uri}/followers"):
        assert (await peer.get(alpha, path, vera))[0] == 403
    assert peer.fetched == []
    assert await alpha.ask(lambda: InboxItem.all().count()) == 0


async def test_a_rule_on_a_domain_covers_its_subdomains(alpha: LiveServer, peer: Peer, vera: PeerActor) -> None:
    """The address of the peer stands under "0.0.1:port", which is suspended here."""
    parent = peer.host.partition(".")[2]
    await alpha.ask(lambda: Host.create(name=parent, standing=Standing.SUSPENDED))
    assert await peer.send(alpha, vera.does("Follow", f"{alpha.origin}/actors/x"), vera) == 403


async def test_only_the_instance_actor_of_a_stranger_is_looked_at(alpha: LiveServer, peer: Peer, vera: PeerActor) -> None:
    """An Offer by one of its people: its key is read, and no row is kept of anybody."""
    await peer.become(alpha, Standing.UNKNOWN)
    offered = {"type": "Relationship", "subject": vera.uri, "relationship": f"{peer.origin}/ns#partner",
               "object": f"{alpha.origin}/actor"}
    assert await peer.send(alpha, vera.does("Offer", offered), vera) == 401
    assert await alpha.ask(lambda: Actor.filter(host=peer.host).count()) == 0


async def test_a_delete_of_somebody_unknown_is_dropped_without_a_request(alpha: LiveServer, peer: Peer, vera: PeerActor) -> None:
    """Floods of them are usual, and their keys are gone (fediverse.md §1.3)."""
    assert await peer.send(alpha, vera.does("Delete", vera.uri), vera) == 202
    assert peer.fetched == []
    assert await alpha.ask(lambda: InboxItem.all().count()) == 0


async def test_a_key_that_cannot_be_read_is_401_and_no_fault_of_ours(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """A secure-mode peer that answers 401 to our question for its key (fedify#473)."""
    for status in (401, 403, 404, 410):
        peer.show(vera.uri, "", status=status)
        assert await peer.send(alpha, vera.does("Follow", alice.uri), vera) == 401


async def test_a_flood_of_new_people_is_bounded(
        alpha: LiveServer, peer: Peer, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2022-46405. The number is small here; the sender is told to come back."""
    monkeypatch.setattr(actors, "NEW_ACTORS_PER_HOUR", 4)
    await alpha.run(instances.instance_actor(alpha.instance, peer.host))  # is one of them, and comes when it becomes a partner
    people = [peer.actor(f"bot{number}") for number in range(5)]
    assert [await peer.send(alpha, one.does("Follow", alice.uri), one) for one in people] == [202, 202, 202, 503, 503]
    assert await peer.send(alpha, people[0].does("Undo", f"{peer.origin}/1"), people[0]) == 202


async def test_one_server_cannot_fill_the_queue(
        alpha: LiveServer, peer: Peer, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "WAITING_LIMIT", 2)
    otto = peer.actor("otto")
    await peer.send(alpha, otto.does("Follow", alice.uri), otto)
    await settle(alpha)

    async def fill() -> None:
        for number in range(2):
            await InboxItem.create(activity_uri=f"{peer.origin}/{number}", sender_uri=otto.uri, body="{}", state=ItemState.NEW,
                                   due_at=clock.now() + timedelta(hours=1))
    await alpha.run(fill())
    await asyncio.sleep(arrivals.COUNT_SECONDS)  # it is counted so often
    assert await peer.send(alpha, otto.does("Follow", alice.uri), otto) == 503


async def test_who_takes_no_answers_gets_no_more_of_them(
        alpha: LiveServer, peer: Peer, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Follow after Follow, and an inbox that is never there: all that waits for one server made each delivery to others later."""
    monkeypatch.setattr(arrivals, "OWED_LIMIT", 2)

    async def owe() -> None:
        for number in range(3):
            yes = await OutgoingActivity.create(key=new_key(), uri=f"{alice.uri}/{number}", actor=alice, kind="Accept",
                                                object_uri="", body="{}")
            await Delivery.create(activity=yes, host=peer.host, inbox_uri=f"{peer.origin}/inbox", object_uri="",
                                  due_at=clock.now() + timedelta(hours=1))
    await alpha.run(owe())
    otto = peer.actor("otto")
    assert await peer.send(alpha, otto.does("Follow", alice.uri), otto) == 503
    assert await peer.send(alpha, otto.does("Undo", f"{otto.uri}/1"), otto) == 202  # what asks for no answer is heard


async def test_many_needs_of_one_document_are_one_request(alpha: LiveServer, peer: Peer, vera: PeerActor) -> None:
    """R28."""
    async def look() -> list[Actor]:
        return await asyncio.gather(*(resolve.actor(alpha.instance, vera.uri) for _ in range(10)))
    assert len({actor.id for actor in await alpha.run(look())}) == 1
    assert peer.fetched.count("/users/vera") == 1


async def test_an_old_copy_of_a_person_is_better_than_none(alpha: LiveServer, peer: Peer, vera: PeerActor) -> None:
    known, us = await alpha.run(resolve.actor(alpha.instance, vera.uri)), f"{alpha.origin}/actor"
    peer.fetched.clear()
    for one in (vera.uri, us):
        assert (await alpha.run(resolve.actor(alpha.instance, one, fresh=one == us))).uri == one
    assert not peer.fetched, "a new copy is as good, and of ours there are none"
    await alpha.ask(lambda: Actor.filter(id=known.id).update(fetched_at=clock.now() - timedelta(days=3)))
    for uri in (vera.uri, f"{peer.origin}/users/nobody"):
        peer.show(uri, "", status=503)
        with pytest.raises(Unreachable):
            await alpha.run(resolve.actor(alpha.instance, uri, fresh=uri == vera.uri))
    assert (await alpha.run(resolve.actor(alpha.instance, vera.uri))).id == known.id
    peer.show(vera.uri, vera.document | {"name": "Vera, later"})
    alpha.instance.client._failures._failures.clear()
    assert (await alpha.run(resolve.actor(alpha.instance, vera.uri))).display_name == "Vera, later"


async def test_who_took_an_id_before_its_owner_loses_it(
        alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor, mallory: PeerActor) -> None:
    """Where ids can be guessed, a neighbour may write under one first: the document there says whose it is (CVE-2026-33869)."""
    for one in (vera, mallory):
        await scene.follow(alpha, alice, one)
    note = vera.note("Veras words")
    squat = mallory.does("Create", note | {"attributedTo": mallory.uri, "content": "Mallorys words"})
    assert await told(alpha, peer, mallory, squat) == ["202"], "an ordinary message is there when it is answered"
    assert "Mallory" in await text_of(alpha, note["id"])
    peer.show(note["id"], note)
    assert await told(alpha, peer, vera, vera.does("Create", note)) == ["done"]
    assert "Vera" in await text_of(alpha, note["id"])
    assert await told(alpha, peer, mallory, mallory.does("Create", squat["object"])) == ["refused"]
    assert "Vera" in await text_of(alpha, note["id"])


async def test_activities_without_an_id_count_once(alpha: LiveServer, peer: Peer, alice: Actor, vera: PeerActor) -> None:
    """Deletes of GoToSocial and Creates of Pleroma come like this; what must be answered by its id cannot."""
    await scene.follow(alpha, alice, vera)
    note = vera.note("Soon gone")
    create, delete = ({name: value for name, value in vera.does(kind, thing).items() if name != "id"}
                      for kind, thing in (("Create", note), ("Delete", note["id"])))
    for activity in (create, create, delete | {"id": None}, create):
        assert await peer.send(alpha, activity, vera) == 202
        await settle(alpha)
    assert await text_of(alpha, note["id"]) == ""
    assert await alpha.ask(lambda: InboxItem.filter(state=ItemState.DONE).count()) == 2
    follow = vera.does("Follow", alice.uri) | {"id": None}
    assert await peer.send(alpha, follow, vera) == 400


async def test_servers_that_hand_out_nothing_hold_up_nobody_else(
        alpha: LiveServer, peer: Peer, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """What names a document that never comes keeps its lane; somebody else's Like, and Follow, are carried out meanwhile."""
    monkeypatch.setattr(intake, "LANES", 2)
    monkeypatch.setattr(intake, "LANES_KEPT", 1)
    end, otto, post = asyncio.Event(), peer.actor("otto"), await alpha.write(alice, "Hello")

    async def never(_: web.Request) -> web.Response:
        await end.wait()
        return web.Response(status=404)
    async with Peer() as slow:
        await slow.become(alpha)
        for name in ("vera", "ute"):
            someone = slow.actor(name)
            await scene.follow(alpha, alice, someone)
            slow.pages[f"/{name}"] = never
            assert await slow.send(alpha, someone.does("Announce", f"{slow.origin}/{name}"), someone) == 202
        while not {"/vera", "/ute"} & set(slow.fetched):
            await asyncio.sleep(0.02)
        for activity in (otto.does("Like", post.uri), otto.does("Follow", alice.uri)):
            assert await peer.send(alpha, activity, otto) == 202
        while await alpha.ask(lambda: InboxItem.filter(sender_uri=otto.uri, state=ItemState.NEW).exists()):
            await asyncio.sleep(0.02)
        assert await alpha.ask(lambda: InboxItem.filter(state=ItemState.NEW, attempts=0).count()) == 2  # no time has run out
        end.set()
