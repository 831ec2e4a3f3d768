"""Messages that wait for their hour, and requests that must count once."""
from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from tortoise import fields

from models.actor import Actor
from models.base import Record
from models.sealed import Owned


class ScheduledPost(Owned):
    """A message to be published later. `given` is what was asked for; consent and reach are asked again when its hour comes."""

    SEALS: ClassVar = ("given",)

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="scheduled_posts")
    owner_id: int
    due_at: datetime = fields.DatetimeField()
    given: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "scheduled_post"
        indexes = (("owner_id", "id"), ("due_at",))

    @property
    def media_ids(self) -> list[int]:
        """The uploads that go with it."""
        return [int(id_) for id_ in self.given.get("media_ids") or ()]


class SentOnce(Record):
    """A request that an app may repeat when the line breaks, and what it made: a post or a scheduled one, by id."""

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="sent_once")
    owner_id: int
    digest = fields.CharField(max_length=64)  # SHA-256 of the key that the app chose
    made_id = fields.BigIntField()

    class Meta:
        table = "sent_once"
        unique_together = (("owner", "digest"),)
        indexes = (("created_at",),)
