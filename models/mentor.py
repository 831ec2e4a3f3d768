"""Members who welcome others, and those whom they welcome."""
from __future__ import annotations

from tortoise import fields

from models.actor import Actor
from models.base import Record


class Mentoring(Record):
    """A newcomer who asked for a mentor: without one, they wait. It ends when either of them wants, without a reason."""

    newcomer: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="mentored")
    newcomer_id: int
    mentor: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField(
        "models.Actor", related_name="mentorings", null=True)
    mentor_id: int | None
    began_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)  # kept for a while, so that the two are not brought together again

    class Meta:
        table = "mentoring"
        indexes = (("newcomer_id", "ended_at"), ("mentor_id", "ended_at"), ("ended_at", "id"))
