"""Those who can act: our members, our community, and everyone we have met elsewhere."""
from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.expressions import Q, Subquery
from tortoise.functions import Count

from models import clock, memory
from models.base import Record
from models.database import tuples
from models.errors import NotHere
from models.ids import new_key
from models.loading import makers, selected
from models.newest import UNSETTLED

STALE_AFTER = timedelta(days=1)


class ActorKind(StrEnum):
    """The actor types of ActivityStreams 2.0 §3.3."""

    PERSON = "Person"
    SERVICE = "Service"
    GROUP = "Group"
    APPLICATION = "Application"
    ORGANIZATION = "Organization"


class Organisation(StrEnum):
    """What kind of organisation an account is; nothing for a person. Elsewhere only what partners say."""

    NONE = ""
    ASSOCIATION = "association"
    HOSPITAL = "hospital"
    LAB = "lab"
    COMPANY = "company"
    OTHER = "other"  # elsewhere, and its server does not say

    @property
    def is_commercial(self) -> bool:
        """Whether it may have something to sell: it stays on its own page."""
        return self in (Organisation.LAB, Organisation.COMPANY)


class Actor(Record):
    """An ActivityPub actor. `host` is empty for ours, "example.org" or "127.0.0.1:8001" for others.

    The instance actor, who signs for the whole community, is our only Application.
    """

    key = fields.CharField(max_length=22, unique=True, default=new_key)
    uri = fields.CharField(max_length=500, unique=True)
    name = fields.CharField(max_length=100)  # preferredUsername, lower case for ours
    host = fields.CharField(max_length=255, default="", db_default="")
    #: The domain of the address, where that is another than the host and both have said so: `federation.handles`. Nothing is
    #: trusted for its sake; what is decided against it holds for this actor too.
    domain = fields.CharField(max_length=255, default="", db_default="")
    kind = fields.CharEnumField(ActorKind, max_length=16, default=ActorKind.PERSON)
    organisation = fields.CharEnumField(Organisation, max_length=12, default=Organisation.NONE, db_default="")
    #: A badge in force repeats itself here (`models.badge`), to stand beside the name everywhere; of others what partners say.
    badge = fields.CharField(max_length=10, default="", db_default="")  # a models.badge.BadgeKind
    profession = fields.CharField(max_length=100, default="", db_default="")
    badge_checks = fields.SmallIntField(default=0, db_default=0)  # how many people of the team have checked it
    display_name = fields.CharField(max_length=200, default="", db_default="")
    summary = fields.TextField(default="", db_default="")  # cleaned HTML
    url = fields.CharField(max_length=500, default="", db_default="")
    icon_uri = fields.CharField(max_length=500, default="", db_default="")
    inbox_uri = fields.CharField(max_length=500)
    shared_inbox_uri = fields.CharField(max_length=500, default="", db_default="")
    outbox_uri = fields.CharField(max_length=500, default="", db_default="")
    followers_uri = fields.CharField(max_length=500, default="", db_default="")
    following_uri = fields.CharField(max_length=500, default="", db_default="")
    featured_uri = fields.CharField(max_length=500, default="", db_default="")
    details: list[dict[str, str]] = fields.JSONField(default=list)  # [{"name", "value": cleaned HTML}]; ours: "line", "text"
    #: Ours: what the ledger says of each line of the profile, {line: [reach, wording]}; `moderation.lines` reads it.
    line_words: dict[str, list[str]] | None = fields.JSONField(null=True)
    aliases: list[str] = fields.JSONField(default=list)
    moved_to_uri = fields.CharField(max_length=500, default="", db_default="")
    moved_at = fields.DatetimeField(null=True)  # when a Move was last carried out, or of ours told
    carried_id = fields.BigIntField(null=True)  # the last follow of ours that went along; null: none is left
    allows_quotes = fields.BooleanField(default=False, db_default=False)  # ours: messages for the whole web may be quoted
    language = fields.CharField(max_length=20, default="", db_default="")
    approves_followers = fields.BooleanField(default=True, db_default=True)
    discoverable = fields.BooleanField(default=False, db_default=False)
    indexable = fields.BooleanField(default=False, db_default=False)
    published_at = fields.DatetimeField(null=True)
    fetched_at = fields.DatetimeField(null=True)  # remote: when the document was last read
    edited_at = fields.DatetimeField(null=True)
    suspended_at = fields.DatetimeField(null=True)
    is_suspended_there = fields.BooleanField(default=False, db_default=False)  # remote: by its own server, not by us
    limited_at = fields.DatetimeField(null=True)  # by the team: seen only by those who follow them
    frozen_at = fields.DatetimeField(null=True)  # by the team, ours: reads, and writes nothing
    deleted_at = fields.DatetimeField(null=True)
    newest_id = fields.BigIntField(default=UNSETTLED, db_default=UNSETTLED)  # ours: of what they made last (`models.newest`)

    class Meta:
        table = "actor"
        indexes = (("name", "host"), ("host", "id"), ("host", "newest_id"), ("carried_id",), ("domain",))

    @property
    def is_local(self) -> bool:
        """Whether this actor is ours."""
        return not self.host

    @property
    def is_gone(self) -> bool:
        """Suspended here or deleted by its owner."""
        return self.suspended_at is not None or self.deleted_at is not None

    @property
    def organised_as(self) -> Organisation:
        """What kind of organisation this is; OTHER where its server says no more than that it is one."""
        return self.organisation or (Organisation.OTHER if self.kind is ActorKind.ORGANIZATION else Organisation.NONE)

    @property
    def speaks_for_all(self) -> bool:
        """Whether this is a voice of our community itself, its instance actor or directory: no member has to agree to it."""
        return self.is_local and self.kind in (ActorKind.APPLICATION, ActorKind.SERVICE)

    @property
    def address(self) -> str:
        """The member address inside this server: "@name" for ours, "@name@host" for others."""
        return f"@{self.name}@{self.server}" if self.host else f"@{self.name}"

    @property
    def server(self) -> str:
        """The server in the address: what people read. Who they are and what is trusted depends on the `host` of their id."""
        return self.domain or self.host

    @property
    def servers(self) -> tuple[str, ...]:
        """All the servers that they are of: what is decided against any of them holds."""
        return (self.host, self.domain) if self.domain else (self.host,)

    @property
    def shown_name(self) -> str:
        """The name that people read."""
        return self.display_name or self.name

    @property
    def is_stale(self) -> bool:
        """Whether a remote actor's document should be read again."""
        return bool(self.host) and (self.fetched_at is None or self.fetched_at < clock.now() - STALE_AFTER)

    @classmethod
    def present(cls) -> Q:
        """The actors that are neither suspended nor deleted."""
        return Q(suspended_at__isnull=True, deleted_at__isnull=True)

    @classmethod
    def listable(cls) -> Q:
        """Those of the present who may stand in lists of people: the team has not limited them."""
        return cls.present() & Q(limited_at__isnull=True)

    @classmethod
    def of_servers(cls, *names: str) -> Q:
        """Those who live on one of these hosts, or have their address there."""
        return Q(host__in=names or ("-",)) | Q(domain__in=names or ("-",))

    @classmethod
    async def local(cls, uri: str) -> Actor:
        """Our actor with this uri, present; NotHere if there is none."""
        if actor := await cls.get_or_none(cls.present(), uri=uri, host=""):
            return actor
        raise NotHere("no such local actor")

    @classmethod
    async def named(cls, name: str, host: str = "") -> Actor:
        """The present actor with this name; NotHere if there is none."""
        found = await cls.filter(cls.present(), name=name.lower() if not host else name, host=host).order_by("id").first()
        if found is None:
            raise NotHere("no actor of that name")
        return found

    @classmethod
    async def instance(cls) -> Actor:
        """The actor of the community itself, made when the database is opened for the first time."""
        return await cls.get(host="", kind=ActorKind.APPLICATION)

    async def save(self, *args: Any, **options: Any) -> None:
        """Write the row. Whose keys are whose is asked for anew."""
        await super().save(*args, **options)
        memory.current().keys.clear()


