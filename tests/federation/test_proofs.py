"""Proofs in documents: the published vectors, our own, and what a proof by somebody else or about something else is worth."""
from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from federation import censuses, charters, forwarding, instances, keys, proofs, resolve, rosters
from federation.contexts import DATA_INTEGRITY, PUBLIC
from federation.errors import Malformed, Unproven
from federation.render import instant
from federation.signatures import Key
from federation.wire import Activity
from models import ActorKey, Charter, Community, InboxItem, OutgoingActivity, Post, clock
from models.actor import KeyKind
from models.delivery import ItemState
from models.reach import Reach
from moderation import charters as moderation_charters
from tests.live import LiveServer, settle
from tests.peer import Document, Peer, PeerActor
from tests.stories.scene import deliver, see

VECTORS = Path(__file__).parents[3] / "shared/data/vectors/signatures.json"
ALICE = "https://a.example/users/alice"


def vectors() -> list[dict[str, Any]]:
    found = json.loads(VECTORS.read_bytes()) if VECTORS.exists() else []
    return [vector for vector in found if vector["family"] == "fep8b32"]


@pytest.mark.skipif(not VECTORS.exists(), reason="the signature vectors are not beside this repository")
@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["name"])
def test_the_published_verdict(vector: dict[str, Any]) -> None:
    key = keys.load_multikey(vector["public_multibase"])
    if vector["verdict"].startswith("valid"):
        assert proofs.verify(vector["document"], key).year == 2023
    else:
        with pytest.raises(Unproven):
            proofs.verify(vector["document"], key)


def signed() -> tuple[Document, keys.PublicKey]:
    key = keys.make_ed25519()
    document = {"@context": ["https://www.w3.org/ns/activitystreams"], "id": "https://a.example/1", "type": "Create",
                "actor": ALICE, "object": {"content": "Zoë \u20ac \U0001f600", "size": 1.0, "\ufb33": 1, "\U0001f600": 2}}
    return proofs.sign(document, Key(f"{ALICE}#ed25519-key", key), clock.now()), key.public_key()


def test_ours_survives_the_wire_and_names_its_key() -> None:
    document, key = signed()
    received = json.loads(json.dumps(document))
    assert proofs.key_id(received) == f"{ALICE}#ed25519-key"
    assert DATA_INTEGRITY in received["@context"]
    assert (clock.now() - proofs.verify(received, key)).total_seconds() < 60


@pytest.mark.parametrize("change", [
    {"actor": "https://a.example/users/mallory"}, {"object": {}}, {"extra": 1}, {"@context": []}, {"id": "https://a.example/2"},
    {"proof": None}, {"proof": []}, {"proof": {}}, {"proof": {"type": "RsaSignature2017", "signatureValue": "x"}},
    {"object": {"number": 2**60}},
], ids=str)
def test_what_was_changed_is_not_proven(change: Document) -> None:
    document, key = signed()
    with pytest.raises(Unproven):
        proofs.verify(document | change, key)


@pytest.mark.parametrize("change", [
    {"proofValue": None}, {"proofValue": "z"}, {"proofValue": "u" + "A" * 86}, {"proofValue": "z" + "1" * 5000},
    {"proofValue": "z0"}, {"created": "2020-01-01T00:00:00Z"}, {"created": None}, {"cryptosuite": "ecdsa-jcs-2019"},
    {"proofPurpose": "authentication"}, {"verificationMethod": f"{ALICE}#other"}, {"expires": "2020-01-01T00:00:00Z"},
    {"@context": ["https://evil.example/"]}, {"type": "RsaSignature2017"},
], ids=str)
def test_a_changed_proof_is_none(change: Document) -> None:
    document, key = signed()
    with pytest.raises(Unproven):
        proofs.verify(document | {"proof": document["proof"] | change}, key)


