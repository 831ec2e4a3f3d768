"""What hangs on the messages of a page, in one query: what the reader did with each, its tags, the people it names."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from models.database import rows
from models.queues import marks


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom a message names."""

    actor_id: int
    name: str
    host: str
    url: str  # their page, or their id where they have none


@dataclass(slots=True)
class Marks:
    """By message id. Everything but `tags` and `named` is about one reader, and empty for visitors."""

    liked: set[int] = field(default_factory=set)
    announced: set[int] = field(default_factory=set)
    bookmarked: set[int] = field(default_factory=set)
    pinned: set[int] = field(default_factory=set)
    quiet: set[int] = field(default_factory=set)  # of its conversation the reader wants no notices
    filtered: dict[int, set[int]] = field(default_factory=dict)  # the filters that hold this very message
    votes: dict[int, set[str]] = field(default_factory=dict)
    tags: dict[int, list[str]] = field(default_factory=dict)
    named: dict[int, list[Named]] = field(default_factory=dict)


_ABOUT_ALL = (
    "SELECT 'tag' AS kind, t.post_id AS post_id, t.id AS place, t.name AS word, '' AS host, '' AS url, 0 AS number"
    " FROM tag t WHERE t.post_id IN ({ids})",
    "SELECT 'named', r.post_id, r.id, a.name, CASE WHEN a.domain <> '' THEN a.domain ELSE a.host END,"
    " CASE WHEN a.url <> '' THEN a.url ELSE a.uri END, a.id"
    " FROM recipient r JOIN actor a ON a.id = r.actor_id WHERE r.post_id IN ({ids})",
)
_ABOUT_READER = (
    "SELECT 'liked', l.post_id, l.id, '', '', '', 0 FROM like_ l WHERE l.post_id IN ({ids}) AND l.actor_id = {reader}",
    "SELECT 'announced', n.post_id, n.id, '', '', '', 0 FROM announce n WHERE n.post_id IN ({ids}) AND n.actor_id = {reader}",
    "SELECT CASE w.kind WHEN 'Like' THEN 'liked' ELSE 'announced' END, w.post_id, w.id, '', '', '', 0 FROM approval w"
    " WHERE w.post_id IN ({ids}) AND w.actor_id = {reader} AND w.state = 'asked' AND w.kind <> 'Reply'",
    "SELECT 'bookmarked', b.post_id, b.id, '', '', '', 0 FROM bookmark b WHERE b.post_id IN ({ids}) AND b.owner_id = {reader}",
    "SELECT 'pinned', p.post_id, p.id, '', '', '', 0 FROM pin p WHERE p.post_id IN ({ids}) AND p.actor_id = {reader}",
    "SELECT 'quiet', m.id, q.id, '', '', '', 0 FROM post m JOIN quiet_conversation q ON q.conversation = m.conversation"
    " AND q.owner_id = {reader} WHERE m.id IN ({ids})",
    "SELECT 'filtered', f.post_id, f.id, '', '', '', f.rule_id FROM filtered_post f JOIN filter r ON r.id = f.rule_id"
    " AND r.owner_id = {reader} WHERE f.post_id IN ({ids})",
    "SELECT 'vote', o.post_id, v.id, v.option, '', '', 0 FROM vote v JOIN poll o ON o.id = v.poll_id"
    " WHERE o.post_id IN ({ids}) AND v.actor_id = {reader}",
)


async def of_posts(ids: Sequence[int], reader: int | None) -> Marks:
    """The marks of these messages, for a reader by actor id or for a visitor. One query."""
    found = Marks()
    if not ids:
        return found
    parts = _ABOUT_ALL if reader is None else _ABOUT_ALL + _ABOUT_READER
    args: list[object] = []
    for part in parts:  # the reader stands after the ids, or before them
        swapped = part.index("{reader}") < part.index("{ids}") if "{reader}" in part else False
        own = [reader] if "{reader}" in part else []
        args += [*own, *ids] if swapped else [*ids, *own]
    sql = " UNION ALL ".join(parts).format(ids=marks(len(ids)), reader="?")
    for row in await rows(f"SELECT * FROM ({sql}) AS marks ORDER BY place", args):  # noqa: S608 - placeholders only
        _add(found, str(row["kind"]), int(row["post_id"]), row)
    return found


def _add(found: Marks, kind: str, post: int, row: dict[str, object]) -> None:
    word = str(row["word"])
    if kind == "tag":
        found.tags.setdefault(post, []).append(word)
    elif kind == "named":
        named = Named(int(str(row["number"])), word, str(row["host"]), str(row["url"]))
        found.named.setdefault(post, []).append(named)
    elif kind == "vote":
        found.votes.setdefault(post, set()).add(word)
    elif kind == "filtered":
        found.filtered.setdefault(post, set()).add(int(str(row["number"])))
    else:
        marked: set[int] = getattr(found, kind)
        marked.add(post)
