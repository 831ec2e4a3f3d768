"""The community that this server hosts: what its host chose."""
from __future__ import annotations

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.expressions import F

from models import memory
from models.base import Record
from models.reach import Reach


class SignUp(StrEnum):
    """Who may join."""

    CLOSED = "closed"
    INVITATION = "invitation"
    APPROVAL = "approval"  # by answering a question that the team reads
    OPEN = "open"


class Minors(StrEnum):
    """Whether people under age have accounts here; from the strictest rule to the loosest."""

    NONE = "none"
    GUARDIANS = "guardians"  # through somebody who acts for them
    ALONE = "alone"  # from the minimum age on


class DirectoryMode(StrEnum):
    """With whom the directory of members is shared, of those members who agreed."""

    AUTOMATIC = "automatic"  # with every partner
    ASK = "ask"  # with those for whom a host said yes
    OFF = "off"


class ImageReview(StrEnum):
    """Which pictures the team looks at before anybody else, beside those that a scanner speaks of."""

    NEVER = "never"
    BODIES = "bodies"  # of somebody's body, or of a patient, as the writer says
    CASES = "cases"  # these, and all of health professionals
    NEWCOMERS = "newcomers"  # these, and all of people who came some weeks ago
    ALL = "all"


class Elsewhere(StrEnum):
    """What follows when a rule speaks of a message from another server. It cannot be held: it is not ours."""

    NOTHING = "nothing"
    LABEL = "label"  # a sentence below it, for readers here
    CASE = "case"  # also a case for the team, where money is asked for or a cure is promised


class Shown(StrEnum):
    """Who may read which servers we restrict, and why."""

    NOBODY = "nobody"
    MEMBERS = "members"
    EVERYONE = "everyone"


