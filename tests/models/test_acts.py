"""What is asked and written for many at once is what would be asked and written one by one."""
from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from models import (
    Actor,
    Announce,
    Block,
    Follow,
    HostBlock,
    Like,
    Notification,
    Post,
    QuietConversation,
    Tombstone,
    Unanswered,
    acts,
    clock,
)
from models.database import as_list, dialect, tuples
from models.loading import join
from models.notification import News, Notice
from models.post import server_of
from models.reach import Reach


async def somebody(name: str, host: str = "far.example") -> Actor:
    uri = f"https://{host or 'here.example'}/{name}"
    return await Actor.create(uri=uri, name=name, host=host, inbox_uri=f"{uri}/inbox", followers_uri=f"{uri}/f")


async def said(author: Actor, name: str, **more: Any) -> Post:
    uri = f"{author.uri}/{name}"
    post = await Post.create(uri=uri, author=author, reach=Reach.WEB, conversation=uri, html=name, **more)
    join(post, "author", author)
    return post


@pytest.fixture
async def people(db: object) -> list[Actor]:
    """Two of ours, and one on each of two other servers."""
    return [await somebody("ada", ""), await somebody("bea", ""), await somebody("cy"), await somebody("dan", "off.example")]


async def test_walls_are_those_of_the_rows(people: list[Actor]) -> None:
    ada, bea, cy, dan = people
    await Block.create(blocker=ada, target=cy)
    await Block.create(blocker=dan, target=bea)
    await HostBlock.create(owner=bea, host="far.example")
    settled, open_ = await said(ada, "settled", settled_at=clock.now()), await said(ada, "open")
    await QuietConversation.create(owner=ada, conversation=open_.conversation)
    pairs = list(product(people, people))
    walls = await acts.walls(pairs, {settled.conversation, open_.conversation})
    for one, other in pairs:
        stands = await Block.either_way(one.id, other.id) or await HostBlock.between(one, other)
        assert walls.between(one, other) == stands, (one.name, other.name)
    assert walls.settled == {settled.conversation} and walls.quiet == {(ada.id, open_.conversation)}
    assert not (await acts.walls([(bea, dan)])).host_blocks


async def test_of_a_long_conversation_no_message_is_read_to_know_whether_it_is_settled(db: object) -> None:
    """Each like, answer and announce asks while it holds the writer: 45 ms where there are 100,000 answers."""
    if dialect() == "postgres":
        return  # it knows how many there are
    plan = await tuples(f"EXPLAIN QUERY PLAN {acts._walls()}", [as_list([])] * 7)
    assert any("(conversation=? AND settled_at>?)" in str(step[-1]) for step in plan)


async def test_posts_and_actors_are_those_of_the_models(people: list[Actor]) -> None:
    ada, *_ = people
    kept, gone = await said(ada, "kept"), await said(ada, "gone", deleted_at=clock.now())
    found = await acts.kept([kept.uri, gone.uri, "https://nowhere.example/1"])
    model = await Post.kept(kept.uri)
    assert model and found == {kept.uri: model} and found[kept.uri].html == "kept"
    assert found[kept.uri].author == model.author == ada
    assert await acts.actors([ada.uri, "https://nowhere.example/1"]) == {ada.uri: ada}
    assert await acts.kept([]) == await acts.actors([]) == {}


async def test_what_was_ended_is_ended_for_whoever_ended_it_and_their_server(db: object) -> None:
    cy, neighbour, stranger = "https://far.example/cy", "https://far.example/dora", "https://off.example/dan"
    await Tombstone.bury("https://x.example/1", cy)
    await Tombstone.bury("https://x.example/2", server_of(cy))
    asked = set(product(["https://x.example/1", "https://x.example/2", "https://x.example/3"], [cy, neighbour, stranger]))
    assert await acts.buried(asked) == {one for one in asked if await Tombstone.covers(*one)}
    assert await acts.buried(set()) == set()


