"""What may leave right before it does, and what is written down once it has: each line hangs on one thing alone."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from federation import disclosure
from federation.disclosure import Asked, Waiting
from federation.instance import ensure_actor
from models import Actor, Delivery, Disclosure, Host, OutgoingActivity, Post, clock
from models.consent import Purpose
from models.host import Standing
from models.ids import new_key
from models.reach import Reach
from moderation import consent
from tests.moderation.test_visibility import ORIGIN, ours, theirs

NEAR, FAR = "p.example", "q.example"
PARTNER, LIMITED, SHUT, UNKNOWN = Standing.PARTNER, Standing.LIMITED, Standing.SUSPENDED, Standing.UNKNOWN


@pytest.fixture
async def alice(db: object) -> Actor:
    """Our member."""
    await ensure_actor(ORIGIN)
    return await ours("alice")


async def about(actor: Actor, kind: str, uri: str, host: str = NEAR) -> Waiting:
    """A delivery that is about to leave."""
    key = new_key()
    activity = await OutgoingActivity.create(key=key, uri=f"{ORIGIN}/activities/{key}", actor=actor, kind=kind, object_uri=uri,
                                             body="{}")
    return Waiting(0, clock.now(), activity, host, f"https://{host}/inbox", uri, 1)


async def keep(actor: Actor, uri: str, host: str = NEAR, **columns: Any) -> Disclosure:
    """That a host was told of something."""
    return await Disclosure.create(object_uri=uri, host=host, actor=actor, kind="Create", **columns)


async def test_what_may_leave(alice: Actor) -> None:
    us, shy, away = await Actor.get(kind="Application"), await ours("shy", shares=False), await ours("away")
    near, web, erased = [f"{ORIGIN}/posts/{name}" for name in ("near", "web", "erased")]
    for uri, reach in ((near, Reach.PARTNERS), (web, Reach.WEB)):
        await Post.create(uri=uri, author=alice, reach=reach, conversation=uri)
    for uri in (web, away.uri, alice.uri):
        await keep(alice, uri)
    cases: tuple[tuple[bool, Actor, str, str, Standing], ...] = (
        (True, us, "Offer", us.uri, UNKNOWN), (False, us, "Offer", us.uri, SHUT), (True, us, "Withdraw", us.uri, SHUT),
        (True, us, "Acknowledge", us.uri, SHUT), (True, us, "Remove", us.uri, SHUT),
        (True, alice, "Reject", near, LIMITED), (False, alice, "Reject", web, UNKNOWN),
        (False, alice, "Delete", near, PARTNER), (True, alice, "Delete", web, SHUT), (True, alice, "Undo", web, SHUT),
        (True, alice, "Create", near, PARTNER), (False, alice, "Create", near, LIMITED), (False, alice, "Update", near, LIMITED),
        (False, alice, "ReplyRequest", near, LIMITED), (True, alice, "Like", near, LIMITED),
        (True, alice, "Create", web, LIMITED),
        (True, alice, "Create", erased, LIMITED), (False, alice, "Create", web, SHUT), (False, alice, "Create", web, UNKNOWN),
        (False, shy, "Create", web, PARTNER), (False, away, "Create", web, PARTNER), (False, away, "Update", web, PARTNER),
        (True, away, "Update", away.uri, SHUT), (False, away, "Create", away.uri, PARTNER),
        (False, alice, "Update", alice.uri, SHUT))
    for may, actor, kind, uri, standing in cases:
        asked = Asked(present={us.id, alice.id, shy.id}, standings={NEAR: standing})
        permit = await disclosure.may_go(await about(actor, kind, uri), Host(name=NEAR), asked)
        assert (permit is not None) is may, (actor.name, kind, uri, standing)
    given = await consent.permits(alice.id, Purpose.SHARED_OUT)
    permit = await disclosure.may_go(await about(alice, "Create", near), Host(name=NEAR), Asked({alice.id}, {NEAR: PARTNER}))
    assert permit is not None and permit.given == given is not None


async def test_where_a_thing_may_be(alice: Actor) -> None:
    """Where it was told, and where it was sent without an answer; not where it was refused, or never sent."""
    thing, now = f"{ORIGIN}/posts/1", clock.now()
    await keep(alice, thing)
    await keep(alice, f"{thing}0", FAR)
    sent = (await about(alice, "Create", thing)).activity
    tries = {"silent": (1, 0, now), "broken": (1, 503, now), "refused": (1, 404, now), "untried": (0, 0, now),
             "waiting": (1, 0, None)}
    for host, (attempts, status, done_at) in tries.items():
        await Delivery.create(activity=sent, host=host, inbox_uri=f"https://{host}/inbox", object_uri=thing, attempts=attempts,
                              status=status, done_at=done_at)
    there = {host for host in (NEAR, FAR, *tries) if await disclosure.may_be_there(thing, host)}
    assert there == {NEAR, "silent", "broken"} and not await disclosure.may_be_there(f"{thing}1", "silent")


async def test_what_has_arrived_is_written_down(alice: Actor) -> None:
    """A Delete of somebody ends all of theirs on that server; of a message, that alone."""
    vera, bob = await theirs("vera"), await ours("bob")
    given = await consent.permits(alice.id, Purpose.SHARED_OUT)
    one, two, like = [f"{ORIGIN}/posts/{name}" for name in ("one", "two", "like")]
    await disclosure.record([(await about(alice, "Create", uri, host), given) for uri in (one, two) for host in (NEAR, FAR)])
    await disclosure.record([(await about(alice, "Like", like), given), (await about(bob, "Create", f"{one}1"), None)])

    async def rows() -> list[Disclosure]:
        return await Disclosure.all().order_by("id")

    async def ended() -> set[tuple[str, str]]:
        return {(row.object_uri, row.host) for row in await rows() if row.ended_at}
    assert {(row.object_uri, row.host, row.actor_id, row.kind) for row in await rows()} == {
        *((uri, host, alice.id, "Create") for uri in (one, two, alice.uri) for host in (NEAR, FAR)),
        (like, NEAR, alice.id, "Like"), (f"{one}1", NEAR, bob.id, "Create"), (bob.uri, NEAR, bob.id, "Create")}
    assert given and {row.consent_id for row in await rows() if row.actor_id == alice.id} == {given.id}
    for kind, uri, ends in (("Delete", one, {one}), ("Undo", alice.uri, {one, alice.uri}), ("Undo", like, {one, alice.uri, like}),
                            ("Delete", alice.uri, {one, two, like, alice.uri})):
        await disclosure.record([(await about(alice, kind, uri), None)])
        assert await ended() == {(uri, NEAR) for uri in ends}
    us = await Actor.get(kind="Application")
    before = len(await rows())
    await disclosure.record([(await about(us, "Update", us.uri), None), (await about(us, "Withdraw", two, FAR), None)])
    assert len(await rows()) == before and len(await ended()) == 4, "our own voice is no member's"
    assert vera.id not in {row.actor_id for row in await rows()}


async def test_what_is_read_again_soon_is_written_once(alice: Actor) -> None:
    now, post = clock.now(), f"{ORIGIN}/posts/1"
    await disclosure.told(alice, post, NEAR, disclosure.FETCHED)
    row = await Disclosure.get(object_uri=post)
    assert row.kind == "fetch" and row.consent_id and row.actor_id == alice.id
    for columns, is_new in (({"last_at": now - timedelta(minutes=1)}, False), ({"last_at": now - timedelta(days=1)}, True),
                            ({"last_at": now - timedelta(minutes=1), "ended_at": now}, True)):
        await row.change(**columns)
        await disclosure.told(alice, post, NEAR, disclosure.FETCHED)
        kept = await Disclosure.get(object_uri=post)
        assert (kept.last_at >= now) is is_new and kept.ended_at is None
