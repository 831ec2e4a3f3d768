"""A partner whose directory lies: people of other servers, times that are over, lists without an end. It gets nowhere."""
from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from federation import directories, introductions, keys, listing_documents, listing_news, listing_sync, proofs, resolve
from federation.errors import Malformed
from federation.incoming import Incoming
from federation.render import instant
from federation.signatures import Key
from federation.wire import Activity
from federation.withdrawal_notices import digest_of
from models import (
    Actor,
    AuditEntry,
    Block,
    Community,
    DirectoryPeer,
    Follow,
    Host,
    HostBlock,
    InboxItem,
    Introduction,
    Listing,
    OfferedListing,
    Tombstone,
    Withdrawal,
    clock,
)
from models.consent import Purpose
from models.database import in_transaction
from models.errors import CommunityError
from models.withdrawal import WithdrawalState
from tests.live import LiveServer, settle
from tests.peer import Document, Peer, PeerActor
from tests.stories import scene


@pytest.fixture
def database_kind() -> str:
    """One database: lies end before it matters which."""
    return "sqlite"


@dataclass
class Liar:
    """A partner with a directory to which alpha is subscribed."""

    server: LiveServer
    peer: Peer
    actor: PeerActor
    ed25519: Key

    @property
    def view(self) -> str:
        return f"{self.actor.uri}/listings"

    def listing(self, name: str = "1", **changes: Any) -> Document:
        uri = f"{self.view}/{name}"
        stamp = f"{self.actor.uri}/stamps/{name}"
        self.peer.show(stamp, {"id": stamp, "type": "FeatureAuthorization", "interactionTarget": uri})
        document = {"id": uri, "type": "Listing", "attributedTo": self.actor.uri, "featureAuthorization": stamp,
                    "condition": "ORPHA:558", "role": "living", "updated": instant(clock.now() - timedelta(minutes=1)),
                    "endTime": instant(clock.now() + timedelta(days=10))} | changes
        self.peer.show(uri, document)
        return document

    def show(self, *items: Document, digest: str = "f" * 64, next_: str = "", **changes: Any) -> None:
        """The list, one page of it, and what it says of itself."""
        said = {"id": self.view, "type": "OrderedCollection", "attributedTo": self.actor.uri, "digest": digest,
                "updated": instant(clock.now()), "endTime": instant(clock.now() + timedelta(days=14))}
        self.peer.show(self.view, said | changes)
        self.peer.show(f"{self.view}?page=first", {"type": "OrderedCollectionPage", "orderedItems": list(items)}
                       | ({"next": next_} if next_ else {}))

    async def compare(self) -> str:
        """Have alpha read it; what became of that."""
        async def read() -> str:
            peer = await DirectoryPeer.of(self.peer.host)
            await peer.change(full_at=None)
            try:
                await listing_sync.compare(self.server.instance, peer, await Actor.get(uri=self.actor.uri))
            except CommunityError as error:
                return type(error).__name__
            return "read"
        return await self.server.run(read())

    async def known(self) -> list[str]:
        return [str(uri) for uri in await self.server.ask(lambda: Listing.all().order_by("uri").values_list("uri", flat=True))]

    async def says(self, kind: str, thing: object, *, proven: bool = True, **more: Any) -> str:
        """Send an activity of the directory; the state of its item."""
        activity = self.actor.does(kind, thing, **({"target": self.view} | more))
        document = proofs.sign(activity, self.ed25519, clock.now()) if proven else activity
        assert await self.peer.send(self.server, document, self.actor) == 202
        await settle(self.server)
        return str((await self.server.ask(lambda: InboxItem.get(activity_uri=activity["id"]))).state)


@pytest.fixture
async def liar(alpha: LiveServer, peer: Peer) -> Liar:
    """It shows a directory, and alpha is subscribed."""
    return await known_liar(alpha, peer)


