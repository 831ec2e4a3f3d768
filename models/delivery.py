"""Both queues: what has come in and waits to be carried out, what goes out and waits to arrive."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self

from tortoise import fields
from tortoise.functions import Count

from models import clock, vault
from models.actor import Actor
from models.base import Record
from models.case import Case, Matter
from models.database import as_instant, rows
from models.sealed import Sealed


class ItemState(StrEnum):
    """Of an activity that came in."""

    NEW = "new"
    DONE = "done"
    REFUSED = "refused"  # proven, but not theirs to say, or malformed inside
    BROKEN = "broken"  # our fault, tried often enough: a person should look


#: Activities of ours that say what a message says.
TELLING = ("Create", "Update", "ReplyRequest")


class InboxItem(Record):
    """An activity whose sender is proven, stored before it is answered 202. Its id ends duplicates."""

    activity_uri = fields.CharField(max_length=500)
    sender_uri = fields.CharField(max_length=500)
    body = fields.TextField()  # JSON as received, emptied once it is done
    state = fields.CharEnumField(ItemState, max_length=8, default=ItemState.NEW)
    attempts = fields.IntField(default=0, db_default=0)
    due_at = fields.DatetimeField(default=clock.now)
    outcome = fields.CharField(max_length=100, default="", db_default="")

    @classmethod
    def _init_from_db(cls, **kwargs: Any) -> Self:
        made = super()._init_from_db(**kwargs)
        made.body = vault.out_of_passage(made.__dict__.get("body") or "")
        return made

    class Meta:
        table = "inbox_item"
        unique_together = (("activity_uri", "sender_uri"),)
        indexes = (("state", "due_at"),)


class OutgoingActivity(Sealed):
    """An activity of ours, serialised once, whoever it goes to. One that tells of something private is sealed for its actor."""

    SEALS: ClassVar = ("body",)

    key = fields.CharField(max_length=22, unique=True)
    uri = fields.CharField(max_length=500, unique=True)
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="outgoing")
    actor_id: int
    kind = fields.CharField(max_length=20)
    object_uri = fields.CharField(max_length=500)  # what it is about: deliveries about one thing keep their order
    body = fields.TextField()

    class Meta:
        table = "outgoing_activity"
        indexes = (("object_uri",), ("actor_id",))

    async def holders(self) -> tuple[int, ...]:
        """Nobody, unless `readers` says its actor."""
        return ()


class DeliveryState(StrEnum):
    """Of one activity on its way to one inbox."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"  # refused for good, or given up after `delivery_give_up_seconds`


class Delivery(Record):
    """One activity for one inbox. Written in the transaction of the act that it tells of."""

    activity: fields.ForeignKeyRelation[OutgoingActivity] = fields.ForeignKeyField("models.OutgoingActivity",
                                                                                   related_name="deliveries")
    activity_id: int
    host = fields.CharField(max_length=255)
    inbox_uri = fields.CharField(max_length=500)
    object_uri = fields.CharField(max_length=500)
    state = fields.CharEnumField(DeliveryState, max_length=8, default=DeliveryState.WAITING)
    attempts = fields.IntField(default=0, db_default=0)
    due_at = fields.DatetimeField(default=clock.now)
    status = fields.IntField(default=0, db_default=0)  # the last HTTP status, 0: none came
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "delivery"
        unique_together = (("activity", "inbox_uri"),)
        indexes = (("state", "host", "due_at"), ("host", "object_uri", "id"))

    @classmethod
    async def waiting_for(cls, hosts: Sequence[str]) -> dict[str, int]:
        """How many are on their way to each of these hosts; those of none are left out."""
        waiting = cls.filter(state=DeliveryState.WAITING, host__in=list(hosts) or [""])
        counted = await waiting.annotate(deliveries=Count("id")).group_by("host").values_list("host", "deliveries")
        return {str(host): int(str(deliveries)) for host, deliveries in counted}


@dataclass(frozen=True, slots=True)
class HostCopies:
    """How many things of a member a server was told, and of how many it took a Delete or Undo, each with the last time."""

    host: str
    told: int
    ended: int
    last_at: datetime
    ended_at: datetime | None


class Disclosure(Record):
    """That a thing of a member reached another server: the list that deletions follow, and that the member can read."""

    object_uri = fields.CharField(max_length=500)
    host = fields.CharField(max_length=255)
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="disclosures")
    actor_id: int
    kind = fields.CharField(max_length=20)  # how it left first: "Create", "Follow", …, or "fetch"
    consent_id = fields.BigIntField(null=True)  # the ConsentRecord in force then
    last_at = fields.DatetimeField(default=clock.now)
    ended_at = fields.DatetimeField(null=True)  # a Delete or Undo of it has arrived there

    class Meta:
        table = "disclosure"
        unique_together = (("object_uri", "host"),)
        indexes = (("actor_id", "id"),)

    @classmethod
    async def by_host(cls, actor_id: int) -> list[HostCopies]:
        """How much of a member's each server has or had, by name; at most 500 servers."""
        found = await rows(
            "SELECT d.host AS host, COUNT(*) AS told, COUNT(d.ended_at) AS ended, MAX(d.last_at) AS last_at,"
            " MAX(d.ended_at) AS ended_at FROM disclosure d WHERE d.actor_id = ? GROUP BY d.host ORDER BY d.host LIMIT 500",
            [actor_id])
        return [HostCopies(str(row["host"]), int(row["told"]), int(row["ended"]), as_instant(row["last_at"]),
                           as_instant(row["ended_at"]) if row["ended_at"] else None) for row in found]


