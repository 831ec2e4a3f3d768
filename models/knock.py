"""Servers that we know nothing of and that knocked: bounded, and forgotten after a while."""
from __future__ import annotations

from datetime import timedelta

from tortoise import fields
from tortoise.expressions import F

from models import clock, memory
from models.base import Record

LIFETIME = timedelta(days=30)
NEW_A_DAY = 200
NEW_OF_A_PARENT_A_DAY = 5
DAY = timedelta(days=1)


class Knock(Record):
    """A name that sent something while unknown. Nothing about it is proven: no key of a stranger is fetched for this."""

    name = fields.CharField(max_length=255, unique=True)
    parent = fields.CharField(max_length=255)  # the part of the name that somebody had to register, near enough
    count = fields.IntField(default=1, db_default=1)  # at most one a minute
    last_at = fields.DatetimeField(default=clock.now)
    kind = fields.CharField(max_length=20, default="", db_default="")  # of the newest activity
    ignored_at = fields.DatetimeField(null=True)  # a host wants to hear no more of it
    software = fields.CharField(max_length=100, default="", db_default="")  # as it names itself

    class Meta:
        table = "knock"
        indexes = (("created_at",), ("last_at",))

    @classmethod
    async def heard(cls, name: str, parent: str, kind: str, software: str) -> None:
        """Somebody with this name knocked. A flood of names stops at a number for each day, and for each parent domain: for a
        minute the answer is remembered, and costs no query.
        """
        recent = memory.current().knocks
        if recent.has(name) or recent.has(f".{parent}") or recent.has("."):
            return
        recent.put(name, True)
        seen = cls.filter(name=name)
        if await seen.update(count=F("count") + 1, last_at=clock.now(), kind=kind, software=software):
            return
        today = cls.filter(created_at__gt=clock.now() - DAY)
        if await today.count() >= NEW_A_DAY:
            recent.put(".", True)
        elif await today.filter(parent=parent).count() >= NEW_OF_A_PARENT_A_DAY:
            recent.put(f".{parent}", True)
        else:
            await cls.get_or_create({"parent": parent, "kind": kind, "software": software}, name=name)

    @classmethod
    async def forget_old(cls) -> None:
        """Those that were silent for long."""
        await cls.filter(last_at__lt=clock.now() - LIFETIME).delete()