async def known_liar(alpha: LiveServer, peer: Peer) -> Liar:
    """A partner with a directory, to which alpha is subscribed."""
    actor = peer.actor("directory", kind="Service")
    key = Key(f"{actor.uri}#ed25519-key", keys.make_ed25519())
    method = {"id": key.id, "type": "Multikey", "controller": actor.uri,
              "publicKeyMultibase": keys.multikey(key.private.public_key())}
    peer.show(actor.uri, actor.document | {"assertionMethod": [method]})
    peer.show(peer.instance.uri, peer.instance.document | {"directory": actor.uri})

    async def subscribe() -> None:
        await (await Community.current()).change(directory="ask", directory_opened_at=clock.now())
        us = await directories.ensure(alpha.instance)
        them = await resolve.actor(alpha.instance, actor.uri)
        await (await Host.called(peer.host)).change(directory_uri=actor.uri)
        await (await DirectoryPeer.of(peer.host)).change(read_at=clock.now())
        await (await Follow.request(f"{us.uri}/follows/1", us, them)).accept()
    await alpha.run(subscribe())
    return Liar(alpha, peer, actor, key)


async def test_an_honest_list_is_read(liar: Liar) -> None:
    liar.show(liar.listing("1"), liar.listing("2"))
    assert await liar.compare() == "read" and len(await liar.known()) == 2
    first = f"{liar.view}?page=first".removeprefix(liar.peer.origin)
    liar.show(liar.listing("1"))

    async def again() -> DirectoryPeer:
        peer = await DirectoryPeer.of(liar.peer.host)
        await listing_sync.compare(liar.server.instance, peer, await Actor.get(uri=liar.actor.uri))
        return await DirectoryPeer.get(id=peer.id)
    due = (await liar.server.run(again())).wanted_at
    assert liar.peer.fetched.count(first) == 1 and len(await liar.known()) == 2, "one that never fits is read once an hour"
    assert due and clock.now() + timedelta(minutes=50) < due <= clock.now() + listing_sync.FULL_AFTER


async def test_a_list_with_what_is_not_theirs_is_no_list(liar: Liar) -> None:
    good, other = liar.listing("1"), liar.listing("2")
    wrong: list[Document] = [
        {"id": "https://elsewhere.example/directory/listings/1"}, {"attributedTo": "https://elsewhere.example/directory"},
        {"featureAuthorization": "https://elsewhere.example/stamps/1"}, {"endTime": "2020-01-01T00:00:00Z"}, {"endTime": None},
        {"updated": None}, {"type": "Person"}, {"id": "x" * 600}, {"id": liar.actor.uri}]
    for changes in wrong:
        liar.show(good, other | changes)
        assert await liar.compare() == "Malformed" and not await liar.known(), changes
    elsewhere: list[Document] = [{"updated": None}, {"endTime": None}, {"digest": ""}, {"attributedTo": "https://elsewhere.example"}]
    for said in elsewhere:
        liar.show(good, **said)
        assert await liar.compare() == "Malformed" and not await liar.known(), "it says whose it is, and when"
    liar.show(good, other)
    assert await liar.compare() == "read" and len(await liar.known()) == 2


async def test_odd_facets_are_untold_and_far_ends_are_cut(liar: Liar) -> None:
    odd = {"condition": ["ORPHA:1"], "role": "a" * 99, "country": "fr", "ageBand": {"a": 1},
           "spokenLanguages": ["fr", 7, "en", "de", "it"], "endTime": "2099-01-01T00:00:00Z", "updated": "2099-01-01T00:00:00Z"}
    liar.show(liar.listing("1", **odd))
    assert await liar.compare() == "read"
    row = await liar.server.ask(lambda: Listing.get())
    assert (row.condition, row.role, row.country, row.age, row.language) == ("", "", "", "", " en fr ")
    assert row.ends_at and row.ends_at <= clock.now() + listing_documents.LIFETIME and row.updated_at <= clock.now()


async def test_a_list_of_yesterday_changes_nothing(liar: Liar) -> None:
    liar.show(liar.listing("1"))
    assert await liar.compare() == "read"
    liar.show(updated=instant(clock.now() - timedelta(days=1)))
    assert await liar.compare() == "Malformed" and len(await liar.known()) == 1