class Community(Record):
    """One row. Texts that visitors read are kept by language: {"fr": …, "en": …}."""

    name = fields.CharField(max_length=100, default="", db_default="")
    tagline: dict[str, str] = fields.JSONField(default=dict)
    condition = fields.CharField(max_length=200, default="", db_default="")  # what the address tells about a member
    condition_words: dict[str, str] | None = fields.JSONField(null=True)  # the same in other languages
    conditions: list[str] | None = fields.JSONField(null=True)  # ORPHA codes that it is for; ORPHA:616874: without a diagnosis
    treatments: list[str] | None = fields.JSONField(null=True)  # names that members can pick on their profile
    about: dict[str, str] = fields.JSONField(default=dict)  # Markdown
    rules: dict[str, list[str]] = fields.JSONField(default=dict)
    question: dict[str, str] = fields.JSONField(default=dict)
    association = fields.CharField(max_length=200, default="", db_default="")  # who runs it, by legal name
    place = fields.CharField(max_length=200, default="", db_default="")  # where the data are kept: "Lyon, France"
    country = fields.CharField(max_length=2, default="FR", db_default="FR")  # ISO 3166-1, chooses the crisis lines
    contact = fields.CharField(max_length=254, default="", db_default="")  # an e-mail address that people may write to
    hue = fields.IntField(default=158, db_default=158)
    sign_up = fields.CharEnumField(SignUp, max_length=16, default=SignUp.INVITATION)
    ceiling = fields.CharEnumField(Reach, max_length=16, default=Reach.PARTNERS)  # the widest reach that members may choose
    directory = fields.CharEnumField(DirectoryMode, max_length=12, default=DirectoryMode.AUTOMATIC,
                                     db_default=DirectoryMode.AUTOMATIC.value)
    directory_opened_at = fields.DatetimeField(null=True)  # when somebody first looked into it, or agreed to stand in it
    is_open_federation = fields.BooleanField(default=False, db_default=False)  # ordinary fediverse hosts, `web` only
    restrictions_shown = fields.CharEnumField(Shown, max_length=8, default=Shown.MEMBERS, db_default=Shown.MEMBERS.value)
    reviews_others = fields.BooleanField(default=True, db_default=True)  # the team reads first what is about others' health
    health_words: dict[str, list[str]] | None = fields.JSONField(null=True)  # by language; empty: `moderation.health_words`
    signals_off: list[str] | None = fields.JSONField(null=True)  # rules of `moderation.signals` that the host has switched off
    signals_elsewhere = fields.CharEnumField(Elsewhere, max_length=8, default=Elsewhere.CASE, db_default=Elsewhere.CASE.value)
    looked_over_id = fields.BigIntField(default=0, db_default=0)  # of messages from elsewhere, up to here (`models.changes`)
    watched_names: list[str] | None = fields.JSONField(null=True)  # of companies and products, whose mention is looked at
    first_held = fields.IntField(default=2, db_default=2)  # so many first messages of somebody whom nobody knows wait
    ages: dict[str, int] | None = fields.JSONField(null=True)  # of digital consent, by country; empty: `moderation.ages`
    assent_age = fields.IntField(default=12, db_default=12)  # from then on a child is asked too
    image_review = fields.CharEnumField(ImageReview, max_length=16, default=ImageReview.BODIES,
                                        db_default=ImageReview.BODIES.value)  # pictures that the team looks at first
    opened_at = fields.DatetimeField(null=True)
    # what the charter promises beside who and where (moderation.charters)
    funding: list[str] | None = fields.JSONField(null=True)  # who pays, sponsors too
    retention_days = fields.IntField(null=True)  # copies from partners are erased after; null: when their origin asks
    minimum_age = fields.IntField(default=16, db_default=16)  # years, to have an account of one's own
    minors = fields.CharEnumField(Minors, max_length=16, default=Minors.GUARDIANS, db_default=Minors.GUARDIANS.value)
    withdrawal_days = fields.IntField(default=7, db_default=7)  # what is asked back is erased here within
    network = fields.CharField(max_length=255, default="", db_default="")  # the roster of the network that we say we are in
    network_opens = fields.BooleanField(default=False, db_default=False)  # its other members become partners without being asked
    network_read_at = fields.DatetimeField(null=True)  # when its roster was last asked for
    least_outside = fields.IntField(default=11, db_default=11)  # numbers about fewer people are not told outside
    least_inside = fields.IntField(default=5, db_default=5)  # nor, below this, to members
    hard_notes: list[str] | None = fields.JSONField(null=True)  # that newcomers are spared; empty: `moderation.first_month`
    hard_tags: list[str] | None = fields.JSONField(null=True)  # hashtags, the same; lower case, without their sign
    spared_days = fields.IntField(default=30, db_default=30)  # for how long; 0: not at all

    class Meta:
        table = "community"

    @classmethod
    async def current(cls) -> Community:
        """The one row, made with the defaults if it is missing."""
        return await cls.first() or await cls.create()

    @classmethod
    async def sparing(cls) -> tuple[int, list[str] | None, list[str] | None]:
        """For how many days newcomers are spared, which notes and which hashtags: asked by every list that they read."""
        return await memory.current().sparing.get("", cls._sparing)

    @classmethod
    async def _sparing(cls) -> tuple[int, list[str] | None, list[str] | None]:
        row = await cls.current()
        return row.spared_days, row.hard_notes, row.hard_tags

    @classmethod
    async def touch(cls) -> None:
        """Write the row as it is: whether the database can be written. SQLite sees that nothing changes, and only takes its
        lock.
        """
        await cls.all().update(created_at=F("created_at"))

    async def save(self, *args: Any, **options: Any) -> None:
        """Write the row. Whether strangers are heard, and newcomers spared, is asked for anew."""
        await super().save(*args, **options)
        memory.current().standings.clear()
        memory.current().sparing.clear()

    def condition_in(self, language: str) -> str:
        """What the address tells about a member, in this language as far as the host has said it."""
        return (self.condition_words or {}).get(language) or self.condition
