"""Whom to call: the lines that a host has written, and who was alerted in which case."""
from __future__ import annotations

from enum import StrEnum

from tortoise import fields

from models.base import LedgerRow, Record


class LineKind(StrEnum):
    """What a line is for."""

    EMERGENCY = "emergency"  # somebody's life, now
    EUROPE = "europe"  # the same, where a country has a number of its own beside 112
    EMERGENCY_TEXT = "emergency_text"  # the same, for people for whom hearing or speaking is hard
    DARK_THOUGHTS = "dark_thoughts"
    DARK_TEXT = "dark_text"  # the same, by text message

    @property
    def is_by_text(self) -> bool:
        """Whether one writes to it."""
        return self in (LineKind.EMERGENCY_TEXT, LineKind.DARK_TEXT)


class CrisisLine(Record):
    """One number of a country, as the host of this community wrote it. A country without rows shows those of the release
    (`server.community.crisis`), so that a correction there reaches every community that has not changed it.
    """

    country = fields.CharField(max_length=2)  # ISO 3166-1 alpha-2
    kind = fields.CharEnumField(LineKind, max_length=16)
    number = fields.CharField(max_length=20)
    source = fields.CharField(max_length=300)  # where it can be checked: an address
    checked_on = fields.DateField()

    class Meta:
        table = "crisis_line"
        indexes = (("country", "id"),)


class Alerted(StrEnum):
    """Who was told that somebody may be in danger, or what was done in their place."""

    WROTE = "wrote"  # the team wrote to the person
    LINES = "lines"  # and gave them the lines of their country
    EMERGENCY = "emergency"  # an emergency service
    CONTACT = "contact"  # somebody of their family, or whom they had named
    OTHER_TEAM = "other_team"  # the team of the person's own server
    COLLEAGUE = "colleague"  # somebody else of our team was woken
    SAFE = "safe"  # the person answered, and is not alone


class Escalation(LedgerRow):
    """One step in a case of danger: who of the team alerted whom, and when. Ids and codes only, so that it can stay."""

    case_id = fields.BigIntField()
    by_id = fields.BigIntField()  # the actor of the team
    alerted = fields.CharEnumField(Alerted, max_length=12)

    class Meta:
        table = "escalation"
        indexes = (("case_id", "id"),)
