"""What a member takes back is named to the servers that have it; they erase it, sign that, and the member sees it."""
from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from federation import copies as lease
from federation import instances, keys, proofs, withdrawal_notices, withdrawal_watch
from federation.keys import load_public
from federation.signatures import Key
from models import (
    Actor,
    ActorKey,
    Announce,
    Attachment,
    Community,
    ConsentRecord,
    Delivery,
    Disclosure,
    ErasureRequest,
    Follow,
    Host,
    InboxItem,
    Member,
    Post,
    Withdrawal,
    clock,
)
from models.actor import KeyKind
from models.consent import Purpose
from models.delivery import DeliveryState
from models.host import Standing
from models.member import Role
from models.notification import Notice
from models.reach import Reach
from models.withdrawal import WithdrawalState
from server.actions import copies, erasures, posts, reactions, removal, sharing
from server.keys import MEDIA
from tests.browser import Browser
from tests.conftest import NewDatabase
from tests.live import PATIENCE_SECONDS, LiveServer, settle
from tests.peer import Document, Peer
from tests.stories.scene import befriend, deliver, follow, known, notices, sees

Stage = tuple[Actor, Actor, Post]


async def take_back(server: LiveServer, actor: Actor) -> None:
    """No to copies elsewhere, as the page does it."""
    async def say_no() -> None:
        member = await Member.get(actor_id=actor.id).select_related("actor")
        await sharing.say(member, Purpose.SHARED_OUT, False, "en", await Community.current())
    await server.run(say_no())


async def until(question: Callable[[], Awaitable[bool]], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(seconds):
        while not await question():
            await asyncio.sleep(0.02)


async def states(server: LiveServer) -> list[tuple[str, WithdrawalState]]:
    """The notices of a server: to whom, and how they stand."""
    found = await server.ask(lambda: Withdrawal.all().order_by("id"))
    return [(one.host, one.state) for one in found]


async def confirmed(server: LiveServer, *hosts: LiveServer) -> None:
    """Wait until exactly these have confirmed what they were asked."""
    wanted = sorted((host.host, WithdrawalState.CONFIRMED) for host in hosts)

    async def are() -> bool:
        return sorted(set(await states(server))) == wanted
    await until(are)


async def stage(alpha: LiveServer, beta: LiveServer) -> Stage:
    """Alice's message with an image is on beta, where Bea passed it on."""
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    await befriend(beta, bea, alice, alpha)

    async def illustrated() -> Post:
        image = await Attachment.create(owner=alice, media_type="image/webp", width=1, height=1, stored_at=clock.now())
        return await posts.publish(alice, posts.Composition(text="My secret", reach=Reach.PARTNERS, attachments=(image,)),
                                   alpha.origin)
    post = await alpha.run(illustrated())
    await settle(alpha, beta)
    return alice, bea, post


async def test_what_is_taken_back_is_erased_signed_and_shown(alpha: LiveServer, beta: LiveServer, gamma: LiveServer) -> None:
    alice, bea, post = await stage(alpha, beta)
    gil, amy = await gamma.member("gil"), await alpha.member("amy")
    await befriend(gamma, gil, amy, alpha)  # gamma knows alpha, and nothing of alice
    copy = await known(beta, post)
    assert copy and await sees(beta, bea, post.uri)
    await beta.run(reactions.pass_on(bea, copy))
    await settle(alpha, beta, gamma)
    [image] = await beta.ask(lambda: Attachment.filter(post_id=copy.id))
    file = beta.app[MEDIA].path(image.key)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"RIFF")

    await take_back(alpha, alice)
    assert (await beta.fetch(post.uri))[0] == 404  # at once, before anything was sent
    await confirmed(alpha, beta)

    gone = await known(beta, post)
    assert gone and gone.deleted_at and not gone.html and not await sees(beta, bea, post.uri)
    assert await beta.ask(lambda: Announce.all().count()) == await beta.ask(lambda: Follow.all().count()) == 0
    assert await beta.ask(lambda: Attachment.all().count()) == 0 and not file.exists()
    person = await beta.ask(lambda: Actor.get(uri=alice.uri))
    assert "alice" not in f"{person.name}{person.display_name}{person.summary}" and person.deleted_at is None
    await settle(alpha, beta, gamma)
    assert await alpha.ask(lambda: Disclosure.filter(actor_id=alice.id, ended_at__isnull=True).count()) == 0

    [server] = await alpha.run(copies.servers(alice))
    assert (server.host, server.state, server.has) == (beta.host, WithdrawalState.CONFIRMED, 0)
    asked = await alpha.ask(lambda: Withdrawal.get(actor_id=alice.id))
    assert post.uri in asked.object_uris and asked.answered_at and asked.answered_at - asked.asked_at < timedelta(minutes=1)
    await check_answer(alpha, beta, asked)
    async with Browser(alpha, alice) as browser:
        assert "Has confirmed that all is erased" in await browser.get("/data/copies")
        there = await browser.get(f"/data/copies?host={beta.host}")
        assert f"/data/copies/answers/{asked.key}" in there and "Something of another kind" not in there
        async with browser.http.get(f"/data/copies/answers/{asked.key}") as kept:
            assert await kept.text() == asked.answer and "attachment" in kept.headers["Content-Disposition"]
    async with Browser(alpha, amy) as browser, browser.http.get(f"/data/copies/answers/{asked.key}") as refused:
        assert refused.status == 404

    heard = await gamma.ask(lambda: InboxItem.filter(activity_uri__contains="/activities/").count())
    taken = await alpha.ask(lambda: Delivery.filter(host=gamma.host, activity__kind__in=["Withdraw", "Delete"]).count())
    assert (heard, taken) == (await gamma.ask(lambda: InboxItem.filter(sender_uri=amy.uri).count()), 0)
    assert await gamma.ask(lambda: Actor.filter(uri=alice.uri).count()) == 0

    anew = await say_yes_again(alpha, alice)  # the person is not dead there
    await befriend(beta, bea, alice, alpha)
    assert anew and (await beta.ask(lambda: Actor.get(uri=alice.uri))).name == "alice"


