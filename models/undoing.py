"""What people of other servers did and take back, found and dropped for many at once. Inside the caller's transaction."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from models.database import as_list, listed, tuples, write_rows

#: Kind -> the table of it.
TABLES = {"follow": "follow", "like": "like_", "announce": "announce", "block": "block"}


@dataclass(frozen=True, slots=True)
class Done:
    """A follow, like, announce or block: its row, who did it, its id, and to whom or which post, with the id of that."""

    kind: str
    id: int
    actor_id: int
    uri: str
    about_id: int
    about_uri: str


async def done(actor_ids: Collection[int], uris: Collection[str], about: Collection[str]) -> list[Done]:
    """What these people did under these ids, and whom of `about` they follow, and which posts of it they like."""
    who, what, whom = as_list(actor_ids), as_list(uris), as_list(about)
    found = await tuples(_done(), [who, what, who, whom, who, what, who, whom, who, what, who, what])
    return sorted({Done(*row) for row in found}, key=lambda one: one.id)


def _done() -> str:
    follow = ("SELECT 'follow' AS kind, f.id, f.follower_id, f.uri, f.target_id, a.uri AS about FROM follow f"  # noqa: S608
              f" JOIN actor a ON a.id = f.target_id WHERE {listed('f.follower_id')} AND")
    like = ("SELECT 'like', l.id, l.actor_id, l.uri, l.post_id, p.uri FROM like_ l JOIN post p ON p.id = l.post_id"  # noqa: S608
            f" WHERE {listed('l.actor_id')} AND")
    announce = ("SELECT 'announce', n.id, n.actor_id, n.uri, n.post_id, '' FROM announce n"  # noqa: S608
                f" WHERE {listed('n.actor_id')} AND {listed('n.uri', 'text')}")
    block = ("SELECT 'block', b.id, b.blocker_id, b.uri, b.target_id, '' FROM block b"  # noqa: S608
             f" WHERE {listed('b.blocker_id')} AND {listed('b.uri', 'text')} AND b.uri <> ''")
    return " UNION ALL ".join((f"{follow} {listed('f.uri', 'text')}", f"{follow} {listed('a.uri', 'text')}",
                               f"{like} {listed('l.uri', 'text')}", f"{like} {listed('p.uri', 'text')}", announce, block))


async def drop(found: Sequence[Done]) -> None:
    """It was never done."""
    for kind, table in TABLES.items():
        await write_rows(f"DELETE FROM {table} WHERE id = ?", [[one.id] for one in found if one.kind == kind])  # noqa: S608
