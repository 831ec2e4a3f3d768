"""What people of other servers do, many in one statement: what is asked before it is carried out, and what is written then.

Tortoise would ask for each by itself, and take ten times as long for it (performance.md, advice 10); tests/models/test_acts.py
compares the two. Inside the caller's transaction.
"""
from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from models import clock
from models.actor import Actor
from models.conditions import FROM
from models.database import tuples, write_rows
from models.given import listed, one_of
from models.ids import new_id
from models.loading import makers, selected
from models.post import Post, server_of
from models.reach import Reach
from models.timelines import with_author

Pair = tuple[int, int]
Said = tuple[str, str]  # the id of an activity or object, and who says it


@dataclass(frozen=True, slots=True)
class Walls:
    """What stands between people, as far as it was asked: (blocker, target), (owner, host), conversations that the team has
    closed, and (owner, conversation) of whom hears no more of it.
    """

    blocks: frozenset[Pair]
    host_blocks: frozenset[tuple[int, str]]
    settled: frozenset[str]
    quiet: frozenset[tuple[int, str]]

    def between(self, one: Actor, other: Actor) -> bool:
        """Whether either blocks the other, or a member of ours the server of the other."""
        if (one.id, other.id) in self.blocks or (other.id, one.id) in self.blocks:
            return True
        if one.host == other.host:
            return False
        return any(ours.is_local and (ours.id, theirs.host) in self.host_blocks for ours, theirs in ((one, other), (other, one)))


async def actors(uris: Collection[str]) -> dict[str, Actor]:
    """Those of these actors that we know."""
    if not uris:
        return {}
    found = await tuples(f'SELECT {selected(Actor, "a")} FROM actor a WHERE {one_of("a.uri", "text")}', [listed(uris)])  # noqa: S608
    (actor_of,) = makers(Actor)
    return {actor.uri: actor for actor in map(actor_of, found)}


async def kept(uris: Collection[str]) -> dict[str, Post]:
    """Those of these posts that are here and not deleted, with their authors: `Post.kept` for many."""
    if not uris:
        return {}
    columns = f'{selected(Post, "post")}, {selected(Actor, "post__author")}'
    where = f"post.deleted_at IS NULL AND {one_of('post.uri', 'text')}"
    found = await tuples(f"SELECT {columns} {FROM} WHERE {where}", [listed(uris)])  # noqa: S608
    post_of, author_of = makers(Post, Actor)
    posts = [with_author(post_of(row), author_of(row)) for row in found]
    return {post.uri: post for post in posts}


async def buried(said: Collection[Said]) -> set[Said]:
    """Those of these that whoever says them, or their server, has ended: `Tombstone.covers` for many."""
    if not said:
        return set()
    found = await tuples(f"SELECT uri, actor_uri FROM tombstone WHERE {one_of('uri', 'text')}",  # noqa: S608
                         [listed({uri for uri, _ in said})])
    ended = {(str(uri), str(actor_uri)) for uri, actor_uri in found}
    return {(uri, by) for uri, by in said if not ended.isdisjoint({(uri, by), (uri, server_of(by))})}


async def walls(pairs: Iterable[tuple[Actor, Actor]], conversations: Collection[str] = ()) -> Walls:
    """What stands between these pairs, in these conversations."""
    both = [pair for one, other in pairs for pair in ((one, other), (other, one))]
    owners = [(one.id, other.host) for one, other in both if one.is_local and not other.is_local]
    people = {one.id for one, _ in both}
    found = await tuples(_walls(), [listed(people), listed(people), listed({id_ for id_, _ in owners}),
                                    listed({host for _, host in owners}), listed(conversations),
                                    listed({one.id for one, _ in both if one.is_local}), listed(conversations)])
    kinds: dict[str, set[tuple[int, int, str]]] = {"block": set(), "host": set(), "settled": set(), "quiet": set()}
    for kind, who, whom, name in found:
        kinds[kind].add((int(who), int(whom), str(name)))
    blocks, named = frozenset((who, whom) for who, whom, _ in kinds["block"]), _named(kinds)
    return Walls(blocks, named["host"], frozenset(name for _, name in named["settled"]), named["quiet"])


def _named(kinds: dict[str, set[tuple[int, int, str]]]) -> dict[str, frozenset[tuple[int, str]]]:
    return {kind: frozenset((who, name) for who, _, name in found) for kind, found in kinds.items()}


def _walls() -> str:
    return (f"SELECT 'block', blocker_id, target_id, '' FROM block WHERE {one_of('blocker_id')} AND {one_of('target_id')}"  # noqa: S608
            f" UNION ALL SELECT 'host', owner_id, 0, host FROM host_block WHERE {one_of('owner_id')} AND {one_of('host', 'text')}"
            " UNION SELECT 'settled', 0, 0, conversation FROM post"
            f" WHERE {one_of('conversation', 'text')} AND settled_at IS NOT NULL"
            f" UNION ALL SELECT 'quiet', owner_id, 0, conversation FROM quiet_conversation"
            f" WHERE {one_of('owner_id')} AND {one_of('conversation', 'text')}")


async def add_likes(likes: Sequence[tuple[str, int, int]]) -> None:
    """Write signs down: (uri, actor, post). Twice is once."""
    now = clock.now()
    await write_rows("INSERT INTO like_ (id, created_at, uri, actor_id, post_id) VALUES (?, ?, ?, ?, ?)"
                     " ON CONFLICT (post_id, actor_id) DO NOTHING", [(new_id(), now, *like) for like in likes])


async def add_announces(announces: Sequence[tuple[str, int, int, Reach, datetime]]) -> None:
    """Write down who passed what on: (uri, actor, post, reach, when). Twice is once."""
    now = clock.now()
    await write_rows("INSERT INTO announce (id, created_at, uri, actor_id, post_id, reach, published_at) VALUES"
                     " (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (post_id, actor_id) DO NOTHING",
                     [(new_id(), now, uri, actor, post, str(reach), at) for uri, actor, post, reach, at in announces])