async def check_answer(alpha: LiveServer, beta: LiveServer, asked: Withdrawal) -> None:
    """The answer is signed by beta, over what was asked, and names none of it."""
    said = json.loads(asked.answer)
    key = await beta.ask(lambda: ActorKey.get(actor__uri=f"{beta.origin}/actor", kind=KeyKind.ED25519))
    assert proofs.verify(said, load_public(key.public_pem))
    assert (said["type"], said["outcome"]) == ("Acknowledge", "erased")
    assert said["digest"] == withdrawal_notices.digest_of(asked.object_uris)
    assert not any(uri in asked.answer for uri in asked.object_uris)


async def say_yes_again(server: LiveServer, actor: Actor) -> bool:
    async def say() -> bool:
        member = await Member.get(actor_id=actor.id).select_related("actor")
        await sharing.say(member, Purpose.SHARED_OUT, True, "en", await Community.current())
        return True
    return await server.run(say())


async def test_one_message_erased_is_confirmed_too(alpha: LiveServer, beta: LiveServer) -> None:
    alice, _, post = await stage(alpha, beta)
    other = await alpha.write(alice, "This one stays", Reach.PARTNERS)
    await settle(alpha, beta)
    await alpha.run(removal.delete(post, alpha.app[MEDIA]))
    await confirmed(alpha, beta)
    asked = await alpha.ask(lambda: Withdrawal.get())
    assert asked.object_uris == [post.uri] and asked.consent_id is None
    assert (gone := await known(beta, post)) and gone.deleted_at
    assert (kept := await known(beta, other)) and not kept.deleted_at
    assert (await beta.ask(lambda: Actor.get(uri=alice.uri))).name == "alice"


