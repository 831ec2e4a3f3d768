"""Who sees a message, over every address and every kind of reader: an answer holds it exactly if the model says so.

The model below is written from product.md (Reach), not from the code. A new address fails until it stands in the manifest.
"""
from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Actor, Block, Community, Follow, HostBlock, Member, Post, clock
from models.consent import Purpose
from models.host import Standing
from models.member import Role
from models.post import NOT_LET
from models.reach import Reach
from server.actions import consents, follows, held, posts, removal
from server.actions.posts import Composition
from server.keys import MEDIA
from server.routes import ROUTES
from tests.browser import Browser
from tests.live import LiveServer
from tests.peer import Peer, PeerActor
from tests.properties.cast import Run, bounded, copied, newcomer, runner
from tests.properties.routes import APPS_SHOW_POSTS, SHOWS_NONE, SHOWS_POSTS
from tests.server.api.client import Api

PEOPLE = ("author", "named", "reader", "host")
FOR_SERVERS = ("/posts/", "/actor")
_numbers = count(1)
_states = cycle(NOT_LET)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What happened to a message before it is looked for."""

    reach: Reach
    follows: bool = False
    blocks: str = ""  # who blocks whom
    edited: bool = False
    deleted: bool = False
    held: bool = False
    author_suspended: bool = False
    author_limited: bool = False
    hidden: bool = False  # by the team
    unlet: bool = False  # an answer that whom it answers has not let
    yes_taken_back: bool = False
    partner_blocked: bool = False  # by the author, the whole server


RARELY = st.sampled_from([False, False, False, True])
CASES = st.builds(Case, reach=st.sampled_from(Reach), follows=st.booleans(), blocks=st.sampled_from(["", "", "author", "reader"]),
                  edited=st.booleans(), deleted=RARELY, held=RARELY, author_suspended=RARELY, author_limited=RARELY,
                  hidden=RARELY, unlet=RARELY, yes_taken_back=RARELY, partner_blocked=RARELY)


def test_every_address_is_in_the_manifest() -> None:
    """Those of the client API stand in tests/server/api: they answer tokens, never sessions or signatures."""
    paths = {route.path for route in ROUTES if route.method == "GET" and not route.path.startswith("/api/")}
    assert paths - SHOWS_NONE - SHOWS_POSTS.keys() == set(), "say in tests/properties/routes.py whether these can show messages"
    assert (SHOWS_NONE | SHOWS_POSTS.keys()) - paths == set()


@dataclass(repr=False, eq=False)
class World:
    """One server, its people, and a server of each standing with somebody who asks."""

    run: Run
    server: LiveServer
    people: dict[str, Actor]
    peers: dict[Standing, tuple[Peer, PeerActor]]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def world(request: pytest.FixtureRequest, templates: Callable[[str], str],
          tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """On each database."""
    folder = tmp_path_factory.mktemp("visibility")
    with runner() as loop, copied(request, templates, folder, loop) as database:
        server = LiveServer(database, folder)
        loop.run(server.__aenter__())
        people, peers = loop.run(_prepare(server))
        yield World(loop.run, server, people, peers)
        for peer, _ in peers.values():
            loop.run(peer.__aexit__(None, None, None))
        loop.run(server.__aexit__(None, None, None))


async def _prepare(server: LiveServer) -> tuple[dict[str, Actor], dict[Standing, tuple[Peer, PeerActor]]]:
    people = {name: await server.member(name) for name in PEOPLE}
    peers = {}
    for standing in Standing:
        peer = await Peer().__aenter__()
        await peer.become(server)
        peers[standing] = (peer, await newcomer(server, peer, "asker"))
        await peer.become(server, standing)

    async def arrange() -> None:
        await (await Community.current()).change(ceiling=Reach.WEB)
        await Member.filter(actor_id=people["host"].id).update(role=Role.HOST)
    await server.run(arrange())
    return people, peers


def sees(case: Case, who: str | Standing) -> bool:
    """The model: whether this reader may read this message."""
    if case.deleted or case.author_suspended or case.held or case.hidden or case.unlet:
        return False
    if case.author_limited and not (who == "reader" and case.follows):
        return False  # by nobody but those who follow them: none of these servers does
    if who == "visitor":
        return case.reach is Reach.WEB and not case.yes_taken_back
    if who is Standing.PARTNER and case.partner_blocked:
        return False
    if isinstance(who, Standing):
        allowed = {Standing.PARTNER: {Reach.PARTNERS, Reach.WEB}, Standing.OPEN: {Reach.WEB}, Standing.LIMITED: {Reach.WEB},
                   Standing.NARROWED: {Reach.WEB}}  # nothing below the web goes there until a host agrees
        return case.reach in allowed.get(who, set()) and not case.yes_taken_back
    if case.blocks and who == "reader":
        return False
    return case.reach in (Reach.COMMUNITY, Reach.PARTNERS, Reach.WEB) or case.reach is Reach.CIRCLE and who == "named"


@bounded(3)
@given(CASES)
def test_an_answer_holds_a_message_exactly_if_its_reader_may_see_it(world: World, case: Case) -> None:
    world.run(_example(world, case))


async def _example(world: World, case: Case) -> None:
    marker = f"marker{next(_numbers)}x"
    post = await world.server.run(_stage(world, case, marker))
    fields = {"key": post.key, "actor": world.people["author"].key, "name": "author", "tag": _tag(marker)}
    paths = [path.format(**fields) for addresses in SHOWS_POSTS.values() for path in addresses]
    theirs = [path for path in paths if path.startswith(FOR_SERVERS)]
    paths = [path for path in paths if path not in theirs]  # to servers, pages show what they show to visitors
    try:
        for who in ("visitor", "named", "reader", "host"):
            async with Browser(world.server, world.people.get(who)) as browser:
                found = [path for path in paths if f"{marker} " in await browser.get(path)]
            assert bool(found) == sees(case, who), (who, found)
        for who in ("named", "reader", "host"):
            given = {"id": post.id, "author": post.author_id, "tag": fields["tag"], "me": world.people[who].key}
            apps = [path.format(**given) for path in APPS_SHOW_POSTS]
            async with Api(world.server, world.people[who]) as app:
                found = [path for path in apps if f"{marker} " in json.dumps((await app.get(path)).json)]
            assert bool(found) == sees(case, who), (who, found)
        for standing, (peer, asker) in world.peers.items():
            answers = {path: await peer.get(world.server, path, asker) for path in theirs}
            found = [path for path, (_, body) in answers.items() if f"{marker} ".encode() in body]
            assert bool(found) == sees(case, standing), (standing, found)
    finally:
        await world.server.run(_tidy(world))


async def _stage(world: World, case: Case, marker: str) -> Post:
    """Write the message, and let happen to it what the case says."""
    author, named, reader, community = *(world.people[name] for name in ("author", "named", "reader")), await Community.current()
    await consents.set_to(author, Purpose.SHARED_OUT, True, "en", community)
    if case.follows:
        await follows.follow(reader, author)
    written = Composition(text=f"{marker} for @named and @reader #{_tag(marker)}", reach=case.reach,
                          undo_seconds=600 if case.held else 0, recipients=(named,) if case.reach is Reach.CIRCLE else ())
    post = await posts.publish(author, written, world.server.origin)
    if case.edited:
        again = Composition(text=f"{marker} again #{_tag(marker)}", reach=case.reach)
        await posts.edit(post, again, {}, world.server.origin)
    if case.blocks:
        one, other = (author, reader) if case.blocks == "author" else (reader, author)
        await Block.create(blocker=one, target=other)
    if case.partner_blocked:
        await HostBlock.create(owner=author, host=world.peers[Standing.PARTNER][0].host)
    if case.deleted and not case.held:
        await removal.delete(post, world.server.app[MEDIA])
    elif case.deleted:
        await held.undo(post)
    if case.yes_taken_back:
        await consents.set_to(author, Purpose.SHARED_OUT, False, "en", community)
    if case.hidden and not case.deleted:
        await post.change(hidden_at=clock.now())
    if case.unlet and not case.deleted:
        await post.change(answer_state=next(_states))
    if case.author_limited:
        await author.change(limited_at=clock.now())
    if case.author_suspended:
        await author.change(suspended_at=clock.now())
    return post


def _tag(marker: str) -> str:
    """A tag that does not hold the marker: its page shows its name to everybody."""
    return f"tag{len(marker)}{marker[6:-1]}"


async def _tidy(world: World) -> None:
    await world.people["author"].change(suspended_at=None, limited_at=None)
    await Block.all().delete()
    await HostBlock.all().delete()
    await Follow.filter(follower_id=world.people["reader"].id).delete()
