"""Who may see which post, line by line: each message here is kept from its reader by one thing alone, or shown by one alone."""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from federation.instance import ensure_actor
from models import Actor, Block, Follow, Host, HostBlock, Post, Q, Recipient, clock
from models.consent import Purpose
from models.host import Standing
from models.ids import new_key
from models.post import NOT_LET
from models.reach import Reach
from moderation.visibility import VISITOR, Viewer, could_see, may_be_named_to, may_pass_to, seen_among, seen_by_each, visible_to
from server.actions import accounts

ORIGIN = "https://here.example"
STANDINGS = {"p.example": Standing.PARTNER, "q.example": Standing.PARTNER, "limited.example": Standing.LIMITED,
             "shut.example": Standing.SUSPENDED, "blocked.example": Standing.PARTNER, "open.example": Standing.OPEN}
Say = Callable[..., Awaitable[None]]


@pytest.fixture
async def bob(db: object) -> Actor:
    """Our member who reads."""
    await ensure_actor(ORIGIN)
    for name, standing in STANDINGS.items():
        await (await Host.called(name)).change(standing=standing)
    return await ours("bob")


async def ours(name: str, *, shares: bool = True, **columns: Any) -> Actor:
    """A member."""
    agreed = (Purpose.MEMBERSHIP, Purpose.SHARED_OUT) if shares else (Purpose.MEMBERSHIP,)
    made = await accounts.create(ORIGIN, accounts.Newcomer(name=name, language="en", consents=agreed))
    await made.actor.change(**columns)
    return made.actor


async def theirs(name: str, host: str = "p.example", **columns: Any) -> Actor:
    """Somebody elsewhere."""
    uri = f"https://{host}/users/{name}"
    return await Actor.create(uri=uri, name=name, host=host, inbox_uri=f"{uri}/inbox", fetched_at=clock.now(), **columns)


async def follow(follower: Actor, target: Actor, *, is_let: bool = True) -> Actor:
    """The target, whom somebody follows, or has asked to."""
    await Follow.create(uri=f"https://x.example/{new_key()}", follower=follower, target=target,
                        accepted_at=clock.now() if is_let else None)
    return target


async def check(viewer: Viewer, *lines: tuple[str, bool, Actor, Reach, dict[str, Any]], which: Q | None = None) -> None:
    """Each line: what it is, whether it is seen, by whom, for whom, and what else there is to it. `to`: who is named in it."""
    expected, names = set(), dict[int, str]()
    for what, is_seen, author, reach, columns in lines:
        named = columns.pop("to", None)
        uri = f"{ORIGIN}/posts/{new_key()}"
        post = await Post.create(uri=uri, author=author, reach=reach, conversation=uri, html="x", published_at=clock.now(),
                                 **columns)
        if named:
            await Recipient.create(post=post, actor=named)
        names[post.id] = what
        expected |= {what} if is_seen else set()
    assert len(set(names.values())) == len(names)
    seen = await Post.filter(which or visible_to(viewer)).values_list("id", flat=True)
    assert {names[int(str(id_))] for id_ in seen} == expected
    if which is None:
        assert {names[id_] for id_ in await seen_among(viewer, list(names))} == expected
        shown = await Post.all().select_related("author")
        asked = [(one, post) for one in (viewer, replace(viewer, host=viewer.host and "third.example")) for post in shown]
        assert {names[id_] for one, id_ in await seen_by_each(asked) if one == viewer} == expected
    await Post.all().delete()


def later() -> dict[str, Any]:
    return {"held_until": clock.now() + timedelta(hours=1)}


async def test_what_a_member_sees(bob: Actor) -> None:
    alice, now = await ours("alice"), clock.now()
    gone, suspended, limited = [await ours(name, **{f"{name}_at": now}) for name in ("deleted", "suspended", "limited")]
    followed = await follow(bob, await ours("followed", limited_at=now))
    asked = await follow(bob, await ours("asked", limited_at=now), is_let=False)
    blocked, blocking = await ours("blocked"), await ours("blocking")
    await Block.create(blocker=bob, target=blocked)
    await Block.create(blocker=blocking, target=bob)
    await HostBlock.create(owner=bob, host="blocked.example")
    everybody, secret = Reach.COMMUNITY, Reach.CIRCLE
    await check(
        Viewer.member(bob),
        ("mine", True, bob, Reach.ME, {}), ("mine held", True, bob, Reach.ME, later()),
        ("mine hidden", True, bob, everybody, {"hidden_at": now}), ("mine erased", False, bob, everybody, {"deleted_at": now}),
        ("hers", False, alice, Reach.ME, {}), ("some", False, alice, secret, {}),
        ("others", False, alice, secret, {"to": blocked}), ("hers, names me", False, alice, Reach.ME, {"to": bob}),
        ("named", True, alice, secret, {"to": bob}), ("all", True, alice, everybody, {}),
        ("partners", True, alice, Reach.PARTNERS, {}), ("web", True, alice, Reach.WEB, {}),
        ("erased", False, alice, everybody, {"deleted_at": now}), ("hidden", False, alice, everybody, {"hidden_at": now}),
        ("held", False, alice, everybody, later()), ("let go", True, alice, everybody, {"held_until": now}),
        ("of gone", False, gone, everybody, {}), ("of suspended", False, suspended, everybody, {}),
        ("of limited", False, limited, everybody, {}), ("of followed", True, followed, everybody, {}),
        ("of asked", False, asked, everybody, {}), ("of blocked", False, blocked, everybody, {}),
        ("of blocking", False, blocking, everybody, {}),
        ("named by blocking", False, blocking, secret, {"to": bob}),
        *((f"not let: {state}", False, alice, everybody, {"answer_state": state}) for state in NOT_LET))