async def test_lists_without_an_end_and_pages_that_are_too_large(liar: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_sync, "PAGES_LIMIT", 5)
    liar.show(liar.listing("1"), next_=f"{liar.view}?page=first")
    assert await liar.compare() == "Malformed"
    liar.show(*[liar.listing(str(number)) for number in range(101)])
    assert await liar.compare() == "Malformed"
    liar.show(liar.listing("1", content="x" * 200_000))
    assert await liar.compare() == "Malformed"
    liar.show(liar.listing("1"), next_="https://elsewhere.example/listings?page=2")
    assert await liar.compare() == "Malformed" and not await liar.known()


async def test_without_a_permission_where_it_says_nobody_stays(liar: Liar) -> None:
    """A wrong answer ends nothing; a second one, at another time, ends the listing for good."""
    names = [f"{liar.view}/{number}" for number in range(5)]
    liar.show(*[liar.listing(str(number)) for number in range(5)])
    assert await liar.compare() == "read"
    stamp = f"{liar.actor.uri}/stamps/1".removeprefix(liar.peer.origin)
    page = liar.peer.pages.pop(stamp)
    for _ in range(2):
        await _doubt(liar, names[1])
        assert await liar.compare() == "read" and await liar.known() == names, "asked again within the hour is asked once"
    due = await liar.server.ask(lambda: DirectoryPeer.get(host=liar.peer.host))
    assert due.wanted_at and due.wanted_at > clock.now()
    liar.peer.pages[stamp] = page
    await _later(liar)
    assert await liar.compare() == "read" and not await liar.server.ask(lambda: Listing.filter(doubted_at__isnull=False).count())

    del liar.peer.pages[stamp]
    await _doubt(liar, names[1])
    await _later(liar)
    assert await liar.compare() == "read" and await liar.known() == [*names[:1], *names[2:]]
    liar.listing("1")
    assert await liar.compare() == "read" and names[1] not in await liar.known(), "and does not come back"


async def _doubt(liar: Liar, name: str) -> None:
    """Compare until this one, too, was among those that are asked for."""
    for _ in range(60):
        await liar.compare()
        if await liar.server.ask(lambda: Listing.filter(uri=name, doubted_at__isnull=False).exists()):
            return
    raise AssertionError("the same three are asked for each time")


async def _later(liar: Liar) -> None:
    await liar.server.ask(lambda: Listing.filter(doubted_at__isnull=False).update(doubted_at=clock.now() - timedelta(hours=2)))


async def test_removals_of_what_never_was_are_kept_up_to_a_number(liar: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_news, "UNKNOWN_A_DAY", 2)
    uris = [liar.listing(str(number))["id"] for number in range(3)]
    assert await liar.says("Add", uris[0]) == "done"
    assert await liar.says("Remove", uris) == "done" and not await liar.known()
    assert await liar.says("Remove", f"{liar.view}/9") == "done"
    assert not await liar.server.ask(lambda: Tombstone.filter(uri=f"{liar.view}/9").count())
    assert await liar.server.ask(lambda: Tombstone.filter(uri__in=uris).count()) == 3, "what we knew does not count"


async def test_news_count_only_proven_and_about_its_own(liar: Liar) -> None:
    listing = liar.listing("1")
    assert await liar.says("Add", listing["id"], proven=False) == "refused"
    assert await liar.says("Add", ["https://elsewhere.example/directory/listings/1"]) == "refused"
    assert await liar.says("Add", [listing["id"]] * 51) == "refused"
    assert not await liar.known()
    assert await liar.says("Add", listing["id"]) == "done" and await liar.known() == [listing["id"]]
    stranger = liar.peer.actor("mallory", kind="Service")
    removal = stranger.does("Remove", listing["id"], target=f"{stranger.uri}/listings")
    assert await liar.peer.send(liar.server, removal, stranger) == 202
    await settle(liar.server)
    assert await liar.known() == [listing["id"]], "only the directory speaks for the directory"
    assert await liar.says("Remove", listing["id"]) == "done" and not await liar.known()
    assert await liar.says("Add", listing["id"]) == "done" and not await liar.known(), "what was removed stays away"


