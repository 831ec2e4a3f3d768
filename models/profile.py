"""What members say about themselves beyond their own words, in values that others can be found by."""
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tortoise import fields

from models.actor import Actor
from models.base import Record

CODE_LENGTH = 40
TEXT_LENGTH = 200


class ProfileLine(StrEnum):
    """A line of the profile that holds values. Its value is also the scope of its C2 in the ledger."""

    ROLE = "role"
    CONDITION = "condition"
    SIGNS = "signs"
    FIRST_SIGNS = "first-signs"  # the year
    DIAGNOSED = "diagnosed"  # the year
    GENE = "gene"
    PLACE = "place"
    AGE = "age"
    LANGUAGES = "languages"
    TREATMENTS = "treatments"
    ASK_ME = "ask-me"


@dataclass(frozen=True, slots=True)
class Value:
    """One value as it was chosen: a code, words of one's own, or of a place its country and region."""

    code: str = ""
    text: str = ""


class ProfileValue(Record):
    """One value of one line of a member of ours. For whom the line is, the ledger says: `moderation.lines.reach_of`."""

    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="profile_values")
    actor_id: int
    line = fields.CharEnumField(ProfileLine, max_length=16)
    #: "ORPHA:324", "HP:0001166", a role of `moderation.profile_codes`, a country of ISO 3166-1, a band of ages, a language, a
    #: year, a gene's symbol; "" where the member wrote freely
    code = fields.CharField(max_length=CODE_LENGTH, default="", db_default="")
    text = fields.CharField(max_length=TEXT_LENGTH, default="", db_default="")  # as typed; of a place: its region
    position = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "profile_value"
        indexes = (("actor_id", "line"), ("line", "code", "actor_id"))

    @classmethod
    async def of(cls, actor_id: int) -> list[ProfileValue]:
        """All values of a member, line by line in the member's order."""
        return await cls.filter(actor_id=actor_id).order_by("line", "position", "id")
