"""Being found across communities: what we tell each partner of our members, what partners tell us of theirs, and who asks to
meet whom. `models.listings` holds the statements that have to be fast.
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from tortoise import fields
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from models import clock
from models.actor import Actor
from models.base import Record
from models.ids import new_id, new_key, new_token
from models.sealed import Sealed

FACETS = ("condition", "role", "country", "language", "age")


class DirectoryPeer(Record):
    """What is between our directory and that of another server. Who is subscribed to whom is a Follow between the two actors."""

    host = fields.CharField(max_length=255, unique=True)
    secret = fields.CharField(max_length=64, default=new_token)  # makes the names that only this peer knows
    stopped_at = fields.DatetimeField(null=True)  # our host wants nothing to do with that directory
    asked_at = fields.DatetimeField(null=True)  # when we last asked to subscribe
    wanted_at = fields.DatetimeField(null=True)  # it said that something changed, or a comparison is due
    read_at = fields.DatetimeField(null=True)  # when its list and ours were last the same
    full_at = fields.DatetimeField(null=True)  # when we last read its whole list
    view_updated_at = fields.DatetimeField(null=True)  # what its list said of itself then: it never goes back
    pages_served = fields.IntField(default=0, db_default=0)  # to it, on `pages_on`
    pages_on = fields.DateField(null=True)
    alarmed_at = fields.DatetimeField(null=True)  # something of its names was seen where it cannot come from
    buried = fields.IntField(default=0, db_default=0)  # names that we did not know, and that it said are gone, on `buried_on`
    buried_on = fields.DateField(null=True)

    class Meta:
        table = "directory_peer"

    @classmethod
    async def of(cls, host: str) -> DirectoryPeer:
        """The row of this host, made if it is new."""
        return (await cls.get_or_create(host=host))[0]


class OfferedListing(Record):
    """What one partner is told of one of our members, under a name that only this partner knows. Without a member: a canary,
    somebody who does not exist, so that its turning up elsewhere tells of a leak.
    """

    actor: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="offered", null=True)
    actor_id: int | None
    host = fields.CharField(max_length=255)
    key = fields.CharField(max_length=64, unique=True)
    stamp_key = fields.CharField(max_length=64, unique=True)
    consent_id = fields.BigIntField(null=True)  # the ConsentRecord under which it is told
    facets: dict[str, str] = fields.JSONField(default=dict)
    updated_at = fields.DatetimeField(default=clock.now)
    version = fields.BigIntField(default=new_id)  # grows with every change: the order of the list

    class Meta:
        table = "offered_listing"
        unique_together = (("actor", "host"),)
        indexes = (("host", "version"),)

    @classmethod
    async def people(cls, hosts: Sequence[str]) -> dict[str, int]:
        """Of how many members each of these partners is told; those of none are left out."""
        told = cls.filter(host__in=list(hosts) or [""], actor_id__isnull=False).annotate(people=Count("id")).group_by("host")
        return {str(host): int(str(people)) for host, people in await told.values_list("host", "people")}


class Listing(Record):
    """Somebody who can be found here: one of our members (`actor`), or somebody of whom a partner tells.

    The five facets are what was told. `shown_…` is what may be searched and shown: alike for so many people that no search
    singles anybody out (`moderation.cells`). `is_placed`: the shown ones are worked out.
    """

    uri = fields.CharField(max_length=500, unique=True)
    key = fields.CharField(max_length=22, unique=True, default=new_key)  # its name on our pages
    host = fields.CharField(max_length=255, default="", db_default="")
    actor: fields.ForeignKeyNullableRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="listings", null=True)
    actor_id: int | None
    stamp_uri = fields.CharField(max_length=500, default="", db_default="")
    condition = fields.CharField(max_length=40, default="", db_default="")
    role = fields.CharField(max_length=16, default="", db_default="")
    country = fields.CharField(max_length=2, default="", db_default="")
    language = fields.CharField(max_length=40, default="", db_default="")  # " en fr ", in order of the alphabet
    age = fields.CharField(max_length=8, default="", db_default="")
    shown_condition = fields.CharField(max_length=40, default="", db_default="")
    shown_role = fields.CharField(max_length=16, default="", db_default="")
    shown_country = fields.CharField(max_length=2, default="", db_default="")
    shown_language = fields.CharField(max_length=40, default="", db_default="")
    shown_age = fields.CharField(max_length=8, default="", db_default="")
    is_placed = fields.BooleanField(default=False, db_default=False)
    place = fields.BigIntField(unique=True)  # at random: the order of lists
    updated_at = fields.DatetimeField(default=clock.now)  # as its server says
    ends_at = fields.DatetimeField(null=True)  # it goes then, unless its server says it anew; ours: never
    doubted_at = fields.DatetimeField(null=True)  # its permission was not found where it says

    class Meta:
        table = "listing"
        indexes = (
            ("shown_condition", "place", "shown_role", "shown_country", "shown_age", "shown_language"),
            ("shown_country", "place", "shown_role", "shown_age", "shown_language"),
            ("shown_role", "place", "shown_age", "shown_language"),
            ("shown_age", "place", "shown_language"),
            ("condition", "role", "country", "language", "age",  # and all that working out what may be shown has to read
             "shown_condition", "shown_role", "shown_country", "shown_language", "shown_age", "is_placed"),
            ("is_placed", "condition"), ("host", "updated_at"), ("ends_at",), ("actor_id",))


class IntroductionState(StrEnum):
    """Where asking to meet somebody stands. What the one who asked is shown never tells ASKED from DECLINED."""

    ASKED = "asked"
    AGREED = "agreed"  # ours said yes; the other side has yet to say its address
    MET = "met"  # both addresses are known
    TIED = "tied"  # and they follow each other, as far as ours can
    DECLINED = "declined"  # ours said no: the other side is told nothing
    LAPSED = "lapsed"  # nobody answered in time


class Introduction(Sealed):
    """One of our members asks to meet somebody elsewhere, or is asked. Nobody's address is known before two yeses. What is said
    is sealed for the one of ours.
    """

    SEALS: ClassVar = ("text",)

    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="introductions")
    actor_id: int
    host = fields.CharField(max_length=255)  # of the other
    is_asker = fields.BooleanField()
    key = fields.CharField(max_length=22, unique=True, default=new_key)  # its name on our pages
    offer_uri = fields.CharField(max_length=500, unique=True)
    listing_uri = fields.CharField(max_length=500)
    pseudonym_uri = fields.CharField(max_length=500)  # who asks, as far as the other is told
    text = fields.TextField(default="", db_default="")  # what the one who asks says; emptied with the answer
    state = fields.CharEnumField(IntroductionState, max_length=8, default=IntroductionState.ASKED)
    met_uri = fields.CharField(max_length=500, default="", db_default="")  # the other's actor
    ends_at = fields.DatetimeField()
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "introduction"
        indexes = (("actor_id", "state"), ("pseudonym_uri",), ("host", "created_at"), ("state", "ends_at"))

    async def holders(self) -> tuple[int, ...]:
        """The member of ours."""
        return (self.actor_id,)

    @classmethod
    async def end(cls, asking: QuerySet[Introduction], state: IntroductionState) -> None:
        """These are over, and what was said goes."""
        await asking.update(state=state, text="", sealed=None, answered_at=clock.now())

    @classmethod
    async def asked_since(cls, actor_id: int, since: datetime) -> int:
        """How many people one of our members has asked to meet since then."""
        return await cls.filter(actor_id=actor_id, is_asker=True, created_at__gt=since).count()
