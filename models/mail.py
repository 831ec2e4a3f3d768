"""Letters that wait to be sent."""
from __future__ import annotations

from enum import StrEnum
from typing import Any

from tortoise import fields

from models import clock
from models.base import Record
from models.errors import CommunityError
from models.member import Member

QUEUE_LIMIT = 5000


class TooManyMails(CommunityError):
    """More mails wait than the server takes: somebody floods it, or the mail server is down."""

    status = 503
    safe = "error.too_many_mails"


class Letter(StrEnum):
    """What a mail is about; each has its template in `themes/base/templates/mail/`."""

    SIGN_IN = "sign_in"
    PASSWORD = "password"  # noqa: S105 - choose a new one
    WELCOME = "welcome"  # somebody joined with this address: confirm it
    CONFIRM = "confirm"  # a member wants this address
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CONSENT = "consent"  # an agreement ends soon, or has ended
    WORK = "work"  # the address at work of somebody who asks for a badge: confirm it
    ARCHIVE = "archive"  # the copy of one's data is ready
    CORRECTION = "correction"  # the team has answered a request to put something right
    CLOSING = "closing"  # the account is hidden, and goes on a day that is named
    RULING = "ruling"  # somebody who cannot sign in any more reads here what was decided, and why
    REPORT_RECEIVED = "report_received"  # to somebody without an account: what they reported has come
    REPORT_ANSWERED = "report_answered"  # and this is what became of it
    CLOSED = "closed"  # everything is erased; who was asked to erase too


class OutgoingMail(Record):
    """A mail that is owed to an address. The row goes when the mail has left.

    It is written the same way whether or not anybody here has that address: only the worker looks, so that the page
    which asked can tell nobody. Links are made when the mail is, so that no token ever waits here.
    """

    kind = fields.CharEnumField(Letter, max_length=16)
    recipient = fields.CharField(max_length=254)
    member: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField("models.Member", related_name="mails", null=True)
    member_id: int | None
    language = fields.CharField(max_length=20, default="", db_default="")
    details: dict[str, Any] = fields.JSONField(default=dict)  # what the template wants besides
    attempts = fields.IntField(default=0, db_default=0)
    due_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "outgoing_mail"
        indexes = (("due_at", "id"),)

    @classmethod
    async def owe(cls, kind: Letter, recipient: str, member: Member | None = None, language: str = "",
                  details: dict[str, Any] | None = None) -> None:
        """Queue a mail; TooManyMails when the queue is full."""
        if member is not None and await Member.filter(id=member.id, deceased_at__isnull=False).exists():
            return  # nothing comes to the dead
        if await cls.all().count() >= QUEUE_LIMIT:
            raise TooManyMails("mail queue")
        await cls.create(kind=kind, recipient=recipient, member=member, language=language, details=details or {})
