"""Permissions that somebody of ours gave for one use of a message (FEP-044f and GoToSocial's interaction policies)."""
from __future__ import annotations

from enum import StrEnum

from tortoise import fields

from models.actor import Actor
from models.base import Record
from models.ids import new_key
from models.post import Post


class StampKind(StrEnum):
    """What may be asked for, by the beginning of the request's type."""

    QUOTE = "Quote"
    REPLY = "Reply"
    LIKE = "Like"
    ANNOUNCE = "Announce"


class Stamp(Record):
    """A yes, with an address of its own where everybody who may see the message can check it. Deleting the row withdraws it."""

    key = fields.CharField(max_length=22, unique=True, default=new_key)
    kind = fields.CharEnumField(StampKind, max_length=16)
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("models.Post", related_name="stamps")
    post_id: int
    asker: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="stamps")
    asker_id: int
    interaction_uri = fields.CharField(max_length=500)  # the quoting message, the answer, the Like or the Announce

    class Meta:
        table = "stamp"
        unique_together = (("post", "interaction_uri", "kind"),)
        indexes = (("asker_id",),)
