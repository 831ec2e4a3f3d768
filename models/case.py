"""What the team has to look at: one row for each person or message that somebody, or a rule, spoke of."""
from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Any

from tortoise import fields

from models import clock
from models.actor import Actor
from models.base import Record


class Matter(StrEnum):
    """What a report or a ruling is about (issue words; health.md §5)."""

    DANGER = "danger"  # somebody's life
    SCAM = "scam"
    MEDICAL = "medical"  # advice that may harm
    PRIVACY = "privacy"
    HARASSMENT = "harassment"
    PROMOTION = "promotion"
    MINORS = "minors"
    LAW = "law"
    OTHER = "other"


class Urgency(IntEnum):
    """What is opened first; within one, the oldest (ux.md J7)."""

    DANGER = 0
    SCAM = 1
    ORDINARY = 2

    @classmethod
    def of(cls, matter: Matter) -> Urgency:
        """How soon such a matter wants a look."""
        return {Matter.DANGER: cls.DANGER, Matter.MINORS: cls.DANGER, Matter.SCAM: cls.SCAM}.get(matter, cls.ORDINARY)


class CaseSource(StrEnum):
    """Who spoke first."""

    REPORT = "report"  # a person, or another server
    HELD = "held"  # a rule held a message back
    SIGNAL = "signal"  # a rule noticed something, and held nothing
    CRISIS = "crisis"  # words of distress
    APPEAL = "appeal"  # somebody asks for another look at a ruling


class Case(Record):
    """One thing to look at. Open until somebody of the team closes it; claimed while one of them has it open."""

    source = fields.CharEnumField(CaseSource, max_length=8)
    matter = fields.CharEnumField(Matter, max_length=12, default=Matter.OTHER)
    urgency = fields.SmallIntField(default=Urgency.ORDINARY.value)  # an Urgency
    about: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="cases", null=True)
    about_id: int | None
    post_uris: list[str] = fields.JSONField(default=list)
    reports_count = fields.IntField(default=0, db_default=0)
    claimed_by: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField(
        "models.Actor", related_name="cases_claimed", null=True)
    claimed_by_id: int | None
    claimed_at = fields.DatetimeField(null=True)
    second_asked_at = fields.DatetimeField(null=True)  # somebody else's opinion is wanted
    closed_by: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField(
        "models.Actor", related_name="cases_closed", null=True)
    closed_by_id: int | None
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "moderation_case"
        indexes = (("closed_at", "urgency", "id"), ("about_id", "closed_at"), ("claimed_by_id", "closed_at"))

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.closed_at is None

    async def change(self, **columns: Any) -> None:
        """Set these columns, here and in the database, and nothing else."""
        self.update_from_dict(columns)
        await self.save(update_fields=list(columns))

    async def close(self, by: Actor | None) -> None:
        """Nothing is left to do. For the caller's transaction."""
        await self.change(closed_at=clock.now(), closed_by_id=by.id if by else None)
