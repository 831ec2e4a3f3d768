"""People who sign in here, and the doors they come through."""
from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Any

from tortoise import fields

from models import clock
from models.actor import Actor
from models.base import LedgerRow, Record
from models.commits import in_transaction
from models.reach import Reach


class Role(StrEnum):
    """What a member may do here. A role is given by a person's act, and logged."""

    MEMBER = "member"
    MODERATOR = "moderator"
    HOST = "host"
    MANAGED = "managed"  # somebody who does not act for themselves, and has guardians

    @property
    def is_staff(self) -> bool:
        """Moderators and hosts."""
        return self in (Role.MODERATOR, Role.HOST)


class MemberState(StrEnum):
    """Where someone is on the way in or out. Only an active member can sign in."""

    WAITING = "waiting"  # asked to join, a person of the team has yet to answer
    ACTIVE = "active"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    DECEASED = "deceased"
    CLOSING = "closing"  # leaves, is hidden, and can still come back


class TextSize(IntEnum):
    """Text size in per cent."""

    NORMAL = 100
    LARGE = 120
    LARGER = 150


class Member(Record):
    """The person behind one of our actors: how to reach them and how they like to read. Never leaves this server."""

    actor: fields.OneToOneRelation[Actor] = fields.OneToOneField("models.Actor", related_name="member")
    actor_id: int
    email = fields.CharField(max_length=254, null=True, unique=True)  # lower case, and proven by a mailed link
    new_email = fields.CharField(max_length=254, default="", db_default="")  # said to be theirs, not confirmed: not unique
    email_confirmed_at = fields.DatetimeField(null=True)
    password_hash = fields.CharField(max_length=200, default="", db_default="")  # empty: signs in by mailed link only
    role = fields.CharEnumField(Role, max_length=16, default=Role.MEMBER)
    state = fields.CharEnumField(MemberState, max_length=16, default=MemberState.ACTIVE)
    situation = fields.CharField(max_length=32, default="", db_default="")  # the join wizard's answer, shown to nobody
    about = fields.TextField(default="", db_default="")  # Markdown as typed; its HTML is the actor's summary
    answer = fields.TextField(default="", db_default="")  # to the community's question, read by the team
    language = fields.CharField(max_length=20, default="", db_default="")
    default_reach = fields.CharEnumField(Reach, max_length=16, default=Reach.COMMUNITY)
    undo_seconds = fields.IntField(default=30, db_default=30)  # 0: messages leave at once
    reading: dict[str, Any] = fields.JSONField(default=dict)  # mode, rest, text size, notes folded or open
    decided_at = fields.DatetimeField(null=True)
    newcomer_since = fields.DatetimeField(null=True)  # came without an invitation, and is not trusted yet
    birth_year = fields.IntField(null=True)  # of a managed profile, where ages matter: shown to nobody else, sent nowhere
    country = fields.CharField(max_length=2, default="", db_default="")  # the same: whose ages count; "": the community's
    grew_up_at = fields.DatetimeField(null=True)  # when agreements given for them were frozen: the age to agree themselves
    came_of_age_at = fields.DatetimeField(null=True)  # the same, at 18, for research, pictures and genes
    took_over_at = fields.DatetimeField(null=True)  # when they answered, and act for themselves
    break_until = fields.DatetimeField(null=True)  # of the team: until then no notice of a new case comes
    deceased_at = fields.DatetimeField(null=True)  # when the team confirmed it
    after_death: list[str] | None = fields.JSONField(null=True)  # which kinds of content the member wants kept, without a name
    mentor_asked_at = fields.DatetimeField(null=True)  # the team would like them to welcome newcomers
    mentor_since = fields.DatetimeField(null=True)  # and they said yes
    newcomers_limit = fields.IntField(default=3, db_default=3)  # whom they welcome at the same time

    class Meta:
        table = "member"
        indexes = (("state", "id"),)

    @property
    def is_on_break(self) -> bool:
        """Whether they asked to be left alone for a while: nobody hands them a case, and no notice of one comes."""
        return self.break_until is not None and self.break_until > clock.now()

    async def read_like(self, **chosen: Any) -> None:
        """Change some of how they like to read; what another browser of theirs chooses meanwhile stays."""
        async with in_transaction():
            now = await Member.filter(id=self.id).select_for_update(no_key=True).only("id", "reading").get()
            await self.change(reading={**now.reading, **chosen})


class Session(Record):
    """One signed-in browser. The cookie holds the token, this row only its digest."""

    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField("models.Member", related_name="sessions")
    member_id: int
    token_digest = fields.CharField(max_length=64, unique=True)
    device = fields.CharField(max_length=80, default="", db_default="")  # "Firefox, Android": never the whole header
    seen_on = fields.DateField(null=True)  # a day, not an hour: when someone is online tells how they are
    expires_at = fields.DatetimeField()
    acting_for_id = fields.BigIntField(null=True)  # the actor of a managed profile; ends with the session

    class Meta:
        table = "session"
        indexes = (("member_id",),)


class LinkPurpose(StrEnum):
    """What a mailed or printed one-time link does."""

    SIGN_IN = "sign_in"
    PASSWORD = "password"  # noqa: S105 - choose a new one
    CONFIRM = "confirm"  # this address is mine
    OPEN = "open"  # the first host opens the community
    WORK = "work"  # an address at work is mine: for a badge
    RETURN = "return"  # somebody who leaves has shown who they are, and may come back
    STATEMENT = "statement"  # somebody who cannot sign in any more reads what was decided about them: not spent by use


class SignInLink(Record):
    """A one-time link. Spent by use, by age, and by the next one of the same kind."""

    member: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField("models.Member", related_name="links", null=True)
    member_id: int | None
    purpose = fields.CharEnumField(LinkPurpose, max_length=16)
    token_digest = fields.CharField(max_length=64, unique=True)
    email = fields.CharField(max_length=254, default="", db_default="")  # the address it went to, which its use proves
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sign_in_link"
        indexes = (("member_id",),)


class Invitation(Record):
    """A link that lets someone join, made by a member of the team."""

    token_digest = fields.CharField(max_length=64, unique=True)
    made_by: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField(
        "models.Actor", related_name="invitations", null=True)
    made_by_id: int | None
    role = fields.CharEnumField(Role, max_length=16, default=Role.MEMBER)
    uses_left = fields.IntField(default=1)
    expires_at = fields.DatetimeField()

    class Meta:
        table = "invitation"


class AuditEntry(LedgerRow):
    """Who of the team did what. Ids only: what they point at may be erased, the fact stays."""

    actor_id = fields.BigIntField(null=True)  # empty: the command line
    action = fields.CharField(max_length=40)
    target = fields.CharField(max_length=255, default="", db_default="")
    reason = fields.CharField(max_length=500, default="", db_default="")

    class Meta:
        table = "audit_entry"
        indexes = (("target", "id"),)
