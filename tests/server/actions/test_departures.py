"""What somebody who leaves has here goes in small steps, whatever ends the process between two of them."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tortoise.context import TortoiseContext

from federation.instance import ensure_actor
from models import Attachment, Departure, Like, Member, Notification, OutgoingActivity, Post, Tag, Tombstone, clock, pruning
from models.ids import new_key
from models.notification import Notice
from models.reach import Reach
from server.actions import accounts, departures
from server.actions.accounts import Newcomer
from server.pictures.media import MediaStore

ORIGIN = "http://a.example"
MANY = 7


class Killed(Exception):
    """The process ends here."""


@pytest.mark.parametrize("keeps", [[], [departures.Kind.REACTIONS]])
async def test_it_goes_on_where_it_was_and_the_last_act_is_small(
        db: TortoiseContext, tmp_path: Path, keeps: list[departures.Kind], monkeypatch: pytest.MonkeyPatch) -> None:
    await ensure_actor(ORIGIN)
    alice, carol = [await accounts.create(ORIGIN, Newcomer(name=name)) for name in ("alice", "carol")]
    said: dict[str, Any] = {"reach": Reach.COMMUNITY, "text": "x", "published_at": clock.now()}
    for number in range(MANY):
        uris = [f"{one.actor.uri}/{number}" for one in (alice, carol)]
        mine, hers = [await Post.create(author=one.actor, uri=uri, conversation=uri, **said)
                      for one, uri in zip((alice, carol), uris, strict=True)]
        await Tag.create(post=mine, name="sleep")
        await Like.create(uri=f"{hers.uri}/like", actor=alice.actor, post=hers)
        await Notification.create(recipient=alice.actor, kind=Notice.THANKS, actor=carol.actor, post=hers)
        told = {"key": new_key(), "uri": f"{mine.uri}/create", "object_uri": mine.uri}
        await OutgoingActivity.create(**told, actor=alice.actor, kind="Create", body="x")
    store = MediaStore(tmp_path)
    image = await Attachment.create(key=new_key(), owner=alice.actor, media_type="image/webp", stored_at=clock.now())
    store.path(image.key).parent.mkdir()
    store.path(image.key).write_bytes(b"x")
    await departures.leave(alice, keeps)
    departure = await Departure.get().select_related("actor")
    monkeypatch.setattr(pruning, "STEP", 2)
    monkeypatch.setattr(departures, "POSTS_AT_ONCE", 3)

    async def until_the_end(at: str, nth: int) -> None:
        """What is called so ends the process the nth time."""
        real, left = getattr(departures, at), [nth]

        async def called(*args: Any) -> Any:
            left[0] -= 1
            if not left[0]:
                raise Killed
            return await real(*args)
        with monkeypatch.context() as patch:
            patch.setattr(departures, at, called)
            with pytest.raises(Killed):
                while await departures.step(departure, store):
                    pass
        assert not (await Departure.get()).ended_at and (await Member.get(id=alice.id).select_related("actor")).actor.suspended_at

    await until_the_end("_settle_posts", 2)
    assert await Post.filter(text="x").count() == 2 * MANY - 3 and await Tag.all().count() == MANY - 3
    await until_the_end("_finish", 1)
    assert not await Notification.exists(recipient=alice.actor) and not await Like.exists(actor=alice.actor)
    while await departures.step(departure, store):
        pass
    assert (await Departure.get()).ended_at and not await Member.exists(id=alice.id) and not store.path(image.key).exists()
    assert await Tombstone.all().count() == MANY == await Post.filter(text="x").count()
    assert await Like.all().count() == (MANY if keeps else 0)
    assert await departures.end_due(store) == 1 and not await OutgoingActivity.exclude(kind="Delete").exclude(body="").exists()
