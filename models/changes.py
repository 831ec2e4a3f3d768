"""What is new since a moment ago, for those who wait for it: ids only, out of one statement."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.database import rows
from models.ids import first_id
from models.queues import marks

#: Of each kind in one look, the newest. Who is behind by more reads the lists instead.
ROWS_LIMIT = 300


@dataclass(slots=True)
class Changes:
    """Ids of rows that were born lately, and of posts that are still held."""

    posts: set[int] = field(default_factory=set)
    announces: set[int] = field(default_factory=set)
    held: set[int] = field(default_factory=set)
    notifications: dict[int, int] = field(default_factory=dict)  # id -> the actor who is told
    edits: dict[int, int] = field(default_factory=dict)  # id of the Revision -> post
    deletions: dict[int, int] = field(default_factory=dict)  # id of the Tombstone -> post
    hidings: dict[int, int] = field(default_factory=dict)  # id of the Ruling -> post that the team hides


async def since(when: datetime, now: datetime) -> Changes:
    """What was written since then. A row is seen when its transaction ends, which may be seconds after its id was made:
    ask for some seconds more than have passed, and skip what you know.
    """
    found, first = Changes(), first_id(when)
    for row in await rows(_STATEMENT, [first, now, first, first, first, first, when]):
        id_, about = int(row["id"]), int(row["about"])
        match row["kind"]:
            case "post":
                found.posts.add(id_)
            case "held":
                found.held.add(id_)
            case "announce":
                found.announces.add(id_)
            case "notification":
                found.notifications[id_] = about
            case "edit":
                found.edits[id_] = about
            case "deletion":
                found.deletions[id_] = about
            case "hiding":
                found.hidings[id_] = about
    return found


def _part(kind: str, about: str, source: str, condition: str, order: str = "ORDER BY t.id DESC") -> str:
    return (f"SELECT * FROM (SELECT '{kind}' AS kind, t.id AS id, {about} AS about FROM {source} WHERE {condition}"  # noqa: S608
            f" {order} LIMIT {ROWS_LIMIT}) AS newest_{kind}")


_STATEMENT = " UNION ALL ".join((
    _part("post", "t.author_id", "post t", "t.id > ?"),
    _part("held", "t.author_id", "post t", "t.held_until > ?", "ORDER BY t.held_until"),  # else ids would be walked, all of them
    _part("announce", "t.actor_id", "announce t", "t.id > ?"),
    _part("notification", "t.recipient_id", "notification t", "t.id > ?"),
    _part("edit", "t.post_id", "revision t", "t.id > ?"),
    _part("deletion", "p.id", "tombstone t JOIN post p ON p.uri = t.uri", "t.id > ? AND p.deleted_at IS NOT NULL"),
    _part("hiding", "p.id", f"(SELECT * FROM ruling ORDER BY id DESC LIMIT {ROWS_LIMIT}) AS t"  # noqa: S608 - they are counted
          " JOIN post p ON p.uri = t.object_uri",
          "t.created_at > ? AND t.act IN ('hide', 'hold') AND t.undoes_id IS NULL AND p.hidden_at IS NOT NULL"),
))


async def written(after: int, before: int, limit: int) -> list[tuple[int, int]]:
    """Of what was written or changed between two ids, the first: (id, post). Ids of messages and of their revisions are of one
    kind.
    """
    found = await rows(f"SELECT id, post FROM ({_WRITTEN}) AS posts UNION ALL SELECT id, post FROM ({_CHANGED}) AS edits"  # noqa: S608
                       " ORDER BY id LIMIT ?", [after, before, limit, after, before, limit, limit])
    return [(int(row["id"]), int(row["post"])) for row in found]


_WRITTEN = "SELECT id, id AS post FROM post WHERE id > ? AND id < ? ORDER BY id LIMIT ?"
_CHANGED = "SELECT id, post_id AS post FROM revision WHERE id > ? AND id < ? ORDER BY id LIMIT ?"


async def filters_of(owner_ids: Sequence[int]) -> dict[int, int]:
    """A number for the filters of each of these members that has any; another number when one was changed."""
    if not owner_ids:
        return {}
    held = "SELECT COUNT(*) FROM filtered_post p WHERE p.rule_id = f.id"
    found = await rows(
        f"SELECT f.owner_id AS owner, f.id, f.title, f.contexts, f.action, f.expires_at, k.id AS word, k.keyword, k.whole_word,"  # noqa: S608
        f" ({held}) AS held FROM filter f LEFT JOIN filter_keyword k ON k.rule_id = f.id"
        f" WHERE f.owner_id IN ({marks(len(owner_ids))}) ORDER BY f.id, k.id", list(owner_ids))
    numbers: dict[int, int] = {}
    for row in found:
        owner = int(row["owner"])
        numbers[owner] = hash((numbers.get(owner, 0), *map(str, row.values())))
    return numbers
