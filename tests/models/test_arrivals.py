# ruff: noqa: E501 - rows read better in one line
"""What comes in at the door is asked about, and written, in SQL that says the same on both databases."""
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError

from federation import bulk, notes, post_parts
from federation.wire import PUBLIC, Note
from models import Actor, Attachment, Follow, Host, InboxItem, Post, Tag, Tombstone, arrivals, clock
from models.arrivals import NewItem
from models.delivery import ItemState
from models.reach import Reach


async def somebody(name: str = "bob", host: str = "b.example") -> Actor:
    uri = f"https://{host or 'a.example'}/{name}"
    return await Actor.create(uri=uri, name=name, host=host, inbox_uri=f"{uri}/inbox", followers_uri=f"{uri}/followers")


def note_of(author: Actor) -> Note:
    return Note.parse({
        "id": "https://b.example/1", "type": "Note", "attributedTo": author.uri, "to": [PUBLIC, author.followers_uri], "content": "<p>Ça va ?</p>",
        "contentMap": {"fr": "<p>Ça va ?</p>", "en": "<p>How are you?</p>"}, "sensitive": True, "summary": "Sleep", "voice": "question",
        "published": "2026-05-05T07:30:00Z", "updated": "2026-05-06T07:30:00Z", "tag": [{"type": "Hashtag", "name": "#Sleep"}, {"type": "Hashtag", "name": "#Dose"}],
        "attachment": [{"type": "Document", "mediaType": "image/png", "url": "https://b.example/a.png", "name": "A graph", "focalPoint": [0.5, -1]},
                       {"type": "Image", "url": "https://b.example/b.png", "width": 20, "height": 10}]})


async def test_an_activity_is_written_down_once(db: TortoiseContext) -> None:
    now = clock.now()
    one, other = (NewItem(f"https://b.example/{n}", "https://b.example/bob", "{}", now) for n in (1, 2))
    assert await arrivals.take_in([one], []) == {(one.activity_uri, one.sender_uri)}
    assert await arrivals.take_in([replace(one, id=1), other], []) == {(other.activity_uri, other.sender_uri)}
    assert await arrivals.take_in([], []) == await arrivals.take_in([replace(other, id=2)], []) == set()
    items = await InboxItem.all().order_by("id")
    assert [(item.activity_uri, item.body, item.state, item.attempts, item.outcome, item.due_at) for item in items] == [
        (one.activity_uri, "{}", ItemState.NEW, 0, "", now), (other.activity_uri, "{}", ItemState.NEW, 0, "", now)]
    assert await arrivals.count_waiting(5) == 2 and await arrivals.count_waiting(1) == 1


async def test_a_message_written_in_sql_is_the_one_that_the_models_write(db: TortoiseContext) -> None:
    author = await somebody()
    note = note_of(author)
    made = bulk.rows(note, author, Reach.WEB)
    plain = bulk.rows(replace(note, id="https://b.example/3", hashtags=(), attachments=()), author, Reach.PARTNERS)
    assert await arrivals.take_in([], [made, plain]) == set()
    second = replace(note, id="https://b.example/2", url=note.id)
    by_models = await Post.create(**notes.new_columns(second, author, Reach.WEB, True))
    await post_parts.save([(by_models.id, second, author)])
    own = {"id", "key", "uri", "created_at", "conversation", "post_id"}
    first, other, third = [{name: value for name, value in dict(one).items() if name not in own} for one in await Post.all().order_by("uri")]
    assert first == other and len(first) > 25 and third["reach"] is Reach.PARTNERS
    for table, number in ((Tag, 2), (Attachment, 2)):
        rows = [[{name: value for name, value in dict(row).items() if name not in own} for row in await table.filter(post__uri=uri).order_by("created_at", "id")]
                for uri in (note.id, second.id)]
        in_sql, as_models = (sorted(map(str, one)) for one in rows)
        assert in_sql == as_models and len(in_sql) == number


async def test_a_part_that_cannot_be_written_leaves_nothing(db: TortoiseContext) -> None:
    author = await somebody()
    made = bulk.rows(note_of(author), author, Reach.WEB)
    item = NewItem("https://b.example/x", author.uri, "{}", clock.now())
    with pytest.raises(IntegrityError):
        await arrivals.take_in([item], [made, bulk.rows(note_of(author), author, Reach.WEB)])
    assert [await table.all().count() for table in (InboxItem, Post, Tag, Attachment)] == [0, 0, 0, 0]
    assert await arrivals.take_in([item], [made]) == {(item.activity_uri, author.uri)} and await Post.all().count() == 1


async def test_what_is_known_of_senders_hosts_and_messages(db: TortoiseContext) -> None:
    ours, one, gone, told = await somebody("alice", ""), await somebody("one"), await somebody("gone"), await somebody("told")
    now, limit = clock.now(), 1
    uris, ids, hosts = [f"https://b.example/posts/{n}" for n in range(4)], [one.id, gone.id, told.id], ["b.example", "c.example"]
    known = await arrivals.known(ids, hosts, uris, now, limit)
    assert (known.in_line, known.followed, known.taken, known.partners) == (set(), dict.fromkeys(ids, False), set(), {})
    follows = [await Follow.create(uri=f"https://a.example/{them.id}", follower=ours, target=them, tells_posts=them is told) for them in (one, told)]
    assert (await arrivals.known(ids, hosts, uris, now, limit)).followed == dict.fromkeys(ids, False), "nobody has said yes"
    for follow in follows:
        await follow.accept()
    await gone.change(suspended_at=now)
    await (await Host.called("b.example")).change(partners_uri="https://b.example/all")
    await Post.create(uri=uris[0], author=one, reach=Reach.WEB, conversation=uris[0], parent_uri=uris[1])
    await Tombstone.create(uri=uris[2], actor_uri=one.uri)
    await InboxItem.create(activity_uri="https://b.example/x", sender_uri=one.uri, body="{}")
    await InboxItem.create(activity_uri="https://b.example/y", sender_uri=told.uri, body="{}", due_at=now + timedelta(hours=1))
    now = clock.now()
    known = await arrivals.known(ids, hosts, uris, now, limit)
    assert (known.in_line, known.followed, known.taken) == ({one.uri}, {one.id: True}, set(uris[:3]))
    assert known.partners == {"b.example": "https://b.example/all"}
    assert (await arrivals.known([], [], [], now, 0)).in_line is None, "more than may be in line"
    await InboxItem.create(activity_uri="https://b.example/z", sender_uri=one.uri, body="{}", due_at=now)
    assert [await arrivals.in_line(now, limit) for limit in (1, 2)] == [None, {one.uri}], "two, of one sender"
