"""What members ask for under their rights: all their data, data brought along, a correction, and to leave."""
from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from tortoise import fields

from models.actor import Actor
from models.base import Record
from models.ids import new_key
from models.sealed import Owned


class ArchiveState(StrEnum):
    """Of a copy of everything about a member."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"  # too large, or our fault


class Archive(Record):
    """A copy of everything about a member, in a file named by `key`. One for each member: a new one takes its place."""

    owner: fields.OneToOneRelation[Actor] = fields.OneToOneField("models.Actor", related_name="archive")
    owner_id: int
    key = fields.CharField(max_length=22, unique=True, default=new_key)
    state = fields.CharEnumField(ArchiveState, max_length=8, default=ArchiveState.WAITING)
    size_bytes = fields.BigIntField(default=0, db_default=0)
    expires_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "archive"
        indexes = (("state", "id"),)


class Departure(Record):
    """Somebody leaves, or has left. Until `ends_at` they can come back; then their data go in steps, which can be repeated."""

    actor: fields.OneToOneRelation[Actor] = fields.OneToOneField("models.Actor", related_name="departure")
    actor_id: int
    ends_at: datetime = fields.DatetimeField()
    keeps: list[str] = fields.JSONField(default=list)  # which kinds of content stay, without a name
    reason = fields.CharField(max_length=500, default="", db_default="")  # of the community, where it was the host's act
    told_at = fields.DatetimeField(null=True)  # when other servers were told
    ended_at = fields.DatetimeField(null=True)  # when everything was gone
    keys_gone_at = fields.DatetimeField(null=True)  # when nothing had to be signed any more
    name_digest = fields.CharField(max_length=64, default="", db_default="")  # SHA-256: the name is never given again

    class Meta:
        table = "departure"
        indexes = (("ended_at", "ends_at"), ("name_digest",))


class BroughtKind(StrEnum):
    """What can be brought along from another server."""

    FOLLOW = "follow"
    BLOCK = "block"
    HOST = "host"  # a whole server that is blocked
    MUTE = "mute"
    BOOKMARK = "bookmark"
    LIST = "list"
    MESSAGE = "message"
    PROFILE = "profile"  # its text, to be used or not


class Outcome(StrEnum):
    """What became of one line."""

    WAITING = "waiting"
    DONE = "done"
    KNOWN = "known"  # it was so already
    ASKED = "asked"  # the other person has to say yes
    UNKNOWN = "unknown"  # nobody and nothing is there
    REFUSED = "refused"  # a rule forbids it
    CONSENT = "consent"  # the member has not agreed to being known elsewhere
    BROKEN = "broken"  # the line says nothing that we understand


class Brought(Owned):
    """One line of what a member brought along, and what became of it."""

    SEALS: ClassVar = ("value", "details")

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="brought")
    owner_id: int
    kind = fields.CharEnumField(BroughtKind, max_length=8)
    value = fields.CharField(max_length=500)  # an address, an id, or the beginning of a text
    details: dict[str, Any] = fields.JSONField(default=dict)
    outcome = fields.CharEnumField(Outcome, max_length=8, default=Outcome.WAITING)

    class Meta:
        table = "brought"
        indexes = (("owner_id", "id"), ("outcome", "id"))


class Correction(Owned):
    """What a member asks the team to put right that they cannot change themselves."""

    SEALS: ClassVar = ("text", "answer")

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="corrections")
    owner_id: int
    text = fields.TextField()
    answer = fields.TextField(default="", db_default="")
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "correction"
        indexes = (("owner_id", "id"), ("answered_at", "id"))
