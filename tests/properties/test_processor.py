"""Activities of owners, neighbours and strangers, in any order, repeated and lost: only owners change what is theirs, and
what remains does not depend on the order in which it came (security.md §5, activity processor).

The oracle is a page long and knows no order: it looks at the set of what honest people said.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from federation.contexts import PUBLIC
from models import Actor, Announce, Block, Community, Follow, InboxItem, Like, Pin, Post
from models.delivery import ItemState
from models.reach import Reach
from tests.live import LiveServer, settle
from tests.peer import Document, Peer, PeerActor
from tests.properties.cast import Run, bounded, copied, newcomer, runner

NAMES = ("vera", "mallory", "oskar")  # the first two are neighbours on one server
NOTES = (0, 1)
VERSIONS = (0, 1, 2)  # 0 is the Create
Said = tuple[str, str, str, int]  # who, what, about whose, which one


@dataclass(repr=False, eq=False)
class World:
    """Two peers, and what is the same in all examples."""

    run: Run
    server: LiveServer
    peers: dict[str, Peer]
    alice: Actor
    message: Post
    people: dict[str, PeerActor] = field(default_factory=dict)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def world(request: pytest.FixtureRequest, templates: Callable[[str], str],
          tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server of ours with alice and a message of hers, on each database."""
    folder = tmp_path_factory.mktemp("processor")
    with runner() as loop, copied(request, templates, folder, loop) as database:
        server, near, far = LiveServer(database, folder), Peer(), Peer()
        for one in (server, near, far):
            loop.run(one.__aenter__())
        made = loop.run(_prepare(server, near, far))
        yield World(loop.run, server, {"vera": near, "mallory": near, "oskar": far}, *made)
        for one in (far, near, server):
            loop.run(one.__aexit__(None, None, None))


async def _prepare(server: LiveServer, *peers: Peer) -> tuple[Actor, Post]:
    for peer in peers:
        await peer.become(server)
    async def widen() -> None:
        await (await Community.current()).change(ceiling=Reach.WEB)
    await server.run(widen())
    alice = await server.member("alice")
    return alice, await server.write(alice, "About us", Reach.WEB)


KINDS = ("Create", "Update", "Delete", "Follow", "UndoFollow", "Like", "UndoLike", "EmojiReact", "Announce", "UndoAnnounce",
         "Block", "UndoBlock", "Accept", "Reject", "Flag", "DeleteActor", "UpdateActor", "Add", "Remove", "Move")
ABOUT_ALICE = frozenset({"Follow", "Like", "EmojiReact", "Announce", "Block", "Flag"})  # everybody's own act


def said_of(kinds: set[str]) -> st.SearchStrategy[list[Said]]:
    """What is said with a few kinds of words only, so that they meet. At least half of it is honest: owners about their own."""
    said = st.tuples(st.sampled_from(NAMES), st.sampled_from(sorted(kinds)), st.sampled_from(NAMES), st.integers(0, 5))
    honest = said.map(lambda one: (one[0], one[1], one[0], one[3]))
    return st.lists(st.one_of(honest, said.map(lambda one: (one[0], one[1], one[0], one[3]) if one[1] in ABOUT_ALICE else one)),
                    min_size=6, max_size=24)


@bounded(12)
@example([("vera", "UndoBlock", "vera", 0), ("vera", "Block", "vera", 0)])
@example([("vera", "Follow", "vera", 5), ("vera", "UndoFollow", "vera", 0), ("vera", "Follow", "vera", 2)])
@example([("vera", "Add", "vera", 0), ("mallory", "Add", "vera", 1), ("mallory", "Remove", "vera", 0)])
@given(st.sets(st.sampled_from(KINDS), min_size=2, max_size=5).flatmap(said_of))
def test_only_owners_change_things_and_in_any_order(world: World, said: list[Said]) -> None:
    world.run(_example(world, [one for one in said if one[0] != one[2] or one[1] != "DeleteActor"]))


async def _example(world: World, said: list[Said]) -> None:
    world.people = {name: await newcomer(world.server, world.peers[name], name, followed_by=world.alice) for name in NAMES}
    for name, one in world.people.items():
        for note in NOTES:
            world.peers[name].show(f"{one.uri}/notes/{note}", _note(one, note, "Create", 0))
    heard: set[Said] = set()
    for one in said:
        if one[1] in ("Follow", "UndoFollow") and one[:3] in {earlier[:3] for earlier in heard}:
            continue  # repeated under one id they ask anew: their order is their meaning (fediverse.md §8.7)
        heard.add(one)
        doer = world.people[one[0]]
        status = await world.peers[one[0]].send(world.server, written(world, one), doer)
        assert status < 500, (one, status)
    await settle(world.server)
    assert await world.server.ask(lambda: InboxItem.filter(state=ItemState.BROKEN).count()) == 0
    ours = await world.server.ask(lambda: Post.get(uri=world.message.uri))
    assert ours.deleted_at is None and "About us" in ours.html
    for name in NAMES:
        expected = oracle(name, {one for one in heard if one[0] == one[2] == name})
        if any(kind == "Move" for _, kind, _, _ in heard):  # both accounts are read anew, and their documents keep the old name
            expected.pop("renamed", None)
        found = await world.server.run(state(world, name))
        assert {key: found[key] for key in expected} == expected, (name, said)


