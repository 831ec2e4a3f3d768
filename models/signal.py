"""What the rules over messages have noticed: which rule, where, and what the team said to it."""
from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from tortoise import fields
from tortoise.functions import Count

from models.actor import Actor
from models.post import Post
from models.sealed import Owned

#: (rule, Consequence, HitOutcome) -> how often.
Tallies = dict[tuple[str, str, str], int]


class Consequence(StrEnum):
    """What follows when a rule speaks. None of them erases anything."""

    HOLD = "hold"  # the team reads it before anybody else
    LABEL = "label"  # it goes, with a sentence below it
    TELL = "tell"  # it goes, and stands in the team's list


class HitOutcome(StrEnum):
    """What became of a message that a rule held."""

    NONE = ""
    LET_GO = "let_go"
    SENT_BACK = "sent_back"
    CHANGED = "changed"  # its writer changed it, and it went


class SignalHit(Owned):
    """One rule that spoke of one message, or of a profile (then without `post`). What it found is evidence of one person."""

    SEALS: ClassVar = ("words",)

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="signal_hits")
    owner_id: int
    post: fields.ForeignKeyNullableRelation[Post] = fields.ForeignKeyField("models.Post", related_name="signal_hits", null=True)
    post_id: int | None
    rule = fields.CharField(max_length=40)  # a name in moderation.signals.SIGNALS, or that of a host's own rule
    consequence = fields.CharEnumField(Consequence, max_length=8)
    words: list[str] = fields.JSONField(default=list)
    outcome = fields.CharEnumField(HitOutcome, max_length=10, default=HitOutcome.NONE, db_default="")

    class Meta:
        table = "signal_hit"
        indexes = (("rule", "id"), ("owner_id", "id"), ("post_id",))

    @classmethod
    async def tallies(cls, since: datetime) -> Tallies:
        """How often each rule spoke since then, by what followed and what became of it."""
        spoken = cls.filter(created_at__gte=since).annotate(number=Count("id")).group_by("rule", "consequence", "outcome")
        rows = await spoken.values("rule", "consequence", "outcome", "number")
        return {(row["rule"], str(row["consequence"]), str(row["outcome"])): row["number"] for row in rows}
