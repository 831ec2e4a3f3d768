"""Other servers: how we stand with them, and how well we reach them."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.expressions import Q

from models import clock, memory
from models.base import Record


class Standing(StrEnum):
    """How we stand with another server (product.md). Unknown is the start, and lets nothing through."""

    UNKNOWN = "unknown"
    PARTNER = "partner"
    NARROWED = "narrowed"  # a partner whose new charter promises less: nothing below the web goes there until a host agrees
    PAUSED = "paused"  # a partner with another owner: nothing goes there until a host agrees
    OPEN = "open"
    LIMITED = "limited"
    SUSPENDED = "suspended"


#: Communities that shook hands with us, whatever became of their charter since.
PARTNERS = frozenset({Standing.PARTNER, Standing.NARROWED, Standing.PAUSED})


class Host(Record):
    """Another server, by its canonical name ("example.org", "127.0.0.1:8001").

    The delivery columns are the circuit breaker and the memory of which signature it understands.
    """

    name = fields.CharField(max_length=255, unique=True)
    standing = fields.CharEnumField(Standing, max_length=16, default=Standing.UNKNOWN)
    reason = fields.CharField(max_length=500, default="", db_default="")
    title = fields.CharField(max_length=200, default="", db_default="")  # the name it gives itself
    software = fields.CharField(max_length=100, default="", db_default="")
    country = fields.CharField(max_length=2, default="", db_default="")
    instance_uri = fields.CharField(max_length=500, default="", db_default="")  # its instance actor
    partners_uri = fields.CharField(max_length=500, default="", db_default="")  # the collection its partner messages name
    directory_uri = fields.CharField(max_length=500, default="", db_default="")  # the actor of its directory of members
    offer_uri = fields.CharField(max_length=500, default="", db_default="")  # the Offer under which we (are to) become partners
    asked_us_at = fields.DatetimeField(null=True)
    asked_them_at = fields.DatetimeField(null=True)
    decided_at = fields.DatetimeField(null=True)
    signature = fields.CharField(max_length=16, default="", db_default="")  # how it wants deliveries signed: requests.Manner
    failures = fields.IntField(default=0, db_default=0)  # in a row
    is_slow = fields.BooleanField(default=False, db_default=False)
    retry_at = fields.DatetimeField(null=True)  # the breaker is open until then
    reached_at = fields.DatetimeField(null=True)
    heard_at = fields.DatetimeField(null=True)
    takes_withdrawals = fields.BooleanField(default=False, db_default=False)  # its instance actor announces our notices
    takes_responses = fields.BooleanField(default=False, db_default=False)  # the same for what became of reports
    silent_at = fields.DatetimeField(null=True)  # since then it owes an answer to a notice that it should erase something
    read_at = fields.DatetimeField(null=True)  # when we last asked what it understands
    network_uri = fields.CharField(max_length=255, default="", db_default="")  # the roster that lists both of us
    left_network_at = fields.DatetimeField(null=True)  # paused because the network that we share lists it no longer
    quarantined_at = fields.DatetimeField(null=True)  # it came back after a silence as somebody else; a person has to decide
    leased_by = fields.CharField(max_length=32, default="", db_default="")
    leased_until = fields.DatetimeField(null=True)

    class Meta:
        table = "host"
        indexes = (("standing",),)

    @classmethod
    async def called(cls, name: str) -> Host:
        """The row of this host, made if it is new."""
        host, _ = await cls.get_or_create(name=name)
        return host

    @classmethod
    async def rule_for(cls, name: str) -> Host | None:
        """The row that decides for this name: its own, or the nearest suspended or limited parent domain.

        A rule on a domain covers its subdomains (product.md); only restrictions are inherited, trust never is.
        """
        parents = _parents(name)
        restricted = Q(name__in=parents, standing__in=[Standing.SUSPENDED, Standing.LIMITED])
        found = {host.name: host for host in await cls.filter(Q(name=name) | restricted)}
        harsh = [found[parent] for parent in parents if parent in found]
        own = found.get(name)
        if own and (own.standing is Standing.SUSPENDED or not harsh):
            return own
        return harsh[0] if harsh else own

    @classmethod
    async def own_standings(cls, names: Sequence[str]) -> dict[str, Standing]:
        """The standings of those of these hosts that have a row and no parent domain with a restriction: one query for many."""
        parents = {parent for name in names for parent in _parents(name)}
        found = await cls.filter(name__in=[*{*names, *parents}]).values_list("name", "standing")
        rows = {str(name): Standing(standing) for name, standing in found}
        harsh = {name for name, standing in rows.items() if standing in (Standing.SUSPENDED, Standing.LIMITED)}
        return {name: rows[name] for name in names if name in rows and harsh.isdisjoint(_parents(name))}

    async def save(self, *args: Any, **options: Any) -> None:
        """Write the row. How we stand with this host, and with those below its domain, is asked for anew."""
        await super().save(*args, **options)
        if "standing" in (options.get("update_fields") or ("standing",)):
            memory.current().standings.clear()

    def is_resting(self, now: datetime | None = None) -> bool:
        """Whether the circuit breaker keeps us from sending."""
        return self.retry_at is not None and self.retry_at > (now or clock.now())

    async def change(self, **columns: Any) -> None:
        """Set these columns, here and in the database, and nothing else."""
        self.update_from_dict(columns)
        await self.save(update_fields=list(columns))


def _parents(name: str) -> list[str]:
    """The domains above a name, nearest first: "a.b.example" -> "b.example", "example"."""
    labels = name.split(".")
    return [".".join(labels[i:]) for i in range(1, len(labels))]