async def test_news_are_read_one_by_one_and_many_of_them_as_a_list(liar: Liar) -> None:
    listings = [liar.listing(str(number)) for number in range(listing_news.ONE_BY_ONE + 1)]
    names = [one["id"] for one in listings]
    before = list(liar.peer.fetched)
    assert await liar.says("Add", names) == "done" and liar.peer.fetched == before
    assert (await liar.server.ask(lambda: DirectoryPeer.get(host=liar.peer.host))).wanted_at
    posing = {"id": names[2], "role": "carer"}
    liar.peer.show(names[1], listings[1] | posing)
    assert await liar.says("Add", names[:2]) == "done" and await liar.known() == names[:1], "under its own id alone"
    liar.listing("0", role="carer")
    assert await liar.says("Update", names[0]) == "done"
    assert (await liar.server.ask(lambda: Listing.get())).role == "carer"


async def test_a_receipt_counts_for_what_was_asked_and_from_whom(liar: Liar) -> None:
    """With a proof, about exactly those listings, by the directory that had them; then nothing of it stands there any more."""
    alice, server, host = await liar.server.member("alice"), liar.server, liar.peer.host
    uri = f"{server.origin}/directory/listings/1"

    async def ask(key: str, of: str, state: WithdrawalState = WithdrawalState.PENDING) -> None:
        await Withdrawal.create(key=key, actor_id=alice.id, host=of, object_uris=[uri], purpose=Purpose.FOUND_BY_PARTNERS,
                                state=state)
    for key, of in (("asked", host), ("elsewhere", "other.example")):
        await server.run(ask(key, of))
    await server.ask(lambda: Host.filter(name=host).update(silent_at=clock.now()))

    async def answered(key: str, digest: str, *, proven: bool = True) -> tuple[str, str, bool]:
        removal = {"id": f"{server.origin}/activities/{key}", "type": "Remove", "actor": f"{server.origin}/directory"}
        how = await liar.says("Accept", removal, proven=proven, digest=digest)
        rows = await server.ask(lambda: Withdrawal.all().order_by("id"))
        return how, "".join(str(row.state)[0] for row in rows), (await server.ask(lambda: Host.get(name=host))).silent_at is None
    good, waiting = digest_of([uri]), ("done", "pp", False)
    assert await answered("asked", digest_of([])) == await answered("elsewhere", good) == await answered("none", good) == waiting
    assert await answered("asked", good, proven=False) == ("refused", *waiting[1:])
    await server.run(ask("failed", host, WithdrawalState.FAILED))
    assert await answered("asked", good) == ("done", "cpf", False), "it is still silent about something else"
    assert await answered("failed", good) == ("done", "cpc", True)


async def test_a_directory_that_our_host_stopped_asks_and_answers_nobody(liar: Liar) -> None:
    alice, thing = await liar.server.member("alice"), {"type": "Relationship"}
    us = f"{liar.server.origin}/directory"
    thing |= {"subject": f"{liar.actor.uri}/introductions/1", "object": f"{us}/listings/{'a' * 44}",
              "relationship": f"{liar.peer.origin}/ns#introduction"}
    uri = f"{liar.server.origin}/activities/1"

    async def stopped() -> None:
        await OfferedListing.create(actor=alice, host=liar.peer.host, key="a" * 44, stamp_key="b" * 44)
        await Introduction.create(actor=alice, host=liar.peer.host, is_asker=True, offer_uri=uri, listing_uri=f"{liar.view}/1",
                                  pseudonym_uri=f"{us}/introductions/1", ends_at=clock.now() + timedelta(days=3))
        await (await DirectoryPeer.of(liar.peer.host)).change(stopped_at=clock.now())
    await liar.server.run(stopped())
    assert await liar.says("Offer", thing, endTime=instant(clock.now() + timedelta(days=3))) == "refused"
    assert await liar.says("Accept", {"id": uri, "type": "Offer", "actor": us}) == "refused"
    known = await liar.server.ask(lambda: Introduction.get())
    assert known.state == "asked", "and nobody is named to it"


