"""Rosters: which communities an umbrella association counts as its network, by version."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from tortoise import fields

from models import clock
from models.base import Record


class Roster(Record):
    """One signed version, as it is served or as it came. Of another association only the newest is kept."""

    host = fields.CharField(max_length=255, default="", db_default="")  # of the association; "": ours
    version = fields.IntField()
    uri = fields.CharField(max_length=500)
    document: dict[str, Any] = fields.JSONField(default=dict)
    members: list[str] = fields.JSONField(default=list)  # the instance actors that it lists
    ends_at = fields.DatetimeField()
    received_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "roster"
        unique_together = (("host", "version"),)

    @classmethod
    async def newest(cls, host: str = "") -> Roster | None:
        """The last version that we know, run out or not."""
        return await cls.filter(host=host).order_by("-version").first()

    def lists(self, uri: str, at: datetime | None = None) -> bool:
        """Whether it counts now, and this community to the network."""
        return self.ends_at > (at or clock.now()) and uri in self.members
