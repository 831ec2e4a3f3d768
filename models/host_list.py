"""Lists of servers that others keep: files that were brought in, and addresses that are read again and again."""
from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.functions import Count

from models.base import Record
from models.ids import new_key


class ListKind(StrEnum):
    """What stands on a list."""

    BLOCKS = "blocks"
    ALLOWS = "allows"


class HostList(Record):
    """A list, and what to do with it. `url` is empty for a file."""

    key = fields.CharField(max_length=22, unique=True, default=new_key)
    title = fields.CharField(max_length=200)
    url = fields.CharField(max_length=500, default="", db_default="")
    kind = fields.CharEnumField(ListKind, max_length=8, default=ListKind.BLOCKS)
    priority = fields.IntField(default=0, db_default=0)  # of two lists that name one server the higher decides
    applies = fields.BooleanField(default=False, db_default=False)  # what is on it holds at once, and is not put before a host
    takes_back = fields.BooleanField(default=True, db_default=True)  # a rule goes when it is no longer on the list
    adopts = fields.BooleanField(default=False, db_default=False)  # rules that a person made and it names as well become its own
    etag = fields.CharField(max_length=200, default="", db_default="")
    checked_at = fields.DatetimeField(null=True)
    read_at = fields.DatetimeField(null=True)  # when it was last there
    failing_since = fields.DatetimeField(null=True)
    told_at = fields.DatetimeField(null=True)  # when hosts were told that it is gone
    bad_lines: list[list[Any]] | None = fields.JSONField(null=True)  # [[line number, what stands there], …]

    class Meta:
        table = "host_list"
        indexes = (("checked_at",),)


class EntryState(StrEnum):
    """What became of a line of a list."""

    DRAFT = "draft"  # a host has to decide
    ACCEPTED = "accepted"  # the worker sets the rule
    HOLDS = "holds"
    DECLINED = "declined"


class HostListEntry(Record):
    """One line of a list: a domain and what the list says about it."""

    list: fields.ForeignKeyRelation[HostList] = fields.ForeignKeyField("models.HostList", related_name="entries")
    list_id: int
    name = fields.CharField(max_length=255)
    severity = fields.CharField(max_length=8)  # noop, silence, suspend; "allow"
    rejects_media = fields.BooleanField(default=False, db_default=False)
    rejects_reports = fields.BooleanField(default=False, db_default=False)
    public_comment = fields.CharField(max_length=500, default="", db_default="")
    obfuscates = fields.BooleanField(default=False, db_default=False)
    state = fields.CharEnumField(EntryState, max_length=8, default=EntryState.DRAFT)

    class Meta:
        table = "host_list_entry"
        unique_together = (("list", "name"),)
        indexes = (("name",), ("state", "list_id"))

    @classmethod
    async def lines(cls, list_ids: Sequence[int]) -> dict[tuple[int, EntryState], int]:
        """How many lines of each of these lists are in which state; none where there are none."""
        counted = cls.filter(list_id__in=list(list_ids) or [0]).annotate(lines=Count("id")).group_by("list_id", "state")
        return {(int(str(list_id)), EntryState(state)): int(str(lines))
                for list_id, state, lines in await counted.values_list("list_id", "state", "lines")}


class HostExclude(Record):
    """A domain that no list may touch, nor what is below it."""

    name = fields.CharField(max_length=255, unique=True)

    class Meta:
        table = "host_exclude"
