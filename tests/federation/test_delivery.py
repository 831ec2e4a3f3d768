"""Getting things there: later, in order, once, and past those who do not answer (security.md §3, R1–R13)."""
from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from federation import delivery, dispatcher, outbox, resolve
from federation.actor_document import ED25519_REQUESTS
from federation.dispatcher import Dispatcher
from federation.dockets import Dockets
from models import Actor, Delivery, Host, OutgoingActivity, Post, clock
from models.database import in_transaction
from models.delivery import DeliveryState
from models.reach import Reach
from server.actions import posts, removal
from server.keys import MEDIA
from tests.live import LiveServer, settle
from tests.peer import Peer, PeerActor


async def reader(alpha: LiveServer, peer: Peer, alice: Actor) -> PeerActor:
    """Somebody on a peer who follows Alice."""
    otto = peer.actor("otto")
    assert await peer.send(alpha, otto.does("Follow", alice.uri), otto) == 202
    await peer.wait_for("Accept")
    await settle(alpha)
    return otto


def failing(peer: Peer, *statuses: int, headers: dict[str, str] | None = None) -> None:
    """Answer the next deliveries like this, then take them."""
    left = list(statuses)

    async def answer(_: web.Request) -> web.Response | None:
        return web.Response(status=left.pop(0), headers=headers) if left else None
    peer.on_post = answer


async def the_delivery(alpha: LiveServer) -> Delivery:
    """The newest."""
    found = await alpha.ask(lambda: Delivery.all().order_by("-id").first())
    assert found
    return found


async def the_host(alpha: LiveServer, peer: Peer) -> Host:
    """What alpha remembers of the peer."""
    return await alpha.ask(lambda: Host.get(name=peer.host))


def test_pauses_grow_threefold_with_jitter_and_end_at_six_hours() -> None:
    for attempts, longest in ((0, 5), (1, 15), (2, 45), (30, 6 * 3600)):
        pauses = {delivery.pause(attempts, 5.0) for _ in range(50)}
        assert len(pauses) > 1 and all(longest * 0.66 < pause <= longest for pause in pauses)


