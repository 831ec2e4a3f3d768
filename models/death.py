"""That somebody has died, as others tell it."""
from __future__ import annotations

from typing import ClassVar

from tortoise import fields

from models.actor import Actor
from models.sealed import Sealed


class DeathReport(Sealed):
    """One person says that a member has died. Nothing follows before somebody of the team has looked.

    What they tell is sealed for the one of whom it tells.
    """

    SEALS: ClassVar = ("words",)

    subject: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="death_reports")
    subject_id: int
    reporter: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="told_of_deaths")
    reporter_id: int
    is_executor = fields.BooleanField(default=False, db_default=False)  # settles the affairs of the one who died
    words = fields.CharField(max_length=500, default="", db_default="")
    decided_at = fields.DatetimeField(null=True)
    decided_by_id = fields.BigIntField(null=True)  # the actor of the team
    is_confirmed = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "death_report"
        unique_together = (("subject", "reporter"),)
        indexes = (("decided_at", "id"),)

    async def holders(self) -> tuple[int, ...]:
        """Of whom it tells."""
        return (self.subject_id,)