async def test_a_name_of_another_partner_rings_the_bell(liar: Liar) -> None:
    alice = await liar.server.member("alice")
    us = f"{liar.server.origin}/directory"
    row = await liar.server.ask(lambda: OfferedListing.create(actor=alice, host="honest.example", key="a" * 44,
                                                              stamp_key="b" * 44))
    thing = {"type": "Relationship", "subject": f"{liar.actor.uri}/introductions/1", "object": f"{us}/listings/{row.key}",
             "relationship": f"{liar.peer.origin}/ns#introduction"}
    assert await liar.says("Offer", thing, endTime=instant(clock.now() + timedelta(days=3))) == "done"
    assert not await liar.server.ask(lambda: Introduction.all().count())
    [alarm] = await liar.server.ask(lambda: AuditEntry.filter(action="directory.leaked"))
    assert alarm.target == "host:honest.example" and liar.peer.host in alarm.reason


async def asks_to_meet(liar: Liar, alice: Actor, days: float | None = 3, **changes: Any) -> int:
    """The directory asks whether somebody there may meet her, whom it was told of. How many introductions there are then."""
    us = f"{liar.server.origin}/directory"
    thing = {"type": "Relationship", "subject": f"{liar.actor.uri}/introductions/1", "object": f"{us}/listings/{'a' * 44}",
             "relationship": f"{liar.peer.origin}/ns#introduction"} | changes
    more = {} if days is None else {"endTime": instant(clock.now() + timedelta(days=days))}
    said = proofs.sign(liar.actor.does("Offer", thing, **more), liar.ed25519, clock.now())

    async def receive() -> int:
        async with in_transaction():  # no job of the server comes between
            await OfferedListing.get_or_create({"actor": alice, "stamp_key": "b" * 44}, host=liar.peer.host, key="a" * 44)
            await introductions.receive(Incoming(activity=Activity.parse(said), sender=await Actor.get(uri=liar.actor.uri),
                                                 us=await Actor.instance(), body=json.dumps(said)))
        return await Introduction.all().count()
    return await liar.server.run(receive())


