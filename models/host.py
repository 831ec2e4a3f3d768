"""Other servers: how we stand with them, and how well we reach them."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Any, NamedTuple

from tortoise import fields
from tortoise.expressions import Q

from models import clock, memory
from models.base import Record
from models.commits import after_commit
from models.database import as_list, dialect, in_transaction, listed, rows, tuples


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

    @property
    def is_handed_down(self) -> bool:
        """Whether anything of it holds below the domain too."""
        return self.standing in RESTRICTED or self.rejects_media or self.rejects_reports

    def below(self, above: Rule) -> Rule:
        """What holds for a domain with this rule below one with that rule: restrictions add up, trust is never inherited."""
        harsher = max(self.standing, above.standing, key=lambda how: HARSHNESS.get(how, 0))
        return Rule(harsher, self.rejects_media or above.rejects_media, self.rejects_reports or above.rejects_reports)


#: Any number, the same in every process: PostgreSQL's advisory lock, per database.
RULES_LOCK = 0x72756C
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
        indexes = (("standing", "name"),)  # a list of messages asks for the names of some standings

    @classmethod
    async def called(cls, name: str) -> Host:
        """The row of this host, made if it is new."""
        return (await cls.get_or_create(name=name))[0]

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

    async def change(self, **columns: Any) -> None:
        """Set these columns. What belongs to a rule is the host's own: what holds here, and below its domain, follows from it."""
        given = {name: columns.pop(name) for name in Rule._fields if name in columns}
        await (self._decide(self.own._replace(**given), columns) if given else super().change(**columns))

    async def decide(self, rule: Rule, **columns: Any) -> list[Host]:
        """Write down a rule of this host's own; those whom it covers, itself among them. For the caller's transaction."""
        return await self._decide(rule, {"decided_at": clock.now(), **columns})

    async def _decide(self, rule: Rule, columns: dict[str, Any]) -> list[Host]:
        async with in_transaction():
            await _hold(alone=rule.is_handed_down or self.own.is_handed_down)
            await super().change(**rule._asdict(), own_rule=None, ruled_by="", **columns)
            return await self._settle()

    async def _settle(self) -> list[Host]:
        """Bring this row and those below its domain in line with all rules; they."""
        covered = [self, *await Host.filter(name__endswith=f".{self.name}")]
        rules = await self._own_rules(domains_above(self.name)) | {row.name: row.own for row in covered}
        for row in covered:
            await row._cover(rules)
        return covered

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
            await super().change(**whole._asdict(), ruled_by=ruled_by, own_rule=kept)

    @classmethod
    async def standings(cls, names: Collection[str]) -> dict[str, Standing]:
        """How we stand with these hosts; with one that has no row, as the domains above it say."""
        known = await cls._standings(names)
        above = {name: domains_above(name) for name in names if name not in known}
        ruling = await cls._standings({*chain(*above.values())}) if above else {}
        handed = {name: (ruling[one] for one in parents if ruling.get(one) in RESTRICTED) for name, parents in above.items()}
        return known | {name: next(harsh, Standing.UNKNOWN) for name, harsh in handed.items()}

    @classmethod
    async def _standings(cls, names: Collection[str]) -> dict[str, Standing]:
        asked = f"SELECT name, standing FROM host WHERE {listed('name', 'text')}"  # noqa: S608
        return {str(name): Standing(how) for name, how in await tuples(asked, [as_list(names)])}

    async def save(self, *args: Any, **options: Any) -> None:
        """Write the row; a new one is under the rules of the domains above it from the start.

        How we stand with this host, and with those below its domain, is asked for anew; one that is merely new changes nothing.
        """
        if self._saved_in_db:
            await super().save(*args, **options)
            if "standing" in (options.get("update_fields") or ("standing",)):
                _forget()
            return
        async with in_transaction() as connection:
            await _hold(alone=self.own.is_handed_down)
            await super().save(*args, **options | {"using_db": connection})
            await (self._settle() if self.own.is_handed_down else self._cover(await self._own_rules(domains_above(self.name))))
        if self.standing is not Standing.UNKNOWN:
            _forget()

    def is_resting(self, now: datetime | None = None) -> bool:
        """Whether the circuit breaker keeps us from sending."""
        return self.retry_at is not None and self.retry_at > (now or clock.now())


def _forget() -> None:
    """How we stand is asked for anew, now and once that is committed: who asked meanwhile heard what was before."""
    memory.current().standings.clear()
    after_commit(memory.current().standings.clear)


async def _hold(*, alone: bool) -> None:
    """Until the end of the transaction no rule that domains hand down changes; if `alone`, no row is made and no rule is read
    either. Else two transactions that do not see each other would leave a new host out of the rule above it.
    """
    if dialect() == "postgres":  # SQLite has one writer at a time
        await rows(f"SELECT pg_advisory_xact_lock{'' if alone else '_shared'}(?)", [RULES_LOCK])  # noqa: S608


def domains_above(name: str) -> list[str]:
    """The domains above a name, nearest first: "a.b.example" -> "b.example", "example"."""
    labels = name.split(".")
    return [".".join(labels[i:]) for i in range(1, len(labels))]