async def test_what_is_known_of_an_id_before_its_message_comes(people: list[Actor]) -> None:
    ada, _, cy, dan = people
    kept, gone, new = await said(cy, "kept"), await said(cy, "gone", deleted_at=clock.now()), f"{cy.uri}/new"
    await said(ada, "answer", parent_uri=new)
    for uri, by in ((kept.uri, cy.uri), (new, dan.uri), (f"{cy.uri}/ended", cy.uri), (f"{cy.uri}/all", server_of(cy.uri))):
        await Tombstone.bury(uri, by)
    uris = [kept.uri, gone.uri, new, f"{cy.uri}/ended", f"{cy.uri}/all"]
    found = await acts.traces(uris)
    assert found.owners == {kept.uri: cy.id, gone.uri: cy.id} and found.answered == {new}
    assert [found.is_erased(uri, cy.uri) for uri in uris] == [False, True, False, True, True]


async def test_signs_and_news_are_written_once(people: list[Actor]) -> None:
    ada, bea, cy, dan = people
    post, now = await said(ada, "kept"), clock.now()
    for _ in range(2):
        await acts.add_likes([(f"{one.uri}/like", one.id, post.id) for one in (cy, dan, cy)])
        await acts.add_announces([(f"{one.uri}/announce", one.id, post.id, Reach.PARTNERS, now) for one in (cy, dan)])
        await Notification.tell_all([
            *(News(ada, Notice.THANKS, one, post.id) for one in (cy, dan, cy, ada)), News(cy, Notice.THANKS, ada, post.id),
            *(News(bea, Notice.FOLLOW, one) for one in (cy, dan)),
            *(News(bea, Notice.SCRAPED, host=host) for host in ("far.example", "off.example"))])
    assert {(one.uri, one.actor_id) for one in await Like.filter(post=post)} == {(f"{one.uri}/like", one.id) for one in (cy, dan)}
    passed = await Announce.get(actor=dan)
    assert (passed.reach, passed.published_at, passed.post_id) == (Reach.PARTNERS, now, post.id)
    told = [(one.recipient_id, one.kind, one.actor_id, one.post_id, one.host) for one in await Notification.all().order_by("id")]
    assert sorted(told, key=str) == sorted([
        (ada.id, Notice.THANKS, cy.id, post.id, ""), (ada.id, Notice.THANKS, dan.id, post.id, ""),
        (bea.id, Notice.FOLLOW, cy.id, None, ""), (bea.id, Notice.FOLLOW, dan.id, None, ""),
        (bea.id, Notice.SCRAPED, None, None, "far.example"), (bea.id, Notice.SCRAPED, None, None, "off.example")], key=str)


async def test_whom_somebody_here_follows_and_what_is_answered(db: object) -> None:
    ada, cy, dan, eve, fay = [await somebody(name, host) for name, host in (
        ("ada", ""), ("cy", "far.example"), ("dan", "far.example"), ("eve", "off.example"), ("fay", "off.example"))]
    for follower, target, is_let, tells in ((ada, cy, True, False), (ada, dan, True, True), (ada, eve, False, False),
                                            (cy, fay, True, False), (cy, dan, True, False)):
        await Follow.create(uri=f"{follower.uri}/{target.name}", follower=follower, target=target, tells_posts=tells,
                            accepted_at=clock.now() if is_let else None)
    assert await acts.followed_here([cy.id, eve.id, fay.id]) == {cy.id: False}
    assert await acts.followed_here([dan.id, ada.id]) == {dan.id: True}
    for name in ("one", "two", "own"):
        post = await said(ada, name)
        await Unanswered.create(post=post, conversation=post.conversation, author_id=ada.id)
    await acts.answered([(f"{ada.uri}/one", cy.id), (f"{ada.uri}/own", ada.id)])
    assert {row.conversation for row in await Unanswered.all()} == {f"{ada.uri}/two", f"{ada.uri}/own"}
