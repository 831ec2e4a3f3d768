"""What a search looks through, bounded whatever the number of messages."""
from __future__ import annotations

from models.conditions import FROM, Condition
from models.database import rows

NEAREST = 5000
NAMES_LIMIT = 50

_NEAR = ("SELECT id FROM post WHERE author_id = ? UNION SELECT post_id FROM bookmark WHERE owner_id = ?"
         " UNION SELECT post_id FROM like_ WHERE actor_id = ? UNION SELECT post_id FROM recipient WHERE actor_id = ?")


async def near(actor_id: int) -> list[int]:
    """The newest messages that a member has to do with: wrote, keeps, thought of, or is named in. Not all may be visible."""
    found = await rows(f"SELECT id FROM ({_NEAR}) AS near ORDER BY id DESC LIMIT {NEAREST}", [actor_id] * 4)  # noqa: S608
    return [int(row["id"]) for row in found]


async def tags(start: str, visible: Condition) -> list[str]:
    """Tags that begin so, of messages that fulfil a condition: one such message is enough, so that few are looked at."""
    names = (f"SELECT DISTINCT name FROM tag WHERE name >= ? AND substr(name, 1, {len(start)}) = ?"  # noqa: S608
             f" ORDER BY name LIMIT {NAMES_LIMIT}")
    tagged = f'SELECT 1 {FROM} JOIN tag t ON t.post_id = "post"."id" WHERE t.name = names.name AND ({visible.sql})'  # noqa: S608
    found = await rows(f"SELECT name FROM ({names}) AS names WHERE EXISTS ({tagged}) ORDER BY name",  # noqa: S608
                       [start, start, *visible.values])
    return [str(row["name"]) for row in found]
