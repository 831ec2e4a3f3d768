"""Follows that ended because a whole server was suspended: kept, so that members can see whom they lost and ask again."""
from __future__ import annotations

from tortoise import fields

from models.actor import Actor
from models.base import Record


class CutFollow(Record):
    """One follow of a member, or of somebody who followed them. `event_id` is that of the notice that told the member."""

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="cut_follows")
    owner_id: int
    other: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="cut_from")
    other_id: int
    host = fields.CharField(max_length=255)  # the domain of the rule
    event_id = fields.BigIntField()
    is_follower = fields.BooleanField()  # they followed the member
    shows_announces = fields.BooleanField(default=True, db_default=True)  # what the member wanted, to ask for the same again
    tells_posts = fields.BooleanField(default=False, db_default=False)
    languages = fields.CharField(max_length=200, default="", db_default="")
    asked_at = fields.DatetimeField(null=True)  # the member asked to follow them again

    class Meta:
        table = "cut_follow"
        indexes = (("owner_id", "event_id", "id"), ("other_id",))
