"""Other servers: how we stand with them, and how well we reach them."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from tortoise import fields
from tortoise.expressions import Q

from models import clock, memory
from models.base import Record
from models.database import as_list, listed, tuples


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
#: Those that a domain hands down to what is below it.
RESTRICTED = frozenset({Standing.SUSPENDED, Standing.LIMITED})


class Rule(NamedTuple):
    """What is decided about a domain and holds for those below it too."""

    standing: Standing
    rejects_media: bool = False  # no image of its people is fetched or shown
    rejects_reports: bool = False  # what it reports is dropped

    def below(self, above: Rule) -> Rule:
        """What holds for a domain with this rule below one with that rule: restrictions add up, trust is never inherited."""
        harsher = max(self.standing, above.standing, key=lambda how: HARSHNESS.get(how, 0))
        return Rule(harsher, self.rejects_media or above.rejects_media, self.rejects_reports or above.rejects_reports)


HARSHNESS = {Standing.LIMITED: 1, Standing.SUSPENDED: 2}


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
    rejects_media = fields.BooleanField(default=False, db_default=False)
    rejects_reports = fields.BooleanField(default=False, db_default=False)
    obfuscates = fields.BooleanField(default=False, db_default=False)  # the public list shows its name with stars
    public_comment = fields.CharField(max_length=500, default="", db_default="")  # beside `reason`, which is for the team
    standing_before = fields.CharField(max_length=16, default="", db_default="")  # what undoing a restriction gives back
    shut_at = fields.DatetimeField(null=True)  # its people were suspended with it, all at this instant
    ruled_by = fields.CharField(max_length=255, default="", db_default="")  # the domain above it whose rule holds here
    own_rule: dict[str, Any] | None = fields.JSONField(null=True)  # and what its own rule is meanwhile
    list_id = fields.BigIntField(null=True)  # the list that its rule came from; empty: a person decided
    leased_by = fields.CharField(max_length=32, default="", db_default="")
    leased_until = fields.DatetimeField(null=True)

    class Meta:
        table = "host"
        indexes = (("standing",),)

    @classmethod
    async def called(cls, name: str) -> Host:
        """The row of this host, made if it is new."""
        host, is_new = await cls.get_or_create(name=name)
        if is_new:
            await host._cover(await cls._own_rules(domains_above(name)))
        return host

    @property
    def shows_no_media(self) -> bool:
        """Whether no image of its people is fetched or shown."""
        return self.rejects_media or self.standing is Standing.SUSPENDED

    @classmethod
    def without_media(cls) -> Q:
        """The hosts of which no image is fetched or shown."""
        return Q(rejects_media=True) | Q(standing=Standing.SUSPENDED)

    @property
    def own(self) -> Rule:
        """What was decided about this host itself, whatever holds for the domain above it."""
        if self.own_rule is None:
            return Rule(self.standing, self.rejects_media, self.rejects_reports)
        return Rule(**(self.own_rule | {"standing": Standing(self.own_rule["standing"])}))

    @classmethod
    async def settle(cls, name: str) -> list[Host]:
        """A rule on this domain has changed: it holds for the hosts that are known below it. They, and the domain's own row."""
        rows = await cls.filter(Q(name=name) | Q(name__endswith=f".{name}"))
        rules = await cls._own_rules(domains_above(name)) | {row.name: row.own for row in rows}
        for row in rows:
            await row._cover(rules)
        return rows

    async def decide(self, rule: Rule, **columns: Any) -> list[Host]:
        """Write down a rule of this host's own; those whom it covers, itself among them. For the caller's transaction."""
        await self.change(**rule._asdict(), own_rule=None, ruled_by="", decided_at=clock.now(), **columns)
        return await self.settle(self.name)

    @classmethod
    async def _own_rules(cls, names: Sequence[str]) -> dict[str, Rule]:
        return {row.name: row.own for row in await cls.filter(name__in=list(names) or [""])}

    async def _cover(self, rules: dict[str, Rule]) -> None:
        """Take on the rules of the domains above, by their names, nearest last; or be free of them."""
        own = whole = self.own
        ruled_by = ""
        for parent in reversed(domains_above(self.name)):
            if parent in rules and (covered := whole.below(rules[parent])) != whole:
                whole, ruled_by = covered, parent
        kept = own._asdict() if whole != own else None
        now = Rule(self.standing, self.rejects_media, self.rejects_reports)
        if (whole, ruled_by, kept) != (now, self.ruled_by, self.own_rule):
            await self.change(**whole._asdict(), ruled_by=ruled_by, own_rule=kept)

    @classmethod
    async def rule_for(cls, name: str) -> Host | None:
        """The row that decides for this name: its own, or the nearest suspended or limited parent domain.

        A rule on a domain covers its subdomains (product.md); only restrictions are inherited, trust never is.
        """
        parents = domains_above(name)
        restricted = Q(name__in=parents, standing__in=list(RESTRICTED))
        found = {host.name: host for host in await cls.filter(Q(name=name) | restricted)}
        harsh = [found[parent] for parent in parents if parent in found]
        own = found.get(name)
        if own and (own.standing is Standing.SUSPENDED or not harsh):
            return own
        return harsh[0] if harsh else own

    @classmethod
    async def own_standings(cls, names: Sequence[str]) -> dict[str, Standing]:
        """The standings of those of these hosts that have no parent domain with a restriction, one query for all; unknown without
        a row.
        """
        above = {name: domains_above(name) for name in names}
        asked = {*names}.union(*above.values())
        found = await tuples(f"SELECT name, standing FROM host WHERE {listed('name', 'text')}", [as_list(asked)])  # noqa: S608
        rows = {str(name): Standing(standing) for name, standing in found}
        harsh = {name for name, standing in rows.items() if standing in RESTRICTED}
        return {name: rows.get(name, Standing.UNKNOWN) for name in names if harsh.isdisjoint(above[name])}

    async def save(self, *args: Any, **options: Any) -> None:
        """Write the row. How we stand with this host, and with those below its domain, is asked for anew; one that is merely new
        changes nothing.
        """
        is_new = not self._saved_in_db and self.standing is Standing.UNKNOWN
        await super().save(*args, **options)
        if not is_new and "standing" in (options.get("update_fields") or ("standing",)):
            memory.current().standings.clear()

    def is_resting(self, now: datetime | None = None) -> bool:
        """Whether the circuit breaker keeps us from sending."""
        return self.retry_at is not None and self.retry_at > (now or clock.now())


def domains_above(name: str) -> list[str]:
    """The domains above a name, nearest first: "a.b.example" -> "b.example", "example"."""
    labels = name.split(".")
    return [".".join(labels[i:]) for i in range(1, len(labels))]