def test_what_is_signed_rightly_and_is_no_proof_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Further contexts may follow on those that were proven (Data Integrity §3.3.2), and none may stand before them."""
    document, key = signed()
    proven, more = document["@context"], "https://more.example/ns"
    assert proofs.verify(document | {"@context": [*proven, more]}, key)
    with pytest.raises(Unproven):
        proofs.verify(document | {"@context": [more, *proven]}, key)
    with pytest.raises(Unproven):
        proofs.verify(document | {"proof": document["proof"] | {"proofValue": "m" + document["proof"]["proofValue"][1:]}}, key)
    monkeypatch.setattr(proofs, "PURPOSE", "authentication")
    for_another, key = signed()
    monkeypatch.undo()
    with pytest.raises(Unproven):
        proofs.verify(for_another, key)


@pytest.mark.parametrize("more", [
    {"expires": "2020-01-01T00:00:00Z"}, {"expires": "never"}, {"expires": None}, {"created": None}, {"created": "now"}], ids=str)
def test_a_proof_that_is_over_or_of_no_time_is_none(more: Document) -> None:
    """Though its key has signed that too."""
    key, options = keys.make_ed25519(), {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022"}
    options |= {"verificationMethod": f"{ALICE}#key", "proofPurpose": "assertionMethod", "created": "2026-01-01T00:00:00Z"}

    def attested(said: Document) -> Document:
        document = {"id": "https://a.example/1", "type": "Create", "actor": ALICE}
        value = "z" + keys.base58_encode(key.sign(proofs._hashes(document, said)))
        return document | {"proof": said | {"proofValue": value}}
    later = {"expires": "2999-01-01T00:00:00Z"}
    assert proofs.verify(attested(options | later), key.public_key()) == datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(Unproven):
        proofs.verify(attested(options | more), key.public_key())


def test_another_key_and_another_kind_of_key_do_not_fit() -> None:
    document, _ = signed()
    for key in (keys.make_ed25519(), keys.make_rsa()):
        with pytest.raises(Unproven):
            proofs.verify(document, key.public_key())


@pytest.fixture
def database_kind() -> str:
    """One database: proofs end before it matters which."""
    return "sqlite"


@pytest.mark.parametrize(("kind", "thing", "may_be"), [
    ("Create", f"{ALICE}/1", True), ("Update", f"{ALICE}/1", True), ("Delete", ALICE, True),
    ("Update", ALICE, False),  # an old profile would bring back what its owner has changed since: a key, a name
    ("Follow", "https://b.example/users/bob", False), ("Offer", ALICE, False), ("Move", ALICE, False)])
def test_what_may_be_passed_on(kind: str, thing: str, may_be: bool) -> None:
    document: Document = {"id": f"{ALICE}/activities/1", "type": kind, "actor": ALICE, "object": thing}
    proof = {"type": proofs.TYPE, "cryptosuite": proofs.SUITE, "proofPurpose": proofs.PURPOSE,
             "verificationMethod": f"{ALICE}#key"}
    assert not forwarding.is_forwarded(document, Activity.parse(document)), "nothing proves it"
    document["proof"] = proof
    assert forwarding.is_forwarded(document, Activity.parse(document)) is may_be
    for name in proof:
        document["proof"] = proof | {name: "another"} if name != "verificationMethod" else {}
        assert not forwarding.is_forwarded(document, Activity.parse(document))


def with_proof_key(actor: PeerActor, peer: Peer) -> Key:
    """Give somebody elsewhere an Ed25519 key, and show it."""
    key = Key(f"{actor.uri}#ed25519-key", keys.make_ed25519())
    public = {"id": key.id, "type": "Multikey", "controller": actor.uri,
              "publicKeyMultibase": keys.multikey(key.private.public_key())}  # type: ignore[arg-type]
    peer.show(actor.uri, actor.document | {"assertionMethod": [public]})
    return key


async def arrived(alpha: LiveServer, uri: str) -> bool:
    await settle(alpha)
    return await alpha.ask(lambda: Post.exists(uri=uri))


async def test_a_forwarded_answer_counts_by_its_own_authors_proof_only(alpha: LiveServer, peer: Peer) -> None:
    """Otto passes Vera's answer on. Her proof makes it hers; his signature, his proof or none makes it nothing."""
    alice, vera, otto = await alpha.member("alice"), peer.actor("vera"), peer.actor("otto")
    hers, his = with_proof_key(vera, peer), with_proof_key(otto, peer)
    now = clock.now()

    def answer() -> Document:
        return vera.does("Create", vera.note("hers", cc=[alice.uri]), to=[PUBLIC])

    bare, by_otto, changed = answer(), proofs.sign(answer(), his, now), proofs.sign(answer(), hers, now)
    changed["object"]["content"] = "not hers"
    linked = answer() | {"signature": {"type": "RsaSignature2017", "creator": vera.key.id, "signatureValue": "AAAA"}}
    old = proofs.sign(answer(), hers, now.replace(year=2024))
    for lie in (bare, by_otto, changed, linked, old, proofs.sign(vera.does("Follow", alice.uri), hers, now)):
        assert await peer.send(alpha, lie, otto) == 401, lie
    assert await alpha.ask(lambda: InboxItem.all().count()) == 0

    good = proofs.sign(answer(), hers, now)
    assert await peer.send(alpha, good, otto) == 202
    assert await arrived(alpha, good["object"]["id"])
    assert await peer.send(alpha, good, otto) == 202
    assert await alpha.ask(lambda: InboxItem.all().count()) == 1, "and once only"


