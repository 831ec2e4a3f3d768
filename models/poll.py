"""Questions with answers to choose from, as other servers ask them (ActivityStreams Vocabulary, Question)."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from tortoise import fields

from models import clock
from models.actor import Actor
from models.base import Record
from models.post import Post


class Poll(Record):
    """The answers of one message. `options`: [{"name": words, "count": how many chose it, or null if unsaid}]."""

    post: fields.OneToOneRelation[Post] = fields.OneToOneField("models.Post", related_name="poll")
    post_id: int
    options: list[dict[str, Any]] = fields.JSONField(default=list)
    is_multiple = fields.BooleanField(default=False, db_default=False)
    closes_at: datetime | None = fields.DatetimeField(null=True)
    voters = fields.IntField(null=True)  # as its server says

    class Meta:
        table = "poll"

    @property
    def is_closed(self) -> bool:
        """Whether no answer is taken any more."""
        return self.closes_at is not None and self.closes_at <= clock.now()

    async def change(self, **columns: Any) -> None:
        """Set these columns, here and in the database, and nothing else."""
        self.update_from_dict(columns)
        await self.save(update_fields=list(columns))


class Vote(Record):
    """One answer that a member of ours chose. What a member chose is told to the author alone."""

    uri = fields.CharField(max_length=500)
    poll: fields.ForeignKeyRelation[Poll] = fields.ForeignKeyField("models.Poll", related_name="votes")
    poll_id: int
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="votes")
    actor_id: int
    option = fields.CharField(max_length=300)

    class Meta:
        table = "vote"
        unique_together = (("poll", "actor", "option"),)
        indexes = (("actor_id",),)
