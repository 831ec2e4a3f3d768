"""Badges of professionals and researchers, and the evidence behind them, which is kept for some weeks only."""
from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from tortoise import fields
from tortoise.expressions import Q

from models.actor import Actor
from models.ids import new_key
from models.sealed import Owned


class BadgeKind(StrEnum):
    """What a badge says of somebody."""

    HEALTH = "health"  # a health professional
    RESEARCH = "research"


class Evidence(StrEnum):
    """By what it is shown."""

    RPPS = "rpps"  # the French register of health professionals
    NPI = "npi"  # that of the United States
    ORCID = "orcid"  # of researchers: a name, and no proof of a post
    MAIL = "mail"  # a mailed link to an address at work
    VOUCHER = "voucher"  # the word of a colleague who has a badge here


class BadgeState(StrEnum):
    """How it stands with a badge."""

    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    TAKEN = "taken"  # by the team
    RETURNED = "returned"  # by its owner
    LAPSED = "lapsed"  # a year is over, or a newer one stands in its place


class Badge(Owned):
    """One request for a badge, and what became of it. What proves it is sealed, and erased some weeks after the decision."""

    SEALS: ClassVar = ("number", "email", "proof", "reason")

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="badges")
    owner_id: int
    key = fields.CharField(max_length=22, unique=True, default=new_key)
    kind = fields.CharEnumField(BadgeKind, max_length=10)
    profession = fields.CharField(max_length=100)  # as it is shown: "Physiotherapist"
    evidence = fields.CharEnumField(Evidence, max_length=10)
    number = fields.TextField(default="")
    email = fields.TextField(default="")
    proof = fields.TextField(default="")  # what they add in words: an address of a page, where one can ask
    email_confirmed_at = fields.DatetimeField(null=True)
    voucher: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField(
        "models.Actor", related_name="vouches", null=True, on_delete=fields.SET_NULL)
    voucher_id: int | None
    vouched_at = fields.DatetimeField(null=True)
    state = fields.CharEnumField(BadgeState, max_length=10, default=BadgeState.ASKED)
    first_by_id = fields.BigIntField(null=True)  # the actor of the team who has agreed first
    decided_by_id = fields.BigIntField(null=True)  # who has decided, and is somebody else if two can
    decided_at = fields.DatetimeField(null=True)
    reason = fields.TextField(default="")  # for its owner, where it was refused or taken
    ends_at = fields.DatetimeField(null=True)
    reminded_at = fields.DatetimeField(null=True)
    evidence_erased_at = fields.DatetimeField(null=True)

    class Meta:
        table = "badge"
        indexes = (("owner_id", "id"), ("state", "id"), ("state", "ends_at"), ("voucher_id", "state"))

    @classmethod
    async def newest(cls, owner_id: int, *states: BadgeState) -> Badge | None:
        """The newest of somebody, in one of these states if any are named."""
        among = Q(state__in=list(states)) if states else Q()
        return await cls.filter(among, owner_id=owner_id).order_by("-id").first()

    @property
    def is_shown_enough(self) -> bool:
        """Whether what its owner can do is done: the mailed link opened, the colleague heard."""
        waits = {Evidence.MAIL: self.email_confirmed_at, Evidence.VOUCHER: self.vouched_at}
        return self.evidence not in waits or waits[self.evidence] is not None