async def test_a_server_that_is_down_confirms_once_it_is_back(
        new_database: NewDatabase, tmp_path: Path, alpha: LiveServer) -> None:
    url = await new_database()
    async with LiveServer(url, tmp_path / "down") as beta:
        await alpha.allow(beta)
        await beta.allow(alpha)
        alice, _, post = await stage(alpha, beta)
    await take_back(alpha, alice)

    async def was_tried() -> bool:
        return await alpha.ask(lambda: Delivery.filter(activity__kind="Withdraw", attempts__gt=0).exists())
    await until(was_tried)
    [server] = await alpha.run(copies.servers(alice))
    assert server.state is WithdrawalState.PENDING and server.has

    async with LiveServer(url, tmp_path / "down", port=port_of(beta)) as back:
        await confirmed(alpha, back)
        assert (gone := await known(back, post)) and gone.deleted_at


def port_of(server: LiveServer) -> int:
    """Where it listens, or listened."""
    return int(server.host.rpartition(":")[2])


def announcing(peer: Peer) -> Key:
    """A hand-made server that says it exchanges notices, with an Ed25519 key for its answers."""
    key = Key(f"{peer.instance.uri}#ed25519-key", keys.make_ed25519())
    method = {"id": key.id, "type": "Multikey", "controller": peer.instance.uri,
              "publicKeyMultibase": keys.multikey(key.private.public_key())}
    peer.show(peer.instance.uri, peer.instance.document | {"assertionMethod": [method], "generator": {
        "type": "Application", "implements": [{"href": f"{peer.origin}/ns#Withdraw"}]}})
    return key


async def test_a_server_that_stays_silent_is_marked_told_of_and_kept_out_until_it_answers(alpha: LiveServer, peer: Peer) -> None:
    """And nobody else can answer for it."""
    alice, boss = await alpha.member("alice"), await alpha.member("boss", role=Role.HOST)
    key, otto = announcing(peer), peer.actor("otto")
    await alpha.run(instances.instance_actor(alpha.instance, peer.host))
    await deliver(alpha, peer, otto, otto.does("Follow", alice.uri))
    post = await alpha.write(alice, "For partners", Reach.PARTNERS)
    await settle(alpha)
    await take_back(alpha, alice)
    [notice] = await peer.wait_for("Withdraw")
    await settle(alpha)
    assert {post.uri, alice.uri} == set(notice["object"]) and notice["actor"] == f"{alpha.origin}/actor"
    assert notice["consent"] and "proof" not in notice and notice["to"] == [peer.instance.uri]

    await check_forgeries(alpha, peer, notice, key)
    assert await alpha.run(withdrawal_watch.chase()) == 0
    taken = clock.now() - withdrawal_watch.AGAIN_AFTER - timedelta(minutes=1)
    await alpha.ask(lambda: Delivery.filter(host=peer.host, state=DeliveryState.DONE).update(done_at=taken))
    assert await alpha.run(withdrawal_watch.chase()) == 1
    assert (await peer.wait_for("Withdraw", 2))[1] == notice, "taken, and not answered: it is said once more"
    await aged(alpha, 8)
    assert await alpha.run(withdrawal_watch.chase()) == 1 and await states(alpha) == [(peer.host, WithdrawalState.FAILED)]
    assert (Notice.SILENT, "") in await notices(alpha, boss)
    assert (await alpha.ask(lambda: Host.get(name=peer.host))).standing is Standing.PARTNER
    [server] = await alpha.run(copies.servers(alice))
    assert server.state is WithdrawalState.FAILED
    async with Browser(alpha, boss) as browser:
        assert "Silent about erasing" in await browser.get(f"/admin/partners/{peer.host}")
        assert "has not confirmed that it erased" in await browser.get("/notices")

    await aged(alpha, 15)
    await alpha.run(withdrawal_watch.chase())
    host = await alpha.ask(lambda: Host.get(name=peer.host))
    assert host.standing is Standing.SUSPENDED and (Notice.CUT_OFF, "") in await notices(alpha, boss)
    assert (await peer.get(alpha, boss.uri, otto))[0] == 403

    await deliver(alpha, peer, peer.instance, answer(peer, notice, key))  # late, and heard all the same
    assert await states(alpha) == [(peer.host, WithdrawalState.CONFIRMED)]
    host = await alpha.ask(lambda: Host.get(name=peer.host))
    assert host.silent_at is None and host.standing is Standing.SUSPENDED  # a person decides about that
    await deliver(alpha, peer, peer.instance, answer(peer, notice, key, outcome="refused"))
    assert await states(alpha) == [(peer.host, WithdrawalState.CONFIRMED)], "said is said"


