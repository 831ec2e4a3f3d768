"""The consent ledger."""
from __future__ import annotations

from enum import StrEnum

from tortoise import fields

from models.actor import Actor
from models.base import LedgerRow


class Purpose(StrEnum):
    """What a member can say yes or no to, one at a time; numbered as in health.md §3.2."""

    MEMBERSHIP = "C0"  # to be a member here, which tells of the condition
    FOUND_HERE = "C3"  # to appear among the people of this community, and of partners that know the profile
    SHARED_OUT = "C5"  # that messages, answers and follows may be copied to other servers


class ConsentRecord(LedgerRow):
    """One dated yes or no by a member. Rows are added, never changed: this is a ledger.

    The newest row for a member and purpose is the one in force; no row means no.
    """

    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="consents")
    actor_id: int
    purpose = fields.CharEnumField(Purpose, max_length=8)
    granted = fields.BooleanField()
    wording = fields.CharField(max_length=40)  # the version of the text that was read
    language = fields.CharField(max_length=20)
    text_digest = fields.CharField(max_length=64)  # SHA-256 of that text

    class Meta:
        table = "consent_record"
        indexes = (("actor_id", "purpose", "id"),)

    @classmethod
    async def newest(cls, actor_id: int, purpose: Purpose) -> ConsentRecord | None:
        """The member's last word on this purpose."""
        return await cls.filter(actor_id=actor_id, purpose=purpose).order_by("-id").first()
