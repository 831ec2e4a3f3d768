"""What is kept of who wrote last is what a look at everything would find, however it was written down."""
from __future__ import annotations

from models import Actor, Announce, Follow, Post, acts, arrivals, clock, memory, newest
from models.database import in_transaction
from models.ids import new_id, new_key
from models.newest import UNSETTLED
from models.reach import Reach


async def _actor(name: str, host: str = "") -> Actor:
    return await Actor.create(uri=f"https://{host or 'here.example'}/{name}", name=name, host=host, inbox_uri="https://x.example/")


async def _post(author: Actor) -> Post:
    return await Post.create(uri=new_key(), author=author, reach=Reach.WEB, conversation="c")


def _columns(author: Actor) -> dict[str, object]:
    return {"uri": new_key(), "author_id": author.id, "reach": "web", "conversation": "c", "html": "", "voice": "",
            "published_at": clock.now()}


async def _agrees(author: Actor) -> None:
    """What is kept of somebody, wherever it is."""
    found = [int(str(id_)) for id_ in (*await Post.filter(author_id=author.id).values_list("id", flat=True),
                                       *await Announce.filter(actor_id=author.id).values_list("id", flat=True))]
    kept = [follow.newest_id for follow in await Follow.filter(target_id=author.id, follower__host="")]
    if author.is_local:
        kept.append((await Actor.get(id=author.id)).newest_id)
    assert kept and set(kept) == {max(found, default=0)}


async def _settled(*readers: Actor) -> None:
    for reader in readers:
        memory.current().unsettled.put(reader.id, True)
    assert await newest.settle() == len(readers)
    assert await newest.settle() == 0


async def test_it_is_looked_for_when_a_reader_came_upon_it(db: object) -> None:
    me, other, bea = await _actor("me"), await _actor("other"), await _actor("bea", "b.example")
    silent = await _actor("silent", "b.example")
    await _post(bea)
    await _post(me)
    for number, (follower, target) in enumerate([(me, bea), (me, silent), (other, bea)]):
        await Follow.create(uri=f"f{number}", follower=follower, target=target, accepted_at=clock.now())
    await _settled(me)
    assert (await Follow.get(follower=other)).newest_id == UNSETTLED, "nobody asked for this one"
    await _settled(other)
    for actor in (me, bea, silent):
        await _agrees(actor)


async def test_every_way_of_writing_keeps_it(db: object) -> None:
    me, ours = await _actor("me"), await _actor("ours")
    bea, carl = await _actor("bea", "b.example"), await _actor("carl", "c.example")
    for number, target in enumerate([ours, bea, carl]):
        await Follow.create(uri=f"f{number}", follower=me, target=target, accepted_at=clock.now())
    await _settled(me)
    for author in (ours, bea):
        await _post(author)
        await _agrees(author)
    await Announce.create(uri="a1", actor=carl, post=await _post(bea), reach=Reach.WEB)
    await _agrees(carl)
    async with in_transaction():
        first, _ = await acts.add_posts([_columns(bea), _columns(carl)])
        await _agrees(bea)
        await acts.add_announces([("a2", bea.id, first, Reach.WEB, clock.now())])
    await _agrees(bea)
    await _agrees(carl)
    rows = [{"id": new_id(), "created_at": clock.now(), "key": new_key(), "note": "", **_columns(one)}
            for one in (bea, carl, bea)]
    await arrivals.take_in([], [{"post": rows[:2]}, {"post": rows[2:]}])
    await _agrees(bea)
    await _agrees(carl)


async def test_what_nobody_has_looked_for_stays_so_until_somebody_reads(db: object) -> None:
    """Followers elsewhere read no home here: who writes for thousands of them changes none of their rows. And a message that is
    older than others of its author makes nobody older.
    """
    me, bea = await _actor("me"), await _actor("bea", "b.example")
    await Follow.create(uri="f1", follower=bea, target=me, accepted_at=clock.now())
    await Follow.create(uri="f2", follower=me, target=bea, accepted_at=clock.now())
    for author in (me, bea):
        await _post(author)
    assert {follow.newest_id for follow in await Follow.all()} == {UNSETTLED}
    await _settled(me)
    for author in (me, bea):
        await Post.create(id=new_id() - 10**14, uri=f"old{author.id}", author=author, reach=Reach.WEB, conversation="c")
    await _agrees(bea)
    assert (await Follow.get(uri="f1")).newest_id == UNSETTLED


async def test_who_writes_while_it_is_looked_for_keeps_it(db: object) -> None:
    me, bea, carl = await _actor("me"), await _actor("bea", "b.example"), await _actor("carl", "c.example")
    for author in (bea, carl):
        await _post(author)
        await Follow.create(uri=author.name, follower=me, target=author, accepted_at=clock.now())
    await newest._begin([me.id])
    row = {"id": new_id(), "created_at": clock.now(), "key": new_key(), "note": "", **_columns(bea)}
    await arrivals.take_in([], [{"post": [row]}])
    await _post(me)
    await _agrees(bea)
    await newest._end([me.id])
    for author in (me, bea, carl):
        await _agrees(author)
