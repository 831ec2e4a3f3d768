"""Newer versions of messages of others, many in one statement. Inside the caller's transaction."""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from models.acts import given
from models.database import as_list, listed, rows, tuples, write_rows
from models.post import Post, Revision


async def add_revisions(posts: Sequence[Post]) -> None:
    """Keep what posts say now, before they say something else."""
    revisions = [Revision(post=post, html=post.html, warning=post.warning, written_at=post.edited_at or post.published_at)
                 for post in posts]
    for one in revisions:
        await one.seal()
    await Revision.bulk_create(revisions)


async def change_posts(changes: Sequence[tuple[Post, Mapping[str, object]]]) -> None:
    """Write columns of posts, the same of each. Private ones are sealed one by one."""
    plain = [(post.id, columns) for post, columns in changes if not post.reach.is_private]
    if plain:
        names = ", ".join(f"{name} = ?" for name in plain[0][1])
        await write_rows(f"UPDATE post SET {names} WHERE id = ?", [[*given(columns), id_] for id_, columns in plain])  # noqa: S608
    for post, columns in changes:
        if post.reach.is_private:
            await post.change(**columns)


async def concerning(ids: Collection[int]) -> set[int]:
    """Those of these posts that somebody here quotes, passed on, or answered the question of."""
    if not ids:
        return set()
    found = await tuples(
        "SELECT p.id FROM post p JOIN post q ON q.quote_uri = p.uri JOIN actor a ON a.id = q.author_id"  # noqa: S608
        f" WHERE {listed('p.id')} AND q.shows_quote AND q.deleted_at IS NULL AND a.host = ''"
        " UNION SELECT n.post_id FROM announce n JOIN actor a ON a.id = n.actor_id"
        f" WHERE {listed('n.post_id')} AND a.host = ''"
        " UNION SELECT l.post_id FROM vote v JOIN poll l ON l.id = v.poll_id JOIN actor a ON a.id = v.actor_id"
        f" WHERE {listed('l.post_id')} AND a.host = ''", [as_list(ids)] * 3)
    return {int(row[0]) for row in found}


async def drop_parts(ids: Collection[int]) -> None:
    """Take topics and images off posts."""
    for name in ("tag", "attachment") if ids else ():
        await rows(f"DELETE FROM {name} WHERE {listed('post_id')}", [as_list(ids)])  # noqa: S608
