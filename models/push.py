"""Where members' apps want to be woken (Web Push, RFC 8030), and what is on its way there."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tortoise import fields

from models import clock
from models.actor import Actor
from models.base import Record
from models.client import AccessToken
from models.database import as_list, listed, tuples

WAITING_LIMIT = 50  # of one app: one that is away for long reads its notices when it is back


class PushKey(Record):
    """The key pair by which push services know this community (VAPID, RFC 8292). One row, made at its first use."""

    private_pem = fields.TextField()

    class Meta:
        table = "push_key"


class PushSubscription(Record):
    """The address that one app of a member gave, and the keys that only this app can read with (RFC 8291).

    It goes with the app's token. `alerts` and `policy` hold the words of the client API, which alone reads them.
    """

    token: fields.OneToOneRelation[AccessToken] = fields.OneToOneField("models.AccessToken", related_name="push_subscription")
    token_id: int
    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="push_subscriptions")
    owner_id: int
    endpoint = fields.CharField(max_length=2000)
    public_key = fields.CharField(max_length=100)  # p256dh, base64url
    secret = fields.CharField(max_length=32)  # auth, base64url
    is_standard = fields.BooleanField(default=False, db_default=False)  # RFC 8291, and not the draft of it that older apps read
    alerts: dict[str, Any] = fields.JSONField(default=dict)
    policy = fields.CharField(max_length=10, default="all", db_default="all")
    failures = fields.IntField(default=0, db_default=0)  # given up in a row

    class Meta:
        table = "push_subscription"
        indexes = (("owner_id",),)


class OutgoingPush(Record):
    """One notice that is owed to one app. The row goes when it has arrived, or was given up.

    What is sent is made when it is sent: nothing waits here that a lock screen could show.
    """

    subscription: fields.ForeignKeyRelation[PushSubscription] = fields.ForeignKeyField(
        "models.PushSubscription", related_name="waiting")
    subscription_id: int
    notification: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField("models.Notification", related_name="pushes")
    notification_id: int
    attempts = fields.IntField(default=0, db_default=0)
    due_at = fields.DatetimeField(default=clock.now)

    class Meta:
        table = "outgoing_push"
        indexes = (("due_at", "id"), ("subscription_id",), ("notification_id",))

    @classmethod
    async def owe_all(cls, told: Mapping[int, int]) -> None:
        """Owe notices (id -> recipient), as far as they were written, to the apps of their recipients. An app for which too much
        waits already goes without.
        """
        asked = [as_list(set(told.values())), as_list(told)]
        wanted = (f"SELECT s.id, n.id FROM push_subscription s JOIN notification n ON n.recipient_id = s.owner_id"  # noqa: S608
                  f" WHERE {listed('s.owner_id')} AND {listed('n.id')} ORDER BY n.id")
        for subscription_id, notification_id in await tuples(wanted, asked) if told else ():
            if await cls.filter(subscription_id=subscription_id).limit(WAITING_LIMIT).count() < WAITING_LIMIT:
                await cls.create(subscription_id=subscription_id, notification_id=notification_id)
