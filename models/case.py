"""What the team has to look at: one row for each person or message that somebody, or a rule, spoke of."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Any

from tortoise import fields

from models import clock
from models.actor import Actor
from models.base import Record
from models.turns import take_turn

POSTS_LIMIT = 100  # messages of one case
NOTE_LIMIT_CHARACTERS = 5000
#: A case that somebody has open is theirs so long after their last look.
CLAIM_TIME = timedelta(hours=1)
#: A question that nobody answered for so long: the case is to do again.
ANSWER_TIME = timedelta(days=7)


class Matter(StrEnum):
    """What a report or a ruling is about (issue words; health.md §5)."""

    DANGER = "danger"  # somebody's life
    SCAM = "scam"
    MEDICAL = "medical"  # advice that may harm
    PRIVACY = "privacy"
    HARASSMENT = "harassment"
    PROMOTION = "promotion"
    MINORS = "minors"
    LAW = "law"
    OTHER = "other"


class Urgency(IntEnum):
    """What is opened first; within one, the oldest (ux.md J7)."""

    DANGER = 0
    SCAM = 1
    ORDINARY = 2

    @classmethod
    def of(cls, matter: Matter) -> Urgency:
        """How soon such a matter wants a look."""
        return {Matter.DANGER: cls.DANGER, Matter.MINORS: cls.DANGER, Matter.SCAM: cls.SCAM}.get(matter, cls.ORDINARY)


class CaseSource(StrEnum):
    """Who spoke first."""

    REPORT = "report"  # a person, or another server
    HELD = "held"  # a rule held a message back
    SIGNAL = "signal"  # a rule noticed something, and held nothing
    CRISIS = "crisis"  # words of distress
    APPEAL = "appeal"  # somebody asks for another look at a ruling


#: Kept apart: a held message is no accusation, and another look at a ruling belongs to somebody else than the first.
ALONE = (CaseSource.HELD, CaseSource.APPEAL)


class Case(Record):
    """One thing to look at. Open until somebody of the team closes it; claimed while one of them has it open."""

    source = fields.CharEnumField(CaseSource, max_length=8)
    matter = fields.CharEnumField(Matter, max_length=12, default=Matter.OTHER)
    urgency = fields.SmallIntField(default=Urgency.ORDINARY.value)  # an Urgency
    about: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="cases", null=True)
    about_id: int | None
    post_uris: list[str] = fields.JSONField(default=list)
    reports_count = fields.IntField(default=0, db_default=0)
    claimed_by: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField(
        "models.Actor", related_name="cases_claimed", null=True)
    claimed_by_id: int | None
    claimed_until = fields.DatetimeField(null=True)
    second_asked_by: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField(
        "models.Actor", related_name="cases_asked_about", null=True)  # they want somebody else's opinion
    second_asked_by_id: int | None
    asked_at = fields.DatetimeField(null=True)  # a question to a reporter or another server waits for its answer
    closed_by: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField(
        "models.Actor", related_name="cases_closed", null=True)
    closed_by_id: int | None
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "moderation_case"
        indexes = (("closed_at", "urgency", "id"), ("about_id", "closed_at"), ("claimed_by_id", "closed_at"))

    @classmethod
    async def open_(cls, about_id: int | None, matter: Matter, source: CaseSource, uris: Sequence[str] = ()) -> Case:
        """The open case about this person, more urgent now perhaps, or a new one. For the caller's transaction, in which
        nobody else opens one about them.
        """
        if about_id is None or source is CaseSource.APPEAL:
            return await cls._made(about_id, matter, source, uris)
        await cls.turn(about_id)
        known = cls.filter(about_id=about_id, closed_at__isnull=True)
        known = known.filter(source=source) if source in ALONE else known.exclude(source__in=ALONE)
        if found := await known.order_by("id").first():
            await found._joined(matter, source, uris)
            return found
        return await cls._made(about_id, matter, source, uris)

    @staticmethod
    async def turn(about_id: int | None) -> None:
        """Until the transaction ends nobody else opens or closes a case about this person: what joins one is not left behind in
        it, and the last of what waits is known to be the last. After the locks on rows of messages and people.
        """
        if about_id is not None:
            await take_turn("case", about_id)

    @classmethod
    async def _made(cls, about_id: int | None, matter: Matter, source: CaseSource, uris: Sequence[str]) -> Case:
        return await cls.create(about_id=about_id, matter=matter, source=source, urgency=Urgency.of(matter).value,
                                post_uris=list(uris)[:POSTS_LIMIT], reports_count=int(source is CaseSource.REPORT))

    async def _joined(self, matter: Matter, source: CaseSource, uris: Sequence[str]) -> None:
        more: dict[str, Any] = {"post_uris": [*dict.fromkeys((*self.post_uris, *uris))][:POSTS_LIMIT]}
        if Urgency.of(matter) < self.urgency:
            more |= {"matter": matter, "urgency": Urgency.of(matter).value}
        if source is CaseSource.REPORT:
            more["reports_count"] = self.reports_count + 1
        await self.change(**more)

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.closed_at is None

    @property
    def holder_id(self) -> int | None:
        """The actor who has it now."""
        return self.claimed_by_id if self.claimed_until and self.claimed_until > clock.now() else None

    @property
    def is_unanswered(self) -> bool:
        """Whether a question was asked about it, and no answer came in time."""
        return self.is_open and self.asked_at is not None and self.asked_at <= clock.now() - ANSWER_TIME

    async def close(self, by: Actor | None) -> None:
        """Nothing is left to do. For the caller's transaction."""
        await self.change(closed_at=clock.now(), closed_by_id=by.id if by else None, claimed_by_id=None, claimed_until=None,
                          second_asked_by_id=None, asked_at=None)


class Audience(StrEnum):
    """Who reads a note about a case."""

    TEAM = "team"
    REPORTER = "reporter"  # those who reported, one by one, without their names
    PEER = "peer"  # the moderators of another server


class CaseNote(Record):
    """What is said about a case: inside the team, with those who reported, or with the moderators of another server."""

    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField("models.Case", related_name="notes")
    case_id: int
    audience = fields.CharEnumField(Audience, max_length=8)
    author: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField(
        "models.Actor", related_name="case_notes", null=True)  # empty: another server, or somebody without an account
    author_id: int | None
    is_theirs = fields.BooleanField(default=False, db_default=False)  # of a reporter or another server, and not of the team
    host = fields.CharField(max_length=255, default="", db_default="")  # PEER: with which server
    text = fields.TextField()
    uri = fields.CharField(max_length=500, null=True, unique=True)  # of one that came from, or went to, another server

    class Meta:
        table = "case_note"
        indexes = (("case_id", "id"), ("author_id",))

    @classmethod
    async def add(cls, case: Case, audience: Audience, text: str, *, author: Actor | None = None, is_theirs: bool = False,
                  host: str = "", uri: str | None = None) -> CaseNote:
        """Keep a note, in the caller's transaction. What the team asks others waits for their answer, which ends the wait."""
        if audience is not Audience.TEAM and case.is_open:
            await case.change(asked_at=None if is_theirs else clock.now())
        return await cls.create(case=case, audience=audience, author=author, is_theirs=is_theirs, host=host, uri=uri,
                                text=text[:NOTE_LIMIT_CHARACTERS])
