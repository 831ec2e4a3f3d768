"""What was asked back from other servers, and what they answered."""
from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tortoise import fields

from models import clock
from models.actor import Actor
from models.base import Record
from models.consent import Purpose
from models.ids import new_key


class WithdrawalState(StrEnum):
    """How far one server is with erasing what a member takes back."""

    PENDING = "pending"  # it was not reached yet, or has not answered
    CONFIRMED = "confirmed"  # it signed that all is erased
    FAILED = "failed"  # seven days of trying are over
    NOT_CAPABLE = "not_capable"  # it said that it cannot, or keeps a part
    ASKED = "asked"  # it took a Delete, and its software confirms nothing: asked, unconfirmed


class Withdrawal(Record):
    """One notice: a server is asked to erase up to a hundred things of a member. Written in the transaction of the act."""

    key = fields.CharField(max_length=22, unique=True, default=new_key)  # its name on the wire
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="withdrawals")
    actor_id: int
    consent_id = fields.BigIntField(null=True)  # the ConsentRecord that took the yes back; None: one message was erased
    purpose = fields.CharEnumField(Purpose, max_length=8)
    host = fields.CharField(max_length=255)
    object_uris: list[str] = fields.JSONField(default=list)
    state = fields.CharEnumField(WithdrawalState, max_length=16, default=WithdrawalState.PENDING)
    asked_at = fields.DatetimeField(default=clock.now)
    delivered_at = fields.DatetimeField(null=True)  # the host took the notice
    answered_at = fields.DatetimeField(null=True)
    answer = fields.TextField(default="", db_default="")  # the signed acknowledgement, as it came

    class Meta:
        table = "withdrawal"
        indexes = (("actor_id", "id"), ("state", "asked_at"), ("host", "state"))

    @classmethod
    async def delivered(cls, key: str, host: str, at: datetime) -> None:
        """The host took the notice; its answer is still to come."""
        await cls.filter(key=key, host=host).update(delivered_at=at)


class ErasureRequest(Record):
    """One such notice that came to us. The answer leaves once the files of what it names are erased too."""

    uri = fields.CharField(max_length=500, unique=True)
    sender_uri = fields.CharField(max_length=500)  # the instance actor that asked
    digest = fields.CharField(max_length=64)  # of the ids that it names; the ids themselves are not kept
    count = fields.IntField()
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "erasure_request"
        indexes = (("answered_at",),)


class RecallPart(StrEnum):
    """Of what a member has elsewhere: asked back one kind after the other."""

    MESSAGES = "messages"
    PASSED_ON = "passed_on"
    LIKES = "likes"


class Recall(Record):
    """What is still to be asked back, one thing at a time, from servers that answer no notices. Gone once all is asked.

    Whatever is older than this row is meant: what a member writes after a new yes is not.
    """

    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="recalls")
    actor_id: int
    spared: list[str] = fields.JSONField(default=list)  # the servers that were sent a notice instead
    part = fields.CharEnumField(RecallPart, max_length=12, default=RecallPart.MESSAGES)
    after_id = fields.BigIntField(default=0)  # of this part everything up to here is asked back

    class Meta:
        table = "recall"