async def test_what_a_member_sees_of_others(bob: Actor) -> None:
    vera, fay = await theirs("vera"), await follow(bob, await theirs("fay"))
    asked = await follow(bob, await theirs("asked"), is_let=False)
    lost, shut = await theirs("lost", "limited.example"), await follow(bob, await theirs("shut", "shut.example"))
    quiet = await follow(bob, await theirs("quiet", "limited.example"))
    wall = await follow(bob, await theirs("wall", "blocked.example"))
    limited, known = await theirs("limited", limited_at=clock.now()), await follow(await ours("carol"), await theirs("known"))
    near, behind = await theirs("near", domain="limited.example"), await theirs("behind", domain="blocked.example")
    await HostBlock.create(owner=bob, host="blocked.example")
    secret, followers = Reach.CIRCLE, {"to_followers": True}
    await check(
        Viewer.member(bob),
        ("web", True, vera, Reach.WEB, {}), ("partners", True, vera, Reach.PARTNERS, {}), ("some", False, vera, secret, {}),
        ("named", True, vera, secret, {"to": bob}), ("their community", False, vera, Reach.COMMUNITY, {}),
        ("followers", False, vera, secret, dict(followers)), ("followed", True, fay, secret, dict(followers)),
        ("followed, for some", False, fay, secret, {}), ("asked", False, asked, secret, dict(followers)),
        ("limited server", False, lost, Reach.WEB, {}), ("followed there", True, quiet, Reach.WEB, {}),
        ("suspended server", False, shut, Reach.WEB, {}), ("named there", False, shut, secret, {"to": bob}),
        ("blocked server", False, wall, Reach.WEB, {}), ("limited", False, limited, Reach.WEB, {}),
        ("followed by others", False, known, secret, dict(followers)), ("address on a limited one", False, near, Reach.WEB, {}),
        ("address on a blocked one", False, behind, Reach.WEB, {}))


async def test_what_other_servers_see(bob: Actor) -> None:
    now, there, elsewhere = clock.now(), await theirs("vera"), await theirs("vera", "q.example")
    gone, suspended, limited = [await ours(name, **{f"{name}_at": now}) for name in ("deleted", "suspended", "limited")]
    read, asked, other = [await ours(name, limited_at=now) for name in ("read", "asked", "other")]
    for follower, target, is_let in ((there, read, True), (there, asked, False), (elsewhere, other, True)):
        await follow(follower, target, is_let=is_let)
    shy, wall = await ours("shy", shares=False), await ours("wall")
    await HostBlock.create(owner=wall, host="p.example")
    lines = (
        ("mine", False, bob, Reach.ME, {}), ("community", False, bob, Reach.COMMUNITY, {}), ("web", True, bob, Reach.WEB, {}),
        ("partners", True, bob, Reach.PARTNERS, {}), ("some", False, bob, Reach.CIRCLE, {}),
        ("named", True, bob, Reach.CIRCLE, {"to": there}), ("named elsewhere", False, bob, Reach.CIRCLE, {"to": elsewhere}),
        ("named, and kept", False, bob, Reach.COMMUNITY, {"to": there}),
        ("erased", False, bob, Reach.WEB, {"deleted_at": now}), ("hidden", False, bob, Reach.WEB, {"hidden_at": now}),
        ("held", False, bob, Reach.WEB, later()), ("of gone", False, gone, Reach.WEB, {}),
        ("of suspended", False, suspended, Reach.WEB, {}), ("of limited", False, limited, Reach.WEB, {}),
        ("read there", True, read, Reach.WEB, {}), ("asked", False, asked, Reach.WEB, {}),
        ("read elsewhere", False, other, Reach.WEB, {}), ("no yes", False, shy, Reach.WEB, {}),
        ("blocked", False, wall, Reach.WEB, {}), ("theirs", False, there, Reach.WEB, {}),
        ("of others", False, elsewhere, Reach.WEB, {}))
    await check(await Viewer.peer("p.example"), *((*line[:4], dict(line[4])) for line in lines))
    for name in ("open.example", "limited.example", "shut.example", "unknown.example"):
        reader = await theirs("reader", name)
        seen = {"web"} if name in ("open.example", "limited.example") else set()
        public = tuple((what, what in seen, bob, reach, dict(more)) for what, _, author, reach, more in lines if author is bob)
        await check(await Viewer.peer(name), *public, ("to them", False, bob, Reach.CIRCLE, {"to": reader}))


