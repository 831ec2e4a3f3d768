"""Apps that members use instead of the pages, and what each may do (OAuth 2.0, RFC 6749).

Of every secret only the digest is kept: a stolen copy of the database opens nothing.
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from tortoise import fields
from tortoise.expressions import Subquery

from models import clock
from models.base import Record
from models.ids import new_key
from models.member import Member, MemberState


class ClientApp(Record):
    """An app as it made itself known. Nobody has checked its name: anybody can register one."""

    key = fields.CharField(max_length=22, unique=True, default=new_key)  # client_id
    secret_digest = fields.CharField(max_length=64, default="", db_default="")
    name = fields.CharField(max_length=100)
    website = fields.CharField(max_length=500, default="", db_default="")
    redirect_uris: list[str] = fields.JSONField(default=list)
    scopes: list[str] = fields.JSONField(default=list)  # the most that it may ask for

    class Meta:
        table = "client_app"


class AuthorizationCode(Record):
    """A member's yes on its way to the app: good once, for some minutes (RFC 6749 §4.1.2)."""

    token_digest = fields.CharField(max_length=64, unique=True)
    app: fields.ForeignKeyRelation[ClientApp] = fields.ForeignKeyField("models.ClientApp", related_name="codes")
    app_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField("models.Member", related_name="codes")
    member_id: int
    redirect_uri = fields.CharField(max_length=2000)
    scopes: list[str] = fields.JSONField(default=list)
    challenge = fields.CharField(max_length=128, default="", db_default="")  # PKCE, S256 (RFC 7636); empty: without
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "authorization_code"
        indexes = (("app_id",), ("member_id",))


class AccessToken(Record):
    """What an app shows with each request. It does not expire; its member ends it, or whatever ends their sessions.

    Without a member it is the app's own (client credentials), and opens next to nothing.
    """

    token_digest = fields.CharField(max_length=64, unique=True)
    app: fields.ForeignKeyRelation[ClientApp] = fields.ForeignKeyField("models.ClientApp", related_name="tokens")
    app_id: int
    member: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField("models.Member", related_name="tokens", null=True)
    member_id: int | None
    code: fields.ForeignKeyNullableRelation[AuthorizationCode] = fields.ForeignKeyField(
        "models.AuthorizationCode", related_name="tokens", null=True, on_delete=fields.SET_NULL)
    code_id: int | None
    scopes: list[str] = fields.JSONField(default=list)
    used_on: date | None = fields.DateField(null=True)  # a day, as with sessions

    class Meta:
        table = "access_token"
        indexes = (("app_id",), ("member_id",), ("code_id",))

    @classmethod
    async def in_force(cls, ids: Sequence[int]) -> list[int]:
        """Which of these still open something."""
        good = cls.filter(id__in=ids, member__state=MemberState.ACTIVE, member__actor__suspended_at__isnull=True,
                          member__actor__deleted_at__isnull=True)
        return [int(str(id_)) for id_ in await good.values_list("id", flat=True)]

    @classmethod
    async def forget_unused(cls, before: datetime) -> int:
        """Codes that are spent or too old, and apps as old that nobody uses; how many apps there were."""
        await AuthorizationCode.filter(expires_at__lt=clock.now()).delete()
        used = Subquery(cls.all().values("app_id"))
        return await ClientApp.filter(created_at__lt=before).exclude(id__in=used).delete()
