"""Charters: what a community promises about the people it keeps, its own and those of its partners, by version."""
from __future__ import annotations

from typing import Any

from tortoise import fields

from models import clock
from models.base import Record


class Charter(Record):
    """One signed version, as it is served or as it came. Versions are added, and only a partner's oldest ones ever go."""

    host = fields.CharField(max_length=255, default="", db_default="")  # of the partner; "": ours
    version = fields.IntField()
    uri = fields.CharField(max_length=500)
    digest = fields.CharField(max_length=64)  # of the document without its proof, SHA-256 in hexadecimal
    document: dict[str, Any] = fields.JSONField(default=dict)
    received_at = fields.DatetimeField(default=clock.now)
    agreed_at = fields.DatetimeField(null=True)  # since when we exchange under it; of ours: since when we promise it

    class Meta:
        table = "charter"
        unique_together = (("host", "version"),)

    @classmethod
    async def newest(cls, host: str = "") -> Charter | None:
        """The last version that we know of this host, agreed or not."""
        return await cls.filter(host=host).order_by("-version").first()

    @classmethod
    async def agreed(cls, host: str) -> Charter | None:
        """The version under which we exchange with this host."""
        return await cls.filter(host=host, agreed_at__isnull=False).order_by("-version").first()
