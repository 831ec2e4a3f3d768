"""What people of other servers do, many in one statement: what is asked before it is carried out, and what is written then.

Tortoise would ask for each by itself, and take ten times as long for it (performance.md, advice 10); tests/models/test_acts.py
compares the two. Inside the caller's transaction.
"""
from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models import clock, newest
from models.actor import Actor
from models.conditions import FROM
from models.database import as_list, listed, tuples, write_rows
from models.ids import new_id, new_key
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
        return any((ours.id, server) in self.host_blocks
                   for ours, theirs in ((one, other), (other, one)) for server in theirs.servers)


@dataclass(frozen=True, slots=True)
class Traces:
    """What we have of some posts: whose they are, which are deleted, what was ended and by whom, and which are answered."""

    owners: Mapping[str, int]
    deleted: frozenset[str]
    ended: frozenset[Said]
    answered: frozenset[str]

    def is_erased(self, uri: str, author_uri: str) -> bool:
        """Whether it was here, or its author or their server ended it before it came."""
        ends = {(uri, author_uri), (uri, server_of(author_uri))}
        return uri in self.deleted or uri not in self.owners and not self.ended.isdisjoint(ends)


async def actors(uris: Collection[str]) -> dict[str, Actor]:
    """Those of these actors that we know."""
    if not uris:
        return {}
    found = await tuples(f'SELECT {selected(Actor, "a")} FROM actor a WHERE {listed("a.uri", "text")}', [as_list(uris)])  # noqa: S608
    (actor_of,) = makers(Actor)
    return {actor.uri: actor for actor in map(actor_of, found)}


async def kept(uris: Collection[str]) -> dict[str, Post]:
    """Those of these posts that are here and not deleted, with their authors: `Post.kept` for many."""
    if not uris:
        return {}
    columns = f'{selected(Post, "post")}, {selected(Actor, "post__author")}'
    where = f"post.deleted_at IS NULL AND {listed('post.uri', 'text')}"
    found = await tuples(f"SELECT {columns} {FROM} WHERE {where}", [as_list(uris)])  # noqa: S608
    post_of, author_of = makers(Post, Actor)
    posts = [with_author(post_of(row), author_of(row)) for row in found]
    return {post.uri: post for post in posts}


async def owners(uris: Collection[str]) -> dict[str, Pair]:
    """Those of these posts that we know, deleted ones too, each with its row's id and its author's."""
    found = await tuples(f"SELECT p.uri, p.id, p.author_id FROM post p WHERE {listed('p.uri', 'text')}", [as_list(uris)])  # noqa: S608
    return {str(uri): (int(id_), int(author_id)) for uri, id_, author_id in found}


async def stamps_and_votes(uris: Collection[str], actor_ids: Collection[int]) -> set[str]:
    """Those of these ids that stand for a permission, or for what one of these people chose."""
    found = await tuples(f"SELECT p.quote_stamp_uri FROM post p WHERE {listed('p.quote_stamp_uri', 'text')}"  # noqa: S608
                         f" UNION SELECT stamp_uri FROM approval WHERE {listed('stamp_uri', 'text')}"
                         f" UNION SELECT v.uri FROM vote v WHERE {listed('v.actor_id')} AND {listed('v.uri', 'text')}",
                         [as_list(uris), as_list(uris), as_list(actor_ids), as_list(uris)])
    return {str(row[0]) for row in found}


async def buried(said: Collection[Said]) -> set[Said]:
    """Those of these that whoever says them, or their server, has ended: `Tombstone.covers` for many."""
    if not said:
        return set()
    found = await tuples(f"SELECT uri, actor_uri FROM tombstone WHERE {listed('uri', 'text')}",  # noqa: S608
                         [as_list({uri for uri, _ in said})])
    ended = {(str(uri), str(actor_uri)) for uri, actor_uri in found}
    return {(uri, by) for uri, by in said if not ended.isdisjoint({(uri, by), (uri, server_of(by))})}


async def bury(said: Sequence[Said]) -> None:
    """Remember that these are over: `Tombstone.bury` for many."""
    now = clock.now()
    await write_rows("INSERT INTO tombstone (id, created_at, uri, actor_uri) VALUES (?, ?, ?, ?)"
                     " ON CONFLICT (uri, actor_uri) DO NOTHING", [(new_id(), now, *one) for one in said])


async def followed_here(ids: Collection[int]) -> dict[int, bool]:
    """Those of these actors whom somebody here follows, and whether one of them asked to be told of each message."""
    found = await tuples("SELECT f.target_id, f.tells_posts FROM follow f JOIN actor a ON a.id = f.follower_id"  # noqa: S608
                         f" WHERE a.host = '' AND f.accepted_at IS NOT NULL AND {listed('f.target_id')}"
                         " GROUP BY f.target_id, f.tells_posts ORDER BY f.tells_posts", [as_list(ids)])
    return {int(id_): bool(tells) for id_, tells in found}


async def walls(pairs: Iterable[tuple[Actor, Actor]], conversations: Collection[str] = ()) -> Walls:
    """What stands between these pairs, in these conversations."""
    both = [pair for one, other in pairs for pair in ((one, other), (other, one))]
    if not both:
        return Walls(frozenset(), frozenset(), frozenset(), frozenset())
    people, named = as_list({one.id for one, _ in both}), as_list(conversations)
    owners = as_list({one.id for one, _ in both if one.is_local})
    servers = as_list({server for one, _ in both for server in one.servers})
    found = await tuples(_walls(), [people, people, owners, servers, named, owners, named])
    kinds: dict[str, set[tuple[int, int, str]]] = {"block": set(), "host": set(), "settled": set(), "quiet": set()}
    for kind, who, whom, name in found:
        kinds[kind].add((int(who), int(whom), str(name)))
    return _of_kinds(kinds)