def written(world: World, said: Said) -> Document:
    """The activity in full. Its id is made of what it says, so that the same again is a repeat."""
    who, kind, whose, number = said
    doer, owner = world.people[who], world.people[whose]
    note, version = NOTES[number % len(NOTES)], VERSIONS[1 + number % 2]
    undone = {"UndoFollow": "Follow", "UndoLike": "Like", "UndoAnnounce": "Announce", "UndoBlock": "Block"}.get(kind)
    number = 0 if undone or kind in ("Follow", "Like", "Announce", "Block") else number  # one of each, so that an Undo finds it
    document: Document = {"@context": "https://www.w3.org/ns/activitystreams", "actor": doer.uri, "to": [PUBLIC],
                          "id": f"{doer.uri}/{kind}/{whose}/{number}", "type": "Undo" if undone else kind}
    if kind in ("Add", "Remove"):
        document["target"] = f"{owner.uri}/featured"
    if kind == "Move":  # to somebody who does not say that they are the same
        document["target"] = world.people["mallory" if whose == "vera" else "vera"].uri
    return document | {"object": _object(world, kind, doer, owner, note, version, undone), "type": _type(kind, undone)}


def _type(kind: str, undone: str | None) -> str:
    return "Undo" if undone else kind.removesuffix("Actor")


def _object(world: World, kind: str, doer: PeerActor, owner: PeerActor, note: int, version: int, undone: str | None) -> Any:
    uri = f"{owner.uri}/notes/{note}"
    if undone:  # of the owner's own act, under the owner's id
        return f"{owner.uri}/{undone}/{_name_of(world, owner)}/0"
    if kind in ("Create", "Update"):
        return _note(owner, note, kind, version)
    if kind in ("Accept", "Reject"):
        return f"{owner.uri}/followed"
    if kind in ("Delete", "Add", "Remove"):
        return uri
    if kind in ("DeleteActor", "Move"):
        return owner.uri
    if kind == "UpdateActor":
        return {**owner.document, "name": "Renamed"}
    return {"Follow": world.alice.uri, "Block": world.alice.uri}.get(kind, world.message.uri)


def _note(owner: PeerActor, note: int, kind: str, version: int) -> Document:
    stamp = {"updated": f"2026-05-05T08:0{version}:00Z"} if kind == "Update" else {}
    return {"id": f"{owner.uri}/notes/{note}", "type": "Note", "attributedTo": owner.uri, "to": [PUBLIC],
            "published": "2026-05-05T07:00:00Z", "content": f"<p>{_text(kind, note, version)}</p>", **stamp}


def _name_of(world: World, actor: PeerActor) -> str:
    return next(name for name, one in world.people.items() if one is actor)


def _text(kind: str, note: int, version: int) -> str:
    return f"note {note} version {version if kind == 'Update' else 0}"


def oracle(name: str, own: set[Said]) -> dict[str, Any]:
    """What must remain of somebody, by what they themselves said; the order is not asked for. What a Block may or may not have
    ended depends on the order, and is left out.
    """
    kinds = {kind for _, kind, _, _ in own}
    remains: dict[str, Any] = {}
    for note in NOTES:
        about = [(kind, VERSIONS[1 + number % 2] if kind == "Update" else 0)
                 for _, kind, _, number in own if NOTES[number % len(NOTES)] == note]
        versions = [version for kind, version in about if kind in ("Create", "Update", "Add")]  # for Add it is read
        is_dead = any(kind == "Delete" for kind, _ in about) or "Reject" in kinds
        remains[f"note {note}"] = "" if is_dead or not versions else f"<p>note {note} version {max(versions)}</p>"
        if not any(kind == "Remove" for kind, _ in about):  # Add and Remove go by their order
            remains[f"pin {note}"] = not is_dead and any(kind == "Add" for kind, _ in about)
    if "Reject" in kinds:  # nobody here reads them any more, or perhaps not yet when it came: whether notes are kept is order
        remains = {}
    remains["followed"] = "Reject" not in kinds
    remains["blocks"] = "Block" in kinds and "UndoBlock" not in kinds
    if "Block" in kinds:
        del remains["followed"]
        return remains if "Reject" in kinds else {"blocks": remains["blocks"]}
    for kind in ("Follow", "Like", "Announce"):
        remains[kind] = kind in kinds and f"Undo{kind}" not in kinds
    if "EmojiReact" in kinds:  # one sign of a person stands for both; which of them is undone goes by their order
        remains["Like"] = True
        if {"Like", "UndoLike"} <= kinds:
            del remains["Like"]
    remains["renamed"] = "UpdateActor" in kinds
    return remains


async def state(world: World, name: str) -> dict[str, Any]:
    """The same, as it is in the database."""
    actor = await Actor.get(uri=world.people[name].uri)
    remains: dict[str, Any] = {}
    for note in NOTES:
        post = await Post.get_or_none(uri=f"{actor.uri}/notes/{note}", deleted_at=None)
        remains[f"note {note}"] = post.html if post else ""
        remains[f"pin {note}"] = await Pin.exists(actor_id=actor.id, post__uri=f"{actor.uri}/notes/{note}")
    remains["followed"] = await Follow.exists(target_id=actor.id, follower_id=world.alice.id)
    remains["blocks"] = await Block.exists(blocker_id=actor.id, target_id=world.alice.id)
    remains["Follow"] = await Follow.exists(follower_id=actor.id, target_id=world.alice.id, accepted_at__isnull=False)
    remains["Like"] = await Like.exists(actor_id=actor.id, post_id=world.message.id)
    remains["Announce"] = await Announce.exists(actor_id=actor.id, post_id=world.message.id)
    remains["renamed"] = actor.display_name == "Renamed" and actor.deleted_at is None
    return remains