async def test_what_visitors_see(bob: Actor) -> None:
    now, there = clock.now(), await theirs("vera")
    limited, shy = await follow(there, await ours("limited", limited_at=now)), await ours("shy", shares=False)
    gone, suspended = [await ours(name, **{f"{name}_at": now}) for name in ("deleted", "suspended")]
    await check(
        VISITOR, ("web", True, bob, Reach.WEB, {}), ("partners", False, bob, Reach.PARTNERS, {}),
        ("community", False, bob, Reach.COMMUNITY, {}), ("erased", False, bob, Reach.WEB, {"deleted_at": now}),
        ("hidden", False, bob, Reach.WEB, {"hidden_at": now}), ("held", False, bob, Reach.WEB, later()),
        ("limited", False, limited, Reach.WEB, {}), ("no yes", False, shy, Reach.WEB, {}), ("gone", False, gone, Reach.WEB, {}),
        ("suspended", False, suspended, Reach.WEB, {}), ("theirs", False, there, Reach.WEB, {}))


async def test_what_was_held_is_seen_when_its_time_has_come(bob: Actor) -> None:
    now = clock.now()
    post = await Post.create(uri=f"{ORIGIN}/posts/1", author=bob, reach=Reach.WEB, conversation="x", published_at=now, **later())
    for hours, seen in ((0.5, []), (2, [post.id])):
        when = now + timedelta(hours=hours)
        assert await Post.filter(visible_to(VISITOR, when)).values_list("id", flat=True) == seen


async def test_what_a_member_could_see_before_it_was_erased_or_hidden(bob: Actor) -> None:
    """What the team hid stays with its author, and what never was for somebody is still not."""
    now, alice = clock.now(), await ours("alice")
    gone, suspended = [await ours(name, **{f"{name}_at": now}) for name in ("deleted", "suspended")]
    erased, hidden, everybody = {"deleted_at": now}, {"hidden_at": now}, Reach.COMMUNITY
    await check(
        Viewer.member(bob), ("alive", False, alice, everybody, {}), ("erased", True, alice, everybody, dict(erased)),
        ("hidden", True, alice, everybody, dict(hidden)), ("both", False, alice, everybody, erased | hidden),
        ("erased before it left", False, alice, everybody, erased | later()), ("mine", True, bob, Reach.ME, dict(erased)),
        ("mine hidden", False, bob, everybody, dict(hidden)), ("hers erased", False, alice, Reach.ME, dict(erased)),
        ("hers hidden", False, alice, Reach.ME, dict(hidden)), ("of gone", False, gone, everybody, dict(erased)),
        ("of suspended", False, suspended, everybody, dict(hidden)), ("mine alive", False, bob, everybody, {}),
        which=could_see(bob.id))


async def test_what_lists_of_answers_name(bob: Actor) -> None:
    """Beside what a server may see, what others published for the whole web."""
    now, viewer, there = clock.now(), await Viewer.peer("p.example"), await theirs("vera", "q.example")
    limited, gone, suspended = [await theirs(name, "q.example", **{f"{name}_at": now})
                                for name in ("limited", "deleted", "suspended")]
    shut, listed = await theirs("shut", "shut.example"), {"is_listed": True}
    await check(
        viewer, ("ours", True, bob, Reach.PARTNERS, {}), ("ours, kept", False, bob, Reach.COMMUNITY, dict(listed)),
        ("ours, no yes", False, await ours("shy", shares=False), Reach.WEB, dict(listed)),
        ("web", True, there, Reach.WEB, dict(listed)), ("unlisted", False, there, Reach.WEB, {"is_listed": False}),
        ("partners", False, there, Reach.PARTNERS, dict(listed)),
        ("hidden", False, there, Reach.WEB, listed | {"hidden_at": now}),
        ("erased", False, there, Reach.WEB, listed | {"deleted_at": now}), ("limited", False, limited, Reach.WEB, dict(listed)),
        ("gone", False, gone, Reach.WEB, dict(listed)), ("suspended", False, suspended, Reach.WEB, dict(listed)),
        ("shut", False, shut, Reach.WEB, dict(listed)), which=may_be_named_to(viewer))


async def test_who_is_named_as_having_passed_something_on(bob: Actor) -> None:
    now = clock.now()
    people = {name: await ours(name, **more) for name, more in {
        "alice": {}, "shy": {"shares": False}, "gone": {"deleted_at": now}, "suspended": {"suspended_at": now},
        "blocked": {}, "blocking": {}}.items()}
    people |= {"vera": await theirs("vera"), "wall": await theirs("wall", "blocked.example")}
    await Block.create(blocker=bob, target=people["blocked"])
    await Block.create(blocker=people["blocking"], target=bob)
    await HostBlock.create(owner=bob, host="blocked.example")

    async def named(viewer: Viewer) -> set[str]:
        ids = await Actor.filter(may_pass_to(viewer), id__in=[one.id for one in people.values()]).values_list("id", flat=True)
        return {name for name, one in people.items() if one.id in ids}
    assert await named(Viewer.member(bob)) == {"alice", "shy", "vera"}
    assert await named(VISITOR) == {"alice", "blocked", "blocking"}