@dataclass(frozen=True, slots=True)
class HostRecalls:
    """How the Deletes and Undos of a member to one server stand: how many wait, how many were never taken; the oldest."""

    host: str
    waiting: int
    lost: int
    asked_at: datetime


async def recalls_by_host(actor_id: int) -> dict[str, HostRecalls]:
    """The same for each server, by name: of what waits if something does, else of what was lost, else of all."""
    waits, lost = "d.state = 'waiting'", "d.state = 'failed' AND d.attempts > 0"
    found = await rows(
        f"SELECT d.host AS host, SUM(CASE WHEN {waits} THEN 1 ELSE 0 END) AS waiting,"  # noqa: S608
        f" SUM(CASE WHEN {lost} THEN 1 ELSE 0 END) AS lost, COALESCE(MIN(CASE WHEN {waits} THEN d.created_at END),"
        f" MIN(CASE WHEN {lost} THEN d.created_at END), MIN(d.created_at)) AS asked_at FROM outgoing_activity o"
        " JOIN delivery d ON d.activity_id = o.id WHERE o.actor_id = ? AND o.kind IN ('Delete', 'Undo') GROUP BY d.host",
        [actor_id])
    return {str(row["host"]): HostRecalls(str(row["host"]), int(row["waiting"]), int(row["lost"]), as_instant(row["asked_at"]))
            for row in found}


class ReportOutcome(StrEnum):
    """What became of what somebody reported; also on the wire between communities (FEDERATION.md)."""

    UNSAID = ""
    NOTHING = "nothing"  # no rule was broken
    ACTED = "acted"  # the team did something
    REMOVED = "removed"  # the message is gone, or hidden


TWICE_WITHIN = timedelta(minutes=10)
#: What two reports have in common that are one, besides the messages and rules that they name.
_SAME = ("sender_host", "reporter_id", "target_id", "page_url", "matter", "text")


class Report(Record):
    """What a member, a server by a Flag, or somebody without an account tells the team. Open until someone of it answers."""

    uri = fields.CharField(max_length=500, unique=True)  # also the id of the Flag that tells another server of it
    sender_host = fields.CharField(max_length=255)  # empty: a member of ours, `reporter`, or somebody without an account
    reporter: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField(
        "models.Actor", related_name="reports_made", null=True)
    reporter_id: int | None
    target: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="reports", null=True)
    target_id: int | None
    post_uris: list[str] = fields.JSONField(default=list)
    case: fields.ForeignKeyNullableRelation[Case] = fields.ForeignKeyField("models.Case", related_name="reports", null=True)
    case_id: int | None
    text = fields.TextField(default="", db_default="")
    matter = fields.CharEnumField(Matter, max_length=12, default=Matter.OTHER, db_default=Matter.OTHER.value)
    rules: list[int] | None = fields.JSONField(null=True)  # the numbers of rules that were broken, from 1, as their page counts
    forwarded_at = fields.DatetimeField(null=True)  # told to the server of the target, `forwarded_to`
    forwarded_to = fields.CharField(max_length=255, default="", db_default="")
    assigned_to: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField(
        "models.Actor", related_name="reports_assigned", null=True)
    assigned_to_id: int | None
    closed_by: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField(
        "models.Actor", related_name="reports_closed", null=True)
    closed_by_id: int | None
    changed_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    outcome = fields.CharEnumField(ReportOutcome, max_length=8, default=ReportOutcome.UNSAID, db_default="")
    answer = fields.TextField(default="", db_default="")  # of the team, for whoever reported
    peer_outcome = fields.CharEnumField(ReportOutcome, max_length=8, default=ReportOutcome.UNSAID, db_default="")
    peer_answered_at = fields.DatetimeField(null=True)
    page_url = fields.CharField(max_length=500, default="", db_default="")  # what it is about, where that is no message or person
    notifier_name = fields.CharField(max_length=100, default="", db_default="")  # of somebody without an account
    notifier_email = fields.CharField(max_length=254, default="", db_default="")
    notifier_language = fields.CharField(max_length=20, default="", db_default="")

    class Meta:
        table = "report"
        indexes = (("target_id",), ("case_id",), ("reporter_id", "id"), ("sender_host", "closed_at"))

    async def told_before(self) -> Report | None:
        """The same of the same member or server, which still waits: a form that was pressed twice, or a Flag that came under two
        ids. A server speaks for many, of whom two may say the same: of it, only what came just before. Before this one is saved.
        """
        same = Report.filter(closed_at__isnull=True, **{column: getattr(self, column) for column in _SAME})
        if self.sender_host:
            same = same.filter(created_at__gt=clock.now() - TWICE_WITHIN)
        return next((one for one in await same.order_by("id") if set(one.post_uris) == set(self.post_uris)
                     and set(one.rules or ()) == set(self.rules or ())), None)

    @property
    def key(self) -> str:
        """Of its page, `/reports/{key}`; a secret between us and whoever made it here."""
        return self.uri.rpartition("/")[2]

    @property
    def peer_host(self) -> str:
        """The other server that has a part in it: the one that sent it, or the one that was told; "" for none."""
        return self.sender_host or self.forwarded_to

    async def change(self, **columns: Any) -> None:
        """Set these columns and the time of the change, here and in the database, and nothing else."""
        await super().change(changed_at=clock.now(), **columns)