async def test_a_new_key_for_proofs_counts_at_once(alpha: LiveServer, peer: Peer) -> None:
    """Under the id of the old one, which is read once more as it does not fit."""
    alice, vera, otto = await alpha.member("alice"), peer.actor("vera"), peer.actor("otto")
    for _ in range(2):
        key = with_proof_key(vera, peer)
        activity = proofs.sign(vera.does("Create", vera.note("hers", cc=[alice.uri])), key, clock.now())
        assert await peer.send(alpha, activity, otto) == 202


async def test_a_proof_brings_in_nothing_of_a_server_that_we_do_not_exchange_with(alpha: LiveServer, peer: Peer) -> None:
    """A stranger's good proof, passed on by a partner."""
    alice, otto = await alpha.member("alice"), peer.actor("otto")
    async with Peer() as stranger:
        vera = stranger.actor("vera")
        key = with_proof_key(vera, stranger)
        activity = proofs.sign(vera.does("Create", vera.note("hi", cc=[alice.uri])), key, clock.now())
        assert await peer.send(alpha, activity, otto) == 403
        assert stranger.fetched == stranger.looked_up == []


async def test_what_is_for_the_web_leaves_with_proofs_and_nothing_else_does(
        alpha: LiveServer, beta: LiveServer, peer: Peer) -> None:
    """Beta believes Alice's message though Otto's server passes it on; a partner message could be shown to nobody."""
    async def allow_web() -> None:
        await (await Community.current()).change(ceiling=Reach.WEB)
    await alpha.run(allow_web())
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await alpha.write(alice, f"near @bea@{beta.host}", Reach.PARTNERS, recipients=(await see(alpha, bea),))
    await settle(alpha, beta)
    await alpha.write(alice, f"far @bea@{beta.host}", Reach.WEB, recipients=(await see(alpha, bea),))
    partners, web = [json.loads(sent.body) for sent in await alpha.ask(
        lambda: OutgoingActivity.filter(kind="Create").order_by("id"))]
    assert "proof" not in partners and "proof" not in partners["object"]

    key = await alpha.ask(lambda: ActorKey.get(actor_id=alice.id, kind=KeyKind.ED25519))
    for document in (web, web["object"], json.loads((await beta.fetch(web["object"]["id"]))[1])):
        assert proofs.key_id(document) == key.uri
        proofs.verify(document, keys.load_public(key.public_pem))
    said = datetime(2025, 3, 1, 12, tzinfo=UTC)
    for column in ("published_at", "edited_at"):
        said += timedelta(days=1)
        await alpha.run(_changed(web["object"]["id"], {column: said}))
        served = json.loads((await beta.fetch(web["object"]["id"]))[1])
        assert proofs.verify(served, keys.load_public(key.public_pem)) == said, "not of when it is asked for"

    await peer.become(beta)
    async with peer_forwarding(beta):
        assert await peer.send(beta, web, peer.actor("otto")) == 202
        assert await peer.send(beta, partners, peer.actor("otto")) == 401


