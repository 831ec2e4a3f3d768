"""What a member is told about."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from tortoise import fields
from tortoise.expressions import Q
from tortoise.functions import Count, Max, Min

from models import clock
from models.actor import Actor
from models.base import Record
from models.database import write_rows
from models.delivery import Report
from models.ids import new_id
from models.member import Member, MemberState, Role
from models.post import Post
from models.push import OutgoingPush


class Notice(StrEnum):
    """Why a notice is shown. A "thinking of you" tells its writer alone and is never counted."""

    FOLLOW = "follow"
    FOLLOW_REQUEST = "follow_request"
    FOLLOW_ACCEPTED = "follow_accepted"
    MENTION = "mention"
    REPLY = "reply"
    THANKS = "thanks"
    PASSED_ON = "passed_on"
    MOVED = "moved"  # someone the member follows has a new account, and it was asked in their place
    POSTED = "posted"  # a new message of somebody whose messages the member asked to be told of
    EDITED = "edited"  # a message that the member passed on, or whose question they answered, says something else now
    QUOTED = "quoted"  # somebody quotes a message of the member
    QUOTED_EDITED = "quoted_edited"  # what the member quotes says something else now
    ANSWER_LET = "answer_let"  # whom the member answers, elsewhere, was asked first and said yes
    ANSWER_NOT_LET = "answer_not_let"  # or no, or no longer yes
    POLL = "poll"  # a question that the member asked or answered is over
    JOIN_REQUEST = "join_request"  # staff
    REPORT = "report"  # staff: somebody was reported
    DANGER = "danger"  # staff: somebody may be in danger
    CASE = "case"  # staff: a colleague hands a case over, or wants a second opinion
    REPORT_ANSWERED = "report_answered"  # the team has answered what the member reported
    REPORT_ASKED = "report_asked"  # the team asks the member something about what they reported
    PARTNER_REQUEST = "partner_request"  # hosts
    REVIEW = "review"  # staff: a message waits to be read
    LET_GO = "let_go"  # a message of the member was read by the team, and has left
    SENT_BACK = "sent_back"  # and this one has not
    GUARDIANS = "guardians"  # staff: two guardians do not agree
    GUARDIAN_LEFT = "guardian_left"  # the other guardians of a profile, and staff: one of them leaves
    UNGUARDED = "unguarded"  # staff: nobody acts for a profile any more
    DEATH = "death"  # staff: a member is said to have died
    QUARANTINE = "quarantine"  # hosts: a partner came back as somebody else
    CHARTER = "charter"  # hosts: a partner's new charter promises less
    OWNER = "owner"  # a new owner runs this community: what the member agreed to waits
    SILENT = "silent"  # hosts: a server did not confirm that it erased what was taken back
    INTRODUCTION = "introduction"  # somebody of a partner community would like to meet the member
    MET = "met"  # both said yes to meeting
    WAITING = "waiting"  # somebody else waits with the same condition
    SCRAPED = "scraped"  # hosts: names of the directory turned up where they cannot come from, or it is read too much
    LEFT_NETWORK = "left_network"  # hosts: a partner is no longer in the network that we share
    RULING = "ruling"  # the team has decided something about the member, or answered their appeal
    MENTOR_ASKED = "mentor_asked"  # the team asks the member to welcome newcomers
    MENTOR = "mentor"  # somebody welcomes the member
    NEWCOMER = "newcomer"  # somebody would like to be welcomed by the member
    BADGE_ASKED = "badge_asked"  # staff: somebody asks for a badge
    VOUCHER_ASKED = "voucher_asked"  # a colleague is asked whether somebody is what they say
    BADGE = "badge"  # the team has answered, a badge ends soon, or has ended
    CUT_FOLLOWS = "cut_follows"  # a server was suspended, and the member's follows with it
    LIST_GONE = "list_gone"  # hosts: a list of servers cannot be read for days
    CUT_OFF = "cut_off"  # hosts: it stayed silent too long, and nothing is sent to it any more


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who caused notices: how many, the first and the newest of them, and the newest message."""

    actor_id: int
    count: int
    first_id: int
    last_id: int
    post_id: int | None


@dataclass(frozen=True, slots=True)
class News:
    """What somebody is to be told, as a notification holds it."""

    recipient: Actor
    kind: Notice
    actor: Actor | None = None
    post_id: int | None = None
    host: str = ""
    report_id: int | None = None

    @property
    def event(self) -> tuple[int, str, int | None, int | None, str, int | None]:
        """The same, in columns: recipient, kind, actor, post, host and report."""
        return self.recipient.id, str(self.kind), self.actor.id if self.actor else None, self.post_id, self.host, self.report_id