def _of_kinds(kinds: dict[str, set[tuple[int, int, str]]]) -> Walls:
    named = _named(kinds)
    return Walls(frozenset((who, whom) for who, whom, _ in kinds["block"]), named["host"],
                 frozenset(name for _, name in named["settled"]), named["quiet"])


def _named(kinds: dict[str, set[tuple[int, int, str]]]) -> dict[str, frozenset[tuple[int, str]]]:
    return {kind: frozenset((who, name) for who, _, name in found) for kind, found in kinds.items()}


def _walls() -> str:
    return (f"SELECT 'block', blocker_id, target_id, '' FROM block WHERE {listed('blocker_id')} AND {listed('target_id')}"  # noqa: S608
            f" UNION ALL SELECT 'host', owner_id, 0, host FROM host_block WHERE {listed('owner_id')} AND {listed('host', 'text')}"
            " UNION SELECT 'settled', 0, 0, conversation FROM post"
            f" WHERE {listed('conversation', 'text')} AND settled_at IS NOT NULL"
            f" UNION ALL SELECT 'quiet', owner_id, 0, conversation FROM quiet_conversation"
            f" WHERE {listed('owner_id')} AND {listed('conversation', 'text')}")


async def add_likes(likes: Sequence[tuple[str, int, int]]) -> None:
    """Write signs down: (uri, actor, post). Twice is once."""
    now = clock.now()
    await write_rows("INSERT INTO like_ (id, created_at, uri, actor_id, post_id) VALUES (?, ?, ?, ?, ?)"
                     " ON CONFLICT (post_id, actor_id) DO NOTHING", [(new_id(), now, *like) for like in likes])


async def add_announces(announces: Sequence[tuple[str, int, int, Reach, datetime]]) -> None:
    """Write down who passed what on: (uri, actor, post, reach, when). Twice is once."""
    now = clock.now()
    passed = [(new_id(), now, uri, actor, post, str(reach), at) for uri, actor, post, reach, at in announces]
    await write_rows("INSERT INTO announce (id, created_at, uri, actor_id, post_id, reach, published_at) VALUES"
                     " (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (post_id, actor_id) DO NOTHING", passed)
    await newest.made_elsewhere({row[3]: row[0] for row in passed})


async def add_recipients(recipients: Sequence[tuple[int, int, bool]]) -> None:
    """Write down whom posts are for: (post, actor, whether the text names them)."""
    now = clock.now()
    await write_rows("INSERT INTO recipient (id, created_at, post_id, actor_id, mentioned) VALUES (?, ?, ?, ?, ?)"
                     " ON CONFLICT (post_id, actor_id) DO NOTHING", [(new_id(), now, *one) for one in recipients])


async def answered(answers: Sequence[tuple[str, int]]) -> None:
    """These conversations wait for an answer no longer: (conversation, who answers), unless its first message is theirs."""
    await write_rows("DELETE FROM unanswered WHERE conversation = ? AND author_id <> ?", answers)


async def traces(uris: Collection[str]) -> Traces:
    """What is known of these posts."""
    names = as_list(uris)
    found = await tuples(f"SELECT 'owner', uri, author_id, '' FROM post WHERE {listed('uri', 'text')}"  # noqa: S608
                         f" UNION SELECT 'gone', uri, 0, '' FROM post WHERE deleted_at IS NOT NULL AND {listed('uri', 'text')}"
                         f" UNION SELECT 'ended', uri, 0, actor_uri FROM tombstone WHERE {listed('uri', 'text')}"
                         f" UNION SELECT 'answered', parent_uri, 0, '' FROM post WHERE {listed('parent_uri', 'text')}",
                         [names, names, names, names])
    return Traces({uri: int(id_) for kind, uri, id_, _ in found if kind == "owner"},
                  frozenset(uri for kind, uri, _, _ in found if kind == "gone"),
                  frozenset((uri, by) for kind, uri, _, by in found if kind == "ended"),
                  frozenset(uri for kind, uri, _, _ in found if kind == "answered"))


async def add_posts(posts: Sequence[Mapping[str, object]]) -> list[int]:
    """Write posts that are not private; their ids. Each holds the same columns, but for what is new here."""
    now = clock.now()
    filled = [{"id": new_id(), "created_at": now, "key": new_key(), "note": ""} | dict(post) for post in posts]
    if filled:
        insert = f"INSERT INTO post ({', '.join(filled[0])}) VALUES ({', '.join('?' * len(filled[0]))})"  # noqa: S608
        await write_rows(insert, [given(post) for post in filled])
        await newest.made_elsewhere({int(str(post["author_id"])): int(str(post["id"])) for post in filled})
    return [int(str(post["id"])) for post in filled]


async def hanging(tables: Sequence[str], post_ids: Collection[int]) -> set[str]:
    """Those of these tables that hold anything about these posts: most do not, and to ask costs less than as many DELETEs."""
    some = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table} WHERE {listed('post_id')})"  # noqa: S608
                              for table in tables)
    return {str(row[0]) for row in await tuples(some, [as_list(post_ids)] * len(tables))}


async def add_tags(named: Sequence[tuple[int, str]]) -> None:
    """Write what posts are about: (post, name)."""
    now = clock.now()
    await write_rows("INSERT INTO tag (id, created_at, post_id, name) VALUES (?, ?, ?, ?)",
                     [(new_id(), now, post_id, name) for post_id, name in named])


def given(columns: Mapping[str, object]) -> list[object]:
    """The values of columns as both databases take them."""
    return [json.dumps(value) if isinstance(value, dict) else str(value) if isinstance(value, StrEnum) else value
            for value in columns.values()]