async def test_two_failures_and_then_it_arrives_once(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """Who does not recognise us in either manner may have an old copy of our key."""
    await reader(alpha, peer, alice)
    failing(peer, 503, 401, 401)
    await alpha.write(alice, "x")
    await settle(alpha)
    assert len(peer.of_kind("Create")) == 1
    assert ((await the_delivery(alpha)).attempts, (await the_host(alpha, peer)).failures) == (3, 0)


async def test_a_server_that_says_when_is_left_alone_until_then(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    await reader(alpha, peer, alice)
    failing(peer, 429, headers={"Retry-After": "2"})
    started = time.monotonic()
    await alpha.write(alice, "x")
    await settle(alpha)
    assert time.monotonic() - started >= 1.9
    assert len(peer.of_kind("Create")) == 1


@pytest.mark.parametrize("status", [404, 410, 400, 413, 422, 302])
async def test_a_no_for_good_ends_it_and_the_next_goes(alpha: LiveServer, peer: Peer, alice: Actor, status: int) -> None:
    """Also a redirect: what is private follows nowhere."""
    await reader(alpha, peer, alice)
    failing(peer, *[status] * (2 if status in (400, 422) else 1))
    first = await alpha.write(alice, "one")
    await settle(alpha)
    assert (await the_delivery(alpha)).state is DeliveryState.FAILED
    second = await alpha.write(alice, "two")
    await settle(alpha)
    assert [activity["object"]["id"] for activity in peer.of_kind("Create")] == [second.uri] != [first.uri]


async def test_a_server_that_wants_the_other_signature_gets_it_and_is_remembered(
        alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    await reader(alpha, peer, alice)

    async def only_rfc9421(request: web.Request) -> web.Response | None:
        return None if "Signature-Input" in request.headers else web.Response(status=401)
    peer.on_post = only_rfc9421
    peer.schemes.clear()
    for text in ("one", "two"):
        await alpha.write(alice, text)
        await settle(alpha)
    assert peer.schemes == ["rfc9421", "rfc9421"]
    assert (await the_host(alpha, peer)).signature == "rfc9421"
    assert (await the_delivery(alpha)).attempts == 1


async def test_what_an_answer_asks_of_the_next_signature_it_gets(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """Accept-Signature (RFC 9421 §5): the words that it wants, by the key that it wants; Ed25519 before it has to refuse."""
    await reader(alpha, peer, alice)
    asked, seen, taken, key_id = "", list[str](), "n1", f"{alice.uri}#main-key"

    async def strict(request: web.Request) -> web.Response | None:
        seen.append(request.headers.get("Signature-Input", "cavage"))
        return web.Response(status=202 if taken in seen[-1] else 401, headers={"Accept-Signature": asked})
    peer.on_post = strict
    for wish in ('sig7=("@method" "@authority");created;nonce="n1"', f'sig7=("@query");nonce="n1";keyid="{key_id}"'):
        asked = wish
        await alpha.write(alice, "one")
        await settle(alpha)
    assert seen[0] == "cavage" and seen[1].startswith('sig7=("@method" "@authority" "@target-uri" "content-digest");created=')
    assert seen[1].endswith(f'keyid="{key_id}";nonce="n1";alg="rsa-v1_5-sha256"')
    assert seen[2].startswith("sig1=") and "@query" in seen[3]
    asked, taken = f'sig7=("@method");nonce="n1";keyid="{peer.origin}/key"', "cavage"
    await alpha.write(alice, "no key of ours")
    await settle(alpha)
    assert len(seen) == 6 and (await the_host(alpha, peer)).signature == "cavage"
    asked = 'sig1=("@method" "@target-uri" "content-digest");alg="ed25519"'
    await alpha.write(alice, "two")
    await settle(alpha)
    assert len(seen) == 7 and (await the_host(alpha, peer)).signature == "ed25519"


async def test_ed25519_for_a_server_that_announces_it_until_it_is_refused(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """One refusal is enough, whatever is announced again."""
    otto, keys, refuses = peer.actor("otto"), list[str](), False
    otto.document["generator"] = {"type": "Application", "implements": [{"name": "Ed25519", "href": ED25519_REQUESTS}]}
    peer.show(otto.uri, otto.document)

    async def note_key(request: web.Request) -> web.Response | None:
        keys.append("ed25519" if "#ed25519-key" in request.headers.get("Signature-Input", "") else "rsa")
        return web.Response(status=401) if refuses and keys[-1] == "ed25519" else None
    peer.on_post = note_key
    assert await peer.send(alpha, otto.does("Follow", alice.uri), otto) == 202
    await settle(alpha)
    await alpha.write(alice, "one")
    await settle(alpha)
    assert keys == ["ed25519", "ed25519"] and (await the_host(alpha, peer)).signature == "ed25519"
    refuses = True
    await alpha.write(alice, "two")
    await settle(alpha)
    await alpha.run(resolve.fetch_actor(alpha.instance, otto.uri))
    await alpha.write(alice, "three")
    await settle(alpha)
    assert keys[2:] == ["ed25519", "rsa", "rsa"] and (await the_host(alpha, peer)).signature == "cavage only"
    assert len(peer.of_kind("Create")) == 3


async def test_after_failures_in_a_row_the_whole_server_rests(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """Many messages wait, and one at a time is tried."""
    await reader(alpha, peer, alice)
    tries = 0

    async def count(_: web.Request) -> web.Response:
        nonlocal tries
        tries += 1
        return web.Response(status=503)
    peer.on_post = count
    for number in range(12):
        await alpha.write(alice, str(number))
    async with asyncio.timeout(10):
        while (await the_host(alpha, peer)).failures < 6:
            await asyncio.sleep(0.05)
    assert tries <= 8
    assert (await the_host(alpha, peer)).retry_at is not None
    peer.on_post = None
    await alpha.ask(lambda: Host.filter(name=peer.host).update(retry_at=None))
    await alpha.ask(lambda: Delivery.filter(state=DeliveryState.WAITING).update(due_at=clock.now()))
    await settle(alpha)
    assert len(peer.of_kind("Create")) == 12


async def test_after_a_week_it_is_given_up(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    await reader(alpha, peer, alice)
    failing(peer, *[503] * 100)
    await alpha.write(alice, "x")
    one, clocks, now = await the_delivery(alpha), alpha.instance.client.clocks, clock.now()
    for name in ("a.example", "b.example", "c.example"):
        clocks.hear(name, {"Date": format_datetime(now - timedelta(days=8), usegmt=True)}, now)
    await alpha.ask(lambda: Delivery.filter(id=one.id).update(created_at=clock.now() - timedelta(days=8)))
    async with asyncio.timeout(10):
        while (await the_delivery(alpha)).attempts < 3:  # not while others say that our clock is wrong
            await asyncio.sleep(0.02)
    clocks.forget()
    await settle(alpha)
    assert ((await the_delivery(alpha)).state, (await the_delivery(alpha)).status) == (DeliveryState.FAILED, 503)


async def test_a_delete_never_overtakes_its_create(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """The Create failed and waits for its next try; the Delete waits behind it."""
    await reader(alpha, peer, alice)
    failing(peer, 503, 503)
    post = await alpha.write(alice, "x")
    async with asyncio.timeout(5):
        while not (await the_delivery(alpha)).attempts:
            await asyncio.sleep(0.01)
    await alpha.run(removal.delete(post, alpha.app[MEDIA]))
    await settle(alpha)
    assert [activity["type"] for activity in peer.received if activity["type"] != "Accept"] == ["Create", "Delete"]


async def test_a_message_leaves_with_its_commit(
        alpha: LiveServer, peer: Peer, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks for it: whoever sends is woken. Not before the commit, as there would be nothing to see."""
    await reader(alpha, peer, alice)
    monkeypatch.setattr(dispatcher, "POLL_SECONDS", 600.0)
    await asyncio.sleep(0.2)  # the last short rest is over
    for number in range(3):
        await alpha.write(alice, str(number))
        await peer.wait_for("Create", number + 1)


async def test_servers_that_hang_delay_nobody_else(alpha: LiveServer, alice: Actor, tmp_path: object) -> None:
    """R11: three of nine never answer; the six others have everything long before the first of those is given up."""
    async with AsyncExitStack() as stack:
        peers = [await stack.enter_async_context(Peer()) for _ in range(9)]
        for other in peers:
            await other.become(alpha)
            await reader(alpha, other, alice)

        async def hang(_: web.Request) -> web.Response:
            await asyncio.sleep(30)
            return web.Response(status=202)
        for bad in peers[:3]:
            bad.on_post = hang
        started = time.monotonic()
        for number in range(3):
            await alpha.write(alice, str(number))
        await asyncio.gather(*(good.wait_for("Create", 3) for good in peers[3:]))
        assert time.monotonic() - started < 2.5  # a delivery is given up after 3 s
        assert all(not bad.of_kind("Create") for bad in peers[:3])


async def test_a_server_that_hangs_when_we_read_from_it_holds_up_its_own_people_only(
        alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """Otto passes on a message whose server never answers; vera's Follow on another server is carried out meanwhile."""
    async with Peer() as slow:
        await slow.become(alpha)

        async def hang(_: web.Request) -> web.Response:
            await asyncio.sleep(30)
            return web.Response()
        slow.pages["/notes/1"] = hang
        otto, vera = slow.actor("otto"), peer.actor("vera")
        assert await slow.send(alpha, otto.does("Create", f"{slow.origin}/notes/1"), otto) == 202
        await asyncio.sleep(0.3)
        started = time.monotonic()
        assert await peer.send(alpha, vera.does("Follow", alice.uri), vera) == 202
        await peer.wait_for("Accept")
        assert time.monotonic() - started < 2


async def test_two_dispatchers_share_the_work_and_send_nothing_twice(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """As two processes do: a lane belongs to whoever has the lease of its host."""
    await reader(alpha, peer, alice)

    async def second() -> None:
        task = asyncio.create_task(Dispatcher(alpha.instance).run())
        for number in range(15):
            await posts.publish(alice, posts.Composition(text=str(number), reach=Reach.PARTNERS), alpha.origin)
        await peer.wait_for("Create", 15)
        await asyncio.sleep(0.5)
        task.cancel()
    await alpha.run(second())
    ids = [activity["id"] for activity in peer.of_kind("Create")]
    assert len(ids) == len(set(ids)) == 15


async def test_a_dead_workers_lease_ends(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """What a killed process had taken is taken over when its lease is over."""
    await reader(alpha, peer, alice)
    until = clock.now() + timedelta(seconds=1.5)
    await alpha.ask(lambda: Host.filter(name=peer.host).update(leased_by="dead", leased_until=until))
    await alpha.write(alice, "x")
    await asyncio.sleep(0.5)
    assert not peer.of_kind("Create")
    await settle(alpha)
    assert len(peer.of_kind("Create")) == 1


async def test_a_worker_that_lost_its_lease_sends_nothing_more(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """A single try took longer than the lease, and another worker has the host."""
    await reader(alpha, peer, alice)
    until = clock.now() + timedelta(minutes=1)
    await alpha.ask(lambda: Host.filter(name=peer.host).update(leased_by="quick", leased_until=until))
    await alpha.write(alice, "x")

    async def go_on(worker: str) -> bool:
        dockets, host = Dockets(alpha.instance, worker), await Host.get(name=peer.host)
        host.leased_until = clock.now() - timedelta(seconds=1)  # as it was known before the long try
        waiting = await dockets.load(host)
        assert waiting
        return await delivery.send_to_host(alpha.instance, dockets, host, worker, waiting)
    assert not await alpha.run(go_on("slow")) and not peer.of_kind("Create")
    assert (await alpha.ask(lambda: Host.get(name=peer.host))).leased_by == "quick"
    assert await alpha.run(go_on("quick")) and len(peer.of_kind("Create")) == 1


async def test_what_the_team_hides_leaves_in_no_way(alpha: LiveServer, peer: Peer, alice: Actor) -> None:
    """Neither as new, nor changed, kept for longer or for fewer, to whoever has it and obeys its time."""
    await reader(alpha, peer, alice)
    post = await alpha.write(alice, "x")
    await settle(alpha)
    await alpha.ask(lambda: Host.filter(name=peer.host).update(takes_withdrawals=True))
    before = await alpha.ask(lambda: OutgoingActivity.all().count())

    async def say_all(hidden_at: datetime | None) -> int:
        await Post.filter(id=post.id).update(hidden_at=hidden_at)
        found = await Post.get(id=post.id).select_related("author")
        async with in_transaction():
            for say in (outbox.create(found), outbox.update(found), outbox.renew(found), outbox.narrowed(found, [peer.host])):
                await say
        return await OutgoingActivity.all().count() - before
    assert await alpha.run(say_all(clock.now())) == 0
    assert await alpha.run(say_all(None)) == 4
