"""Where a page begins: with those who wrote last, and with no more of each than it can take."""
from __future__ import annotations

from models import Actor, Post, near, scopes
from models.database import tuples
from models.parts import END_OF_TIME, POSTS, Part, Span, Way
from models.reach import Reach


async def _wrote(name: str, times: int) -> tuple[Actor, list[int]]:
    author = await Actor.create(uri=f"https://b.example/{name}", name=name, host="b.example", inbox_uri="https://b.example/")
    posts = [Post(uri=f"{author.uri}/{number}", author=author, reach=Reach.WEB, conversation="c") for number in range(times)]
    await Post.bulk_create(posts)
    return author, [post.id for post in posts]


async def _begun(authors: int, among: list[Actor], size: int = 3) -> tuple[int, int, int]:
    """How many they are, the newest id, and the edge."""
    scope = scopes.people([one.id for one in among])
    part = Part(POSTS, scope, Way.SOUGHT, 5, END_OF_TIME, authors)
    before, values = near.beginning(part, 0, Span(size=size))
    told, = await tuples(f"WITH {before} SELECT {near.columns(0)} FROM {near.source(0)}", list(values))  # noqa: S608
    return int(told[0]), int(told[1]), int(told[2])


async def test_a_page_takes_of_each_only_what_it_can_show(db: object) -> None:
    quiet, (seldom,) = await _wrote("quiet", 1)
    busy, much = await _wrote("busy", 12)
    calm, few = await _wrote("calm", 3)
    assert await _begun(2, [quiet, busy, calm]) == (2, few[-1], much[-1]), "down to where the third may have written"
    assert await _begun(3, [quiet, busy, calm]) == (3, few[-1], much[-5]), "four of them and not twelve, though one is older"
    assert await _begun(3, [quiet, busy, calm], size=20) == (3, few[-1], seldom)
    assert await _begun(9, [quiet, calm]) == (2, few[-1], 5), "there are no others"
