"""Small pictures that other servers use in the text (FEP-9098)."""
from __future__ import annotations

from tortoise import fields

from models.base import Record
from models.ids import new_key


class Emoji(Record):
    """A picture for ":name:" in messages of one host. Its file is named by `key`, once the worker has fetched it."""

    key = fields.CharField(max_length=22, unique=True, default=new_key)
    host = fields.CharField(max_length=255)
    name = fields.CharField(max_length=100)
    remote_uri = fields.CharField(max_length=500)
    fetch_attempts = fields.IntField(default=0, db_default=0)
    stored_at = fields.DatetimeField(null=True)

    class Meta:
        table = "emoji"
        unique_together = (("host", "name"),)
        indexes = (("stored_at", "fetch_attempts"),)
