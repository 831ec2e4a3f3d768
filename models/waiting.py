"""Waiting for somebody with the same condition, where there is no community for it yet (health.md §3.4).

What leaves is blinded: a partner gets numbers that tell it nothing but whether somebody of its own waits for the same
(`federation.blinding`).
"""
from __future__ import annotations

from enum import StrEnum

from tortoise import fields

from models.actor import Actor
from models.base import Record
from models.ids import new_key
from models.profile import CODE_LENGTH


class Waiting(Record):
    """A member of ours waits for others with this condition."""

    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="waitings")
    actor_id: int
    code = fields.CharField(max_length=CODE_LENGTH)
    key = fields.CharField(max_length=22, unique=True, default=new_key)  # a new one each time they join

    class Meta:
        table = "waiting"
        unique_together = (("actor", "code"),)
        indexes = (("code",),)


class WaitingPeer(Record):
    """Where the exchange of waiting lists with one partner stands."""

    host = fields.CharField(max_length=255, unique=True)
    told_epoch = fields.IntField(null=True)  # of the list that we sent last
    told_at = fields.DatetimeField(null=True)
    is_due = fields.BooleanField(default=True, db_default=True)  # our list changed since
    is_new = fields.BooleanField(default=False, db_default=False)  # something came that has not been compared
    heard_at = fields.DatetimeField(null=True)  # what its last list said of itself: it never goes back
    taken = fields.IntField(default=0, db_default=0)  # new entries of it, on `taken_on`
    taken_on = fields.DateField(null=True)

    class Meta:
        table = "waiting_peer"

    @classmethod
    async def of(cls, host: str) -> WaitingPeer:
        """The row of this host, made if it is new."""
        return (await cls.get_or_create(host=host))[0]


class WaitingEntry(Record):
    """What one partner has of somebody who waits, under a name that only it knows. Without a member: a canary, for a condition
    that nobody here waits with.
    """

    waiting: fields.ForeignKeyNullableRelation[Waiting] = fields.ForeignKeyField(
        "models.Waiting", related_name="entries", null=True)
    waiting_id: int | None
    actor: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField(
        "models.Actor", related_name="waiting_entries", null=True)
    actor_id: int | None
    host = fields.CharField(max_length=255)
    key = fields.CharField(max_length=64, unique=True)
    code = fields.CharField(max_length=CODE_LENGTH)
    epoch = fields.IntField()
    answer = fields.CharField(max_length=64, default="", db_default="")  # what the partner made of it

    class Meta:
        table = "waiting_entry"
        indexes = (("host", "key"), ("waiting_id",), ("actor_id",))


class WaitingThere(Record):
    """Somebody who waits with a partner: nobody knows with what, until somebody here waits with the same."""

    host = fields.CharField(max_length=255)
    uri = fields.CharField(max_length=500, unique=True)
    epoch = fields.IntField()
    blinded = fields.CharField(max_length=64)
    doubled = fields.CharField(max_length=64)  # the same, blinded by us too
    ends_at = fields.DatetimeField()

    class Meta:
        table = "waiting_there"
        indexes = (("host", "epoch"), ("ends_at",))


class MatchState(StrEnum):
    """Where a match stands, seen from one of the two."""

    NEW = "new"  # found, and not told yet
    TOLD = "told"
    YES = "yes"
    NO = "no"  # the other is told nothing
    MET = "met"


class WaitingMatch(Record):
    """Two people wait with the same condition: the side of one of ours. Nothing but this is told before both say yes."""

    waiting: fields.ForeignKeyRelation[Waiting] = fields.ForeignKeyField("models.Waiting", related_name="matches")
    waiting_id: int
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="waiting_matches")
    actor_id: int
    key = fields.CharField(max_length=22, unique=True, default=new_key)  # its name on our pages
    host = fields.CharField(max_length=255, default="", db_default="")  # "": the other is a member of ours
    other = fields.CharField(max_length=500)  # the name of the other's entry; of ours: the key of their `Waiting`
    state = fields.CharEnumField(MatchState, max_length=8, default=MatchState.NEW)
    offer_uri = fields.CharField(max_length=500, default="", db_default="")  # the other said yes, and waits for ours
    offer_ends_at = fields.DatetimeField(null=True)

    class Meta:
        table = "waiting_match"
        unique_together = (("waiting", "other"),)
        indexes = (("actor_id", "state"), ("host", "other"), ("state", "created_at"))