async def aged(server: LiveServer, days: int) -> None:
    """So long ago it was asked."""
    then = clock.now() - timedelta(days=days)
    await server.ask(lambda: Withdrawal.all().update(asked_at=then))
    await server.ask(lambda: Host.all().update(decided_at=then - timedelta(days=1)))


def answer(peer: Peer, notice: Document, key: Key, **more: Any) -> Document:
    """What the server signs when it has erased."""
    said = {"to": [notice["actor"]], "outcome": "erased", "digest": withdrawal_notices.digest_of(notice["object"])} | more
    return proofs.sign(peer.instance.does("Acknowledge", notice["id"], **said), key, clock.now())


async def check_forgeries(alpha: LiveServer, peer: Peer, notice: Document, key: Key) -> None:
    """By somebody else there, by another server, unproven, proven by another key, about other things, and changed on the way."""
    neighbour, other = peer.actor("neighbour"), Key(key.id, keys.make_ed25519())
    good = answer(peer, notice, key)
    unproven = {name: value for name, value in good.items() if name != "proof"} | {"id": f"{peer.instance.uri}/unproven"}
    async with Peer() as third:
        theirs = announcing(third)
        await third.become(alpha)
        await alpha.run(instances.instance_actor(alpha.instance, third.host))
        for sender, by, forged in (
                (peer, neighbour, neighbour.does("Acknowledge", notice["id"], outcome="erased", digest=good["digest"])),
                (third, third.instance, answer(third, notice, theirs)),
                (peer, peer.instance, unproven),
                (peer, peer.instance, answer(peer, notice, other)),
                (peer, peer.instance, answer(peer, notice, key, digest=withdrawal_notices.digest_of([]))),
                (peer, peer.instance, good | {"id": f"{peer.instance.uri}/changed", "outcome": "erased "})):
            assert await sender.send(alpha, forged, by) == 202
    await settle(alpha)
    assert await states(alpha) == [(peer.host, WithdrawalState.PENDING)]


async def test_nobody_takes_back_what_is_not_of_their_own_server(alpha: LiveServer, beta: LiveServer, peer: Peer) -> None:
    alice, bea = await alpha.member("alice"), await beta.member("bea")
    announcing(peer)
    otto, bot = peer.actor("otto"), peer.actor("bot", kind="Application")
    await follow(alpha, alice, otto)
    await befriend(alpha, alice, bea, beta)
    note = otto.note("Mine")
    await deliver(alpha, peer, otto, otto.does("Create", note))
    mine, hers = await alpha.write(alice, "Mine", Reach.PARTNERS), await beta.write(bea, "Hers", Reach.PARTNERS)
    await settle(alpha, beta)
    await alpha.run(instances.instance_actor(alpha.instance, peer.host))

    lies = [peer.instance.does("Withdraw", thing) for thing in (
        [mine.uri], [hers.uri, bea.uri], [note["id"], hers.uri], [alice.uri], [f"{alpha.origin}/actor"], [],
        [f"{peer.origin}/{number}" for number in range(101)], [note["id"], {"id": otto.uri}], "not an id")]
    for by, lie in [(peer.instance, lie) for lie in lies] + [(otto, otto.does("Withdraw", [note["id"]])),
                                                             (bot, bot.does("Withdraw", [note["id"], otto.uri]))]:
        assert await peer.send(alpha, lie, by) in (202, 400)
    await settle(alpha, beta)
    assert await alpha.ask(lambda: Post.filter(deleted_at__isnull=False).count()) == 0
    assert await alpha.ask(lambda: ErasureRequest.all().count()) == 0
    assert await alpha.ask(lambda: Actor.filter(name__startswith="withdrawn").count()) == 0

    later = otto.note("Comes late")
    await deliver(alpha, peer, peer.instance, peer.instance.does("Withdraw", [note["id"], later["id"]]))
    await deliver(alpha, peer, otto, otto.does("Create", later))  # it was on its way: it stays away
    assert (await alpha.ask(lambda: Post.get(uri=note["id"]))).deleted_at
    assert await alpha.ask(lambda: Post.filter(uri=later["id"]).count()) == 0
    [said] = await peer.wait_for("Acknowledge")
    assert said["digest"] == withdrawal_notices.digest_of([note["id"], later["id"]])