async def test_an_introduction_is_put_before_whom_it_may_be(liar: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not under names of other servers, not after its end, not before whoever blocks that server, not again, not without end."""
    alice = await liar.server.member("alice")
    for bad in ({"subject": "https://elsewhere.example/introductions/1"}, {"subject": None}, {"object": None}):
        with pytest.raises(Malformed):
            await asks_to_meet(liar, alice, **bad)
    assert await asks_to_meet(liar, alice, days=-1) == await asks_to_meet(liar, alice, days=None) == 0
    await liar.server.ask(lambda: HostBlock.create(owner=alice, host=liar.peer.host))
    assert await asks_to_meet(liar, alice) == 0
    await liar.server.ask(lambda: HostBlock.all().delete())
    assert await asks_to_meet(liar, alice) == await asks_to_meet(liar, alice) == 1, "the same one once"
    second = f"{liar.actor.uri}/introductions/2"
    for limit in ("WAITING_LIMIT", "OFFERS_A_DAY"):
        with monkeypatch.context() as patch:
            patch.setattr(introductions, limit, 1)
            assert await asks_to_meet(liar, alice, subject=second) == 1, limit
    assert await asks_to_meet(liar, alice, subject=second) == 2


@pytest.mark.parametrize("change", ["nothing", "blocks the server", "gone", "no longer known elsewhere", "too late"])
async def test_who_does_not_want_to_be_known_there_is_named_to_nobody(liar: Liar, change: str) -> None:
    """What changed after she asked: to the other side that is no answer (C5)."""
    alice = await liar.server.member("alice")
    uri, us = f"{liar.server.origin}/activities/1", f"{liar.server.origin}/directory"
    ends = clock.now() + timedelta(days=-1 if change == "too late" else 3)

    async def prepare() -> None:
        await Introduction.create(actor=alice, host=liar.peer.host, is_asker=True, offer_uri=uri, listing_uri=f"{liar.view}/1",
                                  pseudonym_uri=f"{us}/introductions/1", ends_at=ends)
        if change == "blocks the server":
            await HostBlock.create(owner=alice, host=liar.peer.host)
        elif change == "gone":
            await alice.change(deleted_at=clock.now())
        elif change == "no longer known elsewhere":
            await scene.withdraw(alice)
    await liar.server.run(prepare())
    yes = {"id": uri, "type": "Offer", "actor": us}
    assert await liar.says("Accept", yes, result="https://elsewhere.example/users/1") == "refused"
    assert await liar.says("Accept", yes) == "done"
    await settle(liar.server)
    known = await liar.server.ask(lambda: Introduction.get())
    assert (known.state, alice.uri in str(liar.peer.received)) == (("agreed", True) if change == "nothing" else ("asked", False))
    if change == "nothing":
        other = await liar.server.run(resolve.actor(liar.server.instance, liar.peer.actor("bea").uri))
        await liar.server.ask(lambda: Block.create(blocker=alice, target=other))
        assert await liar.says("Accept", yes, result=other.uri) == "done"
        assert (await liar.server.ask(lambda: Introduction.get())).state == "agreed", "not with somebody whom she blocks"


async def test_only_directories_of_partners_read_and_are_read(liar: Liar) -> None:
    """Neither a person nor a program of theirs follows ours; and what is a partner's directory no more is not asked."""
    us = f"{liar.server.origin}/directory"
    for one in (liar.peer.actor("vera"), liar.peer.actor("mallory", kind="Service")):
        activity = one.does("Follow", us)
        assert await liar.peer.send(liar.server, activity, one) == 202
        await settle(liar.server)
        assert (await liar.server.ask(lambda id_=activity["id"]: InboxItem.get(activity_uri=id_))).state == "refused"  # type: ignore[misc]
    assert not await liar.server.ask(lambda: Follow.filter(target__uri=us).count())
    await liar.server.ask(lambda: DirectoryPeer.filter(host=liar.peer.host).update(stopped_at=clock.now()))
    assert await liar.says("Follow", us) == "done" and [no["actor"] for no in await liar.peer.wait_for("Reject")] == [us]
    assert not await liar.server.ask(lambda: Follow.filter(target__uri=us).count()), "nor a directory that our host has stopped"
    liar.show(liar.listing("1"))
    await liar.server.ask(lambda: Host.filter(name=liar.peer.host).update(directory_uri=""))
    liar.peer.show(liar.peer.instance.uri, liar.peer.instance.document)
    before = list(liar.peer.fetched)
    assert await liar.compare() == "Malformed" and liar.peer.fetched == before and not await liar.known()


async def test_of_a_directory_to_which_we_are_not_subscribed_nothing_is_read(liar: Liar) -> None:
    listing = liar.listing("1")
    await liar.server.ask(lambda: Follow.filter(target__uri=liar.actor.uri).delete())
    before = list(liar.peer.fetched)
    assert await liar.says("Add", listing["id"]) == "done" and not await liar.known()
    assert liar.peer.fetched == before


async def test_a_list_is_no_longer_than_anybody_has(liar: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_sync, "LISTINGS_LIMIT", 1)
    liar.show(liar.listing("1"), liar.listing("2"))
    assert await liar.compare() == "Malformed" and not await liar.known()


async def test_a_directory_is_read_where_it_is_alone(liar: Liar) -> None:
    """Its list, a listing: where they are redirected to another server, that one never hears of us."""
    async with Peer() as other:
        async def away(request: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": f"{other.origin}{request.path}"})
        for uri in (liar.view, f"{liar.view}/1"):
            liar.peer.pages[uri.removeprefix(liar.peer.origin)] = away
        assert await liar.compare() == "Refused" and await liar.says("Add", f"{liar.view}/1") == "done"
        assert not await liar.known() and other.fetched == []