async def _changed(uri: str, columns: dict[str, Any]) -> None:
    await Post.filter(uri=uri).update(**columns)


@asynccontextmanager
async def peer_forwarding(beta: LiveServer) -> AsyncIterator[None]:
    """Nothing that came straight from its author counts for what is passed on now."""
    await settle(beta)
    await beta.ask(lambda: InboxItem.all().delete())
    yield
    await settle(beta)
    assert await beta.ask(lambda: InboxItem.filter(state=ItemState.DONE).count()) == 1


async def test_nobody_signs_for_their_whole_server(alpha: LiveServer, peer: Peer) -> None:
    """A charter, a roster and a census count with a proof by the server's own actor, not by one of its people or elsewhere."""
    vera, us = peer.actor("vera"), peer.instance
    hers, own = with_proof_key(vera, peer), with_proof_key(us, peer)
    async with Peer() as other:
        await other.become(alpha)
        strange = with_proof_key(other.instance, other)
        owner, _ = [await alpha.run(resolve.actor(alpha.instance, uri)) for uri in (us.uri, vera.uri)]
        promised = await alpha.run(Community.current())
        made = [(charters.document(owner, 1, moderation_charters.of_community(promised), clock.now()) | {"legalOwner": "We"},
                 charters.proven), (rosters.document(owner, 1, [us.uri], clock.now()), rosters.proven),
                ({"id": f"{peer.origin}/census", "type": censuses.TYPE, "attributedTo": us.uri, "bands": {},
                  "published": instant(clock.now()), "endTime": instant(clock.now() + censuses.LASTS)}, censuses.proven)]
        for bare, proven in made:
            good = proofs.sign(bare, own, clock.now())
            assert await alpha.run(proven(alpha.instance, good, owner))
            for key in (hers, strange):
                with pytest.raises(Unproven):
                    await alpha.run(proven(alpha.instance, proofs.sign(bare, key, clock.now()), owner))
        nobody = proofs.sign(made[0][0] | {"legalOwner": " "}, own, clock.now())
        wrong: list[object] = [nobody, [], {"type": "Note"}]
        for thing in wrong:
            with pytest.raises(Malformed):
                await alpha.run(charters.proven(alpha.instance, thing, owner))
        assert other.fetched == []
    await alpha.run(instances.instance_actor(alpha.instance, peer.host))
    for by, key, count in ((vera, hers, 0), (us, own, 1)):  # her own promise, and that of the community
        bare = made[0][0] | {"attributedTo": by.uri}
        await deliver(alpha, peer, by, by.does("Update", proofs.sign(bare, key, clock.now())))
        assert await alpha.ask(lambda: Charter.filter(host=peer.host).count()) == count


async def test_a_neighbours_proof_makes_nothing_anybodys_word(alpha: LiveServer, peer: Peer) -> None:
    """Nor one by a key for signing requests, nor about an activity under an id elsewhere."""
    vera, mallory = peer.actor("vera"), peer.actor("mallory")
    hers, his = with_proof_key(vera, peer), with_proof_key(mallory, peer)
    said = vera.does("Create", vera.note("hers"))
    elsewhere = said | {"id": "https://elsewhere.example/1"}
    for lie in (proofs.sign(said, his, clock.now()), proofs.sign(elsewhere, hers, clock.now())):
        with pytest.raises(Unproven):
            await alpha.run(forwarding.prover(alpha.instance, lie, Activity.parse(lie)))
    good = proofs.sign(said, hers, clock.now())
    assert (await alpha.run(forwarding.prover(alpha.instance, good, Activity.parse(good))))[0].uri == vera.uri