class KeyKind(StrEnum):
    """The two algorithms that the fediverse speaks."""

    RSA = "rsa"
    ED25519 = "ed25519"


class ActorKey(Record):
    """A public key of an actor, and its private half if the actor is ours."""

    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField("models.Actor", related_name="keys")
    actor_id: int
    uri = fields.CharField(max_length=500, unique=True)
    kind = fields.CharEnumField(KeyKind, max_length=8)
    public_pem = fields.TextField()
    private_pem = fields.TextField(default="", db_default="")
    fetched_at = fields.DatetimeField(default=clock.now)
    changed_at = fields.DatetimeField(null=True)  # when another key took this id
    retired_at = fields.DatetimeField(null=True)

    class Meta:
        table = "actor_key"
        indexes = (("actor_id",),)

    async def save(self, *args: Any, **options: Any) -> None:
        """Write the row; a memory of it is none any more."""
        await super().save(*args, **options)
        memory.current().keys.clear()

    @classmethod
    async def known(cls, uri: str, *, fresh: bool = False) -> ActorKey | None:
        """The key with this id and its actor, who is not deleted; remembered for some seconds, unless it is to be `fresh`."""
        if fresh:
            memory.current().keys.forget(uri)
        key = await memory.current().keys.get(uri, lambda: cls._find(uri))
        if key is None:
            memory.current().keys.forget(uri)  # it may be fetched in a moment
        return key  # type: ignore[return-value]

    @classmethod
    async def _find(cls, uri: str) -> ActorKey | None:
        # in plain SQL, a fifth of the work: each activity of somebody not heard of for some seconds asks
        found = await tuples(f"SELECT {selected(cls, 'k')}, {selected(Actor, 'a')} FROM actor_key k"  # noqa: S608 - names of ours
                             " JOIN actor a ON a.id = k.actor_id WHERE k.uri = ? AND a.deleted_at IS NULL", [uri])
        if not found:
            return None
        key_of, actor_of = makers(cls, Actor)
        key: ActorKey = key_of(found[0])
        key.actor = actor_of(found[0])
        return key

    @classmethod
    async def signing(cls, actor_id: int, kind: KeyKind) -> ActorKey:
        """The newest private key of an actor of ours; NotHere if there is none."""
        ours = cls.filter(actor_id=actor_id, kind=kind, retired_at__isnull=True).exclude(private_pem="")
        if newest := await ours.order_by("-id").first():
            return newest
        raise NotHere("no such key of ours")

    @classmethod
    async def shown(cls, actor_id: int) -> list[ActorKey]:
        """The keys of an actor that its document names: those in use, and those being replaced."""
        return await cls.filter(actor_id=actor_id, retired_at__isnull=True).order_by("id")

    @classmethod
    async def replaced_before(cls, when: datetime) -> list[int]:
        """The ids of those actors of ours who show more keys made before `when` than one of each kind."""
        old = cls.filter(actor__host="", retired_at__isnull=True, created_at__lt=when).annotate(count=Count("id"))
        found = await old.group_by("actor_id").filter(count__gt=len(KeyKind)).values_list("actor_id", flat=True)
        return [int(str(id_)) for id_ in found]

    @classmethod
    async def expire(cls, host: str) -> int:
        """Forget the keys of everybody on another server; how many there were."""
        theirs = Subquery(Actor.filter(host=host).values("id"))
        count = await cls.filter(actor_id__in=theirs, private_pem="").delete()
        memory.current().keys.clear()
        return count