class Notification(Record):
    """One thing that happened, for one member."""

    recipient: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="notifications")
    recipient_id: int
    kind = fields.CharEnumField(Notice, max_length=20)
    actor: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="caused", null=True)
    actor_id: int | None
    post: fields.ForeignKeyNullableRelation[Post] = fields.ForeignKeyField("models.Post", related_name="notifications", null=True)
    post_id: int | None
    host = fields.CharField(max_length=255, default="", db_default="")
    report: fields.ForeignKeyNullableRelation[Report] = fields.ForeignKeyField("models.Report", related_name="notices", null=True)
    report_id: int | None
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notification"
        indexes = (("recipient_id", "id"), ("recipient_id", "read_at"), ("actor_id",), ("post_id",), ("report_id",))

    @classmethod
    async def tell(cls, recipient: Actor, kind: Notice, actor: Actor | None = None, post: Post | None = None,
                   host: str = "", report: Report | None = None) -> None:
        """Tell a member of ours, once: the same event again, or news for someone elsewhere or of oneself, is dropped."""
        await cls.tell_all([News(recipient, kind, actor, post.id if post else None, host, report.id if report else None)])

    @classmethod
    async def tell_all(cls, news: Iterable[News]) -> None:
        """The same for many, who do not wait for each other. Nothing comes to the dead."""
        events = {one.event: new_id() for one in news if one.recipient.is_local and one.actor != one.recipient}
        by_shape: dict[str, list[Sequence[object]]] = {}
        for event, id_ in events.items():
            recipient_id, kind, actor_id, post_id, host, report_id = event
            lacks = (actor_id, post_id, report_id)
            values = [id_, clock.now(), *event, recipient_id, recipient_id, kind, host,
                      *(one for one in lacks if one is not None)]
            by_shape.setdefault(_once(*(one is None for one in lacks)), []).append(values)
        for statement, rows in by_shape.items():
            await write_rows(statement, rows)
        await OutgoingPush.owe_all({id_: event[0] for event, id_ in events.items()})

    @classmethod
    async def tell_team(cls, kind: Notice, actor: Actor, report: Report) -> None:
        """Tell the team of a report, and of them nobody whom it is about, and nobody who takes a break."""
        team = Member.filter(Q(break_until__isnull=True) | Q(break_until__lte=clock.now()), role__in=[Role.MODERATOR, Role.HOST],
                             state=MemberState.ACTIVE)
        for colleague in await team.exclude(actor_id=report.target_id or 0).select_related("actor"):
            await cls.tell(colleague.actor, kind, actor, report=report)

    @classmethod
    async def tell_hosts(cls, kind: Notice, host: str) -> None:
        """Tell every host of the community about a server, or about what is named so."""
        for one in await Actor.filter(member__role=Role.HOST, member__state=MemberState.ACTIVE):
            await cls.tell(one, kind, host=host)

    @classmethod
    async def withdraw(cls, kind: Notice, actor: Actor, post: Post | None = None, recipient: Actor | None = None) -> None:
        """Take back what is no longer true (an undone follow or like)."""
        gone = cls.filter(kind=kind, actor=actor)
        gone = gone.filter(post=post) if post else gone
        await (gone.filter(recipient=recipient) if recipient else gone).delete()

    @classmethod
    async def withdraw_all(cls, gone: Sequence[tuple[Notice, int, int | None, int | None]]) -> None:
        """The same for many: (kind, who caused it, which post, who was told); of the last two one is left out."""
        for column, place in (("post_id", 2), ("recipient_id", 3)):
            await write_rows(f"DELETE FROM notification WHERE kind = ? AND actor_id = ? AND {column} = ?",  # noqa: S608
                             [[str(one[0]), one[1], one[place]] for one in gone if one[place] is not None])

    @classmethod
    async def by_sender(cls, condition: Q, *, before: int, size: int) -> list[Sender]:
        """Who caused the notices that meet a condition; whose newest is below `before`, newest first."""
        counted = cls.filter(condition).annotate(
            count=Count("id"), first_id=Min("id"), last_id=Max("id"), newest_post_id=Max("post_id"))
        found = counted.group_by("actor_id").filter(last_id__lt=before).order_by("-last_id").limit(size)
        columns = await found.values("actor_id", "count", "first_id", "last_id", "newest_post_id")
        return [Sender(one["actor_id"], one["count"], one["first_id"], one["last_id"], one["newest_post_id"]) for one in columns]


@lru_cache(maxsize=8)
def _once(no_actor: bool, no_post: bool, no_report: bool) -> str:
    """Writes a notice unless the same is there, or its recipient has died."""
    columns = {"actor_id": no_actor, "post_id": no_post, "report_id": no_report}
    same = " AND ".join(f"s.{name} IS NULL" if is_none else f"s.{name} = ?" for name, is_none in columns.items())
    return ("INSERT INTO notification (id, created_at, recipient_id, kind, actor_id, post_id, host, report_id)"  # noqa: S608
            " SELECT ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM member m"
            " WHERE m.actor_id = ? AND m.deceased_at IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM notification s"
            f" WHERE s.recipient_id = ? AND s.kind = ? AND s.host = ? AND {same})")


class NotificationPolicy(Record):
    """From whom a member wants notices kept apart or not at all. Each column: accept, filter or drop."""

    owner: fields.OneToOneRelation[Actor] = fields.OneToOneField("models.Actor", related_name="notification_policy")
    owner_id: int
    not_following = fields.CharField(max_length=6, default="accept", db_default="accept")
    not_followers = fields.CharField(max_length=6, default="accept", db_default="accept")
    new_accounts = fields.CharField(max_length=6, default="accept", db_default="accept")
    private_mentions = fields.CharField(max_length=6, default="accept", db_default="accept")
    limited_accounts = fields.CharField(max_length=6, default="accept", db_default="accept")

    class Meta:
        table = "notification_policy"


class NotificationSender(Record):
    """What a member said about the notices of one person that the policy kept apart: always let in, or put away up to here."""

    owner: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="notification_senders")
    owner_id: int
    sender: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="judged_as_sender")
    sender_id: int
    is_accepted = fields.BooleanField(default=False, db_default=False)
    dismissed_id = fields.BigIntField(default=0, db_default=0)  # notices up to this one

    class Meta:
        table = "notification_sender"
        unique_together = (("owner", "sender"),)
        indexes = (("sender_id",),)
