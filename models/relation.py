"""What ties actors to one another and to messages."""
from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from tortoise import fields
from tortoise.expressions import Q

from models import clock, newest
from models.actor import Actor
from models.base import Record
from models.newest import UNSETTLED
from models.post import Post
from models.reach import Reach
from models.sealed import Owned


class Follow(Record):
    """A request to follow; `accepted_at` is empty until the target says yes, `refused_at` tells of a no."""

    uri = fields.CharField(max_length=500)
    follower: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="followings")
    follower_id: int
    target: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="followers")
    target_id: int
    accepted_at = fields.DatetimeField(null=True)
    shows_announces = fields.BooleanField(default=True, db_default=True)  # in the follower's home
    tells_posts = fields.BooleanField(default=False, db_default=False)  # the follower hears of each message
    languages = fields.CharField(max_length=200, default="", db_default="")  # ",fr,en,": of those in the home; empty: all
    newest_id = fields.BigIntField(default=UNSETTLED, db_default=UNSETTLED)  # of what the target made last (`models.newest`)

    class Meta:
        table = "follow"
        unique_together = (("follower", "target"),)
        indexes = (("target_id", "accepted_at"), ("follower_id", "newest_id"), ("target_id", "newest_id"), ("uri",))

    @classmethod
    async def request(cls, uri: str, follower: Actor, target: Actor) -> Follow:
        """Record a request under its newest uri; asking twice is asking once. Both actors come loaded."""
        follow, is_new = await cls.get_or_create(follower=follower, target=target, defaults={"uri": uri})
        if not is_new and follow.uri != uri:
            follow.uri = uri
            await follow.save(update_fields=["uri"])
        follow.follower, follow.target = follower, target  # a row that was found has them unloaded
        return follow

    @classmethod
    def told_of(cls, author_ids: Collection[int]) -> Q:
        """The follows, as a condition, by which members hear of each message of these authors."""
        return Q(target_id__in=list(author_ids), tells_posts=True, accepted_at__isnull=False, follower__host="")

    def reads(self, language: str) -> bool:
        """Whether messages in this language are wanted."""
        return not self.languages or not language or f",{language}," in self.languages

    @classmethod
    async def between(cls, follower: Actor, target: Actor) -> Follow | None:
        """The request or the follow from one to the other, both loaded."""
        if follow := await cls.get_or_none(follower=follower, target=target):
            follow.follower, follow.target = follower, target
        return follow

    async def accept(self) -> None:
        """The target said yes, now; a second yes changes nothing."""
        if self.accepted_at is None:
            self.accepted_at = clock.now()
            await self.save(update_fields=["accepted_at"])


class Block(Record):
    """`blocker` wants nothing to do with `target`. Kept here: it is never sent (fediverse.md §1.4, Block)."""

    blocker: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="blocks")
    blocker_id: int
    target: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="blocked_by")
    target_id: int
    uri = fields.CharField(max_length=500, default="", db_default="")  # set when it came over the wire

    class Meta:
        table = "block"
        indexes = (("target_id",),)
        unique_together = (("blocker", "target"),)

    @classmethod
    async def either_way(cls, one: int, other: int) -> bool:
        """Whether either of two actors (by id) blocks the other."""
        return await cls.exists(blocker_id=one, target_id=other) or await cls.exists(blocker_id=other, target_id=one)


class HostBlock(Record):
    """`owner` wants nothing to do with anybody of a whole server. Kept here: it is never sent."""

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="host_blocks")
    owner_id: int
    host = fields.CharField(max_length=255)

    class Meta:
        table = "host_block"
        indexes = (("host",),)
        unique_together = (("owner", "host"),)

    @classmethod
    async def of(cls, owner_id: int) -> set[str]:
        """The names of the servers that a member blocks."""
        return {row.host for row in await cls.filter(owner_id=owner_id).only("id", "host")}

    @classmethod
    async def between(cls, one: Actor, other: Actor) -> bool:
        """Whether one of two actors is a member of ours who blocks the server of the other."""
        if one.host == other.host:
            return False
        pairs = ((ours.id, theirs) for ours, theirs in ((one, other), (other, one)) if ours.is_local)
        return any([await cls.blocks(id_, theirs) for id_, theirs in pairs])

    @classmethod
    async def blocks(cls, owner_id: int, other: Actor) -> bool:
        """Whether a member of ours blocks the server of somebody: where they live, or where their address is."""
        return await cls.exists(owner_id=owner_id, host__in=list(other.servers))


class HostMute(Record):
    """`owner` does not want to read the people of a server, or with an address on it, in their lists. Follows and answers stay: a
    block ends them.
    """

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="host_mutes")
    owner_id: int
    host = fields.CharField(max_length=255)
    ends_at = fields.DatetimeField(null=True)  # empty: until the owner ends it

    class Meta:
        table = "host_mute"
        indexes = (("ends_at",),)
        unique_together = (("owner", "host"),)


class Mute(Record):
    """`owner` does not want to see `target`, who is not told."""

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="mutes")
    owner_id: int
    target: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="muted_by")
    target_id: int
    hides_notices = fields.BooleanField(default=True, db_default=True)
    ends_at = fields.DatetimeField(null=True)  # empty: until the owner ends it

    class Meta:
        table = "mute"
        indexes = (("target_id",), ("ends_at",))
        unique_together = (("owner", "target"),)


class Like(Record):
    """"Thinking of you": a Like of a message."""

    uri = fields.CharField(max_length=500, db_index=True)
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="likes")
    actor_id: int
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("models.Post", related_name="likes")
    post_id: int

    class Meta:
        table = "like_"  # LIKE is a word of SQL
        unique_together = (("post", "actor"),)
        indexes = (("actor_id",),)


class Announce(Record):
    """"Pass on": a message shown to one's own readers. Never wider than the message itself."""

    uri = fields.CharField(max_length=500, db_index=True)
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="announces")
    actor_id: int
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("models.Post", related_name="announces")
    post_id: int
    reach = fields.CharEnumField(Reach, max_length=16)
    published_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "announce"
        unique_together = (("post", "actor"),)
        indexes = (("actor_id", "id"),)

    async def save(self, *args: Any, **options: Any) -> None:
        """Write the row; who passes something on has made something."""
        is_new = not self._saved_in_db
        await super().save(*args, **options)
        if is_new:
            await newest.made({self.actor_id: self.id})


class Pin(Record):
    """A message that its author keeps on top of their page (the `featured` collection)."""

    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="pins")
    actor_id: int
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("models.Post", related_name="pins")
    post_id: int

    class Meta:
        table = "pin"
        unique_together = (("actor", "post"),)
        indexes = (("post_id",),)


class Remark(Owned):
    """What `owner` wrote down about `target`, for their own eyes."""

    SEALS: ClassVar = ("text",)

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="remarks")
    owner_id: int
    target: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="remarks_by")
    target_id: int
    text = fields.TextField()

    class Meta:
        table = "remark"
        indexes = (("target_id",),)
        unique_together = (("owner", "target"),)
