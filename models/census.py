"""In which countries people are, as bands: ours of today, and what partners told us of theirs."""
from __future__ import annotations

from tortoise import fields

from models import clock
from models.base import Record
from models.ids import new_token


class Census(Record):
    """One row of each community; `host` is "" for ours."""

    host = fields.CharField(max_length=255, unique=True)
    bands: dict[str, str] = fields.JSONField(default=dict)  # country -> moderation.counts.Band; none of the lowest
    published_at = fields.DatetimeField(null=True)
    ends_at = fields.DatetimeField(null=True)  # nothing of it is told after
    asked_at = fields.DatetimeField(null=True)  # when we last asked this partner
    secret = fields.CharField(max_length=64, default=new_token)  # of ours: hides where exactly a band begins

    class Meta:
        table = "census"

    @classmethod
    async def of(cls, host: str = "") -> Census:
        """The row of this community, made if it is new."""
        return (await cls.get_or_create(host=host))[0]

    @classmethod
    async def of_partners(cls, hosts: list[str]) -> list[Census]:
        """What these have told that still counts."""
        return await cls.filter(host__in=hosts or ["-"], ends_at__gt=clock.now())
