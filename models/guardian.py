"""Who acts for somebody who does not act for themselves."""
from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tortoise import fields
from tortoise.expressions import Q

from models import clock
from models.actor import Actor
from models.base import Record


class Tie(StrEnum):
    """What a guardian is to the person."""

    PARENT = "parent"
    RELATIVE = "relative"
    LEGAL = "legal"  # named by a judge


class Guardianship(Record):
    """One person who acts for a managed profile, and how far. Ended ones stay, so that what was done keeps its reason."""

    guardian: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="guards")
    guardian_id: int
    subject: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="guarded_by")
    subject_id: int
    tie = fields.CharEnumField(Tie, max_length=16, default=Tie.PARENT)
    may_view = fields.BooleanField(default=True, db_default=True)  # reads as that person, and their data
    may_write = fields.BooleanField(default=False, db_default=False)
    may_consent = fields.BooleanField(default=False, db_default=False)
    made_by_id = fields.BigIntField(null=True)  # the actor who wrote it down: the guardian, or somebody of the team
    until = fields.DatetimeField(null=True)  # over then; empty: it goes on

    class Meta:
        table = "guardianship"
        indexes = (("guardian_id",), ("subject_id",))

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.until is not None and self.until <= clock.now()

    @classmethod
    def running(cls, now: datetime | None = None) -> Q:
        """Those that have not ended, as a condition."""
        return Q(until__isnull=True) | Q(until__gt=now or clock.now())

    @classmethod
    async def between(cls, guardian_id: int, subject_id: int) -> Guardianship | None:
        """The one that runs between these two actors."""
        return await cls.filter(cls.running(), guardian_id=guardian_id, subject_id=subject_id).order_by("-id").first()