async def test_a_copy_has_a_time_that_its_origin_prolongs_while_the_yes_holds(alpha: LiveServer, beta: LiveServer) -> None:
    alice, bea, post = await stage(alpha, beta)
    await alpha.ask(lambda: Community.all().update(ceiling=Reach.WEB))
    later, public = await alpha.write(alice, "Another"), await alpha.write(alice, "To the web", Reach.WEB)
    await settle(alpha, beta)
    copy, there = await known(beta, post), await known(beta, public)
    assert copy and copy.expires_at and there and there.expires_at is None
    assert timedelta(days=179) < copy.expires_at - clock.now() < timedelta(days=181)
    note = json.loads((await beta.fetch(post.uri))[1])
    given = await alpha.ask(lambda: ConsentRecord.get(actor_id=alice.id, purpose=Purpose.SHARED_OUT))
    assert note["consent"] == given.key and note["expires"] == f"{copy.expires_at:%Y-%m-%dT%H:%M:%SZ}"
    assert not {"expires", "consent"} & json.loads((await beta.fetch(public.uri))[1]).keys()

    soon = clock.now() + timedelta(days=80)
    for server in (alpha, beta):
        await server.ask(lambda: Post.filter(uri=post.uri).update(expires_at=soon))
    assert await alpha.run(lease.renew_due()) == 1 and await alpha.run(lease.renew_due()) == 0
    await settle(alpha, beta)
    assert (renewed := await known(beta, post)) and renewed.expires_at and renewed.edited_at is None
    assert renewed.expires_at > clock.now() + timedelta(days=179)

    async def paused() -> None:
        await sharing.pause(await Member.get(actor_id=alice.id).select_related("actor"))
    await alpha.run(paused())
    await alpha.ask(lambda: Post.filter(uri=post.uri).update(expires_at=soon))
    assert await alpha.run(lease.renew_due()) == 0  # nothing is prolonged without a yes

    await beta.ask(lambda: Post.filter(uri=post.uri).update(expires_at=clock.now() - timedelta(seconds=1)))
    assert await beta.run(erasures.expire(beta.app)) == 1
    assert (gone := await known(beta, post)) and gone.deleted_at and not gone.html and not await sees(beta, bea, post.uri)
    assert (kept := await known(beta, later)) and not kept.deleted_at
    assert await beta.ask(lambda: Attachment.all().count()) == 0


async def test_many_things_are_many_notices(alpha: LiveServer, beta: LiveServer) -> None:
    alice, _, post = await stage(alpha, beta)

    async def told() -> None:
        for number in range(150):
            await Disclosure.create(object_uri=f"{post.uri}-{number}", host=beta.host, actor=alice, kind="Create")
    await alpha.run(told())
    await take_back(alpha, alice)
    await confirmed(alpha, beta)
    sizes = [len(one.object_uris) for one in await alpha.ask(lambda: Withdrawal.all().order_by("id"))]
    assert sizes == [100, 52] and await alpha.ask(lambda: Disclosure.filter(ended_at__isnull=True).count()) == 0
