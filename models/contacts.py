"""Associations, expert centres and professionals of public registers, as the host lists them. None of them is a member."""
from __future__ import annotations

from enum import StrEnum

from tortoise import fields

from models.base import Record
from models.ids import new_key


class ContactKind(StrEnum):
    """What stands in the list."""

    ASSOCIATION = "association"
    CENTRE = "centre"
    PROFESSIONAL = "professional"


class Contact(Record):
    """One entry. Where it was read, and when, is told beside it."""

    key = fields.CharField(max_length=22, unique=True, default=new_key)
    kind = fields.CharEnumField(ContactKind, max_length=16)
    name = fields.CharField(max_length=200)
    country = fields.CharField(max_length=2)  # ISO 3166-1 alpha-2
    place = fields.CharField(max_length=200, default="", db_default="")  # "Lyon"
    url = fields.CharField(max_length=500, default="", db_default="")
    source = fields.CharField(max_length=300)  # "Orphanet", or the address of a register
    checked_on = fields.DateField()  # when it stood there

    class Meta:
        table = "contact"
        unique_together = (("kind", "name", "country", "place"),)
        indexes = (("country", "kind", "name"),)
