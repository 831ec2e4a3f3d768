"""How far a member has read, as their apps say."""
from __future__ import annotations

from datetime import datetime

from tortoise import fields

from models import clock
from models.actor import Actor
from models.base import Record


class Marker(Record):
    """The newest thing that a member has read of a list ("home", "notifications"). `version` counts the changes."""

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="markers")
    owner_id: int
    timeline = fields.CharField(max_length=16)
    last_read_id = fields.BigIntField()
    version = fields.IntField(default=1, db_default=1)
    updated_at: datetime = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "marker"
        unique_together = (("owner", "timeline"),)


class ConversationMark(Record):
    """How far a member has read a conversation with named people, and up to where they want it out of their sight."""

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="conversation_marks")
    owner_id: int
    conversation = fields.CharField(max_length=500)  # as in Post
    read_id = fields.BigIntField(default=0, db_default=0)
    hidden_id = fields.BigIntField(default=0, db_default=0)

    class Meta:
        table = "conversation_mark"
        unique_together = (("owner", "conversation"),)
