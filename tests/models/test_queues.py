# ruff: noqa: E501 - rows read better in one line
"""The hot paths in SQL say the same on both databases."""
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tortoise.context import TortoiseContext

from federation import notes
from federation.wire import PUBLIC, Note
from models import (
    Actor,
    Follow,
    InboxItem,
    OutgoingActivity,
    Post,
    Tag,
    Tombstone,
    clock,
    queues,
)
from models.delivery import ItemState
from models.ids import new_key
from models.queues import NewItem
from models.reach import Reach
from server import emojis, media


async def outgoing(number: int = 1) -> OutgoingActivity:
    """An activity of somebody."""
    actor, _ = await Actor.get_or_create({"name": "alice", "inbox_uri": "https://a.example/inbox"}, uri="https://a.example/alice")
    return await OutgoingActivity.create(key=new_key(), uri=f"https://a.example/{number}", actor=actor, kind="Create",
                                         object_uri=f"https://a.example/posts/{number}", body="{}")


async def test_an_activity_is_written_down_once(db: TortoiseContext) -> None:
    now = clock.now()
    one, other = (NewItem(f"https://b.example/{n}", "https://b.example/bob", "{}", now) for n in (1, 2))
    assert await queues.add_items([one]) == {(one.activity_uri, one.sender_uri)}
    assert await queues.add_items([one, other]) == {(other.activity_uri, other.sender_uri)}
    items = await InboxItem.all().order_by("id")
    assert [(item.activity_uri, item.state, item.attempts, item.due_at) for item in items] == [
        (one.activity_uri, ItemState.NEW, 0, now), (other.activity_uri, ItemState.NEW, 0, now)]


async def test_what_is_carried_out_at_the_door_is_written_down_as_done(db: TortoiseContext) -> None:
    now = clock.now()
    done, waits, later = (NewItem(f"https://b.example/{n}", f"https://b.example/{n}", "{}", now, is_done=n == 0) for n in range(3))
    later = replace(later, at=now + timedelta(hours=1))
    await queues.add_items([done, waits, later])
    assert await queues.add_items([replace(done, is_done=False)]) == set()
    assert {item.sender_uri: (item.state, item.body, item.outcome) for item in await InboxItem.all()} == {
        done.sender_uri: (ItemState.DONE, "", "done"), waits.sender_uri: (ItemState.NEW, "{}", ""), later.sender_uri: (ItemState.NEW, "{}", "")}
    assert await queues.senders_in_line(now, 1) == {waits.sender_uri} and await queues.senders_in_line(now, 0) is None


async def test_a_message_written_in_sql_is_the_one_that_the_models_write(db: TortoiseContext) -> None:
    author = (await outgoing()).actor
    note = Note.parse({"id": "https://b.example/1", "type": "Note", "attributedTo": author.uri, "to": [PUBLIC, "https://b.example/f"],
                       "content": "<p>Ça va ?</p>", "contentMap": {"fr": "<p>Ça va ?</p>", "en": "<p>How are you?</p>"}, "sensitive": True,
                       "summary": "Sleep", "voice": "question", "published": "2026-05-05T07:30:00Z", "updated": "2026-05-06T07:30:00Z"})
    columns = notes.new_columns(note, author, Reach.WEB, True)
    (made,) = await queues.add_posts([columns])
    await notes.new_row(replace(note, id="https://b.example/2", url=note.id), author, Reach.WEB, True).save(force_create=True)
    own = {"id", "key", "uri", "created_at", "conversation"}
    in_sql, by_models = [{name: value for name, value in dict(one).items() if name not in own} for one in await Post.all().order_by("uri")]
    assert in_sql == by_models and len(in_sql) > 25
    await queues.add_tags([(made, "sleep"), (made, "dose")])
    assert await Tag.filter(post_id=made).count() == 2


async def test_what_is_known_of_senders_and_of_messages(db: TortoiseContext) -> None:
    one, gone = [await Actor.create(uri=f"https://b.example/{n}", name=str(n), host="b.example", inbox_uri="https://b.example/inbox")
                 for n in range(2)]
    ours = (await outgoing()).actor
    assert await queues.senders([one.id, gone.id]) == {one.id: False, gone.id: False}
    follow = await Follow.create(uri="https://a.example/f", follower=ours, target=one)
    assert await queues.senders([one.id]) == {one.id: False}
    await follow.accept()
    await gone.change(suspended_at=clock.now())
    assert await queues.senders([one.id, gone.id]) == {one.id: True}
    uris = [f"https://b.example/posts/{n}" for n in range(4)]
    await Post.create(uri=uris[0], author=one, reach=Reach.WEB, conversation=uris[0], parent_uri=uris[1])
    await Tombstone.create(uri=uris[2], actor_uri=one.uri)
    assert await queues.known_posts(uris) == set(uris[:3])


async def test_what_is_done_is_finished_once_and_loses_its_text(db: TortoiseContext) -> None:
    await queues.add_items([NewItem(f"https://b.example/{n}", "https://b.example/bob", "text", clock.now()) for n in range(3)])
    first, second, third = await InboxItem.all().order_by("id")
    assert await queues.finish_items([first.id, second.id], "done") == {first.id, second.id}
    assert await queues.finish_items([second.id, third.id], "done") == {third.id}
    assert {(item.state, item.body) for item in await InboxItem.all()} == {(ItemState.DONE, "")}


@pytest.mark.parametrize("what", list(queues.Due))
async def test_nothing_is_due_in_an_empty_queue(db: TortoiseContext, what: queues.Due) -> None:
    assert not await queues.is_due(what)


def test_an_image_is_due_for_as_many_attempts_as_are_made() -> None:
    assert f"BETWEEN 0 AND {len(media.FETCH_WAITS) - 1}" in queues.Due.IMAGES.value
    assert len(media.FETCH_WAITS) == len(emojis.FETCH_WAITS)


async def test_what_is_due_is_said(db: TortoiseContext) -> None:
    later = clock.now() + timedelta(hours=1)
    author = await Actor.create(uri="https://a.example/1", name="a", host="", inbox_uri="https://a.example/1/inbox")
    post = {"author": author, "uri": "https://a.example/p", "url": "", "reach": "community", "html": "", "conversation": "x"}
    await queues.add_items([NewItem("https://a.example/x", "https://a.example/1", "{}", later)])
    held = await Post.create(**post, held_until=later)
    assert not await queues.is_due(queues.Due.ITEMS) and not await queues.is_due(queues.Due.HELD)
    await queues.add_items([NewItem("https://a.example/y", "https://a.example/1", "{}", clock.now())])
    await Post.filter(id=held.id).update(held_until=clock.now())
    assert await queues.is_due(queues.Due.ITEMS) and await queues.is_due(queues.Due.HELD)
