"""What the team has decided: rows that are written once, and the words that the person was told, which can be erased."""
from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from tortoise import fields

from models.actor import Actor
from models.base import LedgerRow, Record
from models.case import Matter
from models.sealed import Owned


class Act(StrEnum):
    """What can be decided, about a message or about a person; the mildest first."""

    NOTE = "note"  # a note of the moderators under a message
    LABEL = "label"  # a content note in front of it
    HIDE = "hide"
    HOLD = "hold"  # back into the queue, with its author
    RESOLVE = "resolve"  # marked as settled: no more answers
    DELETE = "delete"
    WARN = "warn"
    LIMIT = "limit"  # seen by those who follow them alone
    FREEZE = "freeze"  # reads, and writes nothing
    SUSPEND = "suspend"  # with days in which it can be undone
    BAN = "ban"  # for good: two people decide
    NOTHING = "nothing"  # no rule was broken


class Ruling(LedgerRow):
    """One decision: ids and codes only, so that the log stays when what it points at is erased."""

    case_id = fields.BigIntField(null=True)
    act = fields.CharEnumField(Act, max_length=12)
    subject_id = fields.BigIntField()  # the actor whom it concerns
    object_uri = fields.CharField(max_length=500, default="", db_default="")  # the message, where it is about one
    matter = fields.CharEnumField(Matter, max_length=12)
    rule = fields.IntField(default=0, db_default=0)  # of the community, from 1, as their page counts; 0: none of them
    by_id = fields.BigIntField(null=True)  # the actor of the team; empty: the command line
    second_id = fields.BigIntField(null=True)  # who agreed, where it takes two
    undoes_id = fields.BigIntField(null=True)  # the ruling that this one takes back
    until = fields.DatetimeField(null=True)  # a limit or freeze ends then; a suspension can be undone until then
    automated = fields.BooleanField(default=False, db_default=False)  # a rule of the server pointed it out

    class Meta:
        table = "ruling"
        indexes = (("subject_id", "id"), ("case_id",), ("object_uri", "id"), ("undoes_id",), ("until",))


class AppealState(StrEnum):
    """How it stands with somebody's wish for another look."""

    NONE = "none"
    ASKED = "asked"
    UPHELD = "upheld"  # the ruling stands
    GRANTED = "granted"  # it was taken back


class Statement(Owned):
    """The statement of reasons (Regulation (EU) 2022/2065, article 17) as the person reads it, and their one appeal."""

    SEALS: ClassVar = ("facts", "text", "appeal", "answer")

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="statements")
    owner_id: int
    ruling_id = fields.BigIntField(unique=True)
    facts = fields.TextField(default="")  # what happened, as the team saw it
    text = fields.TextField(default="")  # the words of the template, with what was changed in them
    language = fields.CharField(max_length=20, default="", db_default="")
    read_at = fields.DatetimeField(null=True)
    state = fields.CharEnumField(AppealState, max_length=8, default=AppealState.NONE, db_default=AppealState.NONE.value)
    appeal = fields.TextField(default="")
    asked_at: datetime | None = fields.DatetimeField(null=True)
    heard_by_id = fields.BigIntField(null=True)  # the actor of the team, and never the one who decided
    answer = fields.TextField(default="")
    answered_at: datetime | None = fields.DatetimeField(null=True)
    case_id = fields.BigIntField(null=True)  # where the appeal is heard

    class Meta:
        table = "statement"
        indexes = (("owner_id", "id"), ("state", "id"), ("case_id",))


class Barred(Record):
    """A name or an e-mail address that does not come back after a ban, as a mark (`vault`): nobody can read here whose it was."""

    digest = fields.CharField(max_length=64, unique=True)
    ruling_id = fields.BigIntField()

    class Meta:
        table = "barred"
        indexes = (("ruling_id",),)
