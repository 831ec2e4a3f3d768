# ruff: noqa: E501 - rows read better in one line
"""The hot paths in SQL say the same on both databases."""
from __future__ import annotations

from datetime import timedelta

import pytest
from tortoise.context import TortoiseContext

from models import Actor, InboxItem, Post, clock, queues
from models.delivery import ItemState
from server.pictures import emojis, media


async def test_what_is_done_is_finished_once_and_loses_its_text(db: TortoiseContext) -> None:
    for n in range(3):
        await InboxItem.create(activity_uri=f"https://b.example/{n}", sender_uri="https://b.example/bob", body="text")
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
    await InboxItem.create(activity_uri="https://a.example/x", sender_uri="https://a.example/1", body="{}", due_at=later)
    held = await Post.create(**post, held_until=later)
    assert not await queues.is_due(queues.Due.ITEMS) and not await queues.is_due(queues.Due.HELD)
    await InboxItem.create(activity_uri="https://a.example/y", sender_uri="https://a.example/1", body="{}")
    await Post.filter(id=held.id).update(held_until=clock.now())
    assert await queues.is_due(queues.Due.ITEMS) and await queues.is_due(queues.Due.HELD)
